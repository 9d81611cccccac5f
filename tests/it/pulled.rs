//! A letter that stands on paper or in a file has not left the house: it is
//! never called sent, nothing goes out beside it unsaid, and it is withdrawn
//! when somebody says that they pulled it.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{NEXT_NOON, Workspace, plain_record, post_record};

fn changed(mut base: Value, change: &Value) -> Value {
    let fields = base.as_object_mut().unwrap();
    for (field, value) in change.as_object().unwrap() {
        fields.insert(field.clone(), value.clone());
    }
    base
}

fn file(workspace: &Workspace, records: &[Value]) -> String {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let path = workspace.file("letters.jsonl", lines.join("\n"));
    path.to_str().unwrap().to_owned()
}

fn queue(workspace: &Workspace, records: &[Value]) -> String {
    workspace.ok(&["queue", &file(workspace, records), "--as", "佐藤"])
}

/// Queues one record with further words, and demands an exit code.
fn queued(workspace: &Workspace, code: i32, record: &Value, more: &[&str]) -> String {
    let file = file(workspace, std::slice::from_ref(record));
    workspace.exits(code, &[&["queue", &file, "--as", "佐藤"], more].concat())
}

fn states(workspace: &Workspace) -> Vec<String> {
    let state = |letter: &Value| letter["state"].as_str().unwrap().to_owned();
    workspace.letters().iter().map(state).collect()
}

#[track_caller]
fn assert_told(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in\n{told}");
    }
}

const OUT: [&str; 2] = ["出しています", "送信済"];

#[track_caller]
fn assert_not_called_out(told: &str) {
    for word in OUT {
        assert!(!told.contains(word), "{word:?} is in\n{told}");
    }
}

/// The only mail that stands in a file.
fn mail(workspace: &Workspace) -> std::path::PathBuf {
    let mut mails = fs::read_dir(workspace.path("out/mail")).unwrap();
    mails.next().unwrap().unwrap().path()
}

#[test]
fn a_written_mail_is_not_called_sent_and_gives_way_when_its_file_is_gone() {
    for change in [
        json!({"requested_content": "診療報酬明細書の開示"}),
        json!({"mail_address": "tarou@example.jp"}),
        // Only written otherwise.
        json!({"addressee_postal_code": "3792147"}),
        json!({"delivery": "post", "addressee_building": "見本荘101"}),
    ] {
        let workspace = Workspace::new();
        queue(&workspace, &[plain_record(1, true)]);
        workspace.ok(&["run"]);
        let mended = changed(plain_record(1, true), &change);
        for more in [&[][..], &["--replace"]] {
            let told = queued(&workspace, 1, &mended, more);
            assert_told(
                &told,
                &[
                    "L000001B(状態：書出済)",
                    "out/mail/L000001B",
                    ".eml",
                    "--replace --pulled",
                    "yobin confirm --delivered",
                ],
            );
            assert_not_called_out(&told);
        }
        // Nobody has removed what still stands there.
        let told = queued(&workspace, 1, &mended, &["--replace", "--pulled"]);
        assert_told(&told, &["L000001B", "まだあります"]);
        assert_eq!(states(&workspace), ["written"], "{change}");
        fs::remove_file(mail(&workspace)).unwrap();
        let told = queued(&workspace, 0, &mended, &["--replace", "--pulled"]);
        assert_told(&told, &["L000001B → L000002C"]);
        assert_eq!(states(&workspace), ["cancelled", "queued"], "{change}");
        let shown = workspace.ok(&["show", "L000001B"]);
        assert_told(
            &shown,
            &["取消(紙を抜いた又はファイルを消した、L000002C に差し替え)  佐藤"],
        );
        workspace.ok(&["run", "--now", NEXT_NOON]);
        assert_told(&workspace.ok(&["verify"]), &["損傷はありません"]);
        assert_eq!(workspace.letters()[0]["number"], "群農健発第1号");
    }
}

#[test]
fn a_letter_in_a_print_file_is_not_called_sent_and_gives_way_when_its_paper_is_pulled() {
    let workspace = Workspace::new();
    queue(&workspace, &[post_record(1, 1), post_record(2, 1)]);
    workspace.ok(&["run"]);
    // Without a receipt number nothing was said at all.
    let mended = changed(
        post_record(1, 1),
        &json!({"addressee_address": "群馬県前橋市亀里町11番地"}),
    );
    for more in [&[][..], &["--replace"]] {
        let told = queued(&workspace, 1, &mended, more);
        assert_told(
            &told,
            &[
                "L000001B(状態：未発送)",
                "out/print/2026-11-22",
                "紙を抜いて",
                "--replace --pulled",
                "yobin posted",
                "違う項目：住所",
            ],
        );
        assert_not_called_out(&told);
    }
    let told = queued(&workspace, 0, &mended, &["--replace", "--pulled"]);
    assert_told(&told, &["L000001B → L000003D"]);
    // It is in no later print file, and was not posted with the others.
    let told = workspace.ok(crate::harness::REPRINT);
    assert_told(&told, &["1通 1ページ"]);
    let print = ["posted", "--print", "2026-11-22", "--on", "2026-11-22"];
    let told = workspace.ok(&print);
    assert_told(&told, &["L000002C  発送済", "1通を"]);
    assert_eq!(states(&workspace), ["cancelled", "posted", "queued"]);
    // What was posted is gone, and the next of the year is nothing to remark on.
    let next = changed(post_record(2, 1), &json!({"reflect_from": "2026-12-26"}));
    let told = queued(&workspace, 0, &next, &[]);
    assert!(!told.contains("L000002C"), "{told}");
    // What comes again in the same words is told where it is.
    let told = queued(
        &workspace,
        1,
        &changed(
            post_record(2, 1),
            &json!({"addressee_postal_code": "3792147"}),
        ),
        &[],
    );
    assert_told(&told, &["(状態："]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    workspace.ok(&["verify"]);
}

/// A decision by `delivery`, with its request, after a night.
fn decided(delivery: &str) -> (Workspace, Value) {
    let workspace = Workspace::new();
    let request = json!({
        "receipt_number": "受第26-001号", "rights": ["disclosure"],
        "request_date": "2026-11-02", "arrival_date": "2026-11-04",
        "requester_role": "principal", "requester_name": "見本 太郎",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎", "principal_category": "insured",
    });
    let path = workspace.file("requests.json", json!([request]).to_string());
    workspace.ok(&["request", "add", path.to_str().unwrap(), "--as", "佐藤"]);
    let mut decision = json!({
        "kind": "disclosure-decision", "outcome": "granted",
        "addressee_name": "見本 太郎", "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町1310番地", "address_verified_on": "2026-11-18",
        "delivery": delivery, "receipt_number": "受第26-001号",
        "request_date": "2026-11-02", "arrival_date": "2026-11-04",
        "requester_role": "principal", "decision_date": "2026-11-18",
        "disclosed_items": [{"item": "資格に関する情報", "period": "令和7年度", "method": "写しの交付"}],
        "disclosure_method": "写しを郵送します。",
    });
    if delivery == "mail" {
        decision["mail_address"] = "taro.mihon@example.jp".into();
    }
    queue(&workspace, std::slice::from_ref(&decision));
    // Its time is over, which the night tells.
    workspace.exits(2, &["run"]);
    (workspace, decision)
}

#[test]
fn what_was_pulled_is_withdrawn_and_frees_the_right_of_its_request() {
    for delivery in ["post", "mail"] {
        let (workspace, decision) = decided(delivery);
        let told = workspace.exits(1, &["cancel", "L000001B", "--as", "佐藤"]);
        assert_told(&told, &["yobin cancel L000001B --pulled --as 名前"]);
        let told = workspace.exits(1, &["hold", "L000001B", "--as", "佐藤"]);
        assert_told(&told, &["yobin cancel L000001B"]);
        if delivery == "mail" {
            let told = workspace.exits(1, &["cancel", "L000001B", "--pulled", "--as", "佐藤"]);
            assert_told(&told, &["まだあります", "1件も取り消していません"]);
            fs::remove_file(mail(&workspace)).unwrap();
        }
        let told = workspace.ok(&["cancel", "L000001B", "--pulled", "--as", "佐藤"]);
        assert_told(&told, &["L000001B  取消"]);
        if delivery == "post" {
            assert_told(&told, &["yobin print-file --reprint 1"]);
        }
        assert_eq!(states(&workspace), ["cancelled"]);
        let shown = workspace.ok(&["show", "L000001B"]);
        assert_told(&shown, &["取消(紙を抜いた又はファイルを消した)  佐藤"]);
        assert_told(&workspace.ok(&["verify"]), &["台帳 2件"]);
        // Nothing is left that could be recorded as posted or sent.
        workspace.exits(
            1,
            &["posted", "--print", "2026-11-22", "--on", "2026-11-22"],
        );
        workspace.exits(1, &["posted", "L000001B", "--on", "2026-11-22"]);
        workspace.exits(1, &["confirm", "L000001B", "--delivered", "--as", "佐藤"]);
        let told = workspace.ok(&["request", "list", "--json"]);
        assert!(!told.contains("L000001B"), "{told}");
        // The right is free: the mended decision is the request's.
        let mended = changed(decision, &json!({"disclosure_method": "窓口で渡します。"}));
        queue(&workspace, &[mended]);
        let told = workspace.ok(&["request", "show", "受第26-001号"]);
        assert_told(&told, &["L000002C"]);
        // A second time there is nothing to withdraw.
        workspace.exits(1, &["cancel", "L000001B", "--pulled", "--as", "佐藤"]);
    }
}

#[test]
fn a_mended_decision_takes_the_place_of_a_pulled_one() {
    for delivery in ["post", "mail"] {
        let (workspace, decision) = decided(delivery);
        let mended = changed(decision, &json!({"disclosure_method": "窓口で渡します。"}));
        let told = queued(&workspace, 1, &mended, &["--replace"]);
        assert_told(&told, &["--replace --pulled"]);
        assert!(!told.contains("決定済み"), "{told}");
        if delivery == "mail" {
            fs::remove_file(mail(&workspace)).unwrap();
        }
        queued(&workspace, 0, &mended, &["--replace", "--pulled"]);
        assert_eq!(states(&workspace), ["cancelled", "queued"]);
        let told = workspace.ok(&["request", "show", "受第26-001号"]);
        assert_told(&told, &["L000002C"]);
    }
}

#[test]
fn what_left_the_house_is_not_pulled() {
    let workspace = Workspace::new();
    let records = [
        plain_record(1, true),
        plain_record(2, false),
        post_record(3, 1),
    ];
    queue(&workspace, &records);
    workspace.ok(&["run"]);
    workspace.ok(&["confirm", "L000001B", "--delivered", "--as", "佐藤"]);
    workspace.ok(&["posted", "L000003D", "--on", "2026-11-22", "--as", "佐藤"]);
    for letter in ["L000001B", "L000002C", "L000003D"] {
        workspace.exits(1, &["cancel", letter, "--pulled", "--as", "佐藤"]);
    }
    assert_eq!(states(&workspace), ["sent", "filed", "posted"]);
    // The option alone makes nothing of a letter that waits.
    queue(&workspace, &[plain_record(4, true)]);
    workspace.ok(&["cancel", "L000004E", "--pulled", "--as", "佐藤"]);
    let told = workspace.exits(2, &["queue", &file(&workspace, &records), "--pulled"]);
    assert_told(&told, &["--replace"]);
}

#[test]
fn letters_are_left_out_when_a_print_file_is_recorded() {
    let workspace = Workspace::new();
    let letters: Vec<Value> = (1..=4).map(|n| post_record(n, 1)).collect();
    queue(&workspace, &letters);
    workspace.ok(&["run"]);
    queue(&workspace, &[post_record(5, 1)]);
    workspace.ok(&["run", "--now", NEXT_NOON]);
    let posted = |code, more: &[&str]| {
        let print = [
            "posted",
            "--print",
            "2026-11-22",
            "--on",
            "2026-11-23",
            "--as",
            "佐藤",
            "--now",
            NEXT_NOON,
        ];
        workspace.exits(code, &[&print[..], more].concat())
    };
    // A letter of another print file is not the one that is meant.
    let told = posted(1, &["--except", "L000005F"]);
    assert_told(&told, &["L000005F", "1通も記録していません"]);
    posted(2, &["--except", "L000099X"]);
    assert_eq!(workspace.letters_in("unposted").len(), 5);
    workspace.ok(&["cancel", "L000004E", "--pulled", "--as", "佐藤"]);
    let told = posted(0, &["--except", "L000002C", "L000003D", "L000004E"]);
    assert_told(
        &told,
        &[
            "1通を",
            "L000002C は、記録していません",
            "yobin cancel L000003D --pulled",
        ],
    );
    let expected = ["posted", "unposted", "unposted", "cancelled", "unposted"];
    assert_eq!(states(&workspace), expected);
    // All the others of several nights, with their number.
    posted(
        1,
        &[
            "--through",
            "2026-11-23",
            "--count",
            "3",
            "--except",
            "L000002C",
        ],
    );
    posted(
        0,
        &[
            "--through",
            "2026-11-23",
            "--count",
            "2",
            "--except",
            "L000002C",
        ],
    );
    let expected = ["posted", "unposted", "posted", "cancelled", "posted"];
    assert_eq!(states(&workspace), expected);
}

#[test]
fn of_a_letter_that_a_file_made_again_left_out_the_paper_is_remembered() {
    let prepared = || {
        let workspace = Workspace::new();
        queue(&workspace, &[post_record(1, 1), post_record(2, 1)]);
        workspace.ok(&["run"]);
        workspace.file(
            "flags.csv",
            "加入者管理番号,区分,操作\nM0000001,送付停止,登録\n",
        );
        workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"]);
        workspace.exits(2, crate::harness::REPRINT);
        workspace
    };
    let workspace = prepared();
    // It stays in the print run it was printed with, so its paper may be there.
    let told = workspace.exits(1, &["cancel", "L000001B", "--as", "佐藤"]);
    assert_told(&told, &["印刷 第1号", "yobin cancel L000001B --pulled"]);
    let told = workspace.ok(&["cancel", "L000001B", "--pulled", "--as", "佐藤"]);
    assert_told(&told, &["L000001B  取消", "印刷 第1号"]);
    let workspace = prepared();
    let mended = changed(
        post_record(1, 1),
        &json!({"addressee_address": "群馬県前橋市亀里町11番地"}),
    );
    let told = queued(&workspace, 1, &mended, &["--replace"]);
    assert_told(&told, &["紙を抜いて", "--replace --pulled"]);
    let told = queued(&workspace, 0, &mended, &["--replace", "--pulled"]);
    assert_told(&told, &["L000001B → L000003D"]);
}
