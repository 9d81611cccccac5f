//! Reading letters.

use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow, Row as _, SqliteConnection};

use super::due::{Due, MAY_BEAR, WAITS};
use super::printed::{MaybePrinted, of_runs};
use super::types::{Day, MaybeDay, Stored, one_of};
use super::{StoreError, as_json};
use crate::domain::{
    Delivery, Dispatch, HandedTo, LetterId, PrintRun, PrintedIn, Reason, Stamp, State, Whereabouts,
};

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
    /// Render attempts since the last one that succeeded.
    pub render_tries: i64,
    /// How it goes.
    pub delivery: Delivery,
    /// SHA-256 of its record.
    #[serde(skip)]
    pub record_sha256: String,
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
    /// The date of the print run it stands in.
    #[sqlx(try_from = "MaybeDay")]
    pub print_date: Option<NaiveDate>,
    /// The number of that run.
    pub print_run: Option<u32>,
    /// Its place in the run's files; none where it was left out when the run was
    /// last printed again.
    pub print_place: Option<u32>,
    /// The run itself.
    #[serde(skip)]
    #[sqlx(flatten, try_from = "MaybePrinted")]
    pub printed: Option<PrintRun>,
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

/// A letter by post waits to be printed and posted. In the words of the index,
/// so that it is used.
pub(super) const UNPOSTED: &str =
    "state = 'filed' AND delivery = 'post' AND dispatched_how IS NULL";

/// Which letters.
#[derive(Debug, Clone, Copy, Default)]
pub enum Which<'a> {
    /// All.
    #[default]
    All,
    /// Those that are there, in the batch with this business date; all where
    /// neither is named.
    At(Option<Whereabouts>, Option<&'a str>),
    /// Those with these references.
    Named(&'a [LetterId]),
    /// Those that have not left the house and may still do so.
    InTheHouse,
    /// Those of the batch of a date that a person must look at, or that staff
    /// hold.
    StoppedOf(&'a str),
    /// Those of batches before a date that still need a person.
    LeftBefore(&'a str),
    /// Those a run for a business date has to bring to rest.
    OnTheirWay(&'a str),
    /// Those that a batch opened now would take in.
    Joining(Due<'a>),
    /// Those of a request.
    OfRequest(i64),
    /// Those by post that are in the files of no print run.
    Unprinted,
    /// Those that wait to be posted in the files of print runs.
    WaitingIn(PrintedIn),
    /// Those of print runs that were posted or handed over.
    PostedIn(PrintedIn),
    /// Those of print runs that were cancelled.
    CancelledIn(PrintedIn),
    /// Those of print runs of which it was recorded last that they left the
    /// house, all at the same time.
    RecordedLastIn(PrintedIn),
}

/// Which letters to read, in the order they were queued.
#[derive(Debug, Clone, Copy)]
pub struct LetterQuery<'a> {
    /// Which.
    pub which: Which<'a>,
    /// Only those after this one's key. Reading page by page keeps memory
    /// flat.
    pub after: i64,
    /// At most this many.
    pub limit: i64,
}

impl Default for LetterQuery<'_> {
    fn default() -> Self {
        LetterQuery::of(Which::All)
    }
}

impl<'a> LetterQuery<'a> {
    /// All of them; for the small sets staff look at.
    pub fn of(which: Which<'a>) -> Self {
        LetterQuery {
            which,
            after: 0,
            limit: i64::MAX,
        }
    }

    /// The first `limit` of them.
    pub fn first(which: Which<'a>, limit: i64) -> Self {
        LetterQuery::page(which, 0, limit)
    }

    /// At most `limit` of them after one.
    pub fn page(which: Which<'a>, after: i64, limit: i64) -> Self {
        LetterQuery {
            which,
            after,
            limit,
        }
    }
}

/// A condition, in the words of the index that is to be used, with its values
/// from `?1` to `?3`.
struct Condition {
    sql: String,
    values: [Option<String>; 3],
}

impl Condition {
    fn of(which: Which<'_>) -> Self {
        let none = || [None, None, None];
        let one = |text: &str| [Some(text.to_owned()), None, None];
        let (sql, values) = match which {
            Which::All => ("true".to_owned(), none()),
            Which::At(at, batch_date) => (
                "(?1 IS NULL OR whereabouts = ?1) AND (?2 IS NULL OR batch_date = ?2)".to_owned(),
                [
                    at.map(|at| at.as_str().to_owned()),
                    batch_date.map(str::to_owned),
                    None,
                ],
            ),
            Which::Named(ids) => {
                let keys: Vec<i64> = ids.iter().map(|id| id.key()).collect();
                let sql = "id IN (SELECT value FROM json_each(?1))";
                (sql.to_owned(), one(&as_json(&keys)))
            }
            Which::InTheHouse => {
                let at = Whereabouts::ALL.into_iter().filter(|at| at.may_leave());
                let at: Vec<&str> = at.map(Whereabouts::as_str).collect();
                let sql = "whereabouts IN (SELECT value FROM json_each(?1))";
                (sql.to_owned(), one(&as_json(&at)))
            }
            Which::StoppedOf(date) => (
                format!("batch_date = ?1 AND state IN {}", one_of(&State::STOPPED)),
                one(date),
            ),
            Which::LeftBefore(date) => (
                format!(
                    "batch_date < ?1 AND state IN {}",
                    one_of(&State::NEEDS_PERSON)
                ),
                one(date),
            ),
            Which::OnTheirWay(until) => (
                format!(
                    // Not the index of all batches up to then.
                    "state IN {} AND +batch_date <= ?1",
                    one_of(&State::ON_THE_WAY)
                ),
                one(until),
            ),
            Which::Joining(due) => {
                let required = i64::from(due.approval_required).to_string();
                // As a number, which `NOT` asks for.
                let waits = WAITS.replace("?1", "CAST(?1 AS INTEGER)");
                (
                    format!("{waits} AND {MAY_BEAR}"),
                    [Some(required), Some(due.day()), Some(due.at.to_owned())],
                )
            }
            Which::OfRequest(request) => (
                "request_id = CAST(?1 AS INTEGER)".to_owned(),
                one(&request.to_string()),
            ),
            Which::Unprinted => (format!("{UNPOSTED} AND print_place IS NULL"), none()),
            Which::WaitingIn(runs) => of_runs(runs, |of| {
                format!("{UNPOSTED} AND print_place IS NOT NULL AND {of}")
            }),
            Which::PostedIn(runs) => of_runs(runs, |of| {
                format!("{of} AND state = 'filed' AND dispatched_how IS NOT NULL")
            }),
            Which::CancelledIn(runs) => of_runs(runs, |of| format!("{of} AND state = 'cancelled'")),
            Which::RecordedLastIn(runs) => of_runs(runs, |of| {
                format!(
                    "{of} AND state = 'filed'
                     AND dispatched_at = (SELECT MAX(dispatched_at) FROM letter
                                          WHERE {of} AND state = 'filed')"
                )
            }),
        };
        Condition { sql, values }
    }
}

/// The statement that reads letters, with its values from `?1` to `?3`.
fn reading(which: Which<'_>) -> (String, [Option<String>; 3]) {
    let Condition { sql, values } = Condition::of(which);
    // Some are read in the order of keys, page by page. The plus keeps the
    // order of keys from being preferred to the index of the condition.
    let key = match which {
        Which::All | Which::At(..) | Which::InTheHouse => "id",
        _ => "+id",
    };
    let statement =
        format!("SELECT * FROM letter WHERE {sql} AND {key} > ?4 ORDER BY {key} LIMIT ?5");
    (statement, values)
}

/// The statement that counts letters, with the same values.
fn counting(which: Which<'_>) -> (String, [Option<String>; 3]) {
    let Condition { sql, values } = Condition::of(which);
    let statement =
        format!("SELECT COUNT(*) FROM (SELECT 1 FROM letter WHERE {sql} AND +id > ?4 LIMIT ?5)");
    (statement, values)
}

/// The letters asked for, in the order they were queued. One whose row cannot
/// be read is left out; a page that has no other goes on with the next, so
/// that an empty one is the end.
///
/// # Errors
/// When the store cannot be read.
pub async fn letters(
    conn: &mut SqliteConnection,
    query: &LetterQuery<'_>,
) -> Result<Vec<LetterRow>, StoreError> {
    let mut query = *query;
    loop {
        let rows = letter_rows(conn, &query).await?;
        let readable = LetterRow::readable(&rows)?;
        match rows.last() {
            Some(last) if readable.is_empty() => query.after = last.try_get("id")?,
            _ => return Ok(readable),
        }
    }
}

async fn letter_rows(
    conn: &mut SqliteConnection,
    query: &LetterQuery<'_>,
) -> Result<Vec<SqliteRow>, StoreError> {
    let (statement, [one, two, three]) = reading(query.which);
    Ok(sqlx::query(AssertSqlSafe(statement))
        .bind(one)
        .bind(two)
        .bind(three)
        .bind(query.after)
        .bind(query.limit)
        .fetch_all(conn)
        .await?)
}

/// How many letters there are of those asked for, counted up to the query's
/// limit.
///
/// # Errors
/// When the store cannot be read.
pub async fn count_letters(
    conn: &mut SqliteConnection,
    query: &LetterQuery<'_>,
) -> Result<i64, StoreError> {
    let (statement, [one, two, three]) = counting(query.which);
    Ok(sqlx::query_scalar(AssertSqlSafe(statement))
        .bind(one)
        .bind(two)
        .bind(three)
        .bind(query.after)
        .bind(query.limit)
        .fetch_one(conn)
        .await?)
}

#[cfg(test)]
mod tests;
