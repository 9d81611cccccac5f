//! The texts of a record, each with the field it stands in.

use serde_json::{Map, Value};

use crate::catalogue::{Field, FieldShape, ListShape, Role};

/// A text a person typed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Typed<'a> {
    /// The record's field it stands in.
    pub field: &'a str,
    /// The field itself, which is a part of a row where that is a list's.
    pub part: &'a str,
    /// The text.
    pub text: &'a str,
    /// What it means to the program.
    pub role: Option<Role>,
    /// Whether only the person in charge may read it.
    pub is_restricted: bool,
}

/// Every text a person typed. Choices and grounds are ours and not among
/// them.
pub(super) fn typed<'a>(fields: &'a [Field], record: &'a Map<String, Value>) -> Vec<Typed<'a>> {
    let mut found = Vec::new();
    for (field, value) in present(fields, record) {
        if field.role == Some(Role::Ground) {
            continue;
        }
        let of = |text| Typed {
            field: &field.name,
            part: &field.name,
            text,
            role: field.role,
            is_restricted: field.restricted,
        };
        match &field.shape {
            FieldShape::Text { .. } => found.extend(value.as_str().map(of)),
            FieldShape::List(ListShape::Texts) => {
                found.extend(entries(value).filter_map(Value::as_str).map(of));
            }
            FieldShape::List(ListShape::Rows(parts)) => {
                for row in entries(value).filter_map(Value::as_object) {
                    let texts = typed(parts, row).into_iter();
                    found.extend(texts.map(|text| Typed {
                        field: &field.name,
                        ..text
                    }));
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

/// Every text a person typed, with the record's field it stands in.
pub fn texts_of<'a>(
    fields: &'a [Field],
    record: &'a Map<String, Value>,
) -> Vec<(&'a str, &'a str)> {
    let texts = typed(fields, record).into_iter();
    texts.map(|typed| (typed.field, typed.text)).collect()
}

/// The texts of each row of a record's lists together, a bar between them.
pub(super) fn rows<'a>(
    fields: &'a [Field],
    record: &'a Map<String, Value>,
) -> Vec<(Typed<'a>, String)> {
    let mut found = Vec::new();
    for (field, value) in present(fields, record) {
        let FieldShape::List(ListShape::Rows(parts)) = &field.shape else {
            continue;
        };
        for row in entries(value).filter_map(Value::as_object) {
            let texts: Vec<&str> = typed(parts, row).iter().map(|typed| typed.text).collect();
            let whole = Typed {
                field: &field.name,
                part: &field.name,
                text: "",
                role: None,
                is_restricted: field.restricted,
            };
            found.push((whole, texts.join("|")));
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
