//! Hand-overs of which nobody kept the end or the place.

use sqlx::SqliteConnection;

use super::claim::recover_handovers;
use super::{StoreError, as_json, attempt};
use crate::domain::{HandedTo, LetterId};

/// Hand-overs of which something was never kept.
#[derive(Debug, Clone, Copy)]
pub enum Unsettled<'a> {
    /// Those to this place that had begun and have no outcome, because the
    /// program ended in between. Their outcome is unknown.
    Interrupted {
        /// The time now.
        at: &'a str,
        /// The place.
        to: HandedTo,
    },
    /// Those of these letters, of before it was kept to whom. It was here.
    OfBefore(&'a [LetterId], HandedTo),
}

/// Keeps what is known now of hand-overs. Returns how many letters that
/// changed.
///
/// # Errors
/// When the store cannot be written.
pub async fn settle_handovers(
    conn: &mut SqliteConnection,
    which: Unsettled<'_>,
) -> Result<u64, StoreError> {
    match which {
        Unsettled::Interrupted { at, to } => recover_handovers(conn, at, to).await,
        Unsettled::OfBefore(letters, to) => settle_mails_of_before(conn, letters, to).await,
    }
}

async fn settle_mails_of_before(
    conn: &mut SqliteConnection,
    letters: &[LetterId],
    to: HandedTo,
) -> Result<u64, StoreError> {
    let keys: Vec<i64> = letters.iter().map(|id| id.key()).collect();
    attempt::enter_older(conn, &keys, to).await?;
    let done = sqlx::query(
        "UPDATE letter SET handed_to = ?, rounds = max(rounds, message_id IS NOT NULL)
         WHERE id IN (SELECT value FROM json_each(?)) AND state = 'sent' AND handed_to IS NULL
           AND dispatched_how IS NULL",
    )
    .bind(to.as_str())
    .bind(as_json(&keys))
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
