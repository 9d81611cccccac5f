//! Flags and counterparts, held in memory for a night.
//!
//! They are few and seldom change, so they are read once, with their version.
//! The statement by which a letter leaves the house names that version and
//! does nothing if it is an older one.

use std::sync::{Arc, PoisonError, RwLock};

use crate::office::Office;
use crate::store::{StoreError, Watched};

/// Flags and counterparts as the night last saw them.
pub(super) struct Lookout(RwLock<Arc<Watched>>);

impl Lookout {
    /// Looks for the first time.
    pub(super) async fn begin(office: &Office) -> Result<Self, StoreError> {
        let mut conn = office.store.look().await?;
        let watched = conn.watched().await?;
        Ok(Lookout(RwLock::new(Arc::new(watched))))
    }

    pub(super) fn seen(&self) -> Arc<Watched> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set(&self, watched: &Arc<Watched>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(watched);
    }
}
