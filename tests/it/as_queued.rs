//! What goes out is what was taken in and approved, and one kind that cannot
//! be numbered holds up nobody else.

use std::fs;

use serde_json::Value;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use crate::harness::{
    NEXT_NOON, Workspace, copy_folder, files_below, plain_record, post_record, root,
};

/// Writes to the store as somebody would who has the file.
pub fn tamper(workspace: &Workspace, statement: &str) {
    let options = SqliteConnectOptions::new().filename(workspace.path("out/yobin.db"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut conn = options.connect().await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()))
            .execute(&mut conn)
            .await
            .unwrap();
    });
}

fn approved(count: usize) -> Workspace {
    let workspace = Workspace::with_settings("approval = \"required\"\n");
    workspace.queue_plain(count, count);
    for letter in workspace.letters() {
        workspace.ok(&["approve", letter["id"].as_str().unwrap(), "--as", "鈴木"]);
    }
    workspace
}

#[test]
fn a_record_changed_after_its_approval_does_not_go_out() {
    for change in [
        "UPDATE letter_record SET record = json_set(record, '$.mail_address', 'x@evil.example.jp') WHERE letter_id = 2",
        "UPDATE letter_record SET record = json_set(record, '$.addressee_name', '例示 花子') WHERE letter_id = 2",
        "UPDATE letter_record SET record = json_set(record, '$.rights[0]', 'correction') WHERE letter_id = 2",
        "UPDATE letter_record SET record = json_remove(record, '$.requested_content') WHERE letter_id = 2",
        "UPDATE letter_record SET record = substr(record, 1, 40) WHERE letter_id = 2",
        "UPDATE letter_record SET record = (SELECT record FROM letter_record WHERE letter_id = 3) WHERE letter_id = 2",
        "UPDATE letter SET kind = 'supplement-request' WHERE id = 2",
        "UPDATE letter SET delivery = 'archive' WHERE id = 2",
    ] {
        let workspace = approved(3);
        tamper(&workspace, change);
        let told = workspace.exits(2, &["run"]);
        assert!(
            told.contains("受け付けたときのものと違います"),
            "{change}\n{told}"
        );
        let states: Vec<Value> = workspace
            .letters()
            .iter()
            .map(|letter| letter["state"].clone())
            .collect();
        assert_eq!(states, ["written", "parked", "written"], "{change}");
        assert_eq!(
            workspace.recipients(),
            ["mihon1@example.jp", "mihon3@example.jp"],
            "{change}"
        );
        // Trying again changes nothing.
        workspace.ok(&["retry", "L000002C", "--as", "佐藤"]);
        workspace.exits(2, &["run", "--now", NEXT_NOON]);
        assert_eq!(workspace.letters_in("parked").len(), 1, "{change}");
        assert_eq!(workspace.recipients().len(), 2, "{change}");
    }
}

/// The reference of a letter without its check letter.
fn parked(workspace: &Workspace) -> Vec<String> {
    let id = |letter: &Value| letter["id"].as_str().unwrap()[..7].to_owned();
    workspace.letters_in("parked").iter().map(id).collect()
}

#[test]
fn no_damage_to_one_record_stops_the_others() {
    for change in [
        "UPDATE letter_record SET record = '' WHERE letter_id = 2",
        "UPDATE letter_record SET record = 'null' WHERE letter_id = 2",
        "UPDATE letter_record SET record = '[1]' WHERE letter_id = 2",
        "UPDATE letter_record SET record = json_set(record, '$.receipt_number', 7) WHERE letter_id = 2",
        "UPDATE letter_record SET record = CAST(x'7b22ff' AS TEXT) WHERE letter_id = 2",
        "DELETE FROM letter_record WHERE letter_id = 2",
    ] {
        let workspace = approved(3);
        tamper(&workspace, change);
        workspace.exits(2, &["run"]);
        assert_eq!(parked(&workspace), ["L000002"], "{change}");
        assert_eq!(workspace.recipients().len(), 2, "{change}");
        workspace.yobin(&["report"]);
        workspace.ok(&["list"]);
    }
}

#[test]
fn a_damaged_request_keeps_back_what_answers_it_and_is_told() {
    let workspace = Workspace::new();
    let request = |n: usize| {
        serde_json::json!({
            "receipt_number": format!("受第26-{n:05}号"), "rights": ["disclosure"],
            "request_date": "2026-11-18", "arrival_date": "2026-11-20",
            "requester_role": "principal", "requester_name": format!("見本 太郎{n}"),
            "requester_address": "群馬県前橋市亀里町1310番地",
            "principal_name": format!("見本 太郎{n}"), "principal_category": "insured",
        })
        .to_string()
    };
    let requests = workspace.file("requests.jsonl", [1, 2, 3].map(request).join("\n"));
    workspace.ok(&["request", "add", requests.to_str().unwrap()]);
    workspace.queue_plain(4, 4);
    tamper(
        &workspace,
        "UPDATE request_record SET record = substr(record, 1, 40) WHERE request_id = 2",
    );
    let told = workspace.exits(2, &["run"]);
    assert!(told.contains("その請求のもの"), "{told}");
    assert_eq!(parked(&workspace), ["L000002"]);
    assert_eq!(workspace.recipients().len(), 3);
    let told = workspace.ok(&["check"]);
    let note = "受付番号「受第26-00002号」の請求の記録が壊れていて";
    assert!(told.contains(note), "{told}");
    workspace.yobin(&["report"]);
}

#[test]
fn a_letter_whose_record_was_damaged_since_is_left_out_of_the_print_file_alone() {
    let workspace = Workspace::new();
    let lines: Vec<String> = (1..4).map(|n| post_record(n, 1).to_string()).collect();
    let file = workspace.file("letters.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace.ok(&["run"]);
    tamper(
        &workspace,
        "UPDATE letter_record SET record = substr(record, 1, 40) WHERE letter_id = 2",
    );
    let told = workspace.yobin(crate::harness::REPRINT);
    let told = format!("{}{}", told.out, told.err);
    assert!(told.contains("L000002C は、保存されている記録"), "{told}");
    let list = workspace.path("out/print/2026-11-22/implied-consent-objection.csv");
    let list = fs::read_to_string(list).unwrap();
    assert!(list.contains("保存した記録を読めません"), "{list}");
    for (letter, shown) in [("L000001B", true), ("L000003D", true), ("L000002C", false)] {
        let in_file = |line: &&str| line.contains(letter) && !line.starts_with(',');
        assert_eq!(list.lines().any(|line| in_file(&line)), shown, "{list}");
    }
    workspace.yobin(&["report"]);
}

#[test]
fn a_record_put_back_as_it_was_goes_out() {
    let workspace = approved(1);
    let kept = workspace.look_up("SELECT record FROM letter_record");
    tamper(
        &workspace,
        "UPDATE letter_record SET record = json_set(record, '$.mail_address', 'x@evil.example.jp')",
    );
    workspace.exits(2, &["run"]);
    let kept = kept.replace('\'', "''");
    tamper(
        &workspace,
        &format!("UPDATE letter_record SET record = '{kept}'"),
    );
    workspace.ok(&["retry", "L000001B", "--as", "佐藤"]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_eq!(workspace.recipients(), ["mihon1@example.jp"]);
}

#[test]
fn a_letter_archived_on_an_earlier_night_is_held_against_its_record_again() {
    let workspace = approved(2);
    workspace
        .start_until(&["run", "--stop-at", "registered"], "stopped at")
        .kill();
    assert!(workspace.recipients().is_empty());
    tamper(
        &workspace,
        "UPDATE letter_record SET record = json_set(record, '$.mail_address', 'x@evil.example.jp')",
    );
    workspace.exits(2, &["run"]);
    assert!(
        workspace.recipients().is_empty(),
        "{:?}",
        workspace.recipients()
    );
    assert_eq!(workspace.letters_in("parked").len(), 2);
}

#[test]
fn every_shipped_sample_is_what_it_was_queued_as() {
    let workspace = Workspace::new();
    let mut count = 0;
    for sample in files_below(&root().join("templates/letters")) {
        let path = sample.to_str().unwrap();
        let mail = path.contains("/samples/") && !path.contains("hostile");
        if mail && path.ends_with(".json") && path.contains("decision/") {
            let done = workspace.yobin(&["queue", path]);
            count += usize::from(done.code == Some(0));
        }
    }
    assert!(count > 20, "only {count} samples");
    let told = workspace.yobin(&["run"]).out;
    assert!(!told.contains("受け付けたときのものと違います"), "{told}");
    assert!(workspace.letters_in("parked").is_empty(), "{told}");
}

/// A workspace whose kind of acknowledgement counts in a series the profile
/// does not have.
fn unnumbered() -> Workspace {
    let workspace = Workspace::with_settings("approval = \"none\"\ntemplates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    series(&workspace, "series = \"letters\"", "series = \"nosuch\"");
    workspace
}

fn series(workspace: &Workspace, from: &str, to: &str) {
    let path = workspace.path("templates/letters/acknowledgement/letter.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(&path, text.replace(from, to)).unwrap();
}

#[test]
fn a_kind_whose_numbers_have_no_rule_is_refused_at_queue() {
    let workspace = unnumbered();
    for (name, content) in [
        (
            "a.json",
            serde_json::json!([plain_record(1, false)]).to_string(),
        ),
        ("b.jsonl", plain_record(2, true).to_string()),
    ] {
        let file = workspace.file(name, content);
        for further in [&["--dry-run"][..], &[]] {
            let args = [&["queue", file.to_str().unwrap()], further].concat();
            let told = workspace.exits(1, &args);
            for word in [
                "請求書の受付のお知らせ",
                "nosuch",
                "[numbering.nosuch]",
                "profile.toml",
            ] {
                assert!(told.contains(word), "{word}\n{told}");
            }
        }
    }
    // Another kind is none the worse.
    let other = root().join("templates/letters/supplement-request/samples/defects.json");
    workspace.ok(&["queue", other.to_str().unwrap()]);
}

#[test]
fn a_letter_that_cannot_be_numbered_stops_nobody_and_is_told() {
    let workspace = unnumbered();
    // Queued while there was a rule.
    series(&workspace, "series = \"nosuch\"", "series = \"letters\"");
    workspace.queue_plain(2, 0);
    tamper(
        &workspace,
        "UPDATE letter SET series = 'nosuch' WHERE id = 1",
    );
    let told = workspace.exits(2, &["run"]);
    for word in [
        "系列 nosuch",
        "書簡 1件を夜間処理に入れていません",
        "【要対応】",
    ] {
        assert!(told.contains(word), "{word}\n{told}");
    }
    let states: Vec<Value> = workspace
        .letters()
        .iter()
        .map(|letter| letter["state"].clone())
        .collect();
    assert_eq!(states, ["queued", "filed"]);
    let page = fs::read_to_string(workspace.path("out/reports/2026-11-22.html")).unwrap();
    assert!(page.contains("系列 nosuch"), "{page}");
    // With the rule back it joins the next night, with the next number.
    tamper(
        &workspace,
        "UPDATE letter SET series = 'letters' WHERE id = 1",
    );
    workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_eq!(workspace.letters()[0]["number"], "群農健発第2号");
    workspace.ok(&["verify"]);
}
