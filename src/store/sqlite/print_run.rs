//! Print runs: which there are, which letter stands in which at which place,
//! and that one was printed again.

use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow, Row as _, SqliteConnection};

use super::identity::last_print_run;
use super::letter::UNPOSTED;
use super::types::{Day, Stored};
use super::{StoreError, as_json};
use crate::domain::{By, LetterId, PrintRun, PrintedIn, Stamp};

/// A print run as the store has it.
#[derive(Debug, Clone)]
pub struct PrintRunRow {
    /// The run.
    pub run: PrintRun,
    /// When it was recorded; nobody kept it of those made before.
    pub recorded_at: Option<Stamp>,
    /// Whether its files hold posted letters as well.
    pub also_posted: bool,
    /// Whether its files stand in their folder as they were last recorded.
    pub placed: bool,
}

impl<'r> FromRow<'r, SqliteRow> for PrintRunRow {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(PrintRunRow {
            run: PrintRun {
                number: row.try_get("number")?,
                date: row.try_get::<Day, _>("date")?.into(),
                part: row.try_get("part")?,
            },
            recorded_at: row.try_get("recorded_at")?,
            also_posted: row.try_get("also_posted")?,
            placed: row.try_get("placed")?,
        })
    }
}

impl Stored for PrintRunRow {
    const ROW: (&'static str, &'static str) = ("print run", "number");
}

/// Which print runs.
#[derive(Debug, Clone, Copy)]
pub enum PrintRuns {
    /// These.
    In(PrintedIn),
    /// Those whose files do not stand as they were recorded.
    Unplaced,
    /// The last one.
    Last,
}

/// That a run, or one letter of it, is printed again.
#[derive(Debug, Clone, Copy)]
pub struct NewReprint<'a> {
    /// The run's number.
    pub run: u32,
    /// The one letter; none where the whole run is asked for.
    pub letter: Option<LetterId>,
    /// Whether posted letters are printed, too.
    pub also_posted: bool,
    /// The letters in the files, in their order.
    pub held: &'a [LetterId],
    /// Those of the run that were left out.
    pub left_out: &'a [LetterId],
    /// Why.
    pub reason: &'a str,
}

/// Print runs, in the order of their numbers.
///
/// # Errors
/// When the store cannot be read.
pub async fn print_runs(
    conn: &mut SqliteConnection,
    which: PrintRuns,
) -> Result<Vec<PrintRunRow>, StoreError> {
    const COLUMNS: &str =
        "SELECT number, date, part, recorded_at, also_posted, placed FROM print_run";
    let query = |rest: &str| AssertSqlSafe(format!("{COLUMNS} {rest}"));
    let rows = match which {
        PrintRuns::In(PrintedIn::Dates(first, last)) => {
            sqlx::query(query("WHERE date BETWEEN ? AND ? ORDER BY number"))
                .bind(first.to_string())
                .bind(last.to_string())
        }
        PrintRuns::In(PrintedIn::Run(number)) => {
            sqlx::query(query("WHERE number = ?")).bind(number)
        }
        PrintRuns::Unplaced => sqlx::query(query("WHERE NOT placed ORDER BY number")),
        PrintRuns::Last => sqlx::query(query("ORDER BY number DESC LIMIT 1")),
    };
    PrintRunRow::all(&query_all(conn, rows).await?)
}

async fn query_all<'q>(
    conn: &mut SqliteConnection,
    query: sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
) -> Result<Vec<SqliteRow>, StoreError> {
    Ok(query.fetch_all(conn).await?)
}

/// Records a print run of a date with the letters of its files, in their
/// order. It is this part of the date, or a later one where a later one was
/// recorded. The files are not in their folder yet; see [`place_print_run`].
///
/// # Errors
/// When the store cannot be written, or one of the letters stands in another
/// run or waits no more.
pub async fn record_print_run(
    conn: &mut SqliteConnection,
    date: NaiveDate,
    part: u32,
    held: &[LetterId],
    at: &str,
) -> Result<PrintRun, StoreError> {
    let number = 1 + last_print_run(conn).await?;
    let row = sqlx::query(
        "INSERT INTO print_run (number, date, part, recorded_at)
         SELECT ?4, ?1,
                MAX(?3, 1 + COALESCE((SELECT MAX(part) FROM print_run WHERE date = ?1), 0)),
                ?2
         RETURNING number, date, part, recorded_at, also_posted, placed",
    )
    .bind(date.to_string())
    .bind(at)
    .bind(part)
    .bind(number)
    .fetch_one(&mut *conn)
    .await?;
    let run = PrintRunRow::of(&row)?.run;
    let joined = sqlx::query(AssertSqlSafe(format!(
        "UPDATE letter
         SET print_run = ?1, print_date = ?2, print_part = ?3, print_place = given.key + 1
         FROM (SELECT key, value FROM json_each(?4)) AS given
         WHERE letter.id = given.value AND letter.print_run IS NULL AND {UNPOSTED}",
    )))
    .bind(run.number)
    .bind(run.date.to_string())
    .bind(run.part)
    .bind(keys(held))
    .execute(conn)
    .await?;
    if joined.rows_affected() != held.len() as u64 {
        return Err(StoreError::Corrupt(format!(
            "a letter of print run {} stands in another or waits no more",
            run.number
        )));
    }
    Ok(run)
}

/// Renews which letters the files of a run hold, and at which places; the
/// files are not in their folder yet.
///
/// # Errors
/// When the store cannot be written.
pub async fn renew_print_run(
    conn: &mut SqliteConnection,
    run: u32,
    held: &[LetterId],
    left_out: &[LetterId],
) -> Result<(), StoreError> {
    sqlx::query("UPDATE print_run SET placed = 0 WHERE number = ?")
        .bind(run)
        .execute(&mut *conn)
        .await?;
    // Places are exchanged, so all are free before they are given.
    sqlx::query(
        "UPDATE letter SET print_place = NULL
         WHERE print_run = ?1 AND (id IN (SELECT value FROM json_each(?2))
                                   OR id IN (SELECT value FROM json_each(?3)))",
    )
    .bind(run)
    .bind(keys(held))
    .bind(keys(left_out))
    .execute(&mut *conn)
    .await?;
    // Letters that were posted meanwhile keep their places in what was
    // printed, so the new ones come after those.
    let taken: i64 =
        sqlx::query_scalar("SELECT COALESCE(MAX(print_place), 0) FROM letter WHERE print_run = ?")
            .bind(run)
            .fetch_one(&mut *conn)
            .await?;
    sqlx::query(
        "UPDATE letter
         SET print_place = ?3 + given.key + 1
         FROM (SELECT key, value FROM json_each(?2)) AS given
         WHERE letter.id = given.value AND letter.print_run = ?1",
    )
    .bind(run)
    .bind(keys(held))
    .bind(taken)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps that the files of a run stand in their folder.
///
/// # Errors
/// When the store cannot be written.
pub async fn place_print_run(conn: &mut SqliteConnection, run: u32) -> Result<(), StoreError> {
    sqlx::query("UPDATE print_run SET placed = 1 WHERE number = ?")
        .bind(run)
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps that a run, or one letter of it, is printed again, with a line in the
/// history of each letter.
///
/// # Errors
/// When the store cannot be written.
pub async fn record_reprint(
    conn: &mut SqliteConnection,
    new: &NewReprint<'_>,
    by: &By,
) -> Result<(), StoreError> {
    let at = by.at.to_string();
    sqlx::query(
        "INSERT INTO reprint (run, letter_id, at, actor, reason, also_posted, letters)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(new.run)
    .bind(new.letter.map(|id| id.key()))
    .bind(&at)
    .bind(by.who.as_str())
    .bind(new.reason)
    .bind(new.also_posted)
    .bind(i64::try_from(new.held.len()).unwrap_or(i64::MAX))
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "INSERT INTO audit (at, letter_id, actor, from_state, to_state, note)
         SELECT ?1, id, ?2, state, state, ?3 FROM letter
         WHERE id IN (SELECT value FROM json_each(?4)) ORDER BY id",
    )
    .bind(&at)
    .bind(by.who.as_str())
    .bind(remark(new.run, new.reason))
    .bind(keys(new.held))
    .execute(&mut *conn)
    .await?;
    match new.letter {
        // It has files of its own, so it is in some again.
        Some(id) => {
            sqlx::query(
                "UPDATE letter
                 SET print_place = 1 + COALESCE(
                     (SELECT MAX(print_place) FROM letter WHERE print_run = ?1), 0)
                 WHERE id = ?2 AND print_run = ?1 AND print_place IS NULL",
            )
            .bind(new.run)
            .bind(id.key())
            .execute(conn)
            .await?;
            Ok(())
        }
        None => {
            sqlx::query("UPDATE print_run SET also_posted = ? WHERE number = ?")
                .bind(new.also_posted)
                .bind(new.run)
                .execute(&mut *conn)
                .await?;
            renew_print_run(conn, new.run, new.held, new.left_out).await
        }
    }
}

fn keys(letters: &[LetterId]) -> String {
    let keys: Vec<i64> = letters.iter().map(|id| id.key()).collect();
    as_json(&keys)
}

/// What a remark of the audit says of a letter's being printed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reprinted<'a> {
    /// The run's number.
    pub run: u32,
    /// Why.
    pub reason: &'a str,
}

fn remark(run: u32, reason: &str) -> String {
    format!("reprint of {run}: {reason}")
}

/// Reads a remark of the audit.
pub fn reprinted_in(note: &str) -> Option<Reprinted<'_>> {
    let (run, reason) = note.strip_prefix("reprint of ")?.split_once(": ")?;
    let run = run.parse().ok()?;
    Some(Reprinted { run, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_read_as_it_was_written_whatever_the_reason_says() {
        for reason in ["紙詰まり", "1: posted on 2026-11-24", "reprint of 2: 汚れ"] {
            let note = remark(12, reason);
            assert_eq!(reprinted_in(&note), Some(Reprinted { run: 12, reason }));
            assert_eq!(super::super::recorded_in(&note), None);
            assert_eq!(super::super::replacement_in(&note), None);
        }
        for note in [
            "pulled",
            "posted on 2026-11-24",
            "reprint of x: y",
            "reprint of 1",
        ] {
            assert_eq!(reprinted_in(note), None, "{note}");
        }
    }
}
