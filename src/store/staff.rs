//! What staff do to single letters.

use sqlx::SqliteConnection;

use super::dispatch::{self, TAKEN_BACK, remark};
use super::register::{NewEntry, append};
use super::{LetterRow, StoreError, as_json, letter};
use crate::domain::{Dispatch, Event, HandedTo, LetterId, Reason, StaffName, State, Whereabouts};

/// The remark on a letter that was cancelled after it stood on paper or in a
/// file.
pub const PULLED: &str = "pulled";

/// An act of a member of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffAction {
    /// Approve it (never the person who queued it).
    Approve,
    /// Stop it for now.
    Hold,
    /// Let a held letter go on.
    Resume,
    /// Withdraw it for good.
    Cancel,
    /// The same, also of a letter that was printed or became a file: the sheet
    /// was pulled, the file removed, so it can leave the house no more.
    CancelPulled,
    /// Try a parked or failed letter again.
    Retry,
    /// A letter of unknown outcome did arrive, or a mail in a file was sent
    /// by another program.
    ConfirmDelivered,
    /// A mail of unknown outcome stands in its file.
    ConfirmWritten,
    /// A letter of unknown outcome did not arrive; it is sent again. Of one
    /// that staff said was sent it takes that back.
    ConfirmUndelivered,
}

/// Why an act did not happen, in Japanese; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StaffRefusal {
    /// There is no such letter.
    #[error("{0}：この番号の書簡はありません。yobin list で番号を確かめてください。")]
    NoSuchLetter(LetterId),
    /// The letter's state does not allow it.
    #[error("{id}：状態が「{}」なので、この操作はできません。{hint}", at.japanese())]
    WrongState {
        /// The letter.
        id: LetterId,
        /// Where it is.
        at: Whereabouts,
        /// What to do instead.
        hint: String,
    },
    /// The one who queued it cannot approve it.
    #[error(
        "{0}：受け付けた人は承認できません。別の人が --as で自分の名前を付けて承認してください。"
    )]
    OwnLetter(LetterId),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Does one act to one letter and says where it is then. The caller commits.
///
/// # Errors
/// [`StaffRefusal`]; the caller then rolls back, so that an act on several
/// letters happens to all of them or to none.
pub async fn act(
    conn: &mut SqliteConnection,
    id: LetterId,
    action: StaffAction,
    actor: &StaffName,
    at: &str,
) -> Result<Whereabouts, StaffRefusal> {
    let row = letter(conn, id)
        .await?
        .ok_or(StaffRefusal::NoSuchLetter(id))?;
    let refused = || StaffRefusal::WrongState {
        id,
        at: row.at,
        hint: hint(action, &row),
    };
    if about_file(conn, &row, action, actor, at).await? {
        return whereabouts(conn, id).await;
    }
    let event = event_of(action, &row).ok_or_else(refused)?;
    let to = row.state.after(event).map_err(|_| refused())?;
    // A letter the mail server may be reading at this moment is out of reach.
    if row.state == State::Released && row.handover_at.is_some() {
        return Err(refused());
    }
    let is_own = || StaffName::recorded(&row.queued_by).is_same_person(actor);
    if action == StaffAction::Approve && is_own() {
        return Err(StaffRefusal::OwnLetter(id));
    }
    change(conn, &row, to, action, actor, at).await?;
    if to == State::Cancelled {
        void_number(conn, &row, at).await?;
    }
    sqlx::query(
        "INSERT INTO audit (at, letter_id, actor, from_state, to_state, note)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(at)
    .bind(id.key())
    .bind(actor.as_str())
    .bind(row.state.as_str())
    .bind(to.as_str())
    .bind(match event {
        Event::TakeBackDelivered => Some(TAKEN_BACK.to_owned()),
        Event::CancelPulled => Some(PULLED.to_owned()),
        _ => passed_on(action, &row).then(|| remark(Dispatch::PassedOn, day_of(at))),
    })
    .execute(&mut *conn)
    .await
    .map_err(StoreError::from)?;
    whereabouts(conn, id).await
}

/// Where a letter is by now.
async fn whereabouts(
    conn: &mut SqliteConnection,
    id: LetterId,
) -> Result<Whereabouts, StaffRefusal> {
    let row = letter(conn, id).await?;
    Ok(row.ok_or(StaffRefusal::NoSuchLetter(id))?.at)
}

/// What staff say of a mail that stands in a file: its state stays. Whether
/// it was that.
async fn about_file(
    conn: &mut SqliteConnection,
    row: &LetterRow,
    action: StaffAction,
    actor: &StaffName,
    at: &str,
) -> Result<bool, StoreError> {
    let left = match (action, row.at) {
        (StaffAction::ConfirmDelivered, Whereabouts::Written) => {
            Some((Dispatch::PassedOn, day_of(at)))
        }
        (StaffAction::ConfirmUndelivered, _)
            if is_said_sent(row) && row.handed_to == Some(HandedTo::File) =>
        {
            None
        }
        _ => return Ok(false),
    };
    dispatch::write(conn, row, left, actor, at).await?;
    Ok(true)
}

/// Whether a mail is sent because staff said so.
fn is_said_sent(row: &LetterRow) -> bool {
    row.state == State::Sent && row.dispatched.is_some()
}

/// Whether the act says that a mail of unknown outcome left the house though
/// no mail server took it: it may stand in a file.
fn passed_on(action: StaffAction, row: &LetterRow) -> bool {
    action == StaffAction::ConfirmDelivered && row.handed_to != Some(HandedTo::Gateway)
}

/// The day of a time, `2026-11-24`.
fn day_of(at: &str) -> &str {
    at.get(..10).unwrap_or(at)
}

fn event_of(action: StaffAction, row: &LetterRow) -> Option<Event> {
    let back = || row.resume_state.as_deref()?.parse::<State>().ok();
    Some(match action {
        StaffAction::Approve => Event::Approve,
        StaffAction::Hold => Event::Hold,
        StaffAction::Resume => Event::Resume(back()?),
        StaffAction::CancelPulled if is_on_paper(row) => Event::CancelPulled,
        // Of one in a print file somebody has to say where the paper is.
        StaffAction::Cancel if row.at == Whereabouts::Unposted && row.print_date.is_none() => {
            Event::CancelUnprinted
        }
        StaffAction::Cancel | StaffAction::CancelPulled => Event::Cancel,
        StaffAction::Retry => Event::Retry(back()?),
        StaffAction::ConfirmDelivered | StaffAction::ConfirmWritten => Event::ConfirmDelivered,
        // Nobody knows then where its mail is, as before it was said.
        StaffAction::ConfirmUndelivered if is_said_sent(row) => Event::TakeBackDelivered,
        StaffAction::ConfirmUndelivered => Event::ConfirmUndelivered,
    })
}

/// Whether it stands on paper or in a file, and nobody said that it left the
/// house. A letter by post that no print file holds may stand on paper as
/// well: a file made again leaves letters out that it held.
fn is_on_paper(row: &LetterRow) -> bool {
    matches!(row.at, Whereabouts::Unposted | Whereabouts::Written)
}

async fn change(
    conn: &mut SqliteConnection,
    row: &LetterRow,
    to: State,
    action: StaffAction,
    actor: &StaffName,
    at: &str,
) -> Result<(), StaffRefusal> {
    let approves = action == StaffAction::Approve;
    let holds = action == StaffAction::Hold;
    let sends_again = action == StaffAction::ConfirmUndelivered && to == State::Released;
    let reason = (to == State::Unknown).then(|| as_json(&Reason::ArrivalTakenBack));
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
    .bind(to.as_str())
    .bind(holds)
    .bind(approves)
    .bind(actor.as_str())
    .bind(at)
    .bind(sends_again)
    .bind(row.id.key())
    .bind(row.state.as_str())
    .bind(row.attempt)
    .bind(passed_on(action, row))
    .bind(day_of(at))
    .bind(action == StaffAction::ConfirmWritten)
    .bind(reason)
    .execute(conn)
    .await
    .map_err(StoreError::from)?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StoreError::Corrupt(format!("{} changed under a lock", row.id)).into())
    }
}

/// The number of a withdrawn letter stays in the register as void (欠番).
async fn void_number(
    conn: &mut SqliteConnection,
    row: &LetterRow,
    at: &str,
) -> Result<(), StoreError> {
    let (Some(number), Some(issue_date)) = (&row.number, &row.issue_date) else {
        return Ok(());
    };
    let entry = NewEntry {
        event: "void",
        letter: row.id,
        number: number.clone(),
        kind: row.kind.clone(),
        outcome: row.outcome.clone(),
        issue_date: issue_date.clone(),
        data_sha256: None,
        pdf_sha256: None,
        pdf_bytes: None,
        entered_at: at,
    };
    append(conn, entry).await
}

fn hint(action: StaffAction, row: &LetterRow) -> String {
    let id = row.id;
    let date = row.print_date.as_deref().unwrap_or_default();
    match (action, row.at) {
        (StaffAction::Cancel, Whereabouts::Unposted) => format!(
            "印刷用ファイル(out/print/{date})に入っています。まだ投函していなければ、印刷した紙を抜いて投函しないようにし、その後 yobin cancel {id} --pulled --as 名前 で取り消してください。投函していたときは、yobin posted {id} --on 投函した日 --as 名前 で記録してください。"
        ),
        (StaffAction::Cancel, Whereabouts::Written) => format!(
            "メールがファイルに書き出されています(out/mail の、名前が {id} で始まるファイル)。ほかのプログラムがまだ送っていなければ、そのファイルを消し、その後 yobin cancel {id} --pulled --as 名前 で取り消してください。送っていたときは、yobin confirm {id} --delivered --as 名前 で記録してください。"
        ),
        (StaffAction::Hold, Whereabouts::Unposted | Whereabouts::Written) => format!(
            "作成が終わっているので、保留にはできません。出さないときは、yobin cancel {id} --as 名前 で取り消してください。"
        ),
        _ => fixed_hint(action, row).to_owned(),
    }
}

fn fixed_hint(action: StaffAction, row: &LetterRow) -> &'static str {
    match (action, row.at) {
        (StaffAction::ConfirmUndelivered, Whereabouts::Written) => {
            return "まだ送られていないので、記録することはありません。";
        }
        (StaffAction::ConfirmDelivered | StaffAction::ConfirmUndelivered, at)
            if at == Whereabouts::Unposted || at == Whereabouts::In(State::Filed) =>
        {
            return "投函したこと、手渡したことは、yobin posted で記録してください。";
        }
        _ => {}
    }
    match (action, row.state) {
        (_, State::Cancelled) => {
            "取消は元に戻せません。出し直すときは、記録を直して新しく受け付けてください。"
        }
        (StaffAction::Retry, State::Unknown) => {
            "届いたかどうかを相手に確かめ、yobin confirm で --delivered か --not-delivered を付けて記録してください。"
        }
        (StaffAction::Cancel | StaffAction::CancelPulled | StaffAction::Hold, State::Unknown) => {
            "届いたかどうかを確かめ、yobin confirm で記録してください。"
        }
        (
            StaffAction::Cancel | StaffAction::CancelPulled | StaffAction::Hold,
            State::Sent | State::Filed | State::Released,
        ) => "すでに発信の段階です。",
        (StaffAction::Hold, State::Parked | State::Failed) => {
            "すでに止まっています。再開は yobin retry、取消は yobin cancel です。"
        }
        (StaffAction::Resume, State::Parked | State::Failed) => "再開は yobin retry です。",
        (StaffAction::Retry, State::Held) => "再開は yobin resume です。",
        (StaffAction::Approve, State::Held) => "先に yobin resume で保留を解いてください。",
        (StaffAction::Approve, State::Approved) => "すでに承認されています。",
        _ => "yobin show で今の状態を確かめてください。",
    }
}
