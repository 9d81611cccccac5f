//! The steps of the night with one letter, and what a chain of them comes to.

use super::{AttemptOutcome, Event, HandedTo, Reason, State};

/// What is known of a finished page run.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RenderedFacts {
    /// `/data.json` as the template saw it.
    #[serde(skip)]
    pub data: Vec<u8>,
    /// SHA-256 of it.
    pub data_sha256: String,
    /// SHA-256 of the template set.
    pub set_sha256: String,
    /// SHA-256 of the fonts.
    pub fonts_sha256: String,
    /// Name and version of the engine.
    pub engine: String,
    /// SHA-256 of the PDF.
    pub pdf_sha256: String,
    /// Its size in bytes.
    pub pdf_bytes: i64,
    /// Its pages.
    pub pages: i64,
}

/// One step of one letter.
#[derive(Debug, Clone)]
pub enum Step {
    /// The page came out.
    Rendered(Box<RenderedFacts>),
    /// The PDF is in the archive; enters the register.
    Archived,
    /// The recall window ended.
    Released,
    /// The mail server is about to be spoken to.
    HandoverBegins {
        /// The Message-ID of its mail.
        message_id: String,
        /// To whom it is handed over.
        to: HandedTo,
        /// The version of flags and counterparts the letter was held against.
        looked: i64,
    },
    /// The hand-over certainly did not happen and may be tried again.
    HandoverUndone {
        /// Why, in the mail server's words.
        words: String,
    },
    /// The mail server refused it for good; the letter fails with the next
    /// step.
    HandoverRejected {
        /// Why, in the mail server's words.
        words: String,
    },
    /// It was taken.
    Sent {
        /// By whom.
        by: HandedTo,
        /// The words it was taken with.
        words: String,
    },
    /// It stays in the archive, as asked, or until it is printed.
    Filed {
        /// The version of flags and counterparts the letter was held against.
        looked: i64,
    },
    /// The answer was lost.
    LostAnswer {
        /// What was seen instead of an answer.
        words: String,
        /// Why.
        reason: Reason,
    },
    /// It was certainly not delivered.
    Failed {
        /// Why.
        reason: Reason,
    },
    /// A person must look.
    Parked {
        /// Why.
        reason: Reason,
    },
}

/// What a chain of steps comes to.
#[derive(Debug)]
pub struct Chain<'a> {
    /// Where the letter stands before.
    pub from: State,
    /// The states it goes through after that.
    states: Vec<State>,
    /// What is known of its page, if that came out.
    pub facts: Option<&'a RenderedFacts>,
    /// Whether it enters the register.
    pub archived: bool,
    /// What happens to the mark of its hand-over.
    pub mark: Mark<'a>,
    /// The attempt to hand it over that begins.
    pub begun: Option<Begun<'a>>,
    /// What came of the attempt under way, if there is one, and in which
    /// words.
    pub ended: Option<(AttemptOutcome, Option<&'a str>)>,
    /// Why it stopped.
    pub reason: Option<&'a Reason>,
    /// Where a stopped letter can go on.
    pub resume: Option<State>,
    /// The version of flags and counterparts the letter was held against, of
    /// one that leaves the house.
    pub looked: Option<i64>,
}

/// An attempt to hand a letter over that begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun<'a> {
    /// The Message-ID of its mail.
    pub message_id: &'a str,
    /// To whom it is handed over.
    pub to: HandedTo,
}

/// What happens to the mark of a begun hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark<'a> {
    /// It stays as it is.
    Kept,
    /// It is set where there is none.
    Set(Begun<'a>),
    /// It is taken off where there is one.
    Undone,
    /// There is none afterwards.
    Cleared,
}

impl<'a> Chain<'a> {
    /// What these steps come to for a letter in the state `from`; nothing when
    /// one does not follow from those before.
    pub fn of(from: State, steps: &'a [Step]) -> Option<Self> {
        let mut chain = Chain {
            from,
            states: Vec::with_capacity(steps.len()),
            facts: None,
            archived: false,
            mark: Mark::Kept,
            begun: None,
            ended: None,
            reason: None,
            resume: None,
            looked: None,
        };
        for step in steps {
            let state = chain.to();
            chain.states.push(state.after(step.event()).ok()?);
            chain.take(step, state);
        }
        Some(chain)
    }

    /// Adds what a step does to a letter in this state.
    fn take(&mut self, step: &'a Step, state: State) {
        match step {
            Step::Rendered(facts) => self.facts = Some(facts),
            Step::Archived => self.archived = true,
            Step::HandoverBegins {
                message_id,
                to,
                looked,
            } => {
                let begun = Begun {
                    message_id,
                    to: *to,
                };
                self.mark = Mark::Set(begun);
                self.begun = Some(begun);
                self.looked = Some(*looked);
            }
            Step::Filed { looked } => self.looked = Some(*looked),
            Step::HandoverUndone { words } => {
                self.mark = Mark::Undone;
                self.ended = Some((AttemptOutcome::Deferred, Some(words)));
            }
            Step::HandoverRejected { words } => {
                self.mark = Mark::Undone;
                self.ended = Some((AttemptOutcome::Rejected, Some(words)));
            }
            Step::Released => {}
            Step::Sent { by, words } => {
                self.ended = Some((AttemptOutcome::taken(*by), Some(words)));
            }
            Step::LostAnswer { words, reason } => {
                self.reason = Some(reason);
                self.ended = Some((AttemptOutcome::Lost, Some(words)));
            }
            Step::Failed { reason } | Step::Parked { reason } => {
                self.reason = Some(reason);
                self.resume = Some(state);
                self.mark = Mark::Cleared;
                self.ended = self.ended.or(Some((AttemptOutcome::Rejected, None)));
            }
        }
    }

    /// Where the letter is in the end.
    pub fn to(&self) -> State {
        self.states.last().copied().unwrap_or(self.from)
    }

    /// Every change of the state, in order.
    pub fn changes(&self) -> impl Iterator<Item = (State, State)> {
        let before = std::iter::once(&self.from).chain(&self.states);
        let pairs = before.zip(&self.states).map(|(from, to)| (*from, *to));
        pairs.filter(|(from, to)| from != to)
    }

    /// What came of the attempt under way, and in which words, if there is
    /// one: `is_marked` says whether one had begun before these steps.
    pub fn attempt_ended(&self, is_marked: bool) -> Option<(AttemptOutcome, Option<&'a str>)> {
        self.ended.filter(|_| is_marked || self.begun.is_some())
    }
}

impl Step {
    /// The event behind the step; what only sets or takes off the mark of a
    /// hand-over does not change the state and only happens to a released
    /// letter.
    fn event(&self) -> Event {
        match self {
            Step::Rendered(_) => Event::Render,
            Step::Archived => Event::Archive,
            Step::Released => Event::Release,
            Step::HandoverBegins { .. }
            | Step::HandoverUndone { .. }
            | Step::HandoverRejected { .. } => Event::BeginHandover,
            Step::Sent { .. } => Event::Send,
            Step::Filed { .. } => Event::File,
            Step::LostAnswer { .. } => Event::LoseAnswer,
            Step::Failed { .. } => Event::Fail,
            Step::Parked { .. } => Event::Park,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(message_id: &str) -> Step {
        Step::HandoverBegins {
            message_id: message_id.to_owned(),
            to: HandedTo::Gateway,
            looked: 7,
        }
    }

    fn failed() -> Step {
        Step::Failed {
            reason: Reason::RecordChanged,
        }
    }

    fn sent() -> Step {
        Step::Sent {
            by: HandedTo::Gateway,
            words: "250 ok".to_owned(),
        }
    }

    #[test]
    fn a_chain_tells_where_a_letter_goes_and_each_change_of_its_state() {
        let steps = [Step::Released, begins("<m@example.jp>")];
        let chain = Chain::of(State::Archived, &steps).expect("a chain");
        assert_eq!(chain.to(), State::Released);
        assert_eq!(chain.looked, Some(7));
        // The mark changes no state.
        let changes: Vec<_> = chain.changes().collect();
        assert_eq!(changes, [(State::Archived, State::Released)]);
        let nothing = Chain::of(State::Archived, &[]).expect("a chain");
        assert_eq!(nothing.to(), State::Archived);
        assert_eq!(nothing.changes().count(), 0);
    }

    #[test]
    fn a_step_that_does_not_follow_breaks_the_chain() {
        for (from, steps) in [
            (State::Archived, vec![begins("<m@example.jp>")]),
            (State::Released, vec![sent(), sent()]),
            (State::Numbered, vec![Step::Archived]),
            (State::Unknown, vec![failed()]),
        ] {
            assert!(Chain::of(from, &steps).is_none(), "{from}");
        }
    }

    #[test]
    fn a_letter_that_failed_goes_on_from_where_it_was_without_a_mark() {
        let steps = [begins("<m@example.jp>"), failed()];
        let chain = Chain::of(State::Released, &steps).expect("a chain");
        assert_eq!(
            (chain.to(), chain.resume),
            (State::Failed, Some(State::Released))
        );
        assert_eq!(chain.mark, Mark::Cleared);
        assert_eq!(chain.reason, Some(&Reason::RecordChanged));
    }

    #[test]
    fn an_attempt_ends_once_and_only_where_one_had_begun() {
        let words = "550 no such user".to_owned();
        let steps = [Step::HandoverRejected { words }, failed()];
        let chain = Chain::of(State::Released, &steps).expect("a chain");
        // The refusal's own words stay; the failure after it has none.
        let ended = Some((AttemptOutcome::Rejected, Some("550 no such user")));
        assert_eq!(chain.attempt_ended(true), ended);
        assert_eq!(chain.attempt_ended(false), None);
        let steps = [begins("<m@example.jp>"), sent()];
        let chain = Chain::of(State::Released, &steps).expect("a chain");
        let ended = Some((AttemptOutcome::taken(HandedTo::Gateway), Some("250 ok")));
        assert_eq!(chain.attempt_ended(false), ended);
    }
}
