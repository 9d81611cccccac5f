//! Each date of a record is what its form says it is: done, set for somebody,
//! over, or to come; at intake, at approval, and on the letter's own day.

use serde_json::{Value, json};

use crate::harness::{NEXT_NOON, Workspace};
use crate::record_choices::{Case, changed, hold, sample};

/// Refused with these words.
fn refused(kind: &'static str, name: &'static str, change: Value, words: &'static str) -> Case {
    Case::refused(kind, name, change, words)
}

/// Taken in with this warning.
fn warned(kind: &'static str, name: &'static str, change: Value, words: &'static str) -> Case {
    Case::warned(kind, name, change, words)
}

#[test]
fn what_is_set_for_the_reader_lies_ahead_of_the_reader() {
    hold(vec![
        refused(
            "supplement-request",
            "defects",
            json!({"due_date": "2026-11-21"}),
            "補正の期限が今日より前です。",
        ),
        refused(
            "fee-notice",
            "notice",
            json!({"due_date": "2026-11-20"}),
            "納付期限が今日より前です。",
        ),
        refused(
            "acknowledgement",
            "received",
            json!({"expected_date": "2026-11-19"}),
            "回答予定日が今日より前です。",
        ),
        refused(
            "identity-request",
            "missing",
            json!({"due_date": "2026-11-22"}),
            "提出期限が今日と同じ日です。",
        ),
        refused(
            "address-confirmation",
            "confirm",
            json!({"due_date": "2026-11-16"}),
            "回答の期限が今日より前です。",
        ),
        refused(
            "disclosure-decision",
            "other-method",
            json!({"answer_due_date": "2026-11-20"}),
            "申出期限が今日より前です。",
        ),
        refused(
            "disclosure-instructions",
            "post",
            json!({"expected_date": "2026-11-20"}),
            "発送・提供の予定日が今日より前です。",
        ),
        refused(
            "complaint-interim-report",
            "interim",
            json!({"expected_date": "2026-11-21"}),
            "回答予定日が今日より前です。",
        ),
        refused(
            "receipt-inquiry",
            "inquiry",
            json!({"due_date": "2026-11-10"}),
            "回答期限が今日より前です。",
        ),
        // A visit is spoken of in words.
        refused(
            "disclosure-instructions",
            "counter",
            json!({"visit_times": ["令和8年12月1日（火）　午前9時から正午まで", "令和7年12月3日　午後1時から"]}),
            "2件目の日時が今日より前です。",
        ),
        refused(
            "disclosure-instructions",
            "counter-agent",
            json!({"visit_times": ["２０２６年１１月２２日　午後1時"]}),
            "1件目の日時が今日と同じ日です。",
        ),
        warned(
            "disclosure-instructions",
            "counter",
            json!({"visit_times": ["令和8年12月1日（水）　午前9時から正午まで"]}),
            "令和8年12月1日は火曜日で、書かれている曜日と違います。",
        ),
        // A day or two are no time to find a paper and post it.
        warned(
            "supplement-request",
            "defects",
            json!({"due_date": "2026-11-28"}),
            "補正の期限まで、今日から6日しかありません。",
        ),
        warned(
            "identity-request",
            "missing",
            json!({"due_date": "2026-11-23"}),
            "提出期限まで、今日から1日しかありません。",
        ),
        warned(
            "fee-notice",
            "notice",
            json!({"due_date": "2026-11-25"}),
            "納付期限まで、今日から3日しかありません。",
        ),
        Case::taken(
            "supplement-request",
            "defects",
            json!({"due_date": "2026-11-29"}),
            "しかありません",
        ),
    ]);
}

#[test]
fn what_is_said_to_be_done_was_done() {
    hold(vec![
        refused(
            "correction-decision",
            "done",
            json!({"effective_date": "2027-03-31"}),
            "訂正等の日が今日より後です。",
        ),
        refused(
            "cessation-decision",
            "substitute",
            json!({"substitute_date": "2028-03-31"}),
            "代わりの措置の日が今日より後です。",
        ),
        refused(
            "cessation-decision",
            "erased",
            json!({"measures": [{"item": "特定健康診査の結果", "measure": "消去", "measure_date": "2027-03-31"}]}),
            "1件目の措置の日が今日より後です。",
        ),
        refused(
            "fee-notice",
            "receipt",
            json!({"received_date": "2026-11-30"}),
            "領収日が今日より後です。",
        ),
        refused(
            "request-closing",
            "withdrawn",
            json!({"withdrawal_date": "2026-11-23"}),
            "取下げの申出日が今日より後です。",
        ),
        refused(
            "eligibility-correction",
            "corrected",
            json!({"corrected_on": "2026-12-01"}),
            "訂正した日が今日より後です。",
        ),
        refused(
            "consent-withdrawal",
            "stopped",
            json!({"stopped_on": "2026-11-24"}),
            "取りやめた日が今日より後です。",
        ),
        refused(
            "misdelivery",
            "recovered",
            json!({"recovered_on": "2026-12-24"}),
            "書類を受け取った日が今日より後です。",
        ),
        refused(
            "complaint-answer",
            "explained",
            json!({"complaint_date": "2026-11-25"}),
            "申出日が今日より後です。",
        ),
        refused(
            "provision-record-decision",
            "granted",
            json!({"provision_records": [{
                "date": "2027-01-05", "recipient_or_provider": "提供先　見本保険株式会社",
                "items": "氏名、給付の額", "basis": "本人の同意を得て提供しました。",
            }]}),
            "1件目の提供の年月日が今日より後です。",
        ),
    ]);
}

#[test]
fn one_date_comes_before_the_other() {
    hold(vec![
        refused(
            "request-closing",
            "withdrawn",
            json!({"withdrawal_date": "2026-10-31"}),
            "取下げの申出日が請求日より前です。",
        ),
        refused(
            "request-closing",
            "no-supplement",
            json!({"supplement_request_date": "2026-11-03"}),
            "補正をお願いした日が到達日より前です。",
        ),
        refused(
            "request-closing",
            "no-supplement",
            json!({"due_date": "2026-11-05"}),
            "補正の期限が、補正をお願いした日より後の日ではありません。",
        ),
        refused(
            "target-date-change",
            "extended",
            json!({"new_date": "2026-12-03"}),
            "変更後の回答予定日が、変更前の回答予定日より後の日ではありません。",
        ),
        refused(
            "receipt-contact",
            "decided",
            json!({"inquiry_date": "2026-11-20", "decided_on": "2026-11-19"}),
            "決定した日が照会した日より前です。",
        ),
        refused(
            "linkage-record-decision",
            "extended",
            json!({"extended_until": "2027-01-31"}),
            "延長後の期限が、到達日から60日を超えています",
        ),
        refused(
            "disclosure-instructions",
            "counter",
            json!({"notice_date": "2026-11-02"}),
            "開示の通知の日付が到達日より前です。",
        ),
        refused(
            "disclosure-decision",
            "granted",
            json!({"fee_paid_on": "2026-10-10"}),
            "手数料の納付日が請求日より前です。",
        ),
    ]);
}

#[test]
fn a_period_that_still_runs_has_not_ended() {
    hold(vec![
        refused(
            "request-closing",
            "no-supplement",
            json!({"due_date": "2026-12-31"}),
            "補正の期限がまだ過ぎていません。",
        ),
        // The last day is one of the period.
        refused(
            "request-closing",
            "no-supplement",
            json!({"due_date": "2026-11-22"}),
            "補正の期限がまだ過ぎていません。",
        ),
        refused(
            "request-closing",
            "no-supplement-bereaved",
            json!({"due_date": "2026-11-23"}),
            "補正の期限がまだ過ぎていません。",
        ),
        refused(
            "receipt-inquiry",
            "reminder",
            json!({"first_due_date": "2026-11-30"}),
            "前の回答期限がまだ過ぎていません。",
        ),
        Case::taken(
            "request-closing",
            "no-supplement",
            json!({"due_date": "2026-11-21"}),
            "まだ過ぎていません",
        ),
    ]);
}

#[test]
fn a_letter_that_was_sent_went_out_before_this_one() {
    hold(vec![
        refused(
            "disclosure-instructions",
            "post",
            json!({"notice_date": "2026-12-25", "expected_date": "2026-12-28"}),
            "開示の通知の日付が今日から14日より先です。",
        ),
        refused(
            "disclosure-instructions",
            "counter",
            json!({"notice_date": "2027-11-19"}),
            "開示の通知の日付が今日から14日より先です。",
        ),
        refused(
            "disclosure-decision",
            "granted-agent",
            json!({"fee_notice_date": "2026-12-10"}),
            "手数料のお知らせの日付が今日から14日より先です。",
        ),
    ]);
    // A letter that speaks of one of a night to come waits for that night.
    let workspace = Workspace::new();
    let record = changed(
        sample("disclosure-instructions", "counter"),
        &json!({"notice_date": "2026-11-24", "delivery": "archive"}),
    );
    let path = workspace.file("record.json", json!([record]).to_string());
    workspace.ok(&["queue", path.to_str().unwrap()]);
    let told = workspace.exits(2, &["run", "--now", NEXT_NOON]);
    assert!(told.contains("L000001B は 2026-11-24 から"), "{told}");
    assert_ne!(workspace.letters()[0]["state"], "filed");
    workspace.ok(&["run", "--now", "2026-11-24T12:00:00+09:00"]);
    assert_eq!(workspace.letters()[0]["state"], "filed");
}

#[test]
fn who_is_too_young_or_too_old_is_asked_nothing() {
    hold(vec![
        refused(
            "agent-confirmation",
            "own-will",
            json!({"birth_date": "2008-11-22"}),
            "今日は18歳で、この書簡を使う15歳から17歳までではありません。",
        ),
        refused(
            "agent-confirmation",
            "own-will",
            json!({"birth_date": "2011-11-23"}),
            "今日は14歳で",
        ),
        refused(
            "agent-confirmation",
            "own-will",
            json!({"birth_date": "1975-04-01"}),
            "今日は51歳で",
        ),
        warned(
            "agent-confirmation",
            "own-will",
            json!({"birth_date": "2008-12-20"}),
            "令和8年12月20日に、この書簡を使う年齢を過ぎます。",
        ),
    ]);
}

#[test]
fn a_date_far_off_is_told() {
    hold(vec![
        warned(
            "target-date-change",
            "extended",
            json!({"new_date": "2029-01-15"}),
            "変更後の回答予定日が今日から1年より先です。",
        ),
        warned(
            "disclosure-decision",
            "refused",
            json!({"request_date": "2024-11-01", "arrival_date": "2024-11-05"}),
            "到達日が今日から1年より前です。",
        ),
        warned(
            "purpose-notification-decision",
            "given",
            json!({"request_date": "2022-11-01", "arrival_date": "2022-11-05", "decision_date": "2022-11-20", "fee_paid_on": null, "fee_notice_date": null, "fee": null}),
            "決定日が今日から1年より前です。",
        ),
        warned(
            "acknowledgement",
            "received",
            json!({"request_date": "2025-11-04", "arrival_date": "2025-11-21", "expected_date": "2026-12-03"}),
            "請求日が今日から1年より前です。",
        ),
        warned(
            "fee-notice",
            "notice",
            json!({"due_date": "2027-12-18"}),
            "納付期限が今日から1年より先です。",
        ),
    ]);
}

#[test]
fn a_letter_whose_day_has_passed_is_neither_approved_nor_sent() {
    let workspace = Workspace::with_settings("approval = \"required\"\n");
    let record = |n: usize, due: &str, way: &str| {
        let mut record = changed(
            sample("identity-request", "missing"),
            &json!({"due_date": due, "delivery": way, "receipt_number": format!("受第26-{n:03}号"), "record_key": format!("記-{n}")}),
        );
        if way == "mail" {
            record["mail_address"] = "mihon@example.jp".into();
        }
        record
    };
    let records = json!([
        record(1, "2026-11-25", "mail"),
        record(2, "2026-11-27", "mail"),
        record(3, "2026-12-18", "mail"),
    ]);
    let path = workspace.file("records.json", records.to_string());
    workspace.ok(&["queue", path.to_str().unwrap(), "--as", "佐藤"]);
    let ids: Vec<String> = workspace
        .letters()
        .iter()
        .map(|letter| letter["id"].as_str().unwrap().to_owned())
        .collect();

    // On the day itself nobody could hand anything in any more.
    let approve = |now: &str, id: &str, code: i32| {
        workspace.exits(code, &["approve", id, "--as", "鈴木", "--now", now])
    };
    let told = approve("2026-11-25T09:00:00+09:00", &ids[0], 1);
    assert!(told.contains("提出期限が今日と同じ日です。"), "{told}");
    assert!(told.contains("yobin queue --replace"), "{told}");
    assert_eq!(workspace.letters()[0]["state"], "queued");
    approve("2026-11-25T09:00:00+09:00", &ids[1], 0);
    approve("2026-11-25T09:00:00+09:00", &ids[2], 0);

    // A night that comes late parks the one, and makes the other.
    workspace.yobin(&["run", "--now", "2026-11-30T21:00:00+09:00"]);
    let letters = workspace.letters();
    assert_eq!(letters[1]["state"], "parked");
    let reason = letters[1]["reason"].as_str().unwrap();
    assert!(reason.contains("提出期限が今日より前です"), "{reason}");
    let next = letters[1]["next_step"].as_str().unwrap();
    assert!(
        next.contains("日付を直した記録を受け付けてください"),
        "{next}"
    );
    assert_eq!(letters[2]["state"], "written");
    assert_eq!(workspace.recipients().len(), 1);
}

#[test]
fn a_letter_by_post_that_is_printed_late_is_kept_out() {
    let workspace = Workspace::new();
    let record = |n: usize, due: &str| {
        changed(
            sample("identity-request", "missing"),
            &json!({"due_date": due, "delivery": "post", "receipt_number": format!("受第26-{n:03}号"), "record_key": format!("記-{n}")}),
        )
    };
    let records = json!([record(1, "2026-11-27"), record(2, "2026-12-18")]);
    let path = workspace.file("records.json", records.to_string());
    workspace.ok(&["queue", path.to_str().unwrap()]);
    // The print file cannot be made that night.
    std::fs::write(workspace.path("out/print"), "").unwrap();
    workspace.yobin(&["run"]);
    std::fs::remove_file(workspace.path("out/print")).unwrap();
    let done = workspace.yobin(&[
        "print-file",
        "2026-11-22",
        "--now",
        "2026-11-27T12:00:00+09:00",
    ]);
    let told = format!("{}{}", done.out, done.err);
    assert!(told.contains("提出期限が今日と同じ日です"), "{told}");
    let printed: Vec<bool> = workspace
        .letters()
        .iter()
        .map(|letter| !letter["print_run"].is_null())
        .collect();
    assert_eq!(printed, [false, true], "{told}");
}
