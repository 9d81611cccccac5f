//! Going on with a database that is not the one the workspace had last.

use crate::config::Config;
use crate::domain::{By, Doubt};
use crate::office::{self, Office, OfficeError, standing};
use crate::store::{Accepted, NewAcceptance, Store, StoreError};
use crate::wording::{self, StaffMessage as _};

/// Why a database was not accepted; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// There is nothing to decide.
    #[error("{}", wording::standing::NOTHING_TO_ACCEPT)]
    Agrees,
    /// Nobody said why.
    #[error("{}", wording::standing::NO_REASON)]
    NoReason,
    /// The database is damaged.
    #[error("{}", wording::standing::damaged(.0))]
    Damaged(Vec<String>),
    /// The workspace does not open.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
}

/// What is damaged in the database, in its own words; nothing in a sound one.
///
/// # Errors
/// When it cannot be read at all.
pub async fn damage(office: &Office) -> Result<Vec<String>, StoreError> {
    damage_of(&office.store).await
}

async fn damage_of(store: &Store) -> Result<Vec<String>, StoreError> {
    let found = store.look().await?.integrity().await?;
    Ok(found.findings().map(str::to_owned).collect())
}

/// Takes the database as it stands for what the workspace goes on with. All
/// letters that would go on by themselves wait for a person, and no number or
/// reference that was given since the backup is given again.
///
/// # Errors
/// [`AcceptError`]; then nothing was changed.
pub async fn accept(
    config: &Config,
    by: &By,
    reason: &str,
) -> Result<(Accepted, Vec<Doubt>), AcceptError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(AcceptError::NoReason);
    }
    let store = office::open_store(config).await?;
    let done = accept_in(config, &store, by, reason).await;
    store.close().await;
    done
}

async fn accept_in(
    config: &Config,
    store: &Store,
    by: &By,
    reason: &str,
) -> Result<(Accepted, Vec<Doubt>), AcceptError> {
    let standing = standing(config, store).await?;
    if standing.doubts.is_empty() {
        return Err(AcceptError::Agrees);
    }
    let damage = damage_of(store).await?;
    if !damage.is_empty() {
        return Err(AcceptError::Damaged(damage));
    }
    let acceptance = NewAcceptance {
        reason,
        doubts: &standing.doubts,
        marks: standing.marks.as_ref(),
        report: standing.report.as_deref(),
    };
    let mut work = store.work().await?;
    let accepted = work.accept(acceptance, by).await?;
    work.commit().await?;
    // If this fails, the database is doubted as before, and is accepted again.
    office::keep_anew(config, store).await?;
    Ok((accepted, standing.doubts))
}
