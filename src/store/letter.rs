//! Reading letters.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{StoreError, as_json};
use crate::domain::{Delivery, Dispatch, HandedTo, LetterId, State, Whereabouts};

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
    /// How far the night has brought it.
    #[serde(skip)]
    pub state: State,
    /// Where it is: the state, told apart by what left the house.
    #[serde(rename = "state", serialize_with = "as_text")]
    pub at: Whereabouts,
    /// The same in the word staff read.
    pub shown: &'static str,
    /// Where a held, parked or failed letter goes on from.
    pub resume_state: Option<String>,
    /// Claims so far.
    pub attempt: i64,
    /// Claims for setting since the last page that came out.
    pub render_tries: i64,
    /// How it goes.
    #[serde(serialize_with = "delivery_word")]
    pub delivery: Delivery,
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
    /// Attempts to hand it over so far.
    pub rounds: i64,
    /// When its hand-over to the mail server began.
    pub handover_at: Option<String>,
    /// To whom its mail is handed over.
    #[serde(serialize_with = "handed_word")]
    pub handed_to: Option<HandedTo>,
    /// The print file it is in, by the date of its folder.
    pub print_date: Option<String>,
    /// How it left the house after the night, as staff recorded it.
    pub dispatched: Option<Dispatched>,
    /// Why it needs a person.
    pub reason: Option<String>,
    /// What that person can do.
    pub next_step: Option<String>,
}

/// That a letter left the house after the night was done with it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Dispatched {
    /// How.
    #[serde(serialize_with = "dispatch_word")]
    pub how: Dispatch,
    /// On which day, `2026-11-24`.
    pub on: String,
    /// Who says so.
    pub by: String,
    /// When they did.
    pub at: String,
}

fn delivery_word<S: serde::Serializer>(value: &Delivery, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(value.as_str())
}

pub(super) fn handed_word<S: serde::Serializer>(
    value: &Option<HandedTo>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(handed_to) => to.serialize_str(handed_to.as_str()),
        None => to.serialize_none(),
    }
}

fn dispatch_word<S: serde::Serializer>(value: &Dispatch, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(value.as_str())
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

pub(super) fn whereabouts_of(row: &SqliteRow) -> Result<Whereabouts, StoreError> {
    word_of(row.get("whereabouts"))
}

/// A word that only this program writes.
pub(super) fn word_of<T: std::str::FromStr<Err: std::fmt::Display>>(
    word: &str,
) -> Result<T, StoreError> {
    word.parse()
        .map_err(|error: T::Err| StoreError::Corrupt(error.to_string()))
}

fn dispatched_of(row: &SqliteRow) -> Result<Option<Dispatched>, StoreError> {
    let Some(how) = row.get::<Option<&str>, _>("dispatched_how") else {
        return Ok(None);
    };
    Ok(Some(Dispatched {
        how: word_of(how)?,
        on: row.get("dispatched_on"),
        by: row.get("dispatched_by"),
        at: row.get("dispatched_at"),
    }))
}

pub(super) fn letter_row(row: &SqliteRow) -> Result<LetterRow, StoreError> {
    let at = whereabouts_of(row)?;
    Ok(LetterRow {
        id: LetterId::from_key(row.get("id")),
        kind: row.get("kind"),
        outcome: row.get("outcome"),
        state: state_of(row)?,
        at,
        shown: at.japanese(),
        resume_state: row.get("resume_state"),
        attempt: row.get("attempt"),
        render_tries: row.get("render_tries"),
        delivery: word_of(row.get("delivery"))?,
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
        rounds: row.get("rounds"),
        handover_at: row.get("handover_at"),
        handed_to: row
            .get::<Option<&str>, _>("handed_to")
            .map(word_of)
            .transpose()?,
        print_date: row.get("print_date"),
        dispatched: dispatched_of(row)?,
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
    /// Only those that are there.
    pub at: Option<Whereabouts>,
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
           AND (?2 IS NULL OR whereabouts = ?2)
           AND (?3 IS NULL OR batch_date = ?3)
         ORDER BY id
         LIMIT ?4",
    )
    .bind(after)
    .bind(filter.at.map(Whereabouts::as_str))
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

/// The letters with these references, in the order they were queued.
///
/// # Errors
/// When the store cannot be read.
pub async fn letters_named(
    conn: &mut SqliteConnection,
    ids: &[LetterId],
) -> Result<Vec<LetterRow>, StoreError> {
    let keys: Vec<i64> = ids.iter().map(|id| id.key()).collect();
    sqlx::query("SELECT * FROM letter WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id")
        .bind(as_json(&keys))
        .fetch_all(conn)
        .await?
        .iter()
        .map(letter_row)
        .collect()
}

/// At most `limit` letters that have not left the house and may still do so,
/// after `after`, in the order they were queued.
///
/// # Errors
/// When the store cannot be read.
pub async fn letters_in_the_house(
    conn: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<LetterRow>, StoreError> {
    let over = [State::Cancelled, State::Filed].map(Whereabouts::In);
    let at: Vec<&str> = Whereabouts::ALL
        .into_iter()
        .filter(|at| !at.left_house() && !over.contains(at))
        .map(Whereabouts::as_str)
        .collect();
    sqlx::query(
        "SELECT * FROM letter
         WHERE id > ? AND whereabouts IN (SELECT value FROM json_each(?))
         ORDER BY id
         LIMIT ?",
    )
    .bind(after)
    .bind(as_json(&at))
    .bind(limit)
    .fetch_all(conn)
    .await?
    .iter()
    .map(letter_row)
    .collect()
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
