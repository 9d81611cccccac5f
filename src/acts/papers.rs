//! A form to fill in by hand, blank or from a registered request, as a page or
//! as a workbook.

use serde_json::Value;

use crate::domain::{PaperSheet, Right, is_same_name};
use crate::intake::paper_book::{self, PaperBookError};
use crate::office::{
    self, Office, OfficeError, Paper, PapersError, Premises, PrintError, paper_job, paper_sheet,
    papers,
};
use crate::views::{Request, RequestViewError};

/// Why there is no form, for staff.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The list of forms cannot be used.
    #[error(transparent)]
    List(#[from] PapersError),
    /// There is no form of that name.
    #[error("用紙「{name}」はありません。{}", among(known))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// The request asks for nothing the form is for.
    #[error(
        "受付番号 {receipt} の請求は、用紙「{paper}」を使うものではありません(請求の種類：{})。用紙か受付番号を確かめてください。",
        labels(asked)
    )]
    OtherRight {
        /// The form.
        paper: String,
        /// The request.
        receipt: String,
        /// What the request asks for.
        asked: Vec<Right>,
    },
    /// The requester is somebody the principal is protected from.
    #[error(
        "この請求の請求者は、支援措置の相手方として登録されています。記入済みの用紙は作れません。空の用紙を使い、渡す前に責任者に相談してください。"
    )]
    Protected,
    /// There is no such request.
    #[error(transparent)]
    Request(#[from] RequestViewError),
    /// Templates, fonts or settings cannot be used.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The workbook did not come out.
    #[error(transparent)]
    Workbook(#[from] PaperBookError),
    /// The page did not come out.
    #[error("用紙を作れません。\n{0}")]
    Page(String),
}

fn among(known: &[String]) -> String {
    format!("あるのは、{}です。", known.join("、"))
}

fn labels(rights: &[Right]) -> String {
    let labels: Vec<&str> = rights.iter().map(|right| right.label()).collect();
    labels.join("、")
}

/// The form with this name or code.
///
/// # Errors
/// When there is none, or the list cannot be used.
pub fn find(desk: &Premises, name: &str) -> Result<Paper, PaperError> {
    let papers = papers(&desk.config.templates)?;
    let known = papers.iter().map(|paper| format!("「{}」", paper.name));
    let known = known.collect();
    let named = |paper: &Paper| paper.code == name || is_same_name(&paper.name, name);
    papers
        .into_iter()
        .find(named)
        .ok_or_else(|| PaperError::Unknown {
            name: name.to_owned(),
            known,
        })
}

/// As what a form is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperFormat {
    /// A page to print.
    Pdf,
    /// A workbook to type into.
    Workbook,
}

/// A form that was made.
#[derive(Debug)]
pub struct MadePaper {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages a PDF has.
    pub pages: Option<usize>,
}

/// Makes a blank form, dated today.
///
/// # Errors
/// [`PaperError`].
pub async fn blank(
    desk: &Premises,
    paper: &Paper,
    format: PaperFormat,
) -> Result<MadePaper, PaperError> {
    let sheet = paper_sheet(desk, paper, None)?;
    made(desk, paper, &sheet, format).await
}

/// Makes a form with what the request of this receipt number tells.
///
/// # Errors
/// [`PaperError`].
pub async fn of_request(
    office: &Office,
    paper: &Paper,
    receipt: &str,
    format: PaperFormat,
) -> Result<MadePaper, PaperError> {
    let request = Request::of(office, receipt).await?;
    if request
        .record
        .get("protected_counterpart")
        .and_then(Value::as_str)
        == Some("yes")
    {
        return Err(PaperError::Protected);
    }
    let asked: Vec<Right> = request.rights.iter().map(|asked| asked.right).collect();
    if !paper.rights.is_empty() && !paper.rights.iter().any(|right| asked.contains(right)) {
        return Err(PaperError::OtherRight {
            paper: paper.name.clone(),
            receipt: request.row.receipt_number.clone(),
            asked,
        });
    }
    let desk = &office.desk;
    let sheet = paper_sheet(desk, paper, Some(&request.record))?;
    made(desk, paper, &sheet, format).await
}

async fn made(
    desk: &Premises,
    paper: &Paper,
    sheet: &PaperSheet,
    format: PaperFormat,
) -> Result<MadePaper, PaperError> {
    let today = desk.clock.today();
    if format == PaperFormat::Workbook {
        return Ok(MadePaper {
            bytes: paper_book::workbook(sheet, today)?,
            pages: None,
        });
    }
    let job = paper_job(desk, paper, today, sheet);
    let printed = office::print_one(desk, &job).await.map_err(of_print)?;
    Ok(MadePaper {
        bytes: printed.bytes.to_vec(),
        pages: Some(printed.pages),
    })
}

fn of_print(error: PrintError) -> PaperError {
    match error {
        PrintError::Office(error) => PaperError::Office(error),
        PrintError::Page(problem) => PaperError::Page(problem),
    }
}
