//! The rejected file: refused rows as they came, each with what is wrong.
//!
//! It has the source's columns and 「エラー内容」, so that staff mend it and
//! queue it again. A workbook comes back as a workbook of text cells, JSON as
//! JSON Lines, other sheets as CSV in UTF-8 with a byte-order mark, which
//! Excel needs to show Japanese.
//!
//! Nothing in it is run by a spreadsheet, and every value is the same when it
//! is read again. In CSV a text that would be run gets an apostrophe before
//! it ([`formula::guarded`]); the header 「エラー内容」 says that the file is
//! ours and that the apostrophes are not part of the values.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use csv::{Terminator, Writer, WriterBuilder};
use serde_json::{Map, Value};

use crate::files::Passing;
use crate::text::formula;

use super::book::Book;
use super::columns::ERROR_COLUMN;
use super::problem::{BadRow, Original};
use super::{Feed, Reader};

/// The key under which a line that is not JSON is kept. No kind has such a
/// field, so the line stays refused until somebody mends it.
const UNREAD_LINE: &str = "読めなかった行";

/// Writes refused rows to a file that appears when it is finished.
pub struct Rejected {
    sink: Sink,
    passing: Passing,
    path: PathBuf,
}

enum Sink {
    Sheet {
        rows: RowWriter,
        /// Positions in the source of the columns written.
        columns: Vec<usize>,
    },
    Tabs {
        book: Box<Book>,
        /// The headers of each sheet, with their positions in the source.
        tabs: Vec<Headers>,
        /// The place of the sheet being written among them.
        current: Option<usize>,
    },
    Lines(BufWriter<File>),
}

/// The name of a sheet and its headers with their positions.
type Headers = (String, Vec<(usize, String)>);

/// What a sheet of refused rows is called where its name says no kind.
const TO_MEND: &str = "要修正";

enum RowWriter {
    Csv(Box<Writer<File>>),
    Book(Box<Book>),
}

impl RowWriter {
    fn csv(mut file: File, headers: &[&str]) -> io::Result<Self> {
        file.write_all("\u{FEFF}".as_bytes())?;
        let mut rows = RowWriter::Csv(Box::new(
            WriterBuilder::new()
                .terminator(Terminator::CRLF)
                .flexible(true)
                .from_writer(file),
        ));
        rows.push(headers)?;
        Ok(rows)
    }

    fn push(&mut self, cells: &[&str]) -> io::Result<()> {
        match self {
            RowWriter::Csv(writer) => {
                let cells = cells.iter().map(|text| formula::guarded(text));
                writer.write_record(cells.map(|cell| cell.into_owned()))?;
                Ok(())
            }
            RowWriter::Book(book) => book.push(cells),
        }
    }

    fn finish(self) -> io::Result<File> {
        match self {
            RowWriter::Csv(writer) => writer
                .into_inner()
                .map_err(|error| io::Error::from(error.error().kind())),
            RowWriter::Book(book) => book.finish(),
        }
    }
}

impl Rejected {
    /// The extension of the rejected file of `reader`'s source.
    pub fn ending(reader: &Reader<'_>) -> &'static str {
        match &reader.feed {
            Feed::Table(table) if table.is_workbook() => "xlsx",
            Feed::Tabs(_) => "xlsx",
            Feed::Table(_) => "csv",
            Feed::Entries(_) => "jsonl",
        }
    }

    /// Begins the rejected file of `reader`'s source. Nothing stands at
    /// `path` before [`finish`](Self::finish); the file is readable by its
    /// owner only.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn create(path: &Path, reader: &Reader<'_>) -> io::Result<Self> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let passing = Passing::begin(folder)?;
        let file = passing.handle()?;
        let sink = match &reader.feed {
            Feed::Table(table) => {
                let (columns, mut headers): (Vec<usize>, Vec<&str>) = table.headers().unzip();
                headers.push(ERROR_COLUMN);
                let rows = if table.is_workbook() {
                    let mut book = Book::begin(file);
                    book.sheet(table.tab.as_deref().unwrap_or(TO_MEND), &headers)?;
                    RowWriter::Book(Box::new(book))
                } else {
                    RowWriter::csv(file, &headers)?
                };
                Sink::Sheet { rows, columns }
            }
            Feed::Tabs(tabs) => Sink::Tabs {
                book: Box::new(Book::begin(file)),
                tabs: tabs.all_headers(),
                current: None,
            },
            Feed::Entries(_) => Sink::Lines(BufWriter::new(file)),
        };
        Ok(Rejected {
            sink,
            passing,
            path: path.to_owned(),
        })
    }

    /// Adds a refused row.
    ///
    /// # Errors
    /// When writing fails.
    pub fn push(&mut self, row: &BadRow) -> io::Result<()> {
        let remark = remark(row);
        match &mut self.sink {
            Sink::Sheet { rows, columns } => {
                let mut record = cells(row, columns);
                record.push(&remark);
                rows.push(&record)
            }
            Sink::Tabs {
                book,
                tabs,
                current,
            } => {
                let sheet = row.problems.iter().find_map(|found| found.sheet.as_deref());
                let at = tabs
                    .iter()
                    .position(|(name, _)| Some(name.as_str()) == sheet);
                let Some((at, (name, headers))) = at.and_then(|at| Some((at, tabs.get(at)?)))
                else {
                    return Err(io::Error::other("a row of no sheet"));
                };
                if *current != Some(at) {
                    let mut titles: Vec<&str> =
                        headers.iter().map(|(_, header)| header.as_str()).collect();
                    titles.push(ERROR_COLUMN);
                    book.sheet(name, &titles)?;
                    *current = Some(at);
                }
                let columns: Vec<usize> = headers.iter().map(|(at, _)| *at).collect();
                let mut record = cells(row, &columns);
                record.push(&remark);
                book.push(&record)
            }
            Sink::Lines(writer) => {
                let mut object = match &row.original {
                    Original::Json(Value::Object(object)) => object.clone(),
                    Original::Line(line) => {
                        Map::from_iter([(UNREAD_LINE.to_owned(), line.clone().into())])
                    }
                    Original::Json(_) | Original::Cells(_) | Original::Torn(_) => Map::new(),
                };
                object.insert(ERROR_COLUMN.to_owned(), remark.into());
                serde_json::to_writer(&mut *writer, &object)?;
                writer.write_all(b"\n")
            }
        }
    }

    /// Puts the file in its place, whole and on disk. A file that stands
    /// there already is kept: somebody may be mending it.
    ///
    /// # Errors
    /// `AlreadyExists`, or when writing fails; then nothing is left behind.
    pub fn finish(self) -> io::Result<()> {
        drop(match self.sink {
            Sink::Sheet { rows, .. } => rows.finish()?,
            Sink::Tabs { book, .. } => book.finish()?,
            Sink::Lines(writer) => writer.into_inner()?,
        });
        self.passing.place(&self.path)
    }
}

/// A refused row under the headers, without what is wrong with it.
fn cells<'r>(row: &'r BadRow, columns: &[usize]) -> Vec<&'r str> {
    let mut record: Vec<&str> = Vec::new();
    match &row.original {
        Original::Cells(cells) => {
            let kept = columns.iter().filter_map(|column| cells.get(*column));
            record.extend(kept.map(String::as_str));
        }
        Original::Torn(cells) => record.extend(cells.iter().map(String::as_str)),
        Original::Json(_) | Original::Line(_) => {}
    }
    if !matches!(row.original, Original::Cells(_)) {
        // The remark goes to the right of all headers, where it
        // keeps the row refused until somebody has looked at it,
        // even after Excel has filled the row up with commas.
        record.resize(record.len().max(columns.len() + 1), "");
    }
    record
}

fn remark(row: &BadRow) -> String {
    let lines: Vec<String> = row.problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
