//! A letter held against all that the store says of it: the one comparison
//! that mail, filing, print and proof use before they trust a row.

use serde_json::{Map, Value};

use super::record_sha256;
use crate::domain::{Difference, Evidence};

/// In what the store's words about a letter differ, its record among them.
/// Nothing that can be read at all is a difference as well.
pub fn differences_of(evidence: Option<&Evidence>) -> Vec<Difference> {
    let Some(evidence) = evidence else {
        return vec![Difference::Unreadable];
    };
    let mut found = evidence.differences();
    if !found.contains(&Difference::Record) && !is_as_queued(evidence) {
        found.insert(0, Difference::Record);
    }
    found
}

/// Whether a letter's record is the one it was queued with, and its row says
/// the same of outcome and way: what was approved goes out or nothing.
fn is_as_queued(evidence: &Evidence) -> bool {
    let row = &evidence.row;
    let record = evidence.record.as_deref().unwrap_or_default();
    let record: Map<String, Value> = serde_json::from_str(record).unwrap_or_default();
    let says = |field: &str, word: &str| record.get(field).and_then(Value::as_str) == Some(word);
    record_sha256(&row.kind, &record) == row.record_sha256
        && says("outcome", &row.outcome)
        && says("delivery", &row.delivery)
}
