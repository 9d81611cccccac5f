//! Reading the revisions of the published notice.

use std::path::Path;

use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, Row, SqliteConnection};

use super::StoreError;
use super::file::{has_table, look_into};
use crate::domain::RevisionState;

/// A revision of the notice as the store has it.
#[derive(Debug, Clone, serde::Serialize)]
pub struct NoticeRow {
    /// Its number, from 1.
    pub number: u32,
    /// Where it stands.
    pub state: RevisionState,
    /// Label as printed.
    pub label: String,
    /// Day it comes into force.
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
    pub decided_on: Option<NaiveDate>,
    /// Whether every principal's consent is needed (art. 18(1)).
    pub consent_needed: bool,
    /// Day all had given it.
    pub consent_on: Option<NaiveDate>,
    /// Who drafted (or imported) it.
    pub drafted_by: String,
    /// When.
    pub drafted_at: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<String>,
    /// Who published it.
    pub published_by: Option<String>,
    /// When.
    pub published_at: Option<String>,
    /// When a later one took its place.
    pub superseded_at: Option<String>,
}

fn notice_row(row: &SqliteRow) -> Result<NoticeRow, StoreError> {
    let corrupt = |column: &str| StoreError::Corrupt(format!("{column} of a notice revision"));
    let maybe_date = |column: &str| {
        row.get::<Option<String>, _>(column)
            .map(|text| text.parse::<NaiveDate>())
            .transpose()
            .map_err(|_| corrupt(column))
    };
    let effective = maybe_date("effective")?.ok_or_else(|| corrupt("effective"))?;
    let state: String = row.get("state");
    Ok(NoticeRow {
        number: row.get("number"),
        state: state.parse().map_err(|_| corrupt("state"))?,
        label: row.get("label"),
        effective,
        content: row.get("content"),
        content_sha256: row.get("content_sha256"),
        based_on: row.get("based_on"),
        decision: row.get("decision"),
        decided_on: maybe_date("decided_on")?,
        consent_needed: row.get("consent_needed"),
        consent_on: maybe_date("consent_on")?,
        drafted_by: row.get("drafted_by"),
        drafted_at: row.get("drafted_at"),
        approved_by: row.get("approved_by"),
        approved_at: row.get("approved_at"),
        published_by: row.get("published_by"),
        published_at: row.get("published_at"),
        superseded_at: row.get("superseded_at"),
    })
}

/// All revisions of the notice, the oldest first. They are few: a society
/// revises its notice about once a year.
///
/// # Errors
/// When the store cannot be read.
pub async fn notice_revisions(conn: &mut SqliteConnection) -> Result<Vec<NoticeRow>, StoreError> {
    sqlx::query("SELECT * FROM notice_revision ORDER BY number")
        .fetch_all(conn)
        .await?
        .iter()
        .map(notice_row)
        .collect()
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
    sqlx::query("SELECT * FROM notice_revision WHERE number = ?")
        .bind(number)
        .fetch_optional(conn)
        .await?
        .as_ref()
        .map(notice_row)
        .transpose()
}

/// One line of a revision's history.
#[derive(Debug, Clone, serde::Serialize)]
pub struct NoticeAuditRow {
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What was done.
    pub act: String,
    /// Hash of the content it was done to.
    pub content_sha256: String,
}

/// A revision's history, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn audit_of_notice(
    conn: &mut SqliteConnection,
    number: u32,
) -> Result<Vec<NoticeAuditRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT at, actor, act, content_sha256 FROM notice_audit WHERE number = ? ORDER BY id",
    )
    .bind(number)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .iter()
        .map(|row| NoticeAuditRow {
            at: row.get("at"),
            actor: row.get("actor"),
            act: row.get("act"),
            content_sha256: row.get("content_sha256"),
        })
        .collect())
}
