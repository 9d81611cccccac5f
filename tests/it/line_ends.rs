//! Where lines end: a number of an address stays whole, a wave dash begins no
//! line.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::harness::{Workspace, has, plain_record, society};

/// The pages of a record as lines, with blanks between words.
fn lines(workspace: &Workspace, kind: &str, record: &Value) -> Vec<String> {
    let file = workspace.file("record.json", record.to_string());
    let pdf = workspace.path("page.pdf");
    workspace.ok(&[
        "preview",
        kind,
        file.to_str().unwrap(),
        "-o",
        pdf.to_str().unwrap(),
    ]);
    lines_of(&pdf)
}

fn lines_of(pdf: &Path) -> Vec<String> {
    let output = Command::new("pdftotext")
        .args(["-layout", pdf.to_str().unwrap(), "-"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| line.trim().to_owned()).collect()
}

fn at(address: &str, building: Option<&str>) -> Value {
    let mut record = plain_record(1, false);
    record["addressee_address"] = address.into();
    if let Some(building) = building {
        record["addressee_building"] = building.into();
    }
    record
}

/// Towns of so many characters before the number, so that it meets the end of
/// a line at each of its places.
#[test]
fn a_number_of_an_address_is_never_cut_in_the_window() {
    if !has(
        "a_number_of_an_address_is_never_cut_in_the_window",
        &["pdftotext"],
    ) {
        return;
    }
    let workspace = Workspace::new();
    for number in [
        "１３１０－１２－３４５",
        "１３１０−１２−３４５",
        "１２３４５６７８",
        "１０ー２ー３０１",
        "２‐１５‐１０１０",
        "1310ー12ー345",
    ] {
        for town in 14..=22 {
            let address = format!("群馬県{}{number}", "町".repeat(town));
            let found = lines(&workspace, "acknowledgement", &at(&address, None));
            let whole = found.iter().any(|line| line.contains(number));
            assert!(whole, "{address}: {:?}", &found[..4]);
        }
    }
    // In the building as well, and what stands behind the number goes on.
    let building = format!("{}第１２３４５号室", "見本荘".repeat(6));
    let found = lines(
        &workspace,
        "acknowledgement",
        &at("群馬県前橋市亀里町１", Some(&building)),
    );
    assert!(
        found.iter().any(|line| line.contains("１２３４５")),
        "{found:?}"
    );
}

/// A number that no line holds is broken, and nothing of it is lost.
#[test]
fn a_number_wider_than_the_window_is_broken_and_whole() {
    let test = "a_number_wider_than_the_window_is_broken_and_whole";
    if !has(test, &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    for number in [
        "１２３４５６７８９－２３４５６７８９０－３４５６７８９０１－４５６",
        "１２３４５６７８９０１２３４５６７８９０１２３４５６７８９０",
        "1234567890-1234567890-1234567890-1234567890",
    ] {
        let address = format!("群馬県前橋市{number}");
        let found = lines(&workspace, "acknowledgement", &at(&address, None)).concat();
        // Date and number stand beside the address.
        let beside = ["令和8年11月22日", "（番号未定）", " "];
        let shown = beside
            .iter()
            .fold(found, |shown, part| shown.replace(part, ""));
        assert!(shown.contains(&address), "{address}: {shown}");
    }
}

fn no_line_begins_with_a_wave_dash(found: &[String]) {
    for line in found {
        assert!(!line.starts_with(['～', '〜']), "{line}\n{found:#?}");
    }
    assert!(found.iter().any(|line| line.contains('～')), "{found:#?}");
}

#[test]
fn a_wave_dash_begins_no_line_whatever_stands_before_it() {
    if !has(
        "a_wave_dash_begins_no_line_whatever_stands_before_it",
        &["pdftotext"],
    ) {
        return;
    }
    let workspace = Workspace::new();
    for before in [
        "漢",
        "９",
        "8:30",
        "葛\u{e0102}",
        "𠮷",
        "（別紙）",
        "か\u{3099}",
    ] {
        let text: Vec<String> = (28..=42)
            .map(|length| format!("{}{before}～{}", "漢".repeat(length), "字".repeat(20)))
            .collect();
        let mut record = plain_record(1, false);
        record["requested_content"] = text.join("\n").into();
        no_line_begins_with_a_wave_dash(&lines(&workspace, "acknowledgement", &record));
    }
}

/// In the society's own texts as well: the notice's table has narrow columns.
#[test]
fn a_wave_dash_of_the_notice_begins_no_line() {
    if !has("a_wave_dash_of_the_notice_begins_no_line", &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    let shipped = std::fs::read_to_string(society().join("notice.toml")).unwrap();
    let mut notice: toml::Table = toml::from_str(&shipped).unwrap();
    lengthen(&mut notice);
    let file = workspace.file("notice.toml", toml::to_string(&notice).unwrap());
    let pdf = workspace.path("notice.pdf");
    workspace.ok(&[
        "notice",
        "build",
        file.to_str().unwrap(),
        "-o",
        pdf.to_str().unwrap(),
    ]);
    no_line_begins_with_a_wave_dash(&lines_of(&pdf));
}

/// Each purpose of the table ends with years in every length.
fn lengthen(notice: &mut toml::Table) {
    fn visit(value: &mut toml::Value, count: &mut usize) {
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    match value {
                        toml::Value::String(text) if key == "text" => {
                            *count += 1;
                            text.push_str(&format!("{}～次の年度", "年".repeat(*count % 9)));
                        }
                        other => visit(other, count),
                    }
                }
            }
            toml::Value::Array(list) => list.iter_mut().for_each(|value| visit(value, count)),
            _ => {}
        }
    }
    let mut count = 0;
    for (_, value) in notice.iter_mut() {
        visit(value, &mut count);
    }
    assert!(count > 5, "{count} purposes");
}

/// Large offices have postal codes of their own, which stand alone in the
/// barcode; a code that may be anything else has none.
#[test]
fn a_postal_code_that_is_neither_a_towns_nor_an_offices_has_no_barcode() {
    let workspace = Workspace::new();
    let page = |postal_code: &str| -> Vec<u8> {
        let mut record = plain_record(1, false);
        record["addressee_postal_code"] = postal_code.into();
        record["addressee_address"] = "東京都千代田区霞が関1-2-2".into();
        let file = workspace.file("record.json", record.to_string());
        let picture: PathBuf = workspace.path("page.png");
        let (file, png) = (file.to_str().unwrap(), picture.to_str().unwrap());
        workspace.ok(&["preview", "acknowledgement", file, "-o", png]);
        std::fs::read(&picture).unwrap()
    };
    // Without bars the sheet is the one of a society that prints none.
    let with_bars = |code: &str| {
        let drawn = page(code);
        let profile = std::fs::read_to_string(society().join("profile.toml")).unwrap();
        let own = workspace.path("society");
        std::fs::create_dir_all(&own).unwrap();
        let none = profile.replace("barcode = true", "barcode = false");
        assert_ne!(none, profile, "the profile says nothing of barcodes");
        std::fs::write(own.join("profile.toml"), none).unwrap();
        std::fs::copy(society().join("notice.toml"), own.join("notice.toml")).unwrap();
        workspace.settings("approval = \"none\"\nsociety = \"society\"\n");
        let plain = page(code);
        workspace.settings("approval = \"none\"\n");
        drawn != plain
    };
    for code in ["371-8790", "980-8691", "379-2100", "371-8599"] {
        assert!(!with_bars(code), "{code}");
    }
    for code in ["100-0013", "379-2147", "951-8001", "100-8916", "460-8310"] {
        assert!(with_bars(code), "{code}");
    }
}

/// What the record's own words are is in no rule about lines.
#[test]
fn the_text_layer_says_what_the_record_says() {
    if !has("the_text_layer_says_what_the_record_says", &["pdftotext"]) {
        return;
    }
    let workspace = Workspace::new();
    let mut record = at("群馬県前橋市亀里町１３１０－１２", None);
    record["requested_content"] = "令和5年度～令和7年度の健診の結果～～～～～以上".into();
    let all = lines(&workspace, "acknowledgement", &record).concat();
    assert!(all.contains("亀里町１３１０－１２"), "{all}");
    assert!(
        all.contains("令和5年度～令和7年度の健診の結果～～～～～以上"),
        "{all}"
    );
}
