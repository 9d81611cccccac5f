//! The newest time that is recorded, and nights that found the clock before it.

use chrono::NaiveDate;
use sqlx::{FromRow, SqliteConnection};

use super::StoreError;
use super::file::has_table;
use super::types::Stored;
use crate::domain::{ClockBack, Stamp};

/// Lines of history that are looked at. A whole history has millions; what was
/// recorded before these is known from the marks outside the database.
const LOOKED_AT: i64 = 1000;

/// The newest time recorded in the last lines of the histories and in the
/// batches. A time nobody can read is none.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn newest_time(conn: &mut SqliteConnection) -> Result<Option<Stamp>, StoreError> {
    let mut newest: Option<Stamp> = None;
    for (table, times) in [
        (
            "audit",
            "SELECT max(at) FROM (SELECT at FROM audit ORDER BY id DESC LIMIT ?)",
        ),
        (
            "request_audit",
            "SELECT max(at) FROM (SELECT at FROM request_audit ORDER BY id DESC LIMIT ?)",
        ),
        (
            "batch",
            "SELECT max(max(opened_at, coalesce(closed_at, opened_at)))
             FROM (SELECT opened_at, closed_at FROM batch ORDER BY rowid DESC LIMIT ?)",
        ),
    ] {
        if !has_table(conn, table).await? {
            continue;
        }
        let time: Option<String> = sqlx::query_scalar(times)
            .bind(LOOKED_AT)
            .fetch_one(&mut *conn)
            .await?;
        newest = newest.max(time.and_then(|time| time.parse().ok()));
    }
    Ok(newest)
}

#[derive(FromRow)]
struct Row {
    shown_at: Stamp,
    newest_at: Stamp,
}

impl Stored for Row {
    const ROW: (&'static str, &'static str) = ("clock back at", "shown_at");
}

/// Keeps for the report of `date`, whose batch was opened, that the clock
/// stood before the newest time, unless a report tells of that time already.
///
/// # Errors
/// When the store cannot be written.
pub async fn note_clock_back(
    conn: &mut SqliteConnection,
    date: NaiveDate,
    back: &ClockBack,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO clock_back (batch_date, shown_at, newest_at)
         SELECT ?1, ?2, ?3
         WHERE NOT EXISTS (SELECT 1 FROM clock_back WHERE newest_at >= ?3)",
    )
    .bind(date.to_string())
    .bind(back.shown.to_string())
    .bind(back.newest.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// What the report of `date` tells of the clock, also when it is made anew.
///
/// # Errors
/// When the store cannot be read.
pub async fn clocks_back(
    conn: &mut SqliteConnection,
    date: NaiveDate,
) -> Result<Vec<ClockBack>, StoreError> {
    if !has_table(conn, "clock_back").await? {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        "SELECT shown_at, newest_at FROM clock_back WHERE batch_date = ? ORDER BY newest_at",
    )
    .bind(date.to_string())
    .fetch_all(conn)
    .await?;
    let rows = Row::all(&rows)?;
    let told = rows.iter().map(|row| ClockBack {
        shown: row.shown_at,
        newest: row.newest_at,
    });
    Ok(told.collect())
}
