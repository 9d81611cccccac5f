//! An edition of the notice: a revision that is or was published.

use chrono::NaiveDate;

use super::Notice;
use crate::domain::RevisionState;
use crate::hash::Sha256;
use crate::store::{NoticeRow, StoreError};
use crate::wording::StaffMessage as _;

/// A published edition.
#[derive(Debug, Clone)]
pub struct Edition {
    /// Its number, from 1.
    pub number: u32,
    /// Label as printed, for instance (令和7年7月更新版).
    pub label: String,
    /// Day it came into force.
    pub effective: NaiveDate,
    /// Its content.
    pub notice: Notice,
}

impl Edition {
    /// A notice as it comes from a file: its own label and date.
    pub fn of_file(number: u32, notice: Notice) -> Self {
        Edition {
            number,
            label: notice.revision.label.clone(),
            effective: notice.revision.date,
            notice,
        }
    }
}

/// Why what is kept of a revision cannot be used, for staff.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// What is kept is not what was once put there.
    #[error(
        "第{0}版の内容が、保存したときのハッシュ値と合いません。控えから戻すことを考えてください。"
    )]
    Damaged(u32),
    /// The page of the record did not come out.
    #[error("決定記録のPDFを作れません。{0}")]
    Record(String),
    /// There is no record to print.
    #[error("第1版は、取り込む前から公表していた内容なので、決定記録はありません。")]
    NoRecord,
}

/// The editions among revisions, the oldest first, the one in force last.
///
/// # Errors
/// [`RevisionError::Damaged`] when a content is not what its hash says.
pub fn editions_of(rows: &[NoticeRow]) -> Result<Vec<Edition>, RevisionError> {
    let published = rows.iter().filter(|row| {
        matches!(
            row.state,
            RevisionState::Published | RevisionState::Superseded
        )
    });
    published.map(edition_of).collect()
}

/// A revision with its content, whatever its state.
///
/// # Errors
/// [`RevisionError::Damaged`] when the content is not what its hash says.
pub fn edition_of(row: &NoticeRow) -> Result<Edition, RevisionError> {
    let damaged = || RevisionError::Damaged(row.number);
    if Sha256::of(row.content.as_bytes()).to_string() != row.content_sha256 {
        return Err(damaged());
    }
    Ok(Edition {
        number: row.number,
        label: row.label.clone(),
        effective: row.effective,
        notice: serde_json::from_str(&row.content).map_err(|_| damaged())?,
    })
}
