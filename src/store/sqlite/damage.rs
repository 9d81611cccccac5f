//! Rows with a value this program never writes: each is told by itself and
//! stops no list, no report and no night.

use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::StoreError;
use super::batch::BatchRow;
use super::letter::LetterRow;
use super::request::RequestRow;
use super::types::Stored;

/// Rows read at a time.
const PAGE: i64 = 1000;

/// Rows that cannot be read, each as column and row: `queued_at of letter
/// L000002C`. At most `most`, letters first.
///
/// # Errors
/// When the store cannot be read.
pub async fn damaged_rows(
    conn: &mut SqliteConnection,
    most: usize,
) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    of_table::<LetterRow>(conn, "letter", most, &mut found).await?;
    of_table::<RequestRow>(conn, "request", most, &mut found).await?;
    of_table::<BatchRow>(conn, "batch", most, &mut found).await?;
    Ok(found)
}

async fn of_table<T: Stored>(
    conn: &mut SqliteConnection,
    table: &str,
    most: usize,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let mut after = 0_i64;
    while found.len() < most {
        let rows: Vec<SqliteRow> = sqlx::query(AssertSqlSafe(format!(
            "SELECT *, rowid AS place FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT ?"
        )))
        .bind(after)
        .bind(PAGE)
        .fetch_all(&mut *conn)
        .await?;
        let Some(last) = rows.last() else { break };
        after = sqlx::Row::try_get(last, "place")?;
        for row in &rows {
            match T::of(row) {
                Err(StoreError::Corrupt(what)) if found.len() < most => found.push(what),
                Err(StoreError::Corrupt(_)) | Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}
