//! Taking files in: one transaction a file, so a file is queued whole or
//! not at all.

use serde::Deserialize;
use sqlx::{Row, Sqlite, Transaction};

use super::member_number::{Naming, learn_member_number};
use super::restricted::{self, StoredNote};
use super::{RequestRow, Store, StoreError};
use crate::domain::{Delivery, LetterId, Right, State};

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
        let inserted = sqlx::query(
            "INSERT INTO letter (
                kind, outcome, delivery, series, record_sha256,
                intake_id, intake_row, queued_by, queued_at, request_id, decides
             ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (record_sha256) DO NOTHING",
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
        .execute(&mut *self.tx)
        .await?;
        if inserted.rows_affected() == 0 {
            return self.twin_of(new.record_sha256).await;
        }
        let key = inserted.last_insert_rowid();
        sqlx::query("INSERT INTO letter_record (letter_id, record) VALUES (?, ?)")
            .bind(key)
            .bind(new.record)
            .execute(&mut *self.tx)
            .await?;
        sqlx::query(
            "INSERT INTO audit (at, letter_id, actor, from_state, to_state)
             VALUES (?, ?, ?, '', 'queued')",
        )
        .bind(&self.at)
        .bind(key)
        .bind(&self.actor)
        .execute(&mut *self.tx)
        .await?;
        if let Ok(Numbered {
            member_key: Some(number),
        }) = serde_json::from_str(new.record)
        {
            learn_member_number(&mut self.tx, &number, Naming::InUse).await?;
        }
        let letter = LetterId::from_key(key);
        if let Some(request) = new.request {
            self.note_letter(request.id, letter).await?;
        }
        Ok(Queued::New(letter))
    }

    /// Keeps the restricted note of a letter just added, in the same
    /// transaction.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_note(&mut self, id: LetterId, note: &StoredNote) -> Result<(), StoreError> {
        restricted::insert_note(&mut self.tx, id, note).await
    }

    async fn twin_of(&mut self, record_sha256: &str) -> Result<Queued, StoreError> {
        let row = sqlx::query(
            "SELECT id, intake_id, intake_row, state FROM letter WHERE record_sha256 = ?",
        )
        .bind(record_sha256)
        .fetch_one(&mut *self.tx)
        .await?;
        if row.get::<i64, _>("intake_id") == self.id {
            return Ok(Queued::SameFile {
                row: row.get("intake_row"),
            });
        }
        Ok(Queued::Before {
            letter: LetterId::from_key(row.get("id")),
            state: super::letter::state_of(&row)?,
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
