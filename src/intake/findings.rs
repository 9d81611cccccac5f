//! Collects everything wrong with a row, each with its position.

use std::collections::HashSet;
use std::sync::Arc;

use super::labels::{Labels, Position};
use super::problem::RowProblem;

/// How many characters of a value a problem quotes.
const EXCERPT: usize = 20;

/// How many problems of a row are told. Who mends that many sends the row
/// again in any case.
const MOST: usize = 100;

/// The problems of one row.
pub(super) struct Findings {
    row: u64,
    labels: Arc<Labels>,
    problems: Vec<RowProblem>,
    /// How many more there are.
    more: usize,
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
            more: 0,
            unread: HashSet::new(),
        }
    }

    pub(super) fn labels(&self) -> &Arc<Labels> {
        &self.labels
    }

    /// Adds a problem of a field or a part of it. What is said of a restricted
    /// field quotes nothing of it, since messages are kept and passed on; the
    /// remedies say enough.
    pub(super) fn add(&mut self, place: &Position, problem: &str, remedy: &str) {
        let problem = if place.restricted {
            "この欄のままでは受け付けられません(内容は表示しません)。"
        } else {
            problem
        };
        self.add_at(&place.column, problem, remedy);
    }

    /// Adds a problem of a value that could not be read.
    pub(super) fn unread(&mut self, place: &Position, problem: &str, remedy: &str) {
        self.unread.insert(place.pointer.clone());
        self.add(place, problem, remedy);
    }

    /// Adds a problem at a column named by the file, or of the whole row.
    pub(super) fn add_at(&mut self, column: &str, problem: &str, remedy: &str) {
        if self.is_full() {
            self.more += 1;
            return;
        }
        let found = Findings::one(self.row, &self.labels, column, (problem, remedy));
        self.problems.push(found);
    }

    /// Whether further problems are counted only.
    pub(super) fn is_full(&self) -> bool {
        self.problems.len() >= MOST
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
            sheet: labels.sheet.clone(),
            column: column.to_owned(),
            problem: words.0.to_owned(),
            remedy: words.1.to_owned(),
        }
    }

    pub(super) fn into_problems(mut self) -> Vec<RowProblem> {
        if self.more > 0 {
            let problem = format!("ほかに{}件の問題があります。", self.more);
            let remedy = "上の問題を直して、もう一度受け付けてください。";
            let more = Findings::one(self.row, &self.labels, "", (&problem, remedy));
            self.problems.push(more);
        }
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
