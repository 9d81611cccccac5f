//! A file from outside costs little, whatever is in it: what cannot be a
//! record is one refusal with its place and remedy, in little memory.

use std::fs;
use std::io::{Cursor, Write as _};
use std::process::Command;

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::handmade::{Book, letters};
use crate::harness::{Workspace, plain_record};

/// Address space the program and each of its children may take, in KiB. It
/// counts what is mapped and never touched too; what is used is less.
const MOST_KIB: u64 = 640 * 1024;

/// Queues a file under that limit; exit code and what was said.
fn queued(workspace: &Workspace, name: &str, options: &[&str]) -> (Option<i32>, String) {
    let program = workspace.command(&["queue", name]);
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -v {MOST_KIB}; exec \"$0\" \"$@\"")])
        .arg(program.get_program())
        .args(program.get_args())
        .args(options)
        .current_dir(workspace.path(""))
        .env("USER", "tester")
        .env_remove("LOGNAME")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// Refused in one sentence with these words, and nothing of it is queued.
#[track_caller]
fn assert_refused(name: &str, content: &[u8], words: &[&str]) {
    let workspace = Workspace::new();
    workspace.file(name, content);
    let (code, said) = queued(&workspace, name, &["--kind", "acknowledgement"]);
    assert_eq!(code, Some(1), "{said}");
    for word in words {
        assert!(said.contains(word), "no {word} in {said}");
    }
    assert!(said.trim_end().ends_with('。'), "{said}");
    assert!(said.len() < 2000, "{} bytes: {}…", said.len(), &said[..600]);
    assert!(
        !said.contains("panicked") && !said.contains("memory allocation"),
        "{said}"
    );
    assert!(workspace.letters().is_empty());
}

/// A workbook whose parts are those of `book`, but for one that `write` fills.
fn with_part(book: &Book, part: &str, write: impl FnOnce(&mut dyn FnMut(&str, usize))) -> Vec<u8> {
    let mut from = zip::ZipArchive::new(Cursor::new(book.bytes())).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let fast = SimpleFileOptions::default().compression_level(Some(1));
    for index in 0..from.len() {
        let file = from.by_index(index).unwrap();
        if file.name().unwrap() != part {
            to.raw_copy_file(file).unwrap();
        }
    }
    to.start_file(part, fast).unwrap();
    let mut piece = |text: &str, times: usize| {
        let block = text.repeat((64 * 1024 / text.len()).clamp(1, times));
        let mut left = text.len() * times;
        while left > 0 {
            let length = left.min(block.len());
            to.write_all(&block.as_bytes()[..length]).unwrap();
            left -= length;
        }
    };
    write(&mut piece);
    to.finish().unwrap().into_inner()
}

const HEADERS: [&str; 3] = ["結果区分", "記録番号", "氏名"];
const MIB: usize = 1024 * 1024;
const SHEET: &str = "xl/worksheets/sheet1.xml";
const STRINGS: &str = "xl/sharedStrings.xml";

/// The columns an acknowledgement needs.
const COLUMNS: [&str; 13] = [
    "結果区分",
    "記録番号",
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

fn values(n: usize) -> [String; 13] {
    [
        "受付",
        &format!("B-{n:05}"),
        &format!("見本 太郎{n}"),
        "379-2147",
        "群馬県前橋市亀里町1310番地",
        "保管のみ",
        &format!("受第26-{n:05}号"),
        "2026-11-18",
        "2026-11-20",
        "本人",
        "開示",
        &"特定健診の結果".repeat(10),
        "2026-12-18",
    ]
    .map(str::to_owned)
}

fn book() -> Book {
    Book::of(&[HEADERS.to_vec(), vec!["受付", "B-001", "見本 太郎"]])
}

/// The sheet's part with `write` where the rows stand.
fn with_rows(write: impl FnOnce(&mut dyn FnMut(&str, usize))) -> Vec<u8> {
    let book = book();
    with_part(&book, SHEET, |piece| {
        piece("<worksheet><sheetData>", 1);
        piece(&book.rows, 1);
        write(piece);
        piece("</sheetData></worksheet>", 1);
    })
}

#[test]
fn a_value_of_a_workbook_longer_than_any_cell_is_one_refusal() {
    let too_long = "1つのセルに入らない長さの値があります";
    let in_table = ["文字列や書式の表", too_long];
    let in_sheet = ["シート「表&1」", too_long];
    let string = with_part(&book(), STRINGS, |piece| {
        piece("<sst><si><t>", 1);
        piece("見本", 300 * MIB / 6);
        piece("</t></si></sst>", 1);
    });
    assert_refused("string.xlsx", &string, &in_table);
    let in_pieces = with_part(&book(), STRINGS, |piece| {
        piece("<sst><si>", 1);
        piece("<r><t>見本</t></r>", 300 * MIB / 20);
        piece("</si></sst>", 1);
    });
    assert_refused("pieces.xlsx", &in_pieces, &in_table);
    for (name, before, after) in [
        (
            "inline",
            "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>",
            "</t></is></c></row>",
        ),
        ("attribute", "<row r=\"3\"><c r=\"", "\"><v>1</v></c></row>"),
        ("comment", "<!--", "-->"),
        (
            "raw",
            "<row r=\"3\"><c r=\"A3\"><v><![CDATA[",
            "]]></v></c></row>",
        ),
        ("formula", "<row r=\"3\"><c r=\"A3\"><f>", "</f></c></row>"),
    ] {
        let sheet = with_rows(|piece| {
            piece(before, 1);
            piece("1", 200 * MIB);
            piece(after, 1);
        });
        assert_refused(&format!("{name}.xlsx"), &sheet, &in_sheet);
    }
}

#[test]
fn a_workbook_of_too_many_things_is_one_refusal() {
    let strings = with_part(&book(), STRINGS, |piece| {
        piece("<sst>", 1);
        piece("<si/>", 4_100_000);
        piece("</sst>", 1);
    });
    assert_refused("strings.xlsx", &strings, &["文字列が多すぎます"]);
    for claimed in ["4294967295", "18446744073709551615", "90000000"] {
        let lies = with_part(&book(), STRINGS, |piece| {
            piece(
                &format!("<sst count=\"1\" uniqueCount=\"{claimed}\"><si><t>a</t></si></sst>"),
                1,
            );
        });
        assert_refused("lies.xlsx", &lies, &["件数が、中身と合いません"]);
    }
    // Less than a thousand megabytes are a million rows; this is more.
    let big = with_rows(|piece| {
        for _ in 0..1200 {
            piece("<!-- ", 1);
            piece("          ", MIB / 11);
            piece(" -->", 1);
        }
    });
    assert_refused("big.xlsx", &big, &["シート「表&1」が大きすぎます"]);
    let merged = with_part(&book(), SHEET, |piece| {
        piece("<worksheet><sheetData>", 1);
        piece(&book().rows, 1);
        piece("</sheetData><mergeCells>", 1);
        piece("<mergeCell ref=\"A1:B2\"/>", 14_100_000);
        piece("</mergeCells></worksheet>", 1);
    });
    assert_refused(
        "merged.xlsx",
        &merged,
        &["決められた量を超えるメモリーが必要です"],
    );
    let mut parts = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..1001 {
        let stored = SimpleFileOptions::default();
        parts
            .start_file(format!("xl/{number}.xml"), stored)
            .unwrap();
    }
    let parts = parts.finish().unwrap().into_inner();
    assert_refused("parts.xlsx", &parts, &["部品が多すぎます(1000個まで)"]);
}

#[test]
fn a_row_of_commas_or_tabs_is_one_refusal() {
    let header = COLUMNS.join(",");
    let good = values(1).join(",");
    for (name, row) in [
        ("commas.csv", ",".repeat(40 * MIB)),
        ("quotes.csv", "\"\",".repeat(8 * MIB)),
    ] {
        let file = format!("{header}\n{good}\n{row}\n");
        assert_refused(name, file.as_bytes(), &["3行目", "上限は16,384列"]);
    }
    let tabs = "\t".repeat(40 * MIB);
    assert_refused(
        "tabs.tsv",
        tabs.as_bytes(),
        &["見出し(1行目)", "上限は16,384列"],
    );
    // Each of these rows hides where it ends.
    let unclosed = "受付,\"B\n\"x,見本\n".repeat(400_000);
    let file = format!("{header}\n{unclosed}");
    assert_refused(
        "unclosed.csv",
        file.as_bytes(),
        &["ほかで、引用符「\"」が閉じていない"],
    );
}

#[test]
fn an_entry_of_too_much_is_one_refusal() {
    let too_long = ["1件目", "長すぎます(1件は1MBまで)"];
    let too_many = ["1件目", "値が多すぎます(1件は10万個まで)"];
    let long = json!({ "kind": "x".repeat(2 * MIB) }).to_string();
    assert_refused("long.json", format!("[{long}]").as_bytes(), &too_long);
    assert_refused("long.jsonl", long.as_bytes(), &["1行目", too_long[1]]);
    let many = format!("{{\"a\":[{}0]}}", "0,".repeat(150_000));
    assert_refused("many.json", many.as_bytes(), &too_many);
    assert_refused("many.jsonl", many.as_bytes(), &["1行目", too_many[1]]);
    let nested = format!("{{\"a\":{}", "[".repeat(MIB));
    assert_refused(
        "nested.json",
        nested.as_bytes(),
        &["1件目", "JSON の書き方が正しくありません"],
    );
}

#[test]
fn of_many_problems_of_a_record_the_first_are_told_and_the_rest_counted() {
    let unknown = |count: usize| {
        let mut record = plain_record(1, false);
        for n in 0..count {
            record[format!("未知の項目{n}")] = json!(1);
        }
        record
    };
    let twice = |count: usize| {
        let pairs: Vec<String> = (0..count).map(|n| format!("\"k{}\":1", n / 2)).collect();
        format!("{{{}}}", pairs.join(","))
    };
    let changes: Vec<Value> = (0..3000).map(|n| json!({ "category": n })).collect();
    let listed = json!({ "kind": "purpose-change", "changes": changes });
    for (record, more) in [
        (
            unknown(40_000).to_string(),
            Some("ほかに39900件の問題があります。"),
        ),
        (
            unknown(101).to_string(),
            Some("ほかに1件の問題があります。"),
        ),
        (unknown(100).to_string(), None),
        (listed.to_string(), Some("件の問題があります。")),
        (twice(60_000), None),
    ] {
        let workspace = Workspace::new();
        workspace.file("r.jsonl", &record);
        let (code, said) = queued(&workspace, "r.jsonl", &[]);
        assert_eq!(code, Some(1), "{said}");
        let lines = said
            .lines()
            .filter(|line| line.starts_with("1行目"))
            .count();
        assert!((20..=110).contains(&lines), "{lines} lines");
        match more {
            Some(more) => assert!(said.contains(more), "{said}"),
            None => assert!(!said.contains("ほかに"), "{said}"),
        }
    }
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let workspace = Workspace::new();
    for name in ["p.csv", "p.xlsx", "p.json"] {
        assert!(
            Command::new("mkfifo")
                .arg(workspace.path(name))
                .status()
                .unwrap()
                .success()
        );
    }
    fs::create_dir(workspace.path("folder.csv")).unwrap();
    let nothing = "ふつうのファイルではありません";
    for (name, words) in [
        ("p.csv", nothing),
        ("p.xlsx", nothing),
        ("p.json", nothing),
        ("folder.csv", "「folder.csv」はフォルダーです。"),
        ("/dev/zero", nothing),
    ] {
        let (code, said) = queued(&workspace, name, &["--kind", "acknowledgement"]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(words), "{name}: {said}");
    }
}

#[test]
fn a_workbook_with_many_rows_and_long_values_is_taken_as_before() {
    const ROWS: usize = 3000;
    // Texts stand in the table of strings, as Excel writes them.
    let mut shared = String::new();
    let mut rows = String::new();
    for row in 1..=ROWS + 1 {
        rows.push_str(&format!("<row r=\"{row}\">"));
        let texts = match row {
            1 => COLUMNS.map(str::to_owned),
            _ => values(row),
        };
        for (column, text) in texts.iter().enumerate() {
            let place = (row - 1) * texts.len() + column;
            let column = letters(column);
            rows.push_str(&format!(
                "<c r=\"{column}{row}\" t=\"s\"><v>{place}</v></c>"
            ));
            shared.push_str(&format!("<si><t>{text}</t></si>"));
        }
        rows.push_str("</row>");
    }
    let book = Book {
        rows,
        shared,
        ..Book::default()
    };
    let workspace = Workspace::new();
    workspace.file("b.xlsx", book.bytes());
    let (code, said) = queued(&workspace, "b.xlsx", &["--kind", "acknowledgement"]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(workspace.letters().len(), ROWS);
}
