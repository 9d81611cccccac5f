//! Whose turn it is to take in a large file.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use rustix::fs::OFlags;
use tokio::time::Instant;

use super::StoreError;

/// How long one waits for another large file to be taken in.
const PATIENCE: Duration = Duration::from_secs(30);

fn io_failed(error: std::io::Error) -> StoreError {
    StoreError::from(sqlx::Error::Io(error))
}

/// The file one has to hold to take in a large file.
fn lock_file(folder: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        // A link would lock, or make, a file elsewhere.
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(folder.join("intake.lock"))
        .map_err(io_failed)
}

/// One large file at a time: the system frees it when the process ends.
pub(super) async fn turn(folder: &Path) -> Result<File, StoreError> {
    let file = lock_file(folder)?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if begun.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Busy("another large file".into()));
            }
            Err(TryLockError::Error(error)) => return Err(io_failed(error)),
        }
    }
}

/// The same without waiting; nothing where another large file is just being
/// taken in.
pub(super) fn turn_now(folder: &Path) -> Result<Option<File>, StoreError> {
    let file = lock_file(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(io_failed(error)),
    }
}
