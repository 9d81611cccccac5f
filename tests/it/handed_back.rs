//! What is handed back to be mended runs in no spreadsheet, and says the same
//! when it comes again.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::handmade::{Book, changed, part, text_cell};
use crate::harness::Workspace;

const HEADERS: [&str; 13] = [
    "結果区分",
    "記録番号",
    "氏名",
    "郵便番号",
    "住所",
    "方書・建物名",
    "送付方法",
    "受付番号",
    "請求日",
    "到達日",
    "請求者の区分",
    "請求の種類",
    "請求の内容",
];
const SHEET: &str = "xl/worksheets/sheet1.xml";

/// A row whose only fault is the column that is missing here.
fn row(changes: &[(usize, &str)]) -> Vec<String> {
    let mut row = [
        "受付",
        "B-001",
        "見本 太郎",
        "379-2147",
        "群馬県前橋市亀里町1310番地",
        "見本荘",
        "保管のみ",
        "受第26-001号",
        "2026-11-18",
        "2026-11-20",
        "本人",
        "開示",
        "特定健診の結果",
        "2026-02-30",
    ]
    .map(str::to_owned)
    .to_vec();
    for (column, value) in changes {
        row[*column] = (*value).to_owned();
    }
    row
}

fn headers() -> Vec<String> {
    let mut headers = HEADERS.map(str::to_owned).to_vec();
    headers.push("回答予定日".to_owned());
    headers
}

fn accept_valid(workspace: &Workspace, file: &str) -> String {
    let args = ["queue", file, "--kind", "acknowledgement", "--accept-valid"];
    workspace.exits(2, &args)
}

fn queue(workspace: &Workspace, file: &str) {
    workspace.ok(&["queue", file, "--kind", "acknowledgement"]);
}

fn records(workspace: &Workspace) -> Vec<Value> {
    let record = |letter: &Value| {
        let shown = workspace.ok(&["show", letter["id"].as_str().unwrap(), "--json"]);
        serde_json::from_str::<Value>(&shown).unwrap()["record"].take()
    };
    workspace.letters().iter().map(record).collect()
}

/// Values a spreadsheet changes or runs when it gets the chance.
const DELICATE: [&[(usize, &str)]; 8] = [
    &[(1, "00012"), (3, "0600001"), (7, "1-2")],
    &[
        (1, "-12"),
        (2, "@見本"),
        (5, "+81号室"),
        (12, "-一つ目の検査\n-二つ目の検査"),
    ],
    &[(5, "－１０１"), (12, "＝は、等号です。"), (7, "＠1")],
    &[(1, "1/2"), (5, "001"), (12, "== 請求の内容 ==")],
    &[
        (1, "202611000000000001"),
        (7, "1E5"),
        (5, "<r><t>見本</t></r>"),
    ],
    &[(1, "_x0041_"), (5, "A&B <\"館\">"), (12, "一\n\n二")],
    &[(1, "''-1'"), (12, "'='と'+'の欄")],
    &[
        (2, "葛\u{E0102}城 𠮷"),
        (5, "１－２－３"),
        (12, "@ref #let $x$"),
    ],
];

#[test]
fn rejected_rows_of_a_workbook_come_back_as_a_workbook_of_text() {
    let workspace = Workspace::new();
    let mut rows = vec![headers()];
    rows.extend(DELICATE.map(row));
    workspace.file("in.xlsx", Book::of(&rows).bytes());
    let said = accept_valid(&workspace, "in.xlsx");
    assert!(said.contains("in-要修正.xlsx"), "{said}");
    assert!(!workspace.path("in-要修正.csv").exists());
    let back = workspace.path("in-要修正.xlsx");
    assert_eq!(
        fs::metadata(&back).unwrap().permissions().mode() & 0o777,
        0o600
    );

    // Every cell is text, has the format of text and is no formula.
    let sheet = part(&back, SHEET);
    let styles = part(&back, "xl/styles.xml");
    let formats: Vec<&str> = styles
        .split_once("<cellXfs")
        .unwrap()
        .1
        .split("<xf ")
        .skip(1)
        .collect();
    assert!(!sheet.contains("<f") && !sheet.contains("<v"), "{sheet}");
    let cells: Vec<&str> = sheet.split("<c r=").skip(1).collect();
    assert_eq!(cells.len(), (DELICATE.len() + 1) * (HEADERS.len() + 2));
    for cell in cells {
        let style: usize = cell.split("s=\"").nth(1).unwrap()[..1].parse().unwrap();
        assert!(formats[style].contains("numFmtId=\"49\""), "{cell}");
        assert!(
            cell.contains("t=\"inlineStr\"") || cell.contains("/>"),
            "{cell}"
        );
    }
    assert!(
        sheet.contains("エラー内容") && sheet.contains("2行目「回答予定日」："),
        "{sheet}"
    );

    // As it stands it is refused with the same words, mended it is the same.
    let said = workspace.exits(1, &["queue", "in-要修正.xlsx", "--kind", "acknowledgement"]);
    assert_eq!(
        said.matches("「回答予定日」：").count(),
        DELICATE.len(),
        "{said}"
    );
    assert_eq!(said.matches("行目").count(), DELICATE.len(), "{said}");
    let mended = changed(&back, SHEET, |xml| xml.replace("2026-02-30", "2026-12-18"));
    workspace.file("mended.xlsx", mended);
    queue(&workspace, "mended.xlsx");
    same_as_given(&records(&workspace));
}

#[test]
fn rejected_rows_of_a_csv_file_run_in_no_spreadsheet_and_say_the_same_again() {
    let workspace = Workspace::new();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(headers()).unwrap();
    for changes in DELICATE {
        writer.write_record(row(changes)).unwrap();
    }
    workspace.file("in.csv", writer.into_inner().unwrap());
    let mut name = "in.csv".to_owned();
    // Handed back, and handed back once more.
    for again in ["in-要修正.csv", "in-要修正-要修正.csv"] {
        accept_valid(&workspace, &name);
        name = again.to_owned();
        let back = read_csv(&workspace.path(again));
        assert_eq!(back.len(), DELICATE.len() + 1);
        for cell in back.iter().flatten() {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']),
                "{cell}"
            );
        }
        assert_eq!(back[1][1], "00012");
        assert_eq!(back[2][1], "'-12");
    }
    let text = fs::read_to_string(workspace.path(&name)).unwrap();
    workspace.file("mended.csv", text.replace("2026-02-30", "2026-12-18"));
    queue(&workspace, "mended.csv");
    same_as_given(&records(&workspace));

    // Without the column that says so, the mark is nobody's and is told.
    let rows = read_csv(&workspace.path("mended.csv"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in &rows[..3] {
        writer.write_record(&row[..row.len() - 1]).unwrap();
    }
    workspace.file("bare.csv", writer.into_inner().unwrap());
    let said = workspace.exits(1, &["queue", "bare.csv", "--kind", "acknowledgement"]);
    assert!(
        said.contains("3行目「記録番号」：値の前に「'」が付いています"),
        "{said}"
    );
    assert!(
        said.contains("3行目「請求の内容」：値の前に「'」が付いています"),
        "{said}"
    );
}

fn same_as_given(records: &[Value]) {
    let fields = [
        (1, "record_key"),
        (2, "addressee_name"),
        (3, "addressee_postal_code"),
        (5, "addressee_building"),
        (7, "receipt_number"),
        (12, "requested_content"),
    ];
    assert_eq!(records.len(), DELICATE.len());
    for (record, changes) in records.iter().zip(DELICATE) {
        for (column, field) in fields {
            let mut given = row(changes)[column].clone();
            if field == "receipt_number" {
                // Numbers are kept in half width.
                given = given.replace('＠', "@");
            }
            assert_eq!(record[field], given, "{field}");
        }
    }
}

fn read_csv(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
    let rows = reader.records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// What a workbook held in another way than as text, and what it must not
/// turn into by being handed back.
#[test]
fn a_cell_that_could_not_be_read_is_handed_back_to_be_typed_again() {
    let typed = [
        ("H2", r#"<c r="H2" s="1"><v>12</v></c>"#, "#要入力!12"),
        (
            "H3",
            r#"<c r="H3" s="2"><v>46024</v></c>"#,
            "#要入力!2026-01-02",
        ),
        (
            "H4",
            r#"<c r="H4"><v>1234567890123456789</v></c>"#,
            "#要入力!1234567890123456",
        ),
        ("F5", r#"<c r="F5" t="b"><v>1</v></c>"#, "#要入力!TRUE"),
        (
            "F6",
            r#"<c r="F6"><f>"見本荘"&amp;1</f><v/></c>"#,
            "#要入力!=\"見本荘\"&amp;1",
        ),
        (
            "F7",
            r#"<c r="F7" t="e"><v>#SPILL!</v></c>"#,
            "#要入力!#SPILL!",
        ),
        ("M8", r#"<c r="M8"><f>単価*2</f></c>"#, "#要入力!=単価*2"),
        ("D9", r#"<c r="D9"><v>600001</v></c>"#, "#要入力!600001"),
    ];
    let mut rows = vec![headers()];
    rows.extend(typed.iter().map(|_| row(&[(13, "2026-12-18")])));
    let mut book = Book::of(&rows);
    for (place, cell, _) in &typed {
        book = book.with(place, cell);
    }
    let workspace = Workspace::new();
    workspace.file("in.xlsx", with_formats(&workspace, &book));
    accept_valid(&workspace, "in.xlsx");
    let back = workspace.path("in-要修正.xlsx");
    let sheet = part(&back, SHEET);
    for (_, _, shown) in &typed {
        assert!(
            sheet.contains(&format!("preserve\">{shown}")),
            "{shown}\n{sheet}"
        );
    }
    let said = workspace.exits(1, &["queue", "in-要修正.xlsx", "--kind", "acknowledgement"]);
    assert_eq!(
        said.matches("入力し直されていません").count(),
        typed.len(),
        "{said}"
    );
    assert!(workspace.letters().is_empty());
    // A date where a date belongs and a bare number are what they were.
    let workspace = Workspace::new();
    let good = Book::of(&[headers(), row(&[])])
        .with("I2", r#"<c r="I2" s="2"><v>46344</v></c>"#)
        .with("H2", r#"<c r="H2"><v>26001</v></c>"#);
    workspace.file("in.xlsx", with_formats(&workspace, &good));
    accept_valid(&workspace, "in.xlsx");
    let mended = changed(&workspace.path("in-要修正.xlsx"), SHEET, |xml| {
        xml.replace("2026-02-30", "2026-12-18")
    });
    workspace.file("mended.xlsx", mended);
    queue(&workspace, "mended.xlsx");
    let record = &records(&workspace)[0];
    assert_eq!(record["request_date"], "2026-11-18");
    assert_eq!(record["receipt_number"], "26001");
}

/// The workbook with two formats: leading zeros (1) and a date (2).
fn with_formats(workspace: &Workspace, book: &Book) -> Vec<u8> {
    let path = workspace.file("plain.xlsx", book.bytes());
    let styles = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="164" formatCode="00000"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let mut bytes = fs::read(path).unwrap();
    let mut zip = zip::ZipWriter::new_append(std::io::Cursor::new(&mut bytes)).unwrap();
    zip.start_file("xl/styles.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    std::io::Write::write_all(&mut zip, styles.as_bytes()).unwrap();
    zip.finish().unwrap();
    bytes
}

#[test]
fn values_beside_the_form_and_very_long_ones_come_back_too() {
    let workspace = Workspace::new();
    let long = "長".repeat(40_000);
    let mut beside = row(&[(13, "2026-12-18"), (1, "00012")]);
    beside.extend(["".to_owned(), "=確認済".to_owned()]);
    let rows = vec![headers(), row(&[(12, &long)]), beside];
    workspace.file("in.xlsx", Book::of(&rows).bytes());
    let said = accept_valid(&workspace, "in.xlsx");
    assert!(
        said.contains(
            "3行目：見出しは14列ですが、この行はその右にも値があります。見出しを付けるか"
        ),
        "{said}"
    );
    let sheet = part(&workspace.path("in-要修正.xlsx"), SHEET);
    assert!(sheet.contains("長…(長すぎるため、ここまで)<"), "not cut");
    assert!(sheet.contains("preserve\">00012<") && sheet.contains("preserve\">=確認済<"));
    let said = workspace.exits(1, &["queue", "in-要修正.xlsx", "--kind", "acknowledgement"]);
    assert!(
        said.contains("2行目「請求の内容」：32767文字あり") || said.contains("上限の2000文字"),
        "{said}"
    );
    assert!(said.contains("3行目：見出しは15列"), "{said}");
}

#[test]
fn a_rejected_file_is_named_after_what_the_file_is() {
    let workspace = Workspace::new();
    let book = Book::of(&[headers(), row(&[])]);
    workspace.file("misnamed.csv", book.bytes());
    accept_valid(&workspace, "misnamed.csv");
    assert!(workspace.path("misnamed-要修正.xlsx").exists());
    let header = headers().join("\t");
    let cells = row(&[(5, "+1号室")]).join("\t");
    workspace.file("tabs.tsv", format!("{header}\n{cells}\n"));
    accept_valid(&workspace, "tabs.tsv");
    let back = read_csv(&workspace.path("tabs-要修正.csv"));
    assert_eq!(back[1][5], "'+1号室");
    // Requests are handed back in the same way.
    let request = Book::of(&[
        vec![
            "受付番号",
            "請求の種類",
            "請求日",
            "到達日",
            "請求者の区分",
            "請求者氏名",
            "請求者住所",
            "本人氏名",
            "本人の区分",
        ],
        vec![
            "0001",
            "開示",
            "2026-11-18",
            "2026-11-31",
            "本人",
            "見本 花子",
            "群馬県前橋市1",
            "見本 花子",
            "被保険者",
        ],
    ]);
    workspace.file("r.xlsx", request.bytes());
    workspace.exits(2, &["request", "add", "r.xlsx", "--accept-valid"]);
    let back = workspace.path("r-要修正.xlsx");
    assert!(part(&back, SHEET).contains(&text_cell("A2", "0001").replace(" t=", " s=\"1\" t=")));
    workspace.file(
        "m.xlsx",
        changed(&back, SHEET, |xml| xml.replace("2026-11-31", "2026-11-20")),
    );
    workspace.ok(&["request", "add", "m.xlsx"]);
    workspace.ok(&["request", "show", "0001"]);
}

#[test]
fn an_empty_sheet_runs_nothing_whatever_its_titles_are() {
    let workspace = Workspace::new();
    let templates = workspace.path("templates");
    crate::harness::copy_folder(&crate::harness::root().join("templates"), &templates);
    let schema = templates.join("members/flags.schema.json");
    let text = fs::read_to_string(&schema).unwrap();
    fs::write(&schema, text.replace("加入者管理番号\"", "=1+2\"")).unwrap();
    workspace.settings("approval = \"none\"\ntemplates = \"templates\"\n");
    for ending in ["csv", "xlsx"] {
        workspace.ok(&["members", "flags", "--header", ending]);
    }
    let text = fs::read_to_string(workspace.path("member-flag.csv")).unwrap();
    assert!(text.starts_with("\u{FEFF}'=1+2,"), "{text}");
    assert!(!part(&workspace.path("member-flag.xlsx"), SHEET).contains("<f>"));
    // Filled in, it is read by the same title.
    workspace.file("filled.csv", format!("{text}M-1,支援措置,\r\n"));
    let said = workspace.ok(&["members", "flags", "filled.csv", "--as", "鈴木"]);
    assert!(said.contains("1件"), "{said}");
}
