//! One run at a time in a workspace.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::OFlags;

use super::NightError;

/// The lock of a workspace; the system frees it when the process ends, however
/// it ends.
pub(super) struct NightLock {
    _file: File,
}

impl NightLock {
    pub(super) fn take(out: &Path) -> Result<Self, NightError> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            // A link would lock, or make, a file elsewhere.
            .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
            .open(out.join("night.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(NightLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(NightError::Locked),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}
