//! Files of records, requests, members and flags, in each of their formats.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::{Fuzz, packages, seeds};
use crate::catalogue::{Catalogue, Form, Forms};
use crate::intake::{Reader, Row};
use crate::office::open_characters;
use crate::text::characters::Characters;

/// Rows of a file that are looked at.
const ROWS: usize = 400;

const TABLE: [&str; 24] = [
    "種別",
    "結果区分",
    "記録番号",
    "氏名",
    "郵便番号",
    "住所",
    "送付方法",
    "郵送",
    "メール",
    "メールアドレス",
    "受付番号",
    "請求日",
    "到達日",
    "本人",
    "開示",
    "加入者管理番号",
    "支援措置の相手方",
    "該当する",
    "設定",
    "解除",
    "エラー内容",
    "sep=,",
    "令和8年11月18日",
    "2026/11/18",
];

const JSON: [&str; 20] = [
    "\"kind\":\"acknowledgement\"",
    "\"kind\":\"disclosure-decision\"",
    "\"outcome\":\"received\"",
    "\"record_key\":",
    "\"addressee_name\":",
    "\"delivery\":\"post\"",
    "\"rights\":[\"disclosure\"]",
    "\"arrival_date\":\"2026-11-20\"",
    "null",
    "true",
    "{}",
    "[]",
    "[[[[[[[[",
    "{\"a\":{\"a\":{\"a\":",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "1e999",
    "-0",
    ",\n",
    "}\n{",
];

const XML: [&str; 40] = [
    "<row r=\"3\" hidden=\"1\">",
    "<c r=\"B2\" t=\"s\"><v>0</v></c>",
    "<c t=\"inlineStr\"><is><t>",
    "</t></is></c>",
    "<c r=\"ZZZZ99999999999\">",
    "<f>1+1</f>",
    "<f t=\"shared\" ref=\"A1:B9\" si=\"0\">",
    "<f t=\"array\" ref=\"A2:A9\">",
    "<v>1</v>",
    "<v/>",
    "<v></v>",
    " t=\"e\"",
    " t=\"b\"",
    " t=\"d\"",
    " t=\"str\"",
    " t=\"s\"",
    " s=\"1\"",
    " s=\"99\"",
    " count=\"4294967295\"",
    " uniqueCount=\"4294967295\"",
    "<dimension ref=\"A1:XFD1048576\"/>",
    "<mergeCell ref=\"A1:C3\"/>",
    "<autoFilter ref=\"A1:C9\"/>",
    "<cols><col min=\"1\" max=\"16384\" hidden=\"1\"/></cols>",
    "<!DOCTYPE a [<!ENTITY b \"cc\">]>",
    "&b;",
    "&#x0;",
    "&#xD800;",
    "&amp;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
    "<rPh sb=\"0\" eb=\"1\"><t>ミ</t></rPh>",
    " r:id=\"rId1\"",
    "<sheet name=\"表\" sheetId=\"1\" state=\"hidden\" r:id=\"rId1\"/>",
    "xml:space=\"preserve\"",
    "_x0041_",
    "_x000D_",
];

fn templates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| Catalogue::load(&templates()).unwrap())
}

fn characters() -> &'static Characters {
    static CHARACTERS: OnceLock<Characters> = OnceLock::new();
    CHARACTERS.get_or_init(|| {
        open_characters(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts")).unwrap()
    })
}

/// A file of this name with these bytes, read to its end.
fn read(path: &Path, input: &[u8], forms: Forms<'_>, kind: Option<&str>) -> String {
    fs::write(path, input).unwrap();
    let reader = match Reader::open(path, forms, kind, characters()) {
        Ok(reader) => reader,
        Err(problem) => return format!("refused：{problem}"),
    };
    let rows = reader.take(ROWS).map(|row| match row {
        Row::Good(record) => {
            let values = serde_json::to_string(&record.values).unwrap();
            format!("row {} good {}：「{values}」", record.row, record.kind)
        }
        Row::Bad(bad) => {
            let problems: Vec<String> = bad.problems.iter().map(ToString::to_string).collect();
            format!("row {} bad：{}", bad.row, problems.join("\n"))
        }
    });
    rows.collect::<Vec<_>>().join("\n")
}

fn letters(name: &str, file: &str, inputs: usize, words: &[&str], shipped: &[(&str, &str)]) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(file);
    let kind = (!file.contains("json")).then_some("acknowledgement");
    let fuzz = Fuzz {
        name,
        inputs,
        words,
        seeds: seeds(name, shipped),
        package: file.ends_with("xlsx"),
    };
    fuzz.run(|input| read(&path, input, Forms::Kinds(catalogue()), kind));
}

#[test]
fn letters_as_csv() {
    letters("letters-csv", "letters.csv", 700, &TABLE, &[]);
}

#[test]
fn letters_as_tsv() {
    letters("letters-tsv", "letters.tsv", 300, &TABLE, &[]);
}

#[test]
fn letters_as_json() {
    let samples = [("templates/letters/acknowledgement/samples", ".json")];
    letters("letters-json", "letters.json", 500, &JSON, &samples);
}

#[test]
fn letters_as_json_lines() {
    letters("letters-jsonl", "letters.jsonl", 500, &JSON, &[]);
}

#[test]
fn letters_as_workbooks() {
    letters("letters-xlsx", "letters.xlsx", 500, &XML, &[]);
}

/// A table and a JSON file by their first byte, a workbook by its own.
fn one_form(name: &str, inputs: usize, form: &Form) {
    let folder = TempDir::new().unwrap();
    let words: Vec<&str> = TABLE.iter().chain(&JSON).copied().collect();
    let mut seeds = seeds(name, &[]);
    let workbooks = self::seeds("letters-xlsx", &[]);
    seeds.extend(workbooks.into_iter().take(1));
    let fuzz = Fuzz {
        name,
        inputs,
        words: &words,
        seeds,
        package: true,
    };
    fuzz.run(|input| {
        let ending = match input.first() {
            Some(b'P') => "xlsx",
            Some(b'[' | b'{') => "json",
            _ => "csv",
        };
        let path = folder.path().join(format!("file.{ending}"));
        read(&path, input, Forms::One(form), Some(&form.code))
    });
}

#[test]
fn requests() {
    one_form("requests", 400, &Form::of_requests(&templates()).unwrap());
}

#[test]
fn members() {
    one_form("members", 400, &Form::of_members(&templates()).unwrap());
}

#[test]
fn flags() {
    let form = Form::of_member_flags(&templates()).unwrap();
    one_form("flags", 400, &form);
}

/// What is no package is not changed as one.
#[test]
fn a_package_stays_one() {
    let files = vec![("a.xml".to_owned(), b"<a/>".to_vec())];
    assert!(packages::packed(&files).unwrap().starts_with(b"PK"));
}
