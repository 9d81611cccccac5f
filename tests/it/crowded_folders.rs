//! A folder of far more files than an office has is refused by name, at once.

use std::fs;
use std::path::Path;

use crate::harness::{Workspace, copy_folder, root};

fn crowd(folder: &Path, count: usize, ending: &str) {
    fs::create_dir_all(folder).unwrap();
    for n in 0..count {
        fs::write(folder.join(format!("x{n}.{ending}")), "").unwrap();
    }
}

/// Every command that needs the folder says which one is at fault.
#[track_caller]
fn assert_told(workspace: &Workspace, folder: &Path, words: &str) {
    let record = root().join("templates/letters/acknowledgement/samples/received-agent.json");
    let record = record.to_str().unwrap();
    for args in [
        &["check"][..],
        &["preview", "acknowledgement", record, "-o", "x.pdf"],
    ] {
        let said = workspace.exits(1, args);
        assert!(said.contains(words), "{args:?}: {said}");
        assert!(said.contains(folder.to_str().unwrap()), "{args:?}: {said}");
    }
}

#[test]
fn a_folder_of_thousands_of_files_is_refused_by_its_name() {
    for (place, ending) in [
        ("lib", "typ"),
        ("letters/acknowledgement", "svg"),
        ("mail", "j2"),
    ] {
        let workspace = Workspace::with_settings("templates = \"templates\"\n");
        copy_folder(&root().join("templates"), &workspace.path("templates"));
        crowd(&workspace.path("templates").join(place), 2001, ending);
        let folder = Path::new("templates").join(place);
        assert_told(
            &workspace,
            &folder,
            "フォルダーの中のファイルが多すぎます(2000個まで)",
        );
    }
}

#[test]
fn a_crowded_folder_of_fonts_is_refused_by_its_name() {
    let workspace = Workspace::with_settings("fonts = \"fonts\"\n");
    copy_folder(&root().join("fonts"), &workspace.path("fonts"));
    crowd(&workspace.path("fonts"), 2001, "txt");
    assert_told(
        &workspace,
        Path::new("fonts"),
        "フォルダーの中のファイルが多すぎます(2000個まで)",
    );
}

#[test]
fn a_set_of_too_many_files_in_many_folders_is_refused() {
    let workspace = Workspace::with_settings("templates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    for n in 0..4 {
        crowd(
            &workspace.path("templates").join(format!("lib/more{n}")),
            1500,
            "csv",
        );
    }
    assert_told(
        &workspace,
        Path::new("templates/lib/more3"),
        "書式のファイルが多すぎます(5000個まで)",
    );
    let workspace = Workspace::with_settings("templates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    for n in 0..2001 {
        let (one, other) = (n / 50, n % 50);
        let folder = workspace
            .path("templates")
            .join(format!("lib/a{one}/b{other}"));
        fs::create_dir_all(folder).unwrap();
    }
    assert_told(
        &workspace,
        Path::new("templates/lib"),
        "フォルダーが多すぎます(2000個まで)",
    );
}
