//! The folder transport: one `.eml` file a message, for societies whose mail leaves by another
//! program, and for trials.
//!
//! A file appears whole or not at all, on disk before it is reported, readable by its owner only,
//! and never in place of another. Handing the same bytes over again under the same name is accepted
//! without writing, so a run that died after writing may simply be repeated; other bytes under a
//! taken name are refused. A later round has a name of its own: the file of an earlier one may be
//! with the other program already, and is left to it.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::address::stem_of;
use super::error::MailError;
use super::transport::{Handover, MailEnvelope, Stage};
use crate::files::{self, KeepError, Keeper, Kept};

#[derive(Debug)]
pub(super) struct Outbox {
    folder: PathBuf,
    keeper: Keeper,
}

impl Outbox {
    /// Opens the folder, making it if needed, and removes half-written files
    /// a killed process left there; they hold letters.
    pub(super) fn open(folder: &Path) -> Result<Self, MailError> {
        let unusable = |source| MailError::Outbox {
            path: folder.to_owned(),
            source,
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(unusable)?;
        files::sweep(folder).map_err(unusable)?;
        Ok(Outbox {
            folder: folder.to_owned(),
            keeper: Keeper::start(folder).map_err(unusable)?,
        })
    }

    pub(super) async fn hand_over(&self, envelope: &MailEnvelope, message: Bytes) -> Handover {
        let path = self.folder.join(file_of(envelope.name.as_str()));
        match self.keeper.keep(path.clone(), message.clone()).await {
            Ok(Kept::New) => accepted("written"),
            Ok(Kept::Taken) => compare(&path, &message).await,
            Err(KeepError::NotWritten(error)) => Handover::Deferred {
                stage: Stage::Outbox,
                reason: error.kind().to_string(),
            },
            // The name may be visible, so the program behind the folder may
            // already have taken the file.
            Err(KeepError::NotDurable(error)) => unknown(&error),
        }
    }
}

/// The file of the mail with this Message-ID that was written in its `round`th round, from 1.
pub fn file_name(message_id: &str, round: i64) -> String {
    file_of(&stem_of(message_id, round))
}

fn file_of(name: &str) -> String {
    format!("{name}.eml")
}

/// The name is taken: by this very message, or by another.
async fn compare(path: &Path, message: &[u8]) -> Handover {
    match tokio::fs::read(path).await {
        Ok(there) if there == message => accepted("already written"),
        Ok(_) => Handover::Rejected {
            code: None,
            stage: Stage::Outbox,
            reason: "another message has this name; it was left untouched".to_owned(),
        },
        // Taken a moment ago and gone or unreadable now: perhaps the program behind the folder
        // sent it.
        Err(error) => unknown(&error),
    }
}

fn accepted(response: &str) -> Handover {
    Handover::Accepted {
        response: response.to_owned(),
    }
}

fn unknown(error: &io::Error) -> Handover {
    Handover::Unknown {
        stage: Stage::Outbox,
        reason: error.kind().to_string(),
    }
}

#[cfg(test)]
mod tests;
