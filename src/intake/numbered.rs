//! The entries of a list in columns of their own: 「開示する内容1 項目」.
//!
//! One row of a sheet is one letter, entries and all, so nothing has to be
//! joined and no entry can come to another person's letter. A cell with a line
//! an entry stays the other way to write a list; a row has it in one of them.

use crate::catalogue::{Field, FieldShape, ListShape};
use crate::domain::folded;

/// The highest number of a column. A list has no more entries than a sheet
/// has columns for.
const MOST: u32 = 999;

/// What may stand between the number and the name of the part.
const BETWEEN: [char; 8] = ['の', '・', ':', '_', '-', '/', '|', '.'];

/// A column of one entry.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The index of the list in the form.
    pub(super) list: usize,
    /// The number in the header.
    pub(super) number: u32,
    /// The index of the part, of a list of rows.
    pub(super) part: Option<usize>,
    /// What the cell holds.
    pub(super) field: Field,
}

impl Entry {
    /// What no other column of the sheet may be.
    pub(super) fn key(&self) -> (usize, u32, Option<usize>) {
        (self.list, self.number, self.part)
    }
}

/// The header of a column of one entry.
pub(super) fn header(list: &Field, number: u32, part: Option<&Field>) -> String {
    match part {
        Some(part) => format!("{}{number} {}", list.title, part.title),
        None => format!("{}{number}", list.title),
    }
}

/// What a header means as a column of an entry. It comes folded.
pub(super) fn entry(fields: &[Field], wanted: &str) -> Option<Entry> {
    fields.iter().enumerate().find_map(|(list, field)| {
        let FieldShape::List(shape) = &field.shape else {
            return None;
        };
        let titled = wanted.strip_prefix(&folded(&field.title));
        let rest = titled.or_else(|| wanted.strip_prefix(&folded(&field.name)))?;
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = rest.split_at_checked(digits)?;
        let number = number.parse().ok().filter(|n| (1..=MOST).contains(n))?;
        let (part, field) = match shape {
            ListShape::Texts => (None, element(field, FieldShape::Text { max_chars: None })),
            ListShape::Choices(choices) => {
                (None, element(field, FieldShape::Choice(choices.clone())))
            }
            ListShape::Rows(parts) => {
                let named = rest.trim_start_matches(BETWEEN);
                let is_named = |part: &Field| folded(&part.title) == named || part.name == named;
                let part = parts.iter().position(is_named)?;
                (Some(part), parts.get(part)?.clone())
            }
        };
        (part.is_some() || rest.is_empty()).then_some(Entry {
            list,
            number,
            part,
            field,
        })
    })
}

/// An entry of a list as a field by itself.
fn element(list: &Field, shape: FieldShape) -> Field {
    Field {
        shape,
        required: false,
        ..list.clone()
    }
}
