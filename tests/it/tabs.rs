//! A workbook with a sheet a kind is taken in whole, and nothing in it is
//! passed over.

use rust_xlsxwriter::Workbook;

use crate::harness::Workspace;

const RECEIVED: &str = "請求書の受付のお知らせ";
const EXTENDED: &str = "回答予定日の変更のお知らせ";
const HEADERS: [&str; 9] = [
    "氏名",
    "郵便番号",
    "住所",
    "送付方法",
    "受付番号",
    "請求日",
    "到達日",
    "請求者の区分",
    "請求の種類1",
];

/// A sheet of a workbook.
#[derive(Clone)]
struct Tab {
    name: &'static str,
    headers: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    is_hidden: bool,
}

impl Tab {
    fn of(name: &'static str, more: &[&'static str]) -> Self {
        let mut headers = HEADERS.to_vec();
        headers.extend(more);
        Tab {
            name,
            headers,
            rows: Vec::new(),
            is_hidden: false,
        }
    }

    fn row(mut self, n: usize, more: &[&str]) -> Self {
        let number = format!("受第26-{n:05}号");
        let mut cells: Vec<String> = [
            "見本 太郎",
            "379-2147",
            "群馬県前橋市亀里町1310番地",
            "保管のみ",
            &number,
            "2026-11-18",
            "2026-11-20",
            "本人",
            "開示",
        ]
        .map(str::to_owned)
        .to_vec();
        cells.extend(more.iter().map(|cell| (*cell).to_owned()));
        self.rows.push(cells);
        self
    }
}

fn received() -> Tab {
    Tab::of(RECEIVED, &["請求の内容", "回答予定日"])
}

const CONTENT: [&str; 2] = ["特定健診の結果", "2026-12-18"];

fn book(tabs: &[Tab]) -> Vec<u8> {
    let mut book = Workbook::new();
    for tab in tabs {
        let sheet = book.add_worksheet().set_name(tab.name).unwrap();
        let headers = tab.headers.iter().map(|header| (*header).to_owned());
        let rows = std::iter::once(headers.collect()).chain(tab.rows.iter().cloned());
        for (row, cells) in (0..).zip(rows) {
            let cells: Vec<String> = cells;
            for (column, cell) in (0..).zip(&cells) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        sheet.set_hidden(tab.is_hidden);
    }
    book.save_to_buffer().unwrap()
}

/// The other kind's sheet: the same request, its date put off.
fn extended() -> Tab {
    Tab::of(
        EXTENDED,
        &["変更前の回答予定日", "変更後の回答予定日", "変更の理由"],
    )
}

fn put_off(n: usize, tab: Tab, date: &str) -> Tab {
    tab.row(n, &["2026-12-04", date, "記録を探すために時間が必要です。"])
}

#[test]
fn all_filled_sheets_are_taken_in_at_once_or_none() {
    let workspace = Workspace::new();
    let described = workspace.ok(&["kinds", EXTENDED]);
    let first = received().row(1, &CONTENT).row(2, &CONTENT);
    let guide = Tab {
        name: "説明",
        headers: vec!["見出しの色：橙は必ず書く列です。"],
        rows: vec![vec!["項目".to_owned()]],
        is_hidden: false,
    };
    let unfilled = Tab::of("請求書の補正のお願い", &[]);
    let tabs = |date: &str| {
        let second = put_off(1, extended(), date);
        let tabs = [first.clone(), unfilled.clone(), second, guide.clone()];
        book(&tabs)
    };
    workspace.file("b.xlsx", tabs("8.1.1"));
    let said = workspace.exits(1, &["queue", "b.xlsx", "--as", "佐藤"]);
    let told = format!("シート「{EXTENDED}」の2行目「変更後の回答予定日」：");
    assert!(said.contains(&told), "{described}\n{said}");
    assert!(workspace.letters().is_empty());
    // The good ones alone; the bad row comes back on a sheet of its kind.
    let said = workspace.exits(2, &["queue", "b.xlsx", "--as", "佐藤", "--accept-valid"]);
    assert!(said.contains("2件を受け付けました"), "{said}");
    let mended = workspace.path("b-要修正.xlsx");
    let said = workspace.exits(1, &["queue", mended.to_str().unwrap(), "--as", "佐藤"]);
    assert!(said.contains("2行目「変更後の回答予定日」："), "{said}");
    assert!(!said.contains("どの書簡の表か分かりません"), "{said}");
    workspace.file("c.xlsx", tabs("2026-12-18"));
    let said = workspace.ok(&["queue", "c.xlsx", "--as", "佐藤"]);
    assert!(
        said.contains("2件は、同じ記録を前に受け付けています")
            && said.contains("1件を受け付けました"),
        "{said}"
    );
    assert_eq!(workspace.letters().len(), 3);
}

#[test]
fn headers_of_all_sheets_are_told_with_their_sheet() {
    let workspace = Workspace::new();
    let mut first = received().row(1, &CONTENT);
    first.headers[0] = "名前";
    let mut second = put_off(1, extended(), "2026-12-18");
    second.headers[4] = "受付の番号";
    workspace.file("b.xlsx", book(&[first, second]));
    let said = workspace.exits(1, &["queue", "b.xlsx", "--as", "佐藤"]);
    for sheet in [RECEIVED, EXTENDED] {
        assert!(
            said.contains(&format!("シート「{sheet}」：見出しを直して")),
            "{said}"
        );
    }
}

#[test]
fn nothing_in_a_workbook_is_passed_over() {
    let workspace = Workspace::new();
    let queue = |tabs: &[Tab], options: &[&str]| {
        workspace.file("b.xlsx", book(tabs));
        let mut args = vec!["queue", "b.xlsx", "--as", "佐藤"];
        args.extend(options);
        workspace.exits(1, &args)
    };
    let good = received().row(1, &CONTENT);
    let hidden = Tab {
        is_hidden: true,
        ..put_off(1, extended(), "2026-12-18")
    };
    let said = queue(&[good.clone(), hidden], &[]);
    assert!(
        said.contains(&format!(
            "シート「{EXTENDED}」は隠れていますが、記録があります"
        )),
        "{said}"
    );
    let stray = Tab {
        name: "Sheet2",
        ..received().row(2, &CONTENT)
    };
    let said = queue(&[good.clone(), stray], &[]);
    assert!(
        said.contains("シート「Sheet2」にも記録の見出しがあります"),
        "{said}"
    );
    let said = queue(std::slice::from_ref(&good), &["--kind", EXTENDED]);
    assert!(
        said.contains(&format!(
            "シート「{RECEIVED}」の記録は、指定の種別「{EXTENDED}」と違います"
        )),
        "{said}"
    );
    let said = queue(&[received(), extended()], &[]);
    assert!(said.contains("どのシートも見出しだけで"), "{said}");
    // A hidden sheet of anything else, and an unfilled one, harm nobody.
    let lists = Tab {
        name: "選択肢",
        headers: vec!["開示"],
        rows: vec![vec!["法第33条第2項第1号".to_owned()]],
        is_hidden: true,
    };
    workspace.file("b.xlsx", book(&[extended(), good, lists]));
    let said = workspace.ok(&["queue", "b.xlsx", "--as", "佐藤"]);
    assert!(said.contains("1件を受け付けました"), "{said}");
}

/// What the parts of a workbook hold, as text.
fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut zip.by_name(name).unwrap(), &mut text).unwrap();
    text
}

#[test]
fn one_workbook_has_a_sheet_a_kind_and_shows_what_each_outcome_asks() {
    let workspace = Workspace::new();
    workspace.ok(&["kinds", "--header", "xlsx", "-o", "all.xlsx"]);
    let bytes = std::fs::read(workspace.path("all.xlsx")).unwrap();
    let sheets = part(&bytes, "xl/workbook.xml");
    let kinds = workspace.ok(&["kinds"]);
    let named = kinds
        .lines()
        .filter(|line| !line.starts_with(' ') && line.contains("  ("));
    let mut count = 0;
    for line in named {
        let name = line.split("  (").next().unwrap();
        let is_there = sheets.contains(&format!("name=\"{name}\""));
        assert_eq!(is_there, !line.ends_with("使わない設定"), "{line}");
        count += usize::from(is_there);
    }
    assert!(count > 20, "{count}");
    let said = workspace.exits(1, &["queue", "all.xlsx", "--as", "佐藤"]);
    assert!(said.contains("どのシートも見出しだけで"), "{said}");

    workspace.ok(&[
        "kinds",
        "disclosure-decision",
        "--header",
        "xlsx",
        "-o",
        "one.xlsx",
    ]);
    let bytes = std::fs::read(workspace.path("one.xlsx")).unwrap();
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    for rule in [
        // Grey where the outcome forbids, red where it asks and nothing is written.
        "OR($A2=\"開示\",$A2=\"不開示\",",
        "=0,OR($A2=\"開示\",$A2=\"一部開示\"))",
        "COUNTA($A2:",
        "MATCH($A2,'選択肢'!",
    ] {
        let rule = rule.replace('"', "&quot;");
        let plain = sheet.replace('"', "&quot;");
        assert!(plain.contains(&rule), "{rule}");
    }
    let texts = part(&bytes, "xl/sharedStrings.xml");
    assert!(
        texts.contains("法第33条第2項第1号（本人又は第三者の"),
        "no ground"
    );
    assert!(texts.contains("開示する内容1 項目"), "no numbered column");
    // A table of text holds one kind.
    let said = workspace.exits(1, &["kinds", "--header", "csv"]);
    assert!(
        said.contains("CSV には種類ごとのシートを作れません"),
        "{said}"
    );
}
