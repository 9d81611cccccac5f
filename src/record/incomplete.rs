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
        Some(Value::Array(entries)) => !entries.is_empty(),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::Catalogue;

    /// What a decision in part lacks whose sample was changed.
    fn lacking(change: &Value) -> Option<String> {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let catalogue = Catalogue::load(&root.join("templates")).expect("kinds");
        let kind = catalogue.get("disclosure-decision").expect("a kind");
        let outcome = kind.outcome("partial").expect("an outcome");
        let sample = root.join("templates/letters/disclosure-decision/samples/partial.json");
        let sample = std::fs::read(sample).expect("a sample");
        let mut values: Map<String, Value> = serde_json::from_slice(&sample).expect("a record");
        values.extend(change.as_object().cloned().expect("fields"));
        incomplete(kind, outcome, &values).and_then(|problem| problem.field)
    }

    #[test]
    fn the_ground_of_each_row_is_enough_and_a_list_without_rows_is_none() {
        assert_eq!(lacking(&json!({})), None);
        for nothing in [json!([]), json!(null), json!("　")] {
            let lacking = lacking(&json!({ "withheld_items": nothing }));
            assert_eq!(lacking.as_deref(), Some("withheld_items"));
        }
        let unsaid = lacking(&json!({"disclosure_method": " "}));
        assert_eq!(unsaid.as_deref(), Some("disclosure_method"));
    }
}
