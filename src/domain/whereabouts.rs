//! Where a letter is, as staff read it.
//!
//! A letter's [`State`] says how far the night has brought it. Two states do
//! not say whether the letter left the house: a mail may have become a file
//! only, and a letter by post rests in the archive until somebody posts it.

use std::fmt;
use std::str::FromStr;

use super::{Delivery, Dispatch, HandedTo, State};

/// A letter's state, told apart by what really left the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Whereabouts {
    /// Its state says it all.
    In(State),
    /// A mail stands in a file and nobody has said that it was sent (書出済).
    Written,
    /// A letter by post waits to be printed and posted (未発送).
    Unposted,
    /// A letter by post was posted (発送済).
    Posted,
    /// A letter was handed over at the desk (手渡済).
    HandedOver,
}

/// A word that names no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("状態「{0}」はありません。{words} のいずれかを書いてください。", words = words())]
pub struct UnknownWhereabouts(String);

fn words() -> String {
    let words = Whereabouts::ALL.map(Whereabouts::label);
    words.join("、")
}

impl Whereabouts {
    /// Each of them, in the order of a letter's life.
    pub const ALL: [Whereabouts; 17] = [
        Whereabouts::In(State::Queued),
        Whereabouts::In(State::Approved),
        Whereabouts::In(State::Numbered),
        Whereabouts::In(State::Rendered),
        Whereabouts::In(State::Archived),
        Whereabouts::In(State::Released),
        Whereabouts::In(State::Sent),
        Whereabouts::Written,
        Whereabouts::Unposted,
        Whereabouts::Posted,
        Whereabouts::HandedOver,
        Whereabouts::In(State::Filed),
        Whereabouts::In(State::Held),
        Whereabouts::In(State::Parked),
        Whereabouts::In(State::Failed),
        Whereabouts::In(State::Unknown),
        Whereabouts::In(State::Cancelled),
    ];

    /// Where a letter of a batch is that is made or stopped, in the order it is
    /// counted.
    pub const AT_REST: [Whereabouts; 12] = [
        Whereabouts::In(State::Sent),
        Whereabouts::Written,
        Whereabouts::In(State::Released),
        Whereabouts::Posted,
        Whereabouts::HandedOver,
        Whereabouts::Unposted,
        Whereabouts::In(State::Filed),
        Whereabouts::In(State::Held),
        Whereabouts::In(State::Parked),
        Whereabouts::In(State::Failed),
        Whereabouts::In(State::Unknown),
        Whereabouts::In(State::Cancelled),
    ];

    /// It stands on paper or in a file, and nobody said that it left the
    /// house.
    pub const MADE: [Whereabouts; 2] = [Whereabouts::Unposted, Whereabouts::Written];

    /// It is in the house and does not leave it by itself: it was withdrawn,
    /// or it is kept in the archive only.
    pub const STAYS: [Whereabouts; 2] = [
        Whereabouts::In(State::Cancelled),
        Whereabouts::In(State::Filed),
    ];

    /// Where a letter in this state is that goes this way. (The store derives
    /// the same of its columns; a test holds the two against each other.)
    pub fn of(
        state: State,
        delivery: Delivery,
        handed_to: Option<HandedTo>,
        dispatch: Option<Dispatch>,
    ) -> Self {
        match (state, dispatch) {
            (State::Sent, None) if handed_to == Some(HandedTo::File) => Whereabouts::Written,
            (State::Filed, Some(Dispatch::Posted)) => Whereabouts::Posted,
            (State::Filed, Some(Dispatch::HandedOver)) => Whereabouts::HandedOver,
            (State::Filed, _) if delivery == Delivery::Post => Whereabouts::Unposted,
            (state, _) => Whereabouts::In(state),
        }
    }

    /// Whether the letter has left the house. One that is kept in the archive
    /// only has not: it answers nobody until it is handed over.
    pub fn left_house(self) -> bool {
        match self {
            Whereabouts::Posted | Whereabouts::HandedOver | Whereabouts::In(State::Sent) => true,
            Whereabouts::Written | Whereabouts::Unposted => false,
            Whereabouts::In(
                State::Queued
                | State::Approved
                | State::Numbered
                | State::Rendered
                | State::Archived
                | State::Released
                | State::Filed
                | State::Held
                | State::Parked
                | State::Failed
                | State::Unknown
                | State::Cancelled,
            ) => false,
        }
    }

    /// Whether the letter is in the house and may still leave it.
    pub fn may_leave(self) -> bool {
        !self.left_house() && !Whereabouts::STAYS.contains(&self)
    }

    /// The word of other programs, also typed on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Whereabouts::In(state) => state.as_str(),
            Whereabouts::Written => "written",
            Whereabouts::Unposted => "unposted",
            Whereabouts::Posted => "posted",
            Whereabouts::HandedOver => "handed_over",
        }
    }

    /// The word staff read.
    pub fn label(self) -> &'static str {
        match self {
            Whereabouts::In(state) => state.label(),
            Whereabouts::Written => "書出済",
            Whereabouts::Unposted => "未発送",
            Whereabouts::Posted => "発送済",
            Whereabouts::HandedOver => "手渡済",
        }
    }
}

impl From<State> for Whereabouts {
    fn from(state: State) -> Self {
        Whereabouts::In(state)
    }
}

impl fmt::Display for Whereabouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Whereabouts {
    type Err = UnknownWhereabouts;

    /// Accepts the English word and the Japanese one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Whereabouts::ALL
            .into_iter()
            .find(|at| at.as_str() == text || at.label() == text)
            .ok_or_else(|| UnknownWhereabouts(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_read_back_and_no_two_are_the_same() {
        for at in Whereabouts::ALL {
            assert_eq!(at.as_str().parse(), Ok(at));
            assert_eq!(at.label().parse(), Ok(at));
        }
        for state in State::ALL {
            assert!(Whereabouts::ALL.contains(&state.into()), "{state}");
        }
    }

    #[test]
    fn a_letter_waits_is_to_be_made_or_is_made_or_stopped() {
        for at in Whereabouts::ALL {
            let moves = match at {
                Whereabouts::In(state) => {
                    State::TO_MAKE.contains(&state) || State::WAITING.contains(&state)
                }
                _ => false,
            };
            assert_ne!(Whereabouts::AT_REST.contains(&at), moves, "{at}");
        }
    }

    #[test]
    fn what_is_made_is_told_apart_from_what_left_the_house() {
        let made = [
            (State::Filed, Delivery::Post, None),
            (State::Sent, Delivery::Mail, Some(HandedTo::File)),
        ];
        let made = made.map(|(state, way, to)| Whereabouts::of(state, way, to, None));
        assert_eq!(made, Whereabouts::MADE);
        for at in Whereabouts::STAYS.into_iter().chain(Whereabouts::MADE) {
            assert!(!at.left_house(), "{at}");
        }
    }

    #[test]
    fn only_what_the_server_took_or_staff_vouch_for_has_left_the_house() {
        let left: Vec<Whereabouts> = Whereabouts::ALL
            .into_iter()
            .filter(|at| at.left_house())
            .collect();
        let expected = [
            Whereabouts::In(State::Sent),
            Whereabouts::Posted,
            Whereabouts::HandedOver,
        ];
        assert_eq!(left, expected);
    }
}
