//! Reading letters.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::StoreError;
use crate::domain::{LetterId, State};

/// A letter as the store has it, without its large texts.
#[derive(Debug, Clone, serde::Serialize)]
pub struct LetterRow {
    /// Reference.
    #[serde(serialize_with = "as_text")]
    pub id: LetterId,
    /// Code of the kind.
    pub kind: String,
    /// Code of the outcome.
    pub outcome: String,
    /// Where it stands.
    #[serde(serialize_with = "as_text")]
    pub state: State,
    /// Where a held, parked or failed letter goes on from.
    pub resume_state: Option<String>,
    /// Claims so far.
    pub attempt: i64,
    /// Claims for setting since the last page that came out.
    pub render_tries: i64,
    /// How it goes: `mail` or `archive`.
    pub delivery: String,
    /// Row of the file it came from.
    pub intake_row: i64,
    /// Who queued it, and when.
    pub queued_by: String,
    /// When it was queued.
    pub queued_at: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When it was approved.
    pub approved_at: Option<String>,
    /// Business date of its batch.
    pub batch_date: Option<String>,
    /// Document number.
    pub number: Option<String>,
    /// Date printed on it.
    pub issue_date: Option<String>,
    /// Hash of the template set it was set from.
    pub set_sha256: Option<String>,
    /// Hash of the fonts.
    pub fonts_sha256: Option<String>,
    /// Name and version of the engine.
    pub engine: Option<String>,
    /// Hash of the data it was set from.
    pub data_sha256: Option<String>,
    /// Hash of its PDF, which is its name in the archive.
    pub pdf_sha256: Option<String>,
    /// Size of its PDF in bytes.
    pub pdf_bytes: Option<i64>,
    /// Number of pages.
    pub pages: Option<i64>,
    /// Its entry in the register.
    pub register_seq: Option<i64>,
    /// Message-ID of its mail.
    pub message_id: Option<String>,
    /// When its hand-over to the mail server began.
    pub handover_at: Option<String>,
    /// Why it needs a person.
    pub reason: Option<String>,
    /// What that person can do.
    pub next_step: Option<String>,
}

pub(super) fn as_text<T: std::fmt::Display, S: serde::Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

pub(super) fn state_of(row: &SqliteRow) -> Result<State, StoreError> {
    row.get::<String, _>("state")
        .parse()
        .map_err(StoreError::Corrupt)
}

pub(super) fn letter_row(row: &SqliteRow) -> Result<LetterRow, StoreError> {
    Ok(LetterRow {
        id: LetterId::from_key(row.get("id")),
        kind: row.get("kind"),
        outcome: row.get("outcome"),
        state: state_of(row)?,
        resume_state: row.get("resume_state"),
        attempt: row.get("attempt"),
        render_tries: row.get("render_tries"),
        delivery: row.get("delivery"),
        intake_row: row.get("intake_row"),
        queued_by: row.get("queued_by"),
        queued_at: row.get("queued_at"),
        approved_by: row.get("approved_by"),
        approved_at: row.get("approved_at"),
        batch_date: row.get("batch_date"),
        number: row.get("number"),
        issue_date: row.get("issue_date"),
        set_sha256: row.get("set_sha256"),
        fonts_sha256: row.get("fonts_sha256"),
        engine: row.get("engine"),
        data_sha256: row.get("data_sha256"),
        pdf_sha256: row.get("pdf_sha256"),
        pdf_bytes: row.get("pdf_bytes"),
        pages: row.get("pages"),
        register_seq: row.get("register_seq"),
        message_id: row.get("message_id"),
        handover_at: row.get("handover_at"),
        reason: row.get("reason"),
        next_step: row.get("next_step"),
    })
}

/// The letter with this reference.
///
/// # Errors
/// When the store cannot be read.
pub async fn letter(
    conn: &mut SqliteConnection,
    id: LetterId,
) -> Result<Option<LetterRow>, StoreError> {
    sqlx::query("SELECT * FROM letter WHERE id = ?")
        .bind(id.key())
        .fetch_optional(conn)
        .await?
        .as_ref()
        .map(letter_row)
        .transpose()
}

/// Which letters to read.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of the batch with this business date.
    pub batch_date: Option<String>,
}

/// At most `limit` letters that pass the filter and come after `after`, in
/// the order they were queued. Reading page by page keeps memory flat.
///
/// # Errors
/// When the store cannot be read.
pub async fn letters_page(
    conn: &mut SqliteConnection,
    filter: &Filter,
    after: i64,
    limit: i64,
) -> Result<Vec<LetterRow>, StoreError> {
    sqlx::query(
        "SELECT * FROM letter
         WHERE id > ?1
           AND (?2 IS NULL OR state = ?2)
           AND (?3 IS NULL OR batch_date = ?3)
         ORDER BY id
         LIMIT ?4",
    )
    .bind(after)
    .bind(filter.state.map(State::as_str))
    .bind(filter.batch_date.as_deref())
    .bind(limit)
    .fetch_all(conn)
    .await?
    .iter()
    .map(letter_row)
    .collect()
}

/// All letters that pass the filter; for the small sets staff look at.
///
/// # Errors
/// When the store cannot be read.
pub async fn letters(
    conn: &mut SqliteConnection,
    filter: &Filter,
) -> Result<Vec<LetterRow>, StoreError> {
    letters_page(conn, filter, 0, i64::MAX).await
}

/// At most `limit` letters of a batch that a person must look at, or that
/// staff hold, in the order they were queued.
///
/// # Errors
/// When the store cannot be read.
pub async fn needing_person(
    conn: &mut SqliteConnection,
    batch_date: &str,
    limit: i64,
) -> Result<Vec<LetterRow>, StoreError> {
    sqlx::query(
        "SELECT * FROM letter
         WHERE batch_date = ? AND state IN ('parked', 'failed', 'unknown', 'held')
         ORDER BY id
         LIMIT ?",
    )
    .bind(batch_date)
    .bind(limit)
    .fetch_all(conn)
    .await?
    .iter()
    .map(letter_row)
    .collect()
}

/// At most `limit` letters of batches before `batch_date` that still need a
/// person, and how many there are.
///
/// # Errors
/// When the store cannot be read.
pub async fn left_from_before(
    conn: &mut SqliteConnection,
    batch_date: &str,
    limit: i64,
) -> Result<(i64, Vec<LetterRow>), StoreError> {
    let count = sqlx::query_scalar(
        "SELECT COUNT(*) FROM letter
         WHERE batch_date < ? AND state IN ('parked', 'failed', 'unknown')",
    )
    .bind(batch_date)
    .fetch_one(&mut *conn)
    .await?;
    let rows = sqlx::query(
        "SELECT * FROM letter
         WHERE batch_date < ? AND state IN ('parked', 'failed', 'unknown')
         ORDER BY id
         LIMIT ?",
    )
    .bind(batch_date)
    .bind(limit)
    .fetch_all(conn)
    .await?
    .iter()
    .map(letter_row)
    .collect::<Result<Vec<_>, StoreError>>()?;
    Ok((count, rows))
}

/// Number of letters in each state, over the whole store.
///
/// # Errors
/// When the store cannot be read.
pub async fn state_counts(conn: &mut SqliteConnection) -> Result<Vec<(State, i64)>, StoreError> {
    sqlx::query("SELECT state, COUNT(*) AS count FROM letter GROUP BY state")
        .fetch_all(conn)
        .await?
        .iter()
        .map(|row| Ok((state_of(row)?, row.get("count"))))
        .collect()
}

/// The record of a letter as JSON.
///
/// # Errors
/// When the store cannot be read or has no record for it.
pub async fn record_of(conn: &mut SqliteConnection, id: LetterId) -> Result<String, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT record FROM letter_record WHERE letter_id = ?")
            .bind(id.key())
            .fetch_one(conn)
            .await?,
    )
}

/// The data a letter was set from, if it was set.
///
/// # Errors
/// When the store cannot be read.
pub async fn data_of(
    conn: &mut SqliteConnection,
    id: LetterId,
) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT data FROM letter_data WHERE letter_id = ?")
            .bind(id.key())
            .fetch_optional(conn)
            .await?,
    )
}

/// One line of a letter's history.
#[derive(Debug, Clone, serde::Serialize)]
pub struct AuditRow {
    /// When.
    pub at: String,
    /// Who: a member of staff or `night`.
    pub actor: String,
    /// State before, empty for a new letter.
    pub from_state: String,
    /// State after.
    pub to_state: String,
    /// Remark without personal content.
    pub note: Option<String>,
}

/// A letter's history, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn audit_of(
    conn: &mut SqliteConnection,
    id: LetterId,
) -> Result<Vec<AuditRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT at, actor, from_state, to_state, note FROM audit WHERE letter_id = ? ORDER BY id",
    )
    .bind(id.key())
    .fetch_all(conn)
    .await?;
    Ok(rows
        .iter()
        .map(|row| AuditRow {
            at: row.get("at"),
            actor: row.get("actor"),
            from_state: row.get("from_state"),
            to_state: row.get("to_state"),
            note: row.get("note"),
        })
        .collect())
}
