//! Forms to fill in by hand (記入用紙): which there are, and one as a page.
//!
//! They are listed in `templates/forms/forms.toml`. A form is blank, or tells
//! what its requester wrote themselves; what the society knows of anybody
//! else is never printed on one.

use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Premises, page_job};
use crate::domain::Right;
use crate::files;
use crate::render::Job;
use crate::text::era;

/// The list, below the templates.
const LIST: &str = "forms/forms.toml";

/// What a form tells of a request. The principal's address is not among it:
/// the requester may be somebody who must not learn it.
const TOLD: [&str; 8] = [
    "receipt_number",
    "rights",
    "requester_role",
    "requester_name",
    "requester_postal_code",
    "requester_address",
    "requester_building",
    "principal_name",
];

/// A form to fill in by hand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Its code, the name of its template and of its PDF.
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

/// Why the list of forms cannot be used. The text is for staff, in Japanese.
#[derive(Debug, thiserror::Error)]
#[error("記入用紙の一覧 {LIST}：{0}")]
pub struct PapersError(String);

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
        Err(error) => return Err(PapersError(error.problem())),
    };
    let list: List =
        toml::from_str(&text).map_err(|error| PapersError(crate::config::in_japanese(&error)))?;
    for (index, paper) in list.forms.iter().enumerate() {
        let sound = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if paper.code.is_empty() || !paper.code.bytes().all(sound) {
            return Err(PapersError(format!(
                "code の「{}」は、小文字の英字、数字、ハイフンだけで書いてください。",
                paper.code
            )));
        }
        if list.forms[..index]
            .iter()
            .any(|other| other.code == paper.code)
        {
            return Err(PapersError(format!(
                "code の「{}」が2度書かれています。",
                paper.code
            )));
        }
    }
    Ok(list.forms)
}

/// The form as a page of this date, blank or with what the record of a
/// request tells.
pub fn paper_job(
    desk: &Premises,
    paper: &Paper,
    date: NaiveDate,
    request: Option<&Map<String, Value>>,
) -> Job {
    let data = json!({
        "date": date.format("%Y-%m-%d").to_string(),
        "request": request.map(told),
    });
    let template = format!("/forms/{}.typ", paper.code);
    page_job(desk, &template, format!("form-{}", paper.code), data)
}

fn told(record: &Map<String, Value>) -> Map<String, Value> {
    let mut told: Map<String, Value> = TOLD
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), record.get(*name)?.clone())))
        .collect();
    for name in ["request_date", "arrival_date"] {
        let day = record.get(name).and_then(Value::as_str);
        let day: Option<NaiveDate> = day.and_then(|day| day.parse().ok());
        if let Some(day) = day {
            let shown = era::write(day).unwrap_or_else(|| day.to_string());
            told.insert(name.to_owned(), shown.into());
        }
    }
    // As what they belong to the society a requester tells of themselves alone.
    let own = record.get("requester_role").and_then(Value::as_str) == Some("principal");
    if let (true, Some(category)) = (own, record.get("principal_category")) {
        told.insert("principal_category".to_owned(), category.clone());
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_tells_what_the_requester_wrote_and_no_more() {
        let record = json!({
            "receipt_number": "受第1号", "request_date": "2026-11-02",
            "requester_role": "appointed_agent", "requester_name": "見本 太郎",
            "principal_name": "例示 花子", "principal_category": "dependant",
            "principal_address": "群馬県前橋市見本町1番地", "member_key": "M-1",
        });
        let told = told(record.as_object().unwrap());
        assert_eq!(told["request_date"], "令和8年11月2日");
        assert_eq!(told["principal_name"], "例示 花子");
        for kept in ["principal_address", "principal_category", "member_key"] {
            assert!(!told.contains_key(kept), "{kept}");
        }
    }
}
