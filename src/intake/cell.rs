//! A cell of a sheet, whatever file it came from.

use chrono::NaiveDate;

use super::traces::to_retype;

/// The largest number whose digits Excel keeps: it stores 15 of them.
const MAX_DIGITS: f64 = 1e15;

/// A cell as the file has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A number, and whether the sheet shows its bare digits; a format like
    /// `0000` or `#,##0` shows staff something else than the file holds.
    Number {
        /// The stored number.
        value: f64,
        /// Shown without a format of its own.
        bare: bool,
    },
    /// A date without a time of day.
    Date(NaiveDate),
    /// Something that is no value of any field.
    Unusable {
        /// As the sheet shows it.
        shown: String,
        /// What is wrong, in Japanese.
        problem: &'static str,
        /// What to do, in Japanese.
        remedy: &'static str,
    },
}

/// What keeps a cell of a workbook from being a value: problem and remedy, by
/// the place of the [`Trouble`].
pub(super) const TROUBLES: [(&str, &str); 5] = [
    (
        "数式の計算結果がファイルに保存されていません。",
        "Excel で開いて上書き保存するか、値を直接入力してください。",
    ),
    (
        "セルの値を読み取れません。",
        "Excel で開いて上書き保存するか、値を入力し直してください。",
    ),
    (
        "論理値(TRUE/FALSE)が入っています。",
        "セルの書式を「文字列」にして、入力し直してください。",
    ),
    (
        "数式がエラーになっています。",
        "数式を直すか、値を直接入力してください。",
    ),
    (
        "時刻か、暦にない日付が入っています。",
        "2026-11-01 のように日付だけを入力してください。",
    ),
];

/// What keeps a cell of a workbook from being a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Trouble {
    /// A formula was never computed.
    NotComputed,
    /// The value cannot be read.
    NotRead,
    /// A truth value.
    Truth,
    /// A formula failed.
    Failed,
    /// A time, or a date that does not exist.
    NotADate,
}

impl Trouble {
    /// The cell with this trouble that shows `shown`.
    pub(super) fn cell(self, shown: &str) -> Cell {
        let (problem, remedy) = TROUBLES.get(self as usize).copied().unwrap_or_default();
        Cell::Unusable {
            shown: to_retype(shown),
            problem,
            remedy,
        }
    }
}

/// A row of a sheet with its number as the sheet shows it.
#[derive(Debug, Clone)]
pub(super) struct SheetRow {
    pub(super) row: u64,
    pub(super) cells: Vec<Cell>,
    /// Why the row cannot be cut into cells for certain: problem and remedy.
    pub(super) fault: Option<(&'static str, &'static str)>,
}

impl Cell {
    pub(super) fn text(text: &str) -> Cell {
        if text.is_empty() {
            Cell::Empty
        } else {
            Cell::Text(text.to_owned())
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Cell::Empty
    }

    /// Bytes of its text.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Cell::Text(text) | Cell::Unusable { shown: text, .. } => text.len(),
            Cell::Empty | Cell::Number { .. } | Cell::Date(_) => 0,
        }
    }

    /// The cell as text, for headers and for the rejected file.
    pub(super) fn shown(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Number { value, .. } => digits(*value).unwrap_or_else(|| value.to_string()),
            Cell::Date(date) => date.format("%Y-%m-%d").to_string(),
            Cell::Unusable { shown, .. } => shown.clone(),
        }
    }
}

/// The digits of a whole number that a sheet keeps exactly.
pub(super) fn digits(value: f64) -> Option<String> {
    (value.fract() == 0.0 && value.abs() < MAX_DIGITS).then(|| format!("{value:.0}"))
}

/// What a sheet calls a column that is counted from 0 here.
pub(super) fn column_name(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = column.saturating_add(1);
    while rest > 0 {
        rest -= 1;
        let letter = u8::try_from(rest % 26).unwrap_or(0);
        letters.push(char::from(b'A' + letter));
        rest /= 26;
    }
    letters.into_iter().rev().collect()
}
