//! Files of records: reading, checking, and handing back what is refused.
//!
//! A file is CSV, TSV, an Excel workbook, JSON or JSON Lines. What makes the
//! whole file unsure (its encoding, its headers, a quote that hides where a
//! row ends) stops it before anything is taken; what is wrong with one row
//! stops that row, with all its problems at once. Each row is read as it is
//! needed, so a file of a hundred thousand rows needs no more memory than one
//! of ten. Nothing is corrected: a value comes in as it stands, or is refused
//! in words that say what to do; what is kept in another width or another
//! word is told in [`typed`].
//!
//! A file is opened once, and nothing in it is believed: rows, entries, keys
//! and values are bounded before they are kept, and a workbook is read by a
//! child process with limits of memory and time.
//!
//! ```text
//!   package ─→ markup ─→ worksheet ─→ workbook ─┐
//!                                   delimited ─→ table ─┐
//!                                                       ├→ convert ─→ check ─→ Row
//!                            strict ─→ json ─→ entries ─┘
//! ```

mod book;
mod cell;
mod check;
mod columns;
mod convert;
mod delimited;
mod entries;
mod findings;
mod first_cause;
mod gathered;
pub mod grid;
mod guarded;
mod hidden;
mod inspect;
mod json;
mod labels;
mod mail;
mod markup;
mod near_choice;
mod numbered;
mod numbers;
mod package;
pub mod paper_book;
mod paper_looks;
mod problem;
mod reading_child;
mod rejected;
mod set_aside;
pub mod sheet;
mod sheet_book;
mod sheet_columns;
mod sheet_guide;
mod source;
mod strict;
mod table;
mod tabs;
#[cfg(test)]
mod tests;
mod traces;
mod typed;
mod wire;
mod workbook;
mod worksheet;
mod xml;

use std::fmt;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::catalogue::{Form, Forms};
use crate::domain::FieldProblem;
use crate::hash::Sha256;
use crate::text::characters::Characters;

pub use labels::Counting;
pub use problem::{BadRow, FileProblem, Original, RowProblem};
pub use rejected::Rejected;
pub use set_aside::{SetAside, Shelf};
pub use workbook::run_reader;

use delimited::Delimited;
use entries::Entries;
use findings::Findings;
use json::Json;
use labels::Labels;
use problem::Read;
use source::Source;
use table::{Rows, Table};
use tabs::Tabs;

/// Reads a file of records row by row.
pub struct Reader<'a> {
    feed: Feed<'a>,
    source: Source,
    sha256: Sha256,
    forms: Forms<'a>,
    further: Option<&'a Further<'a>>,
    settle: Option<&'a Settle<'a>>,
}

/// Puts into the values of a record what their texts mean, before they are
/// checked: the code of a ground where its citation stands.
pub type Settle<'a> = dyn Fn(&Form, &mut Map<String, Value>) + 'a;

/// A check beyond schema and fonts. It gets the values that could be read,
/// also of a row that has other problems.
pub type Further<'a> = dyn Fn(&Form, &Map<String, Value>) -> Vec<FieldProblem> + 'a;

enum Feed<'a> {
    Table(Box<Table<'a>>),
    Tabs(Box<Tabs<'a>>),
    Entries(Box<Entries<'a>>),
}

impl<'a> Feed<'a> {
    fn of_table(table: Table<'a>) -> Self {
        Feed::Table(Box::new(table))
    }
}

/// A row of the file.
#[derive(Debug)]
pub enum Row {
    /// Fit to be queued, as far as the schema, the outcome and the fonts go.
    Good(Record),
    /// Refused, with all its problems.
    Bad(BadRow),
}

/// A record that passed every check of this module.
pub struct Record {
    /// The row as the sheet shows it (header = 1), the line of a JSON Lines
    /// file, or the entry's number in a JSON array.
    pub row: u64,
    /// Code of the kind of letter.
    pub kind: String,
    /// The fields that are present, by schema name: dates as `2026-11-01`,
    /// whole numbers as numbers, choices by code, lists as arrays.
    pub values: Map<String, Value>,
    original: Original,
    labels: Arc<Labels>,
}

/// Shows no value: a record holds names and addresses.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({} {})", self.row, self.kind)
    }
}

impl Record {
    /// Its place in the file: the row, behind its sheet where there are
    /// several.
    pub fn place(&self) -> String {
        match &self.labels.sheet {
            Some(sheet) => format!("「{sheet}」の{}", self.row),
            None => self.row.to_string(),
        }
    }

    /// A problem of the record as a whole.
    pub fn whole_problem(&self, problem: &str, remedy: &str) -> RowProblem {
        Findings::one(self.row, &self.labels, "", (problem, remedy))
    }

    /// What a further check found at a field, in the file's own words.
    pub fn placed(&self, form: &Form, found: &FieldProblem) -> RowProblem {
        placed(self.row, &self.labels, form, found)
    }

    /// Refuses the record for what a further check found, which must be
    /// something.
    pub fn refuse_with(self, form: &Form, found: &[FieldProblem]) -> BadRow {
        let told = |problem| placed(self.row, &self.labels, form, problem);
        let problems = found.iter().map(told).collect();
        let read = Read {
            kind: self.kind.clone(),
            values: self.values.clone(),
            labels: Arc::clone(&self.labels),
        };
        let mut bad = self.refuse(problems);
        bad.read = Some(Box::new(read));
        bad
    }

    /// Refuses the record, for a later check.
    pub fn refuse(self, problems: Vec<RowProblem>) -> BadRow {
        BadRow {
            row: self.row,
            problems,
            original: self.original,
            read: None,
        }
    }
}

impl<'a> Reader<'a> {
    /// Opens a file and checks all that concerns it as a whole. `kind` is the
    /// code or Japanese name of the records' kind; without it the file must
    /// have a column (or key) 種別 or `kind`. A sheet's rows are all of one
    /// kind; JSON entries may each name their own.
    ///
    /// # Errors
    /// [`FileProblem`]; then no row of the file may be queued.
    pub fn open(
        path: &Path,
        forms: impl Into<Forms<'a>>,
        kind: Option<&str>,
        characters: &'a Characters,
    ) -> Result<Self, FileProblem> {
        let forms = forms.into();
        let form = kind
            .map(|name| table::form_or_problem(forms, name))
            .transpose()?;
        let table = |rows| Table::open(rows, forms, form, characters, None);
        let entries = |json, counting| {
            Feed::Entries(Box::new(Entries::new(
                json, counting, forms, form, characters,
            )))
        };
        let source = Source::open(path)?;
        let sha256 = source.sha256()?;
        let delimited = |delimiter| Delimited::open(&source, delimiter).map(Rows::Delimited);
        let feed = match format_of(path, source.again())? {
            Format::Csv => Feed::of_table(table(delimited(b',')?)?),
            Format::Tsv => Feed::of_table(table(delimited(b'\t')?)?),
            Format::Xlsx => tabs::open(&source, forms, form, characters)?,
            Format::Json => entries(Json::open(&source)?, Counting::Entries),
            Format::JsonLines => entries(Json::open_lines(&source)?, Counting::Rows),
        };
        Ok(Reader {
            feed,
            source,
            sha256,
            forms,
            further: None,
            settle: None,
        })
    }

    /// SHA-256 of the file.
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }

    /// Looks whether the file is still as it was when it was opened. Without
    /// that, what was hashed is not for certain what was read.
    ///
    /// # Errors
    /// [`FileProblem::Changed`] when somebody wrote into it.
    pub fn check_unchanged(&self) -> Result<(), FileProblem> {
        match self.source.sha256()? == self.sha256 {
            true => Ok(()),
            false => Err(FileProblem::Changed),
        }
    }

    /// Adds a check, so that all problems of a row come at once.
    #[must_use]
    pub fn with_further(mut self, further: &'a Further<'a>) -> Self {
        self.further = Some(further);
        self
    }

    /// Says what texts of a record mean, before it is checked.
    #[must_use]
    pub fn with_settle(mut self, settle: &'a Settle<'a>) -> Self {
        self.settle = Some(settle);
        self
    }

    /// The headers of columns that are staff's own and not read, with the
    /// sheet they stand on where there are several.
    pub fn left_out(&self) -> Vec<String> {
        match &self.feed {
            Feed::Table(table) => table.left_out().map(|h| format!("「{h}」")).collect(),
            Feed::Tabs(tabs) => tabs.left_out(),
            Feed::Entries(_) => Vec::new(),
        }
    }

    fn check_further(&self, row: Row) -> Row {
        let found = match (self.further, row.read()) {
            (Some(further), Some((code, values))) => self
                .forms
                .get(code)
                .map(|form| (form, further(form, values))),
            _ => None,
        };
        match found {
            Some((form, found)) => row.with(form, &found),
            None => row,
        }
    }
}

impl Row {
    /// The code of the kind and the values, as far as they could be read.
    pub fn read(&self) -> Option<(&str, &Map<String, Value>)> {
        match self {
            Row::Good(record) => Some((&record.kind, &record.values)),
            Row::Bad(bad) => bad.read(),
        }
    }

    /// The row with what a further check found; refused if it found anything.
    #[must_use]
    pub fn with(self, form: &Form, found: &[FieldProblem]) -> Row {
        match self {
            Row::Good(record) if found.is_empty() => Row::Good(record),
            Row::Good(record) => Row::Bad(record.refuse_with(form, found)),
            Row::Bad(bad) => Row::Bad(bad.with(form, found)),
        }
    }
}

impl BadRow {
    /// The row with what a further check found.
    #[must_use]
    pub fn with(mut self, form: &Form, found: &[FieldProblem]) -> Self {
        let Some(read) = &self.read else {
            return self;
        };
        for problem in found {
            let told = placed(self.row, &read.labels, form, problem);
            // One complaint of a field is enough to have it looked at; a
            // second of its consequences would confuse.
            let known = |other: &RowProblem| other.column.starts_with(&told.column);
            if told.column.is_empty() || !self.problems.iter().any(known) {
                self.problems.push(told);
            }
        }
        self
    }
}

/// A further check's problem in the file's own words.
fn placed(row: u64, labels: &Arc<Labels>, form: &Form, problem: &FieldProblem) -> RowProblem {
    let field = problem.field.as_deref().and_then(|name| form.field(name));
    let column = field.map_or_else(String::new, |field| labels.place(field).column);
    Findings::one(row, labels, &column, (&problem.problem, &problem.remedy))
}

impl Iterator for Reader<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let row = match &mut self.feed {
            Feed::Table(table) => table.next(self.settle),
            Feed::Tabs(tabs) => tabs.next(self.settle),
            Feed::Entries(entries) => entries.next(self.settle),
        };
        row.map(|row| self.check_further(row))
    }
}

/// Ends a row: good if nothing was found, else bad with all of it.
fn conclude(
    row: u64,
    form: &Form,
    values: Map<String, Value>,
    original: Original,
    findings: Findings,
) -> Row {
    if findings.is_empty() {
        Row::Good(Record {
            row,
            kind: form.code.clone(),
            values,
            original,
            labels: Arc::clone(findings.labels()),
        })
    } else {
        let labels = Arc::clone(findings.labels());
        let kind = form.code.clone();
        let mut refused = refuse(row, original, findings);
        if let Row::Bad(bad) = &mut refused {
            bad.read = Some(Box::new(Read {
                kind,
                values,
                labels,
            }));
        }
        refused
    }
}

fn refuse(row: u64, original: Original, findings: Findings) -> Row {
    Row::Bad(BadRow {
        row,
        problems: findings.into_problems(),
        original,
        read: None,
    })
}

enum Format {
    Csv,
    Tsv,
    Xlsx,
    Json,
    JsonLines,
}

/// The format by the file's first bytes, then by its extension.
fn format_of(path: &Path, source: Source) -> Result<Format, FileProblem> {
    let mut start = Vec::new();
    source.take(8).read_to_end(&mut start)?;
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if start.is_empty() {
        return Err(FileProblem::Empty("ファイルが空です。".to_owned()));
    }
    if start.starts_with(b"PK\x03\x04") {
        return Ok(Format::Xlsx);
    }
    let old_office = start.starts_with(b"\xD0\xCF\x11\xE0");
    match extension.as_str() {
        _ if old_office => Err(FileProblem::Format(
            "パスワード付きのブックか、古い形式(.xls)のブックです。パスワードを外し、.xlsx で保存し直してください。"
                .to_owned(),
        )),
        "csv" | "txt" => Ok(Format::Csv),
        "tsv" => Ok(Format::Tsv),
        "json" => Ok(Format::Json),
        "jsonl" | "ndjson" => Ok(Format::JsonLines),
        "xlsx" | "xlsm" => Err(FileProblem::Format(
            "ファイル名は .xlsx ですが、中身は Excel ブックではありません。Excel で開いて .xlsx で保存し直すか、CSV のファイルであれば、ファイル名の終わりを .csv にしてください。"
                .to_owned(),
        )),
        _ => Err(FileProblem::Format(
            "取り込める形式ではありません。CSV(.csv)、TSV(.tsv)、Excel(.xlsx)、JSON(.json、.jsonl)のいずれかにしてください。"
                .to_owned(),
        )),
    }
}
