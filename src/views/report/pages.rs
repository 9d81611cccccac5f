//! The report as web page and as PDF.

use chrono::NaiveDate;
use serde_json::json;

use super::{Report, ReportError};
use crate::files;
use crate::office::{self, Office, PrintError};
use crate::pages;

/// The template of the web page below the templates.
const WEB_PAGE: &str = "report/report.html.j2";

/// The report as web page.
pub(super) fn web_page(office: &Office, report: &Report) -> Result<String, ReportError> {
    let source = files::text_below(&office.desk.config.templates, WEB_PAGE)?;
    Ok(pages::web_page("report.html", &source, ("report", report))?)
}

/// The report as PDF.
pub(super) async fn pdf_page(
    office: &Office,
    date: NaiveDate,
    report: &Report,
) -> Result<Vec<u8>, ReportError> {
    let desk = &office.desk;
    let data = json!({ "report": report, "date": date.format("%Y-%m-%d").to_string() });
    let ident = format!("report {}", report.date);
    let job = office::page_job(desk, "/report/report.typ", ident, data);
    match office::print_one(desk, &job).await {
        Ok(rendered) => Ok(rendered.bytes.into()),
        Err(PrintError::Office(error)) => Err(error.into()),
        Err(PrintError::Page(problem)) => Err(ReportError::Pdf(problem)),
    }
}
