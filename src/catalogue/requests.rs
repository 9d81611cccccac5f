//! The form of a request, read from `templates/requests/`.
//!
//! It is a kind without outcomes and without a letter: the same fields,
//! titles and checks, so that a file of requests is read by what reads a file
//! of letters.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::field::{self, FieldShape, ListShape};
use super::load::{check_titles, compile, read_json};
use super::members::has_fields;
use super::{Catalogue, CatalogueError, Kind};
use crate::domain::{PrincipalCategory, Request, RequesterRole, Right};

/// The code of the one kind a catalogue of requests has.
pub const REQUEST_KIND: &str = "request";

impl Catalogue {
    /// Loads the form of a request. The catalogue it gives has the one kind
    /// [`REQUEST_KIND`].
    ///
    /// # Errors
    /// When the form cannot be read, or lacks what the program reads of a
    /// request.
    pub fn of_requests(templates: &Path) -> Result<Self, CatalogueError> {
        let path = templates.join("requests/record.schema.json");
        form(path, REQUEST_KIND, "請求", check_known)
    }

    /// The only kind of a catalogue that has one.
    pub fn only(&self) -> Option<&Kind> {
        let mut kinds = self.kinds.values();
        kinds.next().filter(|_| kinds.next().is_none())
    }
}

/// A form without outcomes as a catalogue of one kind.
pub(super) fn form(
    path: PathBuf,
    code: &str,
    name: &str,
    check: impl FnOnce(&Kind) -> Result<(), String>,
) -> Result<Catalogue, CatalogueError> {
    let own = read_json(&path)?;
    let fail = |problem: String| CatalogueError {
        path: path.clone(),
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

/// An office may reword the form and add to it, but what the program reads
/// must be there in the words it knows.
fn check_known(kind: &Kind) -> Result<(), String> {
    has_fields(kind, &Request::FIELDS, &Request::NEEDED)?;
    let known: [(&str, Vec<&str>); 4] = [
        ("rights", Right::ALL.map(Right::as_str).into()),
        (
            "requester_role",
            RequesterRole::ALL.map(RequesterRole::as_str).into(),
        ),
        (
            "principal_category",
            PrincipalCategory::ALL.map(PrincipalCategory::as_str).into(),
        ),
        ("protected_counterpart", vec!["yes", "no"]),
    ];
    for (name, codes) in known {
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
    }
    Ok(())
}
