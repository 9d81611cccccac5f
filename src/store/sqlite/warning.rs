//! What staff were told of letters when they were queued.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::SqliteConnection;

use super::incoming::File;
use super::{StoreError, as_json, tray};
use crate::domain::{FieldProblem, LetterId};

/// Keeps what staff are told of a letter of the file.
///
/// # Errors
/// When the store cannot be written.
pub async fn keep_warnings(
    conn: &mut SqliteConnection,
    file: &File,
    id: LetterId,
    warnings: &[FieldProblem],
) -> Result<(), StoreError> {
    if warnings.is_empty() {
        return Ok(());
    }
    if file.tray.is_some() {
        return tray::keep_warnings(conn, id, &as_json(&warnings)).await;
    }
    sqlx::query("INSERT INTO letter_warning (letter_id, warnings) VALUES (?, ?)")
        .bind(id.key())
        .bind(as_json(&warnings))
        .execute(conn)
        .await?;
    Ok(())
}

/// What staff were told of letters when they were queued; of a letter of
/// which nothing was told there is no entry.
///
/// # Errors
/// When the store cannot be read.
pub async fn warnings_of(
    conn: &mut SqliteConnection,
    letters: &[LetterId],
) -> Result<BTreeMap<LetterId, Vec<FieldProblem>>, StoreError> {
    let keys: Vec<i64> = letters.iter().map(|letter| letter.key()).collect();
    let rows: Vec<(LetterId, String)> = sqlx::query_as(
        "SELECT letter_id, warnings FROM json_each(?) AS row
         JOIN letter_warning ON letter_warning.letter_id = row.value",
    )
    .bind(as_json(&keys))
    .fetch_all(conn)
    .await?;
    let read = |(id, text): (LetterId, String)| match serde_json::from_str(&text) {
        Ok(warnings) => Ok((id, warnings)),
        Err(_) => Err(StoreError::Corrupt(format!("warnings of {id}"))),
    };
    rows.into_iter().map(read).collect()
}

/// Those of the letters of which staff were told something.
///
/// # Errors
/// When the store cannot be read.
pub async fn warned(
    conn: &mut SqliteConnection,
    letters: &[LetterId],
) -> Result<BTreeSet<LetterId>, StoreError> {
    let keys: Vec<i64> = letters.iter().map(|letter| letter.key()).collect();
    let rows: Vec<LetterId> = sqlx::query_scalar(
        "SELECT letter_id FROM json_each(?) AS row
         JOIN letter_warning ON letter_warning.letter_id = row.value",
    )
    .bind(as_json(&keys))
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().collect())
}
