//! Excel workbooks (.xlsx).
//!
//! `calamine` lends its cells from the workbook, so a thread of its own holds
//! the workbook and hands rows over a short channel; memory then depends on
//! the workbook's text table and not on its rows. It also means that a
//! workbook which makes the library panic is a damaged file and no more.
//! Phonetic guides (ふりがな) are left out by `calamine`.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader as _, SheetVisible, Xlsx, XlsxError};
use chrono::{NaiveDate, NaiveDateTime};

use super::cell::{Cell, SheetRow};
use super::problem::FileProblem;

/// Rows read ahead.
const AHEAD: usize = 64;
/// Columns we look at; a kind has a few dozen fields.
const MAX_COLUMNS: usize = 1024;

type Book = Xlsx<BufReader<File>>;

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

fn damaged() -> FileProblem {
    FileProblem::Damaged(
        "Excel ブックとして読めません。Excel で開き、.xlsx で保存し直してください。".to_owned(),
    )
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
    let finished = each_row(&mut book, &sheet, |row| {
        sender.send(Message::Row(row)).is_ok()
    });
    if finished.is_ok() {
        let _ = sender.send(Message::End);
    }
}

fn open_sheet(path: &Path) -> Result<(Book, String, OtherSheets), FileProblem> {
    let file = BufReader::new(File::open(path)?);
    let mut book = Xlsx::new(file).map_err(refusal)?;
    let names: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut first_rows = Vec::new();
    for (index, name) in names.into_iter().enumerate() {
        let mut first = None;
        let read = each_row(&mut book, &name, |row| {
            first = Some(row.cells);
            false
        });
        match (read, first) {
            (Ok(()), Some(cells)) => first_rows.push((index, name, cells)),
            (Ok(()), None) | (Err(XlsxError::NotAWorksheet(_)), _) => {}
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
    let others = first_rows
        .into_iter()
        .filter(|(_, name, _)| *name != chosen)
        .map(|(_, name, cells)| (name, cells))
        .collect();
    Ok((book, chosen, others))
}

fn refusal(error: XlsxError) -> FileProblem {
    match error {
        XlsxError::Io(error) => FileProblem::Unreadable(error),
        XlsxError::Password => FileProblem::Format(
            "パスワードで保護されたブックです。パスワードを外して保存し直してください。".to_owned(),
        ),
        _ => damaged(),
    }
}

/// A merged region has its value in one cell only; the other rows would be
/// taken as if theirs were empty.
fn refuse_merged(book: &mut Book, sheet: &str) -> Result<(), FileProblem> {
    let regions = book.merge_cells_by_sheet_name(sheet).map_err(refusal)?;
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
    let name = |(row, column): (u32, u32)| format!("{}{}", column_name(column), u64::from(row) + 1);
    format!("{}:{}", name(region.start), name(region.end))
}

fn column_name(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from_u32(u32::from(b'A') + rest % 26).unwrap_or('?'));
        rest /= 26;
    }
    letters.into_iter().rev().collect()
}

/// Gives each row with cells to `take` until it says no.
fn each_row(
    book: &mut Book,
    sheet: &str,
    mut take: impl FnMut(SheetRow) -> bool,
) -> Result<(), XlsxError> {
    let mut cells = book.worksheet_cells_reader(sheet)?;
    let bare: Vec<bool> = cells
        .styles()
        .iter()
        .map(|style| match &style.number_format {
            None => true,
            Some(format) => matches!(format.format_code.as_str(), "General" | "0" | "@" | ""),
        })
        .collect();
    let mut current = empty_row(0);
    while let Some((cell, style)) = cells.next_cell_with_style_id()? {
        let (row, column) = cell.get_position();
        let bare = bare.get(style).copied().unwrap_or(true);
        let value = convert(cell.get_value(), bare);
        if value.is_empty() {
            continue;
        }
        let row = u64::from(row) + 1;
        if row != current.row {
            if !current.cells.is_empty() && !take(current) {
                return Ok(());
            }
            current = empty_row(row);
        }
        let column = usize::try_from(column)
            .unwrap_or(MAX_COLUMNS)
            .min(MAX_COLUMNS);
        if current.cells.len() <= column {
            current.cells.resize(column + 1, Cell::Empty);
        }
        current.cells[column] = value;
    }
    if !current.cells.is_empty() {
        take(current);
    }
    Ok(())
}

fn empty_row(row: u64) -> SheetRow {
    SheetRow {
        row,
        cells: Vec::new(),
        fault: None,
    }
}

fn convert(value: &DataRef<'_>, bare: bool) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::text(text),
        DataRef::SharedString(text) => Cell::text(text),
        DataRef::Float(value) => Cell::Number {
            value: *value,
            bare,
        },
        DataRef::Int(value) => match i32::try_from(*value) {
            Ok(value) => Cell::Number {
                value: f64::from(value),
                bare,
            },
            Err(_) => Cell::Text(value.to_string()),
        },
        DataRef::Bool(value) => Cell::Unusable {
            shown: if *value { "TRUE" } else { "FALSE" }.to_owned(),
            problem: "論理値(TRUE/FALSE)が入っています。",
            remedy: "セルの書式を「文字列」にして、入力し直してください。",
        },
        DataRef::Error(error) => Cell::Unusable {
            shown: error.to_string(),
            problem: "数式がエラーになっています。",
            remedy: "数式を直すか、値を直接入力してください。",
        },
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) => iso_date(text),
        DataRef::DurationIso(text) => not_a_date(text.clone()),
    }
}

fn date(moment: &ExcelDateTime) -> Cell {
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let midnight = (hour, minute, second, milli) == (0, 0, 0, 0);
    // Excel's 1900-02-29 does not exist; day 0 and below are times of day.
    let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
    match date {
        Some(date) if midnight && moment.is_datetime() && moment.as_f64() >= 1.0 => {
            Cell::Date(date)
        }
        _ => not_a_date(moment.as_f64().to_string()),
    }
}

fn iso_date(text: &str) -> Cell {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let moment = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    let midnight = moment.filter(|moment| moment.time() == chrono::NaiveTime::MIN);
    match day.or(midnight.map(|moment| moment.date())) {
        Some(date) => Cell::Date(date),
        None => not_a_date(text.to_owned()),
    }
}

fn not_a_date(shown: String) -> Cell {
    Cell::Unusable {
        shown,
        problem: "時刻か、暦にない日付が入っています。",
        remedy: "2026-11-01 のように日付だけを入力してください。",
    }
}
