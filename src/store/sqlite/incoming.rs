//! A file that is being taken in, and what a record in it can turn out to be.

use std::path::PathBuf;

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::StoreError;
use crate::domain::{By, LetterId, State};

/// A file that is being taken in.
#[derive(Debug)]
pub struct File {
    /// Its key.
    pub key: i64,
    /// Who takes it in, and when.
    pub by: By,
    /// What it is held against, where it is not in the store yet.
    pub(in crate::store) tray: Option<Tray>,
}

/// What a file on a tray is held against, as it stood when that began.
#[derive(Debug)]
pub(in crate::store) struct Tray {
    /// Key of the last letter there ever was.
    pub(super) last_letter: i64,
    /// Version of the flags and requests.
    pub(super) safeguards: i64,
    /// Where the store's file is.
    pub(super) folder: PathBuf,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// It is a new letter.
    New(LetterId),
    /// The same record stands in another row of the same file.
    SameFile {
        /// That row.
        row: i64,
    },
    /// The same record was queued before.
    Before {
        /// The letter it became.
        letter: LetterId,
        /// Where that letter stands.
        state: State,
    },
}

/// What a letter tells of as a notification.
#[derive(Debug)]
pub struct NewNotification<'a> {
    /// The edition, by what the store knows it by.
    pub edition: &'a str,
    /// The folded number of the member who is told.
    pub member_key: &'a str,
    /// The number of whom it is addressed to, as written.
    pub recipient: &'a str,
}

/// A letter whose place another takes.
#[derive(Debug, Clone, Copy)]
pub struct Replaced {
    /// That one.
    pub earlier: LetterId,
    /// Whether it stood on paper or in a file, and was pulled.
    pub pulled: bool,
}

impl File {
    /// Enters a file that begins to be taken in.
    pub(super) async fn enter(conn: &mut SqliteConnection, by: &By) -> Result<Self, StoreError> {
        let key =
            sqlx::query("INSERT INTO intake (sha256, queued_by, queued_at) VALUES ('', ?, ?)")
                .bind(by.who.as_str())
                .bind(by.at.to_string())
                .execute(conn)
                .await?
                .last_insert_rowid();
        Ok(File {
            key,
            by: by.clone(),
            tray: None,
        })
    }

    /// What became of the record of a letter's row.
    pub(super) fn queued(&self, row: &SqliteRow) -> Result<Queued, StoreError> {
        if row.try_get::<i64, _>("intake_id")? == self.key {
            return Ok(Queued::SameFile {
                row: row.try_get("intake_row")?,
            });
        }
        Ok(Queued::Before {
            letter: row.try_get("id")?,
            state: row.try_get("state")?,
        })
    }
}
