//! What staff do to single letters: the changes alone. What may be changed is
//! decided before, by [`LetterAction::decide`].

use sqlx::SqliteConnection;

use super::dispatch::{self, TAKEN_BACK, remark};
use super::register::{NewEntry, append};
use super::{LetterRow, StoreError, as_json};
use crate::domain::{By, Dispatch, Event, LetterChange, LetterFacts, Move, Reason, State};

/// The remark on a letter that was cancelled after it stood on paper or in a
/// file.
pub const PULLED: &str = "pulled";

impl LetterRow {
    /// What the rules of acts look at.
    pub fn facts(&self) -> LetterFacts {
        LetterFacts {
            id: self.id,
            state: self.state,
            at: self.at,
            resume: self.resume_state,
            delivery: self.delivery,
            handed_to: self.handed_to,
            handover_began: self.handover_at.is_some(),
            printed: self.printed,
            dispatched: self
                .dispatched
                .as_ref()
                .map(|left| (left.on, left.by.clone())),
            queued_by: self.queued_by.clone(),
            may_have_left: self.may_have_left(),
        }
    }

    /// Whether it waits for a person because the database was put back from a
    /// backup, and is in the register.
    fn may_have_left(&self) -> bool {
        let restored = matches!(self.reason, Some(Reason::Restored { .. }));
        let registered = self
            .resume_state
            .is_some_and(|from| State::REGISTERED.contains(&from));
        restored && registered && self.register_seq.is_some()
    }
}

/// Changes one letter as decided, with its row in the audit; the number of a
/// withdrawn one becomes void. The caller commits, and rolls back when this
/// fails.
///
/// # Errors
/// When the store cannot be written, or the letter is not as it was read.
pub async fn change_letter(
    conn: &mut SqliteConnection,
    row: &LetterRow,
    what: LetterChange,
    by: &By,
) -> Result<(), StoreError> {
    let moves = match what {
        LetterChange::Moves(moves) => moves,
        LetterChange::Leaves(left) => return dispatch::write(conn, row, left, by).await,
    };
    change(conn, row, moves, by).await?;
    if moves.to == State::Cancelled {
        void_number(conn, row, by).await?;
    }
    sqlx::query(
        "INSERT INTO audit (at, letter_id, actor, from_state, to_state, note)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(by.at.to_string())
    .bind(row.id.key())
    .bind(by.who.as_str())
    .bind(row.state.as_str())
    .bind(moves.to.as_str())
    .bind(match moves.event {
        Event::TakeBackDelivered => Some(TAKEN_BACK.to_owned()),
        Event::CancelPulled => Some(PULLED.to_owned()),
        _ => moves
            .passed_on
            .then(|| remark(Dispatch::PassedOn, by.today())),
    })
    .execute(conn)
    .await?;
    Ok(())
}

async fn change(
    conn: &mut SqliteConnection,
    row: &LetterRow,
    moves: Move,
    by: &By,
) -> Result<(), StoreError> {
    let approves = moves.event == Event::Approve;
    let holds = moves.event == Event::Hold;
    let sends_again = moves.event == Event::ConfirmUndelivered;
    let reason = (moves.to == State::Unknown).then(|| as_json(&Reason::ArrivalTakenBack));
    // Every act ends what the night is doing with the letter (attempt + 1)
    // and answers the remark it had; a retry starts counting tries anew.
    let done = sqlx::query(
        "UPDATE letter
         SET state = ?1,
             attempt = attempt + 1,
             render_tries = 0,
             resume_state = CASE WHEN ?2 THEN state ELSE NULL END,
             approved_by = CASE WHEN ?3 THEN ?4 ELSE approved_by END,
             approved_at = CASE WHEN ?3 THEN ?5 ELSE approved_at END,
             approval_sha256 = CASE WHEN ?3 THEN ?14 ELSE approval_sha256 END,
             message_id = CASE WHEN ?6 THEN NULL ELSE message_id END,
             handover_at = CASE WHEN ?6 THEN NULL ELSE handover_at END,
             handed_to = CASE WHEN ?6 THEN NULL WHEN ?12 THEN 'file' ELSE handed_to END,
             dispatched_how = CASE WHEN ?10 THEN 'passed_on' END,
             dispatched_on = CASE WHEN ?10 THEN ?11 END,
             dispatched_by = CASE WHEN ?10 THEN ?4 END,
             dispatched_at = CASE WHEN ?10 THEN ?5 END,
             reason = ?13,
             next_step = NULL
         WHERE id = ?7 AND state = ?8 AND attempt = ?9",
    )
    .bind(moves.to.as_str())
    .bind(holds)
    .bind(approves)
    .bind(by.who.as_str())
    .bind(by.at.to_string())
    .bind(sends_again)
    .bind(row.id.key())
    .bind(row.state.as_str())
    .bind(row.attempt)
    .bind(moves.passed_on)
    .bind(by.today().to_string())
    .bind(moves.in_file)
    .bind(reason)
    .bind(by.approval_sha256(&row.id.to_string(), &row.record_sha256))
    .execute(conn)
    .await?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StoreError::Corrupt(format!(
            "{} changed under a lock",
            row.id
        )))
    }
}

/// The number of a withdrawn letter stays in the register as void (欠番).
async fn void_number(
    conn: &mut SqliteConnection,
    row: &LetterRow,
    by: &By,
) -> Result<(), StoreError> {
    let (Some(number), Some(issue_date)) = (&row.number, &row.issue_date) else {
        return Ok(());
    };
    let at = by.at.to_string();
    let entry = NewEntry {
        event: "void",
        letter: row.id,
        number: number.clone(),
        kind: row.kind.clone(),
        outcome: row.outcome.clone(),
        issue_date: issue_date.to_string(),
        data_sha256: None,
        pdf_sha256: None,
        pdf_bytes: None,
        entered_at: &at,
    };
    append(conn, entry).await
}
