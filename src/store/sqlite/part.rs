//! Parts of a letter that its row does not have.

use chrono::NaiveDate;
use sqlx::SqliteConnection;

use super::StoreError;
use super::attempt::{AttemptRow, attempts_of};
use super::dispatch::entered_on;
use super::history::{AuditRow, audit_of};
use super::likeness::{in_place_of, recipient_of};
use super::request::{RequestRow, request_of};
use super::restricted::{StoredNote, restricted_note};
use crate::domain::{LetterId, Whereabouts};

/// A part of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its record.
    Record,
    /// The data it was set from.
    Data,
    /// What happened to it, and the attempts to hand its mail over.
    History,
    /// Its restricted note.
    Note,
    /// The request it belongs to.
    Request,
    /// The member it is addressed to as a notification.
    Recipient,
    /// The letter that has its place.
    InPlace,
    /// The day it entered the register.
    EnteredOn,
}

/// The parts of a letter that were asked for. One it has not is none.
#[derive(Debug, Default)]
pub struct Parts {
    /// The record as JSON.
    pub record: String,
    /// The data it was set from, if it was set.
    pub data: Option<Vec<u8>>,
    /// What happened to it, oldest first. The audit has the states; they are
    /// told apart by what left the house, as everywhere.
    pub history: Vec<AuditRow>,
    /// The attempts to hand its mail over, in their order.
    pub attempts: Vec<AttemptRow>,
    /// Its restricted note, if it has a row for one.
    pub note: Option<StoredNote>,
    /// The request it belongs to.
    pub request: Option<RequestRow>,
    /// The folded number of the member it is addressed to as a notification.
    pub recipient: Option<String>,
    /// The letter that has the place of a cancelled one now, and where it is.
    /// One that was replaced in its turn is followed to the last.
    pub in_place: Option<(LetterId, Whereabouts)>,
    /// The day it entered the register.
    pub entered_on: Option<NaiveDate>,
}

/// Parts of a letter.
///
/// # Errors
/// When the store cannot be read, or has no record where that is asked for.
pub async fn parts_of(
    conn: &mut SqliteConnection,
    id: LetterId,
    asked: &[Part],
) -> Result<Parts, StoreError> {
    let mut parts = Parts::default();
    for part in asked {
        match part {
            Part::Record => parts.record = record_of(conn, id).await?,
            Part::Data => parts.data = data_of(conn, id).await?,
            Part::History => {
                parts.history = audit_of(conn, id).await?;
                parts.attempts = attempts_of(conn, id).await?;
            }
            Part::Note => parts.note = restricted_note(conn, id).await?,
            Part::Request => parts.request = request_of(conn, id).await?,
            Part::Recipient => parts.recipient = recipient_of(conn, id).await?,
            Part::InPlace => parts.in_place = in_place_of(conn, id).await?,
            Part::EnteredOn => parts.entered_on = entered_on(conn, id).await?,
        }
    }
    Ok(parts)
}

/// The record of a letter as JSON; empty where it is gone, which is no JSON and
/// concerns this letter alone.
///
/// # Errors
/// When the store cannot be read.
async fn record_of(conn: &mut SqliteConnection, id: LetterId) -> Result<String, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT record FROM letter_record WHERE letter_id = ?")
            .bind(id.key())
            .fetch_optional(conn)
            .await?
            .unwrap_or_default(),
    )
}

/// The data a letter was rendered from, if it was.
///
/// # Errors
/// When the store cannot be read.
async fn data_of(conn: &mut SqliteConnection, id: LetterId) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT data FROM letter_data WHERE letter_id = ?")
            .bind(id.key())
            .fetch_optional(conn)
            .await?,
    )
}
