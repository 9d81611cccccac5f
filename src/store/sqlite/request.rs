//! Reading requests.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sqlx::{FromRow, SqliteConnection};

use super::StoreError;
use super::letter::maybe_text;
use super::types::{Day, Stored};
use crate::domain::{
    AskedRight, CloseReason, LetterId, PrincipalCategory, RequestStatus, RequesterRole, Right,
    Stamp, Whereabouts, identity_key, look_alike_key,
};

/// A request as the store has it, without names and addresses.
#[derive(Debug, Clone, serde::Serialize, FromRow)]
pub struct RequestRow {
    /// Key of the row.
    #[serde(skip)]
    pub id: i64,
    /// Receipt number.
    pub receipt_number: String,
    /// Day the request bears.
    #[sqlx(try_from = "Day")]
    pub request_date: NaiveDate,
    /// Day it arrived.
    #[sqlx(try_from = "Day")]
    pub arrival_date: NaiveDate,
    /// Day the society means to have answered by.
    #[sqlx(try_from = "Day")]
    pub target_date: NaiveDate,
    /// In which role the requester asks.
    pub requester_role: RequesterRole,
    /// As what the principal belongs or belonged to the society.
    pub principal_category: PrincipalCategory,
    /// Where it was taken in.
    pub desk: Option<String>,
    /// Whether it still waits for its end.
    pub status: RequestStatus,
    /// The reason it was closed for.
    pub close_reason: Option<CloseReason>,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Stamp>,
    /// Row of the file it came from.
    pub intake_row: i64,
    /// Who added it.
    pub added_by: String,
    /// When it was added.
    pub added_at: Stamp,
    /// The file it came from.
    #[serde(skip)]
    pub(super) intake_id: i64,
}

impl Stored for RequestRow {
    const ROW: (&'static str, &'static str) = ("request", "id");
}

/// The row of the request with this receipt number; one registered with a
/// mistake only if no other has the number. Of twins it is the one that is
/// written so.
pub(super) async fn row_of(
    conn: &mut SqliteConnection,
    receipt_number: &str,
) -> Result<Option<RequestRow>, StoreError> {
    let row = sqlx::query(
        "SELECT * FROM request
         WHERE receipt_key = ?1
         ORDER BY close_reason IS 'mistaken', receipt_number <> ?2, id DESC
         LIMIT 1",
    )
    .bind(identity_key(receipt_number))
    .bind(receipt_number)
    .fetch_optional(conn)
    .await?;
    RequestRow::maybe(row)
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
    let row = sqlx::query(
        "SELECT * FROM request
         WHERE receipt_key = ? AND (close_reason IS NULL OR close_reason <> 'mistaken')
         ORDER BY twin
         LIMIT 1",
    )
    .bind(identity_key(receipt_number))
    .fetch_optional(conn)
    .await?;
    RequestRow::maybe(row)
}

/// Receipt numbers, as written, of other requests that have the number of
/// this one: both were registered while the program held their writings for
/// two numbers.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn twins_of_request(
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
pub(super) async fn shared_receipt_numbers(
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
pub(super) async fn look_alike_request(
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

/// The record of a request as the store has it.
pub(super) async fn record_of_request(
    conn: &mut SqliteConnection,
    id: i64,
) -> Result<Vec<u8>, StoreError> {
    let record =
        sqlx::query_scalar("SELECT CAST(record AS BLOB) FROM request_record WHERE request_id = ?")
            .bind(id)
            .fetch_optional(conn)
            .await?;
    Ok(record.unwrap_or_default())
}

/// What a request asks for, in the order of the Act.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn rights_of(
    conn: &mut SqliteConnection,
    id: i64,
) -> Result<Vec<AskedRight>, StoreError> {
    let rows: Vec<Asked> = sqlx::query_as(
        "SELECT asked.right, letter.decides, letter.id, letter.whereabouts
         FROM request_right AS asked
         LEFT JOIN letter ON letter.request_id = asked.request_id
              AND (letter.decides = asked.right
                   OR instr(' ' || letter.answers || ' ', ' ' || asked.right || ' ') > 0)
              AND letter.state <> 'cancelled'
         WHERE asked.request_id = ? ORDER BY letter.id",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    let mut rights = Vec::new();
    rows.into_iter().for_each(|row| add_right(&mut rights, row));
    rights.sort_by_key(|asked: &AskedRight| asked.right);
    Ok(rights)
}

/// A right, what a letter decides, and the letter with where it is.
type Asked = (Right, Option<Right>, Option<LetterId>, Option<Whereabouts>);

/// Adds a right with its letter, or the letter to the right that is there.
fn add_right(rights: &mut Vec<AskedRight>, (right, decided, letter, at): Asked) {
    let letter = letter.zip(at);
    let is_decision = decided == Some(right);
    let known = rights.iter_mut().find(|asked| {
        // Two decisions of one right show that something is wrong.
        asked.right == right && !(is_decision && asked.letter.is_some())
    });
    let asked = match known {
        Some(asked) => asked,
        None => {
            rights.push(AskedRight {
                right,
                letter: None,
                beside: None,
            });
            let Some(asked) = rights.last_mut() else {
                return;
            };
            asked
        }
    };
    if is_decision {
        asked.letter = letter;
    } else if !asked.beside.is_some_and(|(_, at)| at.left_house()) {
        asked.beside = letter.or(asked.beside);
    }
}

/// Every open request with what it asks for, in the order they were added.
///
/// # Errors
/// When the store cannot be read.
async fn open_requests(
    conn: &mut SqliteConnection,
) -> Result<Vec<(RequestRow, Vec<AskedRight>)>, StoreError> {
    let mut rights: BTreeMap<i64, Vec<AskedRight>> = BTreeMap::new();
    /// Request, right, what the letter decides, the letter and where it is.
    type Asked = (
        i64,
        Right,
        Option<Right>,
        Option<LetterId>,
        Option<Whereabouts>,
    );
    let asked: Vec<Asked> = sqlx::query_as(
        "SELECT asked.request_id, asked.right, letter.decides, letter.id, letter.whereabouts
         FROM request
         JOIN request_right AS asked ON asked.request_id = request.id
         LEFT JOIN letter ON letter.request_id = asked.request_id
              AND (letter.decides = asked.right
                   OR instr(' ' || letter.answers || ' ', ' ' || asked.right || ' ') > 0)
              AND letter.state <> 'cancelled'
         WHERE request.status = 'open' ORDER BY letter.id",
    )
    .fetch_all(&mut *conn)
    .await?;
    for (request, right, decided, letter, at) in asked {
        let of_request = rights.entry(request).or_default();
        add_right(of_request, (right, decided, letter, at));
    }
    let rows = sqlx::query("SELECT * FROM request WHERE status = 'open' ORDER BY id")
        .fetch_all(conn)
        .await?;
    let mut requests = Vec::with_capacity(rows.len());
    for request in RequestRow::readable(&rows)? {
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
pub(super) async fn count_open_requests(conn: &mut SqliteConnection) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT COUNT(*) FROM request WHERE status = 'open'")
            .fetch_one(conn)
            .await?,
    )
}

/// At most `limit` closed requests that come after `after`, in the order they
/// were added.
async fn closed_requests(
    conn: &mut SqliteConnection,
    after: i64,
    limit: i64,
) -> Result<Vec<(RequestRow, Vec<AskedRight>)>, StoreError> {
    let rows =
        sqlx::query("SELECT * FROM request WHERE id > ? AND status = 'closed' ORDER BY id LIMIT ?")
            .bind(after)
            .bind(limit)
            .fetch_all(&mut *conn)
            .await?;
    let mut requests = Vec::with_capacity(rows.len());
    for row in RequestRow::readable(&rows)? {
        let rights = rights_of(conn, row.id).await?;
        requests.push((row, rights));
    }
    Ok(requests)
}

/// The request a letter belongs to.
pub(super) async fn request_of(
    conn: &mut SqliteConnection,
    letter: LetterId,
) -> Result<Option<RequestRow>, StoreError> {
    let row = sqlx::query(
        "SELECT request.* FROM request JOIN letter ON letter.request_id = request.id
         WHERE letter.id = ?",
    )
    .bind(letter.key())
    .fetch_optional(conn)
    .await?;
    RequestRow::maybe(row)
}

/// Which requests to read.
#[derive(Debug, Clone, Copy)]
pub enum RequestQuery {
    /// Every open one.
    Open,
    /// At most `limit` closed ones after the one with key `after`. Reading
    /// page by page keeps memory flat.
    Closed {
        /// That one.
        after: i64,
        /// How many.
        limit: i64,
    },
}

/// Requests with what they ask for, in the order they were added.
///
/// # Errors
/// When the store cannot be read.
pub async fn requests(
    conn: &mut SqliteConnection,
    query: RequestQuery,
) -> Result<Vec<(RequestRow, Vec<AskedRight>)>, StoreError> {
    match query {
        RequestQuery::Open => open_requests(conn).await,
        RequestQuery::Closed { after, limit } => closed_requests(conn, after, limit).await,
    }
}

/// One line of a request's history.
#[derive(Debug, Clone, serde::Serialize, FromRow)]
pub struct RequestAuditRow {
    /// When.
    pub at: Stamp,
    /// Who.
    pub actor: String,
    /// `added`, `letter` (a letter came to belong to it), `closed` or
    /// `reopened`.
    pub act: String,
    /// The letter.
    #[serde(serialize_with = "maybe_text")]
    #[sqlx(rename = "letter_id")]
    pub letter: Option<LetterId>,
    /// Code of the reason it was closed or opened again for.
    pub note: Option<String>,
}

impl Stored for RequestAuditRow {
    const ROW: (&'static str, &'static str) = ("line of a request's history", "id");
}

/// A request's history, oldest first.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn audit_of_request(
    conn: &mut SqliteConnection,
    id: i64,
) -> Result<Vec<RequestAuditRow>, StoreError> {
    let rows = sqlx::query("SELECT * FROM request_audit WHERE request_id = ? ORDER BY id")
        .bind(id)
        .fetch_all(conn)
        .await?;
    RequestAuditRow::all(&rows)
}
