//! The texts of a record, each with the field it stands in.

use serde_json::{Map, Value};

use crate::catalogue::{Field, FieldShape, ListShape, Role};

/// Every text a person typed. Choices and grounds are ours and not among
/// them.
pub fn typed<'a>(fields: &'a [Field], record: &'a Map<String, Value>) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    for (field, value) in present(fields, record) {
        if field.role == Some(Role::Ground) {
            continue;
        }
        match &field.shape {
            FieldShape::Text { .. } => {
                found.extend(value.as_str().map(|text| (field.name.as_str(), text)));
            }
            FieldShape::List(ListShape::Texts) => {
                let texts = entries(value).filter_map(Value::as_str);
                found.extend(texts.map(|text| (field.name.as_str(), text)));
            }
            FieldShape::List(ListShape::Rows(parts)) => {
                for row in entries(value).filter_map(Value::as_object) {
                    let texts = typed(parts, row).into_iter();
                    found.extend(texts.map(|(_, text)| (field.name.as_str(), text)));
                }
            }
            FieldShape::List(ListShape::Choices(_))
            | FieldShape::Date
            | FieldShape::Integer
            | FieldShape::Choice(_) => {}
        }
    }
    found
}

/// Every ground code of a record with the field it stands in.
pub fn grounds<'a>(fields: &'a [Field], record: &'a Map<String, Value>) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    for (field, value) in present(fields, record) {
        match &field.shape {
            FieldShape::List(ListShape::Rows(parts)) => {
                for row in entries(value).filter_map(Value::as_object) {
                    let codes = grounds(parts, row).into_iter();
                    found.extend(codes.map(|(_, code)| (field.name.as_str(), code)));
                }
            }
            FieldShape::List(_) if field.role == Some(Role::Ground) => {
                let codes = entries(value).filter_map(Value::as_str);
                found.extend(codes.map(|code| (field.name.as_str(), code)));
            }
            FieldShape::Text { .. } | FieldShape::Choice(_) if field.role == Some(Role::Ground) => {
                found.extend(value.as_str().map(|code| (field.name.as_str(), code)));
            }
            FieldShape::Text { .. }
            | FieldShape::Date
            | FieldShape::Integer
            | FieldShape::Choice(_)
            | FieldShape::List(_) => {}
        }
    }
    found
}

fn present<'a>(
    fields: &'a [Field],
    record: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'a Field, &'a Value)> {
    fields
        .iter()
        .filter_map(|field| Some((field, record.get(&field.name)?)))
}

fn entries(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
