//! The folder transport: one `.eml` file a message, for societies whose mail leaves by another
//! program, and for trials.
//!
//! A file appears whole or not at all, on disk before it is reported, readable by its owner only,
//! and never in place of another. Handing the same bytes over again under the same name is accepted
//! without writing, so a run that died after writing may simply be repeated; other bytes under a
//! taken name are refused.

use std::fs::{DirBuilder, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::error::MailError;
use super::transport::{Envelope, Handover, Stage};

/// Begin and end of the names of half-written files.
const PART: (&str, &str) = (".yobin-", ".part");

#[derive(Debug)]
pub(super) struct Outbox(Arc<Folder>);

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// Kept open for fsync: a new name is durable only when its folder is.
    handle: File,
    /// Names given so far.
    named: AtomicU64,
    /// How many of them are durable; held while the folder is made so, so
    /// that those who wait find their own name done with the others.
    durable: Mutex<u64>,
}

impl Outbox {
    pub(super) fn open(path: &Path) -> Result<Self, MailError> {
        let unusable = |source| MailError::Outbox {
            path: path.to_owned(),
            source,
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(unusable)?;
        let folder = Folder {
            path: path.to_owned(),
            handle: File::open(path).map_err(unusable)?,
            named: AtomicU64::new(0),
            durable: Mutex::new(0),
        };
        folder.sweep().map_err(unusable)?;
        Ok(Self(Arc::new(folder)))
    }

    pub(super) async fn hand_over(&self, envelope: &Envelope, message: Bytes) -> Handover {
        let folder = Arc::clone(&self.0);
        let name = format!("{}.eml", envelope.name);
        tokio::task::spawn_blocking(move || folder.put(&name, &message))
            .await
            .unwrap_or_else(|_| Handover::Unknown {
                stage: Stage::Outbox,
                reason: "writing was interrupted".to_owned(),
            })
    }
}

impl Folder {
    /// Removes half-written files a killed process left; they hold letters.
    fn sweep(&self) -> io::Result<()> {
        for entry in self.path.read_dir()? {
            let entry = entry?;
            let ours = entry
                .file_name()
                .to_str()
                .is_some_and(|n| n.starts_with(PART.0) && n.ends_with(PART.1));
            if ours {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn put(&self, name: &str, message: &[u8]) -> Handover {
        let deferred = |error: &io::Error| Handover::Deferred {
            stage: Stage::Outbox,
            reason: error.kind().to_string(),
        };
        let target = self.path.join(name);
        let part = match self.write(message) {
            Ok(part) => part,
            Err(error) => return deferred(&error),
        };
        match part.persist_noclobber(&target) {
            Ok(_) => {}
            Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {
                return self.compare(&target, message);
            }
            Err(refused) => return deferred(&refused.error),
        }
        self.settle("written")
    }

    fn write(&self, message: &[u8]) -> io::Result<tempfile::NamedTempFile> {
        let mut part = tempfile::Builder::new()
            .prefix(PART.0)
            .suffix(PART.1)
            .permissions(Permissions::from_mode(0o600))
            .tempfile_in(&self.path)?;
        part.write_all(message)?;
        part.as_file().sync_all()?;
        Ok(part)
    }

    /// The name is taken: by this very message, or by another.
    fn compare(&self, target: &Path, message: &[u8]) -> Handover {
        match std::fs::read(target) {
            Ok(there) if there == message => self.settle("already written"),
            Ok(_) => Handover::Rejected {
                code: None,
                stage: Stage::Outbox,
                reason: "another message has this name; it was left untouched".to_owned(),
            },
            // Taken a moment ago and gone or unreadable now: perhaps the program behind the folder
            // sent it.
            Err(error) => Handover::Unknown {
                stage: Stage::Outbox,
                reason: error.kind().to_string(),
            },
        }
    }

    /// The name is visible, so the program behind the folder may already have taken it: a failure
    /// from here on leaves the outcome unknown.
    fn settle(&self, response: &str) -> Handover {
        match self.make_names_durable() {
            Ok(()) => Handover::Accepted {
                response: response.to_owned(),
            },
            Err(error) => Handover::Unknown {
                stage: Stage::Outbox,
                reason: error.kind().to_string(),
            },
        }
    }

    /// Makes the name just given durable, together with all that were given
    /// by others meanwhile: one wait for the disk serves them all.
    fn make_names_durable(&self) -> io::Result<()> {
        let own = self.named.fetch_add(1, Ordering::SeqCst) + 1;
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if *durable < own {
            let until = self.named.load(Ordering::SeqCst);
            self.handle.sync_all()?;
            *durable = until;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
