//! Taking files in: one transaction a file, so a file is queued whole or
//! not at all.

use chrono::NaiveDate;
use serde::Deserialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

use super::member_number::{Naming, learn_member_number};
use super::restricted::{self, StoredNote};
use super::{RequestRow, Store, StoreError, as_json, likeness};
use crate::domain::{Delivery, LetterId, Likeness, Right, State};

/// A file being queued. Nothing is kept unless [`commit`](Self::commit) is
/// called.
pub struct Intake {
    pub(super) tx: Transaction<'static, Sqlite>,
    pub(super) id: i64,
    pub(super) actor: String,
    pub(super) at: String,
}

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
    /// The request it belongs to, if that is registered.
    pub request: Option<&'a RequestRow>,
    /// The right of that request it decides.
    pub decides: Option<Right>,
    /// What it is about.
    pub likeness: Likeness,
    /// The first day that may stand on it, if its record speaks of one.
    pub dated_from: Option<NaiveDate>,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queued {
    /// It is a new letter.
    New(LetterId),
    /// The same record stands in another row of the same file.
    SameFile {
        /// That row.
        row: i64,
    },
    /// The same record was queued before.
    Before {
        /// The letter it became.
        letter: LetterId,
        /// Where that letter stands.
        state: State,
    },
}

/// What of a letter's record says whom it is about.
#[derive(Deserialize)]
struct Numbered {
    member_key: Option<String>,
}

impl Intake {
    /// Begins to queue a file.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn begin(store: &Store, actor: &str, at: &str) -> Result<Self, StoreError> {
        let mut tx = store.write().await?;
        likeness::enter_older(&mut tx).await?;
        let id = sqlx::query("INSERT INTO intake (sha256, queued_by, queued_at) VALUES ('', ?, ?)")
            .bind(actor)
            .bind(at)
            .execute(&mut *tx)
            .await?
            .last_insert_rowid();
        Ok(Intake {
            tx,
            id,
            actor: actor.to_owned(),
            at: at.to_owned(),
        })
    }

    /// Queues one record, unless the same record is there already.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add(&mut self, new: &NewLetter<'_>) -> Result<Queued, StoreError> {
        match self.twin_of(new.record_sha256).await? {
            Some(twin) => Ok(twin),
            None => Ok(Queued::New(self.add_new(new).await?)),
        }
    }

    /// Queues one record that is known not to be there yet. A reference that
    /// was tried for and not used would be lost, so nothing is tried.
    ///
    /// # Errors
    /// When the store cannot be written, or the record is there already.
    pub async fn add_new(&mut self, new: &NewLetter<'_>) -> Result<LetterId, StoreError> {
        // One call: every call wakes a thread, and there may be a hundred
        // thousand. The last row made is the letter's until the audit has its
        // own, since the rows of the other tables carry the letter's key.
        let key: i64 = sqlx::query_scalar(
            "INSERT INTO letter (
                kind, outcome, delivery, series, record_sha256,
                intake_id, intake_row, queued_by, queued_at, request_id, decides, dated_from,
                message_token
             ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
                lower(hex(randomblob(16))));

             INSERT INTO letter_record (letter_id, record) VALUES (last_insert_rowid(), $13);

             INSERT INTO letter_likeness (likeness, letter_id)
             SELECT DISTINCT value, last_insert_rowid() FROM json_each($14);

             INSERT INTO audit (at, letter_id, actor, from_state, to_state)
             VALUES ($9, last_insert_rowid(), $8, '', 'queued');

             SELECT letter_id FROM audit WHERE id = last_insert_rowid()",
        )
        .bind(new.kind)
        .bind(new.outcome)
        .bind(new.delivery.as_str())
        .bind(new.series)
        .bind(new.record_sha256)
        .bind(self.id)
        .bind(i64::try_from(new.row).unwrap_or(i64::MAX))
        .bind(&self.actor)
        .bind(&self.at)
        .bind(new.request.map(|request| request.id))
        .bind(new.request.and(new.decides).map(Right::as_str))
        .bind(new.dated_from.map(|day| day.to_string()))
        .bind(new.record)
        .bind(as_json(&likeness::keys(&new.likeness)))
        .fetch_one(&mut *self.tx)
        .await?;
        let letter = LetterId::from_key(key);
        if let Ok(Numbered {
            member_key: Some(number),
        }) = serde_json::from_str(new.record)
        {
            learn_member_number(&mut self.tx, &number, Naming::Letter(letter)).await?;
        }
        if let Some(request) = new.request {
            self.note_letter(request.id, letter).await?;
        }
        Ok(letter)
    }

    /// Keeps the restricted note of a letter just added, in the same
    /// transaction.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_note(&mut self, id: LetterId, note: &StoredNote) -> Result<(), StoreError> {
        restricted::insert_note(&mut self.tx, id, note).await
    }

    async fn twin_of(&mut self, record_sha256: &str) -> Result<Option<Queued>, StoreError> {
        sqlx::query("SELECT id, intake_id, intake_row, state FROM letter WHERE record_sha256 = ?")
            .bind(record_sha256)
            .fetch_optional(&mut *self.tx)
            .await?
            .map(|row| self.queued(&row))
            .transpose()
    }

    /// What became of the record in this row.
    pub(super) fn queued(&self, row: &SqliteRow) -> Result<Queued, StoreError> {
        if row.try_get::<i64, _>("intake_id")? == self.id {
            return Ok(Queued::SameFile {
                row: row.try_get("intake_row")?,
            });
        }
        Ok(Queued::Before {
            letter: row.try_get("id")?,
            state: row.try_get("state")?,
        })
    }

    /// Keeps everything that was added. `file_sha256` is the SHA-256 of the
    /// file, or none where a hash could confirm a guessed restricted note; it
    /// comes last because only then is it known what the file held.
    ///
    /// # Errors
    /// When the store cannot be written; then nothing is kept.
    pub async fn commit(mut self, file_sha256: Option<&str>) -> Result<(), StoreError> {
        sqlx::query("UPDATE intake SET sha256 = ? WHERE id = ?")
            .bind(file_sha256.unwrap_or_default())
            .bind(self.id)
            .execute(&mut *self.tx)
            .await?;
        Ok(self.tx.commit().await?)
    }
}
