//! Hand-overs of which nobody kept the end or the place.

use sqlx::SqliteConnection;

use super::{Store, StoreError, as_json, attempt};
use crate::domain::{HandedTo, LetterId};

impl Store {
    /// Settles mails that were handed over before it was kept to whom: one
    /// whose file still stands, as `is_file` says of its Message-ID, is only
    /// written; any other left the house by the mail server or by the program
    /// that empties the folder.
    ///
    /// # Errors
    /// When the store cannot be read or written; then nothing was changed.
    pub async fn settle_mails_of_before(
        &self,
        is_file: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        let letters = mails_of_before(&mut *self.read().await?).await?;
        if letters.is_empty() {
            return Ok(());
        }
        let (written, left): (Vec<_>, Vec<_>) = letters
            .into_iter()
            .partition(|(_, message_id)| is_file(message_id));
        let mut tx = self.write().await?;
        for (letters, to) in [(written, HandedTo::File), (left, HandedTo::Gateway)] {
            let keys: Vec<i64> = letters.into_iter().map(|(id, _)| id.key()).collect();
            settle(&mut tx, &keys, to).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Mails that were handed over, nobody kept to whom: the letter and the
/// Message-ID of its mail. One that staff say arrived is none of them: nobody
/// knows how it left the house.
async fn mails_of_before(
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

/// Keeps to whom such mails were handed over.
async fn settle(conn: &mut SqliteConnection, keys: &[i64], to: HandedTo) -> Result<(), StoreError> {
    attempt::enter_older(conn, keys, to).await?;
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
