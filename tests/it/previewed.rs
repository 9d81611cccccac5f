//! Queued letters are looked at as they would be set, all of them in one file,
//! and looking changes nothing.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Workspace, copy_folder, plain_record, root, society, text_layer};
use crate::members::assert_told;

const REASON: &str = "避難先の医療機関名が知られる秘匿事情";

#[test]
fn all_letters_that_wait_are_one_file_and_stay_as_they_are() {
    let workspace = Workspace::with_settings("approval = \"required\"\n");
    workspace.queue_plain(3, 0);
    let before = workspace.ok(&["list", "--json"]);
    let told = workspace.ok(&["preview", "--state", "受付", "-o", "all.pdf"]);
    assert!(told.contains("1ページ目から1ページ  L000001B"), "{told}");
    assert!(
        told.contains("3ページ目から1ページ  L000003D") && told.contains("(3件)"),
        "{told}"
    );
    let pages = text_layer(&workspace.path("all.pdf"));
    assert_eq!(pages.len(), 3);
    for (n, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("見本太郎{}", n + 1)), "{page}");
    }
    // In the order in which they are named.
    workspace.ok(&["preview", "L000003D", "L000001B", "-o", "two.pdf"]);
    let pages = text_layer(&workspace.path("two.pdf"));
    assert!(pages[0].contains("見本太郎3") && pages[1].contains("見本太郎1"));
    workspace.ok(&["preview", "L000002C", "-o", "one.png"]);
    assert!(
        fs::read(workspace.path("one.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );
    assert_eq!(workspace.ok(&["list", "--json"]), before);

    let told = workspace.exits(2, &["preview", "--state", "受付", "-o", "all.png"]);
    assert!(told.contains(".pdf"), "{told}");
    let told = workspace.exits(1, &["preview", "--state", "保留", "-o", "x.pdf"]);
    assert!(told.contains("状態が「保留」の書簡はありません"), "{told}");
    let told = workspace.exits(1, &["preview", "L000008J", "-o", "x.pdf"]);
    assert!(told.contains("この番号の書簡はありません"), "{told}");
    let told = workspace.exits(2, &["preview", "L000001B", "記録.json", "-o", "x.pdf"]);
    assert!(
        told.contains("「記録.json」は書簡の番号ではありません"),
        "{told}"
    );
    let told = workspace.exits(2, &["preview", "acknowledgement", "-o", "x.pdf"]);
    assert!(told.contains("記録のファイル"), "{told}");
    let told = workspace.exits(2, &["preview", "L000009J", "-o", "x.pdf"]);
    assert!(
        told.contains("「L000009J」は書簡の番号ではありません"),
        "{told}"
    );
    assert!(!workspace.path("x.pdf").exists());
    // Nobody is shown, and so approves, another record than the one queued.
    let mut other = plain_record(1, false);
    other["addressee_name"] = "例示 二郎".into();
    workspace.behind(&format!(
        "UPDATE letter_record SET record = '{other}' WHERE letter_id = 1"
    ));
    let told = workspace.exits(1, &["preview", "L000001B", "-o", "x.pdf"]);
    assert!(told.contains("L000001B") && told.contains("記録"), "{told}");
}

#[test]
fn what_is_issued_is_shown_as_it_was_issued() {
    let workspace = Workspace::new();
    workspace.queue_plain(1, 0);
    workspace.ok(&["run"]);
    workspace.ok(&["preview", "L000001B", "-o", "issued.pdf"]);
    let archived = workspace.path("out/archive/pdf");
    let kept = crate::harness::files_below(&archived);
    let kept = kept
        .iter()
        .find(|path| path.extension().is_some_and(|end| end == "pdf"));
    assert_eq!(
        fs::read(workspace.path("issued.pdf")).unwrap(),
        fs::read(kept.unwrap()).unwrap()
    );
}

#[test]
fn a_restricted_note_is_in_no_preview() {
    let workspace = Workspace::with_settings("approval = \"required\"\nsociety = \"society\"\n");
    copy_folder(society(), &workspace.path("society"));
    let told = workspace.ok(&["restricted", "keygen", "-o", "key"]);
    let (_, line) = told.split_once("[restricted]").unwrap();
    let path = workspace.path("society/profile.toml");
    let profile = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{profile}\n[restricted]\n{}\n", line.trim())).unwrap();
    let sample = root().join("templates/letters/disclosure-decision/samples/nonexistent.json");
    let mut record: Value = serde_json::from_str(&fs::read_to_string(sample).unwrap()).unwrap();
    record["restricted_ground"] = json!("GATE_16_4_1");
    record["restricted_reason"] = REASON.into();
    workspace.file("noted.jsonl", record.to_string());
    workspace.ok(&[
        "queue",
        "noted.jsonl",
        "--kind",
        "disclosure-decision",
        "--as",
        "佐藤",
    ]);
    let told = workspace.ok(&["preview", "--state", "受付", "-o", "all.pdf"]);
    let pages = text_layer(&workspace.path("all.pdf")).concat();
    assert!(!pages.is_empty());
    for secret in ["避難先", "秘匿事情", "GATE_16", "危害"] {
        assert!(
            !pages.contains(secret) && !told.contains(secret),
            "{secret}"
        );
    }
}

#[test]
fn what_is_issued_is_no_image_and_needs_no_kind_any_more() {
    let workspace = Workspace::with_settings("approval = \"none\"\ntemplates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.queue_plain(1, 0);
    workspace.ok(&["run"]);
    let told = workspace.exits(1, &["preview", "L000001B", "-o", "issued.png"]);
    assert_told(&told, &["L000001B", "発行した書簡", ".pdf"]);
    assert!(!workspace.path("issued.png").exists());
    let told = workspace.ok(&["preview", "L000001B", "-o", "issued.pdf"]);
    assert_told(&told, &["発行したときのPDF", "見終わったら消して"]);
    assert!(!told.contains("文書番号は夜間処理で"), "{told}");
    let before = fs::read(workspace.path("issued.pdf")).unwrap();

    // Beside one that waits, both are told of.
    let waits = plain_record(2, false);
    workspace.file("waits.jsonl", waits.to_string());
    workspace.ok(&["queue", "waits.jsonl", "--as", "佐藤"]);
    let told = workspace.ok(&["preview", "L000001B", "L000002C", "-o", "both.pdf"]);
    assert_told(&told, &["1件は、発行したとき", "文書番号は夜間処理で"]);

    let kind = workspace.letters()[0]["kind"].as_str().unwrap().to_owned();
    fs::remove_dir_all(workspace.path(format!("templates/letters/{kind}"))).unwrap();
    workspace.ok(&["preview", "L000001B", "-o", "gone.pdf"]);
    assert_eq!(fs::read(workspace.path("gone.pdf")).unwrap(), before);
    let told = workspace.exits(1, &["preview", "L000002C", "-o", "x.pdf"]);
    assert_told(&told, &["L000002C", "書式が、今はありません"]);
}

#[test]
fn more_letters_than_one_file_holds_are_counted_and_not_drawn() {
    let workspace = Workspace::with_settings("approval = \"required\"\n");
    workspace.queue_plain(501, 0);
    let told = workspace.exits(1, &["preview", "--state", "受付", "-o", "all.pdf"]);
    assert_told(&told, &["501件", "500件まで", "分けて"]);
    assert!(!workspace.path("all.pdf").exists());
}
