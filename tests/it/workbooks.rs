//! What a workbook does not say, or does not show, is told and never taken
//! for nothing.

use serde_json::{Value, json};

use crate::handmade::{Book, letters, text_cell};
use crate::harness::Workspace;

const HEADERS: [&str; 15] = [
    "結果区分",
    "記録番号",
    "氏名",
    "氏名カナ",
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
    "回答予定日",
];
const NAME: usize = 2;
const BUILDING: usize = 6;
const RECEIPT: usize = 8;
const DELIVERY: usize = 7;

fn row(n: usize) -> Vec<String> {
    [
        "受付",
        &format!("B-{n:03}"),
        &format!("見本 太郎{n}"),
        "ミホン タロウ",
        "379-2147",
        "群馬県前橋市亀里町1310番地",
        "見本荘101号",
        "保管のみ",
        &format!("受第26-{n:05}号"),
        "2026-11-18",
        "2026-11-20",
        "本人",
        "開示",
        "特定健診の結果",
        "2026-12-18",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn book(count: usize) -> Book {
    let mut rows = vec![HEADERS.map(str::to_owned).to_vec()];
    rows.extend((1..=count).map(row));
    Book::of(&rows)
}

fn place(column: usize, row: usize) -> String {
    format!("{}{row}", letters(column))
}

/// What is said of a workbook of letters that exits with this code.
fn told(code: i32, book: &Book, options: &[&str]) -> (Workspace, String) {
    let workspace = Workspace::new();
    workspace.file("b.xlsx", book.bytes());
    let mut args = vec!["queue", "b.xlsx", "--kind", "acknowledgement"];
    args.extend(options);
    let said = workspace.exits(code, &args);
    (workspace, said)
}

fn record(workspace: &Workspace, letter: usize) -> Value {
    let letters = workspace.letters();
    let shown = workspace.ok(&["show", letters[letter]["id"].as_str().unwrap(), "--json"]);
    let mut shown: Value = serde_json::from_str(&shown).unwrap();
    shown["record"].take()
}

/// Formulas without a value, as different programs leave them at `{}`.
const UNCOMPUTED: [&str; 10] = [
    r#"<c r="{}"><f>"見本荘"&amp;101&amp;"号"</f></c>"#,
    r#"<c r="{}"><f>A2</f><v></v></c>"#,
    r#"<c r="{}"><f>A2</f><v/></c>"#,
    r#"<c r="{}" s="0"><f>IF(A2="","",A2)</f><v> </v></c>"#,
    r#"<c r="{}"><f t="shared" ref="{}:{}" si="0">A2</f><v/></c>"#,
    r#"<c r="{}"><f t="shared" si="0"/></c>"#,
    r#"<c r="{}" t="str"><f>A2</f></c>"#,
    r#"<c r="{}" t="s"><f>A2</f><v></v></c>"#,
    r#"<c r="{}"><f t="array" ref="{}">A2</f><v/></c>"#,
    r#"<c r="{}"><f>A2</f><v>0.0</v></c>"#,
];
const NOT_SAVED: &str = "数式の計算結果がファイルに保存されていません";

#[test]
fn a_formula_without_its_value_is_told_and_never_read_as_empty() {
    for (column, header) in [(BUILDING, "方書・建物名"), (NAME, "氏名"), (0, "結果区分")]
    {
        for markup in UNCOMPUTED {
            let cell = markup.replace("{}", &place(column, 3));
            let book = book(3).with(&place(column, 3), &cell);
            let (workspace, said) = told(1, &book, &[]);
            let expected = format!("3行目「{header}」：{NOT_SAVED}");
            assert!(said.contains(&expected), "{markup}\n{said}");
            assert!(!said.contains("空です"), "{markup}\n{said}");
            assert_eq!(said.matches("3行目").count(), 1, "{markup}\n{said}");
            assert!(workspace.letters().is_empty());
        }
    }
}

#[test]
fn the_zero_in_the_place_of_a_value_is_no_value() {
    let zero = |cell: &str, workbook: &str| Book {
        workbook: workbook.to_owned(),
        ..book(1).with("G2", cell)
    };
    let asks = "<calcPr calcId=\"124519\" fullCalcOnLoad=\"1\"/>";
    for cell in [
        r#"<c r="G2"><f>A1</f><v>0</v></c>"#,
        r#"<c r="G2" t="n"><f>A1</f><v>0</v></c>"#,
        r#"<c r="G2" t="str"><f>A1</f><v></v></c>"#,
    ] {
        let (_, said) = told(1, &zero(cell, asks), &[]);
        assert!(
            said.contains(&format!("2行目「方書・建物名」：{NOT_SAVED}")),
            "{said}"
        );
    }
    // A value that was computed is one, whatever the workbook asks.
    let computed = r#"<c r="G2"><f>A1</f><v>12</v></c>"#;
    let (workspace, _) = told(0, &zero(computed, asks), &[]);
    assert_eq!(record(&workspace, 0)["addressee_building"], "12");
    let computed = r#"<c r="G2"><f>A1</f><v>0</v></c>"#;
    let (workspace, _) = told(0, &zero(computed, "<calcPr calcId=\"191029\"/>"), &[]);
    assert_eq!(record(&workspace, 0)["addressee_building"], "0");
}

#[test]
fn a_formula_where_the_form_has_no_column_is_told_too() {
    for (behind, column) in [("P2", "P列"), ("R2", "R列"), ("Z2", "Z列")] {
        let book = book(1);
        let rows = book.rows.replace(
            "</row>",
            &format!("<c r=\"{behind}\"><f>A2</f><v/></c></row>"),
        );
        // Only the second row has it.
        let rows = rows.replacen(&format!("<c r=\"{behind}\"><f>A2</f><v/></c>"), "", 1);
        let (_, said) = told(1, &Book { rows, ..book }, &[]);
        assert!(
            said.contains(&format!("2行目「{column}」：{NOT_SAVED}")),
            "{said}"
        );
    }
    // A header is no exception, nor is the column that names the kind.
    let (_, said) = told(1, &book(1).with("G1", r#"<c r="G1"><f>A2</f></c>"#), &[]);
    assert!(
        said.contains(NOT_SAVED) && !said.contains("2行目"),
        "{said}"
    );
    let mut rows = vec![["種別", "結果区分"].map(str::to_owned).to_vec()];
    rows[0].extend(HEADERS[1..].iter().map(|header| (*header).to_owned()));
    for n in 1..=2 {
        let mut cells = vec!["acknowledgement".to_owned()];
        cells.extend(row(n));
        rows.push(cells);
    }
    let workspace = Workspace::new();
    let named = Book::of(&rows).with("A3", r#"<c r="A3"><f>A2</f></c>"#);
    workspace.file("kinds.xlsx", named.bytes());
    let said = workspace.exits(1, &["queue", "kinds.xlsx"]);
    assert!(
        said.contains(&format!("3行目「種別」：{NOT_SAVED}")),
        "{said}"
    );
}

#[test]
fn an_array_formula_without_its_values_leaves_no_row_out() {
    let cell = r#"<c r="G2"><f t="array" ref="G2:G4">A2:A4</f><v/></c>"#;
    let (workspace, said) = told(1, &book(1).with("G2", cell), &["--accept-valid"]);
    assert!(said.contains("2行目から、G2:G4 に値を入れる数式"), "{said}");
    assert!(workspace.letters().is_empty());
}

#[test]
fn a_mark_of_a_request_or_a_flag_is_not_lost_with_its_formula() {
    let workspace = Workspace::new();
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
            "支援措置の相手方",
        ],
        vec![
            "受第26-001号",
            "開示",
            "2026-11-18",
            "2026-11-20",
            "任意代理人",
            "例示 一郎",
            "群馬県前橋市亀里町1310番地",
            "見本 花子",
            "被保険者",
            "該当する",
        ],
    ]);
    let formula = r#"<c r="J2"><f>IF(A2&lt;&gt;"","該当する","該当しない")</f></c>"#;
    workspace.file("r.xlsx", request.clone().with("J2", formula).bytes());
    let said = workspace.exits(1, &["request", "add", "r.xlsx"]);
    assert!(
        said.contains(&format!("2行目「支援措置の相手方」：{NOT_SAVED}")),
        "{said}"
    );
    workspace.file("r.xlsx", request.bytes());
    workspace.ok(&["request", "add", "r.xlsx"]);

    let flags = Book::of(&[
        vec!["加入者管理番号", "区分", "操作"],
        vec!["M-1", "支援措置", "登録"],
    ]);
    for place in ["A2", "B2", "C2"] {
        let cell = format!("<c r=\"{place}\"><f>A1</f><v/></c>");
        workspace.file("f.xlsx", flags.clone().with(place, &cell).bytes());
        let said = workspace.exits(1, &["members", "flags", "f.xlsx", "--as", "鈴木"]);
        assert!(
            said.contains("2行目「") && said.contains(NOT_SAVED),
            "{said}"
        );
    }
}

#[test]
fn what_excel_libreoffice_and_google_sheets_compute_is_taken() {
    let shared = "<si><t>見本</t></si>\
        <si><t>山田</t><rPh sb=\"0\" eb=\"2\"><t>ヤマダ</t></rPh><phoneticPr fontId=\"1\"/></si>\
        <si><r><rPr><b/></rPr><t>例</t></r><r><t xml:space=\"preserve\">示 一郎</t></r></si>";
    let book = book(5)
        // Excel: text, an empty text, a shared formula and a cell it is meant for.
        .with(
            "G2",
            r#"<c r="G2" t="str"><f>"見本荘"&amp;101</f><v>見本荘101</v></c>"#,
        )
        .with(
            "G3",
            r#"<c r="G3" t="str"><f>IF(A3="x","y","")</f><v></v></c>"#,
        )
        .with("C4", r#"<c r="C4" t="s"><v>1</v></c>"#)
        .with(
            "I4",
            r#"<c r="I4"><f t="shared" ref="I4:I5" si="0">A4+1</f><v>26001</v></c>"#,
        )
        .with("I5", r#"<c r="I5"><f t="shared" si="0"/><v>26002</v></c>"#)
        .with("C5", r#"<c r="C5" t="s"><v>2</v></c>"#)
        // LibreOffice and Google Sheets, and an array that fills cells.
        .with(
            "G4",
            r#"<c r="G4" s="0" t="str"><f aca="false">CONCATENATE("例示",1)</f><v>例示1</v></c>"#,
        )
        .with(
            "G5",
            r#"<c r="G5" t="str"><f t="array" ref="G5:G6">A5:A6</f><v>甲荘</v></c>"#,
        )
        .with("G6", r#"<c r="G6" t="str"><v>乙荘</v></c>"#)
        .with(
            "J6",
            r#"<c r="J6" t="str"><f>TEXT(A6,"yyyy-mm-dd")</f><v>2026-11-18</v></c>"#,
        );
    let (workspace, _) = told(
        0,
        &Book {
            shared: shared.to_owned(),
            ..book
        },
        &[],
    );
    let buildings = (0..5).map(|n| record(&workspace, n)["addressee_building"].clone());
    assert_eq!(
        buildings.collect::<Vec<Value>>(),
        [
            json!("見本荘101"),
            Value::Null,
            json!("例示1"),
            json!("甲荘"),
            json!("乙荘")
        ]
    );
    assert_eq!(record(&workspace, 2)["addressee_name"], "山田");
    assert_eq!(record(&workspace, 3)["addressee_name"], "例示 一郎");
    assert_eq!(record(&workspace, 2)["receipt_number"], "26001");
    assert_eq!(record(&workspace, 3)["receipt_number"], "26002");
}

#[test]
fn a_value_that_cannot_be_read_is_not_an_empty_cell() {
    for cell in [
        r#"<c r="G2"><v><![CDATA[101]]></v></c>"#,
        r#"<c r="G2" t="inlineStr"><v>見本荘</v></c>"#,
        r#"<c r="G2"><v>101</v><f>A2</f></c>"#,
        r#"<c r="G2" t="inlineStr"><is><t>見本荘</t></is><v>1</v></c>"#,
    ] {
        let (_, said) = told(1, &book(1).with("G2", cell), &[]);
        assert!(
            said.contains("2行目「方書・建物名」：セルの値を読み取れません"),
            "{cell}\n{said}"
        );
    }
}

#[test]
fn errors_of_every_edition_are_told_and_the_other_rows_checked() {
    let errors = [
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
        "#FIELD!",
        "#BUSY!",
        "#ERROR!",
        "#CONNECT!",
        "#BLOCKED!",
        "#UNKNOWN!",
        "#EXTERNAL!",
        "#PYTHON!",
        "#N/A",
        "#VALUE!",
        "#REF!",
        "#DIV/0!",
        "#NUM!",
        "#NAME?",
        "#NULL!",
        "#未知!",
    ];
    let mut book = book(errors.len() + 2);
    for (index, error) in errors.iter().enumerate() {
        let column = [BUILDING, NAME, RECEIPT, DELIVERY][index % 4];
        let place = place(column, index + 3);
        let formula = if index % 2 == 0 { "<f>A1</f>" } else { "" };
        let cell = format!("<c r=\"{place}\" t=\"e\">{formula}<v>{error}</v></c>");
        book = book.with(&place, &cell);
    }
    let (workspace, said) = told(2, &book, &["--accept-valid"]);
    for index in 0..errors.len() {
        let header = HEADERS[[BUILDING, NAME, RECEIPT, DELIVERY][index % 4]];
        let expected = format!("{}行目「{header}」：数式がエラーになっています", index + 3);
        assert!(said.contains(&expected), "{expected}\n{said}");
    }
    assert!(said.contains("2件を受け付けました"), "{said}");
    assert_eq!(record(&workspace, 0)["addressee_name"], "見本 太郎1");
    let last = format!("見本 太郎{}", errors.len() + 2);
    assert_eq!(record(&workspace, 1)["addressee_name"], last);
}

#[test]
fn an_error_among_cells_without_places_moves_no_other_cell() {
    let mut book = book(2);
    for column in 0..HEADERS.len() {
        for row in 1..=3 {
            let named = format!("<c r=\"{}\"", place(column, row));
            book.rows = book.rows.replace(&named, "<c");
        }
    }
    book.rows = book.rows.replacen(
        &text_cell("X", "見本荘101号").replace(" r=\"X\"", ""),
        "<c t=\"e\"><v>#SPILL!</v></c>",
        1,
    );
    let (workspace, said) = told(2, &book, &["--accept-valid"]);
    assert!(
        said.contains("2行目「方書・建物名」：数式がエラー"),
        "{said}"
    );
    assert_eq!(said.matches("2行目").count(), 1, "{said}");
    assert_eq!(record(&workspace, 0)["receipt_number"], "受第26-00002号");
}

#[test]
fn hidden_rows_and_columns_with_values_stop_the_file() {
    let hidden = |column: usize, attributes: &str, rows: usize| Book {
        before: format!(
            "<cols><col min=\"{0}\" max=\"{0}\" {attributes}/></cols>",
            column + 1
        ),
        ..book(rows)
    };
    let filter = Book {
        after: "<autoFilter ref=\"A1:O4\"><filterColumn colId=\"2\"><filters><filter val=\"見本 太郎1\"/></filters></filterColumn></autoFilter>".to_owned(),
        ..book(3).row(3, "hidden=\"1\"").row(4, "hidden=\"1\"")
    };
    for (book, expected) in [
        (filter, "3行目、4行目"),
        (
            book(2).row(2, "customFormat=\"false\" ht=\"12.8\" hidden=\"true\""),
            "2行目",
        ),
        (book(2).row(3, "ht=\"0\" customHeight=\"1\""), "3行目"),
        (book(2).row(1, "hidden=\"1\""), "1行目"),
        (
            hidden(BUILDING, "width=\"9\" hidden=\"1\"", 1),
            "G「方書・建物名」列",
        ),
        (
            hidden(RECEIPT, "width=\"0\" customWidth=\"1\"", 1),
            "I「受付番号」列",
        ),
        (
            hidden(0, "hidden=\"true\" outlineLevel=\"1\"", 1),
            "A「結果区分」列",
        ),
    ] {
        let (workspace, said) = told(1, &book, &["--accept-valid"]);
        assert!(
            said.contains(&format!("非表示の行や列に値があります({expected})")),
            "{said}"
        );
        assert!(said.contains("フィルターを解除し"), "{said}");
        assert!(workspace.letters().is_empty());
    }
    // Both in one message, and a long list is cut.
    let mut both = hidden(BUILDING, "hidden=\"1\"", 20);
    for row in 3..=20 {
        both = both.row(row, "hidden=\"1\"");
    }
    let (_, said) = told(1, &both, &[]);
    assert!(
        said.contains("3行目、4行目") && said.contains("12行目ほか、G「"),
        "{said}"
    );
    assert!(!said.contains("13行目"), "{said}");
    // Requests and flags are files like any other.
    let workspace = Workspace::new();
    let flags = Book::of(&[
        vec!["加入者管理番号", "区分"],
        vec!["M-1", "支援措置"],
        vec!["M-2", "支援措置"],
    ]);
    workspace.file("f.xlsx", flags.row(3, "hidden=\"1\"").bytes());
    let said = workspace.exits(1, &["members", "flags", "f.xlsx", "--as", "鈴木"]);
    assert!(
        said.contains("非表示の行や列に値があります(3行目)"),
        "{said}"
    );
}

#[test]
fn what_is_hidden_and_empty_stops_nothing() {
    let empty_rows = "<row r=\"4\" hidden=\"1\"/><row r=\"5\" hidden=\"1\"><c r=\"A5\" s=\"0\"/><c r=\"B5\" t=\"str\"><f>A5</f><v></v></c></row>";
    let plain = book(2);
    let below = Book {
        rows: format!("{}{empty_rows}", plain.rows),
        before: "<sheetFormatPr zeroHeight=\"1\"/><cols><col min=\"16\" max=\"16384\" hidden=\"1\"/></cols>".to_owned(),
        ..plain
    };
    told(0, &below, &[]);
    // A column nobody needs, with its header alone.
    let mut unused = Book {
        before: "<cols><col min=\"7\" max=\"7\" hidden=\"1\"/></cols>".to_owned(),
        ..book(2)
    };
    for place in ["G2", "G3"] {
        unused = unused.with(
            place,
            &format!("<c r=\"{place}\" s=\"0\"/></c>").replace("/></c>", "></c>"),
        );
    }
    let (workspace, _) = told(0, &unused, &[]);
    assert_eq!(workspace.letters().len(), 2);
    assert!(record(&workspace, 0).get("addressee_building").is_none());
    // The remarks of a file that was mended are never read.
    let mut rows = vec![HEADERS.map(str::to_owned).to_vec(), row(1)];
    rows[0].push("エラー内容".to_owned());
    rows[1].push("2行目「氏名」：直しました".to_owned());
    let mended = Book {
        before: "<cols><col min=\"16\" max=\"16\" hidden=\"1\"/></cols>".to_owned(),
        ..Book::of(&rows)
    };
    told(0, &mended, &[]);
}
