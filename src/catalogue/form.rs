//! A form without outcomes and without a letter, as a catalogue of one kind,
//! and what the program must find in it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::field::{self, FieldShape, ListShape};
use super::load::{check_dating, check_titles, compile, read_json};
use super::{Catalogue, CatalogueError, Kind};

/// A form without outcomes as a catalogue of one kind.
pub(super) fn form(
    templates: &Path,
    file: &str,
    code: &str,
    name: &str,
    check: impl FnOnce(&Kind) -> Result<(), String>,
) -> Result<Catalogue, CatalogueError> {
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
    let kind = Kind {
        code: code.to_owned(),
        name: name.to_owned(),
        series: String::new(),
        mail: String::new(),
        decides: None,
        fee: None,
        outcomes: Vec::new(),
        rules: Vec::new(),
        fields,
        validator: compile(&schema).map_err(fail)?,
        schema,
    };
    check(&kind).map_err(fail)?;
    Ok(Catalogue {
        kinds: BTreeMap::from([(kind.code.clone(), kind)]),
    })
}

/// Every field the program reads is there, and every one it needs required.
pub(super) fn has_fields(kind: &Kind, known: &[&str], needed: &[&str]) -> Result<(), String> {
    for name in known {
        if kind.field(name).is_none() {
            return Err(format!("項目「{name}」がありません。元に戻してください。"));
        }
    }
    for name in needed {
        if kind.field(name).is_some_and(|field| !field.required) {
            return Err(format!(
                "項目「{name}」は required に書いてください。元に戻してください。"
            ));
        }
    }
    Ok(())
}

/// The field is a choice among codes the program knows, and no others.
pub(super) fn has_choices(kind: &Kind, name: &str, codes: &[&str]) -> Result<(), String> {
    let choices = match kind.field(name).map(|field| &field.shape) {
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
