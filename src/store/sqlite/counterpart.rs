//! That protective measures are no longer against the counterpart a request
//! registered, or once more.

use sqlx::SqliteConnection;

use super::incoming::File;
use super::{RequestRow, StoreError};
use crate::domain::{By, COUNTERPART_AGAIN};

/// Enters in a request's history that the end of its counterpart was proposed,
/// withdrawn or confirmed, or that somebody tried to. The newest act decides;
/// what the request said before it was amended stays, and ends and begins with
/// what it says now. The caller commits.
///
/// # Errors
/// When the store cannot be written.
pub async fn note_counterpart_end(
    conn: &mut SqliteConnection,
    row: &RequestRow,
    act: &str,
    reason: Option<&str>,
    by: &By,
) -> Result<(), StoreError> {
    note(conn, row, act, reason, by).await
}

/// Enters that who asked is a counterpart once more, under every name and
/// address the request ever had for them. Whoever queued a letter until now was
/// told of none. The caller commits.
///
/// # Errors
/// When the store cannot be written.
pub async fn counterpart_again(
    conn: &mut SqliteConnection,
    file: &File,
    row: &RequestRow,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE request SET intake_id = ?1 WHERE id = ?2;
         UPDATE former_counterpart SET intake_id = ?1 WHERE request_id = ?2",
    )
    .bind(file.key)
    .bind(row.id)
    .execute(&mut *conn)
    .await?;
    note(conn, row, COUNTERPART_AGAIN, None, &file.by).await
}

async fn note(
    conn: &mut SqliteConnection,
    row: &RequestRow,
    act: &str,
    note: Option<&str>,
    by: &By,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO request_audit (at, request_id, actor, act, note) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(by.at.to_string())
    .bind(row.id)
    .bind(by.who.as_str())
    .bind(act)
    .bind(note)
    .execute(conn)
    .await?;
    Ok(())
}
