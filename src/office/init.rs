//! Making a workspace.

use std::fs;
use std::path::{Path, PathBuf};

use super::marks::marks_of;
use super::{OfficeError, database, marks};
use crate::config::Config;
use crate::store::Store;

/// How a workspace came to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Init {
    /// It was made now.
    Made,
    /// There was one.
    There,
}

/// Makes the workspace the settings name: its folder, its database, and the
/// marks outside of it. One that is there stays as it is.
///
/// # Errors
/// [`OfficeError::UsedBefore`] where there was one whose database is gone.
pub async fn init(config: &Config) -> Result<Init, OfficeError> {
    let out = &config.out;
    let path = database(out);
    // In this order: another may be making it at this moment, and writes the
    // marks last.
    let left = left_behind(config);
    if fs::metadata(&path).is_ok_and(|file| file.len() > 0) {
        return Ok(Init::There);
    }
    if let Some(found) = left {
        return Err(OfficeError::UsedBefore {
            out: out.clone(),
            found,
        });
    }
    fs::create_dir_all(out).map_err(|error| OfficeError::Workspace {
        path: out.clone(),
        error,
    })?;
    let store = Store::open(&path).await?;
    mark_first(config, &store).await?;
    store.close().await;
    Ok(Init::Made)
}

/// Marks a workspace for the first time.
pub(super) async fn mark_first(config: &Config, store: &Store) -> Result<(), OfficeError> {
    marks::keep(config, store).await?;
    Ok(store.set_marked().await?)
}

/// What shows that there was a workspace.
fn left_behind(config: &Config) -> Option<PathBuf> {
    let marks = marks_of(config);
    if marks.exists() {
        return Some(marks);
    }
    let used = ["reports", "archive/pdf"].map(|folder| config.out.join(folder));
    used.into_iter().find(|folder| has_something(folder))
}

fn has_something(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}
