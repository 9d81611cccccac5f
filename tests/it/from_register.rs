//! A letter that answers a request is filled in from the register: what is
//! known is not typed again, and what is not known is named.

use std::fs;

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use serde_json::{Value, json};

use crate::harness::Workspace;

const KIND: &str = "請求書の受付のお知らせ";

fn request(n: usize) -> Value {
    json!({
        "receipt_number": format!("受第26-{n:03}号"),
        "rights": ["disclosure"],
        "request_date": "2026-11-16",
        "arrival_date": "2026-11-17",
        "requester_role": "principal",
        "requester_name": "見本 太郎",
        "requester_postal_code": "379-2147",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "requester_building": "見本荘101",
        "principal_name": "見本 太郎",
        "principal_category": "insured",
        "note": "内部の覚え書き",
    })
}

fn of_agent(n: usize) -> Value {
    let mut record = request(n);
    record["requester_role"] = "appointed_agent".into();
    record["requester_name"] = "例示 一郎".into();
    record["requester_address"] = "群馬県前橋市亀里町9番地".into();
    record["requester_building"] = Value::Null;
    record["principal_address"] = "群馬県高崎市見本町5番地".into();
    record["rights"] = json!(["correction", "disclosure"]);
    record
}

fn add(workspace: &Workspace, records: &[Value]) {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    workspace.file("requests.jsonl", lines.join("\n"));
    workspace.ok(&["request", "add", "requests.jsonl", "--as", "佐藤"]);
}

/// The rows of a workbook's one sheet, as texts.
pub fn rows(workspace: &Workspace, name: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(workspace.path(name)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| cell.to_string();
    sheet
        .rows()
        .map(|row| row.iter().map(text).collect())
        .collect()
}

/// What a row says under a heading.
fn under<'a>(rows: &'a [Vec<String>], row: usize, heading: &str) -> &'a str {
    let place = rows[0].iter().position(|title| title == heading);
    &rows[row][place.unwrap_or_else(|| panic!("no column {heading}"))]
}

#[test]
fn a_complete_letter_is_queued_at_once_and_says_what_the_register_says() {
    let workspace = Workspace::new();
    add(&workspace, &[request(101), of_agent(102)]);
    let told = workspace.ok(&[
        "request",
        "letter",
        "受第26-101号",
        "受第２６－１０２号",
        "--kind",
        KIND,
        "--set",
        "請求の内容=健康診査の結果の開示",
        "--queue",
        "--as",
        "佐藤",
    ]);
    assert!(told.contains("L000001B から L000002C まで"), "{told}");
    // A remark names the letter by its receipt number: there is no row to look for.
    assert!(told.contains("注意：受第26-101号「住所確認日」"), "{told}");
    assert!(!told.contains("行目"), "{told}");
    let shown: Value =
        serde_json::from_str(&workspace.ok(&["show", "L000002C", "--json"])).unwrap();
    let expected = json!({
        "outcome": "received",
        "addressee_name": "例示 一郎",
        "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町9番地",
        "delivery": "post",
        "receipt_number": "受第26-102号",
        "request_date": "2026-11-16",
        "arrival_date": "2026-11-17",
        "requester_role": "appointed_agent",
        "principal_name": "見本 太郎",
        "principal_category": "insured",
        "rights": ["disclosure", "correction"],
        "requested_content": "健康診査の結果の開示",
        "expected_date": "2026-12-17",
    });
    assert_eq!(shown["record"], expected);
    // Whatever it was read from is gone.
    let left = fs::read_dir(workspace.path("out")).unwrap();
    let names = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = names.filter(|name| name.starts_with(".part-")).collect();
    assert!(left.is_empty(), "{left:?}");
    // The same again is no second letter.
    let again = workspace.ok(&[
        "request",
        "letter",
        "受第26-101号",
        "--kind",
        KIND,
        "--set",
        "請求の内容=健康診査の結果の開示",
        "--queue",
        "--as",
        "佐藤",
    ]);
    assert!(again.contains("前に受け付けています"), "{again}");
}

#[test]
fn what_is_missing_is_named_and_a_sheet_takes_it() {
    let workspace = Workspace::new();
    add(&workspace, &[request(101), of_agent(102)]);
    let queue = [
        "request",
        "letter",
        "受第26-101号",
        "--kind",
        KIND,
        "--queue",
        "--as",
        "佐藤",
    ];
    let told = workspace.exits(1, &queue);
    assert!(
        told.contains("足りない") && told.contains("請求の内容"),
        "{told}"
    );
    assert!(workspace.letters().is_empty());
    let with_sheet = [&queue[..], &["-o", "one.xlsx"]].concat();
    let told = workspace.exits(2, &with_sheet);
    assert!(told.contains("受け付けていません"), "{told}");
    assert!(workspace.path("one.xlsx").exists());

    let both = [
        "request",
        "letter",
        "受第26-101号",
        "受第26-102号",
        "--kind",
        KIND,
    ];
    let told = workspace.ok(&[&both[..], &["-o", "both.xlsx"]].concat());
    assert!(
        told.contains("まだ書いていない項目(黄色の欄)：請求の内容"),
        "{told}"
    );
    let sheet = rows(&workspace, "both.xlsx");
    assert_eq!(sheet.len(), 3, "a heading and a row a request");
    assert_eq!(under(&sheet, 1, "種別"), KIND);
    assert_eq!(under(&sheet, 1, "結果区分"), "受付");
    assert_eq!(under(&sheet, 1, "方書・建物名"), "見本荘101");
    assert_eq!(under(&sheet, 1, "本人氏名"), "");
    assert_eq!(under(&sheet, 2, "氏名"), "例示 一郎");
    assert_eq!(under(&sheet, 2, "請求者の区分"), "任意代理人");
    assert_eq!(under(&sheet, 2, "請求の種類"), "開示\n訂正等");
    assert_eq!(under(&sheet, 2, "請求の内容"), "");
    // What staff wrote for themselves, and where the principal lives, is not
    // for a letter to somebody else.
    let all = sheet.concat().join(" ");
    assert!(
        !all.contains("内部の覚え書き") && !all.contains("高崎市"),
        "{all}"
    );
    // A file that is there stays.
    let told = workspace.exits(1, &[&both[..], &["-o", "both.xlsx"]].concat());
    assert!(told.contains("すでにあります"), "{told}");

    // With its last cell said, the sheet knows its kind and is queued as it is.
    let said = [
        "--set",
        "請求の内容=健康診査の結果の開示",
        "-o",
        "full.xlsx",
    ];
    let told = workspace.ok(&[&both[..], &said].concat());
    assert!(told.contains("すべて記入してあります"), "{told}");
    workspace.ok(&["queue", "full.xlsx", "--as", "佐藤"]);
    assert_eq!(workspace.letters().len(), 2);
}

#[test]
fn an_outcome_shows_its_own_columns_and_every_slip_is_named() {
    let workspace = Workspace::new();
    add(&workspace, &[request(101)]);
    let decision = [
        "request",
        "letter",
        "受第26-101号",
        "--kind",
        "disclosure-decision",
    ];
    let with = |more: &[&'static str]| [&decision[..], more].concat();
    // Whether data is there is not known: no column is left out.
    let told = workspace.ok(&with(&["-o", "open.xlsx"]));
    assert!(
        told.contains("結果区分") && told.contains("決定日"),
        "{told}"
    );
    workspace.ok(&with(&["--outcome", "不存在", "-o", "none.xlsx"]));
    let sheet = rows(&workspace, "none.xlsx");
    assert_eq!(under(&sheet, 1, "結果区分"), "不存在");
    assert!(!sheet[0].contains(&"理由".to_owned()), "{:?}", sheet[0]);
    assert!(
        sheet[0].contains(&"非公開の根拠".to_owned()),
        "{:?}",
        sheet[0]
    );

    for (more, said) in [
        (
            &["--outcome", "承認"][..],
            "結果区分「承認」はありません。「",
        ),
        (
            &["--set", "決定の日=R8.11.20"],
            "項目「決定の日」はありません",
        ),
        (&["--set", "非公開の理由=x"], "コマンドの行には書けません"),
    ] {
        let told = workspace.exits(1, &with(more));
        assert!(told.contains(said), "{told}");
    }
    let told = workspace.exits(2, &with(&["--set", "決定日"]));
    assert!(told.contains("項目=値"), "{told}");
    let told = workspace.exits(1, &["request", "letter", "受第26-109号", "--kind", KIND]);
    assert!(told.contains("登録されていません"), "{told}");
    let told = workspace.exits(
        1,
        &[
            "request",
            "letter",
            "受第26-101号",
            "--kind",
            "請求書の受付",
        ],
    );
    assert!(told.contains("「請求書の受付のお知らせ」"), "{told}");
    // A rule that queueing holds is held here as well.
    let told = workspace.exits(
        1,
        &with(&[
            "--outcome",
            "nonexistent",
            "--set",
            "決定日=R9.1.5",
            "--set",
            "調査した範囲=健診の記録",
            "--queue",
            "--as",
            "佐藤",
        ]),
    );
    assert!(told.contains("受第26-101号「決定日」"), "{told}");
    workspace.ok(&[
        "request",
        "close",
        "受第26-101号",
        "--reason",
        "取下げ",
        "--as",
        "佐藤",
    ]);
    let told = workspace.exits(1, &with(&["-o", "late.xlsx"]));
    assert!(told.contains("すでに終わっています"), "{told}");
}

#[test]
fn a_letter_that_goes_to_another_has_no_addressee_filled_in() {
    let workspace = Workspace::new();
    add(&workspace, &[of_agent(102)]);
    // To the principal, about the agent; and to an institution.
    for (kind, outcome) in [
        ("agent-confirmation", "appointed"),
        ("receipt-inquiry", "inquiry"),
    ] {
        let name = format!("{kind}.xlsx");
        workspace.ok(&[
            "request",
            "letter",
            "受第26-102号",
            "--kind",
            kind,
            "--outcome",
            outcome,
            "-o",
            &name,
        ]);
        let sheet = rows(&workspace, &name);
        for heading in ["氏名", "郵便番号", "住所", "方書・建物名"] {
            assert_eq!(under(&sheet, 1, heading), "", "{kind}");
        }
        assert_eq!(under(&sheet, 1, "受付番号"), "受第26-102号");
        assert_eq!(under(&sheet, 1, "本人氏名"), "見本 太郎");
    }
    let sheet = rows(&workspace, "agent-confirmation.xlsx");
    assert_eq!(under(&sheet, 1, "代理人の氏名"), "例示 一郎");
}
