//! Numbers in the store that a person has to look at: shared, or alike.

use super::LetterId;

/// A number, or several, that a person has to look at. Whether they are wrong
/// is not for the program to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentifierDoubt {
    /// The record of the request with this receipt number is damaged.
    UnreadableRequest(String),
    /// Requests with one receipt number in several writings.
    SharedReceiptNumber(Vec<String>),
    /// A member's number with a flag looks like another without it.
    LookAlikeFlag {
        /// The number the flag is under.
        flagged: String,
        /// The other number.
        other: String,
    },
    /// A member was notified of one edition under two writings of the number.
    DoubleNotification {
        /// The member's number, as it is written somewhere.
        member: String,
        /// The letters.
        letters: Vec<LetterId>,
    },
}
