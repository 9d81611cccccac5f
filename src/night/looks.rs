//! The night's looks at what keeps a letter back: before it is made, and in
//! the moment it leaves the house. If the version it was held against is no
//! longer the newest when it is to leave, it is looked at again.

use std::sync::Arc;

use super::NightError;
use super::flow::{Flow, Stop};
use super::hand::InHand;
use crate::domain::{KeptBack, Reason, State};
use crate::office::Page;
use crate::print;
use crate::store::{Step, StepError, Watched};
use crate::wording::dates::Measured;

impl Flow {
    /// Parks a letter that must not go, as far as that is known now. The
    /// version it was held against.
    pub(super) async fn look(&self, hand: &mut InHand) -> Result<i64, Stop> {
        let mut watched = self.lookout.seen();
        // The persons of a letter are of the version it was last looked at
        // with; those of another letter may have been read since.
        if watched.version != hand.letter.version {
            watched = self.look_anew(hand).await?;
        }
        let letter = &hand.letter;
        let desk = &self.office.desk;
        let tenor = desk.tenor(&letter.kind, &letter.outcome, &hand.persons);
        let mut why =
            watched
                .safeguards
                .keep_back(letter.id, letter.delivery, &hand.persons, &tenor);
        if why.is_none() && hand.persons.is_of_mistaken() {
            let (id, kind) = (letter.id, &letter.kind);
            let failed = |error| Stop::Night(NightError::Store(error));
            let mut conn = self.office.store.look().await.map_err(failed)?;
            why = print::against_registered_again(&self.office, &mut conn, id, kind)
                .await
                .map_err(failed)?;
        }
        let why = why.or_else(|| self.date_passed(hand));
        match why {
            None => Ok(watched.version),
            Some(why) => Err(self.park(hand, Reason::KeptBack(why)).await),
        }
    }

    /// A letter that speaks of a day as to come that has passed by now.
    fn date_passed(&self, hand: &InHand) -> Option<KeptBack> {
        let desk = &self.office.desk;
        let kind = desk.catalogue.get(&hand.letter.kind)?;
        let page = match hand.state {
            State::Numbered => Page::ToMake,
            _ => Page::Made,
        };
        let way = (hand.letter.delivery, page);
        let today = (Measured::Today, desk.clock.today());
        let passed = desk.passed(kind, &hand.record, way, today);
        passed.map(KeptBack::DatePassed)
    }

    /// Takes the steps by which a letter leaves the house, unless it must not
    /// go: what is registered until that very moment counts.
    pub(super) async fn leave(
        &self,
        hand: &mut InHand,
        steps: impl Fn(i64) -> Vec<Step>,
        to: State,
    ) -> Result<(), Stop> {
        loop {
            let version = self.look(hand).await?;
            let letter = &hand.letter;
            let taken = self
                .writer
                .steps(letter.id, hand.state, letter.attempt, steps(version))
                .await;
            match taken {
                Ok(()) => {
                    hand.state = to;
                    return Ok(());
                }
                Err(StepError::LookAgain(_)) => _ = self.look_anew(hand).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Reads again what is registered, and whom the letter concerns: a request
    /// may have been registered since that names a member.
    async fn look_anew(&self, hand: &mut InHand) -> Result<Arc<Watched>, Stop> {
        let failed = |error| Stop::Night(NightError::Store(error));
        let mut conn = self.office.store.look().await.map_err(failed)?;
        let watched = conn.watched().await.map_err(failed)?;
        let letter = hand.letter.id;
        let mut found = conn.persons_of(&[letter]).await.map_err(failed)?;
        drop(conn);
        if let Some(persons) = found.remove(&letter) {
            hand.persons = persons;
        }
        hand.letter.version = watched.version;
        let watched = Arc::new(watched);
        self.lookout.set(&watched);
        Ok(watched)
    }
}
