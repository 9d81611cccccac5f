//! The database, held against what is known of its workspace.

use std::path::Path;

use super::problem::{Problem, Problems};
use crate::config::Config;
use crate::domain::Doubt;
use crate::office;
use crate::store::{Store, StoreError};
use crate::wording::{self, StaffMessage as _};

/// Looks at the workspace, if there is one, and at the place of its marks.
/// Returns what to do where there is none.
pub(super) async fn check(config: &Config, problems: &mut Problems) -> Option<String> {
    let marks = office::marks_of(config);
    let folder = marks.parent();
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    if let Err(error) = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))) {
        let told = wording::standing::marks_unwritten(&marks, &error);
        problems.add(Problem::Part(told));
    }
    match doubts(config).await {
        Ok(Some(doubts)) if doubts.is_empty() => None,
        Ok(Some(doubts)) => {
            problems.add(Problem::Part(wording::standing::doubted(&doubts)));
            None
        }
        Ok(None) if marks.exists() => {
            let told = wording::standing::no_workspace(&config.out, Some(&marks));
            problems.add(Problem::Part(told));
            None
        }
        Ok(None) => Some(wording::standing::not_made(&config.out)),
        Err(error) => {
            problems.add(Problem::Part(error.staff_message()));
            None
        }
    }
}

async fn doubts(config: &Config) -> Result<Option<Vec<Doubt>>, StoreError> {
    let store = Store::open_to_read(&office::database(&config.out)).await?;
    let Some(store) = store else {
        return Ok(None);
    };
    let looked = look(config, &store).await;
    store.close().await;
    looked.map(Some)
}

async fn look(config: &Config, store: &Store) -> Result<Vec<Doubt>, StoreError> {
    let standing = office::standing(config, store).await?;
    let foreign = store.look().await?.foreign_parts().await?;
    match foreign.is_empty() {
        true => Ok(standing.doubts),
        false => Err(StoreError::Foreign(foreign)),
    }
}
