//! A record that was mended and queued again is no second letter without a
//! word, a second letter that is meant is no trouble, and no number is lost
//! on what was there already.

use serde_json::{Value, json};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use crate::harness::{NEXT_NOON, NOON, Workspace, plain_record, root};
use crate::members::{notified, person, records, roster};

/// The first with the fields of the second; null takes a field away.
fn changed(mut base: Value, change: &Value) -> Value {
    let fields = base.as_object_mut().unwrap();
    for (field, value) in change.as_object().unwrap() {
        match value {
            Value::Null => drop(fields.remove(field)),
            value => drop(fields.insert(field.clone(), value.clone())),
        }
    }
    base
}

fn acknowledgement(n: usize, change: &Value) -> Value {
    changed(plain_record(n, true), change)
}

fn file(workspace: &Workspace, records: &[Value]) -> String {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    let path = workspace.file("records.jsonl", lines.join("\n"));
    path.to_str().unwrap().to_owned()
}

fn queue(workspace: &Workspace, records: &[Value]) -> String {
    workspace.ok(&["queue", &file(workspace, records), "--as", "佐藤"])
}

fn refused(workspace: &Workspace, record: &Value) -> String {
    let file = file(workspace, std::slice::from_ref(record));
    workspace.exits(1, &["queue", &file, "--as", "佐藤"])
}

fn replaced(workspace: &Workspace, record: &Value) -> String {
    let file = file(workspace, std::slice::from_ref(record));
    workspace.ok(&["queue", &file, "--replace", "--as", "佐藤"])
}

/// References and states, in the order of queueing.
fn standing(workspace: &Workspace) -> Vec<(String, String)> {
    let word = |letter: &Value, field: &str| letter[field].as_str().unwrap().to_owned();
    let letters = workspace.letters();
    letters
        .iter()
        .map(|letter| (word(letter, "id"), word(letter, "state")))
        .collect()
}

fn states(workspace: &Workspace) -> Vec<String> {
    let standing = standing(workspace).into_iter();
    standing.map(|(_, state)| state).collect()
}

#[test]
fn a_mended_record_is_refused_while_the_first_letter_waits_and_can_take_its_place() {
    for (change, title) in [
        (
            json!({"addressee_address": "群馬県前橋市亀里町1-2"}),
            "住所",
        ),
        (json!({"addressee_name": "見本 太朗1"}), "氏名"),
        (
            json!({"mail_address": "tarou@example.jp"}),
            "メールアドレス",
        ),
        (json!({"addressee_building": "見本荘 101"}), "方書・建物名"),
        (json!({"addressee_postal_code": "3792147"}), "郵便番号"),
        (json!({"expected_date": "2026-12-04"}), "回答予定日"),
        (
            json!({"delivery": "post", "mail_address": null}),
            "送付方法",
        ),
        (
            json!({"receipt_number": "受第２６－００００１号", "requested_content": "診療報酬明細書の開示"}),
            "請求の内容",
        ),
    ] {
        let workspace = Workspace::with_settings("approval = \"required\"\n");
        queue(&workspace, &[acknowledgement(1, &json!({}))]);
        workspace.ok(&["approve", "L000001B", "--as", "鈴木"]);
        let record = acknowledgement(1, &change);
        // A dash the fold does not unify would be another number.
        if change.get("receipt_number").is_some() && !same_receipt(&record) {
            continue;
        }
        let told = refused(&workspace, &record);
        for word in [
            "L000001B(状態：承認)",
            "違う項目：",
            title,
            "--replace",
            "「記録番号」",
        ] {
            assert!(told.contains(word), "{change}: {word}\n{told}");
        }
        assert_eq!(states(&workspace), ["approved"], "{change}");

        let told = replaced(&workspace, &record);
        assert!(told.contains("L000001B → L000002C"), "{told}");
        assert_eq!(states(&workspace), ["cancelled", "queued"], "{change}");
        // Each letter's history names the other.
        for (letter, words) in [
            ("L000001B", "取消(L000002C に差し替え)  佐藤"),
            ("L000002C", "受付(L000001B の差し替え)  佐藤"),
        ] {
            let shown = workspace.ok(&["show", letter]);
            assert!(shown.contains(words), "{letter}\n{shown}");
        }
        workspace.ok(&["approve", "L000002C", "--as", "鈴木"]);
        workspace.yobin(&["run", "--now", NEXT_NOON]);
        assert_eq!(states(&workspace)[0], "cancelled");
        assert_ne!(states(&workspace)[1], "approved");
        workspace.ok(&["verify"]);
    }
}

/// Whether the record's receipt number is folded to the plain one.
fn same_receipt(record: &Value) -> bool {
    let folded = |text: &str| yobin::domain::folded(text);
    folded(record["receipt_number"].as_str().unwrap()) == folded("受第26-00001号")
}

#[test]
fn what_is_said_of_the_difference_quotes_nothing() {
    let workspace = Workspace::new();
    queue(&workspace, &[acknowledgement(1, &json!({}))]);
    let told = refused(
        &workspace,
        &acknowledgement(
            1,
            &json!({"addressee_address": "群馬県高崎市秘匿町9", "addressee_kana": "ミホン タロウ"}),
        ),
    );
    assert!(told.contains("違う項目：氏名カナ、住所。"), "{told}");
    for word in ["秘匿町", "亀里町", "見本 太郎", "ミホン"] {
        assert!(!told.contains(word), "{word}\n{told}");
    }
}

#[test]
fn a_letter_that_waits_anywhere_is_found() {
    let workspace = Workspace::with_settings("approval = \"none\"\n");
    for n in 1..=3 {
        queue(&workspace, &[acknowledgement(n, &json!({}))]);
    }
    // Held, parked in a batch with its number, and waiting.
    workspace.ok(&["hold", "L000001B", "--as", "佐藤"]);
    let mended = json!({"requested_content": "直した内容"});
    for (n, word) in [(1, "L000001B(状態：保留)"), (3, "L000003D(状態：受付)")] {
        let told = refused(&workspace, &acknowledgement(n, &mended));
        assert!(told.contains(word), "{told}");
    }
    let told = replaced(&workspace, &acknowledgement(1, &mended));
    assert!(told.contains("L000001B → L000004E"), "{told}");
    assert!(
        told.contains("L000001B は、担当者が保留にしていたものです"),
        "{told}"
    );
    // Two that wait together: each finds its own.
    let file = file(
        &workspace,
        &[acknowledgement(2, &mended), acknowledgement(3, &mended)],
    );
    let told = workspace.ok(&["queue", &file, "--replace", "--as", "佐藤"]);
    for pair in ["L000002C → L000005F", "L000003D → L000006G"] {
        assert!(told.contains(pair), "{told}");
    }
    workspace.ok(&["run"]);
    let expected = [
        "cancelled",
        "cancelled",
        "cancelled",
        "written",
        "written",
        "written",
    ];
    assert_eq!(states(&workspace), expected);
    assert_eq!(workspace.recipients().len(), 3);
}

#[test]
fn a_numbered_letter_that_is_replaced_leaves_a_void_number() {
    let workspace = Workspace::new();
    queue(&workspace, &[acknowledgement(1, &json!({}))]);
    // The night is broken off after it gave the number.
    workspace
        .start_until(&["run", "--stop-at", "claimed"], "stopped at")
        .kill();
    assert_eq!(states(&workspace), ["numbered"]);
    let mended = acknowledgement(1, &json!({"requested_content": "直した内容"}));
    let told = refused(&workspace, &mended);
    assert!(told.contains("L000001B(状態：付番)"), "{told}");
    replaced(&workspace, &mended);
    let proof = workspace.ok(&["verify"]);
    assert!(proof.contains("台帳 1件"), "{proof}");
    workspace.ok(&["run", "--now", NEXT_NOON]);
    assert_eq!(states(&workspace), ["cancelled", "written"]);
    let letters = workspace.letters();
    assert_eq!(letters[0]["number"], "群農健発第1号");
    assert_eq!(letters[1]["number"], "群農健発第2号");
    workspace.ok(&["verify"]);
}

#[test]
fn a_dry_run_of_a_replacement_changes_nothing() {
    let workspace = Workspace::new();
    queue(&workspace, &[acknowledgement(1, &json!({}))]);
    let mended = acknowledgement(1, &json!({"requested_content": "直した内容"}));
    let file = file(&workspace, &[mended]);
    let told = workspace.ok(&["queue", &file, "--replace", "--dry-run", "--as", "佐藤"]);
    assert!(told.contains("差し替えになる書簡 1件"), "{told}");
    assert_eq!(states(&workspace), ["queued"]);
    // Nor does a file of which another row is bad.
    let mended = acknowledgement(1, &json!({"requested_content": "直した内容"}));
    let bad = acknowledgement(2, &json!({"arrival_date": "2026-11-31"}));
    let file = self::file(&workspace, &[mended, bad]);
    workspace.exits(1, &["queue", &file, "--replace", "--as", "佐藤"]);
    assert_eq!(states(&workspace), ["queued"]);
}

#[test]
fn a_second_letter_that_is_meant_is_queued() {
    let workspace = Workspace::new();
    let first = json!({"record_key": "A-1"});
    queue(&workspace, &[acknowledgement(1, &first)]);
    // Another record key shows it; both are told of.
    let second = acknowledgement(1, &json!({"record_key": "A-2"}));
    let told = queue(&workspace, &[second]);
    assert!(
        told.contains("L000001B(状態：受付)も、まだ送られずに残っています"),
        "{told}"
    );
    // Another person's letter and another request's are nothing to remark on.
    for record in [
        acknowledgement(2, &json!({"record_key": "A-1"})),
        acknowledgement(3, &json!({})),
    ] {
        let told = queue(&workspace, &[record]);
        assert!(!told.contains("残っています"), "{told}");
    }
    // Without a key of its own it is not clear which of the two is meant.
    let told = refused(
        &workspace,
        &acknowledgement(1, &json!({"requested_content": "直した"})),
    );
    assert!(
        told.contains("2件残っています(L000002C(状態：受付)、L000001B(状態：受付))"),
        "{told}"
    );
    // With the key of one, that one.
    let mended = json!({"requested_content": "直した", "record_key": "A-1"});
    let told = replaced(&workspace, &acknowledgement(1, &mended));
    assert!(told.contains("L000001B → L000005F"), "{told}");
}

/// A shipped sample with changes.
fn sample(path: &str, change: &Value) -> Value {
    let path = root().join("templates/letters").join(path);
    let record = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    changed(record, change)
}

#[test]
fn lawful_second_letters_of_a_kind_need_no_trick() {
    let workspace = Workspace::new();
    // A second supplement request and a second interim report after the first
    // went out, a reminder while the first demand waits: queued, and told.
    for (path, now, change) in [
        (
            "supplement-request/samples",
            NOON,
            json!({"due_date": "2026-12-18"}),
        ),
        (
            "complaint-interim-report/samples",
            NEXT_NOON,
            json!({"expected_date": "2027-01-20"}),
        ),
    ] {
        let folder = root().join("templates/letters").join(path);
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "hostile.json")
            .collect();
        names.sort();
        let path = format!("{path}/{}", names[0]);
        let plain = json!({"record_key": null, "delivery": "archive"});
        let first = sample(&path, &plain);
        queue(&workspace, std::slice::from_ref(&first));
        workspace.yobin(&["run", "--now", now]);
        let second = changed(first, &change);
        let told = queue(&workspace, &[second]);
        assert!(
            told.contains("すでに作成し、保管しています(状態：保管済)"),
            "{path}\n{told}"
        );
        assert!(told.contains("1件を受け付けました"), "{path}\n{told}");
    }
    let demand = |outcome: &str| {
        let path = format!("fee-notice/samples/{outcome}.json");
        let change = json!({
            "record_key": null, "receipt_number": "受第26-900号", "delivery": "archive",
            "addressee_name": "見本 太郎", "addressee_address": "群馬県前橋市亀里町1310番地",
        });
        sample(&path, &change)
    };
    for (outcome, waits) in [("notice", false), ("reminder", true), ("receipt", true)] {
        let told = queue(&workspace, &[demand(outcome)]);
        assert!(told.contains("1件を受け付けました"), "{told}");
        assert_eq!(told.contains("残っています"), waits, "{outcome}\n{told}");
    }
}

#[test]
fn a_decision_is_replaced_by_the_mended_one_whatever_its_outcome() {
    let workspace = Workspace::with_settings("approval = \"required\"\nrequests = \"required\"\n");
    let request = json!({
        "receipt_number": "受第26-001号", "rights": ["disclosure"],
        "request_date": "2026-11-02", "arrival_date": "2026-11-04",
        "requester_role": "principal", "requester_name": "見本 太郎",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎", "principal_category": "insured",
    });
    let requests = workspace.file("requests.json", json!([request]).to_string());
    workspace.ok(&["request", "add", requests.to_str().unwrap(), "--as", "佐藤"]);
    let decision = |change: &Value| {
        let base = json!({
            "kind": "disclosure-decision", "outcome": "granted",
            "addressee_name": "見本 太郎", "addressee_postal_code": "379-2147",
            "addressee_address": "群馬県前橋市亀里町1310番地", "address_verified_on": "2026-11-18",
            "delivery": "archive", "receipt_number": "受第26-001号",
            "request_date": "2026-11-02", "arrival_date": "2026-11-04",
            "requester_role": "principal", "decision_date": "2026-11-18",
            "disclosed_items": [{"item": "資格に関する情報", "period": "令和7年度", "method": "写しの交付"}],
            "disclosure_method": "写しを郵送します。",
        });
        changed(base, change)
    };
    queue(&workspace, &[decision(&json!({}))]);
    // Whatever else may be wrong with it, the letter that waits is named.
    let told = refused(
        &workspace,
        &decision(&json!({"disclosure_method": "窓口で渡します。"})),
    );
    assert!(
        told.contains("L000001B(状態：受付)") && told.contains("--replace"),
        "{told}"
    );
    assert!(!told.contains("決定済み"), "{told}");
    let told = replaced(
        &workspace,
        &decision(&json!({"disclosure_method": "窓口で渡します。"})),
    );
    assert!(told.contains("L000001B → L000002C"), "{told}");
    let shown = workspace.ok(&["request", "show", "受第26-001号"]);
    assert!(shown.contains("L000002C"), "{shown}");
    // A decision of its own key is still a second decision.
    let told = refused(&workspace, &decision(&json!({"record_key": "2"})));
    assert!(told.contains("決定済み"), "{told}");
}

#[test]
fn nearly_the_same_record_does_not_go_out_twice() {
    let workspace = Workspace::new();
    queue(&workspace, &[acknowledgement(1, &json!({}))]);
    workspace.ok(&["run"]);
    workspace.ok(&["confirm", "L000001B", "--delivered", "--as", "佐藤"]);
    assert_eq!(states(&workspace), ["sent"]);
    for change in [
        json!({"addressee_postal_code": "3792147"}),
        json!({"mail_address": "Mihon1@Example.JP"}),
        json!({"requested_content": "健康診査の結果の開示。"}),
        json!({"addressee_name": "見本　太郎1"}),
        json!({"addressee_address": "群馬県前橋市亀里町１３１０番地"}),
    ] {
        let told = refused(&workspace, &acknowledgement(1, &change));
        for word in ["表記のほかは同じ内容の書簡 L000001B", "2026-11-22"] {
            assert!(told.contains(word), "{change}\n{told}");
        }
    }
    // Something else is another letter, and is remarked on.
    let other = acknowledgement(1, &json!({"requested_content": "診療報酬明細書の開示"}));
    let told = queue(&workspace, &[other]);
    assert!(
        told.contains("書簡 L000001B を、2026-11-22の夜間処理ですでに出しています(状態：送信済)"),
        "{told}"
    );
    assert!(told.contains("違う項目：請求の内容"), "{told}");
    // Meant to go again: a key of its own.
    queue(
        &workspace,
        &[acknowledgement(1, &json!({"record_key": "再送"}))],
    );
    assert_eq!(states(&workspace), ["sent", "queued", "queued"]);
}

#[test]
fn two_rows_of_one_file_for_the_same_letter_are_refused() {
    let workspace = Workspace::new();
    let rows = [
        acknowledgement(1, &json!({})),
        acknowledgement(1, &json!({"addressee_building": "見本荘"})),
    ];
    for further in [&["--replace"][..], &[]] {
        let file = file(&workspace, &rows);
        let args = [&["queue", &file, "--as", "佐藤"], further].concat();
        let told = workspace.exits(1, &args);
        assert!(told.contains("2行目：1行目と同じ書簡のようです"), "{told}");
        assert!(workspace.letters().is_empty());
    }
}

#[test]
fn another_person_of_the_same_request_is_told_and_queued() {
    let workspace = Workspace::new();
    queue(&workspace, &[acknowledgement(1, &json!({}))]);
    let other = acknowledgement(
        1,
        &json!({"addressee_name": "例示 花子", "addressee_address": "群馬県高崎市見本町1",
                "mail_address": "hanako@example.jp"}),
    );
    let told = queue(&workspace, &[other]);
    assert!(
        told.contains("L000001B(状態：受付)が、別の宛先あてに残っています"),
        "{told}"
    );
}

#[test]
fn a_members_letter_is_found_by_the_member() {
    let workspace = Workspace::new();
    let letter = |change: &Value| {
        changed(
            sample(
                "breach-notice/samples/notified-misposted.json",
                &json!({"record_key": null}),
            ),
            change,
        )
    };
    queue(&workspace, &[letter(&json!({}))]);
    let told = refused(
        &workspace,
        &letter(&json!({"addressee_address": "群馬県高崎市見本町2"})),
    );
    assert!(told.contains("L000001B(状態：受付)"), "{told}");
    // Another member of the same name and address is another person.
    queue(&workspace, &[letter(&json!({"member_key": "M9999999"}))]);
    queue(&workspace, &[letter(&json!({"record_key": "G-2"}))]);
    assert_eq!(states(&workspace).len(), 3);
}

#[test]
fn a_letter_about_another_person_or_incident_is_another_letter() {
    let mother = json!({
        "record_key": null, "addressee_name": "例示 花子", "member_key": "M0000434",
        "addressee_address": "群馬県前橋市亀里町1310番地", "delivery": "archive",
        "mail_address": null,
    });
    for (path, one, other, title) in [
        (
            "breach-notice/samples/notified-child.json",
            json!({"person_name": "例示 一郎"}),
            json!({"person_name": "例示 二郎"}),
            "本人氏名",
        ),
        (
            "breach-notice/samples/notified-child.json",
            json!({"inquiry_reference": "事第26-003号"}),
            json!({"inquiry_reference": "事第26-004号"}),
            "お問合せの際の番号",
        ),
        // Her own beside her child's.
        (
            "breach-notice/samples/notified-child.json",
            json!({"person_name": null}),
            json!({"person_name": "例示 一郎"}),
            "本人氏名",
        ),
        (
            "implied-consent-objection/samples/reflected-later.json",
            json!({"person_name": "例示 一郎"}),
            json!({"person_name": "例示 二郎"}),
            "本人氏名",
        ),
        (
            "name-character-notice/samples/replaced.json",
            json!({"original_name": "例示 髙一郎", "shown_name": "例示 高一郎"}),
            json!({"original_name": "例示 髙二郎", "shown_name": "例示 高二郎"}),
            "届出の氏名",
        ),
    ] {
        let letter = |change: &Value| changed(changed(sample(path, &json!({})), &mother), change);
        // One file with both, and one after the other.
        let workspace = Workspace::new();
        let told = queue(&workspace, &[letter(&one), letter(&other)]);
        assert!(told.contains("2件を受け付けました"), "{told}");
        for more in [&[][..], &["--replace"]] {
            let workspace = Workspace::new();
            queue(&workspace, &[letter(&one)]);
            let file = file(&workspace, &[letter(&other)]);
            let told = workspace.ok(&[&["queue", &file, "--as", "佐藤"], more].concat());
            for word in [
                "L000001B(状態：受付)",
                "別の方又は別の件",
                "違う項目",
                title,
            ] {
                assert!(told.contains(word), "{path} {word}\n{told}");
            }
            assert_eq!(states(&workspace), ["queued", "queued"], "{path}");
            // The same subject with something mended is still the same letter.
            let mended = changed(letter(&other), &json!({"addressee_building": "見本荘"}));
            let told = refused(&workspace, &mended);
            assert!(told.contains("L000002C(状態：受付)"), "{told}");
            assert!(told.contains("違う項目：方書・建物名。"), "{told}");
        }
    }
}

#[test]
fn what_is_only_written_otherwise_is_no_difference() {
    let workspace = Workspace::new();
    queue(&workspace, &[acknowledgement(1, &json!({}))]);
    let mended = json!({
        "receipt_number": "受第26−00001号", "addressee_name": "見本太郎1",
        "addressee_address": "群馬県前橋市亀里町１３１０番地", "requested_content": "直した内容",
    });
    let told = refused(&workspace, &acknowledgement(1, &mended));
    assert!(told.contains("違う項目：請求の内容。"), "{told}");
    let only_writing =
        json!({"receipt_number": "受第26ー00001号", "addressee_name": "見本　太郎1"});
    let told = refused(&workspace, &acknowledgement(1, &only_writing));
    assert!(told.contains("違いは表記だけです。"), "{told}");
    // The number is the same one after the letter went out, too.
    workspace.ok(&["run"]);
    workspace.ok(&["confirm", "L000001B", "--delivered", "--as", "佐藤"]);
    let told = queue(&workspace, &[acknowledgement(1, &mended)]);
    assert!(told.contains("書簡 L000001B を"), "{told}");
    assert!(told.contains("違う項目：請求の内容。"), "{told}");
}

#[test]
fn an_older_sheet_is_told_of_what_has_its_place() {
    let workspace = Workspace::new();
    let first = acknowledgement(1, &json!({}));
    let second = acknowledgement(1, &json!({"requested_content": "直した内容"}));
    let third = acknowledgement(1, &json!({"requested_content": "もう一度直した内容"}));
    queue(&workspace, &[first.clone(), acknowledgement(2, &json!({}))]);
    replaced(&workspace, &second);
    replaced(&workspace, &third);
    // The first sheet again: what has the place in the end is named.
    let told = queue(&workspace, &[first.clone(), acknowledgement(2, &json!({}))]);
    for words in [
        "L000001B は、L000004E(状態：受付)に差し替えられています",
        "「記録番号」を変えた記録",
        "2件は、同じ記録を前に受け付けています",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
    assert!(!told.contains("取り消した書簡です"), "{told}");
    // Going back is asked for, and told how.
    for record in [&first, &second] {
        let file = file(&workspace, std::slice::from_ref(record));
        let told = workspace.exits(1, &["queue", &file, "--replace", "--as", "佐藤"]);
        for words in [
            "L000004E(状態：受付)に差し替えられています",
            "yobin cancel で L000004E",
        ] {
            assert!(told.contains(words), "{words}\n{told}");
        }
    }
    assert_eq!(
        states(&workspace),
        ["cancelled", "queued", "cancelled", "queued"]
    );
    // That way leads there.
    workspace.ok(&["cancel", "L000004E", "--as", "佐藤"]);
    let told = queue(&workspace, std::slice::from_ref(&first));
    assert!(told.contains("取り消した書簡です"), "{told}");
    let back = changed(first, &json!({"record_key": "戻し"}));
    queue(&workspace, &[back]);
    workspace.ok(&["run"]);
    assert_eq!(workspace.recipients().len(), 2);
}

#[test]
fn another_fault_of_the_row_does_not_hide_the_letter_it_replaces() {
    let workspace = Workspace::with_settings("requests = \"required\"\n");
    let request = json!({
        "receipt_number": "受第26-001号", "rights": ["disclosure"],
        "request_date": "2026-11-02", "arrival_date": "2026-11-04",
        "requester_role": "principal", "requester_name": "見本 太郎",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎", "principal_category": "insured",
    });
    let requests = workspace.file("requests.json", json!([request]).to_string());
    workspace.ok(&["request", "add", requests.to_str().unwrap(), "--as", "佐藤"]);
    let decision = |change: &Value| {
        let base = json!({
            "kind": "disclosure-decision", "outcome": "granted",
            "addressee_name": "見本 太郎", "addressee_postal_code": "379-2147",
            "addressee_address": "群馬県前橋市亀里町1310番地", "address_verified_on": "2026-11-18",
            "delivery": "archive", "receipt_number": "受第26-001号",
            "request_date": "2026-11-02", "arrival_date": "2026-11-04",
            "requester_role": "principal", "decision_date": "2026-11-18",
            "disclosed_items": [{"item": "資格に関する情報", "period": "令和7年度", "method": "写しの交付"}],
            "disclosure_method": "写しを郵送します。",
        });
        changed(base, change)
    };
    queue(&workspace, &[decision(&json!({}))]);
    for fault in [
        json!({"decision_date": "2026-11-31"}),
        json!({"addressee_postal_code": "37921"}),
        json!({"disclosure_method": null}),
        json!({"addressee_name": "見本 ●郎"}),
    ] {
        let file = file(&workspace, &[decision(&fault)]);
        let told = workspace.exits(1, &["queue", &file, "--replace", "--as", "佐藤"]);
        assert!(!told.contains("決定済み"), "{fault}\n{told}");
        let told = workspace.exits(1, &["queue", &file, "--as", "佐藤"]);
        assert!(told.contains("L000001B(状態：受付)"), "{fault}\n{told}");
        assert!(!told.contains("決定済み"), "{fault}\n{told}");
    }
    // A second decision is one all the same.
    let second = decision(&json!({"record_key": "2", "addressee_postal_code": "37921"}));
    assert!(refused(&workspace, &second).contains("決定済み"));
    assert_eq!(states(&workspace), ["queued"]);
}

#[test]
fn a_notification_is_told_by_the_letter_in_its_place() {
    let people = [person(1), person(2).child_of("M0000001", "2015-04-02")];
    let workspace = Workspace::new();
    let roster = roster(&workspace, &people);
    notified(&workspace, 0, roster, &["--confirm", "2"]);
    let child = workspace
        .letters()
        .iter()
        .zip(records(&workspace))
        .find(|(_, record)| record["person_name"] == "見本 太郎2")
        .map(|(letter, record)| (letter["id"].as_str().unwrap().to_owned(), record));
    let (id, mut record) = child.unwrap();
    record["kind"] = "purpose-change".into();
    record["outcome"] = "changed".into();
    let mended = |reason: &str| changed(record.clone(), &json!({"change_reason": reason}));
    let told = replaced(&workspace, &mended("直した理由です。"));
    assert!(told.contains(&format!("{id} → L000003D")), "{told}");
    // The member has their letter.
    let told = notified(&workspace, 0, roster, &["--confirm", "0"]);
    assert!(told.contains("新しく受け付けるものはありません"), "{told}");
    assert_eq!(states(&workspace).len(), 3);
    // What is registered of whom it goes to holds for it, and is told.
    workspace.file(
        "flags.csv",
        "加入者管理番号,区分,操作\nM0000001,送付停止,登録\n",
    );
    workspace.ok(&["members", "flags", "flags.csv", "--as", "鈴木"]);
    workspace.exits(2, &["run"]);
    let of = |state: &str| workspace.letters_in(state).len();
    assert_eq!(
        (of("cancelled"), of("parked")),
        (1, 2),
        "{:?}",
        states(&workspace)
    );
    let told = replaced(&workspace, &mended("もう一度直した理由です。"));
    assert!(told.contains("「送付停止」が登録されています"), "{told}");
    // Cancelled, it tells nobody anything.
    workspace.ok(&["cancel", "L000004E", "--as", "佐藤"]);
    workspace.file(
        "clear.csv",
        "加入者管理番号,区分,操作\nM0000001,送付停止,解除\n",
    );
    workspace.ok(&["members", "flags", "clear.csv", "--as", "鈴木"]);
    notified(&workspace, 0, roster, &["--confirm", "1"]);
}

/// The keys letters have, and the highest that was ever given.
fn keys(workspace: &Workspace, table: &str) -> (Vec<i64>, i64) {
    let options = SqliteConnectOptions::new().filename(workspace.path("out/yobin.db"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut conn = options.connect().await.unwrap();
        let ids = format!("SELECT id FROM {table} ORDER BY id");
        let ids = sqlx::query_scalar(sqlx::AssertSqlSafe(ids))
            .fetch_all(&mut conn)
            .await
            .unwrap();
        let last = sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = ?")
            .bind(table)
            .fetch_one(&mut conn)
            .await
            .unwrap();
        (ids, last)
    })
}

#[test]
fn recognised_rows_burn_no_references() {
    let workspace = Workspace::new();
    let record = |n: usize| acknowledgement(n, &json!({}));
    queue(&workspace, &[record(1), record(2), record(3)]);
    // The same file, the same with one more, one that is refused, a dry run.
    queue(&workspace, &[record(1), record(2), record(3)]);
    queue(&workspace, &[record(1), record(2), record(3), record(4)]);
    let twice = file(&workspace, &[record(5), record(5)]);
    workspace.exits(1, &["queue", &twice]);
    let more = file(&workspace, &[record(1), record(6), record(2)]);
    workspace.ok(&["queue", &more, "--dry-run"]);
    workspace.ok(&["cancel", "L000002C", "--as", "佐藤"]);
    queue(&workspace, &[record(2), record(3)]);
    queue(&workspace, &[record(7)]);
    assert_eq!(keys(&workspace, "letter"), (vec![1, 2, 3, 4, 5], 5));
    let references: Vec<String> = standing(&workspace).into_iter().map(|(id, _)| id).collect();
    assert_eq!(references.last().unwrap(), "L000005F");
}

#[test]
fn recognised_requests_burn_no_keys() {
    let workspace = Workspace::new();
    let request = |n: usize| {
        json!({
            "receipt_number": format!("受第26-{n:03}号"), "rights": ["disclosure"],
            "request_date": "2026-11-02", "arrival_date": "2026-11-04",
            "requester_role": "principal", "requester_name": "見本 太郎",
            "requester_address": "群馬県前橋市亀里町1310番地",
            "principal_name": "見本 太郎", "principal_category": "insured",
        })
    };
    let add = |records: Value| {
        let path = workspace.file("requests.json", records.to_string());
        workspace.ok(&["request", "add", path.to_str().unwrap(), "--as", "佐藤"]);
    };
    add(json!([request(1), request(2)]));
    add(json!([request(1), request(2)]));
    add(json!([request(2), request(3), request(1)]));
    add(json!([request(4)]));
    assert_eq!(keys(&workspace, "request"), (vec![1, 2, 3, 4], 4));
}
