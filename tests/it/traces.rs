//! What spreadsheets and other programs leave instead of a value is refused
//! with its place, and no text that only looks a little like it is.

use serde_json::Value;

use crate::handmade::Book;
use crate::harness::{Workspace, plain_record};

const HEADERS: &str = "結果区分,記録番号,氏名,郵便番号,住所,方書・建物名,送付方法,受付番号,請求日,到達日,請求者の区分,請求の種類,請求の内容,回答予定日";
const FIELDS: [(&str, &str); 14] = [
    ("outcome", "受付"),
    ("record_key", "B-001"),
    ("addressee_name", "見本 太郎"),
    ("addressee_postal_code", "379-2147"),
    ("addressee_address", "群馬県前橋市亀里町1310番地"),
    ("addressee_building", "見本荘"),
    ("delivery", "保管のみ"),
    ("receipt_number", "受第26-001号"),
    ("request_date", "2026-11-18"),
    ("arrival_date", "2026-11-20"),
    ("requester_role", "本人"),
    ("rights", "開示"),
    ("requested_content", "特定健診の結果"),
    ("expected_date", "2026-12-18"),
];

fn title(field: &str) -> &'static str {
    let place = FIELDS.iter().position(|(name, _)| *name == field).unwrap();
    HEADERS.split(',').nth(place).unwrap()
}

/// The cells of rows with one field changed each, every row a letter of its
/// own.
fn rows<'a>(cases: &'a [(&str, &str)]) -> impl Iterator<Item = Vec<String>> + 'a {
    cases.iter().zip(1..).map(|((field, value), number)| {
        let mut row = cells(field, value);
        if *field != "record_key" {
            row[1] = format!("B-{number:03}");
        }
        row
    })
}

/// The cells of a row with one field changed.
fn cells(field: &str, value: &str) -> Vec<String> {
    let cell = |(name, usual): &(&str, &str)| if *name == field { value } else { usual }.to_owned();
    FIELDS.iter().map(cell).collect()
}

/// A CSV file with a row for each of these values of a field.
fn csv(cases: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(HEADERS.split(',')).unwrap();
    for row in rows(cases) {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

fn workbook(cases: &[(&str, &str)]) -> Vec<u8> {
    let mut all = vec![HEADERS.split(',').map(str::to_owned).collect()];
    all.extend(rows(cases));
    Book::of(&all).bytes()
}

fn json_lines(cases: &[(&str, &str)]) -> Vec<u8> {
    let lines = cases.iter().zip(1..).map(|((field, value), number)| {
        let mut record = plain_record(1, false);
        record["record_key"] = format!("B-{number:03}").into();
        record[*field] = match *field {
            "rights" => Value::Array(vec![(*value).into()]),
            _ => (*value).into(),
        };
        record.to_string()
    });
    lines.collect::<Vec<_>>().join("\n").into_bytes()
}

/// What is no value, with the cause that is told.
const TRACES: [(&str, &str, &str); 63] = [
    ("receipt_number", "26001.0", "数として書き出され"),
    ("record_key", "202611.0", "数として書き出され"),
    ("record_key", "26,001", "数として書き出され"),
    ("receipt_number", "2.02611E+11", "桁を丸めた数"),
    ("record_key", "1.23457E+14", "桁を丸めた数"),
    ("receipt_number", "1E+05", "桁を丸めた数"),
    ("receipt_number", "２．０２６１１Ｅ＋１１", "桁を丸めた数"),
    ("addressee_building", "1.01E+02", "桁を丸めた数"),
    ("addressee_postal_code", "3.79E+06", "桁を丸めた数"),
    ("receipt_number", "2.02611e11", "桁を丸めた数"),
    (
        "receipt_number",
        "=\"0126\"",
        "数式が、値ではなく文字のまま",
    ),
    ("addressee_name", "=A1&B1", "数式が、値ではなく文字のまま"),
    ("addressee_building", "=1+2", "数式が、値ではなく文字のまま"),
    (
        "addressee_building",
        "=HYPERLINK(\"http://example.jp\")",
        "数式が、値ではなく文字のまま",
    ),
    (
        "requested_content",
        "=IF(A2=\"\",\"\",A2)",
        "数式が、値ではなく文字のまま",
    ),
    ("addressee_building", "########", "列の幅が足りず"),
    ("request_date", "########", "列の幅が足りず"),
    ("expected_date", "###", "列の幅が足りず"),
    ("receipt_number", "＃＃＃＃", "列の幅が足りず"),
    ("addressee_building", "#CALC!", "数式がエラー"),
    ("addressee_building", "#N/A", "数式がエラー"),
    ("addressee_name", "#REF!", "数式がエラー"),
    ("addressee_building", "#FIELD!", "数式がエラー"),
    ("addressee_building", "#GETTING_DATA", "数式がエラー"),
    ("addressee_building", "#BUSY!", "数式がエラー"),
    ("addressee_address", "#VALUE!", "数式がエラー"),
    ("expected_date", "#DIV/0!", "数式がエラー"),
    ("requested_content", "#NAME?", "数式がエラー"),
    ("addressee_building", "#NULL!", "数式がエラー"),
    ("receipt_number", "#NUM!", "数式がエラー"),
    ("addressee_building", "#CONNECT!", "数式がエラー"),
    ("addressee_building", "#BLOCKED!", "数式がエラー"),
    ("addressee_building", "#UNKNOWN!", "数式がエラー"),
    ("addressee_building", "#EXTERNAL!", "数式がエラー"),
    ("addressee_building", "#PYTHON!", "数式がエラー"),
    ("addressee_building", "#SPILL!", "数式がエラー"),
    ("addressee_building", "#ERROR!", "数式がエラー"),
    ("addressee_building", "＃Ｎ／Ａ", "数式がエラー"),
    ("addressee_building", "Err:502", "数式がエラー"),
    ("rights", "#N/A", "数式がエラー"),
    ("addressee_building", "nan", "プログラムの言葉"),
    ("addressee_building", "NaN", "プログラムの言葉"),
    ("addressee_building", "NULL", "プログラムの言葉"),
    ("addressee_name", "null", "プログラムの言葉"),
    ("addressee_building", "None", "プログラムの言葉"),
    ("requested_content", "undefined", "プログラムの言葉"),
    ("addressee_building", "[object Object]", "プログラムの言葉"),
    ("addressee_building", "N/A", "プログラムの言葉"),
    ("receipt_number", "<NA>", "プログラムの言葉"),
    ("addressee_building", "TRUE", "プログラムの言葉"),
    ("addressee_address", "\\N", "プログラムの言葉"),
    ("expected_date", "NaT", "プログラムの言葉"),
    ("rights", "null", "プログラムの言葉"),
    ("receipt_number", "1月2日", "番号を日付に変えた"),
    ("receipt_number", "2-Jan", "番号を日付に変えた"),
    ("record_key", "Jan-02", "番号を日付に変えた"),
    ("record_key", "12-Mar-26", "番号を日付に変えた"),
    ("addressee_building", "１月２日", "番号を日付に変えた"),
    ("addressee_address", "Sep-10", "番号を日付に変えた"),
    ("receipt_number", "'0126", "「'」が付いています"),
    ("addressee_building", "'=1+2", "「'」が付いています"),
    ("requested_content", "'+81", "「'」が付いています"),
    ("addressee_building", "#要入力!12", "入力し直されていません"),
];

/// What is a value, though it has something of a trace.
const VALUES: [(&str, &str); 24] = [
    ("addressee_building", "2E-305"),
    ("addressee_building", "E+館"),
    ("record_key", "1E5"),
    ("addressee_building", "#101"),
    ("addressee_building", "#3 見本荘"),
    ("addressee_building", "見本荘#REF!号"),
    ("addressee_name", "Null 花子"),
    ("addressee_name", "ＮＵＬＬ"),
    ("addressee_name", "Nancy Mihon"),
    ("addressee_building", "なし"),
    ("requested_content", "なし"),
    ("requested_content", "N/A"),
    ("requested_content", "== 請求の内容 ==\n特定健診の結果"),
    ("requested_content", "NULL と印字された欄の訂正"),
    ("requested_content", "1月2日"),
    ("requested_content", "'+'の付いた検査の結果"),
    ("requested_content", "-2.0の検査の結果"),
    ("receipt_number", "1-2"),
    ("receipt_number", "00012"),
    ("receipt_number", "-5"),
    ("receipt_number", "Jan-A"),
    ("receipt_number", "2026/1/2"),
    ("receipt_number", "202611000001"),
    ("addressee_building", "'t Huis 1"),
];

#[test]
fn what_programs_leave_instead_of_a_value_is_told_in_every_format() {
    let cases: Vec<(&str, &str)> = TRACES.map(|(field, value, _)| (field, value)).to_vec();
    for (name, bytes) in [
        ("t.csv", csv(&cases)),
        ("t.xlsx", workbook(&cases)),
        ("t.jsonl", json_lines(&cases)),
    ] {
        let workspace = Workspace::new();
        workspace.file(name, bytes);
        let kind = ["--kind", "acknowledgement", "--accept-valid"];
        let said = workspace.exits(2, &[&["queue", name], &kind[..]].concat());
        let lines: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("行目「"))
            .collect();
        assert_eq!(lines.len(), TRACES.len(), "{name}\n{said}");
        for (index, (line, (field, value, cause))) in lines.iter().zip(TRACES).enumerate() {
            let row = if name == "t.jsonl" {
                index + 1
            } else {
                index + 2
            };
            let column = if name == "t.jsonl" {
                field
            } else {
                title(field)
            };
            assert!(
                line.starts_with(&format!("{row}行目「{column}")),
                "{value}: {line}"
            );
            assert!(
                line.contains(cause) && line.ends_with('。'),
                "{value}: {line}"
            );
        }
        assert!(workspace.letters().is_empty());
    }
}

#[test]
fn a_text_that_looks_a_little_like_a_trace_is_a_text() {
    for (name, bytes) in [
        ("v.csv", csv(&VALUES)),
        ("v.xlsx", workbook(&VALUES)),
        ("v.jsonl", json_lines(&VALUES)),
    ] {
        let workspace = Workspace::new();
        workspace.file(name, bytes);
        workspace.ok(&["queue", name, "--kind", "acknowledgement"]);
        let letters = workspace.letters();
        assert_eq!(letters.len(), VALUES.len(), "{name}");
        for (letter, (field, value)) in letters.iter().zip(VALUES) {
            let shown = workspace.ok(&["show", letter["id"].as_str().unwrap(), "--json"]);
            let shown: Value = serde_json::from_str(&shown).unwrap();
            assert_eq!(shown["record"][field], value, "{name}");
        }
    }
}

#[test]
fn requests_and_flags_are_read_with_the_same_eyes() {
    let workspace = Workspace::new();
    let header = "受付番号,請求の種類,請求日,到達日,請求者の区分,請求者氏名,請求者住所,本人氏名,本人の区分,加入者管理番号,支援措置の相手方\n";
    let lines = [
        "=\"0126\",開示,2026-11-18,2026-11-20,本人,見本 花子,群馬県前橋市1,見本 花子,被保険者,,",
        "受1,開示,2026-11-18,2026-11-20,本人,見本 花子,群馬県前橋市1,見本 花子,被保険者,1.2E+09,",
        "受2,開示,2026-11-18,2026-11-20,本人,見本 花子,群馬県前橋市1,見本 花子,被保険者,NULL,#N/A",
    ];
    workspace.file("r.csv", format!("{header}{}\n", lines.join("\n")));
    let said = workspace.exits(1, &["request", "add", "r.csv"]);
    for expected in [
        "2行目「受付番号」：数式が、値では",
        "3行目「加入者管理番号」：「1.2E+09」は、表計算",
        "4行目「加入者管理番号」：「NULL」は、値がない",
        "4行目「支援措置の相手方」：数式がエラー",
    ] {
        assert!(said.contains(expected), "{expected}\n{said}");
    }
    let flags = "加入者管理番号,区分\n1月2日,支援措置\n1E+05,支援措置\n\"=\"\"07\"\"\",支援措置\n########,支援措置\n";
    workspace.file("f.csv", flags);
    let said = workspace.exits(1, &["members", "flags", "f.csv", "--as", "鈴木"]);
    for row in 2..=5 {
        assert!(
            said.contains(&format!("{row}行目「加入者管理番号」：")),
            "{said}"
        );
    }
}

#[test]
fn a_header_in_the_spelling_of_macos_is_the_same_header() {
    let workspace = Workspace::new();
    let decomposed = |text: &str| {
        text.replace('ド', "ト\u{3099}")
            .replace('ガ', "カ\u{3099}")
            .replace('が', "か\u{3099}")
            .replace('ゲ', "ケ\u{3099}")
    };
    let header = decomposed(&format!("{HEADERS},メールアドレス"));
    assert!(header.contains('\u{3099}'));
    let row = cells("outcome", "受付").join(",");
    workspace.file("n.csv", format!("{header}\n{row},\n"));
    workspace.ok(&["queue", "n.csv", "--kind", "acknowledgement"]);
    let record = plain_record(2, false).to_string();
    let entry = record.replace(
        "\"delivery\"",
        &format!("\"{}\":\"\",\"delivery\"", decomposed("メールアドレス")),
    );
    workspace.file("n.json", entry);
    workspace.ok(&["queue", "n.json"]);
    // Said of the file's words all the same.
    workspace.file(
        "m.csv",
        format!(
            "{}\n{row},x\n",
            decomposed(&format!("{HEADERS},メールアドレ"))
        ),
    );
    let said = workspace.exits(1, &["queue", "m.csv", "--kind", "acknowledgement"]);
    assert!(
        said.contains("「メールアドレス」ではありませんか"),
        "{said}"
    );
}

#[test]
fn a_repeated_key_is_named_at_once_and_the_rest_is_checked() {
    let good = plain_record(1, false).to_string();
    let repeated = |key: &str, times: usize, record: &Value| {
        let pairs = format!("\"{key}\":\"x\",").repeat(times);
        format!("{{{pairs}{}", &record.to_string()[1..])
    };
    let many = repeated("note", 50_000, &plain_record(2, false));
    let twice = repeated("receipt_number", 1, &plain_record(3, false));
    let nested = plain_record(4, false)
        .to_string()
        .replace("[\"disclosure\"]", "[{\"a\":{\"b\":1,\"b\":2,\"b\":3}}]");
    let entries = [&many, &good, &twice, &nested];
    let expected = [
        "1●「note」：同じ項目が50000度書かれています。1つにしてください。",
        "3●「receipt_number」：同じ項目が2度書かれています。",
        "4●「rights[0].a.b」：同じ項目が3度書かれています。",
    ];
    let array = format!("[{}]", entries.map(String::as_str).join(",\n"));
    let lines = entries.map(String::as_str).join("\n");
    for (name, text, counter) in [("k.json", array, "件目"), ("k.jsonl", lines, "行目")] {
        let workspace = Workspace::new();
        workspace.file(name, text);
        let said = workspace.exits(2, &["queue", name, "--accept-valid"]);
        for line in expected {
            let line = line.replace('●', counter);
            assert!(said.contains(&line), "{line}\n{said}");
        }
        assert_eq!(said.matches("度書かれています").count(), 3, "{said}");
        assert!(said.contains("1件を受け付けました"), "{said}");
        // All values are handed back, and the file is refused until one is left.
        let handed = std::fs::read_to_string(workspace.path("k-要修正.jsonl")).unwrap();
        assert!(handed.contains("\"note(重複49999)\":\"x\""));
        assert!(
            handed.contains("\"receipt_number(重複)\":\"受第26-00003号\""),
            "twice"
        );
        let again = workspace.exits(1, &["queue", "k-要修正.jsonl"]);
        assert!(
            again.contains("2行目「receipt_number(重複)」"),
            "refused again"
        );
    }
    // The first entry alone, the last alone, and many keys that stand twice.
    let workspace = Workspace::new();
    let pairs: String = (0..20_000)
        .map(|n| format!("\"k{n}\":1,\"k{n}\":2,"))
        .collect();
    for (name, text) in [
        ("one.json", format!("{{{pairs}{}", &good[1..])),
        ("last.jsonl", format!("{good}\n{{{pairs}{}", &good[1..])),
    ] {
        workspace.file(name, text);
        let said = workspace.exits(1, &["queue", name]);
        assert_eq!(said.matches("同じ項目が2度").count(), 20, "{said}");
    }
}
