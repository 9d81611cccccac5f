//! Closing a request, and opening it again.

use sqlx::SqliteConnection;

use super::{RequestRow, StoreError};
use crate::domain::{By, CloseReason, ReopenReason};

/// Closes an open request. The caller commits.
///
/// # Errors
/// When the store cannot be written, or the request is not open any more.
pub async fn close_request(
    conn: &mut SqliteConnection,
    row: &RequestRow,
    reason: CloseReason,
    by: &By,
) -> Result<(), StoreError> {
    let at = by.at.to_string();
    let closed = sqlx::query(
        "UPDATE request
         SET status = 'closed', close_reason = ?, closed_by = ?, closed_at = ?
         WHERE id = ? AND status = 'open'",
    )
    .bind(reason.as_str())
    .bind(by.who.as_str())
    .bind(&at)
    .bind(row.id)
    .execute(&mut *conn)
    .await?;
    if closed.rows_affected() != 1 {
        let what = "a request changed under a lock".to_owned();
        return Err(StoreError::Corrupt(what));
    }
    sqlx::query(
        "INSERT INTO request_audit (at, request_id, actor, act, note)
         VALUES (?, ?, ?, 'closed', ?)",
    )
    .bind(&at)
    .bind(row.id)
    .bind(by.who.as_str())
    .bind(reason.as_str())
    .execute(conn)
    .await?;
    Ok(())
}

/// Opens a closed request again. That it was closed, by whom and why stays in
/// its history. The caller commits.
///
/// # Errors
/// When the store cannot be written, or the request is not closed any more.
pub async fn reopen_request(
    conn: &mut SqliteConnection,
    row: &RequestRow,
    reason: ReopenReason,
    by: &By,
) -> Result<(), StoreError> {
    let opened = sqlx::query(
        "UPDATE request
         SET status = 'open', close_reason = NULL, closed_by = NULL, closed_at = NULL
         WHERE id = ? AND status = 'closed'",
    )
    .bind(row.id)
    .execute(&mut *conn)
    .await?;
    if opened.rows_affected() != 1 {
        let what = "a request changed under a lock".to_owned();
        return Err(StoreError::Corrupt(what));
    }
    sqlx::query(
        "INSERT INTO request_audit (at, request_id, actor, act, note)
         VALUES (?, ?, ?, 'reopened', ?)",
    )
    .bind(by.at.to_string())
    .bind(row.id)
    .bind(by.who.as_str())
    .bind(reason.as_str())
    .execute(conn)
    .await?;
    Ok(())
}
