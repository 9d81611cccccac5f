//! A form: which fields a record has and what each may hold. Also what the
//! program must find in a form it reads by itself.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use super::CatalogueError;
use super::checks::{check_dating, check_titles};
use super::field::{self, Field, FieldShape, ListShape};
use super::load::{compile, read_json, read_typing};
use super::typing::Typing;

/// The fields of a record and the schema they must fit.
#[derive(Debug)]
pub struct Form {
    /// Code, as a file of records may name it.
    pub code: String,
    /// Japanese name for staff.
    pub name: String,
    /// All fields of a record: those of the common groups first, then the
    /// form's own, in the order a sheet shows them.
    pub fields: Vec<Field>,
    /// The merged JSON Schema (draft 2020-12) of a whole record.
    pub schema: serde_json::Value,
    /// The compiled form of `schema`.
    pub validator: jsonschema::Validator,
    /// What may be typed for the words of the form.
    pub typing: Arc<Typing>,
}

impl Form {
    /// The field with this schema name, if the form has it.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// Reads a form that stands by itself; `check` holds it against what the
/// program reads of its records.
pub(super) fn form(
    templates: &Path,
    file: &str,
    (code, name): (&str, &str),
    check: impl FnOnce(&Form) -> Result<(), String>,
) -> Result<Form, CatalogueError> {
    let own = read_json(templates, file)?;
    let fail = |problem: String| CatalogueError {
        path: templates.join(file),
        problem,
    };
    let part = |key: &str, absent| own.get(key).cloned().unwrap_or(absent);
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "properties": part("properties", json!({})),
        "required": part("required", json!([])),
    });
    let fields = field::fields_of(&schema).map_err(fail)?;
    check_titles(&fields).map_err(fail)?;
    check_dating(&own, &fields).map_err(fail)?;
    let form = Form {
        code: code.to_owned(),
        name: name.to_owned(),
        fields,
        validator: compile(&schema).map_err(fail)?,
        schema,
        typing: read_typing(templates)?,
    };
    check(&form).map_err(fail)?;
    Ok(form)
}

/// Every field the program reads is there, and every one it needs required.
pub(super) fn has_fields(form: &Form, known: &[&str], needed: &[&str]) -> Result<(), String> {
    for name in known {
        if form.field(name).is_none() {
            return Err(format!("項目「{name}」がありません。元に戻してください。"));
        }
    }
    for name in needed {
        if form.field(name).is_some_and(|field| !field.required) {
            return Err(format!(
                "項目「{name}」は required に書いてください。元に戻してください。"
            ));
        }
    }
    Ok(())
}

/// The field is a choice among codes the program knows, and no others.
pub(super) fn has_choices(form: &Form, name: &str, codes: &[&str]) -> Result<(), String> {
    let choices = match form.field(name).map(|field| &field.shape) {
        Some(FieldShape::Choice(choices) | FieldShape::List(ListShape::Choices(choices))) => {
            choices.as_slice()
        }
        _ => &[],
    };
    let only_known = choices
        .iter()
        .all(|choice| codes.contains(&choice.code.as_str()));
    if choices.is_empty() || !only_known {
        return Err(format!(
            "項目「{name}」の enum に書けるのは {} だけです。",
            codes.join("、")
        ));
    }
    Ok(())
}
