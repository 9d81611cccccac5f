//! What answers a request without deciding it stops its two weeks when it has
//! left the house, and nobody closes a request as not granted before that was
//! notified (arts. 33(3), 34(3), 35(7), 39).

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Workspace, root};
use crate::members::assert_told;

/// The letters that answer, with the reason a request is closed for then.
const ANSWERS: [(&str, &str); 4] = [
    ("not-retained/no-authority", "保有個人データ非該当"),
    ("not-retained/incidental", "保有個人データ非該当"),
    ("request-referral/not-held", "請求先の案内済み"),
    ("request-closing/no-supplement", "補正なし"),
];

/// A letter about the request, from a sample.
fn letter(name: &str, change: Value) -> Value {
    let (kind, sample) = name.split_once('/').unwrap();
    let path = root().join(format!("templates/letters/{kind}/samples/{sample}.json"));
    let mut record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let base = json!({
        "addressee_name": "見本 太郎",
        "addressee_kana": "ミホン タロウ",
        "addressee_address": "群馬県前橋市亀里町1310番地",
        "receipt_number": "受第26-001号",
        "request_date": "2026-11-02",
        "arrival_date": "2026-11-04",
        "requester_role": "principal",
        "rights": ["disclosure", "correction"],
        "delivery": "archive",
        "mail_address": null,
    });
    for changes in [&base, &change] {
        for (field, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(record.as_object_mut().unwrap().remove(field)),
                value => record[field] = value.clone(),
            }
        }
    }
    record
}

fn granted(rights: &str) -> Value {
    let mut record = letter(rights, json!({"rights": null}));
    record["outcome"] = "granted".into();
    record
}

/// A workspace with a request for disclosure and correction.
fn asked(role: &str, rights: &[&str]) -> Workspace {
    let workspace = Workspace::new();
    let request = json!({
        "receipt_number": "受第26-001号",
        "rights": rights,
        "request_date": "2026-11-02",
        "arrival_date": "2026-11-04",
        "requester_role": role,
        "requester_name": "見本 太郎",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": if role == "bereaved" { "見本 花子" } else { "見本 太郎" },
        "principal_category": if role == "bereaved" { "former" } else { "insured" },
    });
    let file = workspace.file("request.jsonl", request.to_string());
    workspace.ok(&["request", "add", file.to_str().unwrap(), "--as", "佐藤"]);
    workspace
}

fn queue(workspace: &Workspace, record: &Value) -> String {
    let file = workspace.file("letter.json", record.to_string());
    workspace.ok(&["queue", file.to_str().unwrap(), "--as", "佐藤"])
}

/// The night, whose report names the request whose time is over.
fn night(workspace: &Workspace) {
    let done = workspace.yobin(&["run"]);
    assert!([Some(0), Some(2)].contains(&done.code), "{done:?}");
}

fn hand_over(workspace: &Workspace, letter: &str) {
    let on = ["--on", "2026-11-22", "--as", "佐藤"];
    workspace.ok(&[&["posted", letter, "--handed-over"][..], &on].concat());
}

fn close(workspace: &Workspace, code: i32, reason: &str) -> String {
    let number = "受第26-001号";
    let args = [
        "request", "close", number, "--reason", reason, "--as", "鈴木",
    ];
    workspace.exits(code, &args)
}

/// What the request of the workspace asks, with whether it is answered.
fn rights(workspace: &Workspace) -> Vec<(String, bool)> {
    let shown = workspace.ok(&["request", "show", "受第26-001号", "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let rights = shown["request"]["rights"].as_array().unwrap().iter();
    rights
        .map(|right| {
            let code = right["right"].as_str().unwrap().to_owned();
            (code, right["answered"].as_bool().unwrap())
        })
        .collect()
}

#[test]
fn what_answers_every_right_stops_the_two_weeks_when_it_has_left() {
    for (name, reason) in ANSWERS {
        let workspace = asked("principal", &["disclosure", "correction"]);
        assert_told(&workspace.ok(&["request", "list"]), &["2週間経過"]);
        let told = close(&workspace, 1, reason);
        assert_told(
            &told,
            &[
                "通知がまだ出ていません(開示、訂正等)",
                "第33条第3項",
                "別途回答済み",
            ],
        );
        queue(&workspace, &letter(name, json!({})));
        for made in [false, true] {
            if made {
                night(&workspace);
            }
            assert_told(
                &workspace.ok(&["request", "list"]),
                &["2週間経過", "L000001B"],
            );
            assert_told(&close(&workspace, 1, reason), &["開示：L000001B"]);
        }
        hand_over(&workspace, "L000001B");
        let both = [
            ("disclosure".to_owned(), true),
            ("correction".to_owned(), true),
        ];
        assert_eq!(rights(&workspace), both, "{name}");
        let listed = workspace.ok(&["request", "list"]);
        assert!(!listed.contains("2週間経過"), "{name}: {listed}");
        close(&workspace, 0, reason);
    }
}

#[test]
fn what_answers_a_part_leaves_the_rest_open() {
    let workspace = asked("principal", &["disclosure", "correction"]);
    let part = json!({"rights": ["disclosure"]});
    queue(&workspace, &letter("not-retained/no-authority", part));
    night(&workspace);
    hand_over(&workspace, "L000001B");
    let one = [
        ("disclosure".to_owned(), true),
        ("correction".to_owned(), false),
    ];
    assert_eq!(rights(&workspace), one);
    let told = workspace.ok(&["request", "list"]);
    assert_told(&told, &["2週間経過", "訂正等：未回答"]);
    assert_told(&close(&workspace, 1, "保有個人データ非該当"), &["(訂正等)"]);
    // Whoever answered outside of the program, or whom nobody asks any more.
    close(&workspace, 0, "別途回答済み");
}

#[test]
fn a_decision_about_another_part_stands_beside_it_and_is_told() {
    let workspace = asked("principal", &["disclosure"]);
    let part = json!({"rights": ["disclosure"]});
    let told = queue(&workspace, &letter("not-retained/no-authority", part));
    assert!(!told.contains("ほかの書簡"), "{told}");
    let told = queue(&workspace, &granted("disclosure-decision/granted"));
    assert_told(
        &told,
        &["この請求の「開示」には、ほかの書簡L000001B(状態：受付)もあります"],
    );
    night(&workspace);
    hand_over(&workspace, "L000001B");
    // The decision waits, so the request does.
    assert_eq!(rights(&workspace), [("disclosure".to_owned(), false)]);
    hand_over(&workspace, "L000002C");
    assert_eq!(rights(&workspace), [("disclosure".to_owned(), true)]);
    // One that was cancelled answers nothing.
    let workspace = asked("principal", &["disclosure"]);
    let part = json!({"rights": ["disclosure"]});
    queue(&workspace, &letter("request-referral/not-held", part));
    workspace.ok(&["cancel", "L000001B", "--as", "佐藤"]);
    let told = workspace.ok(&["request", "list"]);
    assert_told(&told, &["開示：未回答"]);
}

#[test]
fn a_part_held_elsewhere_and_a_withdrawal_answer_nothing() {
    for name in ["request-referral/partly-held", "request-closing/withdrawn"] {
        let workspace = asked("principal", &["disclosure"]);
        let change = json!({"rights": ["disclosure"], "principal_name": null});
        queue(&workspace, &letter(name, change));
        night(&workspace);
        hand_over(&workspace, "L000001B");
        assert_eq!(
            rights(&workspace),
            [("disclosure".to_owned(), false)],
            "{name}"
        );
        close(&workspace, 0, "取下げ");
    }
}

#[test]
fn what_the_bereaved_ask_for_is_answered_by_the_same_letters() {
    let workspace = asked("bereaved", &["bereaved_disclosure"]);
    let change = json!({
        "requester_role": "bereaved", "principal_name": "見本 花子", "rights": ["disclosure"],
    });
    queue(
        &workspace,
        &letter("request-referral/not-held-bereaved", change),
    );
    night(&workspace);
    hand_over(&workspace, "L000001B");
    assert_eq!(
        rights(&workspace),
        [("bereaved_disclosure".to_owned(), true)]
    );
    // No article of the Act asks for a notification to them.
    let workspace = asked("bereaved", &["bereaved_disclosure"]);
    close(&workspace, 0, "請求先の案内済み");
}

/// Makes the store one of the program that did not know such answers yet.
fn as_before_answers(workspace: &Workspace) {
    workspace.behind(
        "DROP INDEX letter_whole; ALTER TABLE letter DROP COLUMN answers;
         DROP INDEX IF EXISTS entering_whole; ALTER TABLE entering DROP COLUMN answers;
         DELETE FROM _sqlx_migrations WHERE version >= 26",
    );
}

#[test]
fn what_answered_before_the_program_knew_it_counts_as_well() {
    let bereaved = json!({
        "requester_role": "bereaved", "principal_name": "見本 花子", "rights": ["disclosure"],
    });
    let both = json!({});
    let one = json!({"rights": ["correction"]});
    let asks = ["disclosure", "correction"];
    for (name, change, role, asks, answered) in [
        (
            "not-retained/no-authority",
            &both,
            "principal",
            &asks[..],
            &[true, true][..],
        ),
        (
            "not-retained/incidental",
            &one,
            "principal",
            &asks,
            &[false, true],
        ),
        (
            "request-closing/no-supplement",
            &both,
            "principal",
            &asks,
            &[true, true],
        ),
        (
            "request-closing/withdrawn",
            &json!({"principal_name": null}),
            "principal",
            &asks,
            &[false, false],
        ),
        (
            "request-referral/not-held",
            &one,
            "principal",
            &asks,
            &[false, true],
        ),
        (
            "request-referral/not-held-bereaved",
            &bereaved,
            "bereaved",
            &["bereaved_disclosure"],
            &[true],
        ),
    ] {
        let workspace = asked(role, asks);
        queue(&workspace, &letter(name, change.clone()));
        night(&workspace);
        hand_over(&workspace, "L000001B");
        as_before_answers(&workspace);
        let told: Vec<bool> = rights(&workspace).into_iter().map(|(_, is)| is).collect();
        assert_eq!(told, answered, "{name}");
        let proof = workspace.ok(&["verify"]);
        assert!(proof.contains("台帳 1件"), "{proof}");
        if answered == [true, true] && name.starts_with("request-closing") {
            close(&workspace, 0, "補正なし");
        }
    }
    // A damaged record stops nothing: the letter is told of elsewhere.
    let workspace = asked("principal", &asks);
    queue(&workspace, &letter("not-retained/incidental", json!({})));
    workspace.behind("UPDATE letter_record SET record = '{\"rights\":[' || record");
    as_before_answers(&workspace);
    let told: Vec<bool> = rights(&workspace).into_iter().map(|(_, is)| is).collect();
    assert_eq!(told, [false, false]);
}
