//! Which notice stands before the public: the edition in force where the
//! workspace has one, and the society's own file only where nothing was ever
//! taken in.
//!
//! The file is what somebody edits. From the day there is an edition it is a
//! draft like any other, whatever it says.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::edition::{edition_of, editions_of};
use super::{Comparison, Edition, Notice, NoticeError, RevisionError, rules};
use crate::config::Config;
use crate::domain::RevisionState;
use crate::store::{NoticeRow, Store, StoreError};

/// The notice in force, with all editions before it.
#[derive(Debug)]
pub struct InForce {
    /// The editions, the oldest first.
    earlier: Vec<Edition>,
    current: Edition,
    file: Option<FileStanding>,
}

/// How the society's file stands to the edition in force.
#[derive(Debug)]
pub enum FileStanding {
    /// It says the same.
    Same,
    /// Its words are those in force, its label or date is another.
    Relabelled,
    /// Its words are those of another revision.
    Revision {
        /// The revision's number.
        number: u32,
        /// Label as printed.
        label: String,
        /// Where the revision stands.
        state: RevisionState,
        /// Day it comes or came into force.
        effective: NaiveDate,
    },
    /// It is like no revision.
    Other,
    /// It cannot be read.
    Unreadable(NoticeError),
}

/// Why the notice in force cannot be told, for staff.
#[derive(Debug, thiserror::Error)]
pub enum InForceError {
    /// The workspace has revisions, and they cannot be read.
    #[error(transparent)]
    Revision(#[from] RevisionError),
    /// There is the file alone, and it does not load.
    #[error(transparent)]
    File(#[from] NoticeError),
}

impl InForce {
    /// The edition in force; number 1 where it comes from the file alone.
    pub fn edition(&self) -> &Edition {
        &self.current
    }

    /// Its content.
    pub fn notice(&self) -> &Notice {
        &self.current.notice
    }

    /// All editions, the oldest first, the one in force last.
    pub fn editions(&self) -> Vec<Edition> {
        let current = std::iter::once(&self.current);
        self.earlier.iter().chain(current).cloned().collect()
    }

    /// How the society's file stands to the edition in force; none where the
    /// file itself is the notice, because nothing was ever taken in.
    pub fn file(&self) -> Option<&FileStanding> {
        self.file.as_ref()
    }

    /// Whether the workspace has taken it in.
    pub fn is_kept(&self) -> bool {
        self.file.is_some()
    }
}

/// The society's file of the notice.
pub fn society_file(config: &Config) -> PathBuf {
    config.society.join("notice.toml")
}

/// The revisions in the workspace, if it has a store.
async fn kept(config: &Config) -> Result<Vec<NoticeRow>, StoreError> {
    let store = Store::open_to_read(&config.out.join("yobin.db")).await?;
    let Some(store) = store else {
        return Ok(Vec::new());
    };
    let rows = store.look().await?.notice_revisions().await;
    store.close().await;
    rows
}

/// Reads the notice in force. Nothing is changed, and no workspace is made.
///
/// # Errors
/// When the workspace cannot be read, or there is the file alone and it does
/// not load.
pub async fn in_force(config: &Config) -> Result<InForce, InForceError> {
    let rows = kept(config).await.map_err(RevisionError::from)?;
    if rows.is_empty() {
        return Ok(InForce {
            earlier: Vec::new(),
            current: Edition::of_file(1, Notice::read(&config.society)?),
            file: None,
        });
    }
    let mut earlier = editions_of(&rows)?;
    let number = rules::published(&rows).map_err(RevisionError::from)?.number;
    // The newest edition is the one in force, or the rows are damaged.
    let Some(current) = earlier.pop().filter(|newest| newest.number == number) else {
        return Err(RevisionError::from(rules::none_in_force()).into());
    };
    let file = standing(&config.society, &current, &rows)?;
    Ok(InForce {
        earlier,
        current,
        file: Some(file),
    })
}

fn standing(
    society: &Path,
    current: &Edition,
    rows: &[NoticeRow],
) -> Result<FileStanding, RevisionError> {
    let notice = match Notice::read(society) {
        Ok(notice) => notice,
        Err(error) => return Ok(FileStanding::Unreadable(error)),
    };
    if notice.is_same(&current.notice) {
        return Ok(FileStanding::Same);
    }
    if Comparison::of(&notice, &current.notice).is_empty() {
        return Ok(FileStanding::Relabelled);
    }
    // The newest first: what somebody took from an edition is mostly the one
    // before, and a revision under way is nearest of all.
    for row in rows.iter().rev().filter(|row| row.number != current.number) {
        if Comparison::of(&notice, &edition_of(row)?.notice).is_empty() {
            return Ok(FileStanding::Revision {
                number: row.number,
                label: row.label.clone(),
                state: row.state,
                effective: row.effective,
            });
        }
    }
    Ok(FileStanding::Other)
}
