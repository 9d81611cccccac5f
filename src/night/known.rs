//! The night works with a sound database alone, and keeps outside of it how
//! far it came.

use chrono::NaiveDate;

use super::NightError;
use crate::domain::ClockBack;
use crate::office::{self, Office};
use crate::store::{Store, StoreError};

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

/// Whether the clock stands before the newest time that is recorded. What
/// cannot be read is told by the run itself.
pub(super) async fn clock_back(office: &Office) -> Option<ClockBack> {
    let standing = office::standing(&office.desk.config, &office.store).await;
    ClockBack::of(standing.ok()?.newest, office.desk.clock.now())
}

/// Keeps it for the report of `date`.
pub(super) async fn keep_clock_back(
    store: &Store,
    date: NaiveDate,
    back: &ClockBack,
) -> Result<(), StoreError> {
    let mut work = store.work().await?;
    work.note_clock_back(date, back).await?;
    work.commit().await
}
