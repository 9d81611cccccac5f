//! The file itself, before it is opened as a store: looking into it, and how
//! a change of it begins.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use sqlx::SqliteConnection;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;

use super::StoreError;

/// What makes the schema, in its order.
pub(super) static MIGRATOR: Migrator = sqlx::migrate!("src/store/sqlite/migrations");

/// Begins a transaction that takes the write lock at once.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";

/// How a file is opened that is only looked at: nothing is made, and nothing
/// can be written. Not opened as read-only: such a connection would leave an
/// empty log beside the file, which may then belong to somebody else than
/// whoever works with the store.
pub(super) fn read_only(path: &Path) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .pragma("query_only", "ON")
        .busy_timeout(Duration::from_secs(30));
    wary(options)
}

/// Settings of every connection that make the file do less by itself: what
/// stands in its schema may call no function that acts outside, and a page
/// that does not hold together is told of where it is read.
///
/// The defensive mode (`SQLITE_DBCONFIG_DEFENSIVE`) would go further; sqlx
/// sets it nowhere, and built in it would refuse the migration that puts words
/// into tables.
pub(super) fn wary(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
}

/// Whether there is nothing in the file yet.
pub(super) fn is_empty(path: &Path) -> bool {
    match std::fs::metadata(path) {
        Ok(file) => file.len() == 0,
        Err(_) => !path.exists(),
    }
}

/// Waits for its turn to make the file or to bring it up to date: of commands
/// that are started side by side one does it. The turn ends when the value is
/// dropped, or with the process. A file system that knows no such locks gives
/// none.
pub(super) async fn first_turn(path: &Path) -> Option<File> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    // The lock is the folder's: one on the file would go with SQLite's own
    // when it is closed.
    let folder = File::open(folder.unwrap_or(".".as_ref())).ok()?;
    let mut waits = 0;
    loop {
        match folder.try_lock() {
            Ok(()) => return Some(folder),
            Err(TryLockError::WouldBlock) if waits < TURN_WAITS => {
                waits += 1;
                tokio::time::sleep(TURN_WAIT).await;
            }
            Err(error) => {
                tracing::warn!(%error, "the store is brought up to date without a lock");
                return None;
            }
        }
    }
}

/// How long one waits before asking again whether it is its turn, and how
/// often: writing a large file anew takes some minutes.
const TURN_WAIT: Duration = Duration::from_millis(20);
const TURN_WAITS: u32 = 30_000;

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
