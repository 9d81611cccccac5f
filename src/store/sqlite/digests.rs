//! Digests that bind what staff did to what they did it to, filled in once
//! for rows of before there were digests.

use sqlx::{SqliteConnection, SqlitePool};

use super::file::BEGIN;
use super::{StoreError, as_json};
use crate::domain::{LetterId, approval_sha256};
use crate::hash::Sha256;

/// Rows read at a time.
const PAGE: i64 = 5_000;

/// What binds a note's ciphertext, with its padding, to its letter.
pub(super) fn note_sha256(letter: LetterId, used: i64, encrypted: &[u8]) -> String {
    let (letter, used) = (letter.to_string(), used.to_string());
    Sha256::of_parts([letter.as_bytes(), used.as_bytes(), encrypted]).to_string()
}

/// Fills in what rows of before lack, if that was not done yet.
pub(super) async fn fill_in(writer: &SqlitePool) -> Result<(), StoreError> {
    if !is_due(&mut *writer.acquire().await?).await? {
        return Ok(());
    }
    let mut tx = writer.begin_with(BEGIN).await?;
    // Another process may have just done it.
    if is_due(&mut tx).await? {
        approvals(&mut tx).await?;
        notes(&mut tx).await?;
        sqlx::query("UPDATE digest_mark SET due = 0")
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn is_due(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    let due = sqlx::query_scalar("SELECT due FROM digest_mark WHERE id = 1")
        .fetch_optional(conn)
        .await?;
    Ok(due == Some(1_i64))
}

async fn approvals(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let page: Vec<(i64, String, String, Option<String>)> = sqlx::query_as(
            "SELECT id, record_sha256, approved_by, approved_at FROM letter
             WHERE id > ? AND approved_by IS NOT NULL ORDER BY id LIMIT ?",
        )
        .bind(after)
        .bind(PAGE)
        .fetch_all(&mut *conn)
        .await?;
        let Some((last, ..)) = page.last() else {
            return Ok(());
        };
        after = *last;
        let rows: Vec<(i64, String)> = page
            .into_iter()
            .map(|(key, record, by, at)| {
                let letter = LetterId::from_key(key).to_string();
                (
                    key,
                    approval_sha256(&letter, &record, &by, &at.unwrap_or_default()),
                )
            })
            .collect();
        sqlx::query(
            "UPDATE letter SET approval_sha256 = row.value ->> 1
             FROM json_each(?) AS row WHERE letter.id = row.value ->> 0",
        )
        .bind(as_json(&rows))
        .execute(&mut *conn)
        .await?;
    }
}

async fn notes(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let keys: Vec<i64> = sqlx::query_scalar("SELECT letter_id FROM restricted_note")
        .fetch_all(&mut *conn)
        .await?;
    for key in keys {
        let (used, encrypted): (i64, Vec<u8>) =
            sqlx::query_as("SELECT used, encrypted FROM restricted_note WHERE letter_id = ?")
                .bind(key)
                .fetch_one(&mut *conn)
                .await?;
        sqlx::query("UPDATE restricted_note SET sha256 = ? WHERE letter_id = ?")
            .bind(note_sha256(LetterId::from_key(key), used, &encrypted))
            .bind(key)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// Letters whose note is not the one that was kept.
///
/// # Errors
/// When the store cannot be read.
pub async fn changed_notes(conn: &mut SqliteConnection) -> Result<Vec<LetterId>, StoreError> {
    let keys: Vec<i64> = sqlx::query_scalar("SELECT letter_id FROM restricted_note ORDER BY 1")
        .fetch_all(&mut *conn)
        .await?;
    let mut changed = Vec::new();
    for key in keys {
        let letter = LetterId::from_key(key);
        let (used, encrypted, kept): (i64, Vec<u8>, Option<String>) = sqlx::query_as(
            "SELECT used, encrypted, sha256 FROM restricted_note WHERE letter_id = ?",
        )
        .bind(key)
        .fetch_one(&mut *conn)
        .await?;
        if kept != Some(note_sha256(letter, used, &encrypted)) {
            changed.push(letter);
        }
    }
    Ok(changed)
}
