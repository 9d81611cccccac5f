//! Restricted notes: ciphertext in, ciphertext out.
//!
//! What may be read off these rows is the same for a letter with a note and
//! for one without: there is a row of one size, and opening it and adding to
//! it both leave a new ciphertext and the same audit row.

use sqlx::SqliteConnection;

use super::StoreError;
use super::digests::note_sha256;
use crate::domain::{By, LetterId};

/// What the audit says when somebody opened a note, whatever was in it and
/// whether or not something was added.
pub const NOTE_OPENED: &str = "restricted note opened";

/// What the audit says when somebody tried to and had no key that opens it.
pub const NOTE_STAYED_SHUT: &str = "restricted note not opened";

/// A note as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredNote {
    /// The ciphertext, filled up to the size of all others.
    pub encrypted: Vec<u8>,
    /// How many of its bytes are ciphertext; the rest is padding.
    pub used: usize,
}

/// Keeps the note of a letter that has none yet.
///
/// # Errors
/// When the store cannot be written.
async fn insert_note(
    conn: &mut SqliteConnection,
    id: LetterId,
    note: &StoredNote,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO restricted_note (letter_id, used, encrypted, sha256) VALUES (?, ?, ?, ?)",
    )
    .bind(id.key())
    .bind(size(note))
    .bind(&note.encrypted)
    .bind(note_sha256(id, size(note), &note.encrypted))
    .execute(conn)
    .await?;
    Ok(())
}

/// The note of a letter, if it has a row for one.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn restricted_note(
    conn: &mut SqliteConnection,
    id: LetterId,
) -> Result<Option<StoredNote>, StoreError> {
    let row: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT used, encrypted FROM restricted_note WHERE letter_id = ?")
            .bind(id.key())
            .fetch_optional(conn)
            .await?;
    row.map(|(used, encrypted)| {
        let used = usize::try_from(used)
            .map_err(|_| StoreError::Corrupt(format!("size of the note of {id}")))?;
        Ok(StoredNote { encrypted, used })
    })
    .transpose()
}

/// Keeps the note of a letter: that of one just queued or, where `opened` says
/// by whom, a new ciphertext in the place of an opened one, with the opening
/// in the audit. The caller commits before it shows the note to anybody.
///
/// # Errors
/// When the store cannot be written.
pub async fn keep_note(
    conn: &mut SqliteConnection,
    id: LetterId,
    note: &StoredNote,
    opened: Option<&By>,
) -> Result<(), StoreError> {
    let Some(by) = opened else {
        return insert_note(conn, id, note).await;
    };
    sqlx::query(
        "UPDATE restricted_note SET used = ?, encrypted = ?, sha256 = ? WHERE letter_id = ?",
    )
    .bind(size(note))
    .bind(&note.encrypted)
    .bind(note_sha256(id, size(note), &note.encrypted))
    .bind(id.key())
    .execute(&mut *conn)
    .await?;
    enter(conn, id, NOTE_OPENED, by).await
}

/// Enters in the audit that somebody tried to open a note and could not.
///
/// # Errors
/// When the store cannot be written.
pub async fn note_stayed_shut(
    conn: &mut SqliteConnection,
    id: LetterId,
    by: &By,
) -> Result<(), StoreError> {
    enter(conn, id, NOTE_STAYED_SHUT, by).await
}

async fn enter(
    conn: &mut SqliteConnection,
    id: LetterId,
    what: &str,
    by: &By,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit (at, letter_id, actor, from_state, to_state, note)
         SELECT ?, id, ?, state, state, ? FROM letter WHERE id = ?",
    )
    .bind(by.at.to_string())
    .bind(by.who.as_str())
    .bind(what)
    .bind(id.key())
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) fn size(note: &StoredNote) -> i64 {
    i64::try_from(note.used).unwrap_or(i64::MAX)
}
