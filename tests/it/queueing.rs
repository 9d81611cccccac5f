//! Whatever an office sends is queued as it stands or refused in words that
//! say where and what to do.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use encoding_rs::SHIFT_JIS;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Map, Value, json};

use crate::harness::{NOON, Workspace, has, plain_record, root};

const KIND: &str = "acknowledgement";
const HEADERS: [&str; 12] = [
    "結果区分",
    "氏名",
    "郵便番号",
    "住所",
    "送付方法",
    "受付番号",
    "請求日",
    "到達日",
    "請求者の区分",
    "請求の種類",
    "請求の内容",
    "回答予定日",
];

/// A valid row under [`HEADERS`], as Japanese staff would write it. Its name
/// is one that CP932 has only in its extensions.
fn row(n: usize) -> Vec<String> {
    [
        "受付",
        &format!("髙橋 﨑{n}"),
        "379-2147",
        "群馬県前橋市亀里町1310番地",
        "保管のみ",
        &format!("受第26-{n:05}号"),
        "令和8年11月18日",
        "2026/11/20",
        "本人",
        "開示\n訂正等",
        "健康診査の結果の開示",
        "R8.12.18",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// What [`row`] says, as the program keeps it.
fn kept(n: usize) -> Value {
    json!({
        "outcome": "received",
        "addressee_name": format!("髙橋 﨑{n}"),
        "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町1310番地",
        "delivery": "archive",
        "receipt_number": format!("受第26-{n:05}号"),
        "request_date": "2026-11-18",
        "arrival_date": "2026-11-20",
        "requester_role": "principal",
        "rights": ["disclosure", "correction"],
        "requested_content": "健康診査の結果の開示",
        "expected_date": "2026-12-18",
    })
}

/// A CSV text of these rows.
fn sheet<S: AsRef<str>>(headers: &[S], rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(headers.iter().map(AsRef::as_ref))
        .unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn cp932(text: &str) -> Vec<u8> {
    let (bytes, _, broken) = SHIFT_JIS.encode(text);
    assert!(!broken);
    bytes.into_owned()
}

fn queue(workspace: &Workspace, file: &Path) -> String {
    workspace.ok(&["queue", file.to_str().unwrap(), "--kind", KIND])
}

/// Queues a file that must be refused, and returns what is said.
fn refused(workspace: &Workspace, file: &Path) -> String {
    workspace.exits(1, &["queue", file.to_str().unwrap(), "--kind", KIND])
}

/// The records of all letters, in queue order.
fn records(workspace: &Workspace) -> Vec<Value> {
    let ids = workspace.letters();
    let record = |letter: &Value| {
        let shown = workspace.ok(&["show", letter["id"].as_str().unwrap(), "--json"]);
        let mut shown: Value = serde_json::from_str(&shown).unwrap();
        let mut record = shown["record"].take();
        if let Some(record) = record.as_object_mut() {
            record.remove("kind");
        }
        record
    };
    ids.iter().map(record).collect()
}

#[test]
fn the_same_sheet_queues_the_same_records_in_every_encoding() {
    let text = sheet(&HEADERS, &[row(1), row(2)]);
    let tabs = text.replace(',', "\t");
    for (name, bytes) in [
        ("utf8.csv", text.clone().into_bytes()),
        ("mark.csv", format!("\u{FEFF}{text}").into_bytes()),
        ("windows.csv", cp932(&text.replace('\n', "\r\n"))),
        ("tabs.tsv", tabs.into_bytes()),
    ] {
        let workspace = Workspace::new();
        let said = queue(&workspace, &workspace.file(name, bytes));
        assert!(said.contains("2件を受け付けました"), "{name}: {said}");
        assert_eq!(records(&workspace), [kept(1), kept(2)], "{name}");
    }
}

#[test]
fn an_undecodable_byte_costs_its_own_row_only() {
    let rows: Vec<Vec<String>> = (1..=5).map(row).collect();
    let text = sheet(&HEADERS, &rows);
    // The digit behind the third name becomes a byte neither encoding has.
    for (name, mut bytes, third) in [
        (
            "utf8.csv",
            text.clone().into_bytes(),
            "髙橋 﨑3".as_bytes().to_vec(),
        ),
        ("windows.csv", cp932(&text), cp932("髙橋 﨑3")),
    ] {
        let workspace = Workspace::new();
        let at = bytes.windows(third.len()).position(|part| part == third);
        bytes[at.unwrap() + third.len() - 1] = 0xFF;
        let file = workspace.file(name, bytes);
        let file = file.to_str().unwrap();
        let args = ["queue", file, "--kind", KIND, "--accept-valid"];
        let told = workspace.exits(2, &args);
        let places: Vec<&str> = told
            .lines()
            .filter(|line| line.contains("行目「") && !line.starts_with("注意："))
            .collect();
        assert_eq!(places.len(), 1, "{name}: {told}");
        assert!(places[0].contains("「氏名」：文字コード"), "{name}: {told}");
        let names = [1, 2, 4, 5].map(kept);
        assert_eq!(records(&workspace), names, "{name}");
    }
}

#[test]
fn a_row_is_told_as_the_sheet_counts_it() {
    let workspace = Workspace::new();
    let mut bad = row(2);
    bad[2] = "37-92147".to_owned();
    let file = workspace.file("a.csv", sheet(&HEADERS, &[row(1), bad, row(3)]));
    let told = refused(&workspace, &file);
    // Excel shows the second record in row 3, whatever breaks its cells hold.
    assert!(told.contains("3行目「郵便番号」：「37-92147」"), "{told}");
}

/// A workbook with these rows as text.
fn workbook(rows: &[Vec<String>]) -> Workbook {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0..).zip(HEADERS) {
        sheet.write(0, column, header).unwrap();
    }
    for (line, row) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(row) {
            sheet.write(line, column, cell).unwrap();
        }
    }
    book
}

/// A workbook with one of its parts rewritten.
fn patched(book: &[u8], part: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut found = false;
    for index in 0..from.len() {
        let mut file = from.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        if name == part {
            found = true;
            let before = String::from_utf8(content).unwrap();
            let after = change(&before);
            assert_ne!(before, after, "nothing was changed in {part}");
            content = after.into_bytes();
        }
        to.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        to.write_all(&content).unwrap();
    }
    assert!(found, "no {part}");
    to.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_queues_dates_numbers_and_names_as_they_are_seen() {
    let workspace = Workspace::new();
    let mut book = workbook(&[row(1), row(2)]);
    let day = Format::new().set_num_format("yyyy/m/d");
    let sheet = book.worksheet_from_index(0).unwrap();
    for (column, (month, date)) in [(6, (11, 18)), (7, (11, 20)), (11, (12, 18))] {
        let date = ExcelDateTime::from_ymd(2026, month, date).unwrap();
        sheet.write_with_format(1, column, &date, &day).unwrap();
    }
    // A number under a text field, and digits kept as text with a leading 0.
    sheet.write_number(1, 5, 26001).unwrap();
    sheet.write_string(2, 2, "0012147").unwrap();
    let book = book.save_to_buffer().unwrap();
    // Excel keeps the reading typed for a name beside it, as a phonetic run.
    let book = patched(&book, "xl/sharedStrings.xml", |xml| {
        let reading = "<rPh sb=\"0\" eb=\"2\"><t>タカハシ</t></rPh><phoneticPr fontId=\"1\"/>";
        xml.replace("<t>髙橋 﨑1</t>", &format!("<t>髙橋 﨑1</t>{reading}"))
    });
    queue(&workspace, &workspace.file("book.xlsx", book));
    let (mut one, mut two) = (kept(1), kept(2));
    one["receipt_number"] = "26001".into();
    two["addressee_postal_code"] = "0012147".into();
    assert_eq!(records(&workspace), [one, two]);
}

#[test]
fn a_postal_code_that_excel_made_a_number_is_refused_unless_no_digit_was_lost() {
    let workspace = Workspace::new();
    // 010-8916 as Excel keeps it.
    let mut book = workbook(&[row(1)]);
    let sheet = book.worksheet_from_index(0).unwrap();
    sheet.write_number(1, 2, 108_916).unwrap();
    let file = workspace.file("book.xlsx", book.save_to_buffer().unwrap());
    let told = refused(&workspace, &file);
    assert!(
        told.contains("2行目「郵便番号」：数値として保存されていて"),
        "{told}"
    );
    assert!(workspace.letters().is_empty());
    let mut book = workbook(&[row(1)]);
    let sheet = book.worksheet_from_index(0).unwrap();
    sheet.write_number(1, 2, 3_792_147).unwrap();
    let file = workspace.file("whole.xlsx", book.save_to_buffer().unwrap());
    workspace.ok(&["queue", file.to_str().unwrap(), "--kind", KIND]);
    assert_eq!(records(&workspace)[0]["addressee_postal_code"], "3792147");
}

#[test]
fn json_and_json_lines_queue_the_same_records() {
    let entries: Vec<Value> = [1, 2]
        .map(|n| {
            let mut entry = kept(n);
            entry["kind"] = KIND.into();
            entry
        })
        .to_vec();
    let lines: Vec<String> = entries.iter().map(Value::to_string).collect();
    for (name, text) in [
        ("a.json", Value::Array(entries.clone()).to_string()),
        ("a.jsonl", lines.join("\n")),
    ] {
        let workspace = Workspace::new();
        let file = workspace.file(name, text);
        workspace.ok(&["queue", file.to_str().unwrap()]);
        assert_eq!(records(&workspace), [kept(1), kept(2)], "{name}");
    }
}

#[test]
fn one_json_file_may_hold_several_kinds() {
    let workspace = Workspace::new();
    let samples = [
        "acknowledgement/samples/received",
        "complaint-answer/samples/upheld",
    ];
    let entries = samples.map(|name| {
        let file = root().join(format!("templates/letters/{name}.json"));
        serde_json::from_slice::<Value>(&fs::read(file).unwrap()).unwrap()
    });
    let file = workspace.file("mixed.json", json!(entries).to_string());
    workspace.ok(&["queue", file.to_str().unwrap()]);
    let kinds: Vec<Value> = workspace
        .letters()
        .iter()
        .map(|l| l["kind"].clone())
        .collect();
    assert_eq!(kinds, ["acknowledgement", "complaint-answer"]);
}

#[test]
fn japanese_headers_and_schema_names_may_be_mixed() {
    let workspace = Workspace::new();
    let mut headers = HEADERS;
    headers[1] = "addressee_name";
    headers[3] = "ＡＤＤＲＥＳＳＥＥ_address";
    headers[5] = "受付 番号";
    headers[9] = "rights";
    queue(
        &workspace,
        &workspace.file("a.csv", sheet(&headers, &[row(1)])),
    );
    assert_eq!(records(&workspace), [kept(1)]);
}

#[test]
fn every_wrong_header_is_told_at_once() {
    let workspace = Workspace::new();
    let mut headers: Vec<&str> = HEADERS.to_vec();
    let mut cells = row(1);
    headers[2] = "郵便番";
    headers.extend(["氏名", "備考欄"]);
    cells.extend(["髙橋".to_owned(), String::new()]);
    let told = refused(
        &workspace,
        &workspace.file("a.csv", sheet(&headers, &[cells])),
    );
    for line in [
        "見出し「郵便番」：決められていない項目です。「郵便番号」ではありませんか。",
        "見出し「氏名」：「氏名」と同じ項目の列が2つあります。1つにしてください。",
        "見出し「備考欄」：決められていない項目です。",
        "見出し「郵便番号」：必須の列がありません。この見出しの列を加えてください。",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert_eq!(told.matches("見出し「").count(), 4, "{told}");
    assert!(workspace.letters().is_empty());
}

/// A file with two bad rows (the third and the fifth of the sheet).
fn half_bad() -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = (1..=4).map(row).collect();
    rows[1][1] = String::new();
    rows[1][6] = "令和8年13月1日".to_owned();
    rows[1][8] = "隣人".to_owned();
    rows[3][2] = "371-ABCD".to_owned();
    rows
}

#[test]
fn every_error_of_every_row_is_told_at_once_and_nothing_is_queued() {
    let workspace = Workspace::new();
    let file = workspace.file("a.csv", sheet(&HEADERS, &half_bad()));
    let told = refused(&workspace, &file);
    for (place, remedy) in [
        (
            "3行目「氏名」：必須の項目ですが、空です。",
            "入力してください。",
        ),
        (
            "3行目「請求日」：「令和8年13月1日」は",
            "いずれかの形で書いてください。",
        ),
        ("3行目「請求者の区分」：「隣人」は選べません。", "「本人」"),
        ("5行目「郵便番号」：「371-ABCD」は", "書きます。"),
    ] {
        let line = told.lines().find(|line| line.starts_with(place));
        let line = line.unwrap_or_else(|| panic!("{place}\n{told}"));
        assert!(line.contains(remedy), "{line}");
    }
    let problem = |line: &&str| line.contains("行目「") && !line.starts_with("注意：");
    assert_eq!(told.lines().filter(problem).count(), 4, "{told}");
    assert!(told.contains("1件も受け付けていません"), "{told}");
    assert!(workspace.letters().is_empty());
}

#[test]
fn accepting_the_valid_rows_leaves_a_file_to_mend_and_queue() {
    let workspace = Workspace::new();
    let file = workspace.file("a.csv", sheet(&HEADERS, &half_bad()));
    let args = [
        "queue",
        file.to_str().unwrap(),
        "--kind",
        KIND,
        "--accept-valid",
    ];
    let told = workspace.exits(2, &args);
    assert!(told.contains("2件を受け付けました"), "{told}");
    assert_eq!(records(&workspace), [kept(1), kept(3)]);

    let rejected = workspace.path("a-要修正.csv");
    assert!(told.contains(rejected.to_str().unwrap()), "{told}");
    let text = fs::read_to_string(&rejected).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
    let headers: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    assert_eq!(headers[..HEADERS.len()], HEADERS);
    assert_eq!(headers[HEADERS.len()..], ["エラー内容"]);
    let mut rows: Vec<Vec<String>> = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(rows.len(), 2);
    assert!(
        rows[0]
            .last()
            .unwrap()
            .contains("「請求者の区分」：「隣人」"),
        "{rows:?}"
    );
    assert_eq!(rows[1][..HEADERS.len()], half_bad()[3][..]);

    // As it stands it is refused again; mended, it queues the two.
    refused(&workspace, &rejected);
    rows[0].splice(..HEADERS.len(), row(2));
    rows[1].splice(..HEADERS.len(), row(4));
    fs::write(&rejected, sheet(&headers, &rows)).unwrap();
    queue(&workspace, &rejected);
    assert_eq!(records(&workspace), [1, 3, 2, 4].map(kept));
}

#[test]
fn a_rejected_json_line_can_be_mended_and_queued() {
    let workspace = Workspace::new();
    let good = plain_record(1, false);
    let mut bad = plain_record(2, false);
    bad["arrival_date"] = "2026-11-31".into();
    let file = workspace.file("a.jsonl", format!("{good}\n{bad}\n"));
    workspace.exits(2, &["queue", file.to_str().unwrap(), "--accept-valid"]);
    let rejected = workspace.path("a-要修正.jsonl");
    let text = fs::read_to_string(&rejected).unwrap();
    let mut entry: Map<String, Value> = serde_json::from_str(&text).unwrap();
    let remark = entry["エラー内容"].as_str().unwrap();
    assert!(remark.starts_with("2行目「arrival_date」："), "{remark}");
    entry.insert("arrival_date".to_owned(), "2026-11-21".into());
    fs::write(&rejected, Value::Object(entry).to_string()).unwrap();
    workspace.ok(&["queue", rejected.to_str().unwrap()]);
    assert_eq!(workspace.letters().len(), 2);
}

#[test]
fn a_dry_run_changes_nothing() {
    let workspace = Workspace::new();
    let good = workspace.file("good.csv", sheet(&HEADERS, &[row(1), row(3)]));
    let bad = workspace.file("bad.csv", sheet(&HEADERS, &half_bad()));
    let args = |file: &PathBuf| -> Vec<String> {
        let file = file.to_str().unwrap();
        ["queue", file, "--kind", KIND, "--dry-run"]
            .map(str::to_owned)
            .to_vec()
    };
    let run = |code: i32, file: &PathBuf| {
        let args = args(file);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        workspace.exits(code, &args)
    };
    let said = run(0, &good);
    assert!(
        said.contains("受け付けていません。受け付けられる行 2件、直す行 0件"),
        "{said}"
    );
    let said = run(1, &bad);
    assert!(said.contains("受け付けられる行 2件、直す行 2件"), "{said}");
    assert!(said.contains("3行目「氏名」"), "{said}");
    assert!(workspace.letters().is_empty());
    assert!(!workspace.path("bad-要修正.csv").exists());
    // Nothing is remembered either: the file is new when it comes for real.
    let said = queue(&workspace, &good);
    assert!(said.contains("2件を受け付けました。L000001"), "{said}");
    assert!(!said.contains("前に受け付けています"), "{said}");
}

#[test]
fn the_same_file_twice_queues_nothing_twice_and_says_so() {
    let workspace = Workspace::new();
    let text = sheet(&HEADERS, &[row(1), row(2)]);
    let file = workspace.file("a.csv", &text);
    queue(&workspace, &file);
    let again = "2件は、同じ記録を前に受け付けています。もう一度は受け付けません。";
    // Itself; under another name and encoding; as a workbook; with more rows.
    let other = workspace.file("b.csv", cp932(&text));
    let book = workbook(&[row(1), row(2)]).save_to_buffer().unwrap();
    let book = workspace.file("c.xlsx", book);
    for file in [&file, &other, &book] {
        let said = queue(&workspace, file);
        assert!(said.contains(again), "{}: {said}", file.display());
        assert!(said.contains("新しく受け付けたものはありません"), "{said}");
    }
    let more = workspace.file("d.csv", sheet(&HEADERS, &[row(2), row(3), row(1)]));
    let said = queue(&workspace, &more);
    assert!(
        said.contains(again) && said.contains("1件を受け付けました"),
        "{said}"
    );
    assert_eq!(records(&workspace), [1, 2, 3].map(kept));
}

#[test]
fn a_row_doubled_within_a_file_is_refused_with_the_row_it_repeats() {
    let workspace = Workspace::new();
    let file = workspace.file("a.csv", sheet(&HEADERS, &[row(1), row(2), row(1)]));
    let told = refused(&workspace, &file);
    assert!(told.contains("4行目：2行目と同じ内容です。"), "{told}");
    assert!(workspace.letters().is_empty());
}

/// A shipped sample with some of its fields changed; `null` takes one away.
fn sample(path: &str, changes: &Value) -> Value {
    let file = root().join(format!("templates/letters/{path}.json"));
    let mut record: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let fields = record.as_object_mut().unwrap();
    for (field, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => fields.remove(field),
            value => fields.insert(field.clone(), value.clone()),
        };
    }
    record
}

/// Queues a changed sample, which must be refused, and looks for the place
/// and the words.
#[track_caller]
fn assert_unlawful(path: &str, changes: &Value, place: &str, words: &[&str]) {
    let workspace = Workspace::new();
    let good = workspace.file("good.jsonl", sample(path, &json!({})).to_string());
    workspace.ok(&["queue", good.to_str().unwrap(), "--dry-run"]);
    let bad = workspace.file("bad.jsonl", sample(path, changes).to_string());
    let told = workspace.exits(1, &["queue", bad.to_str().unwrap()]);
    let place = format!("1行目「{place}」：");
    let line = told.lines().find(|line| line.starts_with(&place));
    let line = line.unwrap_or_else(|| panic!("{place}\n{told}"));
    for word in words {
        assert!(line.contains(word), "{word}\n{told}");
    }
    assert!(workspace.letters().is_empty());
}

const PARTIAL: &str = "disclosure-decision/samples/partial";
const GRANTED: &str = "disclosure-decision/samples/granted";
const REFUSED: &str = "disclosure-decision/samples/refused";
const NONEXISTENT: &str = "disclosure-decision/samples/nonexistent";

#[test]
fn a_refusal_without_grounds_is_refused() {
    let changes = json!({"grounds": null});
    assert_unlawful(REFUSED, &changes, "grounds", &["根拠が必要です", "第36条"]);
}

#[test]
fn a_refusal_without_a_reason_is_refused() {
    let changes = json!({"reason": null});
    assert_unlawful(REFUSED, &changes, "reason", &["理由が必要です", "第36条"]);
}

#[test]
fn a_partial_disclosure_without_grounds_is_refused() {
    let item = json!([{"item": "聴き取りの欄", "reason": "事情"}]);
    let changes = json!({"withheld_items": item});
    assert_unlawful(PARTIAL, &changes, "withheld_items[0].ground", &["空です"]);
    let changes = json!({"withheld_items": null});
    assert_unlawful(
        PARTIAL,
        &changes,
        "withheld_items",
        &["一部開示", "必要です"],
    );
}

#[test]
fn nonexistent_data_cannot_rest_on_a_ground_to_withhold() {
    let changes = json!({"grounds": ["DISC_33_2_1"]});
    let words = ["第33条第2項第1号", "「不存在」の根拠になりません"];
    assert_unlawful(NONEXISTENT, &changes, "grounds", &words);
}

#[test]
fn a_ground_the_law_does_not_have_is_refused_with_those_it_has() {
    let changes = json!({"grounds": ["DISC_99"]});
    let words = [
        "法令データにありません",
        "DISC_33_2_1＝法第33条第2項第1号（本人又は第三者の",
        "DISC_33_2_3＝法第33条第2項第3号（他の法令に違反する",
    ];
    assert_unlawful(REFUSED, &changes, "grounds", &words);
}

#[test]
fn a_ground_not_yet_in_force_on_the_day_of_the_decision_is_refused() {
    let changes = json!({
        "request_date": "2022-03-01", "arrival_date": "2022-03-02", "decision_date": "2022-03-31",
    });
    assert_unlawful(
        REFUSED,
        &changes,
        "grounds",
        &["決定日には施行されていません"],
    );
}

#[test]
fn the_bereaved_cannot_be_answered_under_article_33() {
    let changes = json!({"requester_role": "bereaved", "principal_name": "見本 次郎"});
    assert_unlawful(
        GRANTED,
        &changes,
        "requester_role",
        &["第33条", "生存する個人"],
    );
}

#[test]
fn a_decision_before_the_request_arrived_is_refused() {
    let changes = json!({"decision_date": "2026-11-03"});
    assert_unlawful(GRANTED, &changes, "decision_date", &["到達日より前"]);
}

#[test]
fn a_decision_of_tomorrow_is_refused() {
    assert!(NOON.starts_with("2026-11-22"));
    let changes = json!({"decision_date": "2026-11-23"});
    assert_unlawful(GRANTED, &changes, "decision_date", &["今日より後"]);
}

#[test]
fn a_request_that_arrived_before_it_was_made_is_refused() {
    let changes = json!({"arrival_date": "2026-10-31"});
    assert_unlawful(GRANTED, &changes, "arrival_date", &["請求日より前"]);
}

#[test]
fn a_doubled_honorific_is_refused() {
    let changes = json!({"addressee_name": "見本 太郎様"});
    assert_unlawful(GRANTED, &changes, "addressee_name", &["敬称が付いています"]);
    let changes = json!({"addressee_name": "見本事務所御中", "addressee_honorific": "御中"});
    assert_unlawful(GRANTED, &changes, "addressee_name", &["敬称が付いています"]);
}

#[test]
fn a_mailed_letter_without_an_address_is_refused() {
    let changes = json!({"mail_address": null});
    assert_unlawful(
        REFUSED,
        &changes,
        "mail_address",
        &["メールで送るときは必要です"],
    );
}

/// The samples that fill a sheet of each kind.
const FILLING: [(&str, &str); 4] = [
    ("acknowledgement", "received"),
    ("complaint-answer", "upheld"),
    ("disclosure-decision", "granted"),
    ("implied-consent-objection", "reflected"),
];

/// A sample as cells under the headers of its kind's empty sheet.
fn filled(workspace: &Workspace, kind: &str, name: &str, headers: &[String]) -> Vec<String> {
    let record = sample(&format!("{kind}/samples/{name}"), &json!({}));
    let described = workspace.ok(&["kinds", kind]);
    let cell = |header: &String| {
        // 「  氏名(addressee_name)  必須  …」
        let start = format!("  {header}(");
        let line = described.lines().find_map(|line| line.strip_prefix(&start));
        let line = line.unwrap_or_else(|| panic!("{header}\n{described}"));
        let (field, _) = line.split_once(')').unwrap();
        match record.get(field) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(entries)) => {
                let lines: Vec<String> = entries.iter().map(in_cell).collect();
                lines.join("\n")
            }
            Some(other) => other.to_string(),
        }
    };
    headers.iter().map(cell).collect()
}

fn in_cell(entry: &Value) -> String {
    match entry {
        Value::String(text) => text.clone(),
        Value::Object(parts) => {
            let parts: Vec<String> = parts.values().map(in_cell).collect();
            parts.join("｜")
        }
        other => other.to_string(),
    }
}

/// What the sample says, as the program keeps it.
fn kept_sample(kind: &str, name: &str) -> Value {
    sample(&format!("{kind}/samples/{name}"), &json!({"kind": null}))
}

#[test]
fn every_empty_csv_sheet_can_be_filled_in_and_queued() {
    for (kind, name) in FILLING {
        let workspace = Workspace::new();
        workspace.ok(&["kinds", kind, "--header", "csv"]);
        let file = workspace.path(format!("{kind}.csv"));
        let told = workspace.exits(1, &["queue", file.to_str().unwrap(), "--kind", kind]);
        assert!(told.contains("データの行がありません"), "{told}");
        assert!(!told.contains("見出しを直して"), "{told}");

        let head = fs::read_to_string(&file).unwrap();
        let mut reader = csv::Reader::from_reader(head.trim_start_matches('\u{FEFF}').as_bytes());
        let headers: Vec<String> = reader
            .headers()
            .unwrap()
            .iter()
            .map(str::to_owned)
            .collect();
        let cells = filled(&workspace, kind, name, &headers);
        fs::write(&file, format!("\u{FEFF}{}", sheet(&headers, &[cells]))).unwrap();
        workspace.ok(&["queue", file.to_str().unwrap(), "--kind", kind]);
        assert_eq!(records(&workspace), [kept_sample(kind, name)]);
    }
}

#[test]
fn every_empty_workbook_can_be_filled_in_and_queued() {
    for (kind, name) in FILLING {
        let workspace = Workspace::new();
        workspace.ok(&["kinds", kind, "--header", "xlsx"]);
        workspace.ok(&["kinds", kind, "--header", "csv"]);
        let file = workspace.path(format!("{kind}.xlsx"));
        let told = workspace.exits(1, &["queue", file.to_str().unwrap(), "--kind", kind]);
        assert!(told.contains("データの行がありません"), "{told}");

        // The CSV sheet of the kind has the same headers in the same order, but
        // for lists, whose entries have columns of their own here.
        let head = fs::read_to_string(workspace.path(format!("{kind}.csv"))).unwrap();
        let head = head.trim_start_matches('\u{FEFF}').trim_end();
        let headers: Vec<String> = head.split(',').map(str::to_owned).collect();
        let listed = filled(&workspace, kind, name, &headers);
        let cells: Vec<String> = headers_of(&file)
            .iter()
            .map(|header| in_column(header, &headers, &listed))
            .collect();
        let book = patched(
            &fs::read(&file).unwrap(),
            "xl/worksheets/sheet1.xml",
            |xml| {
                let cells: String = cells.iter().enumerate().map(written).collect();
                xml.replace(
                    "</sheetData>",
                    &format!("<row r=\"2\">{cells}</row></sheetData>"),
                )
            },
        );
        fs::write(&file, book).unwrap();
        // The sheet says of what kind its rows are.
        workspace.ok(&["queue", file.to_str().unwrap()]);
        assert_eq!(records(&workspace), [kept_sample(kind, name)]);
    }
}

/// The headers of a workbook's first sheet.
fn headers_of(file: &Path) -> Vec<String> {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(file).unwrap();
    let first = calamine::Reader::worksheet_range_at(&mut book, 0)
        .unwrap()
        .unwrap();
    first
        .rows()
        .next()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// What stands in a column: a field's own, or the part of an entry of a list
/// that stands line by line in one cell.
fn in_column(header: &str, headers: &[String], cells: &[String]) -> String {
    let cell = |title: &str| headers.iter().position(|h| h == title).map(|at| &cells[at]);
    if let Some(whole) = cell(header) {
        return whole.clone();
    }
    let (title, part) = header.split_once(' ').unwrap_or((header, ""));
    let list = title.trim_end_matches(|c: char| c.is_ascii_digit());
    let number: usize = title[list.len()..].parse().unwrap();
    let line = cell(list)
        .unwrap_or_else(|| panic!("{header}"))
        .lines()
        .nth(number - 1);
    let line = line.unwrap_or_default();
    if part.is_empty() {
        return line.to_owned();
    }
    // The parts of a list stand in the order of its columns.
    let order = PARTS.iter().find(|(title, _)| *title == list);
    let (_, parts) = order.unwrap_or_else(|| panic!("{list}"));
    let at = parts.iter().position(|own| *own == part).unwrap();
    line.split('｜').nth(at).unwrap_or_default().to_owned()
}

/// The parts of the lists in the samples of [`FILLING`].
const PARTS: [(&str, &[&str]); 4] = [
    ("開示する内容", &["項目", "対象期間", "件数", "開示の方法"]),
    ("開示しない部分", &["開示しない部分", "根拠", "理由"]),
    ("同封物", &["名称", "対象者", "枚数"]),
    ("変わること", &["お知らせなど", "これまで", "これから"]),
];

/// A cell of the second row as Excel could write it.
fn written((column, text): (usize, &String)) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let letter = |place: usize| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]);
    let column = match column.checked_sub(26) {
        None => letter(column).to_string(),
        Some(rest) => format!("{}{}", letter(rest / 26), letter(rest % 26)),
    };
    format!("<c r=\"{column}2\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
}

/// Peak memory in KiB of queueing so many rows.
fn peak_of(rows: usize) -> u64 {
    let workspace = Workspace::new();
    let mut text = sheet(&HEADERS, &[]);
    for n in 1..=rows {
        text.push_str(sheet(&HEADERS, &[row(n)]).split_once('\n').unwrap().1);
    }
    let file = workspace.file("many.csv", text);
    let plain = workspace.command(&["queue", file.to_str().unwrap(), "--kind", KIND]);
    let mut timed = Command::new("time");
    timed.args(["-f", "peak %M", "--"]).arg(plain.get_program());
    timed
        .args(plain.get_args())
        .current_dir(workspace.path(""))
        .env("USER", "tester");
    let output = timed.output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{err}");
    assert!(out.contains(&format!("{rows}件を受け付けました")), "{out}");
    let peak = err.lines().find_map(|line| line.strip_prefix("peak "));
    peak.unwrap().parse().unwrap()
}

/// Thirty times the rows in the memory of a thousand. A hundred thousand rows
/// take the same (29 MiB) but longer than a test should in the debug build.
#[test]
fn a_file_thirty_times_as_long_takes_no_more_memory() {
    if !has(
        "a_file_thirty_times_as_long_takes_no_more_memory",
        &["time"],
    ) {
        return;
    }
    let (few, many) = (peak_of(1_000), peak_of(30_000));
    // Room for SQLite's cache, which fills once and stays.
    assert!(
        many < few + 8 * 1024,
        "{few} KiB for 1,000 rows, {many} KiB for 30,000"
    );
}
