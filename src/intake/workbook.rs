//! Excel workbooks (.xlsx).
//!
//! `calamine` borrows its cells from the workbook, so a thread of its own owns
//! the workbook and sends rows through a short channel; memory then depends on
//! the workbook's text table and not on its rows. A workbook that makes the
//! library panic ends only that thread and counts as damaged.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use calamine::Dimensions;

use super::cell::{Cell, SheetRow, column_name};
use super::hidden;
use super::problem::FileProblem;
use super::worksheet::{Book, BookError, damaged, refusal};

/// Rows read ahead.
const AHEAD: usize = 64;

/// A workbook being read.
pub(super) struct Workbook {
    messages: Receiver<Message>,
    last_row: u64,
    ended: bool,
}

/// The first rows of the visible sheets that are not read.
pub(super) type OtherSheets = Vec<(String, Vec<Cell>)>;

enum Message {
    Opened(OtherSheets),
    Refused(FileProblem),
    Row(SheetRow),
    End,
}

impl Workbook {
    /// Opens a workbook at its first sheet, or at the only one with cells.
    pub(super) fn open(path: &Path) -> Result<(Self, OtherSheets), FileProblem> {
        let path = path.to_owned();
        let (sender, messages) = sync_channel(AHEAD);
        thread::Builder::new()
            .name("workbook".to_owned())
            .spawn(move || serve(path, &sender))?;
        match messages.recv() {
            Ok(Message::Opened(others)) => Ok((
                Workbook {
                    messages,
                    last_row: 0,
                    ended: false,
                },
                others,
            )),
            Ok(Message::Refused(problem)) => Err(problem),
            Ok(Message::Row(_) | Message::End) | Err(_) => Err(damaged()),
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
        match self.messages.recv() {
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

/// Runs in the thread. A failed `send` means nobody reads any more.
fn serve(path: PathBuf, sender: &SyncSender<Message>) {
    let (mut book, sheet, others) = match open_sheet(&path) {
        Ok(opened) => opened,
        Err(problem) => {
            let _ = sender.send(Message::Refused(problem));
            return;
        }
    };
    if sender.send(Message::Opened(others)).is_err() {
        return;
    }
    // Ending without `End` tells the reader that the sheet broke off.
    let finished = book.each_row(&sheet, |line| sender.send(Message::Row(line.row)).is_ok());
    if finished.is_ok() {
        let _ = sender.send(Message::End);
    }
}

fn open_sheet(path: &Path) -> Result<(Book, String, OtherSheets), FileProblem> {
    let mut book = Book::open(path).map_err(refusal)?;
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
