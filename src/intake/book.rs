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

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>"#;
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
// Format 1 is text (49 is `@`), format 2 the same in bold for headers.
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="游ゴシック"/></font><font><b/><sz val="11"/><name val="游ゴシック"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="標準" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#;
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const TEXT: u8 = 1;
const HEADER: u8 = 2;

/// A workbook being written, sheet after sheet.
pub(super) struct Book {
    zip: ZipWriter<File>,
    row: u64,
    /// The names of its sheets.
    sheets: Vec<String>,
}

impl Book {
    /// Begins a workbook.
    pub(super) fn begin(file: File) -> Self {
        Book {
            zip: ZipWriter::new(file),
            row: 0,
            sheets: Vec::new(),
        }
    }

    /// Begins its next sheet, with these headers.
    pub(super) fn sheet(&mut self, name: &str, headers: &[&str]) -> io::Result<()> {
        self.end_sheet()?;
        self.sheets.push(name.to_owned());
        let part = format!("xl/worksheets/sheet{}.xml", self.sheets.len());
        self.zip.start_file(part, SimpleFileOptions::default())?;
        let values = headers.len().saturating_sub(1).max(1);
        let last = values + 1;
        let (width, wide) = WIDTHS;
        // Whole columns are text, for what staff type below and beside.
        write!(
            self.zip,
            r#"{DECLARATION}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="{values}" width="{width}" style="{TEXT}" customWidth="1"/><col min="{last}" max="{last}" width="{wide}" style="{TEXT}" customWidth="1"/></cols><sheetData>"#
        )?;
        self.row = 0;
        self.write(headers, HEADER)
    }

    fn end_sheet(&mut self) -> io::Result<()> {
        match self.sheets.is_empty() {
            true => Ok(()),
            false => write!(self.zip, "</sheetData></worksheet>"),
        }
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
        self.end_sheet()?;
        let mut types = TYPES.to_owned();
        let mut sheets = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>"#.to_owned();
        let mut relations = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#.to_owned();
        for (number, name) in (1..).zip(&self.sheets) {
            let name = escaped(name).replace('"', "&quot;");
            types.push_str(&format!(r#"<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#));
            sheets.push_str(&format!(
                r#"<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>"#
            ));
            relations.push_str(&format!(r#"<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{number}.xml"/>"#));
        }
        let styles = self.sheets.len() + 1;
        types.push_str("</Types>");
        sheets.push_str("</sheets></workbook>");
        relations.push_str(&format!(r#"<Relationship Id="rId{styles}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#));
        for (part, content) in [
            ("[Content_Types].xml", types.as_str()),
            ("_rels/.rels", RELATIONS),
            ("xl/workbook.xml", &sheets),
            ("xl/_rels/workbook.xml.rels", &relations),
            ("xl/styles.xml", STYLES),
        ] {
            self.zip.start_file(part, SimpleFileOptions::default())?;
            write!(self.zip, "{DECLARATION}{content}")?;
        }
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
