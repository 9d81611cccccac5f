//! A copy of the store for trying out what a file would do to it.
//!
//! A dry run must see what earlier rows of its file would have become, so it
//! writes; but it must not take the one write lock from those who mean it, nor
//! leave rows in the store's files that were never taken in. So it works on a
//! copy that nobody else finds and that is gone with the process.

use std::fs::File;
use std::io;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use sqlx::SqliteConnection;
use tempfile::TempPath;

use super::{Store, StoreError};

/// Bytes that stay free beside a copy.
const LEFT_FREE: u64 = 64 * 1024 * 1024;

impl Store {
    /// A copy of the store as it stands now, beside it and without a name.
    /// What is written to it is lost when it is closed.
    ///
    /// # Errors
    /// When the store cannot be read, or there is no room for a copy.
    pub async fn scratch(&self) -> Result<Store, StoreError> {
        let folder = self.options().get_filename().parent();
        let folder = folder
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        sweep(folder).map_err(failed)?;
        let mut conn = self.read().await?;
        refuse_without_room(&mut conn, folder).await?;
        let (held, copy) = named(folder).map_err(failed)?;
        sqlx::query("VACUUM INTO ?")
            .bind(copy.to_string_lossy().into_owned())
            .execute(&mut *conn)
            .await?;
        drop(conn);
        let options = SqliteConnectOptions::new()
            .filename(&copy)
            .create_if_missing(false)
            .foreign_keys(true)
            // It is never rolled back and need not survive anything.
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .pragma("temp_store", "MEMORY");
        // One connection that stays: the file cannot be opened again once its
        // name is gone.
        let pool = SqlitePoolOptions::new()
            .test_before_acquire(false)
            .min_connections(1)
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        copy.close().map_err(failed)?;
        drop(held);
        Ok(Store::of(pool.clone(), pool, options))
    }
}

/// The prefix of a copy while it has a name.
const COPY: &str = ".copy-";

/// An empty file for a copy, held as long as it has a name: whoever finds it
/// unheld knows that its process died.
fn named(folder: &Path) -> io::Result<(File, TempPath)> {
    let (file, path) = tempfile::Builder::new()
        .prefix(COPY)
        .tempfile_in(folder)?
        .into_parts();
    file.lock()?;
    Ok((file, path))
}

/// Removes copies whose process died while they had a name.
///
/// # Errors
/// When the folder cannot be read or a copy cannot be removed.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with(COPY) {
            continue;
        }
        match File::open(entry.path()) {
            Ok(file) if file.try_lock().is_ok() => std::fs::remove_file(entry.path())?,
            // Another dry run is at work with it, or it is gone already.
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A copy that filled the disk would end the night's work beside it.
async fn refuse_without_room(conn: &mut SqliteConnection, folder: &Path) -> Result<(), StoreError> {
    let bytes: i64 = sqlx::query_scalar(
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
    )
    .fetch_one(conn)
    .await?;
    let needed = u64::try_from(bytes).unwrap_or(u64::MAX);
    let disk = rustix::fs::statvfs(folder).map_err(|error| failed(error.into()))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    match needed.saturating_add(LEFT_FREE) > free {
        true => Err(StoreError::NoRoomToTry { needed, free }),
        false => Ok(()),
    }
}

fn failed(error: io::Error) -> StoreError {
    sqlx::Error::Io(error).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_copy_whose_process_died_is_removed_and_one_at_work_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("yobin.db");
        let store = Store::open(&path).await.expect("opens");
        let dead = folder.path().join(".copy-dead");
        std::fs::write(&dead, "rows").expect("written");
        let (held, at_work) = named(folder.path()).expect("a copy");
        let scratch = store.scratch().await.expect("a copy");
        assert!(!dead.exists());
        assert!(at_work.exists());
        drop(held);
        let again = Store::open(&path).await.expect("opens");
        assert!(!at_work.exists());
        // What works on a copy leaves no name.
        let names = std::fs::read_dir(folder.path()).expect("a folder");
        let names = names.map(|entry| entry.expect("an entry").file_name());
        let left: Vec<_> = names
            .filter(|name| name.to_string_lossy().starts_with(COPY))
            .collect();
        assert!(left.is_empty(), "{left:?}");
        scratch.close().await;
        again.close().await;
        store.close().await;
    }
}
