//! The attempts to hand letters' mails over: each begins with the mark of the
//! hand-over and ends with its outcome, in the same transactions, and stands
//! from then on.

use sqlx::{FromRow, SqliteConnection};

use super::types::Stored;
use super::{StoreError, as_json};
use crate::domain::{AttemptOutcome, HandedTo, LetterId, NIGHT_ACTOR as NIGHT, Stamp, in_one_line};

/// The most characters kept of what a mail server answered.
const WORDS_MOST: usize = 300;

/// One attempt to hand a letter's mail over.
#[derive(Debug, Clone, serde::Serialize, FromRow)]
pub struct AttemptRow {
    /// 1, 2, …
    pub round: i64,
    /// To whom; none where nobody kept it.
    pub handed_to: Option<HandedTo>,
    /// Message-ID of the mail.
    pub message_id: String,
    /// When it began; none where nobody kept it.
    pub began_at: Option<Stamp>,
    /// When its outcome was known.
    pub ended_at: Option<Stamp>,
    /// What came of it; none as long as it is under way.
    pub outcome: Option<AttemptOutcome>,
    /// What the mail server answered, or why it could not be asked. Data of a
    /// person's mail: never log it.
    pub words: Option<String>,
}

impl Stored for AttemptRow {
    const ROW: (&'static str, &'static str) = ("attempt of letter", "letter_id");
}

/// The attempts to hand a letter's mail over, in their order.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn attempts_of(
    conn: &mut SqliteConnection,
    id: LetterId,
) -> Result<Vec<AttemptRow>, StoreError> {
    let rows = sqlx::query("SELECT * FROM attempt WHERE letter_id = ? ORDER BY round")
        .bind(id.key())
        .fetch_all(conn)
        .await?;
    Stored::all(&rows)
}

/// An attempt that begins, as it travels into [`BEGIN`]: letter, to whom,
/// Message-ID.
pub(super) type Begun<'a> = (i64, &'static str, &'a str);

/// Enters attempts that begin, after their letters' rows were changed. $3 is
/// the time, $8 the attempts. The round is that after the attempts there are,
/// whatever the letter's row says: it could stop the letters beside it.
pub(super) const BEGIN: &str = "
    INSERT INTO attempt (letter_id, round, handed_to, message_id, began_at)
    SELECT letter.id, 1 + (SELECT count(*) FROM attempt WHERE letter_id = letter.id),
           row.value ->> 1, row.value ->> 2, $3
    FROM json_each($8) AS row JOIN letter ON letter.id = row.value ->> 0";

/// An attempt that ends, as it travels into [`END`]: letter, outcome, words.
pub(super) type Ended = (i64, &'static str, Option<String>);

/// Enters what came of attempts under way. $3 is the time, $9 the attempts.
pub(super) const END: &str = "
    UPDATE attempt
    SET ended_at = $3, outcome = row.value ->> 1, words = row.value ->> 2
    FROM json_each($9) AS row
    WHERE attempt.letter_id = row.value ->> 0 AND attempt.outcome IS NULL";

/// What a mail server said, as it may be kept; nothing where it said nothing.
pub(super) fn kept_words(words: &str) -> Option<String> {
    Some(in_one_line(words, WORDS_MOST)).filter(|words| !words.is_empty())
}

/// Ends the attempts that had begun at this place and have no outcome: their
/// answers are lost.
pub(super) async fn lose(
    conn: &mut SqliteConnection,
    at: &str,
    to: HandedTo,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE attempt SET ended_at = ?, outcome = ?
         WHERE outcome IS NULL AND coalesce(handed_to, 'gateway') = ?",
    )
    .bind(at)
    .bind(AttemptOutcome::Lost.as_str())
    .bind(to.as_str())
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends the attempts under way of mails whose files stand. The keys are a list
/// in JSON.
pub(super) async fn end_written(
    conn: &mut SqliteConnection,
    at: &str,
    keys: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE attempt SET ended_at = ?, outcome = ?, words = 'its file stands'
         WHERE outcome IS NULL AND handed_to = 'file'
           AND letter_id IN (SELECT value FROM json_each(?))",
    )
    .bind(at)
    .bind(AttemptOutcome::taken(HandedTo::File).as_str())
    .bind(keys)
    .execute(conn)
    .await?;
    Ok(())
}

/// Enters the attempts of mails of before that nobody kept the place of, now
/// that it is known. The letters' rows are changed afterwards.
pub(super) async fn enter_older(
    conn: &mut SqliteConnection,
    letters: &[i64],
    to: HandedTo,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO attempt (letter_id, round, handed_to, message_id, began_at, ended_at, outcome)
         SELECT id, 1, ?, message_id, handover_at,
                (SELECT max(at) FROM audit
                 WHERE letter_id = letter.id AND actor = ? AND to_state = 'sent'),
                ?
         FROM letter
         WHERE id IN (SELECT value FROM json_each(?)) AND state = 'sent' AND handed_to IS NULL
           AND dispatched_how IS NULL AND message_id IS NOT NULL AND rounds = 0",
    )
    .bind(to.as_str())
    .bind(NIGHT)
    .bind(AttemptOutcome::taken(to).as_str())
    .bind(as_json(&letters))
    .execute(conn)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
