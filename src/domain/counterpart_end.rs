//! When protective measures (支援措置) are no longer against a registered
//! counterpart: one person proposes it, the person in charge confirms it. When
//! they are against them once more: anybody may say so, at once.

use std::str::FromStr;

use super::{Amendment, By, RequestRefusal, StaffName};

/// The act by which a request is amended.
const AMENDED: &str = "amended";

/// The act by which it is proposed, as a request's history has it.
pub const COUNTERPART_END_PROPOSED: &str = "counterpart_end_proposed";

/// The act by which a proposal is taken back.
pub const COUNTERPART_END_WITHDRAWN: &str = "counterpart_end_withdrawn";

/// The act by which it is confirmed.
pub const COUNTERPART_ENDED: &str = "counterpart_ended";

/// The act by which they are a counterpart once more after that.
pub const COUNTERPART_AGAIN: &str = "counterpart_again";

/// That the person in charge saw that they never were one, as their request is
/// closed as registered by mistake.
pub const COUNTERPART_MISTAKEN: &str = "counterpart_mistaken";

/// That somebody tried to do what only the person in charge may with another
/// key.
pub const COUNTERPART_KEY_REFUSED: &str = "counterpart_key_refused";

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

/// How far the end of a counterpart is, by the history of the request: its
/// newest such act decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndStands<'a> {
    /// Nobody has proposed it, or the proposal was taken back, or the request
    /// says another counterpart since, or they are one once more.
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
                COUNTERPART_END_WITHDRAWN | COUNTERPART_AGAIN => stands = EndStands::No,
                COUNTERPART_ENDED => stands = EndStands::Ended,
                // Whoever confirms it must not confirm it of somebody else.
                AMENDED if stands != EndStands::Ended && is_of_another(note) => {
                    stands = EndStands::No;
                }
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

    /// Whether a proposal may be taken back now.
    ///
    /// # Errors
    /// [`RequestRefusal::NoCounterpartEnd`] and
    /// [`RequestRefusal::CounterpartEnded`].
    pub fn withdraw(self, number: &str) -> Result<(), RequestRefusal> {
        let number = number.to_owned();
        match self {
            EndStands::No => Err(RequestRefusal::NoCounterpartEnd(number)),
            EndStands::Proposed { .. } => Ok(()),
            EndStands::Ended => Err(RequestRefusal::CounterpartEnded(number)),
        }
    }

    /// Whether they may become a counterpart once more now.
    ///
    /// # Errors
    /// [`RequestRefusal::StillCounterpart`].
    pub fn again(self, number: &str) -> Result<(), RequestRefusal> {
        match self {
            EndStands::Ended => Ok(()),
            EndStands::No | EndStands::Proposed { .. } => {
                Err(RequestRefusal::StillCounterpart(number.to_owned()))
            }
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

/// Whether an amendment says who the counterpart is, or of whom; one that
/// cannot be read may.
fn is_of_another(note: Option<&str>) -> bool {
    let amendment = note.and_then(Amendment::read);
    amendment.is_none_or(|amendment| amendment.changes_counterpart())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AmendReason;

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

    #[test]
    fn the_newest_act_decides() {
        let proposed = (COUNTERPART_END_PROPOSED, "佐藤", Some("ran_out"));
        let [ended, withdrawn, again, tried] = [
            COUNTERPART_ENDED,
            COUNTERPART_END_WITHDRAWN,
            COUNTERPART_AGAIN,
            COUNTERPART_KEY_REFUSED,
        ]
        .map(|act| (act, "鈴木", None));
        let stands = |acts: &[(&'static str, &'static str, Option<&'static str>)]| {
            EndStands::of(acts.iter().copied())
        };
        let waits = EndStands::Proposed {
            by: "佐藤",
            reason: "ran_out",
        };
        assert_eq!(stands(&[proposed, tried]), waits);
        assert_eq!(stands(&[proposed, withdrawn]), EndStands::No);
        assert_eq!(stands(&[proposed, withdrawn, proposed]), waits);
        assert_eq!(stands(&[proposed, ended]), EndStands::Ended);
        assert_eq!(stands(&[proposed, ended, again]), EndStands::No);
        let twice = [proposed, ended, again, proposed, ended];
        assert_eq!(stands(&twice), EndStands::Ended);
        let amended = |field: &str| {
            let amendment = Amendment {
                reason: AmendReason::Mistyped,
                before: "before".to_owned(),
                after: "after".to_owned(),
                fields: vec!["desk".to_owned(), field.to_owned()],
            };
            amendment.to_string()
        };
        let [other, same] = ["requester_address", "note"].map(amended);
        let after = |acts: &[(&'static str, &'static str, Option<&'static str>)], note: &str| {
            let acts = acts.iter().copied();
            let acts: Vec<_> = acts.chain([(AMENDED, "佐藤", None)]).collect();
            let said = acts.iter().map(|(act, by, said)| {
                let note = (*act == AMENDED).then_some(note);
                (*act, *by, note.or(*said))
            });
            match EndStands::of(said) {
                EndStands::No => "no",
                EndStands::Proposed { .. } => "proposed",
                EndStands::Ended => "ended",
            }
        };
        assert_eq!(after(&[proposed], &other), "no");
        assert_eq!(after(&[proposed], &same), "proposed");
        assert_eq!(after(&[proposed, ended], &other), "ended");
        assert!(EndStands::No.again("受第1号").is_err());
        assert!(EndStands::Ended.again("受第1号").is_ok());
    }
}
