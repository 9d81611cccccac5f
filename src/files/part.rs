//! A temporary file that is about to be renamed.

use std::fs::File;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

use super::passing;

/// A file that does not have its final name yet.
#[derive(Debug)]
pub(super) enum Part {
    /// It has no name: nobody sees it, and it is gone when the process ends.
    Unnamed(File),
    /// It has a temporary name, on file systems without unnamed files.
    Named(NamedTempFile),
}

impl Part {
    /// An empty file, readable by its owner only, for a name in or below
    /// `folder`, where files [`may_be_unnamed`].
    pub(super) fn unnamed(folder: &Path) -> io::Result<Self> {
        unnamed(folder).map(Part::Unnamed)
    }

    /// An empty file, readable by its owner only, for a name in or below
    /// `folder`.
    pub(super) fn named(folder: &Path) -> io::Result<Self> {
        passing(folder).map(Part::Named)
    }

    pub(super) fn file(&self) -> &File {
        match self {
            Part::Unnamed(file) => file,
            Part::Named(file) => file.as_file(),
        }
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// When the name is taken, among others; the file is returned for another try.
    pub(super) fn name(self, path: &Path) -> Result<File, (io::Error, Self)> {
        match self {
            Part::Unnamed(file) => match link(&file, path) {
                Ok(()) => Ok(file),
                Err(error) => Err((error, Part::Unnamed(file))),
            },
            Part::Named(file) => file
                .persist_noclobber(path)
                .map_err(|refused| (refused.error, Part::Named(refused.file))),
        }
    }
}

/// Whether files can be written in `folder` before they have a name, and get
/// one afterwards. It depends on the file system and on `/proc`, so it is
/// tried out.
pub(super) fn may_be_unnamed(folder: &Path) -> bool {
    let tried = || -> io::Result<()> {
        // A free name; the file is removed when this value is dropped.
        let place = passing(folder)?.into_temp_path();
        std::fs::remove_file(&place)?;
        link(&unnamed(folder)?, &place)
    };
    tried().is_ok()
}

/// An `O_TMPFILE` (open(2)).
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR)?;
    Ok(file.into())
}

/// The way open(2) describes; the other one needs a privilege.
#[cfg(target_os = "linux")]
fn link(file: &File, path: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    use rustix::fs::{AtFlags, CWD};
    let source = format!("/proc/self/fd/{}", file.as_raw_fd());
    rustix::fs::linkat(CWD, source, CWD, path, AtFlags::SYMLINK_FOLLOW)?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &Path) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_gets_a_free_name_and_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let mut ways: Vec<fn(&Path) -> io::Result<Part>> = vec![Part::named];
        if may_be_unnamed(root) {
            ways.push(Part::unnamed);
        }
        let names = || {
            let entries = std::fs::read_dir(root).expect("a folder");
            entries.count()
        };
        assert_eq!(names(), 0, "nothing is left of the trial");
        for (n, way) in ways.into_iter().enumerate() {
            let part = way(root).expect("a part");
            part.file().write_all(b"content").expect("written");
            let missing = root.join("no folder/name");
            let (error, part) = part.name(&missing).expect_err("no folder");
            assert_eq!(error.kind(), io::ErrorKind::NotFound);
            let path = root.join(n.to_string());
            part.name(&path).expect("named");
            assert_eq!(std::fs::read(&path).expect("there"), b"content");
            let mode = path.metadata().expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);

            let other = way(root).expect("a part");
            let (error, other) = other.name(&path).expect_err("taken");
            assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
            drop(other);
            assert_eq!(std::fs::read(&path).expect("there"), b"content");
            assert_eq!(names(), n + 1, "nothing else is left");
        }
    }
}
