//! Why a letter stopped, as data. The words staff read are made of it where
//! they are shown, so a row of the store names no command.

use serde::{Deserialize, Serialize};

use super::{Difference, FieldProblem, HandedTo, KeptBack};

/// Why a letter was parked, has failed or is of unknown outcome.
///
/// The store keeps it as JSON; a variant or field that was once written is
/// not renamed. Texts from outside are one line each (see
/// [`in_one_line`](super::in_one_line)) and may name a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The program ended between the begin of the hand-over and its outcome.
    HandoverInterrupted {
        /// To whom the mail was being handed over.
        to: HandedTo,
    },
    /// The mail was handed over, and no answer came.
    AnswerLost {
        /// To whom it was handed over.
        to: HandedTo,
    },
    /// Staff took back that the mail arrived.
    ArrivalTakenBack,
    /// The program ended twice while the letter was being set.
    GaveUpSetting,
    /// The template and the record do not go together.
    TemplateRefused {
        /// What the engine says.
        message: String,
    },
    /// A character has no glyph in the font it would be set in.
    CharactersMissing {
        /// Which, in Japanese.
        message: String,
        /// Whether the record holds one of them; else they stand in the
        /// society's profile or in the template.
        in_record: bool,
    },
    /// Setting took longer than the limit.
    SettingTimedOut {
        /// The limit.
        seconds: u64,
    },
    /// Setting took more memory than the limit.
    SettingOutOfMemory {
        /// The limit in MiB.
        mebibytes: u64,
    },
    /// The template is nested too deeply.
    SettingTooDeep,
    /// A font is not the one that was checked.
    FontsChanged {
        /// Which, in Japanese.
        message: String,
    },
    /// The worker that sets ended twice without a known cause.
    WorkerDied,
    /// No template for the letter's kind, or none for its outcome.
    KindGone {
        /// Code of the kind.
        kind: String,
    },
    /// The record that is kept cannot be read.
    RecordUnreadable,
    /// The record that is kept is not the one that was queued.
    RecordChanged,
    /// What the store says of the letter in its several places differs: it was
    /// changed behind the program.
    Differs(Vec<Difference>),
    /// Law, template or fees changed since, and the record does not pass any
    /// more.
    NoLongerLawful(FieldProblem),
    /// The decision is of a later day than the letter.
    DecidedAfterIssue,
    /// The mail server could not be used that night. Written by earlier
    /// programs only: such a mail waits now.
    MailIsDown,
    /// The mail server left several mails without an answer, so no further
    /// one was given to it. Written by earlier programs only.
    GatewayIsSilent,
    /// The PDF cannot be taken from the archive, nor made again from what was
    /// kept.
    PdfLost {
        /// Its place in the archive.
        place: String,
        /// What is wrong with it.
        damage: PdfDamage,
        /// Why it could not be made again.
        restoring: NotRestored,
    },
    /// The mail could not be composed.
    MailNotComposed {
        /// Whether the mail's template has to be mended, and not the record.
        in_template: bool,
        /// What is wrong, in Japanese.
        problem: String,
    },
    /// The mail server refused the mail for good.
    MailRejected {
        /// The reply code; none when this program refused.
        code: Option<u16>,
        /// The server's words.
        words: String,
    },
    /// The mail server did not take the mail in any of the tries. Written by
    /// earlier programs only.
    MailDeferred {
        /// Why, in the words of the last try.
        words: String,
    },
    /// Something registered since the letter was queued keeps it back.
    KeptBack(KeptBack),
    /// The database was put back from a backup: what happened to the letter
    /// since then is not known to it.
    Restored {
        /// Why it had stopped before, if it had.
        earlier: Option<Box<Reason>>,
    },
    /// In words that are already made, as earlier versions kept them.
    Told {
        /// Why.
        reason: String,
        /// What to do; empty when nothing was told.
        next_step: String,
    },
}

/// What is wrong with a letter's PDF in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PdfDamage {
    /// It is not there.
    Missing,
    /// Its content is another.
    Changed,
    /// It cannot be read.
    Unreadable,
}

/// Why a letter's PDF could not be made again from what was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotRestored {
    /// Another file it needs is not in the archive.
    Missing {
        /// SHA-256 of that file.
        sha256: String,
    },
    /// Another file it needs has changed in the archive.
    Damaged {
        /// SHA-256 the file had.
        sha256: String,
    },
    /// Another cause, in Japanese.
    Told(String),
}

impl Reason {
    /// What a row of the store says. Rows of earlier versions have the words
    /// in both columns; later ones have JSON in the first.
    pub fn kept(reason: Option<String>, next_step: Option<String>) -> Option<Self> {
        match (reason, next_step) {
            (None, None) => None,
            (Some(kept), None) => {
                let read = serde_json::from_str(&kept);
                Some(read.unwrap_or(Reason::Told {
                    reason: kept,
                    next_step: String::new(),
                }))
            }
            (reason, Some(next_step)) => Some(Reason::Told {
                reason: reason.unwrap_or_default(),
                next_step,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::MemberFlag;

    #[test]
    fn what_is_kept_is_read_again() {
        for reason in [
            Reason::HandoverInterrupted { to: HandedTo::File },
            Reason::RecordChanged,
            Reason::Differs(vec![Difference::Pdf, Difference::SentBefore]),
            Reason::KeptBack(KeptBack::Flagged(vec![
                MemberFlag::Protected,
                MemberFlag::Withheld,
            ])),
            Reason::MailRejected {
                code: Some(550),
                words: "no \"such\" user".to_owned(),
            },
            Reason::PdfLost {
                place: "ab/cd".to_owned(),
                damage: PdfDamage::Changed,
                restoring: NotRestored::Missing {
                    sha256: "ab".to_owned(),
                },
            },
            Reason::NoLongerLawful(FieldProblem::of("reason", "理由。", "直し。")),
            Reason::Restored {
                earlier: Some(Box::new(Reason::RecordChanged)),
            },
        ] {
            let kept = serde_json::to_string(&reason).expect("JSON");
            assert_eq!(Reason::kept(Some(kept), None), Some(reason));
        }
        assert_eq!(Reason::kept(None, None), None);
    }

    /// Rows are kept for years: what a version wrote, later ones read.
    #[test]
    fn the_form_in_the_store_is_held() {
        for (kept, reason) in [
            (r#""arrival_taken_back""#, Reason::ArrivalTakenBack),
            (
                r#"{"answer_lost":{"to":"gateway"}}"#,
                Reason::AnswerLost {
                    to: HandedTo::Gateway,
                },
            ),
            (
                r#"{"kept_back":{"flagged":["withheld"]}}"#,
                Reason::KeptBack(KeptBack::Flagged(vec![MemberFlag::Withheld])),
            ),
            (
                r#"{"restored":{"earlier":null}}"#,
                Reason::Restored { earlier: None },
            ),
            (
                r#"{"restored":{"earlier":"mail_is_down"}}"#,
                Reason::Restored {
                    earlier: Some(Box::new(Reason::MailIsDown)),
                },
            ),
            (
                r#"{"differs":["not_approved"]}"#,
                Reason::Differs(vec![Difference::NotApproved]),
            ),
            (
                r#"{"setting_timed_out":{"seconds":6}}"#,
                Reason::SettingTimedOut { seconds: 6 },
            ),
        ] {
            assert_eq!(serde_json::to_string(&reason).expect("JSON"), kept);
            assert_eq!(Reason::kept(Some(kept.to_owned()), None), Some(reason));
        }
    }

    #[test]
    fn words_of_an_earlier_version_are_read_as_they_stand() {
        let words = |text: &str| Some(text.to_owned());
        assert_eq!(
            Reason::kept(words("理由"), words("手順")),
            Some(Reason::Told {
                reason: "理由".to_owned(),
                next_step: "手順".to_owned(),
            })
        );
        assert_eq!(
            Reason::kept(words("理由"), None),
            Some(Reason::Told {
                reason: "理由".to_owned(),
                next_step: String::new(),
            })
        );
    }
}
