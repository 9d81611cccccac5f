//! What is read is what stands in the society's own folders: no link leads a
//! letter to another file, and nothing that never ends is begun.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::harness::{Workspace, copy_folder, plain_record, root, society};

/// A word that stands outside of every folder the settings name.
const SECRET: &str = "門外不出";

/// A workspace with templates and society of its own, a letter that waits, and
/// a file nobody should see.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    copy_folder(society(), &workspace.path("society"));
    workspace.settings("approval = \"none\"\ntemplates = \"templates\"\nsociety = \"society\"\n");
    workspace.queue_plain(1, 1);
    workspace.file("secret.csv", SECRET);
    workspace.file("secret.typ", format!("#let secret = \"{SECRET}\""));
    workspace.file("secret.j2", SECRET);
    workspace
}

fn fifo(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

/// Demands that `check` and `run` refuse at once, naming the file, and that
/// the letter still waits.
fn assert_refused(workspace: &Workspace, words: &[&str]) {
    for command in ["check", "run"] {
        let told = workspace.exits(1, &[command]);
        for word in words {
            assert!(told.contains(word), "{command}: no {word} in: {told}");
        }
        assert!(!told.contains(SECRET), "{told}");
    }
    assert!(workspace.archived().is_empty());
    assert!(workspace.recipients().is_empty());
}

fn appended(workspace: &Workspace, file: &str, text: &str) {
    let path = workspace.path(file);
    let before = fs::read_to_string(&path).unwrap();
    fs::write(path, before + text).unwrap();
}

const KIND: &str = "templates/letters/acknowledgement";

#[test]
fn a_linked_file_does_not_come_into_a_letter() {
    for (name, target) in [
        ("x.csv", "secret.csv"),
        ("x.json", "out/yobin.db"),
        ("x.typ", "secret.typ"),
        ("x.png", "nothing.png"),
    ] {
        let workspace = workspace();
        symlink(workspace.path(target), workspace.path(KIND).join(name)).unwrap();
        appended(
            &workspace,
            &format!("{KIND}/letter.typ"),
            &format!("\n#read(\"{name}\")\n"),
        );
        assert_refused(&workspace, &[name, "リンク"]);
        let record = workspace.file("record.json", plain_record(1, false).to_string());
        let told = workspace.exits(
            1,
            &[
                "preview",
                "acknowledgement",
                record.to_str().unwrap(),
                "-o",
                "x.pdf",
            ],
        );
        assert!(told.contains("リンク") && told.contains(name), "{told}");
    }
}

#[test]
fn a_linked_folder_template_or_kind_is_refused() {
    let linked = |workspace: &Workspace, name: &str, moved: &str| {
        fs::rename(workspace.path(name), workspace.path(moved)).unwrap();
        symlink(workspace.path(moved), workspace.path(name)).unwrap();
    };
    for name in [
        "templates/lib",
        "templates/letters",
        "templates/law",
        "templates/mail",
        "templates/letters/acknowledgement",
        "templates/letters/acknowledgement/letter.typ",
        "templates/letters/acknowledgement/letter.toml",
        "templates/letters/acknowledgement/record.schema.json",
        "templates/lib/envelope.schema.json",
        "templates/law/appi.toml",
        "templates/law/words.toml",
        "templates/requests/record.schema.json",
        "templates/members/record.schema.json",
        "society/profile.toml",
    ] {
        let workspace = workspace();
        linked(&workspace, name, "elsewhere");
        assert_refused(&workspace, &[name, "リンク"]);
    }
}

#[test]
fn the_folders_the_settings_name_may_be_links() {
    let workspace = workspace();
    for name in ["templates", "society"] {
        fs::rename(workspace.path(name), workspace.path(format!("real-{name}"))).unwrap();
        symlink(format!("real-{name}"), workspace.path(name)).unwrap();
    }
    workspace.ok(&["run"]);
    assert_eq!(workspace.letters_in("written").len(), 1);
}

#[test]
fn a_linked_mail_template_is_mailed_to_nobody() {
    let folder = "templates/mail/document-notice";
    for file in ["body.txt.j2", "subject.txt.j2"] {
        let workspace = workspace();
        let path = workspace.path(folder).join(file);
        fs::remove_file(&path).unwrap();
        symlink(workspace.path("secret.j2"), &path).unwrap();
        assert_refused(&workspace, &[file, "リンク"]);
    }
    let workspace = workspace();
    fs::rename(workspace.path(folder), workspace.path("moved")).unwrap();
    symlink(workspace.path("moved"), workspace.path(folder)).unwrap();
    assert_refused(&workspace, &["document-notice", "リンク"]);
    // A kind cannot name wording outside of the folder either.
    for outside in ["../../../x", "/etc", "..", "a/b"] {
        let workspace = self::workspace();
        let path = workspace.path(KIND).join("letter.toml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("mail = \"{outside}\"\n{text}")).unwrap();
        assert_refused(&workspace, &["letter.toml", "mail", outside]);
    }
}

#[test]
fn loops_pipes_and_devices_are_refused_at_once() {
    let workspace = workspace();
    symlink("..", workspace.path(KIND).join("up")).unwrap();
    symlink(".", workspace.path(KIND).join("here")).unwrap();
    assert_refused(&workspace, &["acknowledgement/here", "リンク"]);

    let workspace = self::workspace();
    symlink("/dev/zero", workspace.path("templates/lib/x.csv")).unwrap();
    assert_refused(&workspace, &["lib/x.csv", "リンク"]);

    for name in [
        "templates/lib/x.csv",
        "templates/letters/acknowledgement/x.typ",
        "templates/letters/another-kind",
        "templates/mail/another",
    ] {
        let workspace = self::workspace();
        fifo(&workspace.path(name));
        assert_refused(&workspace, &[name, "ふつうのファイルではありません"]);
    }
    for name in [
        "templates/letters/acknowledgement/letter.typ",
        "templates/letters/acknowledgement/letter.toml",
        "templates/mail/document-notice/body.txt.j2",
        "templates/law/appi.toml",
        "society/profile.toml",
    ] {
        let workspace = self::workspace();
        fs::remove_file(workspace.path(name)).unwrap();
        fifo(&workspace.path(name));
        assert_refused(&workspace, &[name, "ふつうのファイルではありません"]);
    }
}

#[test]
fn what_is_too_large_is_named_before_it_is_read() {
    let sparse = |path: &Path, mib: u64| {
        let file = fs::File::create(path).unwrap();
        file.set_len(mib * 1024 * 1024 + 1).unwrap();
    };
    for (name, mib) in [
        ("templates/lib/x.csv", 16),
        ("templates/letters/acknowledgement/x.png", 600),
        ("templates/mail/document-notice/body.txt.j2", 16),
        ("society/profile.toml", 16),
    ] {
        let workspace = workspace();
        sparse(&workspace.path(name), mib);
        assert_refused(&workspace, &[name, "大きすぎます", "16 MiB"]);
    }
    // Many files that are each within bounds.
    let workspace = workspace();
    for n in 0..17 {
        let path = workspace.path(format!("templates/lib/x{n}.csv"));
        let file = fs::File::create(path).unwrap();
        file.set_len(16 * 1024 * 1024).unwrap();
    }
    assert_refused(&workspace, &["templates/lib/x", "256 MiB"]);
}

#[test]
fn the_seal_is_an_image_of_the_societys_folder() {
    for (image, words) in [
        ("../secret.png", "フォルダーの外"),
        ("/etc/hostname", "フォルダーの外"),
        ("linked.png", "リンク"),
        ("pipe.png", "ふつうのファイルではありません"),
        ("absent.png", "読めません"),
    ] {
        let workspace = workspace();
        workspace.file("secret.png", SECRET);
        symlink(
            workspace.path("secret.png"),
            workspace.path("society/linked.png"),
        )
        .unwrap();
        fifo(&workspace.path("society/pipe.png"));
        let profile = workspace.path("society/profile.toml");
        let text = fs::read_to_string(&profile).unwrap().replace(
            "seal_mode = \"omitted\"",
            &format!("seal_mode = \"image\"\nseal_image = \"{image}\""),
        );
        fs::write(profile, text).unwrap();
        assert_refused(&workspace, &["seal_image", image, words]);
    }
}

#[test]
fn a_linked_notice_or_map_of_characters_is_refused() {
    let workspace = workspace();
    fs::rename(
        workspace.path("society/notice.toml"),
        workspace.path("notice.toml"),
    )
    .unwrap();
    symlink("../notice.toml", workspace.path("society/notice.toml")).unwrap();
    for command in [&["check"][..], &["notice", "build", "-o", "x.pdf"]] {
        let told = workspace.exits(1, command);
        assert!(
            told.contains("society/notice.toml") && told.contains("リンク"),
            "{told}"
        );
    }
    let workspace = self::workspace();
    let map = "[[replace]]\nfrom = \"髙\"\nto = \"高\"\n";
    workspace.file("map.toml", map);
    symlink("../map.toml", workspace.path("society/substitutions.toml")).unwrap();
    let profile = workspace.path("society/profile.toml");
    let text = fs::read_to_string(&profile).unwrap();
    let text = text.replace("policy = \"as-registered\"", "policy = \"substitute\"");
    fs::write(profile, text).unwrap();
    assert_refused(&workspace, &["substitutions.toml", "リンク"]);
}

/// What editors and version control leave behind is no template and stops no
/// night.
#[test]
fn what_editors_leave_in_the_folders_is_passed_over() {
    let workspace = workspace();
    symlink(
        "somebody@somewhere.1234:5678",
        workspace.path(KIND).join(".#letter.typ"),
    )
    .unwrap();
    fs::write(workspace.path(KIND).join(".letter.typ.swp"), b"\0\x01").unwrap();
    fs::create_dir(workspace.path("templates/.git")).unwrap();
    fs::write(workspace.path("templates/letters/README.md"), "x").unwrap();
    fs::write(workspace.path("templates/mail/README.md"), "x").unwrap();
    workspace.ok(&["check"]);
    workspace.ok(&["run"]);
    assert_eq!(workspace.letters_in("written").len(), 1);
}

/// A link in the place of a lock would make, or lock, a file elsewhere.
#[test]
fn a_lock_that_is_a_link_is_not_followed() {
    let workspace = Workspace::new();
    let record = crate::harness::post_record(1, 1).to_string();
    let file = workspace.file("record.json", record);
    workspace.ok(&["queue", file.to_str().unwrap()]);
    let elsewhere = workspace.path("elsewhere");
    let runs: [(&str, &[&str]); 3] = [
        ("night.lock", &["run"]),
        ("night.lock", &["run", "--date", "2026-11-22"]),
        ("print.lock", &["print-file", "2026-11-22"]),
    ];
    for (lock, args) in runs {
        let lock = workspace.path("out").join(lock);
        let _ = fs::remove_file(&lock);
        std::os::unix::fs::symlink(&elsewhere, &lock).unwrap();
        let done = workspace.yobin(args);
        assert_eq!(done.code, Some(1), "{args:?}: {}{}", done.out, done.err);
        assert!(!elsewhere.exists(), "{args:?}");
        fs::remove_file(&lock).unwrap();
        // The file itself is a lock as ever.
        assert_eq!(workspace.yobin(args).code, Some(0), "{args:?}");
    }
}
