//! The report as web page and as PDF.

use chrono::NaiveDate;
use serde_json::json;

use super::{Report, ReportError};
use crate::files;
use crate::office::Office;
use crate::render::{Job, Output};
use crate::text::own::rare_units;

/// The template of the web page below the templates.
const WEB_PAGE: &str = "report/report.html.j2";

/// The report as web page.
pub(super) fn web_page(office: &Office, report: &Report) -> Result<String, ReportError> {
    let source = files::text_below(&office.desk.config.templates, WEB_PAGE)?;
    let mut environment = minijinja::Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.add_template("report.html", &source)?;
    let page = environment.get_template("report.html")?;
    Ok(page.render(minijinja::context! { report => minijinja::value::Serde(report) })?)
}

/// The report as PDF.
pub(super) async fn pdf_page(
    office: &Office,
    date: NaiveDate,
    report: &Report,
) -> Result<Vec<u8>, ReportError> {
    let desk = &office.desk;
    let set = desk.template_set()?;
    let pool = desk.pool(&set, Some(1))?;
    let mut data = json!({ "report": report, "date": date.format("%Y-%m-%d").to_string() });
    data["rare"] = json!(rare_units([&data], &desk.characters));
    let job = Job {
        template: "/report/report.typ".to_owned(),
        ident: format!("report {}", report.date),
        output: Output::Pdf,
        data: data.to_string().into_bytes(),
    };
    match pool.render(&job).await {
        Ok(rendered) => Ok(rendered.bytes.into()),
        Err(failure) => Err(ReportError::Pdf(failure.staff_message())),
    }
}
