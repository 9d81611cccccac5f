//! A file from outside, opened once.
//!
//! Some formats are gone through more than once. Opened by its name again, the
//! file could be another one by then, and what was checked or hashed would not
//! be what was taken in. All readers of a source share the one open file and
//! each has a place of its own in it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::sync::Arc;

use rustix::fs::OFlags;

use super::problem::FileProblem;
use crate::hash::Sha256;

/// A file and a place in it.
#[derive(Debug)]
pub(super) struct Source {
    file: Arc<File>,
    at: u64,
}

impl Source {
    /// Opens a regular file.
    ///
    /// # Errors
    /// [`FileProblem`] for a pipe, a device or a folder: they cannot be gone
    /// through twice, and some never end.
    pub(super) fn open(path: &Path) -> Result<Self, FileProblem> {
        // Opening a pipe must not wait until somebody writes to it.
        let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
        let mut options = OpenOptions::new();
        let file = options.read(true).custom_flags(flags).open(path)?;
        if !file.metadata()?.is_file() {
            return Err(FileProblem::Format(
                "ふつうのファイルではありません(フォルダー、パイプ、装置など)。ファイルに保存してから、そのファイルを指定してください。"
                    .to_owned(),
            ));
        }
        Ok(Source::of(file))
    }

    /// A source that somebody else opened.
    pub(super) fn of(file: File) -> Self {
        Source {
            file: Arc::new(file),
            at: 0,
        }
    }

    /// Another reader of the same file, at its start.
    pub(super) fn again(&self) -> Self {
        Source {
            file: Arc::clone(&self.file),
            at: 0,
        }
    }

    /// The open file, for a child process.
    pub(super) fn file(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Bytes in it at present.
    pub(super) fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// SHA-256 of all that is in it at present.
    pub(super) fn sha256(&self) -> io::Result<Sha256> {
        Sha256::of_reader(self.again())
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.length()?.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn readers_share_the_file_and_not_their_places() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        fs::write(&path, "0123456789").unwrap();
        let mut first = Source::open(&path).unwrap();
        let mut second = first.again();
        let mut text = String::new();
        first.seek(SeekFrom::End(-3)).unwrap();
        first.read_to_string(&mut text).unwrap();
        assert_eq!(text, "789");
        // Another file under the name is not the one that was opened.
        fs::remove_file(&path).unwrap();
        fs::write(&path, "other").unwrap();
        second.read_to_string(&mut text).unwrap();
        assert_eq!(text, "7890123456789");
        assert_eq!(first.sha256().unwrap(), Sha256::of(b"0123456789"));
        assert!(second.seek(SeekFrom::Current(-20)).is_err());
    }

    #[test]
    fn what_is_no_regular_file_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.csv");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, kind, mode, 0).unwrap();
        for path in [&pipe, folder.path(), Path::new("/dev/zero")] {
            let told = Source::open(path).unwrap_err().to_string();
            assert!(told.contains("ふつうのファイルではありません"), "{told}");
        }
    }
}
