//! From the gateway's replies to what they mean for the letter, in words that may be kept.

use lettre::transport::smtp::Error as LettreError;
use lettre::transport::smtp::response::{Response, Severity};

use crate::mail::address::EmailAddress;
use crate::mail::mask::masked;
use crate::mail::transport::{Handover, Stage};

/// The gateway's refusal, or a failure of the connection, at a point where nothing has been
/// delivered.
pub(super) fn refusal(stage: Stage, error: &LettreError, to: &EmailAddress) -> Handover {
    let Some(code) = error.status() else {
        return deferred(stage, &masked(&error.to_string(), to));
    };
    let text = std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default();
    let reason = masked(&format!("{code} {text}"), to);
    if error.is_permanent() {
        Handover::Rejected {
            code: Some(u16::from(code)),
            stage,
            reason,
        }
    } else {
        Handover::Deferred { stage, reason }
    }
}

/// A refusal that came as a reply, at a point where nothing has been delivered.
pub(super) fn refused(stage: Stage, response: &Response, to: &EmailAddress) -> Handover {
    let reason = words(response, to);
    match response.code().severity {
        Severity::PermanentNegativeCompletion => Handover::Rejected {
            code: Some(u16::from(response.code())),
            stage,
            reason,
        },
        Severity::TransientNegativeCompletion
        | Severity::PositiveCompletion
        | Severity::PositiveIntermediate => Handover::Deferred { stage, reason },
    }
}

pub(super) fn deferred(stage: Stage, reason: &str) -> Handover {
    Handover::Deferred {
        stage,
        reason: reason.to_owned(),
    }
}

/// A refusal with a code, other than 421 "closing the connection", leaves the dialogue in order.
pub(super) fn is_orderly(error: &LettreError) -> bool {
    error.status().is_some_and(|code| u16::from(code) != 421)
}

pub(super) fn words(response: &Response, to: &EmailAddress) -> String {
    let text: Vec<&str> = response.message().collect();
    masked(&format!("{} {}", response.code(), text.join(" ")), to)
}
