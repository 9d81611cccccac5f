//! What cannot be printed is found when it is written, not on the day it is
//! published.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::text::characters::Characters;

/// Every character in the texts of `content` that the fonts cannot show, a
/// sentence each, for staff.
pub(super) fn unprintable(content: &impl Serialize, characters: &Characters) -> Vec<String> {
    let mut problems = BTreeSet::new();
    // A content that is no JSON is refused where it is kept.
    if let Ok(value) = serde_json::to_value(content) {
        gather(&value, characters, &mut problems);
    }
    problems.into_iter().collect()
}

fn gather(value: &Value, characters: &Characters, problems: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            for refused in characters.check_lines(text).err().into_iter().flatten() {
                problems.insert(format!("{}{}", refused.problem(), refused.remedy()));
            }
        }
        Value::Array(parts) => parts
            .iter()
            .for_each(|part| gather(part, characters, problems)),
        Value::Object(parts) => parts
            .values()
            .for_each(|part| gather(part, characters, problems)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
