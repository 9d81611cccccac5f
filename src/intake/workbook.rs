//! Excel workbooks (.xlsx).
//!
//! A child process reads the workbook and sends its rows through a pipe, so
//! memory depends on the workbook's text table and not on its rows. What a
//! workbook does to the library that reads it, it does to that child: one that
//! makes it panic or run out of memory or time is a refused file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd as _;

use calamine::Dimensions;

use super::cell::{SheetRow, column_name};
use super::hidden;
use super::inspect::{READERS_MIB, inspect};
use super::problem::FileProblem;
use super::reading_child::Rows;
use super::source::Source;
use super::wire::{Message, OtherSheets, SeenSheet, receive, send};
use super::worksheet::{Book, BookError, damaged, refusal};
use crate::confine;

/// The most memory the child may be given, in MiB.
const MOST_MIB: u64 = 2048;

/// The most processor time the child may use.
const MOST_SECONDS: u64 = 300;

/// A workbook being read.
pub(super) struct Workbook {
    rows: Rows,
    last_row: u64,
    ended: bool,
}

/// A workbook whose sheets were seen and of which none is read yet.
pub(super) struct Looked {
    rows: Rows,
    pub(super) sheets: Vec<SeenSheet>,
}

impl Looked {
    /// Looks which sheets there are.
    pub(super) fn at(source: &Source) -> Result<Self, FileProblem> {
        let mut rows = started(source, None)?;
        match told(&mut rows) {
            Ok(Message::Sheets(sheets)) => Ok(Looked { rows, sheets }),
            other => Err(unopened(other, rows)),
        }
    }

    /// The sheet that is read where nothing else says which: the first, or the
    /// only one with cells. There is none where the child refuses.
    pub(super) fn usual(&self) -> Option<usize> {
        let visible = self.sheets.iter().enumerate();
        let visible: Vec<(usize, &SeenSheet)> = visible.filter(|(_, s)| s.is_visible).collect();
        let with_cells = visible.iter().filter(|(_, s)| !s.first.is_empty());
        match with_cells.clone().count() {
            1 => with_cells.map(|(index, _)| *index).next(),
            _ => visible
                .first()
                .filter(|(_, s)| !s.first.is_empty())
                .map(|(index, _)| *index),
        }
    }

    /// The first rows of the visible sheets besides this one.
    pub(super) fn others(&self, read: usize) -> OtherSheets {
        let sheets = self.sheets.iter().enumerate();
        sheets
            .filter(|(index, seen)| *index != read && seen.is_visible && !seen.first.is_empty())
            .map(|(_, seen)| (seen.name.clone(), seen.first.clone()))
            .collect()
    }

    /// Reads the usual sheet.
    pub(super) fn open(self) -> Result<Workbook, FileProblem> {
        Workbook::opened(self.rows)
    }
}

impl Workbook {
    /// Opens the sheet in this place.
    pub(super) fn open_sheet(source: &Source, sheet: usize) -> Result<Self, FileProblem> {
        Self::opened(started(source, Some(sheet))?)
    }

    fn opened(mut rows: Rows) -> Result<Self, FileProblem> {
        match told(&mut rows) {
            Ok(Message::Opened(_)) => Ok(Workbook {
                rows,
                last_row: 0,
                ended: false,
            }),
            other => Err(unopened(other, rows)),
        }
    }

    /// The next row with cells.
    ///
    /// # Errors
    /// The number of the last sound row, once, when the workbook breaks off.
    pub(super) fn next(&mut self) -> Result<Option<SheetRow>, u64> {
        if self.ended {
            return Ok(None);
        }
        match receive(&mut self.rows) {
            Ok(Message::Row(row)) if row.row > self.last_row => {
                self.last_row = row.row;
                Ok(Some(row))
            }
            Ok(Message::End) => {
                self.ended = true;
                Ok(None)
            }
            _ => {
                self.ended = true;
                Err(self.last_row)
            }
        }
    }
}

/// What the child tells next, beside what confines it.
fn told(rows: &mut Rows) -> io::Result<Message> {
    match receive(rows)? {
        Message::Confined(holds) => {
            confine::told_by_child("read-workbook", holds);
            receive(rows)
        }
        other => Ok(other),
    }
}

/// Why nothing was opened, by what the child told instead.
fn unopened(told: io::Result<Message>, rows: Rows) -> FileProblem {
    match told {
        Ok(Message::Refused(problem)) => problem,
        Ok(_) => damaged(),
        Err(_) => rows.why_it_broke_off(),
    }
}

/// The child that reads `source`. In tests of this module the running program
/// is no reader of workbooks, so a thread takes the child's place.
fn started(source: &Source, sheet: Option<usize>) -> Result<Rows, FileProblem> {
    if !cfg!(test) {
        return Rows::of(source, sheet);
    }
    let (reader, writer) = io::pipe()?;
    let source = source.again();
    std::thread::spawn(move || serve(&source, sheet, |_| (), writer));
    Ok(Rows::from_pipe(reader.into()))
}

/// The child's side: reads the workbook on standard input and writes its rows
/// to standard output: those of the sheet in this place, or of the usual one.
///
/// It limits itself before it looks at the first byte: what comes from outside
/// can make the library panic, loop, or ask for all the memory there is.
///
/// # Errors
/// When a limit cannot be set or the pipe breaks; the parent sees it as the
/// child's death.
pub fn run_reader(sheet: Option<usize>) -> Result<(), String> {
    confine::limit(MOST_MIB, Some(MOST_SECONDS))?;
    let used = confine::used_address_space();
    let allow_memory = |more_mib| {
        if let Some(used) = used {
            confine::allow_memory(used, more_mib);
        }
    };
    allow_memory(READERS_MIB);
    let confined = confine::confine(&[]);
    let failed = |error: io::Error| error.to_string();
    let input = io::stdin().as_fd().try_clone_to_owned().map_err(failed)?;
    let output = io::stdout().as_fd().try_clone_to_owned().map_err(failed)?;
    let mut output = File::from(output);
    send(&mut output, Message::Confined(confined)).map_err(failed)?;
    serve(&Source::of(File::from(input)), sheet, allow_memory, output).map_err(failed)
}

/// Reads a workbook and writes its rows. A failure to write means that nobody
/// reads any more.
fn serve(
    source: &Source,
    sheet: Option<usize>,
    allow_memory: impl Fn(u64),
    output: impl Write,
) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(64 * 1024, output);
    let opened = inspect(source).and_then(|memory_mib| {
        allow_memory(memory_mib);
        Book::open(source).map_err(refusal)
    });
    let refused = |problem, mut output: BufWriter<_>| {
        send(&mut output, Message::Refused(problem))?;
        output.flush()
    };
    let mut book = match opened {
        Ok(book) => book,
        Err(problem) => return refused(problem, output),
    };
    let chosen = match sheet {
        Some(sheet) => named(&book, sheet),
        None => match seen(&mut book) {
            Ok(sheets) => {
                let chosen = usual(&sheets);
                send(&mut output, Message::Sheets(sheets))?;
                // Whoever reads may want another one and need no more.
                output.flush()?;
                chosen
            }
            Err(problem) => Err(problem),
        },
    };
    let chosen = chosen.and_then(|chosen| {
        refuse_merged(&mut book, &chosen)?;
        hidden::refuse(&mut book, &chosen)?;
        Ok(chosen)
    });
    let chosen = match chosen {
        Ok(chosen) => chosen,
        Err(problem) => return refused(problem, output),
    };
    send(&mut output, Message::Opened(chosen.clone()))?;
    // Ending without `End` tells the reader that the sheet broke off.
    let mut sent = Ok(());
    let finished = book.each_row(&chosen, |line| {
        sent = send(&mut output, Message::Row(line.row));
        sent.is_ok()
    });
    sent?;
    if finished.is_ok() {
        send(&mut output, Message::End)?;
    }
    output.flush()
}

fn named(book: &Book, sheet: usize) -> Result<String, FileProblem> {
    let mut sheets = book.sheets().into_iter();
    sheets.nth(sheet).map(|(name, _)| name).ok_or_else(damaged)
}

/// Every sheet with the first of its rows. Of one that is hidden nothing is
/// read, so that it cannot be read stops nobody.
fn seen(book: &mut Book) -> Result<Vec<SeenSheet>, FileProblem> {
    let mut sheets = Vec::new();
    for (name, is_visible) in book.sheets() {
        let mut first = None;
        let mut is_filled = false;
        let read = book.each_row(&name, |line| match first {
            None => {
                first = Some(line.row.cells);
                true
            }
            Some(_) => {
                is_filled = true;
                false
            }
        });
        match read {
            Ok(()) | Err(BookError::NoCells) => {}
            // What was seen of it decides; the rest is told when it is read.
            Err(BookError::Damaged) if first.is_some() => is_filled = true,
            Err(error) if is_visible => return Err(refusal(error)),
            Err(_) => is_filled = true,
        }
        sheets.push(SeenSheet {
            name,
            is_visible,
            first: first.unwrap_or_default(),
            is_filled,
        });
    }
    Ok(sheets)
}

/// The sheet that is read where nobody says which.
fn usual(sheets: &[SeenSheet]) -> Result<String, FileProblem> {
    let visible = || sheets.iter().filter(|sheet| sheet.is_visible);
    let with_cells: Vec<&SeenSheet> = visible().filter(|sheet| !sheet.first.is_empty()).collect();
    match with_cells.as_slice() {
        [] => Err(FileProblem::Empty(
            "ブックのどのシートにも値がありません。1枚目のシートに見出しとデータを入れてください。"
                .to_owned(),
        )),
        [only] => Ok(only.name.clone()),
        [first, ..] if visible().next().is_some_and(|sheet| sheet.name == first.name) => {
            Ok(first.name.clone())
        }
        _ => Err(FileProblem::Format(
            "1枚目のシートが空で、ほかの2枚以上に値があります。取り込むシートを1枚目に移してください。"
                .to_owned(),
        )),
    }
}

/// A merged region has its value in one cell only; the other rows would be
/// taken as if theirs were empty.
fn refuse_merged(book: &mut Book, sheet: &str) -> Result<(), FileProblem> {
    let regions = book.merged(sheet).map_err(refusal)?;
    if regions.is_empty() {
        return Ok(());
    }
    let more = if regions.len() > 5 { " ほか" } else { "" };
    let listed: Vec<String> = regions.iter().take(5).map(region).collect();
    Err(FileProblem::Format(format!(
        "結合されたセルがあります({}{more})。結合を解除し、各行に値を入れてください。",
        listed.join("、")
    )))
}

fn region(region: &Dimensions) -> String {
    let name = |(row, column): (u32, u32)| {
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        format!("{}{}", column_name(column), u64::from(row) + 1)
    };
    format!("{}:{}", name(region.start), name(region.end))
}
