//! Taking requests in, and finding the request a letter belongs to, within
//! the transaction of the file.

use sqlx::SqliteConnection;

use super::StoreError;
use super::incoming::File;
use super::member_number::{Naming, learn_member_number};
use super::request::{holder_of, look_alike_request};
use crate::domain::{
    CloseReason, LetterId, PrincipalCategory, Request, RequesterRole, identity_key, look_alike_key,
};

/// A checked request on its way into the store.
pub struct NewRequest<'a> {
    /// Row of the file, as the sheet shows it.
    pub row: u64,
    /// The request.
    pub request: &'a Request,
    /// Day the society means to have answered by.
    pub target_date: Option<chrono::NaiveDate>,
    /// The record as JSON.
    pub record: &'a str,
    /// SHA-256 of the record in a canonical form, in hexadecimal.
    pub record_sha256: &'a str,
}

/// What became of a request's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is a new request.
    New,
    /// The same record stands in another row of the same file.
    SameFile {
        /// That row.
        row: i64,
    },
    /// The same record was added before.
    Before {
        /// Whether that request was closed as registered by mistake.
        mistaken: bool,
    },
}

/// A registered request whose number looks like another.
pub struct RequestLookAlike {
    /// Its receipt number, as it is written.
    pub written: String,
    /// Its row, where it is one of the file being taken in.
    pub row_here: Option<i64>,
}

/// Who has a receipt number already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberHolder {
    /// A request of the same file.
    SameFile {
        /// Its row.
        row: i64,
    },
    /// A request that was added before.
    Before {
        /// Why it was closed, if it was.
        closed: Option<CloseReason>,
    },
}

/// What is there against a receipt number that a request, or a letter without
/// one, is about to have.
#[derive(Default)]
pub struct ReceiptNumber {
    /// Whether a request with the same record was added, now or before: it
    /// adds nothing and is in nobody's way.
    pub is_known: bool,
    /// Which other request has it.
    pub holder: Option<NumberHolder>,
    /// Where no request has it: a registered one whose number looks like it.
    pub look_alike: Option<RequestLookAlike>,
}

/// What is there against a receipt number; `record_sha256` is that of the
/// request which is to have it.
///
/// # Errors
/// When the store cannot be read.
pub async fn receipt_number(
    conn: &mut SqliteConnection,
    file: &File,
    receipt_number: &str,
    record_sha256: Option<&str>,
) -> Result<ReceiptNumber, StoreError> {
    if let Some(record_sha256) = record_sha256
        && knows_request(conn, record_sha256).await?
    {
        return Ok(ReceiptNumber {
            is_known: true,
            ..ReceiptNumber::default()
        });
    }
    if let Some(other) = holder_of(conn, receipt_number).await? {
        let holder = match other.intake_id == file.key {
            true => NumberHolder::SameFile {
                row: other.intake_row,
            },
            false => NumberHolder::Before {
                closed: other.close_reason,
            },
        };
        return Ok(ReceiptNumber {
            holder: Some(holder),
            ..ReceiptNumber::default()
        });
    }
    let Some(written) = look_alike_request(conn, receipt_number).await? else {
        return Ok(ReceiptNumber::default());
    };
    let row_here = holder_of(conn, &written).await?;
    let row_here = row_here.filter(|holder| holder.intake_id == file.key);
    Ok(ReceiptNumber {
        look_alike: Some(RequestLookAlike {
            row_here: row_here.map(|holder| holder.intake_row),
            written,
        }),
        ..ReceiptNumber::default()
    })
}

/// Whether a request with this record was added, now or before.
async fn knows_request(
    conn: &mut SqliteConnection,
    record_sha256: &str,
) -> Result<bool, StoreError> {
    let found = sqlx::query_scalar("SELECT 1 FROM request WHERE record_sha256 = ?")
        .bind(record_sha256)
        .fetch_optional(conn)
        .await?;
    Ok(found.is_some_and(|_: i64| true))
}

/// Adds one request, unless the same record is there already.
///
/// # Errors
/// When the store cannot be written.
pub async fn add_request(
    conn: &mut SqliteConnection,
    file: &File,
    new: &NewRequest<'_>,
) -> Result<Added, StoreError> {
    if let Some(twin) = twin_of_request(conn, file, new.record_sha256).await? {
        return Ok(twin);
    }
    let request = new.request;
    // Only what is new is inserted: a key that was tried for and not used
    // would be lost.
    let inserted = sqlx::query(
        "INSERT INTO request (
            receipt_number, receipt_key, look_alike_key, request_date, arrival_date,
            target_date, requester_role, principal_category, desk, record_sha256,
            intake_id, intake_row, added_by, added_at
         ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&request.receipt_number)
    .bind(identity_key(&request.receipt_number))
    .bind(look_alike_key(&request.receipt_number))
    .bind(request.request_date.map(|date| date.to_string()))
    .bind(request.arrival_date.map(|date| date.to_string()))
    .bind(new.target_date.map(|date| date.to_string()))
    .bind(request.requester_role.map(RequesterRole::as_str))
    .bind(request.principal_category.map(PrincipalCategory::as_str))
    .bind(request.desk.as_deref())
    .bind(new.record_sha256)
    .bind(file.key)
    .bind(i64::try_from(new.row).unwrap_or(i64::MAX))
    .bind(file.by.who.as_str())
    .bind(file.by.at.to_string())
    .execute(&mut *conn)
    .await?;
    let id = inserted.last_insert_rowid();
    sqlx::query("INSERT INTO request_record (request_id, record) VALUES (?, ?)")
        .bind(id)
        .bind(new.record)
        .execute(&mut *conn)
        .await?;
    for right in &request.rights {
        sqlx::query("INSERT INTO request_right (request_id, right) VALUES (?, ?)")
            .bind(id)
            .bind(right.as_str())
            .execute(&mut *conn)
            .await?;
    }
    if let Some(number) = &request.member_key {
        learn_member_number(conn, number, Naming::Request(id)).await?;
    }
    note_act(conn, file, id, "added", None).await?;
    Ok(Added::New)
}

/// Notes that a letter came to belong to a request.
pub(super) async fn note_letter(
    conn: &mut SqliteConnection,
    file: &File,
    request: i64,
    letter: LetterId,
) -> Result<(), StoreError> {
    note_act(conn, file, request, "letter", Some(letter)).await
}

async fn note_act(
    conn: &mut SqliteConnection,
    file: &File,
    request: i64,
    act: &str,
    letter: Option<LetterId>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO request_audit (at, request_id, actor, act, letter_id)
         VALUES (?, ?, ?, ?, ?)",
    )
    .bind(file.by.at.to_string())
    .bind(request)
    .bind(file.by.who.as_str())
    .bind(act)
    .bind(letter.map(LetterId::key))
    .execute(conn)
    .await?;
    Ok(())
}

async fn twin_of_request(
    conn: &mut SqliteConnection,
    file: &File,
    record_sha256: &str,
) -> Result<Option<Added>, StoreError> {
    let twin: Option<(i64, i64, bool)> = sqlx::query_as(
        "SELECT intake_id, intake_row, close_reason IS 'mistaken'
         FROM request WHERE record_sha256 = ?",
    )
    .bind(record_sha256)
    .fetch_optional(&mut *conn)
    .await?;
    Ok(twin.map(|(intake_id, row, mistaken)| {
        if intake_id == file.key {
            Added::SameFile { row }
        } else {
            Added::Before { mistaken }
        }
    }))
}
