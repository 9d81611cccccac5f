//! What staff may say of letters that left the house after the night, or were
//! handed over at the desk: the rule alone.

use chrono::NaiveDate;

use super::{
    Delivery, Dispatch, KeptBack, LetterFacts, LetterId, PrintRun, PrintedIn, State, Whereabouts,
};

/// Why nothing was recorded of letters that left the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryRefusal {
    /// There is no such letter.
    NoSuchLetter(LetterId),
    /// It is not at rest, or it goes another way.
    NotWaiting {
        /// The letter.
        id: LetterId,
        /// Where it is.
        at: Whereabouts,
    },
    /// It is kept in the archive only and does not go by post.
    ArchiveOnly(LetterId),
    /// It was recorded before.
    Recorded {
        /// The letter.
        id: LetterId,
        /// Where it is.
        at: Whereabouts,
        /// On which day it left.
        on: NaiveDate,
        /// Who said so.
        by: String,
    },
    /// The day has not come.
    Future(NaiveDate),
    /// The letter was not there on that day.
    NotMadeYet {
        /// The letter.
        id: LetterId,
        /// The first day it can have left.
        made: NaiveDate,
        /// The day that was said.
        on: NaiveDate,
    },
    /// Nothing was recorded that could be taken back.
    NothingRecorded {
        /// The letter.
        id: LetterId,
        /// Where it is.
        at: Whereabouts,
    },
    /// These print runs hold no letter that waits to be posted.
    NothingPrinted(PrintedIn),
    /// The files of this print run do not stand as they were recorded: the
    /// program had ended before they did.
    NotPlaced(PrintRun),
    /// A letter that was to be left out is in none of the print files.
    NotPrinted(LetterId),
    /// Not as many letters of the print files wait as were said.
    CountDiffers {
        /// The date of the last print file.
        through: NaiveDate,
        /// How many wait.
        found: usize,
        /// How many were said.
        count: usize,
    },
    /// What is registered keeps these letters back.
    KeptBack(Vec<(LetterId, KeptBack)>),
}

impl LetterFacts {
    /// Whether staff can say of the letter that it was posted or handed over.
    ///
    /// # Errors
    /// [`DeliveryRefusal`].
    pub fn can_leave(&self, how: Dispatch) -> Result<(), DeliveryRefusal> {
        let id = self.id;
        if let Some((on, by)) = &self.dispatched {
            return Err(DeliveryRefusal::Recorded {
                id,
                at: self.at,
                on: *on,
                by: by.clone(),
            });
        }
        match (self.state, self.delivery, how) {
            _ if self.state != State::Filed && self.found_posted().is_none() => {
                Err(DeliveryRefusal::NotWaiting { id, at: self.at })
            }
            (_, Delivery::Archive, Dispatch::Posted) => Err(DeliveryRefusal::ArchiveOnly(id)),
            (_, _, Dispatch::Posted | Dispatch::HandedOver) => Ok(()),
            _ => Err(DeliveryRefusal::NotWaiting { id, at: self.at }),
        }
    }

    /// Whether staff can take back that it was posted or handed over.
    ///
    /// # Errors
    /// [`DeliveryRefusal::NothingRecorded`].
    pub fn can_be_taken_back(&self) -> Result<(), DeliveryRefusal> {
        if self.state == State::Filed && self.dispatched.is_some() {
            return Ok(());
        }
        Err(DeliveryRefusal::NothingRecorded {
            id: self.id,
            at: self.at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn only_what_rests_and_is_not_gone_can_be_posted() {
        for state in State::ALL {
            for how in [Dispatch::Posted, Dispatch::HandedOver] {
                let can = letter(state, Delivery::Post).can_leave(how).is_ok();
                assert_eq!(can, state == State::Filed, "{state} {how:?}");
            }
        }
        let archived = letter(State::Filed, Delivery::Archive);
        assert_eq!(
            archived.can_leave(Dispatch::Posted),
            Err(DeliveryRefusal::ArchiveOnly(archived.id))
        );
        assert_eq!(archived.can_leave(Dispatch::HandedOver), Ok(()));
        assert!(archived.can_be_taken_back().is_err());
    }
}
