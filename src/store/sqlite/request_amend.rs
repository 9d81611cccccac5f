//! Amending a registered request.

use chrono::NaiveDate;
use serde_json::{Map, Value};
use sqlx::SqliteConnection;

use super::incoming::File;
use super::member_number::{Naming, learn_member_number};
use super::request::record_of_request;
use super::safeguard::values;
use super::{RequestRow, StoreError, as_json};
use crate::domain::{Amendment, Counterpart, PrincipalCategory, Request, RequesterRole, Right};

/// An open request as it is from now on.
pub struct AmendedRequest<'a> {
    /// The request.
    pub request: &'a Request,
    /// Day the society means to have answered by.
    pub target_date: NaiveDate,
    /// The record as JSON.
    pub record: &'a str,
    /// Why, what changed, and both digests of the record.
    pub amendment: &'a Amendment,
    /// Whether it may keep other letters back than before: whoever queued a
    /// letter until now was not told of it.
    pub renews_safeguards: bool,
    /// Whether letters are held against the counterpart it registered before as
    /// well.
    pub keeps_counterpart: bool,
}

/// Amends an open request; its history keeps that it was, and the digests of
/// its record before and after. The caller commits. Returns whether it
/// happened: not where another request has this very record.
///
/// # Errors
/// When the store cannot be written, or the request is not as it was read.
pub async fn amend_request(
    conn: &mut SqliteConnection,
    file: &File,
    row: &RequestRow,
    new: &AmendedRequest<'_>,
) -> Result<bool, StoreError> {
    let Amendment { before, after, .. } = new.amendment;
    let taken: Option<i64> =
        sqlx::query_scalar("SELECT id FROM request WHERE record_sha256 = ? AND id <> ?")
            .bind(after)
            .bind(row.id)
            .fetch_optional(&mut *conn)
            .await?;
    if taken.is_some() {
        return Ok(false);
    }
    if new.keeps_counterpart {
        keep_counterpart(conn, row).await?;
    }
    let request = new.request;
    let changed = sqlx::query(
        "UPDATE request
         SET request_date = ?, arrival_date = ?, target_date = ?, requester_role = ?,
             principal_category = ?, desk = ?, record_sha256 = ?,
             intake_id = iif(?, ?, intake_id)
         WHERE id = ? AND status = 'open' AND record_sha256 = ?",
    )
    .bind(request.request_date.map(|date| date.to_string()))
    .bind(request.arrival_date.map(|date| date.to_string()))
    .bind(new.target_date.to_string())
    .bind(request.requester_role.map(RequesterRole::as_str))
    .bind(request.principal_category.map(PrincipalCategory::as_str))
    .bind(request.desk.as_deref())
    .bind(after)
    .bind(new.renews_safeguards)
    .bind(file.key)
    .bind(row.id)
    .bind(before)
    .execute(&mut *conn)
    .await?;
    if changed.rows_affected() != 1 {
        let what = "a request changed under a lock".to_owned();
        return Err(StoreError::Corrupt(what));
    }
    sqlx::query("UPDATE request_record SET record = ? WHERE request_id = ?")
        .bind(new.record)
        .bind(row.id)
        .execute(&mut *conn)
        .await?;
    let rights: Vec<&str> = request.rights.iter().copied().map(Right::as_str).collect();
    sqlx::query(
        "DELETE FROM request_right WHERE request_id = ?1
             AND right NOT IN (SELECT value FROM json_each(?2));
         INSERT INTO request_right (request_id, right)
         SELECT ?1, value FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING;
         DELETE FROM member_naming WHERE request_id = ?1",
    )
    .bind(row.id)
    .bind(as_json(&rights))
    .execute(&mut *conn)
    .await?;
    if let Some(number) = &request.member_key {
        learn_member_number(conn, number, Naming::Request(row.id)).await?;
    }
    sqlx::query(
        "INSERT INTO request_audit (at, request_id, actor, act, note)
         VALUES (?, ?, ?, 'amended', ?)",
    )
    .bind(file.by.at.to_string())
    .bind(row.id)
    .bind(file.by.who.as_str())
    .bind(new.amendment.to_string())
    .execute(conn)
    .await?;
    Ok(true)
}

/// Keeps who the counterpart was, in the place of whom others take theirs.
async fn keep_counterpart(conn: &mut SqliteConnection, row: &RequestRow) -> Result<(), StoreError> {
    let record = values(&record_of_request(conn, row.id).await?);
    let known: Map<String, Value> = record
        .into_iter()
        .filter(|(name, _)| Counterpart::FIELDS.contains(&name.as_str()))
        .collect();
    sqlx::query(
        "INSERT INTO former_counterpart (request_id, intake_id, record)
         SELECT id, intake_id, ? FROM request WHERE id = ?",
    )
    .bind(Value::Object(known).to_string())
    .bind(row.id)
    .execute(conn)
    .await?;
    Ok(())
}
