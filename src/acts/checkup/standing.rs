//! The database, held against what is known of its workspace.

use std::path::Path;

use chrono::{DateTime, FixedOffset};

use super::problem::{Problem, Problems};
use crate::config::Config;
use crate::domain::ClockBack;
use crate::office::{self, Standing};
use crate::store::{Store, StoreError};
use crate::wording::{self, StaffMessage as _};

/// Looks at the workspace, if there is one, and at the place of its marks.
/// Returns what to do where there is none, or that the clock stands before what
/// is recorded.
pub(super) async fn check(
    config: &Config,
    now: DateTime<FixedOffset>,
    problems: &mut Problems,
) -> Option<String> {
    let marks = office::marks_of(config);
    let folder = marks.parent();
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    if let Err(error) = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))) {
        let told = wording::standing::marks_unwritten(&marks, &error);
        problems.add(Problem::Part(told));
    }
    match stands(config).await {
        Ok(Some(found)) => {
            if !found.doubts.is_empty() {
                let told = wording::standing::doubted(&found.doubts);
                problems.add(Problem::Part(told));
            }
            let back = ClockBack::of(found.newest, now);
            back.as_ref().map(wording::remarks::clock_went_back)
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

async fn stands(config: &Config) -> Result<Option<Standing>, StoreError> {
    let store = Store::open_to_read(&office::database(&config.out)).await?;
    let Some(store) = store else {
        return Ok(None);
    };
    let looked = look(config, &store).await;
    store.close().await;
    looked.map(Some)
}

async fn look(config: &Config, store: &Store) -> Result<Standing, StoreError> {
    let standing = office::standing(config, store).await?;
    let foreign = store.look().await?.foreign_parts().await?;
    match foreign.is_empty() {
        true => Ok(standing),
        false => Err(StoreError::Foreign(foreign)),
    }
}
