//! A page that is printed by itself, outside the night.

use serde_json::{Value, json};

use super::{OfficeError, Premises};
use crate::render::{Job, Output, Pool, Rendered, TemplateSet};
use crate::text::own::rare_units;

/// Why a page could not be printed, for staff.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// Templates or fonts cannot be used.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// Template and data give no page.
    #[error("{0}")]
    Page(String),
}

/// A PDF of a template and its data; `ident` is for the log. The template
/// learns which of the texts only the second font shows.
pub fn page_job(desk: &Premises, template: &str, ident: String, mut data: Value) -> Job {
    data["rare"] = json!(rare_units([&data], &desk.characters));
    Job {
        template: template.to_owned(),
        ident,
        output: Output::Pdf,
        data: data.to_string().into_bytes(),
    }
}

/// Prints one page run with the templates as they stand on disk now.
///
/// # Errors
/// [`PrintError`].
pub async fn print_one(desk: &Premises, job: &Job) -> Result<Rendered, PrintError> {
    print_in(&desk.one_worker()?, job).await
}

/// Prints one page run with these templates.
///
/// # Errors
/// [`PrintError`].
pub async fn print_one_from(
    desk: &Premises,
    set: &TemplateSet,
    job: &Job,
) -> Result<Rendered, PrintError> {
    print_in(&desk.pool(set, Some(1))?, job).await
}

async fn print_in(pool: &Pool, job: &Job) -> Result<Rendered, PrintError> {
    let rendered = pool.render(job).await;
    rendered.map_err(|failure| PrintError::Page(failure.staff_message()))
}
