//! What the register knows for certain is filled in, and nothing beside it:
//! no day nobody was told, no right the letter may not be about.

use serde_json::{Value, json};

use crate::harness::{NEXT_NOON, NOON, Workspace};
use crate::members::assert_told;

const RECEIPT: &str = "受第26-301号";

fn asked(rights: &[&str], change: &Value) -> Workspace {
    let workspace = Workspace::new();
    let mut record = json!({
        "receipt_number": RECEIPT,
        "rights": rights,
        "request_date": "2026-11-16",
        "arrival_date": "2026-11-17",
        "requester_role": "principal",
        "requester_name": "見本 太郎",
        "requester_postal_code": "379-2147",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎",
        "principal_category": "insured",
    });
    for (field, value) in change.as_object().unwrap() {
        record[field] = value.clone();
    }
    workspace.file("request.jsonl", record.to_string());
    workspace.ok(&["request", "add", "request.jsonl", "--as", "佐藤"]);
    workspace
}

/// `request letter` of the kind with further arguments.
fn letter<'a>(kind: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["request", "letter", RECEIPT, "--kind", kind][..], more].concat()
}

/// A letter that is queued at once and leaves the house.
fn sent(workspace: &Workspace, now: &str, letter_id: &str, kind: &str, set: &[&str]) {
    let mut more: Vec<&str> = set.iter().flat_map(|said| ["--set", *said]).collect();
    more.extend(["--queue", "--as", "佐藤", "--now", now]);
    workspace.ok(&letter(kind, &more));
    night(workspace, now);
    posted(workspace, now, letter_id);
}

fn night(workspace: &Workspace, now: &str) {
    let done = workspace.yobin(&["run", "--now", now]);
    assert!([Some(0), Some(2)].contains(&done.code), "{done:?}");
}

fn posted(workspace: &Workspace, now: &str, letter_id: &str) {
    let on = ["--on", &now[..10], "--as", "佐藤", "--now", now];
    workspace.ok(&[&["posted", letter_id][..], &on].concat());
}

/// The sheet of a letter: each heading with what stands under it.
fn sheet(workspace: &Workspace, kind: &str, more: &[&str]) -> (String, Vec<(String, String)>) {
    let name = "sheet.xlsx";
    drop(std::fs::remove_file(workspace.path(name)));
    let told = workspace.ok(&letter(kind, &[more, &["-o", name]].concat()));
    let rows = crate::from_register::rows(workspace, name);
    let pairs = rows[0].iter().cloned().zip(rows[1].iter().cloned());
    (told, pairs.collect())
}

fn cell<'a>(sheet: &'a [(String, String)], heading: &str) -> &'a str {
    let found = sheet.iter().find(|(title, _)| title == heading);
    &found.unwrap_or_else(|| panic!("no column {heading}")).1
}

const CHANGE: &str = "target-date-change";
const OLD: &str = "変更前の回答予定日";

#[test]
fn a_day_that_changes_is_one_a_letter_told() {
    let workspace = asked(&["disclosure"], &json!({}));
    // The society's own target was told to nobody.
    let (told, empty) = sheet(&workspace, CHANGE, &[]);
    assert_eq!(cell(&empty, OLD), "");
    assert_told(&told, &[OLD, "まだ出ていません", "組合の中の日付"]);
    let said = [
        "--set",
        "変更後の回答予定日=R8.12.25",
        "--set",
        "変更の理由=医療機関に照会し、その回答を待っているためです。",
        "--queue",
        "--as",
        "佐藤",
    ];
    let told = workspace.exits(1, &letter(CHANGE, &said));
    assert_told(&told, &["足りない", OLD, "まだ出ていません"]);
    assert!(workspace.letters().is_empty());

    // It is told another day than the target.
    let acknowledged = ["請求の内容=健診の記録", "回答予定日=R8.12.10"];
    let mut more: Vec<&str> = acknowledged
        .iter()
        .flat_map(|said| ["--set", *said])
        .collect();
    more.extend(["--queue", "--as", "佐藤"]);
    workspace.ok(&letter("acknowledgement", &more));
    // As long as the letter waits nothing is certain.
    for made in [false, true] {
        if made {
            night(&workspace, NOON);
        }
        let (told, waits) = sheet(&workspace, CHANGE, &[]);
        assert_eq!(cell(&waits, OLD), "");
        assert_told(&told, &[OLD, "まだ出ていません"]);
    }
    posted(&workspace, NOON, "L000001B");
    let (told, known) = sheet(&workspace, CHANGE, &[]);
    assert_eq!(cell(&known, OLD), "2026-12-10");
    assert!(!told.contains("空けてあります"), "{told}");
    // What was told is told again, not the target.
    let (_, again) = sheet(&workspace, "acknowledgement", &[]);
    assert_eq!(cell(&again, "回答予定日"), "2026-12-10");

    // The newest day that was told is the one that changes.
    let changed = [
        "変更後の回答予定日=R8.12.25",
        "変更の理由=医療機関に照会し、その回答を待っているためです。",
    ];
    sent(&workspace, NEXT_NOON, "L000002C", CHANGE, &changed);
    let (_, known) = sheet(&workspace, CHANGE, &["--now", NEXT_NOON]);
    assert_eq!(cell(&known, OLD), "2026-12-25");
    // One that was cancelled told nobody anything.
    let changed = [
        "--set",
        "変更後の回答予定日=R9.1.15",
        "--set",
        "変更の理由=医療機関にもう一度照会し、その回答を待っているためです。",
        "--queue",
        "--as",
        "佐藤",
        "--now",
        NEXT_NOON,
    ];
    workspace.ok(&letter(CHANGE, &changed));
    workspace.ok(&["cancel", "L000003D", "--as", "佐藤", "--now", NEXT_NOON]);
    let (_, known) = sheet(&workspace, CHANGE, &["--now", NEXT_NOON]);
    assert_eq!(cell(&known, OLD), "2026-12-25");
}

#[test]
fn a_day_that_was_told_of_one_right_is_not_that_of_another() {
    let workspace = asked(&["disclosure", "correction"], &json!({}));
    sent(
        &workspace,
        NOON,
        "L000001B",
        "acknowledgement",
        &["請求の内容=健診の記録"],
    );
    let part = [
        "請求の種類=開示",
        "変更後の回答予定日=R9.1.8",
        "変更の理由=医療機関に照会し、その回答を待っているためです。",
    ];
    sent(&workspace, NEXT_NOON, "L000002C", CHANGE, &part);
    let (told, open) = sheet(&workspace, CHANGE, &["--now", NEXT_NOON]);
    assert_eq!(cell(&open, OLD), "");
    assert_told(&told, &["一部だけ"]);
}

#[test]
fn a_letter_that_answers_rights_names_none_nobody_said() {
    let workspace = asked(&["disclosure", "cessation"], &json!({}));
    for (kind, outcome, title) in [
        ("not-retained", "検索できる形になっていない", "請求の種類"),
        ("not-retained", "権限がない", "請求の種類"),
        ("request-referral", "当組合にない", "請求の種類"),
        ("request-closing", "補正なし", "終了する請求の種類"),
        ("request-closing", "取下げ", "終了する請求の種類"),
    ] {
        let with = ["--outcome", outcome];
        let (told, open) = sheet(&workspace, kind, &with);
        assert_eq!(cell(&open, title), "", "{kind}");
        assert_told(&told, &[title, "開示、利用停止等です"]);
        // One that is said needs no hint.
        let said = format!("{title}=開示");
        let (told, one) = sheet(&workspace, kind, &[&with[..], &["--set", &said]].concat());
        assert_eq!(cell(&one, title), "開示");
        assert!(!told.contains("空けてあります"), "{told}");
    }
    let (_, open) = sheet(&workspace, "not-retained", &[]);
    assert_eq!(cell(&open, "請求の種類"), "");
    // What tells of the request whole names all of it.
    let (_, all) = sheet(&workspace, "acknowledgement", &[]);
    assert_eq!(cell(&all, "請求の種類"), "開示\n利用停止等");

    // What has an answer already is not meant any more.
    let decided = [
        "結果区分=不存在",
        "決定日=R8.11.20",
        "調査した範囲=当組合の健診の記録の全て",
    ];
    let mut more: Vec<&str> = decided.iter().flat_map(|said| ["--set", *said]).collect();
    more.extend(["--queue", "--as", "佐藤"]);
    workspace.ok(&letter("disclosure-decision", &more));
    for kind in ["not-retained", "request-closing", CHANGE] {
        let title = if kind == "request-closing" {
            "終了する請求の種類"
        } else {
            "請求の種類"
        };
        let (_, rest) = sheet(&workspace, kind, &[]);
        assert_eq!(cell(&rest, title), "利用停止等", "{kind}");
    }
}

#[test]
fn one_right_needs_no_choice_and_a_fee_is_asked_once() {
    let workspace = asked(&["correction"], &json!({}));
    let (_, one) = sheet(&workspace, "not-retained", &["--outcome", "権限がない"]);
    assert_eq!(cell(&one, "請求の種類"), "訂正等");

    let workspace = asked(
        &["disclosure", "third_party_record_disclosure", "cessation"],
        &json!({}),
    );
    let (_, both) = sheet(&workspace, "fee-notice", &[]);
    assert_eq!(cell(&both, "手数料の対象"), "開示\n第三者提供記録の開示");
}

#[test]
fn a_field_is_said_once() {
    let workspace = asked(&["disclosure"], &json!({}));
    for twice in [
        ["請求の内容=健診の記録", "請求の内容=受診の記録"],
        ["請求の内容=健診の記録", "requested_content=健診の記録"],
    ] {
        let more: Vec<&str> = twice.iter().flat_map(|said| ["--set", *said]).collect();
        let told = workspace.exits(1, &letter("acknowledgement", &more));
        assert_told(&told, &["「請求の内容」", "2回"]);
    }
}

#[test]
fn what_a_killed_command_left_of_a_record_is_gone_with_the_next() {
    let workspace = asked(&["disclosure"], &json!({}));
    let left = workspace.path("out/.part-aB3dE6.csv");
    let others = ["out/.part-.csv", "out/part-aB3dE6.csv", "out/x.csv"];
    for command in [
        &["request", "list"][..],
        &letter("acknowledgement", &["-o", "sheet.xlsx"]),
        &["run"],
    ] {
        std::fs::write(&left, "見本 太郎,群馬県前橋市亀里町1310番地").unwrap();
        for other in others {
            std::fs::write(workspace.path(other), "").unwrap();
        }
        workspace.ok(command);
        assert!(!left.exists(), "{command:?}");
        assert!(others.iter().all(|other| workspace.path(other).exists()));
    }
}
