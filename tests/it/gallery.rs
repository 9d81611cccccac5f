//! The gallery shows every page of every sample and leaves no outcome out.

use std::fs;

use crate::harness::{Workspace, root};

#[test]
fn every_sample_and_outcome_is_in_the_gallery() {
    let workspace = Workspace::new();
    workspace.ok(&["gallery", "-o", "pages"]);
    let html = fs::read_to_string(workspace.path("pages/index.html")).unwrap();
    let mut samples = 0;
    for kind in fs::read_dir(root().join("templates/letters")).unwrap() {
        let kind = kind.unwrap().path();
        let code = kind.file_name().unwrap().to_str().unwrap().to_owned();
        for sample in fs::read_dir(kind.join("samples")).unwrap() {
            let sample = sample.unwrap().path();
            let name = sample.file_stem().unwrap().to_str().unwrap().to_owned();
            let page = format!("{code}-{name}-1.png");
            assert!(html.contains(&format!("src=\"{page}\"")), "{page}");
            let image = fs::read(workspace.path(format!("pages/{page}"))).unwrap();
            assert!(image.starts_with(b"\x89PNG"), "{page}");
            samples += 1;
        }
    }
    assert!(samples > 100, "{samples}");
    assert!(
        !html.contains("見本のない結果区分"),
        "an outcome has no sample"
    );
    assert!(
        !html.contains("<script"),
        "a page to look at needs no script"
    );

    // Made anew it replaces its own pages, and no other folder's files.
    workspace.ok(&["gallery", "-o", "pages"]);
    fs::write(workspace.path("pages/letter.docx"), "").unwrap();
    let told = workspace.exits(1, &["gallery", "-o", "pages"]);
    assert!(told.contains("別のフォルダーを書いてください"), "{told}");
    assert!(workspace.path("pages/letter.docx").is_file());
}
