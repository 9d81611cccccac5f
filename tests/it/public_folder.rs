//! What is made for staff is not written into what the public reads, whichever
//! command writes it and however the folder of the copy is named.

use std::fs;
use std::os::unix::fs::symlink;

use crate::flags::assert_told;
use crate::harness::{Workspace, files_below, plain_record};

/// A workspace whose site and copies are there.
fn workspace(rsync: &str) -> Workspace {
    let workspace = Workspace::with_settings(&format!(
        "approval = \"none\"\n[publication]\nfolder = \"www/privacy\"\nrsync = [{rsync}]\n"
    ));
    for folder in ["out/public", "www/privacy", "sent", "plain"] {
        fs::create_dir_all(workspace.path(folder)).unwrap();
    }
    symlink("out/public", workspace.path("link")).unwrap();
    workspace.file("one.json", plain_record(1, false).to_string());
    workspace
}

const REFUSED: &str = "公表用サイトのフォルダー";

#[test]
fn no_command_writes_for_staff_into_what_the_public_reads() {
    let workspace = workspace("\"cp\", \"-rT\", \"{site}\", \"sent\"");
    for folder in [
        "out/public",
        "link",
        "www/privacy",
        "sent/../sent",
        "out/public/deep",
    ] {
        let at = |file: &str| format!("{folder}/{file}");
        for args in [
            &["preview", "acknowledgement", "one.json", "-o", &at("a.pdf")][..],
            &["preview", "acknowledgement", "one.json", "-o", &at("a.png")],
            &["members", "header", "csv", "-o", &at("a.csv")],
            &["members", "flags", "--header", "xlsx", "-o", &at("a.xlsx")],
            &[
                "kinds",
                "acknowledgement",
                "--header",
                "csv",
                "-o",
                &at("a.csv"),
            ],
            &["request", "add", "--header", "csv", "-o", &at("a.csv")],
            &["calibrate", "-o", &at("a.pdf")],
            &["gallery", "-o", &at("pages")],
            &["gallery", "-o", folder],
            &["restricted", "keygen", "-o", &at("key.txt")],
            &["notice", "build", "-o", &at("a.pdf")],
        ] {
            let told = workspace.exits(1, args);
            assert_told(&told, &[REFUSED]);
        }
    }
    // Not even around it.
    assert_told(&workspace.exits(1, &["gallery", "-o", "out"]), &[REFUSED]);
    for folder in ["out/public", "www", "sent"] {
        assert!(files_below(&workspace.path(folder)).is_empty());
    }
    workspace.ok(&["members", "header", "csv", "-o", "plain/a.csv"]);
    workspace.ok(&[
        "kinds",
        "acknowledgement",
        "--header",
        "csv",
        "-o",
        "out/a.csv",
    ]);
    workspace.ok(&["calibrate", "-o", "plain/a.pdf"]);
}

#[test]
fn bad_rows_are_not_written_beside_a_file_the_public_reads() {
    let workspace = workspace("");
    workspace.file("out/public/bad.csv", "種別\nnobody\n");
    for command in [&["queue"][..], &["request", "add"]] {
        let mut args = command.to_vec();
        args.extend(["link/bad.csv", "--accept-valid", "--as", "佐藤"]);
        assert_told(&workspace.exits(1, &args), &[REFUSED, "移してから"]);
    }
    assert_eq!(files_below(&workspace.path("out/public")).len(), 1);
}

#[test]
fn the_folder_a_command_sends_to_is_known_wherever_it_stands() {
    for words in [
        "\"rsync\", \"-a\", \"{site}/\", \"SENT\", \"--delete-after\"",
        "\"rsync\", \"SENT\", \"{site}/\"",
        "\"rsync\", \"-a\", \"{site}/\", \"localhost:SENT\", \"-v\"",
        "\"cp\", \"-r\", \"--target-directory=SENT\", \"{site}\"",
        "\"sh\", \"-c\", \"cp -r '{site}/.' SENT; true\"",
    ] {
        let first = workspace("");
        let sent = first.path("sent");
        let words = words.replace("SENT", sent.to_str().unwrap());
        first.settings(&format!("[publication]\nrsync = [{words}]\n"));
        let told = first.exits(1, &["calibrate", "-o", "sent/a.pdf"]);
        assert_told(&told, &[REFUSED]);
        // It will be there once the command has run.
        fs::remove_dir(&sent).unwrap();
        if !words.contains("sh") {
            assert_told(
                &first.exits(1, &["calibrate", "-o", "sent/a.pdf"]),
                &[REFUSED],
            );
        }
        first.ok(&["members", "header", "csv", "-o", "plain/a.csv"]);
    }
}
