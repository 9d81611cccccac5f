//! Closing a request.

use sqlx::SqliteConnection;

use super::{
    LetterRow, RequestRow, StoreError, letters_of_request, look_alike_request, request, rights_of,
    twins_of_request,
};
use crate::domain::{CloseReason, Right, StaffName, State, Whereabouts};

/// Why a request was not closed, in Japanese; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CloseRefusal {
    /// There is no such request.
    #[error(
        "{0}：この受付番号の請求は登録されていません。yobin request list --all で番号を確かめてください。"
    )]
    NoSuchRequest(String),
    /// There is none, but one that looks like it.
    #[error(
        "{number}：この受付番号の請求は登録されていませんが、よく似た番号「{known}」の請求があります。その請求のことなら、そのとおりに書いてください。"
    )]
    LooksLike {
        /// The number as given.
        number: String,
        /// The known one.
        known: String,
    },
    /// More than one request has the number, and none is written so.
    #[error(
        "{number}：この受付番号の請求は、書き方の違う{written}が登録されています。どちらかを、登録されたとおりの書き方で指定してください。"
    )]
    Shared {
        /// The number as given.
        number: String,
        /// All writings.
        written: String,
    },
    /// It is closed already.
    #[error("{number}：この請求はすでに終わっています(理由：{reason})。")]
    Closed {
        /// Its receipt number.
        number: String,
        /// The reason.
        reason: &'static str,
    },
    /// Some of what was asked for has no answer that left the house.
    #[error(
        "{number}：まだ回答していない請求があります({rights})。回答の書簡を出し、郵送や手渡しは出したことを記録してから終えてください。この仕組みの外で回答したときは、理由を「{elsewhere}」にしてください。",
        elsewhere = CloseReason::AnsweredElsewhere.label()
    )]
    Unanswered {
        /// Its receipt number.
        number: String,
        /// The rights, in Japanese, with the letters that wait.
        rights: String,
    },
    /// It cannot have been a mistake: letters decide it.
    #[error(
        "{number}：決定の書簡({letter})があるため、登録誤りとして終えることはできません。書簡が誤りで、まだ送っていないときは、先に yobin cancel で取り消してください。"
    )]
    Decided {
        /// Its receipt number.
        number: String,
        /// The letter.
        letter: String,
    },
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// The one request staff mean by a number.
///
/// # Errors
/// [`CloseRefusal`] when there is none or more than one.
pub async fn the_request(
    conn: &mut SqliteConnection,
    receipt_number: &str,
) -> Result<RequestRow, CloseRefusal> {
    let number = receipt_number.to_owned();
    let Some(row) = request(conn, receipt_number).await? else {
        return Err(match look_alike_request(conn, receipt_number).await? {
            Some(known) => CloseRefusal::LooksLike { number, known },
            None => CloseRefusal::NoSuchRequest(number),
        });
    };
    let twins = twins_of_request(conn, &row).await?;
    if twins.is_empty() || row.receipt_number == number {
        return Ok(row);
    }
    let all = [vec![row.receipt_number], twins].concat();
    let written = all.iter().map(|number| format!("「{number}」")).collect();
    Err(CloseRefusal::Shared { number, written })
}

/// Closes a request and gives it back with its letters that may still go
/// out. `is_decided_by_letters` says for which rights there are letters that
/// decide them; where there are none and no two weeks run, staff alone know
/// whether an answer went out. The caller commits.
///
/// # Errors
/// [`CloseRefusal`]; then nothing was changed.
pub async fn close_request(
    conn: &mut SqliteConnection,
    receipt_number: &str,
    reason: CloseReason,
    is_decided_by_letters: impl Fn(Right) -> bool,
    actor: &StaffName,
    at: &str,
) -> Result<(RequestRow, Vec<LetterRow>), CloseRefusal> {
    let row = the_request(conn, receipt_number).await?;
    let number = row.receipt_number.clone();
    if let Some(reason) = row.close_reason()? {
        return Err(CloseRefusal::Closed {
            number,
            reason: reason.label(),
        });
    }
    let rights = rights_of(conn, row.id).await?;
    if reason == CloseReason::Answered {
        let open: Vec<String> = rights
            .iter()
            .filter(|asked| {
                let right = asked.right;
                let demanded = right.is_under_article_39() || is_decided_by_letters(right);
                demanded && !asked.is_answered()
            })
            .map(|asked| match asked.letter {
                Some((letter, at)) => {
                    format!("{}：{letter} {}", asked.right.label(), at.japanese())
                }
                None => asked.right.label().to_owned(),
            })
            .collect();
        if !open.is_empty() {
            let rights = open.join("、");
            return Err(CloseRefusal::Unanswered { number, rights });
        }
    }
    if reason == CloseReason::Mistaken
        && let Some((letter, _)) = rights.iter().find_map(|asked| asked.letter)
    {
        let letter = letter.to_string();
        return Err(CloseRefusal::Decided { number, letter });
    }
    let closed = sqlx::query(
        "UPDATE request
         SET status = 'closed', close_reason = ?, closed_by = ?, closed_at = ?
         WHERE id = ? AND status = 'open'",
    )
    .bind(reason.as_str())
    .bind(actor.as_str())
    .bind(at)
    .bind(row.id)
    .execute(&mut *conn)
    .await
    .map_err(StoreError::from)?;
    if closed.rows_affected() != 1 {
        let what = "a request changed under a lock".to_owned();
        return Err(StoreError::Corrupt(what).into());
    }
    sqlx::query(
        "INSERT INTO request_audit (at, request_id, actor, act, note)
         VALUES (?, ?, ?, 'closed', ?)",
    )
    .bind(at)
    .bind(row.id)
    .bind(actor.as_str())
    .bind(reason.as_str())
    .execute(&mut *conn)
    .await
    .map_err(StoreError::from)?;
    let mut letters = letters_of_request(conn, row.id).await?;
    letters.retain(|letter| {
        let rests = [State::Filed, State::Cancelled].map(Whereabouts::In);
        !letter.at.left_house() && !rests.contains(&letter.at)
    });
    Ok((row, letters))
}
