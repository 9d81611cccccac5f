//! The form of a request, read from `templates/requests/`.
//!
//! It has the same fields, titles and checks as that of a letter, so that a
//! file of requests is read by what reads a file of letters.

use std::path::Path;

use super::form::{form, has_choices, has_fields};
use super::{CatalogueError, Form};
use crate::domain::{PersonFacts, PrincipalCategory, Request, RequesterRole, Right};

/// The code of the form of a request.
pub const REQUEST_KIND: &str = "request";

impl Form {
    /// Loads the form of a request, [`REQUEST_KIND`].
    ///
    /// # Errors
    /// When the form cannot be read, or lacks what the program reads of a
    /// request.
    pub fn of_requests(templates: &Path) -> Result<Self, CatalogueError> {
        let file = "requests/record.schema.json";
        form(templates, file, (REQUEST_KIND, "請求"), check_known)
    }
}

/// An office may reword the form and add to it, but what the program reads
/// must be there in the words it knows.
fn check_known(form: &Form) -> Result<(), String> {
    has_fields(form, &Request::FIELDS, &Request::NEEDED)?;
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
        has_choices(form, name, &codes)?;
    }
    // An office's own form of before may lack what is newer.
    for (name, codes) in [
        ("authority_end", &PersonFacts::ENDS[..]),
        ("requested_method", &PersonFacts::METHODS[..]),
    ] {
        if form.field(name).is_some() {
            has_choices(form, name, codes)?;
        }
    }
    Ok(())
}
