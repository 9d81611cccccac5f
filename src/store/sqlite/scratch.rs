//! A copy of the store for trying out what a file would do to it.
//!
//! A dry run must see what earlier rows of its file would have become, so it
//! writes; but it must not take the one write lock from those who mean it, nor
//! leave rows in the store's files that were never taken in. So it works on a
//! copy that nobody else finds and that is gone with the process.

use std::io;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::{Store, StoreError};

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
        let copy = crate::files::passing(folder).map_err(failed)?;
        let copy = copy.into_temp_path();
        let mut conn = self.read().await?;
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
        Ok(Store::of(pool.clone(), pool, options))
    }
}

fn failed(error: io::Error) -> StoreError {
    sqlx::Error::Io(error).into()
}
