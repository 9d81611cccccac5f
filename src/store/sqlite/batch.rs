//! Batches: one a business date.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, FromRow, SqliteConnection};

use super::claim::to_be_made;
use super::due::{Due, MAY_BEAR, WAITS};
use super::mark::{ScheduleAhead, schedule_ahead_told_by};
use super::night_step::make_steps_due;
use super::post::{Unposted, unposted};
use super::register::{ChainHead, chain_head};
use super::request::count_open_requests;
use super::step::NIGHT;
use super::types::{Day, Stored, day};
use super::{StoreError, as_json};
use crate::domain::{NumberRule, Stamp, State, Whereabouts};

/// A batch as the store has it.
#[derive(Debug, Clone, FromRow)]
pub struct BatchRow {
    /// Business date.
    #[sqlx(try_from = "Day")]
    pub date: NaiveDate,
    /// When it was opened.
    pub opened_at: Stamp,
    /// When its last letter was made or stopped.
    pub closed_at: Option<Stamp>,
}

impl Stored for BatchRow {
    const ROW: (&'static str, &'static str) = ("batch", "date");
}

/// What opening a batch did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Joined {
    /// It was opened now and this many letters joined it.
    Opened(i64),
    /// It had been opened before; nothing joined it.
    OpenedBefore,
}

/// The numbers a batch gave in one series.
#[derive(Debug, Clone, FromRow)]
pub struct NumberedSeries {
    /// The series.
    pub series: String,
    /// First number, written out.
    pub first: String,
    /// Last number, written out.
    pub last: String,
    /// How many.
    pub count: i64,
}

/// The letters of a batch by where they are.
pub type BatchCounts = BTreeMap<Whereabouts, i64>;

/// Whether a batch could be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseCheck {
    /// All its letters are made, or stopped.
    Closed,
    /// This many are still to be made.
    StillOpen(i64),
}

/// Letters numbered by one statement, which holds them in memory.
const NUMBERED_TOGETHER: i64 = 2000;

/// The batch of a date.
///
/// # Errors
/// When the store cannot be read.
pub async fn batch(
    conn: &mut SqliteConnection,
    date: &str,
) -> Result<Option<BatchRow>, StoreError> {
    let row = sqlx::query("SELECT date, opened_at, closed_at FROM batch WHERE date = ?")
        .bind(date)
        .fetch_optional(conn)
        .await?;
    BatchRow::maybe(row)
}

/// Dates of batches that were opened and not closed, oldest first. One that is
/// no date holds up no other.
///
/// # Errors
/// When the store cannot be read.
pub async fn unclosed_batches(conn: &mut SqliteConnection) -> Result<Vec<NaiveDate>, StoreError> {
    let days: Vec<String> =
        sqlx::query_scalar("SELECT date FROM batch WHERE closed_at IS NULL ORDER BY date")
            .fetch_all(conn)
            .await?;
    Ok(days.iter().filter_map(|text| day(text)).collect())
}

/// Opens the batch of a date: every due letter joins it and gets its number,
/// in the order the letters were queued, without a gap. All of it happens in
/// the caller's transaction, so it happens whole or not at all.
///
/// A letter that may not bear the date waits for a later one. So does one
/// whose series has no rule in `rules`: it has no number to be given, and the
/// others are none the worse for it.
///
/// # Errors
/// When the store fails.
pub async fn open_batch(
    conn: &mut SqliteConnection,
    due: Due<'_>,
    rules: &BTreeMap<String, NumberRule>,
) -> Result<Joined, StoreError> {
    let day = due.day();
    let opened =
        sqlx::query("INSERT INTO batch (date, opened_at, approval_required) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
            .bind(&day)
            .bind(due.at)
            .bind(due.approval_required)
            .execute(&mut *conn)
            .await?;
    if opened.rows_affected() == 0 {
        return Ok(Joined::OpenedBefore);
    }
    let series: Vec<&str> = rules.keys().map(String::as_str).collect();
    sqlx::query(AssertSqlSafe(format!(
        "INSERT INTO audit (at, letter_id, actor, from_state, to_state)
         SELECT ?3, id, ?4, state, 'numbered' FROM letter
         WHERE {WAITS} AND {MAY_BEAR} AND series IN (SELECT value FROM json_each(?5))
         ORDER BY id"
    )))
    .bind(due.approval_required)
    .bind(&day)
    .bind(due.at)
    .bind(NIGHT)
    .bind(as_json(&series))
    .execute(&mut *conn)
    .await?;
    let mut joined = 0;
    for (name, rule) in rules {
        joined += number_series(conn, due, name, rule).await?;
    }
    Ok(Joined::Opened(joined))
}

/// Takes the due letters of a series into the batch of `day`, each with its
/// number.
async fn number_series(
    conn: &mut SqliteConnection,
    due: Due<'_>,
    series: &str,
    rule: &NumberRule,
) -> Result<i64, StoreError> {
    let day = due.day();
    let period = rule.period(due.date);
    let any: bool = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT EXISTS (SELECT 1 FROM letter WHERE {WAITS} AND {MAY_BEAR} AND series = ?4)"
    )))
    .bind(due.approval_required)
    .bind(&day)
    .bind(due.at)
    .bind(series)
    .fetch_one(&mut *conn)
    .await?;
    if !any {
        return Ok(0);
    }
    sqlx::query(
        "INSERT INTO series (series, period, next) VALUES (?, ?, 1) ON CONFLICT DO NOTHING",
    )
    .bind(series)
    .bind(period)
    .execute(&mut *conn)
    .await?;
    let next: i64 = sqlx::query_scalar("SELECT next FROM series WHERE series = ? AND period = ?")
        .bind(series)
        .bind(period)
        .fetch_one(&mut *conn)
        .await?;
    let count = give_numbers(conn, due, series, rule, next).await?;
    sqlx::query("UPDATE series SET next = next + ? WHERE series = ? AND period = ?")
        .bind(count)
        .bind(series)
        .bind(period)
        .execute(conn)
        .await?;
    Ok(count)
}

/// Numbers the due letters of a series from `next` on, some at a time.
/// Returns how many there were.
async fn give_numbers(
    conn: &mut SqliteConnection,
    due: Due<'_>,
    series: &str,
    rule: &NumberRule,
    next: i64,
) -> Result<i64, StoreError> {
    let mut count = 0;
    loop {
        // The rule's own formatting is written once, in Rust; here the width
        // is given to SQL with prefix and suffix so that many numbers are one
        // statement. A test holds the two against each other.
        let numbered = sqlx::query(AssertSqlSafe(format!(
            "UPDATE letter
             SET state = 'numbered',
                 attempt = attempt + 1,
                 batch_date = ?2,
                 issue_date = ?2,
                 period = ?4,
                 serial = ranked.rank + ?5 - 1,
                 number = ?6 || printf('%0*d', ?7, ranked.rank + ?5 - 1) || ?8
             FROM (
                 SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS rank
                 FROM letter
                 WHERE {WAITS} AND {MAY_BEAR} AND series = ?9
                 ORDER BY id
                 LIMIT ?10
             ) AS ranked
             WHERE letter.id = ranked.id"
        )))
        .bind(due.approval_required)
        .bind(due.day())
        .bind(due.at)
        .bind(rule.period(due.date))
        .bind(next + count)
        .bind(&rule.prefix)
        .bind(i64::from(rule.pad.min(9)))
        .bind(&rule.suffix)
        .bind(series)
        .bind(NUMBERED_TOGETHER)
        .execute(&mut *conn)
        .await?;
        // A letter that has joined is no longer due.
        let some = i64::try_from(numbered.rows_affected()).unwrap_or(i64::MAX);
        count += some;
        if some < NUMBERED_TOGETHER {
            break;
        }
    }
    Ok(count)
}

/// Closes the batch of `date` if none of its letters is still to be made.
/// One that is made and waits to go out does not keep it open. What follows
/// its letters becomes due in the same transaction.
///
/// # Errors
/// When the store cannot be written.
pub async fn close_batch(
    conn: &mut SqliteConnection,
    date: &str,
    at: &str,
) -> Result<CloseCheck, StoreError> {
    let moving: i64 = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT COUNT(*) FROM letter WHERE batch_date = ? AND {}",
        to_be_made()
    )))
    .bind(date)
    .fetch_one(&mut *conn)
    .await?;
    if moving > 0 {
        return Ok(CloseCheck::StillOpen(moving));
    }
    let closed = sqlx::query("UPDATE batch SET closed_at = ? WHERE date = ? AND closed_at IS NULL")
        .bind(at)
        .bind(date)
        .execute(&mut *conn)
        .await?;
    if closed.rows_affected() > 0 {
        make_steps_due(conn, date, at).await?;
    }
    Ok(CloseCheck::Closed)
}

/// What a night's report counts, in one.
#[derive(Debug)]
pub struct Counts {
    /// The letters of the batch by where they are.
    pub by_place: BatchCounts,
    /// The same by kind.
    pub by_kind: Vec<(String, i64)>,
    /// The numbers it gave.
    pub numbers: Vec<NumberedSeries>,
    /// Letters that belong to no batch yet, by state: they wait for approval,
    /// for the next night, or are held or cancelled.
    pub outside: BTreeMap<State, i64>,
    /// What waits to be posted, over all nights.
    pub unposted: Unposted,
    /// How many requests are open.
    pub requests_open: i64,
    /// The end of the register.
    pub chain_head: ChainHead,
    /// Marks of the schedule that lay ahead and were noticed before the batch
    /// opened and after any batch opened earlier: its report tells of them,
    /// also when it is made anew.
    pub ahead: Vec<ScheduleAhead>,
}

/// What a report on a batch counts.
///
/// # Errors
/// When the store cannot be read.
pub async fn counts(conn: &mut SqliteConnection, batch: &BatchRow) -> Result<Counts, StoreError> {
    let (by_place, by_kind, numbers) = batch_counts(conn, &batch.date.to_string()).await?;
    Ok(Counts {
        by_place,
        by_kind,
        numbers,
        outside: outside_batches(conn).await?,
        unposted: unposted(conn).await?,
        requests_open: count_open_requests(conn).await?,
        chain_head: chain_head(conn).await?,
        ahead: schedule_ahead_told_by(conn, &batch.opened_at.to_string()).await?,
    })
}

/// The letters of a batch by where they are, by kind, and the numbers it gave.
///
/// # Errors
/// When the store cannot be read.
async fn batch_counts(
    conn: &mut SqliteConnection,
    date: &str,
) -> Result<(BatchCounts, Vec<(String, i64)>, Vec<NumberedSeries>), StoreError> {
    let by_place: Vec<(String, i64)> = sqlx::query_as(
        "SELECT whereabouts, COUNT(*) AS count FROM letter
         WHERE batch_date = ? GROUP BY whereabouts",
    )
    .bind(date)
    .fetch_all(&mut *conn)
    .await?;
    let by_kind = sqlx::query_as(
        "SELECT kind, COUNT(*) AS count FROM letter WHERE batch_date = ? GROUP BY kind ORDER BY kind",
    )
    .bind(date)
    .fetch_all(&mut *conn)
    .await?;
    let numbers = sqlx::query_as(
        "SELECT series, COUNT(*) AS count,
                (SELECT number FROM letter AS f
                 WHERE f.batch_date = l.batch_date AND f.series = l.series
                 ORDER BY f.serial LIMIT 1) AS first,
                (SELECT number FROM letter AS f
                 WHERE f.batch_date = l.batch_date AND f.series = l.series
                 ORDER BY f.serial DESC LIMIT 1) AS last
         FROM letter AS l
         WHERE batch_date = ?
         GROUP BY series
         ORDER BY series",
    )
    .bind(date)
    .fetch_all(conn)
    .await?;
    // A letter that is nowhere anybody knows is told of as damaged.
    let known = |at: &String| {
        Whereabouts::ALL
            .into_iter()
            .find(|known| known.as_str() == at)
    };
    let by_place = by_place
        .iter()
        .filter_map(|(at, count)| Some((known(at)?, *count)));
    Ok((by_place.collect(), by_kind, numbers))
}

/// Letters that belong to no batch yet, by state: they wait for approval, for
/// the next night, or are held or cancelled.
///
/// # Errors
/// When the store cannot be read.
async fn outside_batches(conn: &mut SqliteConnection) -> Result<BTreeMap<State, i64>, StoreError> {
    let outside: Vec<(String, i64)> = sqlx::query_as(
        "SELECT state, COUNT(*) FROM letter WHERE batch_date IS NULL GROUP BY state",
    )
    .fetch_all(conn)
    .await?;
    let known = |word: &String| State::ALL.into_iter().find(|known| known.as_str() == word);
    let outside = outside
        .iter()
        .filter_map(|(word, count)| Some((known(word)?, *count)));
    Ok(outside.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Reset;
    use crate::store::Store;

    #[tokio::test]
    async fn numbers_of_a_batch_have_no_gap_where_one_statement_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("yobin.db");
        let store = Store::open(&path).await.expect("opens");
        let mut tx = store.write().await.expect("writes");
        sqlx::query("INSERT INTO intake (sha256, queued_by, queued_at) VALUES ('', 's', 't')")
            .execute(&mut *tx)
            .await
            .expect("an intake");
        // Every tenth is held and so not due.
        sqlx::query(
            "WITH RECURSIVE row (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM row WHERE n < ?)
             INSERT INTO letter (kind, outcome, state, delivery, series, record_sha256,
                                 intake_id, intake_row, queued_by, queued_at)
             SELECT 'k', 'o', iif(n % 10 = 0, 'held', 'queued'), 'mail', 'letters', 'h' || n,
                    1, n, 's', '2026-11-22T12:00:00+09:00'
             FROM row",
        )
        .bind(NUMBERED_TOGETHER * 3)
        .execute(&mut *tx)
        .await
        .expect("letters");
        let rule = NumberRule {
            prefix: "第".to_owned(),
            suffix: "号".to_owned(),
            reset: Reset::default(),
            pad: 0,
        };
        let rules = BTreeMap::from([("letters".to_owned(), rule)]);
        let date = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");
        let count = NUMBERED_TOGETHER * 3 * 9 / 10;
        let due = Due {
            date,
            approval_required: false,
            at: "2026-11-23T01:30:00+09:00",
        };
        let opened = open_batch(&mut tx, due, &rules).await;
        assert_eq!(opened.expect("opened"), Joined::Opened(count));
        let numbers: Vec<String> =
            sqlx::query_scalar("SELECT number FROM letter WHERE state = 'numbered' ORDER BY id")
                .fetch_all(&mut *tx)
                .await
                .expect("the numbers");
        let expected: Vec<String> = (1..=count).map(|n| format!("第{n}号")).collect();
        assert_eq!(numbers, expected);
        let audited: i64 = sqlx::query_scalar(
            "SELECT count(DISTINCT letter_id) FROM audit
             WHERE from_state = 'queued' AND to_state = 'numbered'",
        )
        .fetch_one(&mut *tx)
        .await
        .expect("the audit");
        assert_eq!(audited, count);
    }
}
