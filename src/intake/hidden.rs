//! Refuses a workbook with hidden values, or with a row nobody could have
//! written.
//!
//! Staff who filter a sheet mean the rows they see; a column hidden long ago
//! may hold last year's values. Nobody can tell from the file which is meant,
//! so the file is refused until everything in it can be seen. Hidden rows and
//! columns without values change nothing and are left alone.

use std::collections::BTreeSet;

use super::cell::{Cell, column_name};
use super::columns::is_remark;
use super::findings::shortened;
use super::problem::FileProblem;
use super::worksheet::{Book, BookError, Line, refusal};

/// The most bytes of all texts of a row.
const MOST_ROW: usize = 4 * 1024 * 1024;
/// How many rows and columns a message names.
const LISTED: usize = 10;

/// Looks through a whole sheet.
///
/// # Errors
/// When a value in it is hidden, or an array formula without a value leaves
/// open how many rows there are.
pub(super) fn refuse(book: &mut Book, sheet: &str) -> Result<(), FileProblem> {
    let mut found = Found::default();
    let read = book.each_row(sheet, |line| {
        found.note(&line);
        found.too_long.is_none()
    });
    match read {
        // Where it breaks off is reported after the rows before it.
        Ok(()) | Err(BookError::Damaged) => {}
        Err(error) => return Err(refusal(error)),
    }
    if let Some((row, cells)) = found.array {
        return Err(FileProblem::Format(format!(
            "{row}行目から、{cells} に値を入れる数式(配列数式)の計算結果がファイルに保存されていません。Excel で開いて上書き保存してください。"
        )));
    }
    if let Some(row) = found.too_long {
        return Err(FileProblem::Format(format!(
            "{row}行目の値が、合わせて長すぎます(1行4MBまで)。値を確かめ、記録でない値は消してください。"
        )));
    }
    let hidden: Vec<String> = [
        listed(&found.rows, found.more_rows, "行目"),
        found.columns(),
    ]
    .into_iter()
    .flatten()
    .collect();
    if hidden.is_empty() {
        return Ok(());
    }
    Err(FileProblem::Format(format!(
        "非表示の行や列に値があります({})。フィルターを解除し、非表示の行と列をすべて再表示してから、保存し直してください。要らない行や列は、隠さずに削除してください。",
        hidden.join("、")
    )))
}

#[derive(Default)]
struct Found {
    /// The first row: the headers, or a title.
    headers: Option<Vec<Cell>>,
    rows: Vec<u64>,
    more_rows: bool,
    columns: BTreeSet<usize>,
    array: Option<(u64, String)>,
    /// The first row that is too long.
    too_long: Option<u64>,
}

impl Found {
    fn note(&mut self, line: &Line) {
        let row = line.row.row;
        let bytes: usize = line.row.cells.iter().map(Cell::bytes).sum();
        if bytes > MOST_ROW {
            self.too_long.get_or_insert(row);
        }
        if let Some(cells) = &line.filled_by_array {
            self.array.get_or_insert((row, cells.clone()));
        }
        if line.is_hidden {
            if self.rows.len() < LISTED {
                self.rows.push(row);
            } else {
                self.more_rows = true;
            }
        }
        match &self.headers {
            // A hidden column that holds its header alone is one nobody uses.
            None => self.headers = Some(line.row.cells.clone()),
            Some(_) => self.columns.extend(&line.hidden_columns),
        }
    }

    /// The columns by letter and header, less the one that is never read.
    fn columns(&self) -> Option<String> {
        let header = |column: usize| {
            let headers = self.headers.as_ref()?;
            headers.get(column).map(Cell::shown)
        };
        let mut names = Vec::new();
        for column in self.columns.iter().copied() {
            match header(column).filter(|header| !header.is_empty()) {
                Some(header) if is_remark(&header) => {}
                Some(header) => {
                    names.push(format!("{}「{}」", column_name(column), shortened(&header)));
                }
                None => names.push(column_name(column)),
            }
        }
        let more = names.len() > LISTED;
        names.truncate(LISTED);
        listed(&names, more, "列")
    }
}

fn listed<T: ToString>(found: &[T], more: bool, unit: &str) -> Option<String> {
    let names: Vec<String> = found
        .iter()
        .map(|name| format!("{}{unit}", name.to_string()))
        .collect();
    let more = if more { "ほか" } else { "" };
    (!names.is_empty()).then(|| format!("{}{more}", names.join("、")))
}
