//! One record as a letter, without queueing it.

use std::path::{Path, PathBuf};

use super::job;
use crate::acts::reception::{self, ReceptionError};
use crate::files::{self, Unwritten};
use crate::intake::RowProblem;
use crate::office::{OfficeError, Premises};
use crate::record::LetterHead;
use crate::render::Output;

/// Pixels per typographic point of a preview image: 144 dots per inch.
const PIXEL_PER_PT: f32 = 2.0;

/// How a letter is drawn to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// As one PDF.
    Pdf,
    /// As an image a page.
    Png,
}

/// A letter that was drawn.
#[derive(Debug)]
pub struct Drawn {
    /// Its files: one PDF, or an image a page.
    pub files: Vec<PathBuf>,
    /// Its pages.
    pub pages: usize,
}

/// Why a record is not drawn, for staff.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// The file as a whole cannot be used.
    #[error(transparent)]
    File(#[from] ReceptionError),
    /// The record has problems.
    #[error("{}", listed(.0))]
    Record(Vec<RowProblem>),
    /// The record's kind is not there.
    #[error("種類が見つかりません。")]
    NoKind,
    /// The record's outcome is not there.
    #[error("結果区分が見つかりません。")]
    NoOutcome,
    /// Templates, fonts or settings cannot be used.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The page did not come out.
    #[error("書式にこの記録を組み込めませんでした。\n{0}")]
    Render(String),
    /// A file cannot be written.
    #[error(transparent)]
    Unwritten(#[from] Unwritten),
}

fn listed(problems: &[RowProblem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// Draws the record in `file` as a letter of `kind` into `output`. A letter
/// of several pages becomes several images, numbered.
///
/// # Errors
/// [`PreviewError`].
pub async fn preview(
    desk: &Premises,
    kind: &str,
    file: &Path,
    look: Look,
    output: &Path,
) -> Result<Drawn, PreviewError> {
    let record = reception::read_one(desk, file, Some(kind))?.map_err(PreviewError::Record)?;
    let kind = desk.catalogue.get(&record.kind);
    let kind = kind.ok_or(PreviewError::NoKind)?;
    let outcome = kind.outcome(&record.outcome);
    let outcome = outcome.ok_or(PreviewError::NoOutcome)?;
    let head = LetterHead {
        id: "preview".to_owned(),
        number: None,
        issue_date: desk.clock.today(),
    };
    let pool = desk.one_worker()?;
    let mut files = Vec::new();
    loop {
        let page = files.len();
        let form = match look {
            Look::Pdf => Output::Pdf,
            Look::Png => Output::Png {
                page,
                pixel_per_pt: PIXEL_PER_PT,
            },
        };
        let job = job(desk, kind, outcome, &record, head.clone(), form);
        let rendered = pool.render(&job).await;
        let rendered = rendered.map_err(|error| PreviewError::Render(error.staff_message()))?;
        let path = match look {
            Look::Png if rendered.pages > 1 => numbered(output, page + 1),
            Look::Png | Look::Pdf => output.to_owned(),
        };
        files::write_out(&path, &rendered.bytes)?;
        files.push(path);
        if look == Look::Pdf || files.len() >= rendered.pages {
            let pages = rendered.pages;
            return Ok(Drawn { files, pages });
        }
    }
}

/// The image of a page of several: `letter.png` to `letter-2.png`.
pub fn numbered(path: &Path, page: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{page}.png"))
}
