//! What an office would notice of the whole module.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::catalogue::Catalogue;

const HEADER: &str =
    "結果区分,氏名,郵便番号,送付方法,メールアドレス,受付日,件数,理由,請求の種類,明細,根拠";

/// A kind of our own, so that no change of wording in a template breaks these.
fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let put = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("lib/envelope.schema.json", GROUPS);
        put("letters/probe/letter.toml", LETTER);
        put("letters/probe/letter.typ", "");
        put("letters/probe/record.schema.json", RECORD);
        let other = "name = \"別の書簡\"\nseries = \"s\"\ngroups = []\n[outcomes.sent]\nlabel = \"送付\"\nsubject = \"別\"\n";
        put("letters/other/letter.toml", other);
        put("letters/other/letter.typ", "");
        put("letters/other/record.schema.json", "{\"properties\": {}}");
        Catalogue::load(folder.path()).unwrap()
    })
}

const LETTER: &str = r#"
name = "試しの書簡"
series = "letters"
groups = ["addressee"]

[outcomes.granted]
label = "開示"
subject = "開示について"
forbids = ["reason"]

[outcomes.refused]
label = "不開示"
subject = "不開示について"
requires = ["reason"]
"#;

const GROUPS: &str = r#"{"groups": {"addressee": {"properties": {
    "addressee_name": {"type": "string", "title": "氏名", "maxLength": 20, "x-role": "name"},
    "postal_code": {"type": "string", "title": "郵便番号", "pattern": "^\\d{3}-?\\d{4}$", "x-role": "postal-code"},
    "delivery": {"type": "string", "title": "送付方法", "enum": ["mail", "archive"], "x-labels": ["メール", "保管のみ"]},
    "mail_address": {"type": "string", "title": "メールアドレス", "x-role": "mail"}
}, "required": ["addressee_name"]}}}"#;

const RECORD: &str = r#"{"properties": {
    "received": {"type": "string", "format": "date", "title": "受付日"},
    "count": {"type": "integer", "title": "件数", "minimum": 0, "maximum": 9999},
    "reason": {"type": "string", "title": "理由", "x-role": "multiline", "description": "事情を書きます。"},
    "rights": {"type": "array", "title": "請求の種類", "uniqueItems": true,
        "items": {"type": "string", "enum": ["disclosure", "correction"], "x-labels": ["開示", "訂正"]}},
    "items": {"type": "array", "title": "明細", "maxItems": 3, "items": {"type": "object", "additionalProperties": false,
        "properties": {
            "item": {"type": "string", "title": "項目", "maxLength": 10},
            "day": {"type": "string", "format": "date", "title": "日付"},
            "count": {"type": "integer", "title": "個数"}
        }, "required": ["item", "day"]}},
    "grounds": {"type": "array", "title": "根拠", "items": {"type": "string", "maxLength": 5}}
}, "required": []}"#;

fn characters() -> &'static Characters {
    static CHARACTERS: OnceLock<Characters> = OnceLock::new();
    CHARACTERS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
        Characters::open(&[
            ("BIZ UDMincho", folder.join("BIZUDMincho-Regular.ttf")),
            ("IPAmjMincho", folder.join("ipamjm.ttf")),
        ])
        .unwrap()
    })
}

struct Premises(TempDir);

impl Premises {
    fn new() -> Self {
        Premises(TempDir::new().unwrap())
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

fn open(path: &Path) -> Result<Reader<'static>, FileProblem> {
    Reader::open(path, catalogue(), Some("probe"), characters())
}

fn rows(path: &Path) -> Vec<Row> {
    open(path).unwrap().collect()
}

fn rows_of(name: &str, bytes: impl AsRef<[u8]>) -> Vec<Row> {
    rows(&Premises::new().put(name, bytes))
}

fn refusal(name: &str, bytes: impl AsRef<[u8]>) -> String {
    match open(&Premises::new().put(name, bytes)) {
        Err(problem) => problem.to_string(),
        Ok(_) => panic!("the file was accepted"),
    }
}

fn good(row: &Row) -> &Record {
    match row {
        Row::Good(record) => record,
        Row::Bad(bad) => panic!("{:?}", sentences(bad)),
    }
}

fn sentences(bad: &BadRow) -> Vec<String> {
    bad.problems.iter().map(ToString::to_string).collect()
}

/// All problems of a row that must be bad, a line each.
fn problems(row: &Row) -> String {
    match row {
        Row::Bad(bad) => sentences(bad).join("\n"),
        Row::Good(record) => panic!("{} was accepted", record.row),
    }
}

fn values(row: &Row) -> Value {
    Value::Object(good(row).values.clone())
}

#[test]
fn a_csv_row_becomes_typed_values() {
    let text = format!(
        "{HEADER}\r\n開示,髙橋﨑,379-2147,メール,a@example.jp,令和8年11月1日,\"1,000\",,\"開示\r\n訂正\",\"健診 ｜R8.11.1｜3\n受診|2026/11/2\",\"A1\nB2\"\r\n"
    );
    let rows = rows_of("a.csv", text);
    assert_eq!(rows.len(), 1);
    assert_eq!(good(&rows[0]).row, 2);
    assert_eq!(good(&rows[0]).kind, "probe");
    assert_eq!(
        values(&rows[0]),
        json!({
            "outcome": "granted",
            "addressee_name": "髙橋﨑",
            "postal_code": "379-2147",
            "delivery": "mail",
            "mail_address": "a@example.jp",
            "received": "2026-11-01",
            "count": 1000,
            "rights": ["disclosure", "correction"],
            "items": [
                {"item": "健診", "day": "2026-11-01", "count": 3},
                {"item": "受診", "day": "2026-11-02"},
            ],
            "grounds": ["A1", "B2"],
        })
    );
}

#[test]
fn a_mark_cp932_and_tabs_are_understood() {
    let csv = "結果区分,氏名\n開示,髙橋﨑①㈱\n";
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(csv);
    let marked = format!("\u{FEFF}{csv}");
    let tsv = csv.replace(',', "\t");
    for (name, bytes) in [
        ("a.csv", csv.as_bytes()),
        ("a.csv", marked.as_bytes()),
        ("a.csv", cp932.as_ref()),
        ("a.tsv", tsv.as_bytes()),
    ] {
        let rows = rows_of(name, bytes);
        assert_eq!(good(&rows[0]).values["addressee_name"], "髙橋﨑①㈱");
    }
}

#[test]
fn utf16_is_refused_with_a_remedy() {
    let bytes: Vec<u8> = "\u{FEFF}氏名"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(refusal("a.csv", bytes).contains("CSV UTF-8"));
}

#[test]
fn a_broken_cp932_byte_costs_one_row() {
    let (head, _, _) = encoding_rs::SHIFT_JIS.encode("結果区分,氏名\n開示,山田\n開示,佐");
    let (tail, _, _) = encoding_rs::SHIFT_JIS.encode("\n開示,鈴木\n");
    let bytes = [&head[..], b"\x85\x9F", &tail[..]].concat();
    let rows = rows_of("a.csv", bytes);
    assert!(problems(&rows[1]).starts_with("3行目「氏名」：文字コード"));
    assert_eq!(good(&rows[2]).values["addressee_name"], "鈴木");
}

#[test]
fn a_private_use_character_of_cp932_is_named() {
    let (head, _, _) = encoding_rs::SHIFT_JIS.encode("結果区分,氏名\n開示,山");
    let bytes = [&head[..], b"\xF0\x40\n"].concat();
    assert!(problems(&rows_of("a.csv", bytes)[0]).contains("外字(U+E000)"));
}

#[test]
fn every_cp932_character_comes_in_or_is_refused() {
    let mut text = String::from("結果区分,理由\n");
    let mut expected = Vec::new();
    for lead in (0x81..=0x9F).chain(0xE0..=0xFC) {
        for trail in 0x40..=0xFC {
            let bytes = [lead, trail];
            if let Some(c) =
                encoding_rs::SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes)
            {
                expected.push((bytes, c.into_owned()));
            }
        }
    }
    text = text.replace("理由", "氏名");
    let (head, _, _) = encoding_rs::SHIFT_JIS.encode(&text);
    let mut file = head.into_owned();
    for (bytes, _) in &expected {
        let (start, _, _) = encoding_rs::SHIFT_JIS.encode("開示,名");
        file.extend_from_slice(&start);
        file.extend_from_slice(bytes);
        file.extend_from_slice("\n".as_bytes());
    }
    let rows = rows_of("a.csv", file);
    assert_eq!(rows.len(), expected.len());
    let mut taken = 0;
    for (row, (_, c)) in rows.iter().zip(&expected) {
        if let Row::Good(record) = row {
            assert_eq!(record.values["addressee_name"], format!("名{c}"));
            taken += 1;
        }
    }
    assert!(taken > 7000, "{taken}");
}

#[test]
fn ragged_rows_name_their_number_and_count() {
    let rows = rows_of(
        "a.csv",
        "結果区分,氏名,件数\n\n開示,山田\n開示,山田,1,2\n開示,山田,1,,\n",
    );
    assert!(problems(&rows[0]).starts_with("3行目：見出しは3列ですが、この行は2列しか"));
    assert!(problems(&rows[1]).starts_with("4行目：見出しは3列ですが、この行はその右にも"));
    good(&rows[2]);
}

#[test]
fn a_stray_quote_costs_its_row() {
    let text = "結果区分,氏名\n開示,\"山田\"太郎\n開示,山\"田\n開示,佐藤\n";
    let rows = rows_of("a.csv", text);
    assert!(problems(&rows[0]).starts_with("2行目：引用符"));
    assert!(problems(&rows[1]).starts_with("3行目：引用符"));
    good(&rows[2]);
}

#[test]
fn a_quote_that_swallows_rows_stops_the_file() {
    let text = "結果区分,氏名\n開示,\"山田\n開示,佐藤\n開示,\"鈴木\"\n";
    assert!(refusal("a.csv", text).starts_with("2行目で、引用符"));
    let unclosed = "結果区分,氏名\n開示,山田\n開示,\"佐藤\n開示,鈴木\n";
    assert!(refusal("a.csv", unclosed).starts_with("3行目で、引用符"));
}

#[test]
fn header_problems_come_all_at_once_with_suggestions() {
    let text = "結果,氏 名,addressee_name,郵便番,謎\n開示,山田,山田,,\n";
    let found = refusal("a.csv", text);
    assert!(
        found.contains("「addressee_name」：「氏 名」と同じ項目"),
        "{found}"
    );
    assert!(found.contains("「郵便番」：決められていない項目です。「郵便番号」ではありませんか"));
    assert!(found.contains("「謎」：決められていない項目です。消すか"));
    assert!(found.contains("「結果区分」：必須の列がありません"));
}

#[test]
fn names_and_titles_may_be_mixed_and_remarks_are_ignored() {
    let rows = rows_of(
        "a.csv",
        "outcome,氏名,エラー内容\ngranted,山田,前の誤り\n,,残り\n",
    );
    assert_eq!(rows.len(), 1);
    assert_eq!(
        values(&rows[0]),
        json!({"outcome": "granted", "addressee_name": "山田"})
    );
}

#[test]
fn empty_files_say_so() {
    assert!(refusal("a.csv", "").contains("空です"));
    assert!(refusal("a.csv", "\n\n").contains("見出しもデータも"));
    assert!(refusal("a.csv", "結果区分,氏名\n").contains("見出しだけ"));
    assert!(refusal("a.csv", "結果区分,氏名\n,\n").contains("見出しだけ"));
    assert!(refusal("a.json", "[]").contains("1件もありません"));
    assert!(refusal("a.jsonl", "\n\n").contains("1件もありません"));
    assert!(refusal("a.doc", "x").contains("形式ではありません"));
    assert!(refusal("a.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").contains(".xlsx"));
}

#[test]
fn the_kind_may_stand_in_the_file() {
    let desk = Premises::new();
    let open = |name: &str, text: &str| {
        Reader::open(&desk.put(name, text), catalogue(), None, characters())
    };
    let text =
        "種別,結果区分,氏名\n試しの書簡,開示,山田\nprobe,開示,佐藤\nother,開示,鈴木\n,開示,林\n";
    let rows: Vec<Row> = open("a.csv", text).unwrap().collect();
    good(&rows[0]);
    good(&rows[1]);
    assert!(
        problems(&rows[2])
            .starts_with("4行目「種別」：「other」は、このファイルの種別「試しの書簡」と違います")
    );
    assert!(problems(&rows[3]).contains("種別が空"));
    let refused = |text| open("a.csv", text).err().unwrap().to_string();
    assert!(refused("結果区分,氏名\n開示,山田\n").contains("種別が分かりません"));
    assert!(refused("種別,氏名\n謎,山田\n").contains("「謎」はありません"));
    let mixed = r#"[{"kind":"probe","outcome":"granted","addressee_name":"山田"},{"種別":"別の書簡","outcome":"送付"},{"outcome":"sent"}]"#;
    let rows: Vec<Row> = open("a.json", mixed).unwrap().collect();
    assert_eq!(good(&rows[0]).kind, "probe");
    assert_eq!(good(&rows[1]).kind, "other");
    assert!(problems(&rows[2]).starts_with("3件目「kind」：書簡の種別がありません"));
}

#[test]
fn all_problems_of_a_row_come_at_once() {
    let text = format!(
        "{HEADER}\n不開示,山?田 ,37-92147,メール,,26/11/1,-1,,\"開示\n開示\",\"一｜二月三十日\n一二三四五六七八九十一｜2026-11-01\n一\",123456\n"
    );
    let found = problems(&rows_of("a.csv", text)[0]);
    for expected in [
        "2行目「氏名」：前か後ろに余分な空白",
        "2行目「氏名」：名前に「?」",
        "2行目「郵便番号」：「37-92147」は、この欄に書ける形",
        "2行目「メールアドレス」：メールで送るときは必要",
        "2行目「受付日」：「26/11/1」は日付として読めません。2026-11-01、",
        "2行目「件数」：「-1」は小さすぎます。0以上に",
        "2行目「理由」：結果区分が「不開示」のときは必要です。入力してください。事情を書きます。",
        "2行目「請求の種類」：同じものが2度",
        "2行目「明細の1件目の日付」：「二月三十日」は日付として",
        "2行目「明細の2件目の項目」：11文字あり、上限の10文字",
        "2行目「明細の3件目」：「｜」で区切った部分が1個あります。「項目｜日付｜個数」の順に3個",
        "2行目「根拠の1件目」：6文字あり",
    ] {
        assert!(found.contains(expected), "{expected}\n--\n{found}");
    }
    assert_eq!(found.lines().count(), 12, "{found}");
}

#[test]
fn a_forbidden_field_and_a_missing_one_are_named() {
    let rows = rows_of(
        "a.csv",
        "結果区分,氏名,理由\n開示,山田,なぜなら\n,山田,\n開示,,\n",
    );
    assert!(problems(&rows[0]).contains("「理由」：結果区分が「開示」のときは書けません"));
    assert!(problems(&rows[1]).contains("「結果区分」：必須の項目ですが、空です"));
    assert!(problems(&rows[2]).contains("「氏名」：必須の項目ですが、空です"));
}

#[test]
fn an_unknown_choice_is_reported_once_with_the_choices() {
    let rows = rows_of("a.csv", "結果区分,氏名\n謎,山田\n");
    assert_eq!(
        problems(&rows[0]),
        "2行目「結果区分」：「謎」は選べません。「開示」「不開示」のいずれかにしてください。"
    );
}

#[test]
fn a_very_long_value_is_not_printed_whole() {
    let text = format!("結果区分,氏名\n開示,{}\n", "山".repeat(10_000));
    let found = problems(&rows_of("a.csv", text)[0]);
    assert!(found.contains("10000文字あり、上限の20文字を超えています(「山山"));
    assert!(found.chars().count() < 200);
}

#[test]
fn line_breaks_stand_only_where_they_may() {
    let rows = rows_of(
        "a.csv",
        "結果区分,氏名,理由\n不開示,山田,\"一\r\n二\n三\"\n開示,\"山\n田\",\n",
    );
    assert_eq!(good(&rows[0]).values["reason"], "一\n二\n三");
    assert!(problems(&rows[1]).contains("改行などの制御文字"));
}

#[test]
fn rare_names_keep_their_selectors() {
    let name = "葛\u{E0102}城𠮷";
    let rows = rows_of(
        "a.csv",
        format!("結果区分,氏名\n開示,{name}\n開示,葛\u{E01EF}城\n"),
    );
    assert_eq!(good(&rows[0]).values["addressee_name"], name);
    assert!(
        problems(&rows[1]).contains("(U+845B U+E01EF)は、この字形(異体字)がフォントにありません")
    );
}

#[test]
fn json_entries_are_read_with_nested_problems() {
    let text = r#"[
      {"outcome": "granted", "氏名": "山田", "items": [{"item": "健診", "day": "R8.11.1", "count": 2}], "reason": null, "grounds": []},
      {"outcome": "granted", "addressee_name": "山田", "adressee_name": "x", "count": "多い",
       "items": [{"item": 5, "day": "2026-11-01"}, {"item": "\u200b", "day": "x", "extra": 1}, "行"], "grounds": "A"},
      {"outcome": "granted", "addressee_name": "山田", "氏名": "佐藤"},
      {"outcome": "granted", "outcome": "refused", "addressee_name": "山田"}
    ]"#;
    let rows = rows_of("a.json", text);
    assert_eq!(
        values(&rows[0]),
        json!({"outcome": "granted", "addressee_name": "山田", "items": [{"item": "健診", "day": "2026-11-01", "count": 2}]})
    );
    let found = problems(&rows[1]);
    for expected in [
        "2件目「adressee_name」：決められていない項目です。「addressee_name」ではありませんか",
        "2件目「count」：「多い」は整数ではありません",
        "2件目「items[0].item」：値の型が違います。文字列",
        "2件目「items[1].item」：目に見えない文字(U+200B)",
        "2件目「items[1].day」：「x」は日付として",
        "「items[1].extra」：決められていない項目",
        "2件目「items[2]」：値の型が違います。オブジェクト",
        "2件目「grounds」：値の型が違います。配列",
    ] {
        assert!(found.contains(expected), "{expected}\n--\n{found}");
    }
    assert_eq!(found.lines().count(), 8, "{found}");
    assert!(problems(&rows[2]).contains("2度書かれて"));
    assert_eq!(
        problems(&rows[3]),
        "4件目「outcome」：同じ項目が2度書かれています。1つにしてください。"
    );
}

#[test]
fn json_that_is_broken_or_not_utf8_stops_the_file() {
    assert!(refusal("a.json", "[{\"outcome\": \"granted\"").contains("1件目"));
    assert!(refusal("a.json", "{} {}").contains(".jsonl"));
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode("[{\"氏名\": \"山田\"}]");
    assert!(refusal("a.json", cp932).contains("UTF-8"));
    let deep = "[".repeat(100_000);
    assert!(!refusal("a.json", format!("{{\"a\":{deep}")).is_empty());
}

#[test]
fn json_lines_report_a_bad_line_and_go_on() {
    let text = "{\"outcome\":\"granted\",\"addressee_name\":\"山田\"}\n\n{oops\n{\"outcome\":\"granted\",\"addressee_name\":\"佐藤\"}";
    let rows = rows_of("a.jsonl", text);
    assert!(problems(&rows[1]).starts_with("3行目：1件の JSON"));
    assert_eq!(good(&rows[2]).row, 4);
}

fn workbook(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

fn header(sheet: &mut Worksheet, headers: &[&str]) {
    for (column, header) in (0u16..).zip(headers) {
        sheet.write_string(0, column, *header).unwrap();
    }
}

#[test]
fn a_workbook_gives_typed_cells() {
    let bytes = workbook(|sheet| {
        header(
            sheet,
            &[
                "結果区分",
                "氏名",
                "受付日",
                "件数",
                "郵便番号",
                "エラー内容",
            ],
        );
        let date = Format::new().set_num_format("yyyy/m/d");
        let day = ExcelDateTime::from_ymd(2026, 11, 1).unwrap();
        sheet.write_string(1, 0, "開示").unwrap();
        sheet.write_string(1, 1, "髙橋").unwrap();
        sheet.write_datetime_with_format(1, 2, &day, &date).unwrap();
        sheet.write_number(1, 3, 12).unwrap();
        sheet.write_string(1, 4, "0010001").unwrap();
        sheet.write_string(3, 0, "開示").unwrap();
        sheet.write_number(3, 1, 42).unwrap();
    });
    let rows = rows_of("a.xlsx", bytes);
    assert_eq!(
        values(&rows[0]),
        json!({"outcome": "granted", "addressee_name": "髙橋", "received": "2026-11-01", "count": 12, "postal_code": "0010001"})
    );
    assert_eq!(good(&rows[1]).row, 4);
    assert_eq!(good(&rows[1]).values["addressee_name"], "42");
}

#[test]
fn cells_that_excel_has_changed_are_refused() {
    let bytes = workbook(|sheet| {
        header(sheet, &["結果区分", "氏名", "受付日", "件数", "郵便番号"]);
        let date = Format::new().set_num_format("yyyy/m/d");
        let zeros = Format::new().set_num_format("0000");
        let day = ExcelDateTime::from_ymd(2026, 11, 1).unwrap();
        sheet.write_string(1, 0, "開示").unwrap();
        sheet.write_datetime_with_format(1, 1, &day, &date).unwrap();
        sheet.write_number(1, 2, 46_327).unwrap();
        sheet.write_number(1, 3, 1.5).unwrap();
        sheet.write_number(1, 4, 10_001).unwrap();
        sheet.write_string(2, 0, "開示").unwrap();
        sheet.write_number_with_format(2, 1, 12, &zeros).unwrap();
        sheet
            .write_formula(2, 3, Formula::new("=NA()").set_result("#N/A"))
            .unwrap();
        sheet.write_boolean(2, 4, true).unwrap();
        sheet.write_string(2, 7, "はみ出し").unwrap();
        sheet.write_string(3, 0, "開示").unwrap();
        sheet.write_number_with_format(3, 1, 12, &zeros).unwrap();
        sheet.write_string(4, 0, "開示").unwrap();
        sheet
            .write_formula(4, 1, Formula::new("=NA()").set_result("#N/A"))
            .unwrap();
        sheet.write_boolean(4, 4, true).unwrap();
    });
    let rows = rows_of("a.xlsx", bytes);
    let first = problems(&rows[0]);
    for expected in [
        "2行目「氏名」：日付として保存",
        "2行目「受付日」：日付ではなく数値",
        "2行目「件数」：小数か、15桁",
        "2行目「郵便番号」：数値として保存されていて、先頭の0",
    ] {
        assert!(first.contains(expected), "{expected}\n--\n{first}");
    }
    assert!(problems(&rows[1]).contains("3行目：見出しは5列ですが、この行はその右にも"));
    assert!(problems(&rows[2]).contains("数値の表示形式"));
    let last = problems(&rows[3]);
    assert!(last.contains("5行目「氏名」：数式がエラー"), "{last}");
    assert!(last.contains("5行目「郵便番号」：論理値"), "{last}");
}

#[test]
fn a_postal_code_that_is_a_number_of_seven_digits_has_lost_none() {
    let codes = [
        (3_700_815.0, true),
        (9_999_999.0, true),
        (1_000_000.0, true),
        (600_001.0, false),
        (37_008_150.0, false),
        (3_700_815.5, false),
        (-3_700_815.0, false),
    ];
    let bytes = workbook(|sheet| {
        header(sheet, &["結果区分", "氏名", "郵便番号"]);
        for (row, (code, _)) in (1..).zip(codes) {
            sheet.write_string(row, 0, "開示").unwrap();
            sheet.write_string(row, 1, "髙橋").unwrap();
            sheet.write_number(row, 2, code).unwrap();
        }
    });
    for (row, (code, is_good)) in rows_of("a.xlsx", bytes).iter().zip(codes) {
        if is_good {
            assert_eq!(values(row)["postal_code"], format!("{code}"));
        } else {
            assert!(problems(row).contains("「郵便番号」"), "{code}");
        }
    }
}

#[test]
fn a_csv_saved_with_formula_errors_is_refused() {
    assert!(problems(&rows_of("a.csv", "結果区分,氏名\n開示,#N/A\n")[0]).contains("数式がエラー"));
}

#[test]
fn merged_cells_and_second_record_sheets_are_refused() {
    let bytes = workbook(|sheet| {
        header(sheet, &["結果区分", "氏名"]);
        sheet
            .merge_range(1, 1, 2, 1, "山田", &Format::new())
            .unwrap();
    });
    assert!(refusal("a.xlsx", bytes).contains("結合されたセルがあります(B2:B3)"));
    let mut book = Workbook::new();
    for _ in 0..2 {
        let sheet = book.add_worksheet();
        header(sheet, &["結果区分", "氏名"]);
        sheet.write_string(1, 0, "開示").unwrap();
    }
    assert!(refusal("a.xlsx", book.save_to_buffer().unwrap()).contains("シート「Sheet2」にも"));
}

#[test]
fn an_empty_first_sheet_gives_way_to_the_only_filled_one() {
    let mut book = Workbook::new();
    book.add_worksheet();
    let sheet = book.add_worksheet();
    header(sheet, &["結果区分", "氏名"]);
    sheet.write_string(1, 0, "開示").unwrap();
    sheet.write_string(1, 1, "山田").unwrap();
    good(&rows_of("a.xlsx", book.save_to_buffer().unwrap())[0]);
}

/// A workbook by hand, for what no writer of ours produces.
fn raw_workbook(shared: &str, sheet: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let parts = [
        ("[Content_Types].xml", r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#.to_owned()),
        ("_rels/.rels", format!(r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#)),
        ("xl/workbook.xml", format!(r#"<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#)),
        ("xl/_rels/workbook.xml.rels", format!(r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#)),
        ("xl/sharedStrings.xml", format!(r#"<sst xmlns="{main}">{shared}</sst>"#)),
        ("xl/worksheets/sheet1.xml", format!(r#"<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>"#)),
    ];
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn phonetic_guides_are_no_part_of_a_name() {
    let shared = "<si><t>結果区分</t></si><si><t>氏名</t></si><si><t>開示</t></si>\
        <si><t>山田</t><rPh sb=\"0\" eb=\"2\"><t>ヤマダ</t></rPh><phoneticPr fontId=\"1\"/></si>\
        <si><r><t>佐</t></r><r><t>藤</t></r><rPh sb=\"0\" eb=\"2\"><t>サトウ</t></rPh></si>";
    let sheet = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>\
        <row r=\"2\"><c r=\"A2\" t=\"s\"><v>2</v></c><c r=\"B2\" t=\"s\"><v>3</v></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"s\"><v>2</v></c><c r=\"B3\" t=\"s\"><v>4</v></c></row>";
    let rows = rows_of("a.xlsx", raw_workbook(shared, sheet));
    assert_eq!(good(&rows[0]).values["addressee_name"], "山田");
    assert_eq!(good(&rows[1]).values["addressee_name"], "佐藤");
}

#[test]
fn a_workbook_that_breaks_off_says_so() {
    let shared = "<si><t>結果区分</t></si><si><t>氏名</t></si><si><t>開示</t></si>";
    let sheet = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c></row>\
        <row r=\"2\"><c r=\"A2\" t=\"s\"><v>2</v></c><c r=\"B2\" t=\"s\"><v>2</v></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"s\"><v>2</v></c></row>\
        <row r=\"4\"><c r=\"A4\" t=\"s\"><v>99</v></c></row>";
    let rows = rows_of("a.xlsx", raw_workbook(shared, sheet));
    assert!(problems(rows.last().unwrap()).contains("ここから後を読めませんでした"));
    assert!(refusal("a.xlsx", b"PK\x03\x04 not a zip").contains("Excel ブックとして読めません"));
}

#[test]
fn the_rejected_file_can_be_mended_and_read_again() {
    let desk = Premises::new();
    let text =
        "結果区分,氏名,理由\n開示,山田,\n謎,'@山田,\"== a\"\"b\n二\"\n開示,佐藤\n開示,\"山\"田,\n";
    let source = desk.put("a.csv", text);
    let target = desk.0.path().join("a-rejected.csv");
    let mut reader = open(&source).unwrap();
    let mut rejected = Rejected::create(&target, &reader).unwrap();
    for row in reader.by_ref() {
        if let Row::Bad(bad) = row {
            rejected.push(&bad).unwrap();
        }
    }
    assert!(!target.exists());
    rejected.finish().unwrap();
    let written = fs::read_to_string(&target).unwrap();
    assert!(written.starts_with("\u{FEFF}結果区分,氏名,理由,エラー内容\r\n"));
    assert!(
        written.contains(",''@山田,\"'== a\"\"b\n二\","),
        "{written}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&target).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    // Torn rows stay refused until somebody has looked at them.
    for row in rows(&target) {
        problems(&row);
    }
    let mended = written.replace("謎,''@", "不開示,'@");
    let rows = rows_of("b.csv", mended);
    assert_eq!(good(&rows[0]).values["addressee_name"], "@山田");
    assert_eq!(good(&rows[0]).values["reason"], "== a\"b\n二");
    let again = Rejected::create(&target, &open(&source).unwrap()).unwrap();
    assert!(again.finish().is_err(), "the first file may be half mended");
}

#[test]
fn rejected_json_is_written_as_lines() {
    let desk = Premises::new();
    let source = desk.put("a.jsonl", "{\"outcome\":\"謎\",\"氏名\":\"山田\"}\n{oops\n");
    let target = desk.0.path().join("r.jsonl");
    let mut reader = open(&source).unwrap();
    let mut rejected = Rejected::create(&target, &reader).unwrap();
    for row in reader.by_ref() {
        match row {
            Row::Bad(bad) => rejected.push(&bad).unwrap(),
            Row::Good(record) => panic!("{record:?}"),
        }
    }
    rejected.finish().unwrap();
    let mended = fs::read_to_string(&target)
        .unwrap()
        .replace("謎", "granted");
    let rows = rows_of("b.jsonl", mended);
    assert_eq!(good(&rows[0]).values["addressee_name"], "山田");
    assert!(problems(&rows[1]).contains("読めなかった行"));
}

#[test]
fn a_further_check_speaks_in_the_files_own_words_and_not_twice_of_one_field() {
    let desk = Premises::new();
    let further = |_: &Form, _: &Map<String, Value>| {
        vec![FieldProblem::of(
            "addressee_name",
            "だめです。",
            "直してください。",
        )]
    };
    let text = "結果区分,addressee_name\n開示,山田\n開示,\n";
    let path = desk.0.path().join("a.csv");
    std::fs::write(&path, text).unwrap();
    let reader = open(&path).unwrap().with_further(&further);
    let rows: Vec<Row> = reader.collect();
    let told = problems(&rows[0]);
    assert_eq!(told, "2行目「addressee_name」：だめです。直してください。");
    let Row::Bad(bad) = &rows[0] else {
        panic!("accepted");
    };
    assert_eq!(
        bad.original,
        Original::Cells(vec!["開示".to_owned(), "山田".to_owned()])
    );
    // The name is missing; that it is also "not good" would only confuse.
    assert!(!problems(&rows[1]).contains("だめです"));
}

#[test]
fn an_empty_sheet_is_read_once_filled_in() {
    let desk = Premises::new();
    let kind = catalogue().get("probe").unwrap();
    for name in ["new.csv", "new.xlsx"] {
        let path = desk.0.path().join(name);
        sheet::write_header(kind, &path).unwrap();
        let Err(FileProblem::Empty(message)) = open(&path) else {
            panic!("headers were not understood");
        };
        assert!(message.contains("見出しだけ"), "{message}");
        assert!(sheet::write_header(kind, &path).is_err(), "overwritten");
    }
    assert!(sheet::write_header(kind, &desk.0.path().join("a.ods")).is_err());
    let csv = fs::read_to_string(desk.0.path().join("new.csv")).unwrap();
    good(&rows_of("filled.csv", format!("{csv}開示,山田,,,,,,,,,\r\n"))[0]);
}

#[test]
fn debug_output_shows_no_value() {
    let rows = rows_of("a.csv", "結果区分,氏名\n開示,山田\n謎,佐藤\n");
    let shown = format!("{rows:?}");
    assert!(!shown.contains("山田") && !shown.contains("佐藤") && !shown.contains("謎"));
}

/// A hundred thousand rows pass without one of them being held: the reader
/// gives the first before it has seen the last.
#[test]
fn many_rows_are_streamed() {
    let desk = Premises::new();
    let mut text = String::from("結果区分,氏名\n");
    for _ in 0..100_000 {
        text.push_str("開示,山田太郎\n");
    }
    let path = desk.put("a.csv", &text);
    let mut reader = open(&path).unwrap();
    assert!(matches!(reader.next(), Some(Row::Good(_))));
    // What is cut off now was not read yet.
    fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(500_000)
        .unwrap();
    let rest = reader.count();
    assert!(rest < 30_000, "{rest}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_make_it_panic(bytes in any::<Vec<u8>>(), name in prop::sample::select(vec!["a.csv", "a.tsv", "a.json", "a.jsonl", "a.xlsx"])) {
        let desk = Premises::new();
        if let Ok(reader) = open(&desk.put(name, &bytes)) {
            let _ = reader.count();
        }
        let header = [HEADER.as_bytes(), b"\n", &bytes].concat();
        if let Ok(reader) = open(&desk.put("b.csv", header)) {
            let _ = reader.count();
        }
        let lines = [b"{\"outcome\":\"".as_slice(), &bytes, b"\"}"].concat();
        if let Ok(reader) = open(&desk.put("b.jsonl", lines)) {
            let _ = reader.count();
        }
    }

    #[test]
    fn a_name_comes_in_exactly_or_not_at_all(name in any::<String>()) {
        let desk = Premises::new();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["結果区分", "氏名"]).unwrap();
        writer.write_record(["開示", &name]).unwrap();
        let csv = desk.put("a.csv", writer.into_inner().unwrap());
        let json = desk.put("a.json", json!({"outcome": "開示", "氏名": name}).to_string());
        for path in [csv, json] {
            if let Ok(reader) = open(&path) {
                for row in reader {
                    match row {
                        Row::Good(record) => prop_assert_eq!(&record.values["addressee_name"], &name),
                        Row::Bad(bad) => prop_assert!(!bad.problems.is_empty()),
                    }
                }
            }
        }
    }

    #[test]
    fn a_japanese_name_comes_in_exactly_through_excel(name in "[一-龠ぁ-んァ-ヶ]{1,10}") {
        let bytes = workbook(|sheet| {
            header(sheet, &["結果区分", "氏名"]);
            sheet.write_string(1, 0, "開示").unwrap();
            sheet.write_string(1, 1, &name).unwrap();
        });
        for row in rows_of("a.xlsx", bytes) {
            if let Row::Good(record) = row {
                prop_assert_eq!(&record.values["addressee_name"], &name);
            }
        }
    }
}

#[test]
fn what_was_hashed_is_what_was_read() {
    let records = |name: &str, count: usize| {
        let line = |n| format!("{{\"outcome\":\"granted\",\"addressee_name\":\"{name}{n}\"}}\n");
        (0..count).map(line).collect::<String>()
    };
    let csv = |name: &str, count: usize| {
        let rows: String = (0..count).map(|n| format!("開示,{name}{n}\n")).collect();
        format!("結果区分,氏名\n{rows}")
    };
    let names = |row: &Row| {
        good(row).values["addressee_name"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for (name, before, other) in [
        ("a.jsonl", records("見本", 900), records("別人", 900)),
        ("a.csv", csv("見本", 9000), csv("別人", 9000)),
    ] {
        let desk = Premises::new();
        let path = desk.put(name, &before);
        // Another file is put in its place: the one that was opened is read.
        let mut reader = open(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, &other).unwrap();
        assert!(reader.by_ref().all(|row| names(&row).starts_with("見本")));
        assert_eq!(reader.sha256(), Sha256::of(before.as_bytes()));
        reader.check_unchanged().unwrap();
        // The same file is written to, at its end or in the midst of it.
        let path = desk.put(name, &before);
        for (place, bytes) in [(before.len(), &b"\n"[..]), (before.len() / 2, b"\xE4")] {
            let mut reader = open(&path).unwrap();
            reader.next().unwrap();
            let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
            std::os::unix::fs::FileExt::write_all_at(&file, bytes, place as u64).unwrap();
            reader.by_ref().for_each(drop);
            let told = reader.check_unchanged().unwrap_err().to_string();
            assert!(told.contains("中身が書き換えられました"), "{told}");
        }
    }
}
