//! Collects everything wrong with a row, each with its position.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::catalogue::Field;

use super::problem::{Counting, RowProblem};

/// How many characters of a value a problem quotes.
const EXCERPT: usize = 20;

/// What the file itself calls the fields.
#[derive(Debug)]
pub(super) struct Labels {
    counting: Counting,
    json: bool,
    /// The sheet's header by schema name.
    headers: HashMap<String, String>,
}

impl Labels {
    pub(super) fn of_sheet(headers: HashMap<String, String>) -> Arc<Self> {
        Arc::new(Labels {
            counting: Counting::Rows,
            json: false,
            headers,
        })
    }

    pub(super) fn of_json(counting: Counting) -> Arc<Self> {
        Arc::new(Labels {
            counting,
            json: true,
            headers: HashMap::new(),
        })
    }

    /// The place of a field of the record.
    pub(super) fn place(&self, field: &Field) -> Place {
        let column = if self.json {
            &field.name
        } else {
            self.headers.get(&field.name).unwrap_or(&field.title)
        };
        Place {
            column: column.clone(),
            pointer: format!("/{}", field.name),
            json: self.json,
            restricted: field.restricted,
        }
    }
}

/// A place in a record: in the file's words, and as a JSON pointer into the
/// record being made.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) column: String,
    pub(super) pointer: String,
    json: bool,
    restricted: bool,
}

impl Place {
    /// The entry of a list, counted from 0.
    pub(super) fn entry(&self, index: usize) -> Place {
        let column = if self.json {
            format!("{}[{index}]", self.column)
        } else {
            format!("{}の{}件目", self.column, index + 1)
        };
        Place {
            column,
            pointer: format!("{}/{index}", self.pointer),
            json: self.json,
            restricted: self.restricted,
        }
    }

    /// A part of a list's row.
    pub(super) fn part(&self, field: &Field) -> Place {
        let column = if self.json {
            format!("{}.{}", self.column, field.name)
        } else {
            format!("{}の{}", self.column, field.title)
        };
        Place {
            column,
            pointer: format!("{}/{}", self.pointer, field.name),
            json: self.json,
            restricted: self.restricted,
        }
    }
}

/// The problems of one row.
pub(super) struct Findings {
    row: u64,
    labels: Arc<Labels>,
    problems: Vec<RowProblem>,
    /// Places whose value could not be read, so that the schema does not
    /// complain of them a second time.
    unread: HashSet<String>,
}

impl Findings {
    pub(super) fn new(row: u64, labels: &Arc<Labels>) -> Self {
        Findings {
            row,
            labels: Arc::clone(labels),
            problems: Vec::new(),
            unread: HashSet::new(),
        }
    }

    pub(super) fn labels(&self) -> &Arc<Labels> {
        &self.labels
    }

    /// Adds a problem of a field or a part of it. What is said of a restricted
    /// field quotes nothing of it, since messages are kept and passed on; the
    /// remedies say enough.
    pub(super) fn add(&mut self, place: &Place, problem: &str, remedy: &str) {
        let problem = if place.restricted {
            "この欄のままでは受け付けられません(内容は表示しません)。"
        } else {
            problem
        };
        self.add_at(&place.column, problem, remedy);
    }

    /// Adds a problem of a value that could not be read.
    pub(super) fn unread(&mut self, place: &Place, problem: &str, remedy: &str) {
        self.unread.insert(place.pointer.clone());
        self.add(place, problem, remedy);
    }

    /// Adds a problem at a column named by the file, or of the whole row.
    pub(super) fn add_at(&mut self, column: &str, problem: &str, remedy: &str) {
        let found = Findings::one(self.row, &self.labels, column, (problem, remedy));
        self.problems.push(found);
    }

    pub(super) fn is_unread(&self, pointer: &str) -> bool {
        self.unread.contains(pointer)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// A single problem, for checks made after reading.
    pub(super) fn one(row: u64, labels: &Labels, column: &str, words: (&str, &str)) -> RowProblem {
        RowProblem {
            row,
            counting: labels.counting,
            column: column.to_owned(),
            problem: words.0.to_owned(),
            remedy: words.1.to_owned(),
        }
    }

    pub(super) fn into_problems(self) -> Vec<RowProblem> {
        self.problems
    }
}

/// The start of a value in quotes, with control characters made visible.
pub(super) fn excerpt(value: &str) -> String {
    let mut characters = value.chars();
    let mut start: String = characters
        .by_ref()
        .take(EXCERPT)
        .map(|c| if c.is_control() { '␣' } else { c })
        .collect();
    if characters.next().is_some() {
        start.push('…');
    }
    format!("「{start}」")
}

/// A key of the file for a message; it can be of any length.
pub(super) fn shortened(key: &str) -> String {
    let start: String = key.chars().take(40).filter(|c| !c.is_control()).collect();
    if start.len() == key.len() {
        start
    } else {
        format!("{start}…")
    }
}
