//! Which workspace the database belongs to, and how far it has come.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, SqliteConnection};

use super::clock_back::newest_time;
use super::file::has_table;
use super::register::chain_head;
use super::types::Stored;
use super::{Store, StoreError};
use crate::domain::{Doubt, LastNumber, Marks, RegisterEnd, Skipped, Stamp};

/// How far the database has come; nothing where the workspace is not made
/// yet. One of an earlier program has no identity: the text is empty then.
///
/// # Errors
/// When the store cannot be read.
pub async fn marks(conn: &mut SqliteConnection) -> Result<Option<Marks>, StoreError> {
    if !has_table(conn, "letter").await? {
        return Ok(None);
    }
    let workspace = match has_table(conn, "identity").await? {
        true => {
            sqlx::query_scalar("SELECT word FROM identity")
                .fetch_one(&mut *conn)
                .await?
        }
        false => String::new(),
    };
    let counted = sqlx::query(
        "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'letter'), 0),
                coalesce((SELECT max(id) FROM audit), 0)",
    )
    .fetch_one(&mut *conn)
    .await?;
    let safeguards = match has_table(conn, "safeguard").await? {
        true => {
            sqlx::query_scalar("SELECT version FROM safeguard")
                .fetch_one(&mut *conn)
                .await?
        }
        false => 0,
    };
    let print_runs = last_print_run(conn).await?;
    let numbers: Vec<(String, i64, i64)> =
        sqlx::query_as("SELECT series, period, next - 1 FROM series ORDER BY series, period")
            .fetch_all(&mut *conn)
            .await?;
    let numbers = numbers
        .into_iter()
        .map(|(series, period, last)| LastNumber {
            series,
            period,
            last,
        });
    let end = chain_head(conn).await?;
    let newest = newest_time(conn).await?;
    Ok(Some(Marks {
        workspace,
        letters: counted.try_get(0)?,
        acts: counted.try_get(1)?,
        safeguards,
        print_runs,
        numbers: numbers.collect(),
        register: RegisterEnd {
            place: end.0,
            sha256: end.1,
        },
        newest,
    }))
}

/// The number of the last print run, or of the last one that was passed over
/// because a database that is lost knew it.
pub(super) async fn last_print_run(conn: &mut SqliteConnection) -> Result<i64, StoreError> {
    let mut last = 0;
    for (table, query) in [
        (
            "print_run",
            "SELECT coalesce(max(number), 0) FROM print_run",
        ),
        (
            "acceptance",
            "SELECT coalesce(max(skipped ->> '$.print_runs[1]'), 0) FROM acceptance",
        ),
    ] {
        if has_table(conn, table).await? {
            let found: i64 = sqlx::query_scalar(query).fetch_one(&mut *conn).await?;
            last = last.max(found);
        }
    }
    Ok(last)
}

/// Whether the workspace's marks were written outside the database at least
/// once.
///
/// # Errors
/// When the store cannot be read.
pub async fn is_marked(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    if !has_table(conn, "identity").await? {
        return Ok(false);
    }
    let marked = sqlx::query_scalar("SELECT marked FROM identity");
    Ok(marked.fetch_one(conn).await?)
}

impl Store {
    /// Remembers that the workspace's marks were written outside the
    /// database.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn set_marked(&self) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        sqlx::query("UPDATE identity SET marked = 1")
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }
}

/// The hash of the register's entry at a place.
///
/// # Errors
/// When the store cannot be read.
pub async fn register_hash(
    conn: &mut SqliteConnection,
    place: i64,
) -> Result<Option<String>, StoreError> {
    let hash = sqlx::query_scalar("SELECT entry_sha256 FROM register WHERE seq = ?");
    Ok(hash.bind(place).fetch_optional(conn).await?)
}

/// A person took a database that did not agree with the marks for what the
/// workspace goes on with.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// When.
    pub at: Stamp,
    /// Who.
    pub actor: String,
    /// Why, in that person's words.
    pub reason: String,
    /// What did not agree.
    pub doubts: Vec<Doubt>,
    /// What is given to nobody any more.
    pub skipped: Skipped,
    /// Letters that wait for a person since.
    pub stopped: i64,
    /// The register's end in the newest report of then, which the database
    /// does not have.
    pub report: Option<String>,
}

impl FromRow<'_, SqliteRow> for Acceptance {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let unreadable = |column: &str, error: serde_json::Error| sqlx::Error::ColumnDecode {
            index: column.to_owned(),
            source: error.into(),
        };
        let doubts: &str = row.try_get("doubts")?;
        let skipped: &str = row.try_get("skipped")?;
        Ok(Acceptance {
            at: row.try_get("at")?,
            actor: row.try_get("actor")?,
            reason: row.try_get("reason")?,
            doubts: serde_json::from_str(doubts).map_err(|error| unreadable("doubts", error))?,
            skipped: serde_json::from_str(skipped).map_err(|error| unreadable("skipped", error))?,
            stopped: row.try_get("stopped")?,
            report: row.try_get("report")?,
        })
    }
}

impl Stored for Acceptance {
    const ROW: (&'static str, &'static str) = ("acceptance", "at");
}

/// What persons decided of databases that did not agree with the marks, the
/// oldest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn acceptances(conn: &mut SqliteConnection) -> Result<Vec<Acceptance>, StoreError> {
    if !has_table(conn, "acceptance").await? {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        "SELECT at, actor, reason, doubts, skipped, stopped, report FROM acceptance ORDER BY id",
    )
    .fetch_all(conn)
    .await?;
    Acceptance::all(&rows)
}
