//! The rows of a workbook's sheets.
//!
//! Values come from `calamine`, cell by cell, and beside each what the sheet's
//! markup says of it. Phonetic guides (ふりがな) are left out by `calamine`.

use std::io::BufReader;

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader as _, SheetVisible, Xlsx, XlsxError};
use chrono::{NaiveDate, NaiveDateTime};

use super::cell::{Cell, SheetRow, Trouble};
use super::markup::{CellMarkup, MAX_COLUMNS};
use super::package::Package;
use super::problem::FileProblem;
use super::source::Source;
use super::xml::Broken;

/// A workbook, read in two ways at once.
pub(super) struct Book {
    values: Xlsx<BufReader<Source>>,
    package: Package,
}

/// Why a workbook cannot be read on.
pub(super) enum BookError {
    /// It is protected by a password.
    Password,
    /// The file cannot be read.
    Io(std::io::Error),
    /// A chart, or another sheet without cells.
    NoCells,
    /// Anything else.
    Damaged,
}

impl From<XlsxError> for BookError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::Io(error) => BookError::Io(error),
            XlsxError::Password => BookError::Password,
            XlsxError::NotAWorksheet(_) => BookError::NoCells,
            _ => BookError::Damaged,
        }
    }
}

impl From<Broken> for BookError {
    fn from(_: Broken) -> Self {
        BookError::Damaged
    }
}

/// A row with what a reader of the sheet does not see of it.
pub(super) struct Line {
    pub(super) row: SheetRow,
    pub(super) is_hidden: bool,
    /// Columns with a value that are hidden, counted from 0.
    pub(super) hidden_columns: Vec<usize>,
    /// The cells an array formula without a value fills.
    pub(super) filled_by_array: Option<String>,
}

impl Book {
    pub(super) fn open(source: &Source) -> Result<Self, BookError> {
        Ok(Book {
            values: Xlsx::new(BufReader::new(source.again()))?,
            package: Package::open(source)?,
        })
    }

    /// The names of the sheets in their order, and whether each can be seen.
    pub(super) fn sheets(&self) -> Vec<(String, bool)> {
        let sheets = self.values.sheets_metadata().iter();
        sheets
            .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
            .collect()
    }

    /// The merged regions of a sheet.
    pub(super) fn merged(&mut self, sheet: &str) -> Result<Vec<Dimensions>, BookError> {
        Ok(self.values.merge_cells_by_sheet_name(sheet)?)
    }

    /// Gives each row with cells to `take` until it says no.
    pub(super) fn each_row(
        &mut self,
        sheet: &str,
        mut take: impl FnMut(Line) -> bool,
    ) -> Result<(), BookError> {
        let mut cells = self.values.worksheet_cells_reader(sheet)?;
        let mut markup = self.package.sheet(sheet)?;
        let bare: Vec<bool> = cells
            .styles()
            .iter()
            .map(|style| match &style.number_format {
                None => true,
                Some(format) => matches!(format.format_code.as_str(), "General" | "0" | "@" | ""),
            })
            .collect();
        let mut current = empty_line(0);
        while let Some(told) = markup.next()? {
            let value = match cells.next_cell_with_style_id() {
                Ok(Some((cell, style))) => {
                    let bare = bare.get(style).copied().unwrap_or(true);
                    converted(cell.get_value(), bare, &told)
                }
                // `calamine` knows the errors of older editions only. It has
                // read the value and goes on behind it.
                Err(XlsxError::CellError(_)) if told.is_error() => {
                    Trouble::Failed.cell(told.error())
                }
                Ok(None) => return Err(BookError::Damaged),
                Err(error) => return Err(error.into()),
            };
            if value.is_empty() {
                continue;
            }
            if told.row != current.row.row {
                if !current.row.cells.is_empty() && !take(current) {
                    return Ok(());
                }
                current = empty_line(told.row);
            }
            let column = told.column.min(MAX_COLUMNS);
            current.is_hidden |= told.row_is_hidden;
            if markup.is_hidden_column(column) {
                current.hidden_columns.push(column);
            }
            if let Some(fills) = told.fills_others() {
                current.filled_by_array = Some(fills.to_owned());
            }
            let cells = &mut current.row.cells;
            if cells.len() <= column {
                cells.resize(column + 1, Cell::Empty);
            }
            if let Some(cell) = cells.get_mut(column) {
                *cell = value;
            }
        }
        if !current.row.cells.is_empty() {
            take(current);
        }
        Ok(())
    }
}

fn empty_line(row: u64) -> Line {
    Line {
        row: SheetRow {
            row,
            cells: Vec::new(),
            fault: None,
        },
        is_hidden: false,
        hidden_columns: Vec::new(),
        filled_by_array: None,
    }
}

/// The value, or what keeps it from being one.
fn converted(value: &DataRef<'_>, bare: bool, told: &CellMarkup) -> Cell {
    if let Some(formula) = told.uncomputed() {
        return Trouble::NotComputed.cell(&formula);
    }
    if matches!(value, DataRef::Empty) && told.is_filled() {
        return Trouble::NotRead.cell("");
    }
    convert(value, bare)
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
        DataRef::Bool(true) => Trouble::Truth.cell("TRUE"),
        DataRef::Bool(false) => Trouble::Truth.cell("FALSE"),
        DataRef::Error(error) => Trouble::Failed.cell(&error.to_string()),
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) => iso_date(text),
        DataRef::DurationIso(text) => not_a_date(text),
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
        _ => not_a_date(&moment.as_f64().to_string()),
    }
}

fn iso_date(text: &str) -> Cell {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let moment = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    let midnight = moment.filter(|moment| moment.time() == chrono::NaiveTime::MIN);
    match day.or(midnight.map(|moment| moment.date())) {
        Some(date) => Cell::Date(date),
        None => not_a_date(text),
    }
}

fn not_a_date(shown: &str) -> Cell {
    Trouble::NotADate.cell(shown)
}

/// What staff are told of a workbook that cannot be read.
pub(super) fn refusal(error: BookError) -> FileProblem {
    match error {
        BookError::Io(error) => FileProblem::Unreadable(error),
        BookError::Password => FileProblem::Format(
            "パスワードで保護されたブックです。パスワードを外して保存し直してください。".to_owned(),
        ),
        BookError::NoCells | BookError::Damaged => damaged(),
    }
}

/// A file that is no workbook.
pub(super) fn damaged() -> FileProblem {
    FileProblem::Damaged(
        "Excel ブックとして読めません。Excel で開き、.xlsx で保存し直してください。".to_owned(),
    )
}
