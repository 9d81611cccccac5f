//! Letters that go by post: what is to be printed, and what waits to be
//! posted.
//!
//! A letter by post stands in one print run, once and for ever. One that
//! stands in none joins the next that is made.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, FromRow, Row as _, SqliteConnection};

use super::StoreError;
use super::letter::UNPOSTED;
use super::printed::printed_in;
use super::types::Stored;
use crate::domain::{LetterId, PrintRun};

/// An archived letter that goes by post.
#[derive(Debug, Clone, FromRow)]
pub struct PostLetter {
    /// Reference.
    pub id: LetterId,
    /// Code of the kind.
    pub kind: String,
    /// Code of the outcome.
    pub outcome: String,
    /// Document number.
    pub number: String,
    /// Postal code of the addressee, digits only.
    pub postal_code: String,
    /// Hash of its PDF, which is its name in the archive.
    pub pdf_sha256: String,
    /// Number of pages.
    #[sqlx(try_from = "i64")]
    pub pages: u64,
}

impl Stored for PostLetter {
    const ROW: (&'static str, &'static str) = ("letter", "id");
}

/// Which letters are to be printed.
#[derive(Debug, Clone, Copy)]
pub enum ToPrint<'a> {
    /// Those that wait to be posted and stand in no print run, of batches up to
    /// this date.
    Unprinted(&'a str),
    /// Those of a print run that wait to be posted.
    OfRun {
        /// The run's number.
        run: u32,
        /// Whether those that were posted or handed over are meant, too.
        also_posted: bool,
    },
    /// This one, wherever it stands, if it waits to be posted.
    One {
        /// The letter.
        letter: LetterId,
        /// Whether it is meant, too, if it was posted or handed over.
        also_posted: bool,
    },
}

/// Which letters are to be printed at one time, and the version of what keeps
/// letters back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printable {
    /// The letters, also those whose rows cannot be read.
    pub letters: BTreeSet<LetterId>,
    /// The version of flags and registered requests.
    pub version: i64,
}

/// What waits to be posted.
#[derive(Debug, Clone, Default)]
pub struct Unposted {
    /// Letters by print run, the oldest first.
    pub print_runs: Vec<(PrintRun, i64)>,
    /// Letters in the files of no print run.
    pub unprinted: i64,
}

/// The letters that are to be printed: by kind, then by postal code, then by
/// reference.
///
/// # Errors
/// When the store cannot be read.
pub async fn post_letters(
    conn: &mut SqliteConnection,
    which: ToPrint<'_>,
) -> Result<Vec<PostLetter>, StoreError> {
    let (condition, value) = condition(which);
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT letter.id, kind, outcome, number, pdf_sha256, pages,
                REPLACE(COALESCE(CAST(CASE WHEN json_valid(record)
                    THEN record ->> 'addressee_postal_code' END AS TEXT), ''), '-', '')
                    AS postal_code
         FROM letter
         LEFT JOIN letter_record ON letter_record.letter_id = letter.id
         WHERE {condition}
         ORDER BY kind, postal_code, letter.id"
    )))
    .bind(value)
    .fetch_all(conn)
    .await?;
    PostLetter::readable(&rows)
}

/// Those letters by their references, at the time of this transaction.
///
/// # Errors
/// When the store cannot be read.
pub async fn printable(
    conn: &mut SqliteConnection,
    which: ToPrint<'_>,
) -> Result<Printable, StoreError> {
    let (condition, value) = condition(which);
    let statement = format!("SELECT id FROM letter WHERE {condition}");
    let letters: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(statement))
        .bind(value)
        .fetch_all(&mut *conn)
        .await?;
    let version = sqlx::query_scalar("SELECT version FROM safeguard")
        .fetch_one(conn)
        .await?;
    Ok(Printable {
        letters: letters.into_iter().map(LetterId::from_key).collect(),
        version,
    })
}

/// The condition on letters that are to be printed, with its value `?1`.
fn condition(which: ToPrint<'_>) -> (String, String) {
    let there = |also_posted| match also_posted {
        false => UNPOSTED,
        true => "state = 'filed' AND delivery = 'post'",
    };
    match which {
        ToPrint::Unprinted(until) => (
            format!("{UNPOSTED} AND print_run IS NULL AND batch_date <= ?1"),
            until.to_owned(),
        ),
        ToPrint::OfRun { run, also_posted } => (
            format!("{} AND print_run = CAST(?1 AS INTEGER)", there(also_posted)),
            run.to_string(),
        ),
        ToPrint::One {
            letter,
            also_posted,
        } => (
            format!("{} AND letter.id = CAST(?1 AS INTEGER)", there(also_posted)),
            letter.key().to_string(),
        ),
    }
}

/// What waits to be posted, over all nights.
///
/// # Errors
/// When the store cannot be read.
pub async fn unposted(conn: &mut SqliteConnection) -> Result<Unposted, StoreError> {
    let rows = sqlx::query(AssertSqlSafe(format!(
        "SELECT print_run, print_date, print_part, COUNT(*) AS count FROM letter
         WHERE {UNPOSTED} AND print_place IS NOT NULL
         GROUP BY print_run, print_date, print_part
         ORDER BY print_run"
    )))
    .fetch_all(&mut *conn)
    .await?;
    let unprinted = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT COUNT(*) FROM letter WHERE {UNPOSTED} AND print_place IS NULL"
    )))
    .fetch_one(conn)
    .await?;
    let mut waiting = Unposted {
        print_runs: Vec::new(),
        unprinted,
    };
    for row in &rows {
        if let Some(run) = printed_in(row)? {
            waiting.print_runs.push((run, row.try_get("count")?));
        }
    }
    Ok(waiting)
}
