//! What can go wrong with the store as a whole.

use sqlx::migrate::MigrateError;

/// What the database said.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A failure of the store; the transaction it happened in changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No room left on the disk.
    #[error("the disk is full")]
    DiskFull(#[source] Cause),
    /// Another process kept the store locked too long.
    #[error("the store is locked by another process")]
    Busy(#[source] Cause),
    /// The schema could not be brought up to date.
    #[error("the store's schema could not be migrated: {0}")]
    Migration(#[source] Cause),
    /// A row holds something this program never writes.
    #[error("the store holds an unreadable value: {0}")]
    Corrupt(String),
    /// The file is damaged, or is no database.
    #[error("the store is damaged: {0}")]
    Damaged(#[source] Cause),
    /// The schema has parts that this program did not make, or lacks some that
    /// it did.
    #[error("the store's schema is not this program's: {}", .0.join(", "))]
    Foreign(Vec<String>),
    /// There is no file.
    #[error("there is no store")]
    Missing,
    /// Any other failure of the database.
    #[error("the store failed: {0}")]
    Database(#[source] Cause),
    /// The store's keys were made by a newer program.
    #[error("the store's keys are of a newer version")]
    NewerKeys,
    /// The writer has stopped after an earlier failure.
    #[error("the store's writer has stopped")]
    WriterStopped,
}

/// Why nothing was changed: a rule does not allow it, or the store failed.
#[derive(Debug, thiserror::Error)]
pub enum Refused<R> {
    /// A rule does not allow it.
    #[error("refused by a rule")]
    Rule {
        /// Which.
        why: R,
        /// How many things the act was about: it happens to all or to none.
        of: usize,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<R> Refused<R> {
    /// What was refused of one thing alone.
    pub fn one(why: R) -> Self {
        Refused::Rule { why, of: 1 }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        // What the database itself says is the cause.
        let failed = match error {
            MigrateError::Execute(failed) | MigrateError::ExecuteMigration(failed, _) => failed,
            other => return StoreError::Migration(other.into()),
        };
        match StoreError::from(failed) {
            StoreError::Database(cause) => StoreError::Migration(cause),
            known => known,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // Named as the column's name in quotes.
        if let sqlx::Error::ColumnDecode { index, .. } = &error {
            return StoreError::Corrupt(index.trim_matches('"').to_owned());
        }
        let code = match &error {
            sqlx::Error::Database(inner) => inner.code().map(std::borrow::Cow::into_owned),
            _ => None,
        };
        // Primary result codes stand in the low byte of SQLite's extended ones.
        let primary = code
            .and_then(|code| code.parse::<u32>().ok())
            .map(|code| code & 0xff);
        match primary {
            Some(13) => StoreError::DiskFull(error.into()),
            Some(5 | 6) => StoreError::Busy(error.into()),
            Some(11 | 26) => StoreError::Damaged(error.into()),
            // An I/O error while the disk is full surfaces as SQLITE_IOERR.
            _ => StoreError::Database(error.into()),
        }
    }
}
