//! What follows the letters of a night, as rows: which steps are due, and what
//! came of them.

use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, SqliteConnection};

use super::file::has_table;
use super::types::{Day, Stored};
use super::{StoreError, as_json};
use crate::domain::{NightStep, NightStepProblem, UndoneStep};

impl<'r> FromRow<'r, SqliteRow> for UndoneStep {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        let problem: Option<&str> = row.try_get("problem")?;
        Ok(UndoneStep {
            date: row.try_get::<Day, _>("date")?.into(),
            step: row.try_get("step")?,
            due_at: row.try_get("due_at")?,
            tries: row.try_get("tries")?,
            // Words of a later program are as good as none.
            problem: problem.and_then(|problem| serde_json::from_str(problem).ok()),
        })
    }
}

impl Stored for UndoneStep {
    const ROW: (&'static str, &'static str) = ("step of the night", "date");
}

/// The steps that are due and not done: the oldest date first, each date's in
/// the order they are done. A store of an earlier program has none.
///
/// # Errors
/// When the store cannot be read.
pub async fn undone_steps(conn: &mut SqliteConnection) -> Result<Vec<UndoneStep>, StoreError> {
    if !has_table(conn, "night_step").await? {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(
        "SELECT date, step, due_at, tries, problem FROM night_step
         WHERE done_at IS NULL ORDER BY date",
    )
    .fetch_all(conn)
    .await?;
    let mut undone = UndoneStep::all(&rows)?;
    undone.sort_by_key(|undone| (undone.date, undone.step));
    Ok(undone)
}

/// Makes all steps of a date due; those that were done are to be done once
/// more.
///
/// # Errors
/// When the store cannot be written.
pub async fn make_steps_due(
    conn: &mut SqliteConnection,
    date: &str,
    at: &str,
) -> Result<(), StoreError> {
    let steps: Vec<&str> = NightStep::ALL.map(NightStep::as_str).into();
    sqlx::query(
        "INSERT INTO night_step (date, step, due_at)
         SELECT ?1, value, ?2 FROM json_each(?3) WHERE true
         ON CONFLICT (date, step) DO UPDATE
         SET due_at = excluded.due_at, done_at = NULL, tries = 0, problem = NULL
         WHERE done_at IS NOT NULL",
    )
    .bind(date)
    .bind(at)
    .bind(as_json(&steps))
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps that a step is begun, so that one the program dies of is known.
///
/// # Errors
/// When the store cannot be written.
pub async fn begin_step(
    conn: &mut SqliteConnection,
    date: NaiveDate,
    step: NightStep,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE night_step SET tries = tries + 1, problem = NULL
         WHERE date = ? AND step = ? AND done_at IS NULL",
    )
    .bind(date.to_string())
    .bind(step.as_str())
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps what came of a step: that it is done or, with a problem, that it
/// could not be done. What was printed for a date was printed for all dates
/// before it, too.
///
/// # Errors
/// When the store cannot be written.
pub async fn end_step(
    conn: &mut SqliteConnection,
    date: NaiveDate,
    step: NightStep,
    problem: Option<&NightStepProblem>,
    at: &str,
) -> Result<(), StoreError> {
    let earlier = step != NightStep::Report && problem.is_none();
    sqlx::query(
        "UPDATE night_step SET problem = ?3, done_at = iif(?3 IS NULL, ?4, NULL)
         WHERE (date = ?1 OR (?5 AND date < ?1)) AND step = ?2 AND done_at IS NULL",
    )
    .bind(date.to_string())
    .bind(step.as_str())
    .bind(problem.map(as_json_of))
    .bind(at)
    .bind(earlier)
    .execute(conn)
    .await?;
    Ok(())
}

fn as_json_of(problem: &NightStepProblem) -> String {
    as_json(problem)
}
