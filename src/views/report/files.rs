//! The report's files. What was kept stays: a later report of the same date
//! is another edition beside it, because the register's end in the first one is
//! what later reports are compared with.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::pages::{pdf_page, web_page};
use super::{Report, ReportError};
use crate::files;
use crate::office::Office;

/// The forms of a report; the first says which editions there are.
const FORMS: [&str; 3] = ["txt", "html", "pdf"];

/// The line that says when a report was made. Two that differ only there say
/// the same.
const MADE: &str = "作成  ";

/// Writes the report of `date` as text, web page and PDF into `out/reports/`
/// and returns it with the files' paths. Reports of the date that were kept
/// before stay as they are; one that says the same is not written again.
///
/// # Errors
/// When the batch was never opened or a file cannot be written.
pub async fn write_report(
    office: &Office,
    date: NaiveDate,
) -> Result<(Report, Vec<PathBuf>), ReportError> {
    let report = Report::of(office, date).await?;
    let folder = folder(office);
    let failed = |path: &Path, error| ReportError::Write {
        path: path.to_owned(),
        error,
    };
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
    let text = report.text();
    if let Some(paths) = editions(&folder, &report.date).pop()
        && paths.iter().all(|path| path.is_file())
        && paths.first().is_some_and(|path| says(path, &text))
    {
        return Ok((report, paths));
    }
    let html = web_page(office, &report)?;
    let pdf = pdf_page(office, date, &report).await?;
    let contents: [&[u8]; 3] = [text.as_bytes(), html.as_bytes(), &pdf];
    let mut edition = 1;
    loop {
        let paths = paths(&folder, &report.date, edition);
        edition += 1;
        if paths.iter().any(|path| path.exists()) {
            continue;
        }
        // Somebody else may be writing the same edition: the next is free.
        let taken = |error: &io::Error| error.kind() == io::ErrorKind::AlreadyExists;
        match files::create(&paths[0], contents[0]) {
            Err(error) if taken(&error) => continue,
            other => other.map_err(|error| failed(&paths[0], error))?,
        }
        for (path, content) in paths.iter().zip(contents).skip(1) {
            files::create(path, content).map_err(|error| failed(path, error))?;
        }
        return Ok((report, paths));
    }
}

/// The files of the reports of a date that were kept, the oldest edition
/// first.
pub fn kept_reports(office: &Office, date: NaiveDate) -> Vec<PathBuf> {
    let date = date.format("%Y-%m-%d").to_string();
    let kept = editions(&folder(office), &date);
    kept.into_iter()
        .flatten()
        .filter(|path| path.is_file())
        .collect()
}

/// The last date a report is kept of.
pub(super) fn last_kept(office: &Office) -> Option<NaiveDate> {
    let entries = fs::read_dir(folder(office)).ok()?;
    let date = |name: &str| NaiveDate::parse_from_str(name.get(..10)?, "%Y-%m-%d").ok();
    let names = entries.flatten().map(|entry| entry.file_name());
    names.filter_map(|name| date(name.to_str()?)).max()
}

fn folder(office: &Office) -> PathBuf {
    office.out().join("reports")
}

/// The files of an edition, in the order of [`FORMS`].
fn paths(folder: &Path, date: &str, edition: u32) -> Vec<PathBuf> {
    let name = match edition {
        1 => date.to_owned(),
        later => format!("{date}-{later}"),
    };
    FORMS
        .map(|form| folder.join(format!("{name}.{form}")))
        .into()
}

/// The editions there are, the oldest first.
fn editions(folder: &Path, date: &str) -> Vec<Vec<PathBuf>> {
    (1..)
        .map(|edition| paths(folder, date, edition))
        .take_while(|paths| paths.iter().any(|path| path.exists()))
        .collect()
}

/// Whether the report in this file says what the text says.
fn says(path: &Path, text: &str) -> bool {
    let said = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.starts_with(MADE));
        lines.map(str::to_owned).collect()
    };
    fs::read_to_string(path).is_ok_and(|kept| said(&kept) == said(text))
}
