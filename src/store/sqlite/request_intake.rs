//! Taking requests in, and finding the request a letter belongs to, within
//! the transaction of the file.

use serde_json::{Map, Value};
use sqlx::SqliteConnection;

use super::intake::Intake;
use super::member_number::{Naming, learn_member_number};
use super::request::{RequestRow, holder_of, record_of_request, rights_of};
use super::{StoreError, look_alike_request, request, twins_of_request};
use crate::domain::{
    AskedRight, CloseReason, LetterId, PrincipalCategory, Request, RequestFacts, RequesterRole,
    identity_key, look_alike_key,
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
    Before,
}

/// The registered request with this receipt number, with all that letters are
/// held against.
///
/// # Errors
/// When the store cannot be read.
pub async fn registered(
    conn: &mut SqliteConnection,
    receipt_number: &str,
) -> Result<Option<Registered>, StoreError> {
    let Some(row) = request(conn, receipt_number).await? else {
        return Ok(None);
    };
    let record = record_of_request(conn, row.id).await?;
    let record: Map<String, Value> = serde_json::from_str(&record)
        .map_err(|_| StoreError::Corrupt("record of a request".to_owned()))?;
    Ok(Some(Registered {
        request: Request::registered(&record),
        rights: rights_of(conn, row.id).await?,
        twins: twins_of_request(conn, &row).await?,
        row,
    }))
}

impl Intake {
    /// Key of the file.
    pub fn key(&self) -> i64 {
        self.id
    }

    /// The request a letter with this receipt number belongs to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn registered(
        &mut self,
        receipt_number: &str,
    ) -> Result<Option<Registered>, StoreError> {
        registered(&mut self.tx, receipt_number).await
    }

    /// Why the request a letter belongs to was closed, if it was.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn close_reason_of(
        &mut self,
        letter: LetterId,
    ) -> Result<Option<CloseReason>, StoreError> {
        let reason: Option<Option<CloseReason>> = sqlx::query_scalar(
            "SELECT close_reason FROM request JOIN letter ON letter.request_id = request.id
             WHERE letter.id = ?",
        )
        .bind(letter.key())
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(reason.flatten())
    }

    /// A registered request that is another and whose number looks like this
    /// one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn look_alike_request(
        &mut self,
        receipt_number: &str,
    ) -> Result<Option<RequestLookAlike>, StoreError> {
        let Some(written) = look_alike_request(&mut self.tx, receipt_number).await? else {
            return Ok(None);
        };
        let row_here = holder_of(&mut self.tx, &written).await?;
        let row_here = row_here.filter(|holder| holder.intake_id == self.id);
        Ok(Some(RequestLookAlike {
            row_here: row_here.map(|holder| holder.intake_row),
            written,
        }))
    }

    /// Whether a request with this record was added, now or before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn knows_request(&mut self, record_sha256: &str) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar("SELECT 1 FROM request WHERE record_sha256 = ?")
            .bind(record_sha256)
            .fetch_optional(&mut *self.tx)
            .await?;
        Ok(found.is_some_and(|_: i64| true))
    }

    /// Which other request has this receipt number. None for a record that was
    /// added before: it adds nothing and is in nobody's way.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn holder_of_number(
        &mut self,
        receipt_number: &str,
        record_sha256: &str,
    ) -> Result<Option<NumberHolder>, StoreError> {
        let holder = holder_of(&mut self.tx, receipt_number).await?;
        let Some(other) = holder.filter(|holder| holder.record_sha256 != record_sha256) else {
            return Ok(None);
        };
        let known = self.knows_request(record_sha256).await?;
        Ok((!known).then_some(if other.intake_id == self.id {
            NumberHolder::SameFile {
                row: other.intake_row,
            }
        } else {
            NumberHolder::Before
        }))
    }

    /// Adds one request, unless the same record is there already.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_request(&mut self, new: &NewRequest<'_>) -> Result<Added, StoreError> {
        if let Some(twin) = self.twin_of_request(new.record_sha256).await? {
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
        .bind(self.id)
        .bind(i64::try_from(new.row).unwrap_or(i64::MAX))
        .bind(&self.actor)
        .bind(&self.at)
        .execute(&mut *self.tx)
        .await?;
        let id = inserted.last_insert_rowid();
        sqlx::query("INSERT INTO request_record (request_id, record) VALUES (?, ?)")
            .bind(id)
            .bind(new.record)
            .execute(&mut *self.tx)
            .await?;
        for right in &request.rights {
            sqlx::query("INSERT INTO request_right (request_id, right) VALUES (?, ?)")
                .bind(id)
                .bind(right.as_str())
                .execute(&mut *self.tx)
                .await?;
        }
        if let Some(number) = &request.member_key {
            learn_member_number(&mut self.tx, number, Naming::Request(id)).await?;
        }
        self.note_act(id, "added", None).await?;
        Ok(Added::New)
    }

    /// Notes that a letter came to belong to a request.
    pub(super) async fn note_letter(
        &mut self,
        request: i64,
        letter: LetterId,
    ) -> Result<(), StoreError> {
        self.note_act(request, "letter", Some(letter)).await
    }

    async fn note_act(
        &mut self,
        request: i64,
        act: &str,
        letter: Option<LetterId>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO request_audit (at, request_id, actor, act, letter_id)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(&self.at)
        .bind(request)
        .bind(&self.actor)
        .bind(act)
        .bind(letter.map(LetterId::key))
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    async fn twin_of_request(&mut self, record_sha256: &str) -> Result<Option<Added>, StoreError> {
        let twin: Option<(i64, i64, bool)> = sqlx::query_as(
            "SELECT intake_id, intake_row, close_reason IS 'mistaken'
             FROM request WHERE record_sha256 = ?",
        )
        .bind(record_sha256)
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(twin.map(|(intake_id, row, mistaken)| {
            if intake_id == self.id {
                Added::SameFile { row }
            } else {
                Added::Before { mistaken }
            }
        }))
    }
}
