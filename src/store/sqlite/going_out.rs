//! Mails that are made and wait to go out, and why a run left them waiting.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::claim::waits_to_go;
use super::step::NIGHT;
use super::{StoreError, as_json, attempt};
use crate::domain::{LetterId, MailHalt};

/// The mails of batches up to the business date `until` that are made and wait
/// to go out, in the order they were queued.
///
/// # Errors
/// When the store cannot be read.
pub async fn to_go(conn: &mut SqliteConnection, until: &str) -> Result<Vec<LetterId>, StoreError> {
    Ok(sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT id FROM letter WHERE {} AND batch_date <= ? ORDER BY id",
        waits_to_go()
    )))
    .bind(until)
    .fetch_all(conn)
    .await?)
}

/// Mails whose hand-over to a file had begun and has no outcome, because the
/// program ended in between: the letter, its Message-ID and the round.
///
/// # Errors
/// When the store cannot be read.
pub async fn interrupted_files(
    conn: &mut SqliteConnection,
) -> Result<Vec<(LetterId, String, i64)>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT id, coalesce(message_id, '') AS message_id, rounds FROM letter
         WHERE state = 'released' AND handover_at IS NOT NULL AND handed_to = 'file'
         ORDER BY id",
    )
    .fetch_all(conn)
    .await?)
}

/// Settles such mails whose files stand: they were written.
///
/// # Errors
/// When the store cannot be written.
pub async fn settle_written(
    conn: &mut SqliteConnection,
    at: &str,
    letters: &[LetterId],
) -> Result<(), StoreError> {
    let keys: Vec<i64> = letters.iter().map(|id| id.key()).collect();
    let keys = as_json(&keys);
    attempt::end_written(conn, at, &keys).await?;
    sqlx::query(
        "INSERT INTO audit (at, letter_id, actor, from_state, to_state, note)
         SELECT ?1, id, ?2, state, 'sent', 'interrupted hand-over'
         FROM letter
         WHERE id IN (SELECT value FROM json_each(?3))
           AND state = 'released' AND handover_at IS NOT NULL AND handed_to = 'file'
         ORDER BY id",
    )
    .bind(at)
    .bind(NIGHT)
    .bind(&keys)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE letter SET state = 'sent', reason = NULL, next_step = NULL
         WHERE id IN (SELECT value FROM json_each(?))
           AND state = 'released' AND handover_at IS NOT NULL AND handed_to = 'file'",
    )
    .bind(&keys)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps why a run left mails waiting; none when it left none.
///
/// # Errors
/// When the store cannot be written.
pub async fn note_mail_halt(
    conn: &mut SqliteConnection,
    at: &str,
    why: Option<&MailHalt>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO mail_halt (id, at, why) VALUES (1, ?, ?)
         ON CONFLICT (id) DO UPDATE SET at = excluded.at, why = excluded.why",
    )
    .bind(at)
    .bind(why.map(as_json))
    .execute(conn)
    .await?;
    Ok(())
}

/// Why the last run left mails waiting; none when it left none.
///
/// # Errors
/// When the store cannot be read.
pub async fn mail_halt(conn: &mut SqliteConnection) -> Result<Option<MailHalt>, StoreError> {
    let why: Option<Option<String>> = sqlx::query_scalar("SELECT why FROM mail_halt")
        .fetch_optional(conn)
        .await?;
    why.flatten()
        .map(|why| {
            serde_json::from_str(&why)
                .map_err(|error| StoreError::Corrupt(format!("why mails wait: {error}")))
        })
        .transpose()
}
