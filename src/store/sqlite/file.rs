//! The file itself, before it is opened as a store: looking into it, and how
//! a change of it begins.

use std::io;
use std::path::Path;
use std::time::Duration;

use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteConnectOptions;

use super::StoreError;

/// Begins a transaction that takes the write lock at once.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";

/// How a file is opened that is only looked at: nothing is made, and nothing
/// can be written. Not opened as read-only: such a connection would leave an
/// empty log beside the file, which may then belong to somebody else than
/// whoever works with the store.
pub(super) fn read_only(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .pragma("query_only", "ON")
        .busy_timeout(Duration::from_secs(30))
}

/// Whether there is a file.
pub(super) fn is_there(path: &Path) -> Result<bool, StoreError> {
    match path.try_exists() {
        // The parent is no folder, so there is no file.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        found => found.map_err(|error| sqlx::Error::Io(error).into()),
    }
}

/// Whether the store has this table: one of an earlier program may not.
pub(super) async fn has_table(
    conn: &mut SqliteConnection,
    table: &str,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?)",
    )
    .bind(table)
    .fetch_one(conn)
    .await?)
}
