//! When protective measures (支援措置) are no longer against a registered
//! counterpart: one person proposes it, another confirms it.

use std::str::FromStr;

use super::{By, RequestRefusal, StaffName};

/// The act by which it is proposed, as a request's history has it.
pub const COUNTERPART_END_PROPOSED: &str = "counterpart_end_proposed";

/// The act by which it is confirmed.
pub const COUNTERPART_ENDED: &str = "counterpart_ended";

/// Why. It is a word of a list and no sentence, so that a request's history
/// holds nothing about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CounterpartEnd {
    /// The measures ran out.
    RanOut,
    /// Whom they protected withdrew them.
    Withdrawn,
    /// The measures are no longer against this person.
    NoLongerAgainst,
}

/// A word that is no reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("理由「{0}」は使えません。{list}のいずれかを書いてください。", list = CounterpartEnd::ALL.map(CounterpartEnd::label).join("、"))]
pub struct UnknownCounterpartEnd(String);

impl CounterpartEnd {
    /// Every reason, in the order they are offered.
    pub const ALL: [CounterpartEnd; 3] = [
        CounterpartEnd::RanOut,
        CounterpartEnd::Withdrawn,
        CounterpartEnd::NoLongerAgainst,
    ];

    /// The code the store uses.
    pub fn as_str(self) -> &'static str {
        match self {
            CounterpartEnd::RanOut => "ran_out",
            CounterpartEnd::Withdrawn => "withdrawn",
            CounterpartEnd::NoLongerAgainst => "no_longer_against",
        }
    }

    /// The word staff use.
    pub fn label(self) -> &'static str {
        match self {
            CounterpartEnd::RanOut => "期間の満了",
            CounterpartEnd::Withdrawn => "申出の取下げ",
            CounterpartEnd::NoLongerAgainst => "相手方からの除外",
        }
    }
}

impl FromStr for CounterpartEnd {
    type Err = UnknownCounterpartEnd;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let typed = word.trim();
        Self::ALL
            .into_iter()
            .find(|reason| reason.label() == typed || reason.as_str() == typed)
            .ok_or_else(|| UnknownCounterpartEnd(word.chars().take(40).collect()))
    }
}

/// How far the end of a counterpart is, by the history of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndStands<'a> {
    /// Nobody has proposed it.
    No,
    /// This person proposed it for this reason; nobody confirmed it.
    Proposed {
        /// Who.
        by: &'a str,
        /// Why, by its code.
        reason: &'a str,
    },
    /// It was confirmed.
    Ended,
}

impl<'a> EndStands<'a> {
    /// How far it is, by lines of a history (act, actor, note), oldest first.
    pub fn of(history: impl Iterator<Item = (&'a str, &'a str, Option<&'a str>)>) -> Self {
        let mut stands = EndStands::No;
        for (act, by, note) in history {
            match act {
                COUNTERPART_END_PROPOSED => {
                    let reason = note.unwrap_or_default();
                    stands = EndStands::Proposed { by, reason };
                }
                COUNTERPART_ENDED => stands = EndStands::Ended,
                _ => {}
            }
        }
        stands
    }

    /// Whether it may be proposed now.
    ///
    /// # Errors
    /// [`RequestRefusal::CounterpartEnds`] and
    /// [`RequestRefusal::CounterpartEnded`].
    pub fn propose(self, number: &str) -> Result<(), RequestRefusal> {
        let number = number.to_owned();
        match self {
            EndStands::No => Ok(()),
            EndStands::Proposed { .. } => Err(RequestRefusal::CounterpartEnds(number)),
            EndStands::Ended => Err(RequestRefusal::CounterpartEnded(number)),
        }
    }

    /// The reason it was proposed for, if this person may confirm it now.
    ///
    /// # Errors
    /// [`RequestRefusal::NoCounterpartEnd`], [`RequestRefusal::OwnProposal`]
    /// and [`RequestRefusal::CounterpartEnded`].
    pub fn confirm(self, number: &str, by: &By) -> Result<&'a str, RequestRefusal> {
        let number = number.to_owned();
        match self {
            EndStands::No => Err(RequestRefusal::NoCounterpartEnd(number)),
            EndStands::Ended => Err(RequestRefusal::CounterpartEnded(number)),
            EndStands::Proposed { by: first, reason } => {
                let first = StaffName::recorded(first);
                match first.is_same_person(&StaffName::recorded(by.who.as_str())) {
                    true => Err(RequestRefusal::OwnProposal(number)),
                    false => Ok(reason),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_go_by_code_and_by_word_and_others_are_named() {
        for reason in CounterpartEnd::ALL {
            assert_eq!(reason.as_str().parse(), Ok(reason));
            assert_eq!(reason.label().parse(), Ok(reason));
        }
        let told = "なんとなく"
            .parse::<CounterpartEnd>()
            .expect_err("no reason");
        assert!(told.to_string().contains("期間の満了、"), "{told}");
    }
}
