//! A file that cannot be read for one reason says that reason, and not what
//! follows from it.

use encoding_rs::{EUC_JP, ISO_2022_JP};

use crate::handmade::Book;
use crate::harness::Workspace;

const HEADERS: &str = "結果区分,氏名,郵便番号,住所,送付方法,受付番号,請求日,到達日,請求者の区分,請求の種類,請求の内容,回答予定日";
const ROW: &str = "受付,見本 太郎,379-2147,群馬県前橋市亀里町1310番地,保管のみ,受第26-001号,2026-11-18,2026-11-20,本人,開示,特定健診の結果,2026-12-18";

fn text() -> String {
    format!("{HEADERS}\n{ROW}\n")
}

/// The one line that is said of a file.
fn told(name: &str, bytes: impl AsRef<[u8]>) -> String {
    let workspace = Workspace::new();
    workspace.file(name, bytes);
    let said = workspace.exits(1, &["queue", name, "--kind", "acknowledgement"]);
    assert_eq!(said.trim().lines().count(), 1, "{said}");
    assert!(!said.contains("必須の列"), "{said}");
    said
}

#[test]
fn a_wrong_separator_is_told_as_one() {
    let tabs = text().replace(',', "\t");
    for (name, bytes, cause) in [
        (
            "tab.csv",
            format!("\u{FEFF}{tabs}"),
            "タブで区切られています。ファイル名の終わりを .tsv に",
        ),
        ("tab.txt", tabs.clone(), "タブで区切られています"),
        (
            "semicolon.csv",
            text().replace(',', ";"),
            "セミコロン(;)で区切られています",
        ),
        (
            "bar.csv",
            text().replace(',', "|"),
            "縦線(|)で区切られています",
        ),
        (
            "comma.tsv",
            text(),
            "コンマ(,)で区切られています。ファイル名の終わりを .csv に",
        ),
        (
            "sep.csv",
            format!("sep=,\n{}", text()),
            "1行目の「sep=」の行は",
        ),
        (
            "sep2.csv",
            format!("\nSEP=;\r\n{}", text()),
            "2行目の「sep=」の行は",
        ),
    ] {
        let said = told(name, bytes);
        assert!(said.contains(cause), "{name}: {said}");
    }
}

#[test]
fn a_title_above_the_headers_is_told_as_one() {
    let rows = |above: &[&str]| {
        let mut rows: Vec<Vec<&str>> = above.iter().map(|line| line.split(',').collect()).collect();
        rows.push(HEADERS.split(',').collect());
        rows.push(ROW.split(',').collect());
        Book::of(&rows).bytes()
    };
    for (name, bytes, row) in [
        (
            "title.csv",
            format!("請求受付一覧,,,\n{}", text()).into_bytes(),
            2,
        ),
        (
            "two.csv",
            format!("請求受付一覧\n令和8年11月,作成者,見本\n\n{}", text()).into_bytes(),
            4,
        ),
        ("title.xlsx", rows(&["請求受付一覧"]), 2),
        (
            "numbers.xlsx",
            rows(&["表1", "作成日,2026-11-20", "担当,見本"]),
            4,
        ),
    ] {
        let said = told(name, bytes);
        assert!(
            said.contains(&format!("見出しは{row}行目にあるようです")),
            "{name}: {said}"
        );
    }
}

#[test]
fn a_sheet_before_the_records_is_told_with_the_one_that_has_them() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let summary = book.add_worksheet().set_name("書き出しの概要").unwrap();
    summary
        .write(0, 0, "この書類は Numbers から書き出されました。")
        .unwrap();
    summary.write(1, 1, "シート名").unwrap();
    let records = book.add_worksheet().set_name("受付").unwrap();
    for (line, row) in (0..).zip([HEADERS, ROW]) {
        for (column, cell) in (0..).zip(row.split(',')) {
            records.write(line, column, cell).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let said = told("numbers.xlsx", &bytes);
    assert!(said.contains("シート「受付」に見出しがあります"), "{said}");
    // The same where the kind was left to the file.
    let workspace = Workspace::new();
    workspace.file("numbers.xlsx", &bytes);
    let said = workspace.exits(1, &["queue", "numbers.xlsx"]);
    assert!(said.contains("シート「受付」に見出しがあります"), "{said}");
}

#[test]
fn an_encoding_that_is_not_read_is_named() {
    let euc = EUC_JP.encode(&text()).0.into_owned();
    let long = format!("{}{}", text(), format!("{ROW}\n").repeat(2_000));
    let mut jis = b"\x1B$B".to_vec();
    jis.extend_from_slice(b"7k2L6hJ,\x1B(B,a\n");
    for (name, bytes, cause) in [
        ("euc.csv", euc.clone(), "EUC-JP"),
        (
            "euc.tsv",
            EUC_JP.encode(&text().replace(',', "\t")).0.into_owned(),
            "EUC-JP",
        ),
        ("long.csv", EUC_JP.encode(&long).0.into_owned(), "EUC-JP"),
        (
            "jis.csv",
            ISO_2022_JP.encode(&text()).0.into_owned(),
            "ISO-2022-JP(JIS)",
        ),
        ("jis2.csv", jis, "ISO-2022-JP(JIS)"),
    ] {
        let said = told(name, bytes);
        assert!(
            said.contains(&format!("文字コードが {cause} です")),
            "{name}: {said}"
        );
        assert!(said.contains("CSV UTF-8(コンマ区切り)"), "{said}");
    }
    let said = told("euc.json", &euc);
    assert!(said.contains("UTF-8"), "{said}");
}

#[test]
fn a_text_file_called_a_workbook_is_told_as_one() {
    for (name, bytes) in [
        ("csv.xlsx", text().into_bytes()),
        ("mark.XLSX", format!("\u{FEFF}{}", text()).into_bytes()),
        ("page.xlsm", b"<html><table></table></html>".to_vec()),
    ] {
        let said = told(name, bytes);
        assert!(
            said.contains("中身は Excel ブックではありません"),
            "{name}: {said}"
        );
    }
}

#[test]
fn a_postal_code_in_other_signs_is_kept_in_the_right_ones() {
    for (code, kept) in [
        ("379\u{2212}2147", "379-2147"),
        ("３７９－２１４７", "379-2147"),
        ("379ー2147", "379-2147"),
        ("３７９２１４７", "3792147"),
        ("〒379-2147", "379-2147"),
    ] {
        let workspace = Workspace::new();
        workspace.file("p.csv", text().replace("379-2147", code));
        workspace.ok(&["queue", "p.csv", "--kind", "acknowledgement"]);
        let letter = workspace.letters()[0]["id"].as_str().unwrap().to_owned();
        let shown = workspace.ok(&["show", &letter, "--json"]);
        assert!(
            shown.contains(&format!("\"addressee_postal_code\": \"{kept}\"")),
            "{code}: {shown}"
        );
    }
    for code in ["〒〒379-2147", "379-214", "379‐2147番"] {
        let workspace = Workspace::new();
        workspace.file("p.csv", text().replace("379-2147", code));
        let said = workspace.exits(1, &["queue", "p.csv", "--kind", "acknowledgement"]);
        assert_eq!(said.matches("2行目「郵便番号」").count(), 1, "{said}");
    }
}
