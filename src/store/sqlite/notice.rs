//! Reading the revisions of the published notice.

use std::path::Path;

use chrono::NaiveDate;
use sqlx::{Connection as _, FromRow, SqliteConnection};

use super::StoreError;
use super::file::{has_table, look_into};
use super::types::{Day, MaybeDay, Stored};
use crate::domain::{RevisionState, Stamp};

/// A revision of the notice as the store has it. Its hash stands here as it
/// was written: it is held against the content.
#[derive(Debug, Clone, serde::Serialize, FromRow)]
pub struct NoticeRow {
    /// Its number, from 1.
    pub number: u32,
    /// Where it stands.
    pub state: RevisionState,
    /// Label as printed.
    pub label: String,
    /// Day it comes into force.
    #[sqlx(try_from = "Day")]
    pub effective: NaiveDate,
    /// The content as JSON.
    #[serde(skip)]
    pub content: String,
    /// SHA-256 of the content.
    pub content_sha256: String,
    /// The revision it was compared with; none for the first.
    pub based_on: Option<u32>,
    /// Answers and what follows, as JSON; none for the first.
    #[serde(skip)]
    pub decision: Option<String>,
    /// Day the society decided.
    #[sqlx(try_from = "MaybeDay")]
    pub decided_on: Option<NaiveDate>,
    /// Whether every principal's consent is needed (art. 18(1)).
    pub consent_needed: bool,
    /// Day all had given it.
    #[sqlx(try_from = "MaybeDay")]
    pub consent_on: Option<NaiveDate>,
    /// Who drafted (or imported) it.
    pub drafted_by: String,
    /// When.
    pub drafted_at: Stamp,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<Stamp>,
    /// Who published it.
    pub published_by: Option<String>,
    /// When.
    pub published_at: Option<Stamp>,
    /// When a later one took its place.
    pub superseded_at: Option<Stamp>,
}

impl Stored for NoticeRow {
    const ROW: (&'static str, &'static str) = ("notice revision", "number");
}

/// All revisions of the notice, the oldest first. They are few: a society
/// revises its notice about once a year.
///
/// # Errors
/// When the store cannot be read.
pub async fn notice_revisions(conn: &mut SqliteConnection) -> Result<Vec<NoticeRow>, StoreError> {
    let rows = sqlx::query("SELECT * FROM notice_revision ORDER BY number")
        .fetch_all(conn)
        .await?;
    NoticeRow::all(&rows)
}

/// All revisions of the notice in the store's file, for whoever only looks:
/// the file is not made where there is none, and its schema stays as it is.
/// None of either is no revision at all.
///
/// # Errors
/// When there is a file and it cannot be read.
pub async fn notice_revisions_at(path: &Path) -> Result<Vec<NoticeRow>, StoreError> {
    let Some(mut conn) = look_into(path).await? else {
        return Ok(Vec::new());
    };
    // A store from before there were revisions has none.
    let rows = match has_table(&mut conn, "notice_revision").await? {
        true => notice_revisions(&mut conn).await?,
        false => Vec::new(),
    };
    conn.close().await?;
    Ok(rows)
}

/// The revision with this number.
///
/// # Errors
/// When the store cannot be read.
pub async fn notice_revision(
    conn: &mut SqliteConnection,
    number: u32,
) -> Result<Option<NoticeRow>, StoreError> {
    let row = sqlx::query("SELECT * FROM notice_revision WHERE number = ?")
        .bind(number)
        .fetch_optional(conn)
        .await?;
    NoticeRow::maybe(row)
}

/// One line of a revision's history.
#[derive(Debug, Clone, serde::Serialize, FromRow)]
pub struct NoticeAuditRow {
    /// When.
    pub at: Stamp,
    /// Who.
    pub actor: String,
    /// What was done.
    pub act: String,
    /// Hash of the content it was done to.
    pub content_sha256: String,
}

impl Stored for NoticeAuditRow {
    const ROW: (&'static str, &'static str) = ("line of a revision's history", "id");
}

/// A revision's history, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn audit_of_notice(
    conn: &mut SqliteConnection,
    number: u32,
) -> Result<Vec<NoticeAuditRow>, StoreError> {
    let rows = sqlx::query("SELECT * FROM notice_audit WHERE number = ? ORDER BY id")
        .bind(number)
        .fetch_all(conn)
        .await?;
    NoticeAuditRow::all(&rows)
}
