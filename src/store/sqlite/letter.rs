//! Reading letters.

use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow, Row as _, SqliteConnection};

use super::types::{Day, MaybeDay, Stored, one_of};
use super::{StoreError, as_json};
use crate::domain::{Delivery, Dispatch, HandedTo, LetterId, Reason, Stamp, State, Whereabouts};

/// A letter as the store has it, without its large texts.
///
/// Hashes stand here as they were written: each is held against what it was
/// made of, and a damaged one must differ from that and not hide its letter.
#[derive(Debug, Clone, serde::Serialize, FromRow)]
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
    #[sqlx(rename = "whereabouts")]
    pub at: Whereabouts,
    /// The same in the word staff read.
    #[sqlx(rename = "whereabouts", try_from = "Whereabouts")]
    pub shown: &'static str,
    /// Where a held, parked or failed letter goes on from.
    pub resume_state: Option<State>,
    /// Claims so far.
    pub attempt: i64,
    /// Claims for setting since the last page that came out.
    pub render_tries: i64,
    /// How it goes.
    pub delivery: Delivery,
    /// Row of the file it came from.
    pub intake_row: i64,
    /// Who queued it, and when.
    pub queued_by: String,
    /// When it was queued.
    pub queued_at: Stamp,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When it was approved.
    pub approved_at: Option<Stamp>,
    /// Business date of its batch.
    #[sqlx(try_from = "MaybeDay")]
    pub batch_date: Option<NaiveDate>,
    /// Document number.
    pub number: Option<String>,
    /// Date printed on it.
    #[sqlx(try_from = "MaybeDay")]
    pub issue_date: Option<NaiveDate>,
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
    pub handover_at: Option<Stamp>,
    /// To whom its mail is handed over.
    pub handed_to: Option<HandedTo>,
    /// The print file it is in, by the date of its folder.
    #[sqlx(try_from = "MaybeDay")]
    pub print_date: Option<NaiveDate>,
    /// How it left the house after the night, as staff recorded it.
    #[sqlx(flatten, try_from = "MaybeDispatched")]
    pub dispatched: Option<Dispatched>,
    /// Why it needs a person.
    #[sqlx(flatten, try_from = "MaybeReason")]
    #[serde(skip)]
    pub reason: Option<Reason>,
}

/// That a letter left the house after the night was done with it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Dispatched {
    /// How.
    pub how: Dispatch,
    /// On which day.
    pub on: NaiveDate,
    /// Who says so.
    pub by: String,
    /// When they did.
    pub at: Stamp,
}

pub(super) fn as_text<T: std::fmt::Display, S: serde::Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

pub(super) fn maybe_text<T: std::fmt::Display, S: serde::Serializer>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => as_text(value, serializer),
        None => serializer.serialize_none(),
    }
}

impl Stored for LetterRow {
    const ROW: (&'static str, &'static str) = ("letter", "id");
}

/// Of four columns either all are filled or none.
struct MaybeDispatched(Option<Dispatched>);

impl<'r> FromRow<'r, SqliteRow> for MaybeDispatched {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        let Some(how) = row.try_get("dispatched_how")? else {
            return Ok(MaybeDispatched(None));
        };
        Ok(MaybeDispatched(Some(Dispatched {
            how,
            on: row.try_get::<Day, _>("dispatched_on")?.into(),
            by: row.try_get("dispatched_by")?,
            at: row.try_get("dispatched_at")?,
        })))
    }
}

impl From<MaybeDispatched> for Option<Dispatched> {
    fn from(dispatched: MaybeDispatched) -> Self {
        dispatched.0
    }
}

/// Why a letter stopped: as data, or in two columns in the words of an earlier
/// version.
struct MaybeReason(Option<Reason>);

impl<'r> FromRow<'r, SqliteRow> for MaybeReason {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        let (reason, next_step) = (row.try_get("reason")?, row.try_get("next_step")?);
        Ok(MaybeReason(Reason::kept(reason, next_step)))
    }
}

impl From<MaybeReason> for Option<Reason> {
    fn from(reason: MaybeReason) -> Self {
        reason.0
    }
}

/// The letter with this reference.
///
/// # Errors
/// When the store cannot be read.
pub async fn letter(
    conn: &mut SqliteConnection,
    id: LetterId,
) -> Result<Option<LetterRow>, StoreError> {
    let row = sqlx::query("SELECT * FROM letter WHERE id = ?")
        .bind(id.key())
        .fetch_optional(conn)
        .await?;
    LetterRow::maybe(row)
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
    let rows = sqlx::query(
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
    .await?;
    LetterRow::all(&rows)
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
    let rows = sqlx::query(
        "SELECT * FROM letter WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
    )
    .bind(as_json(&keys))
    .fetch_all(conn)
    .await?;
    LetterRow::all(&rows)
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
    let at: Vec<&str> = Whereabouts::ALL
        .into_iter()
        .filter(|at| at.may_leave())
        .map(Whereabouts::as_str)
        .collect();
    let rows = sqlx::query(
        "SELECT * FROM letter
         WHERE id > ? AND whereabouts IN (SELECT value FROM json_each(?))
         ORDER BY id
         LIMIT ?",
    )
    .bind(after)
    .bind(as_json(&at))
    .bind(limit)
    .fetch_all(conn)
    .await?;
    LetterRow::all(&rows)
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
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT * FROM letter
         WHERE batch_date = ? AND state IN {}
         ORDER BY id
         LIMIT ?",
        one_of(&State::STOPPED)
    )))
    .bind(batch_date)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    LetterRow::all(&rows)
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
    let needs_person = one_of(&State::NEEDS_PERSON);
    let count = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT COUNT(*) FROM letter WHERE batch_date < ? AND state IN {needs_person}"
    )))
    .bind(batch_date)
    .fetch_one(&mut *conn)
    .await?;
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT * FROM letter
         WHERE batch_date < ? AND state IN {needs_person}
         ORDER BY id
         LIMIT ?"
    )))
    .bind(batch_date)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    Ok((count, LetterRow::all(&rows)?))
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
