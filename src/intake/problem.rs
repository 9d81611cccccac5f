//! What can be wrong with a file or a row, in words staff can act on.
//!
//! A problem quotes at most the start of a value. It is meant for the screen
//! and the rejected file of the person who sent the records, never for a log.

use std::fmt;
use std::io;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::labels::{Counting, Labels};

/// Why nothing of a file is taken in. The text is for staff, in Japanese.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// The file cannot be opened or read. Worth another try.
    #[error("ファイルを読めません({0})。場所と権限を確かめ、もう一度お試しください。")]
    Unreadable(#[from] io::Error),
    /// Somebody wrote into the file while it was read.
    #[error(
        "読んでいる間に、ファイルの中身が書き換えられました。何も受け付けていません。保存やコピーが終わってから、もう一度受け付けてください。"
    )]
    Changed,
    /// Not a format or an encoding we read; the text names the remedy.
    #[error("{0}")]
    Format(String),
    /// The format's own rules are broken so that rows cannot be told apart.
    #[error("{0}")]
    Damaged(String),
    /// The file has no rows to take in.
    #[error("{0}")]
    Empty(String),
    /// It is not clear which kind of letter the records are for.
    #[error("{0}")]
    Kind(String),
    /// Neither the file nor whoever sent it says which kind that is.
    #[error("書簡の種別が分かりません。")]
    KindNotSaid,
    /// The column headers do not fit the kind; all of them are listed.
    #[error("見出しを直してください。\n{}", lines(.0))]
    Columns(Vec<ColumnProblem>),
}

/// What is wrong with one column header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnProblem {
    /// The header, in the file's own words where it has one.
    pub column: String,
    /// What is wrong, in Japanese.
    pub problem: String,
    /// What to do, in Japanese.
    pub remedy: String,
}

impl fmt::Display for ColumnProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "見出し「{}」：{}{}",
            self.column, self.problem, self.remedy
        )
    }
}

fn lines(problems: &[ColumnProblem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// One thing wrong with one row.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowProblem {
    /// The row as the sheet shows it, or the entry's number.
    pub row: u64,
    /// What `row` counts.
    pub counting: Counting,
    /// The workbook's sheet, where rows of several are read.
    pub sheet: Option<String>,
    /// The file's own header or JSON path; empty for the row as a whole.
    pub column: String,
    /// What is wrong, in Japanese, ending with 。
    pub problem: String,
    /// What to do, in Japanese, ending with 。
    pub remedy: String,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sheet) = &self.sheet {
            write!(f, "シート「{sheet}」の")?;
        }
        match self.counting {
            Counting::Rows => write!(f, "{}行目", self.row)?,
            Counting::Entries => write!(f, "{}件目", self.row)?,
        }
        if !self.column.is_empty() {
            write!(f, "「{}」", self.column)?;
        }
        write!(f, "：{}{}", self.problem, self.remedy)
    }
}

/// Leaves the sentences out: they may quote a name.
impl fmt::Debug for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RowProblem({} {:?})", self.row, self.column)
    }
}

/// A row that is not taken in.
#[derive(Debug, Clone)]
pub struct BadRow {
    /// The row as the sheet shows it, or the entry's number.
    pub row: u64,
    /// All that is wrong with it; never empty.
    pub problems: Vec<RowProblem>,
    /// The row as it came, for the rejected file.
    pub original: Original,
    /// What could be read of it, for checks still to come.
    pub(super) read: Option<Box<Read>>,
}

impl BadRow {
    /// The code of the kind and the values, as far as they could be read.
    pub fn read(&self) -> Option<(&str, &Map<String, Value>)> {
        let read = self.read.as_ref()?;
        Some((&read.kind, &read.values))
    }
}

/// What could be read of a refused row.
#[derive(Clone)]
pub(super) struct Read {
    pub(super) kind: String,
    pub(super) values: Map<String, Value>,
    pub(super) labels: Arc<Labels>,
}

/// Shows no value: rows hold names and addresses.
impl fmt::Debug for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Read(..)")
    }
}

/// A row as it came.
#[derive(Clone, PartialEq)]
pub enum Original {
    /// The cells of a sheet's row, one for each header.
    Cells(Vec<String>),
    /// The cells of a row that cannot be laid under the headers for certain.
    Torn(Vec<String>),
    /// A JSON entry.
    Json(Value),
    /// A line that is not JSON.
    Line(String),
}

/// Shows no value: rows hold names and addresses.
impl fmt::Debug for Original {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Original::Cells(_) => "Cells(..)",
            Original::Torn(_) => "Torn(..)",
            Original::Json(_) => "Json(..)",
            Original::Line(_) => "Line(..)",
        })
    }
}
