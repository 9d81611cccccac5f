//! That letters left the house after the night: recorded by staff, and taken
//! back when it was a mistake. The state stays; where a letter is follows
//! from what is recorded.

use chrono::NaiveDate;
use sqlx::SqliteConnection;

use super::acceptance::stop_again;
use super::types::day;
use super::{LetterRow, StoreError};
use crate::domain::{By, Dispatch, LetterId};

/// What a remark of the audit says of a letter's leaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded<'a> {
    /// It left the house.
    Left {
        /// How.
        how: Dispatch,
        /// On which day.
        on: &'a str,
    },
    /// That was a mistake.
    TakenBack,
}

/// The remark that what staff had said of a letter was a mistake.
pub(super) const TAKEN_BACK: &str = "taken back";

/// Reads a remark of the audit.
pub fn recorded_in(note: &str) -> Option<Recorded<'_>> {
    if note == TAKEN_BACK {
        return Some(Recorded::TakenBack);
    }
    let (how, on) = note.split_once(" on ")?;
    let how = how.parse().ok()?;
    Some(Recorded::Left { how, on })
}

pub(super) fn remark(how: Dispatch, on: NaiveDate) -> String {
    format!("{} on {on}", how.as_str())
}

/// The day a letter entered the register.
pub(super) async fn entered_on(
    conn: &mut SqliteConnection,
    id: LetterId,
) -> Result<Option<NaiveDate>, StoreError> {
    let entered: Option<String> = sqlx::query_scalar(
        "SELECT entered_at FROM register WHERE letter_id = ? AND event = 'issued'",
    )
    .bind(id.key())
    .fetch_optional(conn)
    .await?;
    Ok(entered.as_deref().and_then(|text| day(text.get(..10)?)))
}

impl LetterRow {
    /// The first day it can have left the house: it bears a date, and it
    /// entered the register on a day, whichever is later.
    ///
    /// # Errors
    /// When it was never made.
    pub fn made_on(&self, entered_on: Option<NaiveDate>) -> Result<NaiveDate, StoreError> {
        self.issue_date
            .max(entered_on)
            .ok_or_else(|| StoreError::Corrupt(format!("{} is filed and was never made", self.id)))
    }
}

/// Sets or clears what is recorded, with its row in the audit. The state
/// stays, unless nobody knows any more whether a letter left before the
/// database was put back, and so does the number of attempts: the night is done with it.
pub(super) async fn write(
    conn: &mut SqliteConnection,
    row: &LetterRow,
    left: Option<(Dispatch, NaiveDate)>,
    by: &By,
) -> Result<(), StoreError> {
    let said = left.is_some();
    let at = by.at.to_string();
    let done = sqlx::query(
        "UPDATE letter
         SET dispatched_how = ?1, dispatched_on = ?2, dispatched_by = ?3, dispatched_at = ?4
         WHERE id = ?5 AND state = ?6 AND (dispatched_how IS NULL) = ?7",
    )
    .bind(left.map(|(how, _)| how.as_str()))
    .bind(left.map(|(_, on)| on.to_string()))
    .bind(said.then_some(by.who.as_str()))
    .bind(said.then_some(&at))
    .bind(row.id.key())
    .bind(row.state.as_str())
    .bind(said)
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() != 1 {
        return Err(StoreError::Corrupt(format!(
            "{} changed under a lock",
            row.id
        )));
    }
    sqlx::query(
        "INSERT INTO audit (at, letter_id, actor, from_state, to_state, note)
         VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
    )
    .bind(&at)
    .bind(row.id.key())
    .bind(by.who.as_str())
    .bind(row.state.as_str())
    .bind(match left {
        Some((how, on)) => remark(how, on),
        None => TAKEN_BACK.to_owned(),
    })
    .execute(&mut *conn)
    .await?;
    match left {
        Some(_) => Ok(()),
        None => stop_again(conn, row, by).await,
    }
}
