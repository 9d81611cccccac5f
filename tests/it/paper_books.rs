//! Forms to fill in as workbooks: the fields and words of the page, to be typed
//! into without harm, blank beside the notice and filled in from a request.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use serde_json::{Value, json};

use crate::flags::{add, assert_told, request_of, sample};
use crate::harness::{Workspace, copy_folder, has, root, squeezed, text_layer};

const RECEIPT: &str = "受第26-112号";
/// What only a workbook says.
const TYPED: [&str; 3] = [
    "色の付いた欄に入力し",
    "印刷した後に、署名し",
    "シート「ご注意」",
];
/// What only a page says.
const OVERLEAF: &str = "は、裏面（2ページ）にあります。";
/// What is on the back of a page and on a sheet of its own in a workbook.
const BACK: &str = "添えていただく書類及びご注意";

fn codes() -> Vec<String> {
    let list = fs::read_to_string(root().join("templates/forms/forms.toml")).unwrap();
    let list: toml::Table = list.parse().unwrap();
    let forms = list["forms"].as_array().unwrap().iter();
    forms
        .map(|form| form["code"].as_str().unwrap().to_owned())
        .collect()
}

/// What the cells of all sheets say, cell by cell.
fn cells(file: &Path) -> Vec<String> {
    let mut book: Xlsx<_> = open_workbook(file).unwrap();
    let sheets = book.worksheets();
    let ranges = sheets.iter().map(|(_, range)| range);
    let cells = ranges.flat_map(|range| range.used_cells());
    let texts = cells.map(|(_, _, cell)| match cell {
        Data::String(text) => text.clone(),
        other => panic!("{other:?} is no text"),
    });
    texts.filter(|text| !text.is_empty()).collect()
}

/// The files in a workbook.
fn inside(file: &Path) -> BTreeMap<String, String> {
    let mut package = zip::ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
    let mut inside = BTreeMap::new();
    for index in 0..package.len() {
        let mut entry = package.by_index(index).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        inside.insert(entry.name().unwrap().into_owned(), text);
    }
    inside
}

/// A workspace with an agent's request for disclosure.
fn with_request(change: Value) -> Workspace {
    let workspace = Workspace::new();
    let letter = sample("identity-request/missing-agent", json!({}));
    let mut own = json!({"rights": ["disclosure"], "requester_name": "見本 髙子"});
    for (field, value) in change.as_object().unwrap() {
        own[field] = value.clone();
    }
    add(&workspace, &[request_of(&letter, own)]);
    workspace
}

#[test]
fn a_workbook_and_its_page_say_the_same() {
    if !has("a_workbook_and_its_page_say_the_same", &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    for code in codes() {
        let (pdf, book) = (format!("{code}.pdf"), format!("{code}.xlsx"));
        workspace.ok(&["form", &code, "-o", &pdf]);
        let said = workspace.ok(&["form", &code, "-o", &book]);
        assert_told(&said, &["(Excel)"]);
        let page = squeezed(&text_layer(&workspace.path(&pdf)).concat());
        let cells = cells(&workspace.path(&book));
        let mut rest = page.clone();
        for cell in &cells {
            let cell = match TYPED.iter().find(|typed| cell.contains(*typed)) {
                Some(typed) if cell.starts_with(BACK) && *typed == TYPED[2] => BACK,
                Some(_) => continue,
                None => cell,
            };
            let parts = cell.split(['\n', '／', '　']).map(squeezed);
            for part in parts.filter(|part| !part.is_empty() && part != "✓") {
                assert!(page.contains(&part), "{code}: the page lacks {part}");
                rest = rest.replacen(&part, "", 1);
            }
        }
        // What is left of the page are boxes, brackets, the numbers of its
        // pages, and where its back is.
        let mark = |c: &char| "□（）／-－〒、。様".contains(*c) || c.is_ascii_digit();
        let left: String = rest.chars().filter(|c| !mark(c)).collect();
        let back: String = OVERLEAF.chars().filter(|c| !mark(c)).collect();
        assert!(
            left.replacen(&back, "", 1).is_empty(),
            "{code}: the workbook lacks {left}"
        );
    }
}

#[test]
fn a_workbook_is_typed_into_and_printed_on_a4_without_harm() {
    let workspace = Workspace::new();
    for code in codes() {
        let file = workspace.path(format!("{code}.xlsx"));
        workspace.ok(&["form", &code, "-o", file.to_str().unwrap()]);
        let inside = inside(&file);
        let sheets = inside
            .iter()
            .filter(|(name, _)| name.contains("worksheets/"));
        for (name, sheet) in sheets {
            for part in [
                "<sheetProtection sheet=\"1\"",
                "paperSize=\"9\"",
                "<pageSetUpPr fitToPage=\"1\"/>",
                "blackAndWhite=\"1\"",
            ] {
                assert!(sheet.contains(part), "{code} {name} lacks {part}");
            }
            assert!(!sheet.contains("<f>"), "{code} {name}");
        }
        let fields = &inside["xl/worksheets/sheet1.xml"];
        for part in ["type=\"list\"", "□,✓"] {
            assert!(fields.contains(part), "{code} lacks {part}");
        }
        // The row that says how to type is not printed.
        let printed = &inside["xl/workbook.xml"];
        assert!(printed.contains("_xlnm.Print_Area"), "{printed}");
        assert!(printed.contains("!$A$2:$D$"), "{printed}");
        assert!(printed.contains("name=\"用紙\""), "{printed}");
        // Cells to write in are open, all others are locked.
        assert!(inside["xl/styles.xml"].contains("<protection locked=\"0\"/>"));
        let about = &inside["docProps/core.xml"];
        assert!(about.contains("群馬県農業団体健康保険組合"), "{about}");
    }
    let role = "本人,未成年者の法定代理人,成年被後見人の法定代理人,委任による代理人";
    let sheet = &inside(&workspace.path("disclosure-request.xlsx"))["xl/worksheets/sheet1.xml"];
    assert!(sheet.contains(role), "{sheet}");
    // The same form on the same day gives the same bytes.
    let twice = ["a.xlsx", "b.xlsx"].map(|file| {
        workspace.ok(&["form", "同意書", "-o", file]);
        fs::read(workspace.path(file)).unwrap()
    });
    assert!(twice[0] == twice[1]);
    for file in ["x", "x.xls", "x.docx"] {
        let said = workspace.exits(2, &["form", "同意書", "-o", file]);
        assert_told(&said, &[".pdf か .xlsx"]);
        assert!(!workspace.path(file).exists());
    }
}

#[test]
fn a_workbook_of_a_request_tells_what_the_page_tells() {
    let home = "群馬県高崎市見本町二丁目3番地";
    let workspace = with_request(json!({
        "principal_address": home, "member_key": "M-112", "requester_building": "-2+1号",
    }));
    let made = |form: &str, file: &str| {
        let args = ["form", form, "--request", RECEIPT, "-o", file];
        workspace.ok(&args);
        cells(&workspace.path(file))
    };
    let disclosure = made("disclosure-request", "a.xlsx");
    let agent = made("power-of-attorney", "b.xlsx");
    let withdrawal = made("withdrawal", "c.xlsx");
    let said = |cells: &[String], text: &str| cells.iter().any(|cell| cell == text);
    for cells in [&disclosure, &withdrawal] {
        for text in ["見本 髙子", RECEIPT, "委任による代理人", "令和8年11月4日"] {
            assert!(said(cells, text), "{text} in {cells:?}");
        }
    }
    assert!(said(&disclosure, "例示 花子"));
    assert!(said(&withdrawal, "令和8年11月2日"));
    assert!(said(&agent, "見本 髙子"));
    // The box of what is asked for, and no other.
    let ticked = |cells: &[String]| cells.iter().filter(|cell| *cell == "✓").count();
    assert_eq!(
        [ticked(&disclosure), ticked(&agent), ticked(&withdrawal)],
        [1, 1, 1]
    );
    let at = disclosure.iter().position(|cell| cell == "✓").unwrap();
    assert_eq!(disclosure[at + 1], "保有個人データの開示");
    // An address is text, whatever it begins with.
    assert!(disclosure.iter().any(|cell| cell.ends_with("-2+1号")));
    for cells in [&disclosure, &agent, &withdrawal] {
        assert!(
            !cells
                .iter()
                .any(|cell| cell.contains(home) || cell.contains("M-112"))
        );
    }
    let said = workspace.exits(
        1,
        &[
            "form",
            "bereaved-request",
            "--request",
            RECEIPT,
            "-o",
            "d.xlsx",
        ],
    );
    assert_told(&said, &["使うものではありません"]);
    assert!(!workspace.path("d.xlsx").exists());
}

#[test]
fn no_workbook_is_filled_in_for_somebody_the_principal_is_protected_from() {
    let workspace = with_request(json!({"protected_counterpart": "yes"}));
    let args = ["form", "委任状", "--request", RECEIPT, "-o", "a.xlsx"];
    assert_told(&workspace.exits(1, &args), &["支援措置の相手方"]);
    assert!(!workspace.path("a.xlsx").exists());
}

#[test]
fn blank_workbooks_stand_beside_the_notice() {
    let workspace = Workspace::new();
    workspace.ok(&["notice", "site", "-o", "site"]);
    let page = fs::read_to_string(workspace.path("site/forms/index.html")).unwrap();
    for code in codes() {
        let file = workspace.path(format!("site/forms/{code}.xlsx"));
        let size = fs::metadata(&file).unwrap().len().div_ceil(1024);
        let link = format!("href=\"{code}.xlsx\">");
        let (_, after) = page.split_once(&link).unwrap_or_else(|| panic!("{link}"));
        let link = after.split("</a>").next().unwrap();
        assert!(link.ends_with(&format!("（Excel、{size}KB）")), "{link}");
        assert!(!cells(&file).contains(&"✓".to_owned()), "{code}");
    }
    let before = fs::read(workspace.path("site/forms/consent.xlsx")).unwrap();
    workspace.ok(&["notice", "site", "-o", "other"]);
    let after = fs::read(workspace.path("other/forms/consent.xlsx")).unwrap();
    assert!(before == after);
}

#[test]
fn a_slip_in_a_forms_file_is_told_with_file_and_field() {
    let workspace = Workspace::new();
    copy_folder(&root().join("templates"), &workspace.path("templates"));
    workspace.settings("templates = \"templates\"\napproval = \"none\"\n");
    let file = workspace.path("templates/forms/consent.toml");
    let shipped = fs::read_to_string(&file).unwrap();
    for (from, to, told) in [
        (
            "title = \"氏名（署名又は\\n記名押印）\"\n",
            "title = \"氏名（署名又は\\n記名押印）\"\nsays = [\"principal_address\"]\n",
            [
                "欄「氏名（署名又は記名押印）」",
                "principal_address",
                "記入できるのは",
            ],
        ),
        (
            "use = \"signing_principal\"",
            "use = \"signer\"",
            ["「signer」", "forms/shared.toml", "ありません"],
        ),
        (
            "{masked}",
            "{maske}",
            ["「maske」", "forms/shared.toml", "ありません"],
        ),
        (
            "height = 24",
            "height = 2400",
            ["欄「その他」", "height", "ミリメートル"],
        ),
        (
            "choose = \"one\"\noptions",
            "options",
            ["欄「本人との関係」", "choose", "options"],
        ),
    ] {
        assert!(shipped.contains(from), "{from}");
        fs::write(&file, shipped.replace(from, to)).unwrap();
        for ending in ["pdf", "xlsx"] {
            let output = format!("x.{ending}");
            let said = workspace.exits(1, &["form", "同意書", "-o", &output]);
            assert_told(&said, &["forms/consent.toml"]);
            assert_told(&said, &told);
        }
    }
}
