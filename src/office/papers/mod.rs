//! Forms to fill in by hand (記入用紙): which there are, what stands on one,
//! and one as a page.
//!
//! They are listed in `templates/forms/forms.toml`; what stands on one is in
//! the file of its code beside it. A form is blank, or tells what its
//! requester wrote themselves; what the society knows of anybody else is never
//! printed on one.

mod error;
mod filled;
mod told;
mod written;

use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Premises, page_job};
use crate::domain::{PaperSheet, Right};
use crate::files;
use crate::render::Job;

pub use error::PapersError;

/// The list, below the templates.
const LIST: &str = "forms/forms.toml";
/// The page of every form.
const TEMPLATE: &str = "/forms/form.typ";

/// A form to fill in by hand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Its code, the name of its file and of its PDF.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// When it is used, for the public.
    #[serde(rename = "use")]
    pub occasion: String,
    /// A request it is filled in from asks for one of these; for any request
    /// where there are none.
    #[serde(default)]
    pub rights: Vec<Right>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    forms: Vec<Paper>,
}

/// All forms, in the order of their list; none where there is no list.
///
/// # Errors
/// When the list cannot be read or names a form twice or by no file's name.
pub fn papers(templates: &Path) -> Result<Vec<Paper>, PapersError> {
    let text = match files::text_below(templates, LIST) {
        Ok(text) => text,
        Err(error) if error.is_absent() => return Ok(Vec::new()),
        Err(error) => return Err(PapersError::new(LIST, error.problem())),
    };
    let wrong = |problem: String| PapersError::new(LIST, problem);
    let list: List =
        toml::from_str(&text).map_err(|error| wrong(crate::config::in_japanese(&error)))?;
    for (index, paper) in list.forms.iter().enumerate() {
        let sound = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if paper.code.is_empty() || !paper.code.bytes().all(sound) {
            return Err(wrong(format!(
                "code の「{}」は、小文字の英字、数字、ハイフンだけで書いてください。",
                paper.code
            )));
        }
        if list.forms[..index]
            .iter()
            .any(|other| other.code == paper.code)
        {
            return Err(wrong(format!(
                "code の「{}」が2度書かれています。",
                paper.code
            )));
        }
    }
    Ok(list.forms)
}

/// What stands on a form, blank or with what the record of a request tells.
///
/// # Errors
/// When its file, or the one all forms share, cannot be used.
pub fn paper_sheet(
    desk: &Premises,
    paper: &Paper,
    request: Option<&Map<String, Value>>,
) -> Result<PaperSheet, PapersError> {
    let written = written::Written::read(&desk.config.templates, &paper.code)?;
    Ok(filled::sheet(&paper.name, &written, &desk.society, request))
}

/// The form as a page of this date.
pub fn paper_job(desk: &Premises, paper: &Paper, date: NaiveDate, sheet: &PaperSheet) -> Job {
    let data = json!({
        "date": date.format("%Y-%m-%d").to_string(),
        "paper": sheet,
    });
    page_job(desk, TEMPLATE, format!("form-{}", paper.code), data)
}
