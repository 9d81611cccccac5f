//! Workbooks made by hand, for what no writer of ours produces.

use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

/// A workbook with one sheet; only what differs from the plainest is set.
#[derive(Default, Clone)]
pub struct Book {
    /// The rows, `<row …>…</row>`.
    pub rows: String,
    /// What stands before them, `<cols>…</cols>`.
    pub before: String,
    /// What stands behind them, `<autoFilter/>`.
    pub after: String,
    /// The texts cells of type `s` point to, `<si>…</si>`.
    pub shared: String,
    /// What stands behind the sheets in the workbook, `<calcPr/>`.
    pub workbook: String,
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

impl Book {
    /// A sheet of text cells.
    pub fn of<S: AsRef<str>>(rows: &[Vec<S>]) -> Self {
        let lines = (1..).zip(rows).map(|(number, row)| line(number, row));
        Book {
            rows: lines.collect(),
            ..Book::default()
        }
    }

    /// With a cell, as [`text_cell`] writes it, replaced by other markup.
    pub fn with(mut self, place: &str, cell: &str) -> Self {
        let start = self
            .rows
            .find(&format!("<c r=\"{place}\""))
            .unwrap_or_else(|| panic!("no {place}"));
        let end = start + self.rows[start..].find("</c>").unwrap() + "</c>".len();
        self.rows.replace_range(start..end, cell);
        self
    }

    /// With a row's attributes.
    pub fn row(mut self, number: usize, attributes: &str) -> Self {
        let plain = format!("<row r=\"{number}\">");
        assert!(self.rows.contains(&plain), "no row {number}");
        let marked = format!("<row r=\"{number}\" {attributes}>");
        self.rows = self.rows.replace(&plain, &marked);
        self
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        let Book {
            rows,
            before,
            after,
            shared,
            workbook,
        } = self;
        let parts = [
            (
                "[Content_Types].xml",
                format!(
                    r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>"#
                ),
            ),
            (
                "_rels/.rels",
                format!(
                    r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    r#"<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets><sheet name="表&amp;1" sheetId="1" r:id="rId1"/></sheets>{workbook}</workbook>"#
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/sharedStrings.xml",
                format!(r#"<sst xmlns="{MAIN}">{shared}</sst>"#),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!(
                    r#"<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>"#
                ),
            ),
        ];
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            let options = zip::write::SimpleFileOptions::default();
            zip.start_file(name, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}

fn line<S: AsRef<str>>(number: usize, row: &[S]) -> String {
    let cells = row.iter().enumerate();
    let cells: String = cells
        .map(|(column, text)| text_cell(&format!("{}{number}", letters(column)), text.as_ref()))
        .collect();
    format!("<row r=\"{number}\">{cells}</row>")
}

/// A cell of text.
pub fn text_cell(place: &str, text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        // What looks like an escaped character is escaped itself.
        .replace("_x", "_x005F_x");
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
}

/// What a sheet calls a column below the 27th.
pub fn letters(column: usize) -> char {
    char::from(b'A' + u8::try_from(column).unwrap())
}

/// A part of a workbook.
pub fn part(book: &Path, name: &str) -> String {
    let file = std::fs::File::open(book).unwrap();
    let mut zip = zip::ZipArchive::new(file).unwrap();
    let mut text = String::new();
    zip.by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// The same workbook with one part changed.
pub fn changed(book: &Path, name: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let bytes = std::fs::read(book).unwrap();
    let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..from.len() {
        let mut file = from.by_index(index).unwrap();
        let found = file.name().unwrap().into_owned();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        if found == name {
            let after = change(&text);
            assert_ne!(text, after, "nothing was changed in {name}");
            text = after;
        }
        let options = zip::write::SimpleFileOptions::default();
        to.start_file(found, options).unwrap();
        to.write_all(text.as_bytes()).unwrap();
    }
    to.finish().unwrap().into_inner()
}
