//! What a tired clerk types: where it can mean one thing only it is taken, and
//! the record is the one the plain word gives; where it could mean two it is
//! asked back.

use encoding_rs::SHIFT_JIS;
use serde_json::{Map, Value, json};

use crate::harness::{Workspace, root};

const HEADERS: [&str; 13] = [
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

/// A row under [`HEADERS`] in the form's own words.
const PLAIN: [&str; 13] = [
    "受付",
    "B-001",
    "見本 太郎",
    "379-2147",
    "群馬県前橋市亀里町1310番地",
    "保管のみ",
    "受第26-00001号",
    "2026-11-18",
    "2026-11-20",
    "本人",
    "開示\n訂正等",
    "特定健診の結果",
    "2026-12-18",
];

/// Lines of CSV, every value in quotes.
fn csv(rows: &[Vec<String>]) -> String {
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")))
            .collect();
        cells.join(",") + "\r\n"
    };
    rows.iter().map(line).collect()
}

fn owned(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// The plain row with one cell typed otherwise.
fn typed(header: &str, text: &str) -> String {
    let at = HEADERS.iter().position(|h| *h == header).unwrap();
    let mut row = owned(&PLAIN);
    row[at] = text.to_owned();
    csv(&[owned(&HEADERS), row])
}

const SAME: &str = "1件は、同じ記録を前に受け付けています";

#[test]
fn every_way_to_type_a_value_gives_the_record_of_the_plain_one() {
    let workspace = Workspace::new();
    let plain = csv(&[owned(&HEADERS), owned(&PLAIN)]);
    workspace.file("plain.csv", plain);
    workspace.ok(&["queue", "plain.csv", "--kind", "acknowledgement"]);
    for (header, ways) in [
        ("結果区分", &["", " 受付 ", "受　付"][..]),
        ("記録番号", &["Ｂ－００１", "B−001", "Ｂー００１"][..]),
        (
            "郵便番号",
            &[
                "〒379-2147",
                "３７９－２１４７",
                "379ー2147",
                "〒　３７９−２１４７",
            ][..],
        ),
        ("送付方法", &["保管", "保管だけ"][..]),
        (
            "受付番号",
            &["受第２６－００００１号", "受第26―00001号"][..],
        ),
        (
            "請求日",
            &["令和８年１１月１８日", "R8.11.18", "２０２６/11/18"][..],
        ),
        ("請求者の区分", &["本人請求", "ご本人", "本　人"][..]),
        (
            "請求の種類",
            &[
                "開示、訂正等",
                "開示請求、訂正請求",
                "開示,訂正",
                "開示・訂正等",
                "開示　訂正等",
                "・開示\n・訂正等",
                "①開示\n②訂正",
                "（１）開示\n（２）訂正等",
            ][..],
        ),
    ] {
        for way in ways {
            workspace.file("t.csv", typed(header, way));
            let said = workspace.ok(&["queue", "t.csv", "--kind", "acknowledgement"]);
            assert!(said.contains(SAME), "{header}={way}\n{said}");
        }
    }
    // The lists in columns of their own, and in the encoding of Windows.
    let mut headers = owned(&HEADERS);
    headers[10] = "請求の種類1".to_owned();
    headers.insert(11, "請求の種類 ３".to_owned());
    headers.push("担当".to_owned());
    headers.push("※確認".to_owned());
    let mut row = owned(&PLAIN);
    row[10] = "開示請求".to_owned();
    row.insert(11, "訂正".to_owned());
    row.extend(owned(&["佐藤", "済"]));
    let text = csv(&[headers, row]);
    let (bytes, _, failed) = SHIFT_JIS.encode(&text);
    assert!(!failed);
    workspace.file("windows.csv", bytes);
    let said = workspace.ok(&["queue", "windows.csv", "--kind", "acknowledgement"]);
    assert!(said.contains(SAME), "{said}");
    assert!(
        said.contains("「担当」、「※確認」の列は、職員の覚えとして読み飛ばしました"),
        "{said}"
    );
    assert_eq!(workspace.letters().len(), 1);
}

#[test]
fn what_could_mean_two_things_is_asked_back() {
    let workspace = Workspace::new();
    for (header, text, told) in [
        (
            "請求者の区分",
            "代理人",
            "「未成年者の法定代理人」、「成年被後見人の法定代理人」、「任意代理人」のどれのことですか",
        ),
        (
            "請求者の区分",
            "後見人",
            "「未成年者の法定代理人」、「成年被後見人の法定代理人」のどれのことですか",
        ),
        ("請求者の区分", "相続人", "「遺族」のことですか"),
        ("請求の種類", "開示、謎", "「開示、謎」は選べません"),
        ("請求の種類", "開示及び訂正", "は選べません"),
        ("郵便番号", "〒〒379-2147", "この欄に書ける形ではありません"),
        ("請求日", "8.11.18", "日付として読めません"),
    ] {
        workspace.file("t.csv", typed(header, text));
        let said = workspace.exits(1, &["queue", "t.csv", "--kind", "acknowledgement"]);
        assert!(said.contains(told), "{header}={text}\n{said}");
        assert!(said.contains("2行目「"), "{said}");
    }
    assert!(workspace.letters().is_empty());
}

fn sample(path: &str) -> Map<String, Value> {
    let path = root().join("templates/letters").join(path);
    let text = std::fs::read_to_string(path).unwrap();
    let Value::Object(mut record) = serde_json::from_str(&text).unwrap() else {
        panic!("no record");
    };
    for field in ["fee", "fee_paid_on"] {
        record.remove(field);
    }
    record
}

/// A record as the one row of a sheet. Lists of rows come in columns of their
/// own, with the sheet's words for their parts.
fn as_row(record: &Map<String, Value>, parts: &[(&str, &str)]) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut row = Vec::new();
    for (field, value) in record {
        match value {
            Value::Array(entries) => {
                for (number, entry) in (1..).zip(entries) {
                    match entry {
                        Value::Object(object) => {
                            row.extend(object.iter().map(|(part, value)| {
                                let named = parts.iter().find(|(name, _)| name == part);
                                let part = named.map_or(part.as_str(), |(_, title)| title);
                                (format!("{field}{number} {part}"), text(value))
                            }));
                        }
                        entry => row.push((format!("{field}{number}"), text(entry))),
                    }
                }
            }
            value => row.push((field.clone(), text(value))),
        }
    }
    row
}

fn sheet_of(row: &[(String, String)]) -> String {
    let (headers, cells): (Vec<String>, Vec<String>) = row.iter().cloned().unzip();
    csv(&[headers, cells])
}

fn set(row: &mut [(String, String)], header: &str, text: &str) {
    let cell = row.iter_mut().find(|(h, _)| h == header);
    cell.unwrap_or_else(|| panic!("no {header}")).1 = text.to_owned();
}

#[test]
fn grounds_are_taken_as_citations_and_entries_in_columns_of_their_own() {
    let workspace = Workspace::new();
    let record = sample("disclosure-decision/samples/partial.json");
    workspace.file("plain.json", json!([record]).to_string());
    workspace.ok(&["queue", "plain.json"]);
    let titles = [("count", "件数"), ("ground", "根拠"), ("pages", "枚数")];
    let row = as_row(&record, &titles);
    let ground = "withheld_items1 根拠";
    let wording = "本人又は第三者の生命、身体、財産その他の権利利益を害するおそれがある場合";
    for (header, text) in [
        (ground, "DISC_33_2_1".to_owned()),
        (ground, "法第33条第2項第1号".to_owned()),
        (ground, "第33条第2項第1号".to_owned()),
        (ground, "33条2項1号".to_owned()),
        (ground, "法第３３条第２項第１号".to_owned()),
        (ground, "個人情報保護法 第33条 第2項 第1号".to_owned()),
        (ground, "法第三十三条第二項第一号".to_owned()),
        (ground, format!("法第33条第2項第1号（{wording}）")),
        (
            ground,
            format!("DISC_33_2_1＝法第33条第2項第1号（{wording}）"),
        ),
        (ground, "ＤＩＳＣ＿３３＿２＿１".to_owned()),
        ("disclosed_items1 件数", "6件".to_owned()),
        ("disclosed_items1 件数", "６ 件".to_owned()),
        ("enclosures1 枚数", "６枚".to_owned()),
        ("receipt_number", "受第２６－００３号".to_owned()),
    ] {
        let mut row = row.clone();
        set(&mut row, header, &text);
        workspace.file("t.csv", sheet_of(&row));
        let said = workspace.ok(&["queue", "t.csv"]);
        assert!(said.contains(SAME), "{header}={text}\n{said}");
    }
    // Another counter is another thing.
    let mut wrong = row.clone();
    set(&mut wrong, "disclosed_items1 件数", "6枚");
    workspace.file("t.csv", sheet_of(&wrong));
    let said = workspace.exits(1, &["queue", "t.csv"]);
    assert!(
        said.contains("「disclosed_items1 件数」：「6枚」は整数ではありません")
            && said.contains("後に「件」を付けても構いません"),
        "{said}"
    );
    // One list in two ways is refused, not joined.
    let mut both = row.clone();
    both.push((
        "開示しない部分".to_owned(),
        "欄｜DISC_33_2_1｜理由".to_owned(),
    ));
    workspace.file("t.csv", sheet_of(&both));
    let said = workspace.exits(1, &["queue", "t.csv"]);
    assert!(
        said.contains("「withheld_items1 item」の列にも書かれています"),
        "{said}"
    );
    // A code and a citation that are not of one ground name none.
    let mut torn = row.clone();
    set(&mut torn, ground, "DISC_33_2_1＝法第33条第2項第2号");
    workspace.file("t.csv", sheet_of(&torn));
    let said = workspace.exits(1, &["queue", "t.csv"]);
    assert!(said.contains("法令データにありません"), "{said}");
    // A ground of another decision is told with those that fit.
    let mut another = row;
    set(&mut another, ground, "法第34条第2項");
    workspace.file("t.csv", sheet_of(&another));
    let said = workspace.exits(1, &["queue", "t.csv"]);
    assert!(
        said.contains("根拠「法第34条第2項」は、「一部開示」の根拠になりません")
            && said.contains(&format!("DISC_33_2_1＝法第33条第2項第1号（{wording}）")),
        "{said}"
    );
    assert!(!said.contains("GATE_SPEC"), "{said}");
    assert_eq!(workspace.letters().len(), 1);
}

#[test]
fn a_citation_of_two_grounds_is_told_apart_by_what_they_say() {
    let workspace = Workspace::new();
    let record = sample("cessation-decision/samples/erased.json");
    workspace.file("plain.json", json!([record]).to_string());
    workspace.ok(&["queue", "plain.json"]);
    let mut row = as_row(&record, &[]);
    set(&mut row, "grounds1", "法第35条第5項");
    workspace.file("t.csv", sheet_of(&row));
    let said = workspace.exits(1, &["queue", "t.csv"]);
    let first = "法第35条第5項（保有個人データを当組合が利用する必要がなくなった場合）";
    assert!(
        said.contains("根拠「法第35条第5項」に当たるものが2つあります")
            && said.contains(&format!(
                "ERASE_35_5a＝{first}、ERASE_35_5c＝法第35条第5項（"
            )),
        "{said}"
    );
    set(&mut row, "grounds1", first);
    workspace.file("t.csv", sheet_of(&row));
    let said = workspace.ok(&["queue", "t.csv"]);
    assert!(said.contains(SAME), "{said}");
    // In one cell, with another ground beside it.
    let mut both = row.clone();
    let one_cell = both.iter_mut().find(|(h, _)| h == "grounds1").unwrap();
    *one_cell = (
        "根拠".to_owned(),
        "ERASE_35_5a、法第35条第5項（第26条第1項本文に規定する事態）".to_owned(),
    );
    set(&mut both, "receipt_number", "受第26-499号");
    workspace.file("t.csv", sheet_of(&both));
    workspace.ok(&["queue", "t.csv"]);
    let second = workspace.letters()[1]["id"].as_str().unwrap().to_owned();
    let shown = workspace.ok(&["show", &second, "--json"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(
        shown["record"]["grounds"],
        json!(["ERASE_35_5a", "ERASE_35_5b"])
    );
}

#[test]
fn grounds_stand_in_the_list_of_a_kind_with_what_they_say() {
    let workspace = Workspace::new();
    let said = workspace.ok(&["kinds", "disclosure-decision"]);
    let refused = said.split("  不開示(").nth(1).unwrap();
    let refused = refused.split("  不存在(").next().unwrap();
    assert!(
        refused.contains("書ける根拠：DISC_33_2_1＝法第33条第2項第1号（本人又は第三者の"),
        "{said}"
    );
    assert!(!refused.contains("DISC_33_3_NONE"), "{refused}");
}

#[test]
fn a_column_nobody_reads_is_refused_where_nobody_would_be_told() {
    let workspace = Workspace::new();
    let rows = [
        owned(&["加入者管理番号", "区分", "操作", "担当"]),
        owned(&["M-001", "支援措置", "登録", "佐藤"]),
    ];
    workspace.file("f.csv", csv(&rows));
    let said = workspace.exits(1, &["members", "flags", "f.csv", "--as", "鈴木"]);
    assert!(
        said.contains("見出し「担当」：決められていない項目です"),
        "{said}"
    );
    // A column that is neither is still asked about.
    workspace.file(
        "t.csv",
        typed("請求日", "R8.11.18").replace("\"回答予定日\"", "\"回答予定\""),
    );
    let said = workspace.exits(1, &["queue", "t.csv", "--kind", "acknowledgement"]);
    assert!(said.contains("「回答予定日」ではありませんか"), "{said}");
}

#[test]
fn requests_are_typed_as_freely() {
    let workspace = Workspace::new();
    let headers = owned(&[
        "受付番号",
        "請求の種類",
        "請求日",
        "到達日",
        "請求者の区分",
        "請求者氏名",
        "請求者郵便番号",
        "請求者住所",
        "本人氏名",
        "本人の区分",
        "本人の生年月日",
        "担当",
    ]);
    let row = owned(&[
        "受第２６－１０１号",
        "開示請求、苦情",
        "R8.11.18",
        "令和８年１１月２０日",
        "親権者",
        "例示 一郎",
        "〒３７９－２１４７",
        "群馬県前橋市亀里町1310番地",
        "見本 花子",
        "扶養家族",
        "Ｈ25．5．1",
        "佐藤",
    ]);
    workspace.file("r.csv", csv(&[headers, row]));
    let said = workspace.ok(&["request", "add", "r.csv", "--as", "佐藤"]);
    assert!(
        said.contains("受第26-101号") && said.contains("「担当」の列は"),
        "{said}"
    );
    let shown = workspace.ok(&["request", "show", "受第26-101号"]);
    for kept in ["受第26-101号", "開示", "苦情の処理", "未成年者の法定代理人"] {
        assert!(shown.contains(kept), "{kept}\n{shown}");
    }
}
