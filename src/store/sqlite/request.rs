//! Reading requests.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::letter::{as_text, letter_row, whereabouts_of};
use super::{LetterRow, StoreError};
use crate::domain::{AskedRight, CloseReason, LetterId, Right, identity_key, look_alike_key};

/// A request as the store has it, without names and addresses.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RequestRow {
    /// Key of the row.
    #[serde(skip)]
    pub id: i64,
    /// Receipt number.
    pub receipt_number: String,
    /// Day the request bears.
    pub request_date: NaiveDate,
    /// Day it arrived.
    pub arrival_date: NaiveDate,
    /// Day the society means to have answered by.
    pub target_date: NaiveDate,
    /// Code of the requester's role.
    pub requester_role: String,
    /// Code of the principal's category.
    pub principal_category: String,
    /// Where it was taken in.
    pub desk: Option<String>,
    /// `open` or `closed`.
    pub status: String,
    /// Code of the reason it was closed for.
    pub close_reason: Option<String>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// When it was closed.
    pub closed_at: Option<String>,
    /// Row of the file it came from.
    pub intake_row: i64,
    /// Who added it.
    pub added_by: String,
    /// When it was added.
    pub added_at: String,
    /// The file it came from.
    #[serde(skip)]
    pub(super) intake_id: i64,
    /// Hash of its record.
    #[serde(skip)]
    pub(super) record_sha256: String,
}

impl RequestRow {
    /// Why it was closed, if it was.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the store holds another word.
    pub fn close_reason(&self) -> Result<Option<CloseReason>, StoreError> {
        self.close_reason
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(|_| StoreError::Corrupt("close_reason of a request".to_owned()))
    }
}

fn request_row(row: &SqliteRow) -> Result<RequestRow, StoreError> {
    let date = |column: &str| {
        row.get::<String, _>(column)
            .parse()
            .map_err(|_| StoreError::Corrupt(format!("{column} of a request")))
    };
    Ok(RequestRow {
        id: row.get("id"),
        receipt_number: row.get("receipt_number"),
        request_date: date("request_date")?,
        arrival_date: date("arrival_date")?,
        target_date: date("target_date")?,
        requester_role: row.get("requester_role"),
        principal_category: row.get("principal_category"),
        desk: row.get("desk"),
        status: row.get("status"),
        close_reason: row.get("close_reason"),
        closed_by: row.get("closed_by"),
        closed_at: row.get("closed_at"),
        intake_row: row.get("intake_row"),
        added_by: row.get("added_by"),
        added_at: row.get("added_at"),
        intake_id: row.get("intake_id"),
        record_sha256: row.get("record_sha256"),
    })
}

/// The request with this receipt number; one registered with a mistake only
/// if no other has the number. Of twins it is the one that is written so.
///
/// # Errors
/// When the store cannot be read.
pub async fn request(
    conn: &mut SqliteConnection,
    receipt_number: &str,
) -> Result<Option<RequestRow>, StoreError> {
    sqlx::query(
        "SELECT * FROM request
         WHERE receipt_key = ?1
         ORDER BY close_reason IS 'mistaken', receipt_number <> ?2, id DESC
         LIMIT 1",
    )
    .bind(identity_key(receipt_number))
    .bind(receipt_number)
    .fetch_optional(conn)
    .await?
    .as_ref()
    .map(request_row)
    .transpose()
}

/// The request that has this receipt number, other than by mistake.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn holder_of(
    conn: &mut SqliteConnection,
    receipt_number: &str,
) -> Result<Option<RequestRow>, StoreError> {
    // In the words of the index, so that it is used.
    sqlx::query(
        "SELECT * FROM request
         WHERE receipt_key = ? AND (close_reason IS NULL OR close_reason <> 'mistaken')
         ORDER BY twin
         LIMIT 1",
    )
    .bind(identity_key(receipt_number))
    .fetch_optional(conn)
    .await?
    .as_ref()
    .map(request_row)
    .transpose()
}

/// Receipt numbers, as written, of other requests that have the number of
/// this one: both were registered while the program held their writings for
/// two numbers.
///
/// # Errors
/// When the store cannot be read.
pub async fn twins_of_request(
    conn: &mut SqliteConnection,
    row: &RequestRow,
) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT receipt_number FROM request
         WHERE receipt_key = ? AND id <> ?
           AND (close_reason IS NULL OR close_reason <> 'mistaken')
         ORDER BY id",
    )
    .bind(identity_key(&row.receipt_number))
    .bind(row.id)
    .fetch_all(conn)
    .await?)
}

/// Receipt numbers that more than one request has: all writings of each.
///
/// # Errors
/// When the store cannot be read.
pub async fn shared_receipt_numbers(
    conn: &mut SqliteConnection,
) -> Result<Vec<Vec<String>>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT receipt_key, receipt_number FROM request
         WHERE (close_reason IS NULL OR close_reason <> 'mistaken')
           AND receipt_key IN (
               SELECT receipt_key FROM request
               WHERE twin <> 0 AND (close_reason IS NULL OR close_reason <> 'mistaken'))
         ORDER BY receipt_key, id",
    )
    .fetch_all(conn)
    .await?;
    let mut shared: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, number) in rows {
        shared.entry(key).or_default().push(number);
    }
    Ok(shared
        .into_values()
        .filter(|numbers| numbers.len() > 1)
        .collect())
}

/// The receipt number, as written, of a registered request that is another
/// and looks like this one.
///
/// # Errors
/// When the store cannot be read.
pub async fn look_alike_request(
    conn: &mut SqliteConnection,
    receipt_number: &str,
) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT receipt_number FROM request
         WHERE look_alike_key = ? AND receipt_key <> ?
           AND (close_reason IS NULL OR close_reason <> 'mistaken')
         ORDER BY id DESC
         LIMIT 1",
    )
    .bind(look_alike_key(receipt_number))
    .bind(identity_key(receipt_number))
    .fetch_optional(conn)
    .await?)
}

/// The record of a request as JSON.
///
/// # Errors
/// When the store cannot be read or has no record for it.
pub async fn record_of_request(conn: &mut SqliteConnection, id: i64) -> Result<String, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT record FROM request_record WHERE request_id = ?")
            .bind(id)
            .fetch_one(conn)
            .await?,
    )
}

/// What a request asks for, in the order of the Act.
///
/// # Errors
/// When the store cannot be read.
pub async fn rights_of(
    conn: &mut SqliteConnection,
    id: i64,
) -> Result<Vec<AskedRight>, StoreError> {
    let rows = sqlx::query(
        "SELECT asked.request_id, asked.right, letter.id, letter.whereabouts
         FROM request_right AS asked
         LEFT JOIN letter ON letter.request_id = asked.request_id
              AND letter.decides = asked.right
              AND letter.state <> 'cancelled'
         WHERE asked.request_id = ?",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    let mut rights = Vec::with_capacity(rows.len());
    for row in &rows {
        rights.push(asked_right(row)?);
    }
    rights.sort_by_key(|asked: &AskedRight| asked.right);
    Ok(rights)
}

fn asked_right(row: &SqliteRow) -> Result<AskedRight, StoreError> {
    let right = Right::from_code(row.get("right"))
        .ok_or_else(|| StoreError::Corrupt("right of a request".to_owned()))?;
    let letter = match row.get::<Option<i64>, _>("id") {
        None => None,
        Some(key) => Some((LetterId::from_key(key), whereabouts_of(row)?)),
    };
    Ok(AskedRight { right, letter })
}

/// Every open request with what it asks for, in the order they were added.
///
/// # Errors
/// When the store cannot be read.
pub async fn open_requests(
    conn: &mut SqliteConnection,
) -> Result<Vec<(RequestRow, Vec<AskedRight>)>, StoreError> {
    let mut rights: BTreeMap<i64, Vec<AskedRight>> = BTreeMap::new();
    let asked = sqlx::query(
        "SELECT asked.request_id, asked.right, letter.id, letter.whereabouts
         FROM request
         JOIN request_right AS asked ON asked.request_id = request.id
         LEFT JOIN letter ON letter.request_id = asked.request_id
              AND letter.decides = asked.right
              AND letter.state <> 'cancelled'
         WHERE request.status = 'open'",
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in &asked {
        let of_request = rights.entry(row.get("request_id")).or_default();
        of_request.push(asked_right(row)?);
    }
    let rows = sqlx::query("SELECT * FROM request WHERE status = 'open' ORDER BY id")
        .fetch_all(conn)
        .await?;
    let mut requests = Vec::with_capacity(rows.len());
    for row in &rows {
        let request = request_row(row)?;
        let mut asked = rights.remove(&request.id).unwrap_or_default();
        asked.sort_by_key(|asked| asked.right);
        requests.push((request, asked));
    }
    Ok(requests)
}

/// How many requests are open.
///
/// # Errors
/// When the store cannot be read.
pub async fn count_open_requests(conn: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT COUNT(*) FROM request WHERE status = 'open'")
            .fetch_one(conn)
            .await?,
    )
}

/// At most `limit` closed requests that come after `after`, in the order they
/// were added. Reading page by page keeps memory flat.
///
/// # Errors
/// When the store cannot be read.
pub async fn closed_requests_page(
    conn: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<RequestRow>, StoreError> {
    sqlx::query("SELECT * FROM request WHERE id > ? AND status = 'closed' ORDER BY id LIMIT ?")
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await?
        .iter()
        .map(request_row)
        .collect()
}

/// All letters that belong to a request, in the order they were queued.
///
/// # Errors
/// When the store cannot be read.
pub async fn letters_of_request(
    conn: &mut SqliteConnection,
    id: i64,
) -> Result<Vec<LetterRow>, StoreError> {
    sqlx::query("SELECT * FROM letter WHERE request_id = ? ORDER BY id")
        .bind(id)
        .fetch_all(conn)
        .await?
        .iter()
        .map(letter_row)
        .collect()
}

/// One line of a request's history.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RequestAuditRow {
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// `added`, `letter` (a letter came to belong to it) or `closed`.
    pub act: String,
    /// The letter.
    #[serde(serialize_with = "maybe_text")]
    pub letter: Option<LetterId>,
    /// Code of the reason it was closed for.
    pub note: Option<String>,
}

fn maybe_text<S: serde::Serializer>(
    value: &Option<LetterId>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(letter) => as_text(letter, serializer),
        None => serializer.serialize_none(),
    }
}

/// A request's history, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub async fn audit_of_request(
    conn: &mut SqliteConnection,
    id: i64,
) -> Result<Vec<RequestAuditRow>, StoreError> {
    let rows = sqlx::query(
        "SELECT at, actor, act, letter_id, note FROM request_audit WHERE request_id = ? ORDER BY id",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .iter()
        .map(|row| RequestAuditRow {
            at: row.get("at"),
            actor: row.get("actor"),
            act: row.get("act"),
            letter: row
                .get::<Option<i64>, _>("letter_id")
                .map(LetterId::from_key),
            note: row.get("note"),
        })
        .collect())
}
