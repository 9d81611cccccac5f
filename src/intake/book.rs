//! A workbook of text cells, written row by row.
//!
//! Every cell is text with the format of text (`@`), so a spreadsheet neither
//! runs what is in it nor takes zeros and hyphens away, whoever edits it next.
//! The crate that makes the empty sheet would hold all rows in memory, and
//! takes a text that looks like its own markup for markup.

use std::fs::File;
use std::io::{self, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::cell::column_name;

/// The longest text of a cell, in UTF-16 units.
const MAX_UNITS: usize = 32_767;
/// What stands behind a text that was cut.
const CUT: &str = "…(長すぎるため、ここまで)";
/// Widths of a column of values and of the last one, in characters.
const WIDTHS: (u8, u8) = (18, 70);

const PARTS: [(&str, &str); 5] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="要修正" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
    ),
    // Format 1 is text (49 is `@`), format 2 the same in bold for headers.
    (
        "xl/styles.xml",
        r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="游ゴシック"/></font><font><b/><sz val="11"/><name val="游ゴシック"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="標準" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#,
    ),
];
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const TEXT: u8 = 1;
const HEADER: u8 = 2;

/// A workbook being written.
pub(super) struct Book {
    zip: ZipWriter<File>,
    row: u64,
}

impl Book {
    /// Begins a workbook with these headers.
    pub(super) fn begin(file: File, headers: &[&str]) -> io::Result<Self> {
        let mut zip = ZipWriter::new(file);
        let options = SimpleFileOptions::default();
        for (name, content) in PARTS {
            zip.start_file(name, options)?;
            write!(zip, "{DECLARATION}{content}")?;
        }
        zip.start_file("xl/worksheets/sheet1.xml", options)?;
        let values = headers.len().saturating_sub(1).max(1);
        let last = values + 1;
        let (width, wide) = WIDTHS;
        // Whole columns are text, for what staff type below and beside.
        write!(
            zip,
            r#"{DECLARATION}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="{values}" width="{width}" style="{TEXT}" customWidth="1"/><col min="{last}" max="{last}" width="{wide}" style="{TEXT}" customWidth="1"/></cols><sheetData>"#
        )?;
        let mut book = Book { zip, row: 0 };
        book.write(headers, HEADER)?;
        Ok(book)
    }

    /// Adds a row.
    pub(super) fn push(&mut self, cells: &[&str]) -> io::Result<()> {
        self.write(cells, TEXT)
    }

    fn write(&mut self, cells: &[&str], style: u8) -> io::Result<()> {
        self.row += 1;
        let row = self.row;
        write!(self.zip, "<row r=\"{row}\">")?;
        for (index, text) in cells.iter().enumerate() {
            let column = column_name(index);
            write!(self.zip, "<c r=\"{column}{row}\" s=\"{style}\"")?;
            if text.is_empty() {
                write!(self.zip, "/>")?;
            } else {
                write!(
                    self.zip,
                    " t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                    escaped(&fitting(text))
                )?;
            }
        }
        write!(self.zip, "</row>")
    }

    /// Ends the workbook and gives its file back.
    pub(super) fn finish(mut self) -> io::Result<File> {
        write!(self.zip, "</sheetData></worksheet>")?;
        Ok(self.zip.finish()?)
    }
}

/// The text as far as a cell can hold it. A field holds far less, so what is
/// cut was refused for its length and is again.
fn fitting(text: &str) -> String {
    if text.encode_utf16().count() <= MAX_UNITS {
        return text.to_owned();
    }
    let mut room = MAX_UNITS - CUT.encode_utf16().count();
    let fits = |c: &char| {
        let left = room.checked_sub(c.len_utf16());
        room = left.unwrap_or(0);
        left.is_some()
    };
    let mut start: String = text.chars().take_while(fits).collect();
    start.push_str(CUT);
    start
}

/// A text for the sheet. XML knows no control characters; workbooks write
/// them as `_x0007_`, and a text that looks so with its first sign escaped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '_' if is_escape(rest.as_str()) => escaped.push_str("_x005F_"),
            '\t' | '\n' => escaped.push(c),
            '\u{FFFE}' | '\u{FFFF}' | '\u{00}'..='\u{1F}' => {
                escaped.push_str(&format!("_x{:04X}_", u32::from(c)));
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

/// Whether this, behind an underscore, reads as an escaped character.
fn is_escape(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let digits = bytes.get(1..5).unwrap_or_default();
    bytes.first() == Some(&b'x')
        && bytes.get(5) == Some(&b'_')
        && digits.iter().all(u8::is_ascii_hexdigit)
}
