//! What staff may do to a letter: the rule alone. It looks at a letter as it
//! stands and decides what changes, or why nothing does.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::{
    By, Delivery, Dispatch, Event, FieldProblem, HandedTo, LetterId, PrintRun, StaffName, State,
    Unfit, Whereabouts,
};

/// An act of a member of staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterAction {
    /// Approve it (never the person who queued it).
    Approve,
    /// Stop it for now.
    Hold,
    /// Let a held letter go on.
    Resume,
    /// Withdraw it for good.
    Cancel,
    /// The same, also of a letter that was printed or became a file: the sheet
    /// was pulled, the file removed, so it can leave the house no more.
    CancelPulled,
    /// Try a parked or failed letter again.
    Retry,
    /// A letter of unknown outcome did arrive, or a mail in a file was sent
    /// by another program.
    ConfirmDelivered,
    /// A mail of unknown outcome stands in its file.
    ConfirmWritten,
    /// A letter of unknown outcome did not arrive; it is sent again. Of one
    /// that staff said was sent it takes that back.
    ConfirmUndelivered,
}

/// A letter as far as the rules of acts look at it.
#[derive(Debug, Clone)]
pub struct LetterFacts {
    /// Its reference.
    pub id: LetterId,
    /// How far the night has brought it.
    pub state: State,
    /// Where it is.
    pub at: Whereabouts,
    /// Where a held, parked or failed letter goes on from.
    pub resume: Option<State>,
    /// How it goes.
    pub delivery: Delivery,
    /// To whom its mail is handed over.
    pub handed_to: Option<HandedTo>,
    /// Whether its hand-over to the mail server began.
    pub handover_began: bool,
    /// The print run it stands in.
    pub printed: Option<PrintRun>,
    /// The day it left the house after the night, and who said so.
    pub dispatched: Option<(NaiveDate, String)>,
    /// Who queued it.
    pub queued_by: String,
    /// Whether it stopped because the database was put back from a backup and
    /// stands in the register: it may have left the house before.
    pub may_have_left: bool,
}

/// What an act changes of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterChange {
    /// Its state.
    Moves(Move),
    /// Its state stays: what is recorded of its leaving the house changes, how
    /// and on which day. None takes back that it left.
    Leaves(Option<(Dispatch, NaiveDate)>),
}

/// A change of a letter's state by staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// What happens to it.
    pub event: Event,
    /// The state it is in then.
    pub to: State,
    /// Whether staff say that its mail left the house though no mail server
    /// took it.
    pub passed_on: bool,
    /// Whether its mail stands in a file.
    pub in_file: bool,
}

/// Why an act on letters did not happen; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LetterRefusal {
    /// There is no such letter.
    NoSuchLetter(LetterId),
    /// Where the letter is does not allow it.
    WrongState {
        /// The letter.
        id: LetterId,
        /// What was to be done.
        action: LetterAction,
        /// Its state.
        state: State,
        /// Where it is.
        at: Whereabouts,
        /// The print run it stands in.
        printed: Option<PrintRun>,
    },
    /// The one who queued it cannot approve it.
    OwnLetter(LetterId),
    /// A day it speaks of as to come has passed since it was queued.
    DatePassed(LetterId, FieldProblem),
    /// Its kind needs a field by now that its record has not.
    Incomplete(LetterId, FieldProblem),
    /// It charges a fee the notice before the public does not name any more.
    FeeUnpublished(LetterId, FieldProblem),
    /// Not as many letters wait for approval as the approver says.
    CountDiffers {
        /// The first of the letters.
        first: LetterId,
        /// The last of them.
        last: LetterId,
        /// How many wait.
        found: usize,
        /// How many the approver says.
        count: usize,
    },
    /// Letters of a range were held and came back to waiting for approval:
    /// nobody knows whether who approves has seen them.
    CameBack {
        /// The first of the range.
        first: LetterId,
        /// The last of it.
        last: LetterId,
        /// Those that came back.
        back: Vec<LetterId>,
    },
    /// It does not fit what is known of the persons of its request.
    Unfit {
        /// The letter.
        id: LetterId,
        /// Why.
        why: Unfit,
    },
    /// It comes to a counterpart of protective measures with words of its own,
    /// and only the person in charge can let it go.
    Unseen(LetterId),
    /// The profile names no public key of a person in charge.
    NobodyInCharge,
    /// The key that was shown is not that of the person in charge.
    NotInCharge,
    /// The file that was to be removed first still stands there.
    FileStillThere {
        /// The letter.
        id: LetterId,
        /// The file of its mail.
        file: PathBuf,
    },
}

impl LetterAction {
    /// What the act changes of a letter.
    ///
    /// # Errors
    /// [`LetterRefusal::WrongState`] and [`LetterRefusal::OwnLetter`].
    pub fn decide(self, letter: &LetterFacts, by: &By) -> Result<LetterChange, LetterRefusal> {
        let refused = || LetterRefusal::WrongState {
            id: letter.id,
            action: self,
            state: letter.state,
            at: letter.at,
            printed: letter.printed,
        };
        if let Some(left) = self.said_of_file(letter) {
            let left = left.map(|how| (how, by.today()));
            return Ok(LetterChange::Leaves(left));
        }
        let event = self.event(letter).ok_or_else(refused)?;
        let to = letter.state.after(event).map_err(|_| refused())?;
        // A letter the mail server may be reading at this moment is out of reach.
        if letter.state == State::Released && letter.handover_began {
            return Err(refused());
        }
        let queued_by = StaffName::recorded(&letter.queued_by);
        let is_own = || queued_by.is_same_person(&StaffName::recorded(by.who.as_str()));
        if self == LetterAction::Approve && is_own() {
            return Err(LetterRefusal::OwnLetter(letter.id));
        }
        Ok(LetterChange::Moves(Move {
            event,
            to,
            // It may stand in a file.
            passed_on: self == LetterAction::ConfirmDelivered
                && letter.handed_to != Some(HandedTo::Gateway),
            in_file: self == LetterAction::ConfirmWritten,
        }))
    }

    /// What staff say of a mail that stands in a file; none where the act is
    /// about something else.
    fn said_of_file(self, letter: &LetterFacts) -> Option<Option<Dispatch>> {
        match (self, letter.at) {
            (LetterAction::ConfirmDelivered, Whereabouts::Written) => {
                Some(Some(Dispatch::PassedOn))
            }
            (LetterAction::ConfirmUndelivered, _)
                if letter.is_said_sent() && letter.handed_to == Some(HandedTo::File) =>
            {
                Some(None)
            }
            _ => None,
        }
    }

    fn event(self, letter: &LetterFacts) -> Option<Event> {
        Some(match self {
            LetterAction::Approve => Event::Approve,
            LetterAction::Hold => Event::Hold,
            LetterAction::Resume => Event::Resume(letter.resume?),
            LetterAction::CancelPulled if letter.is_on_paper() => Event::CancelPulled,
            // Of one in a print run somebody has to say where the paper is.
            LetterAction::Cancel
                if letter.at == Whereabouts::Unposted && letter.printed.is_none() =>
            {
                Event::CancelUnprinted
            }
            LetterAction::Cancel | LetterAction::CancelPulled => Event::Cancel,
            LetterAction::Retry => Event::Retry(letter.resume?),
            LetterAction::ConfirmDelivered
                if letter.may_have_left && letter.delivery == Delivery::Mail =>
            {
                Event::FindSent
            }
            LetterAction::ConfirmDelivered | LetterAction::ConfirmWritten => {
                Event::ConfirmDelivered
            }
            // Nobody knows then where its mail is, as before it was said.
            LetterAction::ConfirmUndelivered if letter.is_said_sent() => Event::TakeBackDelivered,
            LetterAction::ConfirmUndelivered => Event::ConfirmUndelivered,
        })
    }
}

impl LetterFacts {
    /// What brings a letter to rest, of which staff say that it was posted or
    /// handed over before the database was put back.
    pub fn found_posted(&self) -> Option<Move> {
        let event = Event::FindPosted;
        let to = self.state.after(event).ok()?;
        (self.may_have_left && self.delivery != Delivery::Mail).then_some(Move {
            event,
            to,
            passed_on: false,
            in_file: false,
        })
    }

    /// Whether a mail is sent because staff said so.
    fn is_said_sent(&self) -> bool {
        self.state == State::Sent && self.dispatched.is_some()
    }

    /// Whether it stands on paper or in a file, and nobody said that it left
    /// the house. A letter by post that stands in no print run may have been
    /// printed by an earlier version of the program.
    fn is_on_paper(&self) -> bool {
        matches!(self.at, Whereabouts::Unposted | Whereabouts::Written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(name: &str) -> By {
        let at = "2026-11-24T10:00:00+09:00".parse().expect("a stamp");
        By::staff(StaffName::new(name).expect("a name"), at)
    }

    fn letter(state: State, delivery: Delivery) -> LetterFacts {
        LetterFacts {
            id: LetterId::from_key(1),
            state,
            at: Whereabouts::of(state, delivery, None, None),
            resume: None,
            delivery,
            handed_to: None,
            handover_began: false,
            printed: None,
            dispatched: None,
            queued_by: "見本 太郎".to_owned(),
            may_have_left: false,
        }
    }

    fn moved(letter: &LetterFacts, action: LetterAction) -> Option<State> {
        match action.decide(letter, &by("見本 花子")) {
            Ok(LetterChange::Moves(moves)) => Some(moves.to),
            Ok(LetterChange::Leaves(_)) | Err(_) => None,
        }
    }

    #[test]
    fn nobody_approves_a_letter_they_queued_however_they_write_their_name() {
        let queued = letter(State::Queued, Delivery::Mail);
        for name in ["見本 太郎", "見本太郎"] {
            assert_eq!(
                LetterAction::Approve.decide(&queued, &by(name)),
                Err(LetterRefusal::OwnLetter(queued.id)),
                "{name}"
            );
        }
        let state = moved(&queued, LetterAction::Approve);
        assert_eq!(state, Some(State::Approved));
        // Other acts are everybody's.
        let held = LetterAction::Hold.decide(&queued, &by("見本 太郎"));
        assert!(held.is_ok());
    }

    #[test]
    fn a_letter_the_mail_server_may_be_reading_is_out_of_reach() {
        let mut released = letter(State::Released, Delivery::Mail);
        released.handover_began = true;
        for action in [
            LetterAction::Hold,
            LetterAction::Cancel,
            LetterAction::CancelPulled,
            LetterAction::Retry,
            LetterAction::ConfirmDelivered,
            LetterAction::ConfirmUndelivered,
        ] {
            let refused = action.decide(&released, &by("見本 花子"));
            assert!(
                matches!(refused, Err(LetterRefusal::WrongState { .. })),
                "{action:?}"
            );
        }
    }

    #[test]
    fn what_left_before_the_database_was_put_back_comes_to_rest_when_staff_say_so() {
        for state in [State::Held, State::Parked, State::Failed] {
            let mut mail = letter(state, Delivery::Mail);
            assert_eq!(moved(&mail, LetterAction::ConfirmDelivered), None);
            mail.may_have_left = true;
            let sent = moved(&mail, LetterAction::ConfirmDelivered);
            assert_eq!(sent, Some(State::Sent));
            assert_eq!(mail.found_posted(), None);
            let mut post = letter(state, Delivery::Post);
            assert_eq!(post.found_posted(), None);
            post.may_have_left = true;
            let filed = post.found_posted().map(|moves| moves.to);
            assert_eq!(filed, Some(State::Filed));
            assert_eq!(moved(&post, LetterAction::ConfirmDelivered), None);
        }
    }

    #[test]
    fn a_made_letter_that_waits_to_go_out_is_within_reach() {
        let mut waits = letter(State::Released, Delivery::Mail);
        let held = moved(&waits, LetterAction::Hold);
        assert_eq!(held, Some(State::Held));
        let cancelled = moved(&waits, LetterAction::Cancel);
        assert_eq!(cancelled, Some(State::Cancelled));
        for action in [LetterAction::Approve, LetterAction::Retry] {
            assert_eq!(moved(&waits, action), None, "{action:?}");
        }
        waits.state = State::Held;
        waits.resume = Some(State::Released);
        let resumed = moved(&waits, LetterAction::Resume);
        assert_eq!(resumed, Some(State::Released));
    }

    #[test]
    fn a_letter_in_a_print_run_is_cancelled_only_when_its_paper_was_pulled() {
        let mut unposted = letter(State::Filed, Delivery::Post);
        let state = moved(&unposted, LetterAction::Cancel);
        assert_eq!(state, Some(State::Cancelled));
        unposted.printed = Some(PrintRun {
            number: 1,
            date: NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day"),
            part: 1,
        });
        assert_eq!(moved(&unposted, LetterAction::Cancel), None);
        let state = moved(&unposted, LetterAction::CancelPulled);
        assert_eq!(state, Some(State::Cancelled));
        let archived = letter(State::Filed, Delivery::Archive);
        assert_eq!(moved(&archived, LetterAction::CancelPulled), None);
    }

    #[test]
    fn what_is_said_of_a_mail_in_a_file_leaves_its_state() {
        let mut written = letter(State::Sent, Delivery::Mail);
        written.handed_to = Some(HandedTo::File);
        written.at = Whereabouts::Written;
        let on = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
        assert_eq!(
            LetterAction::ConfirmDelivered.decide(&written, &by("見本 花子")),
            Ok(LetterChange::Leaves(Some((Dispatch::PassedOn, on))))
        );
        assert_eq!(moved(&written, LetterAction::ConfirmUndelivered), None);
        written.dispatched = Some((on, "見本 花子".to_owned()));
        written.at = State::Sent.into();
        assert_eq!(
            LetterAction::ConfirmUndelivered.decide(&written, &by("見本 花子")),
            Ok(LetterChange::Leaves(None))
        );
        // No mail server took it and no file is known: nobody knows again.
        written.handed_to = None;
        let state = moved(&written, LetterAction::ConfirmUndelivered);
        assert_eq!(state, Some(State::Unknown));
    }
}
