//! Letters that wait for a batch, and which date they may bear.

use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::StoreError;
use super::types::Day;
use crate::domain::LetterId;

/// Which letters a batch opened now takes in.
#[derive(Debug, Clone, Copy)]
pub struct Due<'a> {
    /// Business date of the batch, which its letters bear.
    pub date: NaiveDate,
    /// Whether a letter must be approved.
    pub approval_required: bool,
    /// The time now.
    pub at: &'a str,
}

impl Due<'_> {
    pub(super) fn day(&self) -> String {
        self.date.format("%Y-%m-%d").to_string()
    }
}

/// A letter that waits for a batch; `?1` says whether it must be approved.
pub(super) const WAITS: &str =
    "batch_date IS NULL AND (state = 'approved' OR (state = 'queued' AND NOT ?1))";

/// Whether it may bear the day `?2`: not before what it speaks of as past, and
/// not before it was approved (where none approves, queued). A stamp after
/// `?3`, the time now, is of a clock that was ahead and holds nothing back.
pub(super) const MAY_BEAR: &str = "coalesce(dated_from, '') <= ?2
     AND (substr(coalesce(approved_at, queued_at), 1, 10) <= ?2
          OR coalesce(approved_at, queued_at) > ?3)";

/// What waits for a batch besides the letters that would join it.
#[derive(Debug, Default)]
pub struct Waiting {
    /// The series of all letters that wait, with how many wait.
    pub series: Vec<(String, i64)>,
    /// How many may not bear this batch's date.
    pub too_early: i64,
    /// The first of those, each with the first day it may bear.
    pub named: Vec<(LetterId, NaiveDate)>,
}

/// What waits for a batch, naming at most `most` letters.
///
/// # Errors
/// When the store cannot be read.
pub async fn waiting(
    conn: &mut SqliteConnection,
    due: Due<'_>,
    most: i64,
) -> Result<Waiting, StoreError> {
    let rows: Vec<(LetterId, i64, Day)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT id, count(*) OVER () AS count,
                max(coalesce(dated_from, ''),
                    CASE WHEN coalesce(approved_at, queued_at) > ?3 THEN ''
                         ELSE substr(coalesce(approved_at, queued_at), 1, 10) END) AS first
         FROM letter WHERE {WAITS} AND NOT ({MAY_BEAR})
         ORDER BY id LIMIT ?4"
    )))
    .bind(due.approval_required)
    .bind(due.day())
    .bind(due.at)
    .bind(most)
    .fetch_all(&mut *conn)
    .await?;
    let series = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT series, count(*) AS count FROM letter WHERE {WAITS} GROUP BY series ORDER BY 1"
    )))
    .bind(due.approval_required)
    .fetch_all(conn)
    .await?;
    let named = rows.iter().map(|(id, _, first)| (*id, (*first).into()));
    Ok(Waiting {
        series,
        too_early: rows.first().map_or(0, |(_, count, _)| *count),
        named: named.collect(),
    })
}
