//! A letter leaves the house only if all that the store says of it agrees:
//! its row, its entry in the register, its approval, its history and the
//! attempts to hand it over. What was changed behind the program is parked
//! and named, and stops no other.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::harness::{
    NEXT_NOON, REPRINT, Workspace, copy_folder, files_below, plain_record, post_record, root,
};
use crate::mail_server::{At, Does, MailServer};

/// Letters that are approved, registered and wait to be mailed: the gateway
/// refused them, and staff sent them back into the night.
fn released(count: usize) -> (Workspace, MailServer) {
    let server = MailServer::start(false);
    let workspace = Workspace::with_settings(&format!(
        "approval = \"required\"\n[delivery]\nretry_seconds = []\n{}",
        server.settings()
    ));
    queue_approved(&workspace, count);
    server.behave(&[(At::Rcpt, Does::Says(b"550 no\r\n"))]);
    workspace.exits(2, &["run"]);
    workspace.ok(&["retry", "--failed-of", "2026-11-22"]);
    assert_eq!(workspace.letters_in("released").len(), count);
    server.behave(&[]);
    (workspace, server)
}

fn queue_approved(workspace: &Workspace, count: usize) {
    workspace.queue_plain(count, count);
    let ids: Vec<String> = workspace.letters().iter().map(id).collect();
    let mut args = vec!["approve"];
    args.extend(ids.iter().map(String::as_str));
    workspace.ok(&[&args[..], &["--as", "鈴木"]].concat());
}

fn id(letter: &Value) -> String {
    letter["id"].as_str().unwrap().to_owned()
}

/// The place of a letter in the order of queueing, from its reference.
fn place(letter: &Value) -> usize {
    id(letter)[1..7].parse().unwrap()
}

/// Why each letter that is parked was, by its place.
fn parked(workspace: &Workspace) -> BTreeMap<usize, String> {
    let parked = workspace.letters_in("parked");
    let reason = |letter: &Value| letter["reason"].as_str().unwrap().to_owned();
    parked
        .iter()
        .map(|letter| (place(letter), reason(letter)))
        .collect()
}

#[test]
fn what_was_changed_behind_the_program_is_parked_and_named_and_stops_no_other() {
    // Each change is made to a letter of its own.
    let changes = [
        (
            "UPDATE letter SET number = '群農健発第99号' WHERE id = ?",
            "文書番号が台帳と違います",
        ),
        (
            "UPDATE letter SET issue_date = '2026-11-21' WHERE id = ?",
            "日付が台帳と違います",
        ),
        (
            "UPDATE letter SET approved_by = NULL, approved_at = NULL, approval_sha256 = NULL
             WHERE id = ?",
            "承認した人の記録がありません",
        ),
        (
            "UPDATE letter SET approved_by = '別人' WHERE id = ?",
            "承認のときと違います",
        ),
        (
            "UPDATE letter SET approved_by = queued_by WHERE id = ?",
            "受け付けた本人が承認した",
        ),
        (
            "UPDATE letter SET queued_by = '別人' WHERE id = ?",
            "受け付けた人又は日時が、履歴と違います",
        ),
        (
            "UPDATE letter SET pdf_sha256 = (SELECT pdf_sha256 FROM letter WHERE id = 1)
             WHERE id = ?",
            "PDFが台帳に記載したものと違います",
        ),
        (
            "UPDATE register SET pdf_sha256 = (SELECT pdf_sha256 FROM letter WHERE id = 1)
             WHERE letter_id = ?",
            "台帳の記載が書き換えられています",
        ),
        (
            "UPDATE register SET issue_date = '2026-11-21' WHERE letter_id = ?",
            "台帳の記載が書き換えられています",
        ),
        (
            "DELETE FROM register WHERE letter_id = ?",
            "台帳に正しい記載がありません",
        ),
        (
            "DELETE FROM audit WHERE letter_id = ? AND to_state = 'approved'",
            "履歴が途中で抜けている",
        ),
        (
            "UPDATE audit SET at = 'soon' WHERE letter_id = ? AND to_state = 'archived'",
            "履歴に読めない時刻があります",
        ),
        (
            "UPDATE letter SET rounds = 5 WHERE id = ?",
            "送信を試した回数が、記録と違います",
        ),
        (
            "UPDATE letter SET state = 'archived' WHERE id = ?",
            "状態が、履歴の最後と違います",
        ),
        (
            "UPDATE letter_record SET record = json_set(record, '$.mail_address', 'x@evil.example.jp')
             WHERE letter_id = ?",
            "受け付けたときのものと違います",
        ),
    ];
    let count = changes.len() + 2;
    let (workspace, server) = released(count);
    for (place, (change, _)) in (2..).zip(&changes) {
        let done = workspace.behind(&change.replace('?', &place.to_string()));
        assert_eq!(done, 1, "{change}");
    }
    let told = workspace.exits(2, &["run", "--now", NEXT_NOON]);
    assert_eq!(server.arrived().len(), 2, "{told}");
    let parked = parked(&workspace);
    for (place, (change, words)) in (2..).zip(&changes) {
        let reason = parked.get(&place).map_or("not parked", String::as_str);
        assert!(reason.contains(words), "{change}\n{reason}");
    }
    assert_eq!(parked.len(), changes.len());
    // The check names each of them, and the register beside.
    let told = workspace.exits(1, &["verify"]);
    for letter in workspace.letters_in("parked") {
        assert!(told.contains(&id(&letter)), "{letter}\n{told}");
    }
    // Trying again changes nothing.
    // (One is in a state no act can write again.)
    let mut all: Vec<String> = workspace.letters_in("parked").iter().map(id).collect();
    all.retain(|letter| letter != "L000006G");
    let mut args = vec!["retry"];
    args.extend(all.iter().map(String::as_str));
    workspace.ok(&args);
    workspace.exits(2, &["run", "--now", "2026-11-24T12:00:00+09:00"]);
    assert_eq!(server.arrived().len(), 2);
}

#[test]
fn two_letters_whose_pdfs_were_swapped_go_to_nobody() {
    let (workspace, server) = released(4);
    workspace.behind(
        "CREATE TEMP TABLE swapped AS SELECT id, pdf_sha256, pdf_bytes, data_sha256 FROM letter;
         UPDATE letter SET (pdf_sha256, pdf_bytes, data_sha256) =
             (SELECT pdf_sha256, pdf_bytes, data_sha256 FROM swapped
              WHERE swapped.id = 5 - letter.id)
         WHERE id IN (2, 3)",
    );
    workspace.exits(2, &["run", "--now", NEXT_NOON]);
    assert_eq!(
        parked(&workspace).keys().copied().collect::<Vec<_>>(),
        [2, 3]
    );
    assert_eq!(server.arrived().len(), 2);
}

/// Replaces the value of one field of a letter's record, and its hash with it.
fn replace_record(workspace: &Workspace, place: usize, field: &str, value: &str) {
    let mut record = plain_record(place, true);
    record[field] = value.into();
    let mut values = record.as_object().unwrap().clone();
    // As it was stored, without the kind.
    let stored = format!("SELECT record FROM letter_record WHERE letter_id = {place}");
    let stored: Value = serde_json::from_str(&workspace.look_up(&stored)).unwrap();
    values.retain(|name, _| stored.get(name).is_some());
    let sha256 = yobin::record::record_sha256("acknowledgement", &values);
    let text = Value::Object(values).to_string();
    workspace.behind(&format!(
        "UPDATE letter_record SET record = '{text}' WHERE letter_id = {place};
         UPDATE letter SET record_sha256 = '{sha256}' WHERE id = {place}"
    ));
}

#[test]
fn without_approval_a_record_replaced_with_its_hash_does_not_go_out_either() {
    let workspace = Workspace::with_settings("approval = \"none\"\n");
    workspace.queue_plain(6, 6);
    replace_record(&workspace, 2, "mail_address", "x@evil.example.jp");
    replace_record(&workspace, 3, "addressee_name", "例示 花子");
    replace_record(&workspace, 4, "addressee_address", "例示市見本町1-2-3");
    // With the hash in its history taken away, it is none that was queued.
    workspace
        .behind("UPDATE audit SET record_sha256 = NULL WHERE letter_id = 5 AND from_state = ''");
    let verify = workspace.exits(1, &["verify"]);
    for place in 2..=5 {
        assert!(
            verify.contains(&format!("L00000{place}")),
            "{place}: {verify}"
        );
    }
    assert!(
        verify.contains("記録が受け付けたときのものと違います"),
        "{verify}"
    );
    workspace.exits(2, &["run"]);
    let parked = parked(&workspace);
    assert_eq!(parked.keys().copied().collect::<Vec<_>>(), [2, 3, 4, 5]);
    for reason in parked.values() {
        let told = reason.contains("記録が受け付けたときのものと違います");
        assert!(told, "{reason}");
    }
    let went = ["mihon1@example.jp", "mihon6@example.jp"];
    assert_eq!(workspace.recipients(), went);
}

#[test]
fn a_record_replaced_with_its_hash_once_it_was_sent_is_found_by_verify() {
    let workspace = Workspace::with_settings("approval = \"none\"\n");
    workspace.queue_plain(3, 3);
    workspace.ok(&["run"]);
    workspace.ok(&["verify"]);
    replace_record(&workspace, 2, "mail_address", "x@evil.example.jp");
    let verify = workspace.exits(1, &["verify"]);
    assert!(
        verify.contains("記録が受け付けたときのものと違います"),
        "{verify}"
    );
    assert!(verify.contains("L000002C"), "{verify}");
}

#[test]
fn a_record_replaced_with_its_hash_after_the_approval_does_not_go_out() {
    let workspace = Workspace::with_settings("approval = \"required\"\n");
    queue_approved(&workspace, 4);
    replace_record(&workspace, 2, "mail_address", "x@evil.example.jp");
    replace_record(&workspace, 3, "addressee_name", "例示 花子");
    workspace.exits(2, &["run"]);
    let parked = parked(&workspace);
    assert_eq!(parked.keys().copied().collect::<Vec<_>>(), [2, 3]);
    for reason in parked.values() {
        assert!(
            reason.contains("承認した記録が、承認のときと違います"),
            "{reason}"
        );
    }
    assert_eq!(
        workspace.recipients(),
        ["mihon1@example.jp", "mihon4@example.jp"]
    );
    // Neither was made: no page stands in the archive.
    assert_eq!(workspace.archived().len(), 2);
}

#[test]
fn a_letter_approved_by_nobody_is_not_made() {
    let workspace = Workspace::with_settings("approval = \"required\"\n");
    workspace.queue_plain(4, 4);
    for (id, further) in [
        (1, ""),
        (2, ", approved_by = '鈴木'"),
        (3, ", approved_by = '鈴木', approved_at = queued_at"),
    ] {
        workspace.behind(&format!(
            "UPDATE letter SET state = 'approved'{further} WHERE id = {id}"
        ));
    }
    let told = workspace.exits(2, &["run"]);
    assert_eq!(parked(&workspace).len(), 3, "{told}");
    for reason in parked(&workspace).values() {
        assert!(reason.contains("履歴が途中で抜けている"), "{reason}");
    }
    assert!(workspace.archived().is_empty());
    assert!(workspace.recipients().is_empty());
    assert_eq!(workspace.letters()[3]["state"], "queued");
}

#[test]
fn mails_that_wait_go_out_though_an_approval_is_required_by_now() {
    let server = MailServer::start(false);
    let settings = |approval: &str| {
        format!(
            "approval = \"{approval}\"\n[delivery]\nretry_seconds = []\n{}",
            server.settings()
        )
    };
    let workspace = Workspace::with_settings(&settings("none"));
    workspace.queue_plain(4, 3);
    server.behave(&[(At::Rcpt, Does::Says(b"550 no\r\n"))]);
    workspace.exits(2, &["run"]);
    workspace.ok(&["retry", "--failed-of", "2026-11-22"]);
    assert_eq!(workspace.letters_in("released").len(), 3);
    server.behave(&[]);
    // By day the society decides otherwise of what comes next.
    workspace.settings(&settings("required"));
    workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_eq!(server.arrived().len(), 3);
    assert_eq!(workspace.letters_in("sent").len(), 3);
    workspace.ok(&["verify"]);
}

#[test]
fn a_letter_nobody_approved_stays_where_an_approval_was_required_when_it_joined() {
    let (workspace, server) = released(3);
    // Its history is made to say that the night numbered it as it was queued.
    workspace.behind(
        "UPDATE letter SET approved_by = NULL, approved_at = NULL, approval_sha256 = NULL
         WHERE id = 2;
         DELETE FROM audit WHERE letter_id = 2 AND to_state = 'approved';
         UPDATE audit SET from_state = 'queued' WHERE letter_id = 2 AND to_state = 'numbered'",
    );
    workspace.exits(2, &["run", "--now", NEXT_NOON]);
    assert_eq!(server.arrived().len(), 2);
    let parked = parked(&workspace);
    assert_eq!(parked.keys().copied().collect::<Vec<_>>(), [2]);
    assert!(
        parked[&2].contains("承認した人の記録がありません"),
        "{parked:?}"
    );
}

#[test]
fn a_letter_that_was_sent_is_not_sent_again_whatever_its_row_says() {
    let server = MailServer::start(false);
    let settings = format!("approval = \"none\"\n{}", server.settings());
    let workspace = Workspace::with_settings(&settings);
    workspace.queue_plain(4, 4);
    workspace.ok(&["run"]);
    assert_eq!(server.arrived().len(), 4);
    let back = "UPDATE letter SET state = 'released', handover_at = NULL, handed_to = NULL";
    workspace.behind(&format!("{back} WHERE id = 1"));
    workspace.exits(2, &["run", "--now", NEXT_NOON]);
    assert_eq!(server.arrived().len(), 4);
    let first = parked(&workspace);
    assert!(
        first[&1].contains("状態が、履歴の最後と違います"),
        "{first:?}"
    );
    assert!(first[&1].contains("すでに送信"), "{first:?}");
    // With the end of its history taken off as well, or its attempt. Whoever
    // takes an attempt away puts the trigger back that forbids it: a database
    // without it is not worked with.
    let stays = workspace.look_up("SELECT sql FROM sqlite_schema WHERE name = 'attempt_stays'");
    workspace.behind(&format!(
        "{back} WHERE id = 2; DELETE FROM audit WHERE letter_id = 2 AND to_state = 'sent';
         UPDATE letter SET state = 'released', handover_at = NULL, message_id = NULL WHERE id = 3;
         DELETE FROM audit WHERE letter_id = 3 AND to_state = 'sent';
         DROP TRIGGER attempt_stays; DELETE FROM attempt WHERE letter_id = 3; {stays}"
    ));
    workspace.exits(2, &["run", "--now", NEXT_NOON]);
    assert_eq!(server.arrived().len(), 4);
    let parked = crate::held_against::parked(&workspace);
    assert!(parked[&2].contains("すでに送信"), "{parked:?}");
    assert!(parked[&3].contains("回数が、記録と違います"), "{parked:?}");
    let told = workspace.exits(1, &["verify"]);
    for letter in ["L000002C", "L000003D"] {
        assert!(told.contains(letter), "{told}");
    }
}

/// Letters by post after their night.
fn printed(count: usize) -> Workspace {
    let workspace = Workspace::new();
    let lines: Vec<String> = (1..=count).map(|n| post_record(n, 1).to_string()).collect();
    let file = workspace.file("letters.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace.ok(&["run"]);
    workspace
}

#[test]
fn a_letter_by_post_is_held_against_the_register_before_it_is_printed() {
    let workspace = printed(6);
    workspace.behind(
        "CREATE TEMP TABLE swapped AS SELECT id, pdf_sha256, pdf_bytes FROM letter;
         UPDATE letter SET (pdf_sha256, pdf_bytes) =
             (SELECT pdf_sha256, pdf_bytes FROM swapped WHERE swapped.id = 3 - letter.id)
         WHERE id IN (1, 2);
         UPDATE letter SET number = '群農健発第77号' WHERE id = 3;
         UPDATE letter_record SET record = json_set(record, '$.addressee_address', '別の町') WHERE letter_id = 4",
    );
    workspace.ok(&["posted", "L000005F", "--on", "2026-11-22", "--as", "鈴木"]);
    workspace.behind(
        "UPDATE letter SET dispatched_how = NULL, dispatched_on = NULL, dispatched_by = NULL,
                           dispatched_at = NULL
         WHERE id = 5",
    );
    let done = workspace.yobin(REPRINT);
    let told = format!("{}{}", done.out, done.err);
    assert!(told.contains("PDFが台帳に記載したものと違います"), "{told}");
    assert!(told.contains("投函などの記録が、履歴と違います"), "{told}");
    let list = workspace.path("out/print/2026-11-22/implied-consent-objection.csv");
    let list = fs::read_to_string(list).unwrap();
    let in_file = |row: usize| {
        let prefix = format!("L{row:06}");
        list.lines()
            .any(|line| line.contains(&prefix) && !line.starts_with(','))
    };
    let shown: Vec<usize> = (1..=6).filter(|row| in_file(*row)).collect();
    assert_eq!(shown, [6], "{list}");
    assert!(list.contains("互いに合いません"), "{list}");
    // The report names them.
    let report = workspace.yobin(&["report"]);
    assert!(
        report.out.contains("L000001B"),
        "{}{}",
        report.out,
        report.err
    );
}

#[test]
fn a_row_that_cannot_be_read_stops_no_list_no_report_and_no_night() {
    for (change, column) in [
        (
            "UPDATE letter SET queued_at = 'yesterday' WHERE id = 2",
            "queued_at",
        ),
        ("UPDATE letter SET state = 'gone' WHERE id = 2", "state"),
        (
            "UPDATE letter SET delivery = 'pigeon' WHERE id = 2",
            "delivery",
        ),
        (
            "UPDATE letter SET print_date = '22.11.' WHERE id = 2",
            "print_date",
        ),
    ] {
        let workspace = Workspace::new();
        workspace.queue_plain(4, 4);
        assert_eq!(workspace.behind(change), 1);
        let listed = workspace.yobin(&["list", "--json"]);
        assert_eq!(listed.code, Some(0), "{change}\n{}", listed.err);
        assert_eq!(listed.out.lines().count(), 3, "{change}");
        let named = format!("{column} of letter L000002C");
        let listed = workspace.yobin(&["list"]);
        assert!(listed.err.contains(&named), "{change}\n{}", listed.err);
        let told = workspace.yobin(&["run"]);
        assert_eq!(
            workspace.recipients().len(),
            3,
            "{change}\n{}{}",
            told.out,
            told.err
        );
        assert!(
            !workspace
                .recipients()
                .contains(&"mihon2@example.jp".to_owned())
        );
        let report = fs::read_to_string(workspace.path("out/reports/2026-11-22.txt")).unwrap();
        assert!(report.contains(&named), "{change}\n{report}");
        let told = workspace.exits(1, &["verify"]);
        assert!(told.contains(&named), "{change}\n{told}");
    }
}

#[test]
fn a_batch_with_no_date_holds_up_no_night() {
    let workspace = Workspace::new();
    workspace.queue_plain(2, 2);
    workspace
        .behind("INSERT INTO batch (date, opened_at) VALUES ('soon', '2026-11-20T01:30:00+09:00')");
    workspace.yobin(&["run"]);
    assert_eq!(workspace.recipients().len(), 2);
    let told = workspace.exits(1, &["verify"]);
    assert!(told.contains("date of batch soon"), "{told}");
}

#[test]
fn a_kind_that_is_gone_stops_its_letters_alone() {
    let workspace = Workspace::with_settings("approval = \"none\"\ntemplates = \"templates\"\n");
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.queue_plain(3, 3);
    let other = root().join("templates/letters/supplement-request/samples/defects.json");
    workspace.ok(&["queue", other.to_str().unwrap()]);
    fs::remove_dir_all(workspace.path("templates/letters/acknowledgement")).unwrap();
    workspace.exits(2, &["run"]);
    let parked = parked(&workspace);
    assert_eq!(parked.keys().copied().collect::<Vec<_>>(), [1, 2, 3]);
    assert!(parked[&1].contains("acknowledgement"), "{parked:?}");
    let last = workspace.letters().pop().unwrap();
    assert!(last["register_seq"] == 1, "{last}");
    workspace.ok(&["list"]);
    workspace.yobin(&["report"]);
    // With the kind back they go out.
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.ok(&["retry", "L000001B", "L000002C", "L000003D"]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    let out = workspace.letters();
    let is_out = |letter: &Value| letter["state"] == "written" || letter["state"] == "filed";
    assert!(out.iter().all(is_out), "{out:?}");
    workspace.ok(&["verify"]);
}

/// A workspace with letters of all ways, requests and flags after a night.
pub fn lived_in() -> Workspace {
    let workspace = Workspace::with_settings("approval = \"required\"\n");
    let request = |n: usize| {
        serde_json::json!({
            "receipt_number": format!("受第26-{n:05}号"), "rights": ["disclosure"],
            "request_date": "2026-11-18", "arrival_date": "2026-11-20",
            "requester_role": "principal", "requester_name": format!("見本 太郎{n}"),
            "requester_address": "群馬県前橋市亀里町1310番地",
            "principal_name": format!("見本 太郎{n}"), "principal_category": "insured",
            "member_key": format!("M-{n:04}"),
        })
        .to_string()
    };
    let requests = workspace.file("requests.jsonl", [1, 2, 3].map(request).join("\n"));
    workspace.ok(&["request", "add", requests.to_str().unwrap()]);
    crate::flags::flag(&workspace, &["M-0900,宛先不明,登録"]);
    workspace.queue_plain(4, 2);
    let lines: Vec<String> = (11..=13).map(|n| post_record(n, 1).to_string()).collect();
    let file = workspace.file("letters.jsonl", lines.join("\n"));
    workspace.ok(&["queue", file.to_str().unwrap()]);
    let ids: Vec<String> = workspace.letters().iter().map(id).collect();
    let mut args = vec!["approve"];
    args.extend(ids.iter().take(6).map(String::as_str));
    workspace.ok(&[&args[..], &["--as", "鈴木"]].concat());
    workspace.ok(&["hold", &ids[3], "--as", "鈴木"]);
    workspace.ok(&["run"]);
    workspace.ok(&[
        "request",
        "close",
        "受第26-00003号",
        "--reason",
        "取下げ",
        "--as",
        "鈴木",
    ]);
    workspace
}

#[test]
fn what_was_changed_behind_the_program_is_found_by_the_check() {
    let workspace = lived_in();
    workspace.ok(&["verify"]);
    let kept = fs::read(workspace.path("out/yobin.db")).unwrap();
    for (change, words) in [
        (
            "UPDATE letter SET queued_by = '別人' WHERE id = 1",
            "L000001B",
        ),
        (
            "UPDATE letter SET approved_by = '別人' WHERE id = 1",
            "承認のときと違います",
        ),
        (
            "UPDATE letter SET kind = 'other' WHERE id = 1",
            "書簡の種類が台帳と違います",
        ),
        (
            "UPDATE letter SET state = 'held' WHERE id = 1",
            "状態が、履歴の最後と違います",
        ),
        (
            "DELETE FROM audit WHERE letter_id = 1",
            "履歴が途中で抜けている",
        ),
        (
            "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit WHERE letter_id = 4)",
            "L000004E",
        ),
        (
            "UPDATE intake SET queued_by = '別人'",
            "ファイルの受付の記録と合いません",
        ),
        (
            "UPDATE intake SET queued_at = '2026-11-20T00:00:00+09:00'",
            "ファイルの受付の記録と合いません",
        ),
        ("UPDATE series SET next = 90", "番号の系列"),
        ("UPDATE letter SET serial = 90 WHERE id = 1", "L000001B"),
        ("DELETE FROM letter WHERE id = 7", "行が失われています"),
        (
            "DELETE FROM letter WHERE id = 2; DELETE FROM register WHERE letter_id = 2",
            "行が失われています",
        ),
        (
            "UPDATE request SET arrival_date = '2026-11-19' WHERE id = 1",
            "請求の行が、その記録と合いません",
        ),
        (
            "UPDATE request SET receipt_number = '受第26-00009号' WHERE id = 1",
            "受第26-00009号",
        ),
        (
            "UPDATE request SET close_reason = 'answered' WHERE id = 3",
            "履歴と合いません",
        ),
        (
            "UPDATE request SET status = 'open', close_reason = NULL, closed_by = NULL,
                                closed_at = NULL WHERE id = 3",
            "履歴と合いません",
        ),
        (
            "UPDATE request SET added_by = '別人' WHERE id = 2",
            "履歴と合いません",
        ),
        (
            "UPDATE request_record SET record = json_set(record, '$.principal_name', '別人')
             WHERE request_id = 1",
            "請求の記録が、登録したときのものと違います",
        ),
        (
            "DELETE FROM request_right WHERE request_id = 1",
            "請求の行が、その記録と合いません",
        ),
        (
            "UPDATE request_audit SET actor = '別人' WHERE act = 'closed'",
            "履歴と合いません",
        ),
        (
            "UPDATE member_flag SET set_by = '別人'",
            "送付を止める登録が",
        ),
        ("DELETE FROM member_flag", "送付を止める登録が"),
        ("DELETE FROM member_flag_audit", "送付を止める登録が"),
        (
            "DROP TRIGGER attempt_stays; DELETE FROM attempt WHERE letter_id = 1",
            "L000001B",
        ),
        (
            "CREATE TRIGGER planted AFTER UPDATE ON letter BEGIN SELECT 1; END",
            "planted",
        ),
        ("DROP TRIGGER attempt_stands", "attempt_stands"),
        ("INSERT INTO right_word VALUES ('x')", "right_word"),
        (
            "UPDATE letter SET register_seq = 2 WHERE id = 1",
            "L000001B",
        ),
        (
            "UPDATE letter_record SET record = '{}' WHERE letter_id = 7",
            "L000007H",
        ),
    ] {
        workspace.behind(change);
        let done = workspace.yobin(&["verify"]);
        assert_eq!(done.code, Some(1), "{change}\n{}", done.out);
        assert!(done.out.contains(words), "{change}\n{}", done.out);
        put_back(&workspace, &kept);
    }
    workspace.ok(&["verify"]);
}

/// Puts the database back as it was.
pub fn put_back(workspace: &Workspace, kept: &[u8]) {
    for beside in ["out/yobin.db-wal", "out/yobin.db-shm"] {
        drop(fs::remove_file(workspace.path(beside)));
    }
    fs::write(workspace.path("out/yobin.db"), kept).unwrap();
}

#[test]
fn pdfs_nobody_knows_are_told() {
    let workspace = lived_in();
    let before = fs::read(workspace.path("out/yobin.db")).unwrap();
    workspace.ok(&["approve", "L000007H", "--as", "鈴木"]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    workspace.ok(&["verify"]);
    // An older database beside today's archive.
    put_back(&workspace, &before);
    let told = workspace.exits(1, &["verify"]);
    assert!(told.contains("どの書簡のものでもないPDF"), "{told}");
    assert!(told.contains("古い控え"), "{told}");
    // What no archive file is called after is none of its business.
    let workspace = lived_in();
    let pdf = &files_below(&workspace.path("out/archive/pdf"))[0];
    fs::write(pdf.with_file_name("note.txt"), "x").unwrap();
    workspace.ok(&["verify"]);
}

#[test]
fn a_letter_whose_record_was_changed_is_not_called_the_same_again() {
    let workspace = lived_in();
    workspace.ok(&["reproduce", "L000001B"]);
    workspace.behind(
        "UPDATE letter_record SET record = json_set(record, '$.addressee_name', '別人')
         WHERE letter_id = 1",
    );
    let told = workspace.exits(1, &["reproduce", "L000001B"]);
    assert!(
        told.contains("記録が、受け付けたときのものと違います"),
        "{told}"
    );
    assert!(told.contains("yobin verify"), "{told}");
}
