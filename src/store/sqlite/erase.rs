//! Deleted and undone rows leave the files too.
//!
//! SQLite keeps more than its tables show: a page that is freed, a row that
//! moved within its page, and in the write-ahead log whatever a transaction
//! wrote before it was undone. Rosters and refused files pass through the
//! store, with the addresses of people who must not be found; they must not
//! be read from the files, or from a copy of them, afterwards.
//!
//! Three things keep them out. Freed pages are overwritten (`secure_delete`),
//! the log is emptied after whatever was deleted or undone, and the file is
//! written anew where rows may have moved.

use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use super::{Store, StoreError};

/// Largest file that is written anew after a roster. Nobody else can write
/// meanwhile, and others wait half a minute at most: this takes a fraction of
/// it. In a larger one the overwritten pages have to do.
const REWRITTEN: i64 = 512 * 1024 * 1024;

/// How long the log waits for those who read it. Nobody can write meanwhile,
/// and the night's writer waits half a minute at most.
const PATIENCE: Duration = Duration::from_secs(5);

/// Rows that are gone from the tables and may still stand in the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// A transaction that was undone, or is over, wrote them: they may stand
    /// in the write-ahead log.
    Undone,
    /// They were deleted: they may stand in the file as well.
    Deleted,
}

impl Store {
    /// Lets nothing of these rows be read from the files. Returns whether all of
    /// it is gone: a reader may need what is in the log for longer than one
    /// waits.
    pub async fn erase(&self, rows: Gone) -> bool {
        erase(self.options(), rows).await
    }
}

/// The same of the store these options open.
pub(super) async fn erase(options: &SqliteConnectOptions, rows: Gone) -> bool {
    match rows {
        Gone::Undone => {}
        Gone::Deleted => {
            if let Err(error) = rewrite_small(options).await {
                tracing::warn!(%error, "the store could not be written anew");
            }
        }
    }

    let emptied = empty_log(options).await;
    emptied.unwrap_or_else(|error| {
        tracing::warn!(%error, "the store's log could not be emptied");
        false
    })
}

async fn rewrite_small(options: &SqliteConnectOptions) -> Result<(), StoreError> {
    let mut conn = options.connect().await?;
    let bytes: i64 = sqlx::query_scalar(
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
    )
    .fetch_one(&mut conn)
    .await?;
    conn.close().await?;
    if bytes <= REWRITTEN {
        rewrite(options).await?;
    }
    Ok(())
}

/// Writes a file of an earlier program anew, once. If that is not possible
/// now, the next who opens it tries again.
pub(super) async fn rewrite_once(
    conn: &mut SqliteConnection,
    options: &SqliteConnectOptions,
    made_now: bool,
) -> Result<(), StoreError> {
    let due: bool = sqlx::query_scalar("SELECT rewrite_due FROM upkeep")
        .fetch_one(&mut *conn)
        .await?;
    if !due {
        return Ok(());
    }
    if !made_now {
        match rewrite(options).await {
            Ok(()) => {}
            Err(error @ (StoreError::Busy(_) | StoreError::DiskFull(_))) => {
                tracing::warn!(%error, "the store could not be written anew; deleted rows may still be read from its file");
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        if !empty_log(options).await? {
            return Ok(());
        }
    }
    sqlx::query("UPDATE upkeep SET rewrite_due = 0")
        .execute(conn)
        .await?;
    Ok(())
}

/// On a connection of its own: the copy it makes on the way lies beside the
/// file, without a name, and not in memory as other passing tables do.
async fn rewrite(options: &SqliteConnectOptions) -> Result<(), StoreError> {
    let folder = options
        .get_filename()
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(".".as_ref());
    let folder = folder.to_string_lossy().replace('\'', "''");
    let mut conn = options
        .clone()
        .pragma("temp_store", "FILE")
        .pragma("temp_store_directory", format!("'{folder}'"))
        .connect()
        .await?;
    sqlx::query("VACUUM").execute(&mut conn).await?;
    Ok(conn.close().await?)
}

async fn empty_log(options: &SqliteConnectOptions) -> Result<bool, StoreError> {
    let mut conn = options.clone().busy_timeout(PATIENCE).connect().await?;
    let busy: i64 = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(&mut conn)
        .await?
        .get(0);
    conn.close().await?;
    Ok(busy == 0)
}
