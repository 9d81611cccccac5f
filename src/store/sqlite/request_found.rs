//! The request somebody means by a number, with all that belongs to it.

use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::StoreError;
use super::request::{
    RequestAuditRow, RequestRow, audit_of_request, look_alike_request, record_of_request,
    rights_of, row_of, twins_of_request,
};
use super::safeguard::HAS_ENDED;
use crate::domain::{AskedRight, Request, RequestFacts, RequestRefusal};

/// What is known of the request with a number.
#[derive(Debug)]
pub enum RequestFound {
    /// It is there.
    Whole(Box<WholeRequest>),
    /// There is none. This is the number, as written, of a registered one that
    /// looks like it.
    Nothing(Option<String>),
}

/// A request with all that belongs to it.
#[derive(Debug)]
pub struct WholeRequest {
    /// Its row.
    pub row: RequestRow,
    /// Its record as it is kept; it may be damaged.
    pub record: Vec<u8>,
    /// What it asks for, in the order of the Act, and which letters decide it.
    pub rights: Vec<AskedRight>,
    /// Receipt numbers, as written, of other requests that have the same one:
    /// both were registered while the program held their writings for two
    /// numbers.
    pub twins: Vec<String>,
    /// Whether protective measures are no longer against who asks.
    pub counterpart_ended: bool,
    /// What happened to it, oldest first; nothing for letters.
    pub history: Vec<RequestAuditRow>,
}

/// For what a request is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// To hold letters against it.
    Letters,
    /// For people: its history, and what its number may have meant.
    People,
}

/// The request with this receipt number; one registered with a mistake only
/// if no other has the number. Of twins it is the one that is written so.
///
/// # Errors
/// When the store cannot be read.
pub async fn request(
    conn: &mut SqliteConnection,
    receipt_number: &str,
    of: For,
) -> Result<RequestFound, StoreError> {
    let Some(row) = row_of(conn, receipt_number).await? else {
        return Ok(RequestFound::Nothing(match of {
            For::People => look_alike_request(conn, receipt_number).await?,
            For::Letters => None,
        }));
    };
    let counterpart_ended = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT {HAS_ENDED} FROM request WHERE id = ?"
    )))
    .bind(row.id)
    .fetch_one(&mut *conn)
    .await?;
    Ok(RequestFound::Whole(Box::new(WholeRequest {
        counterpart_ended,
        record: record_of_request(conn, row.id).await?,
        rights: rights_of(conn, row.id).await?,
        twins: twins_of_request(conn, &row).await?,
        history: match of {
            For::People => audit_of_request(conn, row.id).await?,
            For::Letters => Vec::new(),
        },
        row,
    })))
}

impl RequestFound {
    /// The one request staff mean by a number.
    ///
    /// # Errors
    /// [`RequestRefusal`] when there is none or more than one.
    pub fn meant_by(self, receipt_number: &str) -> Result<WholeRequest, RequestRefusal> {
        let number = receipt_number.to_owned();
        match self {
            RequestFound::Nothing(Some(known)) => Err(RequestRefusal::LooksLike { number, known }),
            RequestFound::Nothing(None) => Err(RequestRefusal::NoSuchRequest(number)),
            RequestFound::Whole(found) => {
                if found.twins.is_empty() || found.row.receipt_number == number {
                    return Ok(*found);
                }
                let written = [vec![found.row.receipt_number], found.twins].concat();
                Err(RequestRefusal::Shared { number, written })
            }
        }
    }

    /// The request as letters are held against it, if it is there.
    ///
    /// # Errors
    /// When its record cannot be read.
    pub fn registered(self) -> Result<Option<Registered>, StoreError> {
        let RequestFound::Whole(found) = self else {
            return Ok(None);
        };
        let record: Map<String, Value> = serde_json::from_slice(&found.record)
            .map_err(|_| StoreError::Corrupt("record of a request".to_owned()))?;
        let mut request = Request::registered(&record);
        request.is_protected_from_requester &= !found.counterpart_ended;
        Ok(Some(Registered {
            request,
            rights: found.rights,
            twins: found.twins,
            row: found.row,
        }))
    }
}

/// A request that is registered, with all that letters are held against.
pub struct Registered {
    /// Its row.
    pub row: RequestRow,
    /// Who asks what about whom.
    pub request: Request,
    /// What it asks for, and which letters decide it.
    pub rights: Vec<AskedRight>,
    /// Receipt numbers, as written, of other requests that have the same one.
    pub twins: Vec<String>,
}

impl Registered {
    /// The request as letters are held against it.
    pub fn facts(&self) -> RequestFacts<'_> {
        RequestFacts {
            receipt_number: &self.row.receipt_number,
            request_date: self.row.request_date,
            arrival_date: self.row.arrival_date,
            close_reason: self.row.close_reason,
            request: &self.request,
            rights: &self.rights,
            twins: &self.twins,
        }
    }
}
