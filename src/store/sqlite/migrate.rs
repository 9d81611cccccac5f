//! Bringing a file up to date.

use sqlx::sqlite::SqlitePool;

use super::file::MIGRATOR;
use super::renew_keys::renew_keys;
use super::whole::keep_rows_twice;
use super::{StoreError, digests};

/// Brings a file's schema, and what the program itself fills in, up to date.
pub(super) async fn migrate(writer: &SqlitePool) -> Result<(), StoreError> {
    MIGRATOR.run(writer).await?;
    fill_in(writer).await
}

/// Brings what the program itself fills in up to date.
pub(super) async fn fill_in(writer: &SqlitePool) -> Result<(), StoreError> {
    renew_keys(writer).await?;
    digests::fill_in(writer).await?;
    keep_rows_twice(writer).await
}
