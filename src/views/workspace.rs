//! Which workspace this is, how far it has come, and what persons decided of
//! databases that did not agree with its marks.

use crate::domain::Marks;
use crate::office::Office;
use crate::store::{Acceptance, StoreError};

/// What a workspace knows of itself.
#[derive(Debug)]
pub struct Known {
    /// How far its database has come.
    pub marks: Marks,
    /// What was decided, the oldest first.
    pub acceptances: Vec<Acceptance>,
}

impl Known {
    /// Reads it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn of(office: &Office) -> Result<Self, StoreError> {
        let mut conn = office.store.reads().await?;
        Ok(Known {
            marks: conn.marks().await?.unwrap_or_default(),
            acceptances: conn.acceptances().await?,
        })
    }
}
