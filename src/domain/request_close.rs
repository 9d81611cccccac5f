//! When a request may be closed: the rule alone.

use super::{AskedRight, CloseReason, LetterId, Right};

/// Why a request was not closed, or is not the one that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestRefusal {
    /// There is no such request.
    NoSuchRequest(String),
    /// There is none, but one that looks like it.
    LooksLike {
        /// The number as given.
        number: String,
        /// The known one.
        known: String,
    },
    /// More than one request has the number, and none is written so.
    Shared {
        /// The number as given.
        number: String,
        /// All writings.
        written: Vec<String>,
    },
    /// It is closed already.
    Closed {
        /// Its receipt number.
        number: String,
        /// The reason.
        reason: CloseReason,
    },
    /// It is open, so it cannot be opened again.
    Open(String),
    /// Some of what was asked for has no answer that left the house.
    Unanswered {
        /// Its receipt number.
        number: String,
        /// The rights, with the letters that wait.
        rights: Vec<AskedRight>,
    },
    /// That nothing is done of some of what was asked for was not notified by
    /// a letter that left the house.
    Unnotified {
        /// Its receipt number.
        number: String,
        /// The reason it was to be closed for.
        reason: CloseReason,
        /// The rights, with the letters that wait.
        rights: Vec<AskedRight>,
    },
    /// It registered no counterpart of protective measures.
    NoCounterpart(String),
    /// Nobody has proposed that the measures are no longer against them.
    NoCounterpartEnd(String),
    /// It is proposed already, and waits for a second person.
    CounterpartEnds(String),
    /// The measures are no longer against them.
    CounterpartEnded(String),
    /// They are a counterpart as it is.
    StillCounterpart(String),
    /// That they never were one only the person in charge can say.
    CounterpartMistaken(String),
    /// Who proposed it cannot confirm it.
    OwnProposal(String),
    /// Only the person in charge may do this, and nobody is: the profile names
    /// no key.
    NobodyInCharge,
    /// Only the person in charge may do this, and the key is another one.
    NotInCharge {
        /// Whether the history of a request keeps that it was tried.
        is_kept: bool,
    },
    /// It cannot have been a mistake: letters decide it.
    Decided {
        /// Its receipt number.
        number: String,
        /// The letter.
        letter: LetterId,
    },
}

impl CloseReason {
    /// Whether a request that asks for these rights may be closed for this
    /// reason. `is_decided_by_letters` says for which rights there are letters
    /// that decide them; where there are none and no two weeks run, staff
    /// alone know whether an answer went out.
    ///
    /// # Errors
    /// [`RequestRefusal::Unanswered`] and [`RequestRefusal::Decided`].
    pub fn fits(
        self,
        number: &str,
        rights: &[AskedRight],
        is_decided_by_letters: impl Fn(Right) -> bool,
    ) -> Result<(), RequestRefusal> {
        let number = || number.to_owned();
        match self {
            CloseReason::Answered => {
                let is_open = |asked: &AskedRight| {
                    let right = asked.right;
                    let demanded = right.is_under_article_39() || is_decided_by_letters(right);
                    demanded && !asked.is_answered()
                };
                let rights: Vec<AskedRight> = rights
                    .iter()
                    .copied()
                    .filter(|asked| is_open(asked))
                    .collect();
                if rights.is_empty() {
                    return Ok(());
                }
                let number = number();
                Err(RequestRefusal::Unanswered { number, rights })
            }
            CloseReason::Mistaken => match rights.iter().find_map(AskedRight::answer) {
                None => Ok(()),
                Some((letter, _)) => Err(RequestRefusal::Decided {
                    number: number(),
                    letter,
                }),
            },
            // That nothing is done of what the Act gives a right to is a
            // refusal, and is notified (arts. 32(3), 33(3), 34(3), 35(7)).
            CloseReason::NoSupplement | CloseReason::Referred | CloseReason::NotRetained => {
                let is_open = |asked: &&AskedRight| {
                    let right = asked.right;
                    let notified =
                        right.is_under_article_39() || right == Right::NotificationOfPurposes;
                    notified && !asked.is_answered()
                };
                let rights: Vec<AskedRight> = rights.iter().filter(is_open).copied().collect();
                if rights.is_empty() {
                    return Ok(());
                }
                let number = number();
                Err(RequestRefusal::Unnotified {
                    number,
                    reason: self,
                    rights,
                })
            }
            CloseReason::AnsweredElsewhere | CloseReason::Withdrawn => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{State, Whereabouts};

    fn asked(right: Right, at: Option<Whereabouts>) -> [AskedRight; 1] {
        [AskedRight {
            right,
            letter: at.map(|at| (LetterId::from_key(1), at)),
            beside: None,
        }]
    }

    #[test]
    fn answered_is_only_what_left_the_house() {
        let answered = CloseReason::Answered;
        for (at, fits) in [
            (None, false),
            (Some(State::Approved.into()), false),
            (Some(Whereabouts::Unposted), false),
            (Some(Whereabouts::Posted), true),
        ] {
            let rights = asked(Right::Disclosure, at);
            let done = answered.fits("受第1号", &rights, |_| false);
            assert_eq!(done.is_ok(), fits, "{at:?}");
        }
        // A complaint has no two weeks: it must be answered by a letter only
        // where letters decide it.
        let complaint = asked(Right::Complaint, None);
        assert!(answered.fits("受第1号", &complaint, |_| false).is_ok());
        assert!(answered.fits("受第1号", &complaint, |_| true).is_err());
    }

    #[test]
    fn that_nothing_is_done_is_notified_before_a_request_is_closed_for_it() {
        for reason in [
            CloseReason::NoSupplement,
            CloseReason::Referred,
            CloseReason::NotRetained,
        ] {
            for (right, at, fits) in [
                (Right::Correction, None, false),
                (Right::NotificationOfPurposes, None, false),
                (Right::Disclosure, Some(State::Approved.into()), false),
                (Right::Disclosure, Some(Whereabouts::Posted), true),
                // Nobody has a right to these under the Act.
                (Right::Complaint, None, true),
                (Right::BereavedDisclosure, None, true),
            ] {
                let done = reason.fits("受第1号", &asked(right, at), |_| true);
                assert_eq!(done.is_ok(), fits, "{reason:?} {right:?} {at:?}");
            }
        }
    }

    #[test]
    fn what_a_letter_decides_was_no_mistake() {
        let decided = asked(Right::Disclosure, Some(State::Queued.into()));
        let mistaken = CloseReason::Mistaken;
        assert_eq!(
            mistaken.fits("受第1号", &decided, |_| true),
            Err(RequestRefusal::Decided {
                number: "受第1号".to_owned(),
                letter: LetterId::from_key(1),
            })
        );
        let open = asked(Right::Disclosure, None);
        assert!(mistaken.fits("受第1号", &open, |_| true).is_ok());
        assert!(
            CloseReason::Withdrawn
                .fits("受第1号", &open, |_| true)
                .is_ok()
        );
    }
}
