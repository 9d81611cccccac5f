//! A form to fill in by hand, blank or from a registered request.

use serde_json::Value;

use crate::domain::{Right, is_same_name};
use crate::office::{
    self, Office, OfficeError, Paper, PapersError, Premises, PrintError, paper_job, papers,
};
use crate::render::Rendered;
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

/// Prints a blank form, dated today.
///
/// # Errors
/// [`PaperError`].
pub async fn blank(desk: &Premises, paper: &Paper) -> Result<Rendered, PaperError> {
    let job = paper_job(desk, paper, desk.clock.today(), None);
    office::print_one(desk, &job).await.map_err(of_print)
}

/// Prints a form with what the request of this receipt number tells.
///
/// # Errors
/// [`PaperError`].
pub async fn of_request(
    office: &Office,
    paper: &Paper,
    receipt: &str,
) -> Result<Rendered, PaperError> {
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
    let job = paper_job(desk, paper, desk.clock.today(), Some(&request.record));
    office::print_one(desk, &job).await.map_err(of_print)
}

fn of_print(error: PrintError) -> PaperError {
    match error {
        PrintError::Office(error) => PaperError::Office(error),
        PrintError::Page(problem) => PaperError::Page(problem),
    }
}
