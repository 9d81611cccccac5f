//! The blank forms to fill in by hand, as they stand beside the notice.

use super::SiteError;
use super::edition::{Facts, Published};
use crate::intake::paper_book;
use crate::office::{Paper, Premises, paper_job, paper_sheet, papers};

/// Where they stand below the site.
pub(super) const FOLDER: &str = "forms";

/// A blank form as a page and as a workbook.
pub(super) struct Blank {
    pub paper: Paper,
    pub facts: Facts,
    pub pdf: Vec<u8>,
    pub workbook: Vec<u8>,
}

/// All blank forms, dated as the current edition: the same editions give the
/// same bytes.
pub(super) async fn all(
    desk: &Premises,
    published: &[Published<'_>],
) -> Result<Vec<Blank>, SiteError> {
    let Some(current) = published.last() else {
        return Ok(Vec::new());
    };
    let listed = papers(&desk.config.templates)?;
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    let pool = desk.one_worker()?;
    let mut blanks = Vec::new();
    for paper in listed {
        let sheet = paper_sheet(desk, &paper, None)?;
        let day = current.edition.effective;
        let job = paper_job(desk, &paper, day, &sheet);
        let rendered = pool.render(&job).await;
        let rendered = rendered.map_err(|failure| SiteError::Form {
            name: paper.name.clone(),
            problem: failure.staff_message(),
        })?;
        blanks.push(Blank {
            facts: Facts::of(&rendered),
            pdf: rendered.bytes.to_vec(),
            workbook: paper_book::workbook(&sheet, day)?,
            paper,
        });
    }
    Ok(blanks)
}
