//! Taking letters in: one transaction a file, so a file is queued whole or
//! not at all.

use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::SqliteConnection;

use super::incoming::{File, NewNotification, Queued, Replaced};
use super::likeness;
use super::member_number::{Naming, learn_member_number};
use super::request_intake::note_letter;
use super::roster::note_notification;
use super::{Refused, RequestRow, StoreError, as_json};
use crate::domain::{By, Delivery, LetterId, LetterRefusal, Likeness, Right};

/// A checked record on its way into the store.
#[derive(Debug)]
pub struct NewLetter<'a> {
    /// Row of the file, as the sheet shows it.
    pub row: u64,
    /// Code of the kind.
    pub kind: &'a str,
    /// Code of the outcome.
    pub outcome: &'a str,
    /// Number series of the kind.
    pub series: &'a str,
    /// How it goes.
    pub delivery: Delivery,
    /// The record as JSON.
    pub record: &'a str,
    /// SHA-256 of kind and record in a canonical form, in hexadecimal.
    pub record_sha256: &'a str,
    /// Whether it was looked up that no letter has this record. An insert that
    /// fails would use up a reference, so the caller looks first.
    pub looked_up: bool,
    /// The request it belongs to, if that is registered.
    pub request: Option<&'a RequestRow>,
    /// The right of that request it decides.
    pub decides: Option<Right>,
    /// The rights of that request it answers without deciding them.
    pub answers: &'a [Right],
    /// What it is about.
    pub likeness: Likeness,
    /// The first day that may stand on it, if its record speaks of one.
    pub dated_from: Option<NaiveDate>,
    /// Of a notification: which edition it tells, and to whom.
    pub tells: Option<NewNotification<'a>>,
    /// The letter it takes the place of.
    pub replaces: Option<Replaced>,
}

impl NewLetter<'_> {
    /// What the column `answers` says.
    pub(super) fn answered(&self) -> Option<String> {
        self.request?;
        let rights: Vec<&str> = self.answers.iter().map(|right| right.as_str()).collect();
        (!rights.is_empty()).then(|| rights.join(" "))
    }
}

/// What of a letter's record says whom it is about.
#[derive(Deserialize)]
struct Numbered {
    member_key: Option<String>,
}

/// Begins to take a file in.
pub(in crate::store) async fn begin_file(
    conn: &mut SqliteConnection,
    by: &By,
) -> Result<File, StoreError> {
    likeness::enter_older(conn).await?;
    File::enter(conn, by).await
}

/// Ends it: what was staged is forgotten, and the hash of the file is kept.
pub(in crate::store) async fn end_file(
    conn: &mut SqliteConnection,
    file: &File,
    file_sha256: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM roster")
        .execute(&mut *conn)
        .await?;
    sqlx::query("UPDATE intake SET sha256 = ? WHERE id = ?")
        .bind(file_sha256.unwrap_or_default())
        .bind(file.key)
        .execute(conn)
        .await?;
    Ok(())
}

/// Queues one record, unless the same record is there already. A letter it
/// replaces is cancelled as by staff.
///
/// # Errors
/// [`LetterRefusal`] when the letter it replaces may not be cancelled. The
/// caller then leaves the file out.
pub async fn add_letter(
    conn: &mut SqliteConnection,
    file: &File,
    new: &NewLetter<'_>,
) -> Result<Queued, Refused<LetterRefusal>> {
    if !new.looked_up
        && let Some(twin) = twin_of(conn, file, new.record_sha256).await?
    {
        return Ok(twin);
    }
    let letter = insert(conn, file, new).await?;
    if let Ok(Numbered {
        member_key: Some(number),
    }) = serde_json::from_str(new.record)
    {
        learn_member_number(conn, &number, Naming::Letter(letter)).await?;
    }
    if let Some(request) = new.request {
        note_letter(conn, file, request.id, letter).await?;
    }
    if let Some(told) = &new.tells {
        note_notification(conn, told, letter).await?;
    }
    if let Some(replaced) = new.replaces {
        likeness::replace(conn, &file.by, replaced, letter).await?;
    }
    Ok(Queued::New(letter))
}

async fn insert(
    conn: &mut SqliteConnection,
    file: &File,
    new: &NewLetter<'_>,
) -> Result<LetterId, StoreError> {
    // One call: every call wakes a thread, and there may be a hundred
    // thousand. The last row made is the letter's until the audit has its
    // own, since the rows of the other tables carry the letter's key.
    let key: i64 = sqlx::query_scalar(
        "INSERT INTO letter (
            kind, outcome, delivery, series, record_sha256,
            intake_id, intake_row, queued_by, queued_at, request_id, decides, dated_from,
            answers, message_token
         ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $15,
            lower(hex(randomblob(16))));

         INSERT INTO letter_record (letter_id, record) VALUES (last_insert_rowid(), $13);

         INSERT INTO letter_likeness (likeness, letter_id)
         SELECT DISTINCT value, last_insert_rowid() FROM json_each($14);

         INSERT INTO audit (at, letter_id, actor, from_state, to_state, record_sha256)
         VALUES ($9, last_insert_rowid(), $8, '', 'queued', $5);

         SELECT letter_id FROM audit WHERE id = last_insert_rowid()",
    )
    .bind(new.kind)
    .bind(new.outcome)
    .bind(new.delivery.as_str())
    .bind(new.series)
    .bind(new.record_sha256)
    .bind(file.key)
    .bind(i64::try_from(new.row).unwrap_or(i64::MAX))
    .bind(file.by.who.as_str())
    .bind(file.by.at.to_string())
    .bind(new.request.map(|request| request.id))
    .bind(new.request.and(new.decides).map(Right::as_str))
    .bind(new.dated_from.map(|day| day.to_string()))
    .bind(new.record)
    .bind(as_json(&likeness::keys(&new.likeness)))
    .bind(new.answered())
    .fetch_one(conn)
    .await?;
    Ok(LetterId::from_key(key))
}

async fn twin_of(
    conn: &mut SqliteConnection,
    file: &File,
    record_sha256: &str,
) -> Result<Option<Queued>, StoreError> {
    sqlx::query("SELECT id, intake_id, intake_row, state FROM letter WHERE record_sha256 = ?")
        .bind(record_sha256)
        .fetch_optional(conn)
        .await?
        .map(|row| file.queued(&row))
        .transpose()
}
