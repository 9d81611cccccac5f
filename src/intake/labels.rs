//! What a file calls the fields of a record, and how it counts its records.

use std::collections::HashMap;
use std::sync::Arc;

use crate::catalogue::{Field, Typing};

/// What a record's number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Counting {
    /// Rows of a sheet or lines of a file, the header being 1.
    Rows,
    /// Entries of a JSON array, the first being 1.
    Entries,
}

/// What the file itself calls the fields.
#[derive(Debug)]
pub(super) struct Labels {
    pub(super) counting: Counting,
    json: bool,
    /// The sheet's header by schema name.
    headers: HashMap<String, String>,
    /// What may be typed for the words of the forms.
    pub(super) typing: Arc<Typing>,
    /// The workbook's sheet, where rows of several are read.
    pub(super) sheet: Option<String>,
}

impl Labels {
    pub(super) fn of_sheet(
        headers: HashMap<String, String>,
        typing: &Arc<Typing>,
        sheet: Option<&str>,
    ) -> Arc<Self> {
        Arc::new(Labels {
            counting: Counting::Rows,
            json: false,
            headers,
            typing: Arc::clone(typing),
            sheet: sheet.map(str::to_owned),
        })
    }

    pub(super) fn of_json(counting: Counting, typing: Arc<Typing>) -> Arc<Self> {
        Arc::new(Labels {
            counting,
            json: true,
            headers: HashMap::new(),
            typing,
            sheet: None,
        })
    }

    /// The place of a field of the record.
    pub(super) fn place(&self, field: &Field) -> Position {
        let column = if self.json {
            &field.name
        } else {
            self.headers.get(&field.name).unwrap_or(&field.title)
        };
        Position {
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
pub(super) struct Position {
    pub(super) column: String,
    pub(super) pointer: String,
    json: bool,
    pub(super) restricted: bool,
}

impl Position {
    /// The entry of a list, counted from 0.
    pub(super) fn entry(&self, index: usize) -> Position {
        let column = if self.json {
            format!("{}[{index}]", self.column)
        } else {
            format!("{}の{}件目", self.column, index + 1)
        };
        Position {
            column,
            pointer: format!("{}/{index}", self.pointer),
            json: self.json,
            restricted: self.restricted,
        }
    }

    /// The place under a header of its own.
    pub(super) fn headed(mut self, header: &str) -> Position {
        header.clone_into(&mut self.column);
        self
    }

    /// A part of a list's row.
    pub(super) fn part(&self, field: &Field) -> Position {
        let column = if self.json {
            format!("{}.{}", self.column, field.name)
        } else {
            format!("{}の{}", self.column, field.title)
        };
        Position {
            column,
            pointer: format!("{}/{}", self.pointer, field.name),
            json: self.json,
            restricted: self.restricted,
        }
    }
}
