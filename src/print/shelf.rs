//! Folders of print files: one takes its place, and what a killed process left
//! is removed.

use std::fs;
use std::io;
use std::path::Path;

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

/// How the name of a folder begins before it has its own, and after it lost it.
pub(super) const PART: &str = ".part-";

/// The folder that is being made. There is one at a time.
pub(super) const FRESH: &str = ".part-making";

/// Puts `fresh` where `folder` is; what stands there is called `fresh` then.
pub(super) fn exchange(fresh: &Path, folder: &Path) -> io::Result<()> {
    if fs::symlink_metadata(folder).is_err() {
        return fs::rename(fresh, folder);
    }
    match renameat_with(CWD, fresh, CWD, folder, RenameFlags::EXCHANGE) {
        // The file system knows no exchange: the folder is away for a moment,
        // and whoever is killed then leaves a run that is made again.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            let aside = fresh.with_file_name(format!("{PART}before"));
            fs::rename(folder, &aside)?;
            fs::rename(fresh, folder)?;
            fs::rename(&aside, fresh)
        }
        done => Ok(done?),
    }
}

/// Removes what a killed process left; the lock says that nobody needs it.
pub(super) fn sweep(shelf: &Path) -> io::Result<()> {
    for entry in fs::read_dir(shelf)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PART) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(there) if there.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
