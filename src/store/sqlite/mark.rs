//! Until when the schedule has been looked at, kept across restarts.

use sqlx::{FromRow, SqliteConnection};

use super::StoreError;
use super::types::Stored;
use crate::domain::Stamp;

/// The time up to which the schedule has been worked off.
///
/// # Errors
/// When the store cannot be read.
pub async fn schedule_mark(conn: &mut SqliteConnection) -> Result<Option<String>, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT seen_at FROM schedule_mark WHERE id = 1")
            .fetch_optional(conn)
            .await?,
    )
}

/// Sets that time; `ahead` is the mark that lay ahead until now, which is
/// remembered.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_schedule_mark(
    conn: &mut SqliteConnection,
    seen_at: &str,
    ahead: Option<&ScheduleAhead>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO schedule_mark (id, seen_at) VALUES (1, ?)
         ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at",
    )
    .bind(seen_at)
    .execute(&mut *conn)
    .await?;
    if let Some(ahead) = ahead {
        note_schedule_ahead(conn, ahead).await?;
    }
    Ok(())
}

/// A mark that lay ahead of the clock, because the clock had been ahead.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ScheduleAhead {
    /// When that was noticed.
    pub noticed_at: Stamp,
    /// The time the mark had.
    pub seen_at: Stamp,
}

impl Stored for ScheduleAhead {
    const ROW: (&'static str, &'static str) = ("schedule mark ahead noticed at", "noticed_at");
}

async fn note_schedule_ahead(
    conn: &mut SqliteConnection,
    ahead: &ScheduleAhead,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO schedule_ahead (noticed_at, seen_at) VALUES (?, ?)")
        .bind(ahead.noticed_at.to_string())
        .bind(ahead.seen_at.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Marks that lay ahead and were noticed before the batch opened at
/// `opened_at` and after any batch opened earlier: its report tells of them,
/// also when it is made anew.
///
/// # Errors
/// When the store cannot be read.
pub async fn schedule_ahead_told_by(
    conn: &mut SqliteConnection,
    opened_at: &str,
) -> Result<Vec<ScheduleAhead>, StoreError> {
    let rows = sqlx::query(
        "SELECT noticed_at, seen_at FROM schedule_ahead
         WHERE noticed_at <= ?1
           AND NOT EXISTS (SELECT 1 FROM batch
                           WHERE opened_at >= noticed_at AND opened_at < ?1)
         ORDER BY noticed_at",
    )
    .bind(opened_at)
    .fetch_all(conn)
    .await?;
    ScheduleAhead::all(&rows)
}
