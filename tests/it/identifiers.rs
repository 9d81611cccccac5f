//! A number is one however it is written, and a number that only looks like
//! another is told and never taken for it, nor passed by.

use std::path::PathBuf;

use encoding_rs::SHIFT_JIS;
use serde_json::{Value, json};

use crate::harness::Workspace;
use crate::members::{notified, person, roster};

/// The first with the fields of the second.
fn changed(mut base: Value, change: Value) -> Value {
    let fields = base.as_object_mut().unwrap();
    fields.extend(change.as_object().unwrap().clone());
    base
}

fn request(number: &str, change: Value) -> Value {
    let base = json!({
        "receipt_number": number,
        "rights": ["disclosure"],
        "request_date": "2026-11-02",
        "arrival_date": "2026-11-04",
        "requester_role": "principal",
        "requester_name": "見本 太郎",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎",
        "principal_category": "insured",
    });
    changed(base, change)
}

fn decision(number: &str, change: Value) -> Value {
    let base = json!({
        "kind": "disclosure-decision",
        "outcome": "granted",
        "addressee_name": "見本 太郎",
        "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町1310番地",
        "address_verified_on": "2026-11-18",
        "delivery": "archive",
        "receipt_number": number,
        "request_date": "2026-11-02",
        "arrival_date": "2026-11-04",
        "requester_role": "principal",
        "decision_date": "2026-11-18",
        "disclosed_items": [{"item": "資格に関する情報", "period": "令和7年度", "method": "写しの交付"}],
        "disclosure_method": "写しを郵送します。",
    });
    changed(base, change)
}

/// A letter that names its member by number.
fn notification(number: &str, change: Value) -> Value {
    let base = json!({
        "kind": "purpose-change",
        "outcome": "changed",
        "addressee_name": "見本 太郎",
        "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町1310番地",
        "address_verified_on": "2026-11-18",
        "delivery": "post",
        "member_key": number,
        "changes": [{
            "category": "レセプトに関する情報",
            "old_purpose": "医療費通知の発行",
            "new_purpose": "医療費通知の発行、医療費分析",
        }],
        "change_reason": "健康づくりの事業に役立てるためです。",
        "effective_date": "2027-01-01",
        "notice_url": "https://kenpo.example.jp/privacy/",
    });
    changed(base, change)
}

fn lines(workspace: &Workspace, records: &[Value]) -> PathBuf {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    workspace.file("records.jsonl", lines.join("\n"))
}

/// Runs a command on a file of records and demands an exit code.
fn takes(workspace: &Workspace, code: i32, command: &[&str], records: &[Value]) -> String {
    let file = lines(workspace, records);
    let mut args = command.to_vec();
    args.push(file.to_str().unwrap());
    workspace.exits(code, &args)
}

fn add(workspace: &Workspace, code: i32, records: &[Value]) -> String {
    takes(workspace, code, &["request", "add"], records)
}

fn queue(workspace: &Workspace, code: i32, records: &[Value]) -> String {
    takes(workspace, code, &["queue"], records)
}

fn flag(workspace: &Workspace, code: i32, rows: &[&str], more: &[&str]) -> String {
    let sheet = format!("加入者管理番号,区分,操作\n{}\n", rows.join("\n"));
    let file = workspace.file("flags.csv", sheet);
    let mut args = vec!["members", "flags", file.to_str().unwrap(), "--as", "佐藤"];
    args.extend(more);
    workspace.exits(code, &args)
}

/// Demands that each of the words stands in what was told.
fn assert_told(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "{word:?} is not in\n{told}");
    }
}

#[test]
fn the_counterpart_rule_holds_however_the_receipt_number_is_written() {
    let workspace = Workspace::new();
    // As a clerk's machine writes it: code 0x817C is U+FF0D for one system
    // and U+2212 for another.
    let sheet = "受付番号,請求の種類,請求日,到達日,請求者の区分,請求者氏名,請求者住所,本人氏名,本人の区分,支援措置の相手方\n\
                 受第26－00ガ号,開示,2026-11-02,2026-11-04,本人,見本 太郎,群馬県前橋市亀里町1310番地,見本 太郎,被保険者,該当する\n";
    let (bytes, _, broken) = SHIFT_JIS.encode(sheet);
    assert!(!broken);
    let file = workspace.file("requests.csv", bytes);
    workspace.ok(&["request", "add", file.to_str().unwrap()]);
    for number in [
        "受第26－00ガ号",
        "受第26\u{2212}00ガ号",
        "受第26-00ガ号",
        "受第２６‐００ガ号",
        "受第26–00ガ号",
        "受第26—00ガ号",
        "受第26―00ガ号",
        "受第26ー00ガ号",
        "受第26ｰ00ｶﾞ号",
        "受第26-00カ\u{3099}号",
        "受第26 - 00\u{3000}ガ 号",
    ] {
        let told = queue(&workspace, 1, &[decision(number, json!({}))]);
        assert_told(&told, &["支援措置の相手方として登録されている"]);
        // The same number is not registered a second time.
        let again = request(number, json!({"requester_name": "見本太郎"}));
        let told = add(&workspace, 1, &[again]);
        assert_told(&told, &["すでに登録されています"]);
        workspace.ok(&["request", "show", number]);
    }
    assert!(workspace.letters().is_empty());
    // What reveals nothing is a letter of that request.
    let quiet = json!({"outcome": "nonexistent", "search_scope": "記録を氏名により検索しました。"});
    let mut quiet = decision("受第26\u{2212}00ｶﾞ号", quiet);
    let fields = quiet.as_object_mut().unwrap();
    fields.retain(|field, _| !field.starts_with("disclos"));
    let told = queue(&workspace, 0, &[quiet]);
    assert!(!told.contains("登録されていない"), "{told}");
    let shown = workspace.ok(&["request", "show", "受第26－00ガ号", "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["letters"].as_array().unwrap().len(), 1);
}

#[test]
fn a_dash_is_never_dropped_from_a_number() {
    let workspace = Workspace::new();
    let numbers = ["受1-23", "受12-3", "受123", "受1-2-3"];
    let requests: Vec<Value> = numbers.iter().map(|n| request(n, json!({}))).collect();
    add(&workspace, 0, &requests);
    for number in numbers {
        let told = queue(&workspace, 0, &[decision(number, json!({}))]);
        assert!(!told.contains("登録されていない"), "{told}");
    }
    assert_eq!(workspace.letters().len(), 4);
}

#[test]
fn a_receipt_number_that_only_looks_registered_is_refused_and_the_registered_named() {
    let workspace = Workspace::new();
    add(
        &workspace,
        0,
        &[
            request("受第26-001号", json!({})),
            request("セ\u{30FC}1", json!({})),
        ],
    );
    for (number, known) in [
        ("受第26-1号", "「受第26-001号」"),
        ("受第026-001号", "「受第26-001号」"),
        ("受第\u{E0100}26-001号", "「受第26-001号」"),
        ("受第26--001号", "「受第26-001号」"),
        ("セ-1", "「セー1」"),
    ] {
        let told = queue(&workspace, 1, &[decision(number, json!({}))]);
        // A character no font has is refused for itself.
        if !number.contains('\u{E0100}') {
            assert_told(&told, &["よく似た受付番号", known, "と書いてください"]);
            assert_told(&told, &["--distinct"]);
        }
        let told = add(&workspace, 1, &[request(number, json!({}))]);
        if !number.contains('\u{E0100}') {
            assert_told(&told, &["よく似た受付番号", known]);
        }
        let told = workspace.exits(1, &["request", "show", number]);
        assert_told(&told, &["よく似た番号", known]);
        let close = [
            "request",
            "close",
            number,
            "--reason",
            "取下げ",
            "--as",
            "佐藤",
        ];
        assert_told(&workspace.exits(1, &close), &["よく似た番号", known]);
    }
    // Other numbers are other numbers, and told as unregistered only.
    let told = queue(&workspace, 0, &[decision("受第26-010号", json!({}))]);
    assert_told(&told, &["登録されていない書簡が1件"]);
    // Within one file as well.
    let pair = [
        request("受第27-007号", json!({})),
        request("受第27-7号", json!({})),
    ];
    assert_told(
        &add(&workspace, 1, &pair),
        &["「受第27-007号」", "0の数だけ"],
    );
}

#[test]
fn a_number_that_is_another_all_the_same_is_taken_when_staff_say_so() {
    let workspace = Workspace::new();
    add(
        &workspace,
        0,
        &[request("受第26-001号", json!({"member_key": "00123"}))],
    );
    let other = request("受第26-1号", json!({"member_key": "123"}));
    add(&workspace, 1, std::slice::from_ref(&other));
    // One of the two numbers is not enough, and another says nothing of these.
    let said = [
        "request",
        "add",
        "--distinct",
        "受第26-1号",
        "--distinct",
        "9",
    ];
    assert_told(
        &takes(&workspace, 1, &said, std::slice::from_ref(&other)),
        &["「00123」"],
    );
    let said = [
        "request",
        "add",
        "--distinct",
        "受第２６－１号",
        "--distinct",
        "１２３",
    ];
    takes(&workspace, 0, &said, std::slice::from_ref(&other));
    // From then on both are known, and nothing is asked again.
    assert_told(&add(&workspace, 0, &[other]), &["同じ記録を前に"]);
    queue(&workspace, 0, &[decision("受第26-1号", json!({}))]);
    queue(
        &workspace,
        0,
        &[
            notification("123", json!({})),
            notification("00123", json!({})),
        ],
    );
    // One that was registered by mistake is in nobody's way.
    let close = [
        "request",
        "close",
        "受第26-001号",
        "--reason",
        "登録誤り",
        "--as",
        "佐藤",
    ];
    workspace.ok(&close);
    add(&workspace, 1, &[request("受第26-01号", json!({}))]);
}

#[test]
fn a_flag_keeps_back_letters_however_their_number_is_written() {
    let workspace = Workspace::new();
    let written = [
        ("Ｍ－００１２", "m\u{2212}0012"),
        ("M－0013", "Ｍー0013"),
        ("ガ14", "ｶﾞ 14"),
        ("カ\u{3099}15", "ガ15"),
        ("M―0016", "M‐0016"),
    ];
    let letters: Vec<Value> = written
        .iter()
        .map(|(of_letter, _)| notification(of_letter, json!({})))
        .collect();
    queue(
        &workspace,
        0,
        &[letters.as_slice(), &[notification("M-0099", json!({}))]].concat(),
    );
    let rows: Vec<String> = written
        .iter()
        .map(|(_, of_flag)| format!("{of_flag},支援措置,登録"))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let told = flag(&workspace, 0, &rows, &[]);
    assert_told(&told, &["登録 5件"]);
    assert!(!told.contains("まだありません"), "{told}");
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 5);
    assert_eq!(workspace.letters_in("unposted").len(), 1);
    // Whoever queues for them from now on is told.
    let told = queue(
        &workspace,
        0,
        &[notification("M-0012", json!({"record_key": "2"}))],
    );
    assert_told(&told, &["この加入者には「支援措置」が登録されています"]);
}

#[test]
fn a_flag_for_a_number_that_only_looks_known_stops_the_file() {
    let workspace = Workspace::new();
    queue(
        &workspace,
        0,
        &[
            notification("00123", json!({})),
            notification("M-0012", json!({})),
        ],
    );
    add(
        &workspace,
        0,
        &[request("受1", json!({"member_key": "07-0450"}))],
    );
    for (number, known) in [
        ("123", "「00123」"),
        ("0123", "「00123」"),
        ("Ｍ－１２", "「M-0012」"),
        ("7-450", "「07-0450」"),
    ] {
        let row = format!("{number},支援措置,登録");
        let told = flag(&workspace, 1, &["M-0012,宛先不明,登録", &row], &[]);
        assert_told(
            &told,
            &[
                "3行目",
                known,
                "0の数だけ",
                "1件も登録していません",
                "--distinct",
            ],
        );
        let told = flag(&workspace, 1, &[&format!("{number},支援措置,解除")], &[]);
        assert_told(&told, &[known]);
    }
    // Nothing of those files was kept.
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("unposted").len(), 2);
    // Whoever has made sure says so, and what it does not do is told.
    let told = flag(
        &workspace,
        0,
        &["123,支援措置,登録"],
        &["--distinct", "123"],
    );
    assert_told(
        &told,
        &["「00123」", "この登録では止まりません", "まだありません"],
    );
    let told = queue(
        &workspace,
        0,
        &[notification("00123", json!({"record_key": "2"}))],
    );
    assert_told(
        &told,
        &["よく似た番号「123」", "支援措置などが登録されています"],
    );
    assert_told(
        &workspace.ok(&["check"]),
        &["「123」は「00123」とよく似ています"],
    );
    // With the flag under both there is nothing left to tell.
    flag(&workspace, 0, &["00123,支援措置,登録"], &[]);
    assert!(!workspace.ok(&["check"]).contains("よく似ています"));
}

#[test]
fn a_flag_for_a_number_nobody_has_is_told_and_set() {
    let workspace = Workspace::new();
    queue(&workspace, 0, &[notification("M1", json!({}))]);
    add(
        &workspace,
        0,
        &[request("受1", json!({"member_key": "M2"}))],
    );
    for (place, number) in ["M77777", "０９", "ガ"].into_iter().enumerate() {
        let row = format!("{number},支援措置,登録");
        for time in 0..2 {
            let told = flag(
                &workspace,
                0,
                &["M1,宛先不明,登録", "M2,送付停止,登録", &row],
                &[],
            );
            assert_told(&told, &["4行目「加入者管理番号」", "まだありません"]);
            let counted = match (place, time) {
                (0, 0) => ["登録 3件、", "\n"],
                (_, 0) => ["登録 1件、", "前から登録 2件"],
                _ => ["登録 0件、", "前から登録 3件"],
            };
            assert_told(&told, &counted);
            assert!(!told.contains("2行目") && !told.contains("3行目"), "{told}");
        }
        let told = queue(&workspace, 0, &[notification(number, json!({}))]);
        assert_told(&told, &["「支援措置」が登録されています"]);
        let told = flag(&workspace, 0, &[&row], &[]);
        assert!(!told.contains("まだありません"), "{told}");
    }
    // A number only a flag had named is forgotten with it: set under the
    // wrong number and mended, it is in nobody's way.
    flag(&workspace, 0, &["123,支援措置,登録"], &[]);
    let told = queue(&workspace, 1, &[notification("00123", json!({}))]);
    assert_told(&told, &["「123」"]);
    flag(
        &workspace,
        0,
        &["123,支援措置,解除", "00123,支援措置,登録"],
        &[],
    );
    queue(&workspace, 0, &[notification("00123", json!({}))]);
}

#[test]
fn a_letter_or_request_for_a_member_that_only_looks_known_is_refused() {
    let workspace = Workspace::new();
    queue(&workspace, 0, &[notification("00123", json!({}))]);
    flag(&workspace, 0, &["M-0450,支援措置,登録"], &[]);
    for (number, known) in [
        ("123", "「00123」"),
        ("M-450", "「M-0450」"),
        ("m‐００４５", ""),
    ] {
        let code = i32::from(!known.is_empty());
        let told = queue(&workspace, code, &[notification(number, json!({}))]);
        assert_told(&told, &[known]);
        let told = add(
            &workspace,
            code,
            &[request(number, json!({"member_key": number}))],
        );
        assert_told(&told, &[known]);
    }
    // Two in one file, the second against the first; the good row is taken.
    let file = lines(
        &workspace,
        &[
            notification("0777", json!({})),
            notification("777", json!({})),
        ],
    );
    let told = workspace.exits(2, &["queue", file.to_str().unwrap(), "--accept-valid"]);
    assert_told(
        &told,
        &["2行目「member_key」", "「0777」", "1件を受け付けました"],
    );
    // What was queued before is known by its record, and not refused.
    let told = queue(&workspace, 0, &[notification("00123", json!({}))]);
    assert_told(&told, &["同じ記録を前に"]);
}

#[test]
fn a_number_that_was_only_ever_a_mistake_stands_in_nobodys_way() {
    let workspace = Workspace::new();
    // The zeros were eaten, and the request closed as the mistake it was.
    let wrong = request("受第26-1号", json!({"member_key": "777"}));
    add(&workspace, 0, &[wrong]);
    let right = request("受第26-2号", json!({"member_key": "00777"}));
    let told = add(&workspace, 1, std::slice::from_ref(&right));
    assert_told(&told, &["「777」"]);
    let close = ["request", "close", "受第26-1号", "--reason", "登録誤り"];
    workspace.ok(&[&close[..], &["--as", "佐藤"]].concat());
    add(&workspace, 0, &[right]);
    // The wrong one is refused from now on, though it was known once.
    let told = queue(&workspace, 1, &[notification("777", json!({}))]);
    assert_told(&told, &["「00777」と書いてください"]);
    // The same of letters that were cancelled.
    queue(&workspace, 0, &[notification("M-45", json!({}))]);
    let told = flag(&workspace, 1, &["M-045,支援措置,登録"], &[]);
    assert_told(&told, &["「M-45」"]);
    workspace.ok(&["cancel", "L000001B", "--as", "佐藤"]);
    let told = flag(&workspace, 0, &["M-045,支援措置,登録"], &[]);
    assert_told(&told, &["まだありません"]);
    let told = workspace.ok(&["check"]);
    assert!(!told.contains("「M-45」"), "{told}");
    let again = notification("M-45", json!({"record_key": "2"}));
    let told = queue(&workspace, 1, &[again]);
    assert_told(&told, &["「M-045」"]);
    // One that another letter names as well stays known.
    let both = [
        notification("0088", json!({"record_key": "1"})),
        notification("0088", json!({"record_key": "2"})),
    ];
    queue(&workspace, 0, &both);
    workspace.ok(&["cancel", "L000002C", "--as", "佐藤"]);
    let told = queue(&workspace, 1, &[notification("88", json!({}))]);
    assert_told(&told, &["「0088」の加入者がいます"]);
}

#[test]
fn a_number_that_looks_like_one_of_its_own_file_is_told_by_the_row() {
    let workspace = Workspace::new();
    let told = queue(
        &workspace,
        1,
        &[
            notification("0777", json!({})),
            notification("777", json!({})),
        ],
    );
    assert_told(
        &told,
        &["1行目の加入者管理番号「0777」とよく似ています", "0の数だけ"],
    );
    assert!(!told.contains("の加入者がいます"), "{told}");
    let told = add(
        &workspace,
        1,
        &[
            request("受第26-01号", json!({})),
            request("受第26-1号", json!({})),
        ],
    );
    assert_told(&told, &["1行目の受付番号「受第26-01号」とよく似ています"]);
    assert!(!told.contains("の請求があります"), "{told}");
    let told = flag(
        &workspace,
        1,
        &["0450,支援措置,登録", "450,支援措置,登録"],
        &[],
    );
    assert_told(&told, &["2行目の加入者管理番号「0450」とよく似ています"]);
    assert!(!told.contains("の加入者がいます"), "{told}");
    // One that was there before is told as it was.
    queue(&workspace, 0, &[notification("0888", json!({}))]);
    let told = queue(
        &workspace,
        1,
        &[
            notification(
                "0888",
                json!({"record_key": "2", "addressee_name": "例示 花子"}),
            ),
            notification("888", json!({})),
        ],
    );
    assert_told(&told, &["「0888」の加入者がいます"]);
}

#[test]
fn a_name_in_decomposed_or_narrow_letters_is_the_same_name_and_a_variant_is_not() {
    let workspace = Workspace::new();
    for (n, (registered, written)) in [
        ("見本 がぎ", "見本 か\u{3099}き\u{3099}"),
        ("ポール 見本", "ホ\u{309A}ール見本"),
        ("ガブリエル 見本", "ｶﾞﾌﾞﾘｴﾙ 見本"),
        ("見本 太郎", "見本\u{3000}太郎"),
    ]
    .into_iter()
    .enumerate()
    {
        let number = format!("受{n}");
        let names = json!({"requester_name": registered, "principal_name": registered});
        add(&workspace, 0, &[request(&number, names)]);
        queue(
            &workspace,
            0,
            &[decision(&number, json!({"addressee_name": written}))],
        );
    }
    for (registered, written) in [
        ("葛城 花子", "葛\u{E0100}城 花子"),
        ("神田 花子", "\u{FA19}田 花子"),
        ("見本 かき", "見本 がき"),
    ] {
        let number = format!("受{registered}");
        let names = json!({"requester_name": registered, "principal_name": registered});
        add(&workspace, 0, &[request(&number, names)]);
        let told = queue(
            &workspace,
            1,
            &[decision(&number, json!({"addressee_name": written}))],
        );
        assert_told(&told, &["宛名が、本人ではありません"]);
    }
}

#[test]
fn a_roster_without_its_leading_zeros_is_refused_row_by_row() {
    let workspace = Workspace::new();
    let numbered = |n: usize, number: &str| person(n).with("加入者管理番号", number);
    queue(&workspace, 0, &[notification("00123", json!({}))]);
    add(
        &workspace,
        0,
        &[request("受1", json!({"member_key": "M-0450"}))],
    );
    flag(&workspace, 0, &["０７,支援措置,登録"], &[]);
    let lost = [
        numbered(1, "123"),
        numbered(2, "M-450"),
        numbered(3, "7"),
        numbered(4, "999"),
    ];
    let told = notified(&workspace, 1, roster(&workspace, &lost), &["--dry-run"]);
    assert_told(
        &told,
        &[
            "2行目「加入者管理番号」",
            "「00123」",
            "3行目",
            "「M-0450」",
            "4行目",
            "「07」",
            "3件の行に直すところがある",
            "--distinct",
        ],
    );
    assert!(!told.contains("5行目"), "{told}");
    // Within the roster itself, whoever is known.
    let pair = [
        numbered(1, "0800"),
        numbered(2, "8-00"),
        numbered(3, "８００"),
    ];
    let told = notified(&workspace, 1, roster(&workspace, &pair), &["--dry-run"]);
    assert_told(&told, &["4行目", "2行目の加入者管理番号とよく似ています"]);
    assert!(!told.contains("3行目「"), "{told}");
    // The same numbers, whole and in other writings, are those members.
    let whole = [
        numbered(1, "００１２３"),
        numbered(2, "m\u{2212}0450"),
        numbered(3, "07"),
    ];
    let told = notified(&workspace, 0, roster(&workspace, &whole), &["--dry-run"]);
    assert_told(&told, &["名簿 3人", "支援措置"]);
    // Said to be others, they are counted.
    let more = [
        "--dry-run",
        "--distinct",
        "123",
        "--distinct",
        "m-450",
        "--distinct",
        "7",
    ];
    let told = notified(&workspace, 0, roster(&workspace, &lost), &more);
    assert_told(&told, &["名簿 4人", "郵送    4件"]);
}

#[test]
fn a_member_written_to_through_another_is_found_under_both_numbers() {
    let workspace = Workspace::new();
    let people = [
        person(1).with("加入者管理番号", "Ｍ－００１"),
        person(2)
            .with("加入者管理番号", "M-002")
            .child_of("M\u{2010}001", "2016-01-01"),
        person(3).with("加入者管理番号", "M-003"),
    ];
    let people = roster(&workspace, &people);
    notified(&workspace, 0, people, &["--confirm", "3"]);
    // Told once, the next roster brings nobody a second letter.
    let again = [
        person(1).with("加入者管理番号", "m\u{2212}001"),
        person(2)
            .with("加入者管理番号", "Ｍー００２")
            .child_of("m-001", "2016-01-01"),
    ];
    let told = notified(&workspace, 0, roster(&workspace, &again), &["--dry-run"]);
    assert_told(&told, &["送らない 2人"]);
    // A number without its zeros is none of theirs.
    for (number, known) in [
        ("M-1", "「M-001」"),
        ("m-02", "「M-002」"),
        ("M\u{2014}3", "「M-003」"),
    ] {
        let told = flag(&workspace, 1, &[&format!("{number},支援措置,登録")], &[]);
        assert_told(&told, &[known]);
    }
    let told = flag(&workspace, 0, &["m―００１,支援措置,登録"], &[]);
    assert!(!told.contains("まだありません"), "{told}");
    workspace.exits(2, &["run"]);
    assert_eq!(workspace.letters_in("parked").len(), 2);
}
