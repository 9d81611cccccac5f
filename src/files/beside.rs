//! Files on their way to a name in a folder that is somebody else's: beside
//! the file that is taken in, or where staff asked for one.
//!
//! They may hold names of people, so nothing of them stays when the program is
//! killed. Where the file system allows it they have no name before they are
//! finished. Elsewhere they have a passing one and are locked as long as the
//! process lives; the next that writes there deletes those nobody has locked.
//! A file for a reader that takes a path has such a name everywhere, with the
//! ending by which the reader knows what it is.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use super::part::{Part, may_be_unnamed};
use super::{FLEETING, PART};

/// Characters `tempfile` draws for a passing name.
const DRAWN: usize = 6;

/// A file that is being written.
pub struct Passing(Part);

impl Passing {
    /// An empty file for a name in `folder`, readable by its owner only.
    ///
    /// # Errors
    /// What the file system says.
    pub fn begin(folder: &Path) -> io::Result<Self> {
        sweep_left(folder);
        let part = match may_be_unnamed(folder) {
            true => Part::unnamed(folder)?,
            false => Part::named(folder)?,
        };
        Ok(Passing(part))
    }

    /// A handle to write it by.
    ///
    /// # Errors
    /// When the process has no handle left.
    pub fn handle(&self) -> io::Result<File> {
        self.0.file().try_clone()
    }

    /// Makes it durable and puts it in its place, where nothing may be.
    ///
    /// # Errors
    /// What the file system says; then nothing is left of it.
    pub fn place(self, path: &Path) -> io::Result<()> {
        self.0.file().sync_all()?;
        let named = self.0.name(path).map_err(|(error, _)| error);
        named?;
        File::open(super::folder_of(path))?.sync_all()
    }
}

/// Locks a file with a passing name for as long as it is open. Where files
/// cannot be locked nothing is swept either.
pub(super) fn lock(file: &File) {
    _ = file.try_lock();
}

/// Deletes files with passing names in `folder` whose process has died. What
/// cannot be deleted stays for the next.
pub fn sweep_left(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let drawn = name.to_str().and_then(|name| name.strip_prefix(PART));
        let is_passing = drawn.is_some_and(|drawn| {
            let drawn = drawn.strip_suffix(FLEETING).unwrap_or(drawn);
            drawn.len() == DRAWN && drawn.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
        if is_passing && is_left(&entry.path()) {
            _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether it is a file of our own that nobody has locked.
fn is_left(path: &Path) -> bool {
    let own = rustix::process::geteuid().as_raw();
    let flags = (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits();
    let flags = i32::try_from(flags).unwrap_or_default();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
    file.is_ok_and(|file| {
        let is_own = file
            .metadata()
            .is_ok_and(|is| is.is_file() && is.uid() == own);
        is_own && file.try_lock().is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_process_left_is_deleted_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let names = [
            "a",
            ".part-",
            ".part-letters",
            ".part-.db--1",
            ".part-Zz09aQ.db",
            ".part-letters.csv",
            "x.part-abc123",
        ];
        let left = [".part-aB3dE6", ".part-Zz09aQ.csv"];
        for name in names.into_iter().chain(left) {
            fs::write(root.join(name), "見本 太郎").expect("written");
        }
        std::os::unix::fs::symlink(root.join("a"), root.join(".part-linked")).expect("a link");
        let living = Part::named(root).expect("a part");
        let passing = Passing::begin(root).expect("begun");
        assert!(left.iter().all(|name| !root.join(name).exists()));
        assert!(names.iter().all(|name| root.join(name).exists()));
        assert!(root.join(".part-linked").exists());
        let found = fs::read_dir(root).expect("a folder").count();
        let unnamed = usize::from(may_be_unnamed(root));
        assert_eq!(found, names.len() + 1 + 1 + (1 - unnamed));
        // One that is being read is left to its reader.
        let fleeting = crate::files::Fleeting::of(root, "見本 太郎".as_bytes()).expect("made");
        sweep_left(root);
        assert!(fleeting.path().exists());
        // The living one can still get its name.
        living.name(&root.join("named")).expect("named");

        std::io::Write::write_all(&mut passing.handle().expect("a handle"), b"whole")
            .expect("written");
        passing.place(&root.join("placed")).expect("placed");
        assert_eq!(fs::read(root.join("placed")).expect("there"), b"whole");
        let other = Passing::begin(root).expect("begun");
        let taken = other.place(&root.join("placed")).expect_err("taken");
        assert_eq!(taken.kind(), io::ErrorKind::AlreadyExists);
    }
}
