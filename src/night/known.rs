//! The night works with a sound database alone, and keeps outside of it how
//! far it came.

use super::NightError;
use crate::office::Office;

/// Refuses a database that is damaged: what is numbered, sent and registered
/// from it could be anything.
pub(super) async fn demand_sound(office: &Office) -> Result<(), NightError> {
    let found = office.store.look().await?.integrity().await?;
    // A row with a word nobody knows is one letter's matter: it is parked or
    // left out, and the report names it.
    let mut damage = found.damage;
    damage.extend(found.dangling);
    match damage.is_empty() {
        true => Ok(()),
        false => Err(NightError::Damaged(damage)),
    }
}

/// Keeps how far the workspace has come. A night whose marks cannot be written
/// goes on: they only tell of databases put back later.
pub(super) async fn keep_marks(office: &Office) {
    if let Err(error) = office.keep_marks().await {
        tracing::warn!("{error}");
    }
}
