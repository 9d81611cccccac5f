//! A letter in the night's hands.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::outcome::Settled;
use crate::domain::{Envelope, HandedTo, Persons, State, Whereabouts};
use crate::record::Naming;
use crate::store::{Claimed, Step};

/// A claimed letter: as it was claimed, and the state it has now.
pub(super) struct InHand {
    pub(super) letter: Claimed,
    pub(super) state: State,
    pub(super) record: Map<String, Value>,
    /// What could be read of the record's envelope, and whether all of it
    /// could.
    pub(super) envelope: Envelope,
    pub(super) is_readable: bool,
    /// Whom it goes to and whom it is about.
    pub(super) persons: Persons,
    pub(super) pdf: Option<Bytes>,
    /// The addressee's name as the letter shows it, once that is known.
    pub(super) greeted: Option<String>,
}

impl InHand {
    /// A claimed letter with its record.
    pub(super) fn of(letter: Claimed, record: Map<String, Value>) -> Self {
        let (envelope, problems) = Envelope::read(&record);
        let recipient = letter.recipient.as_deref();
        InHand {
            envelope,
            is_readable: problems.is_empty(),
            persons: Persons::of(&record, &letter.answered, recipient)
                .told_until(letter.told_until)
                .seen_until(letter.seen_until()),
            state: letter.state,
            letter,
            record,
            pdf: None,
            greeted: None,
        }
    }

    /// Where the letter came to rest.
    pub(super) fn at_rest(&self, handed_to: Option<HandedTo>) -> Settled {
        Whereabouts::of(self.state, self.letter.delivery, handed_to, None).into()
    }

    /// The steps before a delivery. There is no recall window yet, so an
    /// archived letter is released at once.
    pub(super) fn release(&self) -> Vec<Step> {
        match self.state {
            State::Archived => vec![Step::Released],
            _ => Vec::new(),
        }
    }

    /// The addressee's name as the letter's data have it.
    pub(super) fn greeted_name(&self, data: &[u8]) -> String {
        let naming = Naming::kept_in(data).unwrap_or_default();
        let name = naming.addressee_name();
        name.unwrap_or(&self.envelope.addressee_name).to_owned()
    }
}
