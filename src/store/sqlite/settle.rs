//! Mails of before it was kept to whom they were handed over.

use sqlx::SqliteConnection;

use super::{StoreError, as_json, attempt};
use crate::domain::{HandedTo, LetterId};

/// Mails that were handed over, nobody kept to whom: the letter and the
/// Message-ID of its mail. One that staff say arrived is none of them: nobody
/// knows how it left the house.
///
/// # Errors
/// When the store cannot be read.
pub async fn mails_of_before(
    conn: &mut SqliteConnection,
) -> Result<Vec<(LetterId, String)>, StoreError> {
    // In the words of the index, so that it is used.
    Ok(sqlx::query_as(
        "SELECT id, COALESCE(message_id, '') AS message_id FROM letter
         WHERE state = 'sent' AND handed_to IS NULL AND dispatched_how IS NULL
         ORDER BY id",
    )
    .fetch_all(conn)
    .await?)
}

/// Keeps to whom such mails were handed over. The caller commits.
///
/// # Errors
/// When the store cannot be written.
pub async fn settle_mails_of_before(
    conn: &mut SqliteConnection,
    letters: &[LetterId],
    to: HandedTo,
) -> Result<(), StoreError> {
    let keys: Vec<i64> = letters.iter().map(|id| id.key()).collect();
    attempt::enter_older(conn, &keys, to).await?;
    sqlx::query(
        "UPDATE letter SET handed_to = ?, rounds = max(rounds, message_id IS NOT NULL)
         WHERE id IN (SELECT value FROM json_each(?)) AND state = 'sent' AND handed_to IS NULL
           AND dispatched_how IS NULL",
    )
    .bind(to.as_str())
    .bind(as_json(&keys))
    .execute(conn)
    .await?;
    Ok(())
}
