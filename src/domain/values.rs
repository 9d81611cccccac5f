//! Values of a record, as they are looked up by name.

use serde_json::{Map, Value};

/// The text a record has in a field.
pub(super) fn text<'a>(record: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    record.get(field).and_then(Value::as_str)
}
