//! Rows that are set aside between reading a file and taking it in: in a form
//! that can be written down and comes back as the same row.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::labels::Labels;
use super::problem::{BadRow, Original, Read, RowProblem};
use super::{Record, Row};

/// A row, set aside.
#[derive(Serialize, Deserialize)]
pub struct SetAside {
    row: u64,
    original: Kept,
    /// None of a row that is good.
    problems: Option<Vec<RowProblem>>,
    read: Option<ReadAside>,
}

/// What could be read of it.
#[derive(Serialize, Deserialize)]
struct ReadAside {
    kind: String,
    values: Map<String, Value>,
    /// Its place among the labels on the shelf.
    labels: usize,
}

/// An [`Original`]. A JSON entry is kept as a text of its own, for it may be
/// nested as deeply as can be read.
#[derive(Serialize, Deserialize)]
enum Kept {
    Cells(Vec<String>),
    Torn(Vec<String>),
    Json(String),
    Line(String),
}

/// What the rows of a file have in common and need to come back.
#[derive(Default)]
pub struct Shelf {
    labels: Vec<Arc<Labels>>,
}

impl Shelf {
    /// Sets a row aside.
    pub fn put(&mut self, row: Row) -> SetAside {
        let (row, problems, original, read) = match row {
            Row::Good(record) => {
                let Record {
                    row,
                    kind,
                    values,
                    original,
                    labels,
                } = record;
                let read = Read {
                    kind,
                    values,
                    labels,
                };
                (row, None, original, Some(read))
            }
            Row::Bad(bad) => {
                let read = bad.read.map(|read| *read);
                (bad.row, Some(bad.problems), bad.original, read)
            }
        };
        SetAside {
            row,
            original: Kept::of(original),
            problems,
            read: read.map(|read| ReadAside {
                labels: self.place(read.labels),
                kind: read.kind,
                values: read.values,
            }),
        }
    }

    /// Takes back a row that was [`put`](Self::put) here; none for one that
    /// was not.
    pub fn take(&self, aside: SetAside) -> Option<Row> {
        let original = aside.original.back()?;
        let read = match aside.read {
            Some(read) => Some(Read {
                labels: Arc::clone(self.labels.get(read.labels)?),
                kind: read.kind,
                values: read.values,
            }),
            None => None,
        };
        let row = aside.row;
        match (aside.problems, read) {
            (Some(problems), read) => Some(Row::Bad(BadRow {
                row,
                problems,
                original,
                read: read.map(Box::new),
            })),
            (None, Some(read)) => Some(Row::Good(Record {
                row,
                kind: read.kind,
                values: read.values,
                original,
                labels: read.labels,
            })),
            (None, None) => None,
        }
    }

    fn place(&mut self, labels: Arc<Labels>) -> usize {
        let known = self
            .labels
            .iter()
            .rposition(|own| Arc::ptr_eq(own, &labels));
        known.unwrap_or_else(|| {
            self.labels.push(labels);
            self.labels.len() - 1
        })
    }
}

impl Kept {
    fn of(original: Original) -> Self {
        match original {
            Original::Cells(cells) => Kept::Cells(cells),
            Original::Torn(cells) => Kept::Torn(cells),
            Original::Json(entry) => Kept::Json(entry.to_string()),
            Original::Line(line) => Kept::Line(line),
        }
    }

    fn back(self) -> Option<Original> {
        Some(match self {
            Kept::Cells(cells) => Original::Cells(cells),
            Kept::Torn(cells) => Original::Torn(cells),
            Kept::Json(entry) => Original::Json(serde_json::from_str(&entry).ok()?),
            Kept::Line(line) => Original::Line(line),
        })
    }
}
