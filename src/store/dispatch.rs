//! That letters left the house after the night: recorded by staff, and taken
//! back when it was a mistake. The state stays; where a letter is follows
//! from what is recorded.

use chrono::NaiveDate;
use sqlx::SqliteConnection;

use super::{LetterRow, StoreError, letter};
use crate::domain::{Delivery, Dispatch, LetterId, StaffName, State, Whereabouts};

/// What staff say of letters that left the house.
#[derive(Debug, Clone, Copy)]
pub struct NewDispatch<'a> {
    /// How they left it.
    pub how: Dispatch,
    /// On which day.
    pub on: NaiveDate,
    /// The day it is said.
    pub today: NaiveDate,
    /// Who says so.
    pub by: &'a StaffName,
    /// When.
    pub at: &'a str,
}

/// Why nothing was recorded of a letter.
#[derive(Debug, thiserror::Error)]
pub enum DispatchRefusal {
    /// There is no such letter.
    #[error("{0}：この番号の書簡はありません。")]
    NoSuchLetter(LetterId),
    /// It is not at rest, or it goes another way.
    #[error("{id}：状態が「{}」なので、投函も手渡しも記録できません。", at.japanese())]
    NotWaiting {
        /// The letter.
        id: LetterId,
        /// Where it is.
        at: Whereabouts,
    },
    /// It is kept in the archive only and does not go by post.
    #[error("{0}：送付方法が「保管のみ」の書簡です。")]
    ArchiveOnly(LetterId),
    /// It was recorded before.
    #[error("{id}：{on}に{}として記録されています(記録した人：{by})。", at.japanese())]
    Recorded {
        /// The letter.
        id: LetterId,
        /// Where it is.
        at: Whereabouts,
        /// On which day it left.
        on: String,
        /// Who said so.
        by: String,
    },
    /// The day has not come.
    #[error("{0}は先の日付です。投函した日、手渡した日を書いてください。")]
    Future(NaiveDate),
    /// The letter was not there on that day.
    #[error(
        "{id}：{on}に出すことはできません。この書簡の日付とできた日のうち、遅い方は{made}です。日付と番号を確かめてください。"
    )]
    NotMadeYet {
        /// The letter.
        id: LetterId,
        /// The first day it can have left.
        made: NaiveDate,
        /// The day that was said.
        on: NaiveDate,
    },
    /// Nothing was recorded that could be taken back.
    #[error("{id}：投函も手渡しも記録されていません(状態：{})。", at.japanese())]
    NothingRecorded {
        /// The letter.
        id: LetterId,
        /// Where it is.
        at: Whereabouts,
    },
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

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

pub(super) fn remark(how: Dispatch, on: &str) -> String {
    format!("{} on {on}", how.as_str())
}

/// Records that a letter was posted or handed over and gives it back as it
/// was before. The caller commits.
///
/// # Errors
/// [`DispatchRefusal`]; the caller then rolls back, so that it is recorded of
/// all letters or of none.
pub async fn record_dispatch(
    conn: &mut SqliteConnection,
    id: LetterId,
    new: NewDispatch<'_>,
) -> Result<LetterRow, DispatchRefusal> {
    if new.on > new.today {
        return Err(DispatchRefusal::Future(new.on));
    }
    let row = letter(conn, id)
        .await?
        .ok_or(DispatchRefusal::NoSuchLetter(id))?;
    let at = row.at;
    if let Some(before) = &row.dispatched {
        return Err(DispatchRefusal::Recorded {
            id,
            at,
            on: before.on.clone(),
            by: before.by.clone(),
        });
    }
    match (row.state, row.delivery, new.how) {
        (State::Filed, Delivery::Archive, Dispatch::Posted) => {
            return Err(DispatchRefusal::ArchiveOnly(id));
        }
        (State::Filed, _, Dispatch::Posted | Dispatch::HandedOver) => {}
        _ => return Err(DispatchRefusal::NotWaiting { id, at }),
    }
    let made = made_on(conn, &row).await?;
    if new.on < made {
        let on = new.on;
        return Err(DispatchRefusal::NotMadeYet { id, made, on });
    }
    let on = new.on.to_string();
    write(conn, &row, Some((new.how, &on)), new.by, new.at).await?;
    Ok(row)
}

/// Takes back that a letter was posted or handed over and gives it back as
/// it was before. The caller commits.
///
/// # Errors
/// [`DispatchRefusal`], as for [`record_dispatch`].
pub async fn take_back_dispatch(
    conn: &mut SqliteConnection,
    id: LetterId,
    by: &StaffName,
    at: &str,
) -> Result<LetterRow, DispatchRefusal> {
    let row = letter(conn, id)
        .await?
        .ok_or(DispatchRefusal::NoSuchLetter(id))?;
    if row.state != State::Filed || row.dispatched.is_none() {
        return Err(DispatchRefusal::NothingRecorded { id, at: row.at });
    }
    write(conn, &row, None, by, at).await?;
    Ok(row)
}

/// The first day a letter can have left the house: it bears a date, and it
/// entered the register on a day, whichever is later.
async fn made_on(conn: &mut SqliteConnection, row: &LetterRow) -> Result<NaiveDate, StoreError> {
    let entered: Option<String> = sqlx::query_scalar(
        "SELECT entered_at FROM register WHERE letter_id = ? AND event = 'issued'",
    )
    .bind(row.id.key())
    .fetch_optional(conn)
    .await?;
    [row.issue_date.as_deref(), entered.as_deref()]
        .into_iter()
        .flatten()
        .filter_map(|text| text.get(..10)?.parse().ok())
        .max()
        .ok_or_else(|| StoreError::Corrupt(format!("{} is filed and was never made", row.id)))
}

/// Sets or clears what is recorded, with its row in the audit. The state
/// stays, and so does the number of attempts: the night is done with it.
pub(super) async fn write(
    conn: &mut SqliteConnection,
    row: &LetterRow,
    left: Option<(Dispatch, &str)>,
    by: &StaffName,
    at: &str,
) -> Result<(), StoreError> {
    let said = left.is_some();
    let done = sqlx::query(
        "UPDATE letter
         SET dispatched_how = ?1, dispatched_on = ?2, dispatched_by = ?3, dispatched_at = ?4
         WHERE id = ?5 AND state = ?6 AND (dispatched_how IS NULL) = ?7",
    )
    .bind(left.map(|(how, _)| how.as_str()))
    .bind(left.map(|(_, on)| on))
    .bind(said.then_some(by.as_str()))
    .bind(said.then_some(at))
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
    .bind(at)
    .bind(row.id.key())
    .bind(by.as_str())
    .bind(row.state.as_str())
    .bind(match left {
        Some((how, on)) => remark(how, on),
        None => TAKEN_BACK.to_owned(),
    })
    .execute(conn)
    .await?;
    Ok(())
}

/// The receipt number of the request a letter belongs to, if that was closed
/// as answered.
///
/// # Errors
/// When the store cannot be read.
pub async fn answered_request_of(
    conn: &mut SqliteConnection,
    id: LetterId,
) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT receipt_number FROM request
         JOIN letter ON letter.request_id = request.id
         WHERE letter.id = ? AND close_reason = 'answered'",
    )
    .bind(id.key())
    .fetch_optional(conn)
    .await?)
}

/// The letters of the print file of a date of which it was recorded last that
/// they left the house, all at the same time.
///
/// # Errors
/// When the store cannot be read.
pub async fn last_recorded_of(
    conn: &mut SqliteConnection,
    print_date: &str,
) -> Result<Vec<LetterId>, StoreError> {
    let keys: Vec<i64> = sqlx::query_scalar(
        "SELECT id FROM letter
         WHERE print_date = ?1 AND state = 'filed'
           AND dispatched_at = (SELECT MAX(dispatched_at) FROM letter
                                WHERE print_date = ?1 AND state = 'filed')
         ORDER BY id",
    )
    .bind(print_date)
    .fetch_all(conn)
    .await?;
    Ok(keys.into_iter().map(LetterId::from_key).collect())
}
