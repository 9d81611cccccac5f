//! Opening the SQLite file.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};

use super::StoreError;

static MIGRATOR: Migrator = sqlx::migrate!("src/store/migrations");

/// The store: one connection that writes, a few that read.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    reader: SqlitePool,
}

impl Store {
    /// Opens the file, making it if it is not there, and brings its schema
    /// up to date.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be opened, is no database, or was
    /// made by a newer program.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            // WAL: reports read while the night writes.
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a commit that returned survives a power cut. With WAL the
            // default (NORMAL) may lose the last commits, and a lost "handed
            // over" would be a letter sent twice.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Staff commands wait for a running transaction of the night
            // instead of failing.
            .busy_timeout(Duration::from_secs(30))
            // Names must not stay readable in freed pages.
            .pragma("secure_delete", "FAST")
            // Bounds the file that holds commits not yet merged.
            .pragma("wal_autocheckpoint", "2000")
            .pragma("journal_size_limit", "67108864")
            // Temporary tables of sorts stay in memory, not in a shared
            // folder for temporary files.
            .pragma("temp_store", "MEMORY");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await?;
        MIGRATOR.run(&writer).await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(3)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Store { writer, reader })
    }

    /// Begins a transaction that writes. It takes the write lock at once
    /// (`BEGIN IMMEDIATE`), so it cannot fail half-way for want of it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another process holds the lock for 30 s.
    pub async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub async fn read(&self) -> Result<sqlx::pool::PoolConnection<Sqlite>, StoreError> {
        Ok(self.reader.acquire().await?)
    }

    /// Closes all connections; merges the write-ahead log into the file.
    pub async fn close(self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}
