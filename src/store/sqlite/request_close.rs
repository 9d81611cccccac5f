//! Closing a request.

use sqlx::SqliteConnection;

use super::{Refused, RequestRow, StoreError, look_alike_request, request, twins_of_request};
use crate::domain::{By, CloseReason, RequestRefusal};

/// The one request staff mean by a number.
///
/// # Errors
/// [`RequestRefusal`] when there is none or more than one.
pub async fn the_request(
    conn: &mut SqliteConnection,
    receipt_number: &str,
) -> Result<RequestRow, Refused<RequestRefusal>> {
    let number = receipt_number.to_owned();
    let Some(row) = request(conn, receipt_number).await? else {
        let known = look_alike_request(conn, receipt_number).await?;
        return Err(Refused::one(match known {
            Some(known) => RequestRefusal::LooksLike { number, known },
            None => RequestRefusal::NoSuchRequest(number),
        }));
    };
    let twins = twins_of_request(conn, &row).await?;
    if twins.is_empty() || row.receipt_number == number {
        return Ok(row);
    }
    let written = [vec![row.receipt_number], twins].concat();
    Err(Refused::one(RequestRefusal::Shared { number, written }))
}

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
