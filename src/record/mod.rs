//! A record's typed reading: its envelope, the request it belongs to, what to
//! be warned of, how names are shown, what a template is given. It knows no
//! engine and no store.

mod answers;
mod belonging;
mod checks;
mod choices;
mod dates;
mod held;
mod incomplete;
mod letter_data;
mod naming;
mod prefilled;
mod warnings;
mod wordless;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::catalogue::Kind;
use crate::domain::{Envelope, Likeness};
use crate::hash::Sha256;
use crate::restricted::{self, Note};

pub use answers::{answers, beside};
pub use belonging::{contradictions, differences};
pub use checks::{Checks, add_dates, switched_off, unnumbered};
pub use choices::refused as contradictory;
pub use dates::{dated_from, doubtful as doubtful_dates, passed, problems as impossible_dates};
pub use held::differences_of;
pub use incomplete::incomplete;
pub use letter_data::{LetterHead, letter_data, seal_path, society_data};
pub use naming::{Naming, Replaced};
pub use prefilled::{
    Announced, Prefilled, Tells, answer_day, cell, is_wanted, may_have, prefilled,
};
pub use warnings::{doubtful, of_counterpart, of_flags, of_letter, of_request};

/// The record of one letter, read once. What is stored, hashed and shown of it
/// has no restricted field.
#[derive(Clone, Serialize, Deserialize)]
pub struct Record {
    /// Code of the kind.
    pub kind: String,
    /// Code of the outcome.
    pub outcome: String,
    /// What the program itself reasons about.
    pub envelope: Envelope,
    /// The fields, without restricted ones.
    pub values: Map<String, Value>,
    /// The restricted ones.
    pub note: Note,
    /// The hash that makes it itself, in hexadecimal.
    pub sha256: String,
    /// What it is about.
    pub likeness: Likeness,
    /// Whether a letter of its kind and outcome may have a note.
    pub may_restrict: bool,
}

/// Shows no value: a record holds names and addresses.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({})", self.kind)
    }
}

impl Record {
    /// The record with these fields, of which the envelope was read already.
    pub fn of(kind: &Kind, fields: Map<String, Value>, envelope: Envelope) -> Self {
        let outcome = fields.get("outcome").and_then(Value::as_str);
        let outcome = outcome.unwrap_or_default().to_owned();
        let (values, note) = restricted::split(kind, fields);
        Record {
            sha256: record_sha256(&kind.code, &values),
            likeness: Likeness::of(&kind.code, &values),
            may_restrict: kind
                .outcome(&outcome)
                .is_some_and(|outcome| kind.may_restrict(outcome)),
            kind: kind.code.clone(),
            outcome,
            envelope,
            values,
            note,
        }
    }

    /// The receipt number of the request it answers, if it answers one.
    pub fn receipt_number(&self) -> Option<&str> {
        let request = self.envelope.request.as_ref()?;
        Some(&request.receipt_number)
    }
}

/// The hash that makes a record itself, in hexadecimal: kind and fields,
/// whatever the order of the columns was.
pub fn record_sha256(kind: &str, values: &Map<String, Value>) -> String {
    let mut fields: Vec<(&String, String)> = values
        .iter()
        .map(|(name, value)| (name, value.to_string()))
        .collect();
    fields.sort();
    let fields = fields
        .iter()
        .flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
    Sha256::of_parts([kind.as_bytes()].into_iter().chain(fields)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_columns_does_not_make_another_record() {
        let map = |value: Value| value.as_object().cloned().expect("an object");
        let one = record_sha256("k", &map(json!({"a": "1", "b": "2"})));
        let two = record_sha256("k", &map(json!({"b": "2", "a": "1"})));
        let three = record_sha256("k", &map(json!({"a": "1", "b": "3"})));
        let four = record_sha256("j", &map(json!({"a": "1", "b": "2"})));
        assert_eq!(one, two);
        assert_ne!(one, three);
        assert_ne!(one, four);
    }

    #[test]
    fn the_hash_of_a_record_is_the_one_letters_were_queued_with() {
        let fields = json!({"b": 2, "a": "見本 太郎", "c": ["x", {"d": null}]});
        let hash = record_sha256("kind", fields.as_object().expect("an object"));
        assert_eq!(
            hash,
            "d9f6499f6d8e3fdffda48382bd12c87364f8fc870e75c82e6293bd69e7bc807b"
        );
    }
}
