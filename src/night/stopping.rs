//! Why a letter stopped: from the errors of the rooms the night works with to
//! the reason that is kept.

use serde_json::{Map, Value};

use crate::acts::proof::ProofError;
use crate::archive::ArchiveError;
use crate::domain::{NotRestored, PdfDamage, Reason, in_one_line};
use crate::mail::MailError;
use crate::render::RenderFailure;

/// The most characters kept of a text from outside.
const QUOTED_MOST: usize = 800;

/// A text from outside as a reason keeps it.
fn quoted(text: &str) -> String {
    in_one_line(text, QUOTED_MOST)
}

/// A page that did not come out. Of a pool that failed the whole night ends,
/// so of a letter it says no more than that a worker died.
pub(super) fn rendering_failed(failure: &RenderFailure, record: &Map<String, Value>) -> Reason {
    match failure {
        RenderFailure::Template(message) => Reason::TemplateRefused {
            message: quoted(message),
        },
        RenderFailure::Characters { message, missing } => Reason::CharactersMissing {
            message: quoted(message),
            in_record: holds(record, missing),
        },
        RenderFailure::TimedOut(limit) => Reason::SettingTimedOut {
            seconds: limit.as_secs(),
        },
        RenderFailure::OutOfMemory(mebibytes) => Reason::SettingOutOfMemory {
            mebibytes: *mebibytes,
        },
        RenderFailure::StackOverflow => Reason::SettingTooDeep,
        RenderFailure::Fonts(message) => Reason::FontsChanged {
            message: quoted(message),
        },
        RenderFailure::WorkerDied(_) | RenderFailure::Pool(_) => Reason::WorkerDied,
    }
}

/// Whether one of these characters is in a text of the record.
fn holds(record: &Map<String, Value>, characters: &str) -> bool {
    fn in_value(value: &Value, characters: &str) -> bool {
        match value {
            Value::String(text) => text.contains(|c| characters.contains(c)),
            Value::Array(parts) => parts.iter().any(|part| in_value(part, characters)),
            Value::Object(parts) => parts.values().any(|part| in_value(part, characters)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    record.values().any(|value| in_value(value, characters))
}

/// A PDF that cannot be taken from its place in the archive.
pub(super) fn pdf_lost(place: String, damage: &ArchiveError, failure: ProofError) -> Reason {
    Reason::PdfLost {
        place,
        damage: match damage {
            ArchiveError::Missing(_) => PdfDamage::Missing,
            ArchiveError::Damaged(_) => PdfDamage::Changed,
            ArchiveError::DiskFull | ArchiveError::Storage(_) | ArchiveError::Folder(_) => {
                PdfDamage::Unreadable
            }
        },
        restoring: match failure {
            ProofError::Archive(ArchiveError::Missing(sha256)) => NotRestored::Missing { sha256 },
            ProofError::Archive(ArchiveError::Damaged(sha256)) => NotRestored::Damaged { sha256 },
            failure => NotRestored::Told(quoted(&failure.to_string())),
        },
    }
}

pub(super) fn mail_not_composed(error: &MailError) -> Reason {
    Reason::MailNotComposed {
        in_template: error.concerns_template(),
        problem: quoted(&error.staff_message()),
    }
}

pub(super) fn mail_rejected(code: Option<u16>, words: &str) -> Reason {
    Reason::MailRejected {
        code,
        words: quoted(words),
    }
}
