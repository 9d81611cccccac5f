//! Why a run left mails waiting that are made.

use serde::{Deserialize, Serialize};

use super::HandedTo;

/// Why a run left mails waiting that are made. They go out by themselves with
/// a later run.
///
/// The store keeps it as JSON; a variant or field that was once written is not
/// renamed. Words are the server's or the system's, one line each, without
/// addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailHalt {
    /// Where they go could not be used for as long as the run had patience.
    Away {
        /// To whom they were to be handed over.
        to: HandedTo,
        /// What was seen or said last.
        words: String,
    },
    /// The mail server refused the sender of several mails in a row.
    SenderRefused {
        /// What it said last.
        words: String,
    },
    /// The mail server left several mails in a row without an answer.
    Silent,
    /// The mail server put these mails off, and took others.
    PutOff {
        /// What it said last.
        words: String,
    },
    /// The run was asked to stop.
    Stopped,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row is read by later versions.
    #[test]
    fn the_form_in_the_store_is_held() {
        for (kept, halt) in [
            (r#""silent""#, MailHalt::Silent),
            (r#""stopped""#, MailHalt::Stopped),
            (
                r#"{"away":{"to":"gateway","words":"refused"}}"#,
                MailHalt::Away {
                    to: HandedTo::Gateway,
                    words: "refused".to_owned(),
                },
            ),
            (
                r#"{"put_off":{"words":"451 later"}}"#,
                MailHalt::PutOff {
                    words: "451 later".to_owned(),
                },
            ),
        ] {
            assert_eq!(serde_json::to_string(&halt).expect("JSON"), kept);
            assert_eq!(serde_json::from_str::<MailHalt>(kept).expect("read"), halt);
        }
    }
}
