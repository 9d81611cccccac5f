//! What is in the night's hands held against all that the store says of it.

use super::NightError;
use super::flow::{Flow, Stop};
use super::hand::InHand;
use crate::domain::{Difference, Reason};
use crate::record::differences_of;

impl Flow {
    /// Parks a letter that was changed behind the program: its row, its entry
    /// in the register, its approval, its history and its attempts have to say
    /// one thing, and the PDF in hand has to be the registered one.
    pub(super) async fn hold_against(&self, hand: &mut InHand) -> Result<(), Stop> {
        let failed = |error| Stop::Night(NightError::Store(error));
        let letter = hand.letter.id;
        let mut conn = self.office.store.look().await.map_err(failed)?;
        let mut said = conn.evidence(&[letter]).await.map_err(failed)?;
        drop(conn);
        let said = said.remove(&letter).flatten();
        let mut found = differences_of(said.as_ref());
        let entry = said.and_then(|said| said.entry);
        if entry.is_some_and(|entry| entry.pdf_sha256 != hand.letter.pdf_sha256) {
            found.push(Difference::Pdf);
        }
        found.dedup();
        if found.is_empty() {
            return Ok(());
        }
        tracing::warn!(letter = %letter, ?found, "changed behind the program");
        Err(self.park(hand, Reason::Differs(found)).await)
    }
}
