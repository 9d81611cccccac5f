//! The revisions of the published notice.

use serde_json::Value;

use super::ViewError;
use crate::domain::RevisionRefusal;
use crate::notice::{Comparison, Notice, RevisionError, edition_of};
use crate::office::Office;
use crate::store::{NoticeAuditRow, NoticeRow, StoreError};
use crate::wording;

/// A revision with all that is known of it.
#[derive(Debug)]
pub struct Revision {
    /// The revision.
    pub row: NoticeRow,
    /// What it says, held against its hash.
    pub content: Notice,
    /// The questions, the answers and what follows; null for the first.
    pub record: Value,
    /// What happened to it, oldest first.
    pub history: Vec<NoticeAuditRow>,
}

/// Two revisions and what differs between them.
#[derive(Debug)]
pub struct Compared {
    /// The earlier one.
    pub old: NoticeRow,
    /// The later one.
    pub new: NoticeRow,
    /// The differences.
    pub changes: Comparison,
}

/// A revision that was decided upon, and the one it was decided against.
#[derive(Debug)]
pub struct Decided {
    /// The earlier one.
    pub former: NoticeRow,
    /// The one decided upon.
    pub row: NoticeRow,
}

/// Why revisions cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum RevisionViewError {
    /// There is no such revision.
    #[error("{}", wording::revision_refused(.0))]
    NotFound(RevisionRefusal),
    /// There is one alone, and nothing to compare it with.
    #[error("版が一つだけなので、比べるものがありません。")]
    TheOnlyOne,
    /// What is kept is damaged.
    #[error(transparent)]
    Damaged(#[from] RevisionError),
    /// It cannot be read.
    #[error(transparent)]
    View(#[from] ViewError),
}

/// All revisions, the first first.
///
/// # Errors
/// When the store cannot be read.
pub async fn revisions(office: &Office) -> Result<Vec<NoticeRow>, StoreError> {
    let mut conn = office.store.reads().await?;
    conn.notice_revisions().await
}

impl From<RevisionRefusal> for RevisionViewError {
    fn from(refusal: RevisionRefusal) -> Self {
        RevisionViewError::NotFound(refusal)
    }
}

impl Revision {
    /// Reads the revision with this number.
    ///
    /// # Errors
    /// [`RevisionViewError`].
    pub async fn of(office: &Office, number: u32) -> Result<Self, RevisionViewError> {
        let mut conn = office.store.reads().await.map_err(ViewError::from)?;
        let rows = conn.notice_revisions().await;
        let row = find(rows.map_err(ViewError::from)?, number)?;
        let history = row.history.clone();
        // Opening it holds the content against its hash.
        let content = edition_of(&row)?.notice;
        let record = row.decision.as_deref().map(serde_json::from_str);
        let record = record.transpose().map_err(ViewError::from)?;
        Ok(Revision {
            content,
            record: record.unwrap_or_default(),
            history,
            row,
        })
    }
}

impl Compared {
    /// Compares two revisions; the newest with the one it was drafted against
    /// where none are named.
    ///
    /// # Errors
    /// [`RevisionViewError`].
    pub async fn of(office: &Office, which: Option<(u32, u32)>) -> Result<Self, RevisionViewError> {
        let rows = revisions(office).await.map_err(ViewError::from)?;
        let (old, new) = match which {
            Some((old, new)) => (find(rows.clone(), old)?, find(rows, new)?),
            None => {
                let new = rows.last().ok_or(RevisionRefusal::NothingInForce)?.clone();
                let old = new.based_on.ok_or(RevisionViewError::TheOnlyOne)?;
                (find(rows, old)?, new)
            }
        };
        let changes = Comparison::of(&edition_of(&old)?.notice, &edition_of(&new)?.notice);
        Ok(Compared { old, new, changes })
    }
}

impl Decided {
    /// Reads the revision with this number and the one before it.
    ///
    /// # Errors
    /// [`RevisionViewError`]; the first revision has no decision.
    pub async fn of(office: &Office, number: u32) -> Result<Self, RevisionViewError> {
        let rows = revisions(office).await.map_err(ViewError::from)?;
        let row = find(rows.clone(), number)?;
        let former = find(rows, row.based_on.ok_or(RevisionError::NoRecord)?)?;
        Ok(Decided { former, row })
    }
}

fn find(rows: Vec<NoticeRow>, number: u32) -> Result<NoticeRow, RevisionRefusal> {
    rows.into_iter()
        .find(|row| row.number == number)
        .ok_or(RevisionRefusal::NoSuchRevision(number))
}
