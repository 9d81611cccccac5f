//! Writing a file whole or not at all: [`replace`] or [`create`] one,
//! [`Keeper`] many new ones, `beside` one in a folder that is somebody else's. Reading what stands below a folder, and never
//! through a link: [`Folder`].

mod below;
mod beside;
mod keeper;
mod part;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

pub use below::{Entry, Folder, Unreadable, open_at, open_below, read_below, text_at, text_below};
pub use beside::{Passing, sweep_left};
pub use keeper::{KeepError, Keeper, Kept};

/// Prefix of temporary files.
const PART: &str = ".part-";

/// How the name of a [`Fleeting`] file ends.
const FLEETING: &str = ".csv";

/// Removes temporary files that a killed process left in `folder`. The caller
/// must know that nobody else is writing there.
///
/// # Errors
/// What the file system says; a folder that is not there is fine.
pub fn sweep(folder: &Path) -> io::Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PART) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Writes `bytes` to `path` atomically: to a temporary file beside it, which
/// is made durable and then renamed.
///
/// # Errors
/// What the file system says; an earlier file at `path` is then untouched.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    let file = written(folder, bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

/// A file staff asked for that could not be written. For staff.
#[derive(Debug, thiserror::Error)]
#[error("{} を書けません({error})。", path.display())]
pub struct Unwritten {
    /// Where it was to be.
    pub path: PathBuf,
    /// What the file system says.
    pub error: io::Error,
}

/// [`replace`] for a file staff asked for.
///
/// # Errors
/// [`Unwritten`]; an earlier file at `path` is then untouched.
pub fn write_out(path: &Path, bytes: &[u8]) -> Result<(), Unwritten> {
    beside::sweep_left(folder_of(path));
    replace(path, bytes).map_err(|error| Unwritten {
        path: path.to_owned(),
        error,
    })
}

/// Like [`replace`], but only where nothing is at `path`.
///
/// # Errors
/// What the file system says; [`io::ErrorKind::AlreadyExists`] when something
/// is there, which is untouched.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    let file = written(folder, bytes)?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

/// A table (CSV) that is there only as long as this value, readable by its
/// owner alone: for a reader that takes a path. What a killed process left of
/// one, the next that makes one there deletes, and [`sweep_left`] does.
pub struct Fleeting(NamedTempFile);

impl Fleeting {
    /// Makes one in `folder`.
    ///
    /// # Errors
    /// What the file system says.
    pub fn of(folder: &Path, bytes: &[u8]) -> io::Result<Self> {
        beside::sweep_left(folder);
        let mut file = tempfile::Builder::new()
            .prefix(PART)
            .suffix(FLEETING)
            .tempfile_in(folder)?;
        // Nothing is in it before it is locked.
        beside::lock(file.as_file());
        file.write_all(bytes)?;
        Ok(Fleeting(file))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A temporary file with this content, durable.
fn written(folder: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = passing(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// An empty temporary file, readable by its owner only.
fn passing(folder: &Path) -> io::Result<NamedTempFile> {
    let file = tempfile::Builder::new().prefix(PART).tempfile_in(folder)?;
    beside::lock(file.as_file());
    Ok(file)
}
