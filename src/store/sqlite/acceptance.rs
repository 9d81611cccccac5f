//! Going on with a database that was put back from a backup.
//!
//! Since the backup its letters may have been mailed, printed and posted, and
//! others may have got the numbers that come next. So whatever would go on by
//! itself stops, and nothing that may have been given is given again.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::claim::recover_handovers;
use super::identity::marks;
use super::letter::UNPOSTED;
use super::{LetterRow, StoreError, as_json};
use crate::domain::{
    By, Doubt, Event, HandedTo, LetterId, Marks, Reason, Skipped, SkippedNumbers, State,
};

/// A database that is to be gone on with.
#[derive(Debug, Clone, Copy)]
pub struct NewAcceptance<'a> {
    /// Why, in the words of whoever decides.
    pub reason: &'a str,
    /// What does not agree.
    pub doubts: &'a [Doubt],
    /// What was given last, as far as that is known: no less than this is
    /// passed over. The identity is that of the marks; none where there are no
    /// marks that can be read.
    pub last: &'a Marks,
    /// The register's end in the newest report, where the database does not
    /// have it.
    pub report: Option<&'a str>,
}

/// What accepting a database changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// Letters that wait for a person now.
    pub stopped: u64,
    /// What is given to nobody any more.
    pub skipped: Skipped,
}

/// Goes on with this database: every letter that would go on by itself waits
/// for a person, numbers, references and print runs go on past what was given
/// last, and the workspace is the one the marks name. The caller commits.
///
/// # Errors
/// When the store cannot be written.
pub async fn accept(
    conn: &mut SqliteConnection,
    acceptance: NewAcceptance<'_>,
    by: &By,
) -> Result<Accepted, StoreError> {
    let stopped = stop_letters(conn, by).await?;
    let skipped = skip(conn, acceptance.last).await?;
    sqlx::query(
        "INSERT INTO acceptance (at, actor, reason, doubts, skipped, stopped, report)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(by.at.to_string())
    .bind(by.who.as_str())
    .bind(acceptance.reason)
    .bind(as_json(&acceptance.doubts))
    .bind(as_json(&skipped))
    .bind(i64::try_from(stopped).unwrap_or(i64::MAX))
    .bind(acceptance.report)
    .execute(&mut *conn)
    .await?;
    sqlx::query("UPDATE identity SET word = coalesce(nullif(?, ''), word), marked = 1")
        .bind(&acceptance.last.workspace)
        .execute(conn)
        .await?;
    Ok(Accepted { stopped, skipped })
}

/// Stops every letter that would go on by itself, and tells of those that had
/// stopped before that they may have gone on. Returns how many there are.
async fn stop_letters(conn: &mut SqliteConnection, by: &By) -> Result<u64, StoreError> {
    let at = by.at.to_string();
    // What the night was doing with them when the backup was made.
    for to in [HandedTo::Gateway, HandedTo::File] {
        recover_handovers(conn, &at, to).await?;
    }
    tell_of_backup(conn).await?;
    for (letters, event, resume) in [
        // A mail may stand with the mail server: only a person can say so.
        (
            "state = 'released' AND delivery = 'mail'".to_owned(),
            Event::LoseAnswer,
            None,
        ),
        (
            "state = 'released'".to_owned(),
            Event::Park,
            Some(State::Released),
        ),
        // One that stands in no print run goes on from there into the next; the
        // files of a run that was not in its place may have been placed, printed
        // and posted since, and are not made again by themselves.
        (
            format!(
                "{UNPOSTED} AND (print_run IS NULL
                     OR print_run IN (SELECT number FROM print_run WHERE NOT placed))"
            ),
            Event::Doubt,
            Some(State::Released),
        ),
    ] {
        stop(conn, by, &letters, event, resume).await?;
    }
    for state in State::ALL.into_iter().filter(|state| state.can_be_held()) {
        let letters = format!("state = '{}'", state.as_str());
        stop(conn, by, &letters, Event::Hold, Some(state)).await?;
    }
    let stopped: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM letter WHERE json_valid(reason) AND json_type(reason, '$.restored') = 'object'",
    )
    .fetch_one(conn)
    .await?;
    Ok(stopped.unsigned_abs())
}

/// Stops a letter once more of which staff had said, and took back, that it left
/// the house before the database was put back: whether it did is open again.
pub(super) async fn stop_again(
    conn: &mut SqliteConnection,
    row: &LetterRow,
    by: &By,
) -> Result<(), StoreError> {
    let found: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM audit
             WHERE letter_id = ? AND to_state = 'filed' AND from_state IN (?, ?))",
    )
    .bind(row.id.key())
    .bind(State::Parked.as_str())
    .bind(State::Held.as_str())
    .fetch_one(&mut *conn)
    .await?;
    if found {
        let this = format!("id = {}", row.id.key());
        stop(conn, by, &this, Event::Doubt, Some(State::Released)).await?;
    }
    Ok(())
}

/// Lets an event happen to letters, whose reason is that the database was put
/// back.
async fn stop(
    conn: &mut SqliteConnection,
    by: &By,
    letters: &str,
    event: Event,
    resume: Option<State>,
) -> Result<(), StoreError> {
    let from = match event {
        Event::Doubt => State::Filed,
        _ => resume.unwrap_or(State::Released),
    };
    let Ok(to) = from.after(event) else {
        return Err(StoreError::Corrupt(format!("{from} cannot be stopped")));
    };
    sqlx::query(AssertSqlSafe(format!(
        "INSERT INTO audit (at, letter_id, actor, from_state, to_state, note)
         SELECT ?, id, ?, state, ?, '{RESTORED}' FROM letter WHERE {letters}"
    )))
    .bind(by.at.to_string())
    .bind(by.who.as_str())
    .bind(to.as_str())
    .execute(&mut *conn)
    .await?;
    sqlx::query(AssertSqlSafe(format!(
        "UPDATE letter
         SET state = ?, resume_state = ?, attempt = attempt + 1, reason = ?, next_step = NULL
         WHERE {letters}"
    )))
    .bind(to.as_str())
    .bind(resume.map(State::as_str))
    .bind(as_json(&Reason::Restored { earlier: None }))
    .execute(conn)
    .await?;
    Ok(())
}

/// The remark on a letter that stopped because the database was put back.
pub const RESTORED: &str = "restored";

/// Whoever goes on with a letter that had stopped before the backup must know
/// that it may have gone on since.
async fn tell_of_backup(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let stopped: Vec<&str> = State::STOPPED.iter().map(|state| state.as_str()).collect();
    sqlx::query(
        "UPDATE letter
         SET reason = json_object('restored', json_object('earlier', CASE
                 WHEN reason IS NULL AND next_step IS NULL THEN NULL
                 WHEN next_step IS NULL AND json_valid(reason) THEN json(reason)
                 ELSE json_object('told', json_object(
                     'reason', coalesce(reason, ''), 'next_step', coalesce(next_step, '')))
             END)),
             next_step = NULL
         WHERE state IN (SELECT value FROM json_each(?))
           AND NOT (json_valid(reason) AND coalesce(json_type(reason, '$.restored'), '') = 'object')",
    )
    .bind(as_json(&stopped))
    .execute(conn)
    .await?;
    Ok(())
}

/// Goes on past numbers, references and print runs that were given since the
/// backup. The last print run that was passed over is kept in what this
/// returns.
async fn skip(conn: &mut SqliteConnection, marked: &Marks) -> Result<Skipped, StoreError> {
    let found = marks(conn).await?.unwrap_or_default();
    let mut skipped = Skipped::default();
    if found.letters < marked.letters {
        let name = |key| LetterId::from_key(key).to_string();
        skipped.letters = Some((name(found.letters + 1), name(marked.letters)));
        let known = sqlx::query("UPDATE sqlite_sequence SET seq = ? WHERE name = 'letter'")
            .bind(marked.letters)
            .execute(&mut *conn)
            .await?;
        if known.rows_affected() == 0 {
            sqlx::query("INSERT INTO sqlite_sequence (name, seq) VALUES ('letter', ?)")
                .bind(marked.letters)
                .execute(&mut *conn)
                .await?;
        }
    }
    if found.print_runs < marked.print_runs {
        skipped.print_runs = Some((found.print_runs + 1, marked.print_runs));
    }
    for number in &marked.numbers {
        let known = found.last(&number.series, number.period);
        if known >= number.last {
            continue;
        }
        sqlx::query(
            "INSERT INTO series (series, period, next) VALUES (?, ?, ?)
             ON CONFLICT (series, period) DO UPDATE SET next = excluded.next",
        )
        .bind(&number.series)
        .bind(number.period)
        .bind(number.last + 1)
        .execute(&mut *conn)
        .await?;
        skipped.numbers.push(SkippedNumbers {
            series: number.series.clone(),
            period: number.period,
            first: known + 1,
            last: number.last,
        });
    }
    Ok(skipped)
}
