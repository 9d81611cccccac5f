//! Putting a folder of files in place in one step.
//!
//! The files are written into a folder beside the site and made durable;
//! then the two folders exchange their names (`renameat2`), so that a reader
//! meets the old site whole or the new one whole. Killed before the exchange,
//! the old site stands; killed after it, the new one; what lies beside it is
//! swept at the next call. A symbolic link to a numbered folder would do as
//! well, but some ways of copying a site copy the link.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

/// Files by their path below the site.
pub(super) type Files = BTreeMap<PathBuf, Vec<u8>>;

/// A site is for everybody, whatever the program's own mask says.
const FILE_MODE: u32 = 0o644;
const FOLDER_MODE: u32 = 0o755;

/// A place of the replacement, for tests that end the program there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The new files are durable; the old site stands.
    Written,
    /// The new site stands; the old one lies beside it.
    Exchanged,
}

/// The newest edition of a site, by its record.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Newest {
    /// Its number.
    pub number: u32,
    /// Its label.
    pub label: String,
    /// Day it came into force.
    pub effective: NaiveDate,
}

/// Who reads what is put in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// The public: what has been superseded must not come back.
    Public,
    /// Staff, who may look at anything.
    Staff,
}

/// Why a site is not in place. The site before it is untouched.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The folder holds something that is no part of a site.
    #[error(
        "{} に、公表用サイトのものではない「{found}」があります。何も変えていません。空のフォルダーか、前に作ったサイトのフォルダーを指定してください。",
        folder.display()
    )]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// What was found first.
        found: String,
    },
    /// Somebody else is replacing a site here.
    #[error("{} では、別の処理がサイトを入れ替えています。終わってからもう一度実行してください。", .0.display())]
    Busy(PathBuf),
    /// The file system cannot exchange two folders.
    #[error(
        "{} のファイルシステムでは、サイトを一度に入れ替えられません。サーバー本体のディスクのフォルダーを指定し、そこから rsync で送ってください。",
        .0.display()
    )]
    NoExchange(PathBuf),
    /// A later edition stands there already.
    #[error(
        "{} には、施行日が{}の「{}」が載っています。これから載せる「{}」の施行日({})はそれより前なので、載せていません。公表中の版がどちらか確かめてください。古い方に戻すのが正しいときは、このフォルダーを別の場所に移してから、もう一度実行してください。",
        folder.display(), stands.effective, stands.label, new.label, new.effective
    )]
    Older {
        /// The folder.
        folder: PathBuf,
        /// What stands there.
        stands: Newest,
        /// What was to take its place.
        new: Newest,
    },
    /// The file system refuses.
    #[error("{} を書けません({error})。前のサイトはそのままです。空き容量と書き込む権限を確かめてください。", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// What a site's files are, for whoever puts them in place.
pub(super) struct Ways {
    /// Which names at the top of a site are its own; a folder with any other
    /// is refused, because replacing would remove it.
    pub ours: fn(&str) -> bool,
    /// The newest edition among a site's files.
    pub newest: fn(&Files) -> Option<Newest>,
}

/// Puts `files` at `site`, unless just these are there already. Returns
/// whether anything was written. The folder above `site` must exist. Where
/// the public reads, a site whose newest edition is older than the one that
/// stands there is refused: a workspace from a backup, or another one, may
/// not know of it.
///
/// # Errors
/// See [`PlaceError`].
pub(super) fn put(
    files: &Files,
    site: &Path,
    ways: &Ways,
    readers: Readers,
    reached: &mut dyn FnMut(Step),
) -> Result<bool, PlaceError> {
    let parent = match site.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let Some(name) = site.file_name() else {
        // A site in the current folder itself has no place beside it.
        return Err(at(site, io::ErrorKind::InvalidInput.into()));
    };
    let name = name.to_string_lossy();
    let next = parent.join(format!(".{name}.next"));
    // The lock is the folder itself, so that no file is left beside the site.
    let lock = File::open(parent).map_err(|error| at(parent, error))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(PlaceError::Busy(parent.to_owned())),
        Err(TryLockError::Error(error)) => return Err(at(parent, error)),
    }
    remove(&next)?;
    let stands = check(site, ways.ours)?;
    let old = if stands { read(site)? } else { Files::new() };
    if stands && old == *files {
        return Ok(false);
    }
    if readers == Readers::Public
        && let (Some(stands), Some(new)) = ((ways.newest)(&old), (ways.newest)(files))
        && stands.effective > new.effective
    {
        let folder = site.to_owned();
        return Err(PlaceError::Older {
            folder,
            stands,
            new,
        });
    }
    let replaced = write(files, &old, site, &next).and_then(|()| {
        reached(Step::Written);
        exchange(&next, site, stands)?;
        lock.sync_all().map_err(|error| at(parent, error))
    });
    if let Err(error) = replaced {
        // What is left is swept next time; the first error is the one to tell.
        let _ = fs::remove_dir_all(&next);
        return Err(error);
    }
    reached(Step::Exchanged);
    if let Err(error) = remove(&next) {
        tracing::warn!(%error, "the former site could not be removed");
    }
    Ok(true)
}

/// Every file below a folder.
pub(super) fn read(folder: &Path) -> Result<Files, PlaceError> {
    let mut files = Files::new();
    collect(folder, folder, &mut files)?;
    Ok(files)
}

fn collect(root: &Path, folder: &Path, files: &mut Files) -> Result<(), PlaceError> {
    for entry in fs::read_dir(folder).map_err(|error| at(folder, error))? {
        let path = entry.map_err(|error| at(folder, error))?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else {
            let bytes = fs::read(&path).map_err(|error| at(&path, error))?;
            let below = path.strip_prefix(root).unwrap_or(&path).to_owned();
            files.insert(below, bytes);
        }
    }
    Ok(())
}

/// Whether something stands at `site`; it must be a folder of nothing but
/// what is ours.
fn check(site: &Path, ours: fn(&str) -> bool) -> Result<bool, PlaceError> {
    let foreign = |found: String| PlaceError::Foreign {
        folder: site.to_owned(),
        found,
    };
    match fs::symlink_metadata(site) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(at(site, error)),
        Ok(found) if !found.is_dir() => {
            let name = site.file_name().unwrap_or_default();
            return Err(foreign(name.to_string_lossy().into_owned()));
        }
        Ok(_) => {}
    }
    for entry in fs::read_dir(site).map_err(|error| at(site, error))? {
        let name = entry.map_err(|error| at(site, error))?.file_name();
        let name = name.to_string_lossy();
        if !ours(&name) {
            return Err(foreign(name.into_owned()));
        }
    }
    Ok(true)
}

/// Writes the new site. A file that stays as it is keeps its inode and so
/// its time, which is what browsers and rsync go by.
fn write(files: &Files, old: &Files, site: &Path, next: &Path) -> Result<(), PlaceError> {
    let mut folders = vec![next.to_owned()];
    make(next)?;
    for (path, bytes) in files {
        let mut folder = next.to_owned();
        for part in path.parent().unwrap_or(Path::new("")) {
            folder.push(part);
            if !folders.contains(&folder) {
                make(&folder)?;
                folders.push(folder.clone());
            }
        }
        let target = next.join(path);
        let stays = old.get(path) == Some(bytes);
        if !(stays && fs::hard_link(site.join(path), &target).is_ok()) {
            let mut file = File::create_new(&target).map_err(|error| at(&target, error))?;
            file.write_all(bytes)
                .and_then(|()| file.set_permissions(Permissions::from_mode(FILE_MODE)))
                .and_then(|()| file.sync_all())
                .map_err(|error| at(&target, error))?;
        }
    }
    for folder in folders {
        File::open(&folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| at(&folder, error))?;
    }
    Ok(())
}

fn make(folder: &Path) -> Result<(), PlaceError> {
    fs::create_dir(folder)
        .and_then(|()| fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE)))
        .map_err(|error| at(folder, error))
}

fn exchange(next: &Path, site: &Path, stands: bool) -> Result<(), PlaceError> {
    let how = if stands {
        RenameFlags::EXCHANGE
    } else {
        RenameFlags::NOREPLACE
    };
    renameat_with(CWD, next, CWD, site, how).map_err(|errno| match errno {
        Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP => PlaceError::NoExchange(site.to_owned()),
        other => at(site, other.into()),
    })
}

fn remove(folder: &Path) -> Result<(), PlaceError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(folder, error)),
        _ => Ok(()),
    }
}

fn at(path: &Path, error: io::Error) -> PlaceError {
    PlaceError::Io {
        path: path.to_owned(),
        error,
    }
}
