//! The lists of a row whose entries stand in columns of their own.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::catalogue::Field;

use super::cell::Cell;
use super::convert::from_cell;
use super::findings::Findings;
use super::labels::Position;
use super::numbered::Entry;

/// The entries of one row, until all its columns were seen.
#[derive(Default)]
pub(super) struct Entries<'r> {
    lists: BTreeMap<usize, BTreeMap<u32, Vec<Part<'r>>>>,
}

/// A filled cell of an entry, under its header.
type Part<'r> = (&'r Entry, &'r Cell, &'r str);

impl<'r> Entries<'r> {
    /// Notes a cell.
    pub(super) fn note(&mut self, entry: &'r Entry, cell: &'r Cell, header: &'r str) {
        if !cell.is_empty() {
            let numbers = self.lists.entry(entry.list).or_default();
            numbers
                .entry(entry.number)
                .or_default()
                .push((entry, cell, header));
        }
    }

    /// Puts the lists among the values. Numbers that are skipped are no
    /// entries.
    pub(super) fn put(
        self,
        fields: &[Field],
        values: &mut Map<String, Value>,
        findings: &mut Findings,
    ) {
        for (list, numbers) in self.lists {
            let Some(field) = fields.get(list) else {
                continue;
            };
            let place = findings.labels().place(field);
            if values.contains_key(&field.name) || findings.is_unread(&place.pointer) {
                let header = numbers
                    .values()
                    .flatten()
                    .map(|(.., header)| *header)
                    .next();
                let problem = format!("「{}」の列にも書かれています。", header.unwrap_or_default());
                findings.add(&place, &problem, "どちらか一方の書き方にしてください。");
                continue;
            }
            let entries = numbers.into_values().enumerate();
            let entries = entries.map(|(index, parts)| one(parts, &place.entry(index), findings));
            values.insert(field.name.clone(), entries.collect());
        }
    }
}

/// One entry; one that cannot be read leaves a `null`, so that the others keep
/// their places.
fn one(mut parts: Vec<Part<'_>>, place: &Position, findings: &mut Findings) -> Value {
    parts.sort_by_key(|(entry, ..)| entry.part);
    let mut row = Map::new();
    for (entry, cell, header) in parts {
        let of_row = entry.part.is_some();
        let place = match of_row {
            true => place.part(&entry.field).headed(header),
            false => place.clone().headed(header),
        };
        let value = from_cell(&entry.field, cell, &place, findings);
        if !of_row {
            return value.unwrap_or(Value::Null);
        }
        if let Some(value) = value {
            row.insert(entry.field.name.clone(), value);
        }
    }
    Value::Object(row)
}
