//! Reading the revisions of the published notice.

use chrono::NaiveDate;
use sqlx::{FromRow, Row as _, SqliteConnection};

use super::StoreError;
use super::file::has_table;
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
    /// What happened to it, oldest first.
    #[serde(skip)]
    #[sqlx(skip)]
    pub history: Vec<NoticeAuditRow>,
}

impl Stored for NoticeRow {
    const ROW: (&'static str, &'static str) = ("notice revision", "number");
}

/// All revisions of the notice, the oldest first, each with its history. They
/// are few: a society revises its notice about once a year. A store that is
/// only looked at and is from before there were revisions has none.
///
/// # Errors
/// When the store cannot be read.
pub async fn notice_revisions(conn: &mut SqliteConnection) -> Result<Vec<NoticeRow>, StoreError> {
    if !has_table(conn, "notice_revision").await? {
        return Ok(Vec::new());
    }
    let rows = sqlx::query("SELECT * FROM notice_revision ORDER BY number")
        .fetch_all(&mut *conn)
        .await?;
    let mut revisions = NoticeRow::all(&rows)?;
    let lines = sqlx::query("SELECT * FROM notice_audit ORDER BY id")
        .fetch_all(conn)
        .await?;
    for line in &lines {
        let number: u32 = line.try_get("number")?;
        let own = revisions.iter_mut().find(|row| row.number == number);
        if let Some(own) = own {
            let line = NoticeAuditRow::all(std::slice::from_ref(line))?;
            own.history.extend(line);
        }
    }
    Ok(revisions)
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
