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
use super::wire::{Message, OtherSheets, receive, send};
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

impl Workbook {
    /// Opens a workbook at its first sheet, or at the only one with cells.
    pub(super) fn open(source: &Source) -> Result<(Self, OtherSheets), FileProblem> {
        let mut rows = started(source)?;
        let mut told = receive(&mut rows);
        if let Ok(Message::Confined(holds)) = told {
            confine::told_by_child("read-workbook", holds);
            told = receive(&mut rows);
        }
        match told {
            Ok(Message::Opened(others)) => Ok((
                Workbook {
                    rows,
                    last_row: 0,
                    ended: false,
                },
                others,
            )),
            Ok(Message::Refused(problem)) => Err(problem),
            Ok(Message::Row(_) | Message::End | Message::Confined(_)) => Err(damaged()),
            Err(_) => Err(rows.why_it_broke_off()),
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

/// The child that reads `source`. In tests of this module the running program
/// is no reader of workbooks, so a thread takes the child's place.
fn started(source: &Source) -> Result<Rows, FileProblem> {
    if !cfg!(test) {
        return Rows::of(source);
    }
    let (reader, writer) = io::pipe()?;
    let source = source.again();
    std::thread::spawn(move || serve(&source, |_| (), writer));
    Ok(Rows::from_pipe(reader.into()))
}

/// The child's side: reads the workbook on standard input and writes its rows
/// to standard output.
///
/// It limits itself before it looks at the first byte: what comes from outside
/// can make the library panic, loop, or ask for all the memory there is.
///
/// # Errors
/// When a limit cannot be set or the pipe breaks; the parent sees it as the
/// child's death.
pub fn run_reader() -> Result<(), String> {
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
    serve(&Source::of(File::from(input)), allow_memory, output).map_err(failed)
}

/// Reads a workbook and writes its rows. A failure to write means that nobody
/// reads any more.
fn serve(source: &Source, allow_memory: impl Fn(u64), output: impl Write) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(64 * 1024, output);
    let opened = inspect(source).and_then(|memory_mib| {
        allow_memory(memory_mib);
        open_sheet(source)
    });
    let (mut book, sheet, others) = match opened {
        Ok(opened) => opened,
        Err(problem) => {
            send(&mut output, Message::Refused(problem))?;
            return output.flush();
        }
    };
    send(&mut output, Message::Opened(others))?;
    // Ending without `End` tells the reader that the sheet broke off.
    let mut sent = Ok(());
    let finished = book.each_row(&sheet, |line| {
        sent = send(&mut output, Message::Row(line.row));
        sent.is_ok()
    });
    sent?;
    if finished.is_ok() {
        send(&mut output, Message::End)?;
    }
    output.flush()
}

fn open_sheet(source: &Source) -> Result<(Book, String, OtherSheets), FileProblem> {
    let mut book = Book::open(source).map_err(refusal)?;
    let mut first_rows = Vec::new();
    for (index, name) in book.visible_sheets().into_iter().enumerate() {
        let mut first = None;
        let read = book.each_row(&name, |line| {
            first = Some(line.row.cells);
            false
        });
        match (read, first) {
            (Ok(()), Some(cells)) => first_rows.push((index, name, cells)),
            (Ok(()), None) | (Err(BookError::NoCells), _) => {}
            (Err(error), _) => return Err(refusal(error)),
        }
    }
    let chosen = match first_rows.as_slice() {
        [] => {
            return Err(FileProblem::Empty(
                "ブックのどのシートにも値がありません。1枚目のシートに見出しとデータを入れてください。"
                    .to_owned(),
            ));
        }
        [(_, name, _)] | [(0, name, _), ..] => name.clone(),
        _ => {
            return Err(FileProblem::Format(
                "1枚目のシートが空で、ほかの2枚以上に値があります。取り込むシートを1枚目に移してください。"
                    .to_owned(),
            ));
        }
    };
    refuse_merged(&mut book, &chosen)?;
    hidden::refuse(&mut book, &chosen)?;
    let others = first_rows
        .into_iter()
        .filter(|(_, name, _)| *name != chosen)
        .map(|(_, name, cells)| (name, cells))
        .collect();
    Ok((book, chosen, others))
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
