//! What a record lacks that its kind needs: a letter that waited while the
//! forms became others.

use serde_json::{Map, Value};

use super::prefilled::is_wanted;
use crate::catalogue::{Kind, Outcome};
use crate::domain::FieldProblem;

/// The first field that a letter of this outcome must have and this record has
/// not: its page would have a heading with nothing behind it. What only the
/// person in charge may read stands in no record, and is not asked for.
pub fn incomplete(
    kind: &Kind,
    outcome: &Outcome,
    values: &Map<String, Value>,
) -> Option<FieldProblem> {
    let is_there = |name: &str| match values.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(_) => true,
    };
    let asked = kind.fields.iter().filter(|field| !field.restricted);
    // The letter itself knows its kind and its outcome.
    let mut asked = asked.filter(|field| !["kind", "outcome"].contains(&field.name.as_str()));
    let lacking =
        asked.find(|field| is_wanted(kind, Some(outcome), field) && !is_there(&field.name))?;
    Some(FieldProblem::of(
        &lacking.name,
        format!(
            "結果区分「{}」に要る項目「{}」が、この記録にありません。",
            outcome.label, lacking.title
        ),
        format!("「{}」を書いてください。", lacking.title),
    ))
}
