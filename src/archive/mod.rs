//! Files that must never change, under the SHA-256 of their content.
//!
//! An existing file is never overwritten. Writing the same content twice is
//! one file. A file whose content is no longer that of its name is laid aside
//! in `damaged/` when the right content is there to take its place. Names
//! carry nothing but the hash.

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::files::{self, KeepError, Keeper, Kept};
use crate::hash::Sha256;

/// Where damaged files are laid when the right content takes their place.
const DAMAGED: &str = "damaged";

/// The archive.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
    keeper: Keeper,
}

/// What kind of file is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// A letter's PDF.
    Pdf,
    /// A frozen template set.
    Set,
}

/// How content came to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// It was written, or was there already and is sound.
    Sound,
    /// What stood under its hash was damaged and has been laid aside.
    Mended,
}

/// The state of an archived file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Its content has its hash.
    Sound,
    /// Its content has changed.
    Damaged,
    /// It is not there.
    Missing,
}

/// A failure of the archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// No room left on the disk.
    #[error("the disk is full")]
    DiskFull,
    /// A file with this hash is there, but its content is another.
    #[error("archived file {0} is damaged")]
    Damaged(String),
    /// The file is not there.
    #[error("archived file {0} is missing")]
    Missing(String),
    /// Any other failure of the file system.
    #[error("the archive failed: {0}")]
    Storage(io::Error),
    /// The folder cannot be made.
    #[error("the archive's folder cannot be made: {0}")]
    Folder(io::Error),
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::of(bytes).to_string()
}

impl Archive {
    /// Opens the archive in `folder`, making the folder if needed. Needs a
    /// tokio runtime.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: &Path) -> Result<Self, ArchiveError> {
        std::fs::create_dir_all(folder).map_err(ArchiveError::Folder)?;
        Ok(Archive {
            folder: folder.to_owned(),
            keeper: Keeper::start(folder).map_err(ArchiveError::Folder)?,
        })
    }

    /// Removes what a killed run left half written. Only for a caller that
    /// knows nobody else is writing.
    ///
    /// # Errors
    /// When the folder cannot be read or a file not be removed.
    pub fn sweep(&self) -> Result<(), ArchiveError> {
        files::sweep(&self.folder).map_err(ArchiveError::Storage)
    }

    /// Keeps `bytes` and returns when they are durable. The caller gives their
    /// hash, which it has computed already. A damaged file in their place is
    /// laid aside.
    ///
    /// # Errors
    /// When the file system does not do it, or when what is laid aside comes
    /// back damaged.
    pub async fn put(
        &self,
        holding: Holding,
        sha256: &str,
        bytes: Bytes,
    ) -> Result<Stored, ArchiveError> {
        if self.keep(holding, sha256, bytes.clone()).await? == Kept::New {
            return Ok(Stored::Sound);
        }
        // The same content was kept before, for instance just before a crash:
        // nothing to do, if it is sound.
        if let Ok(Condition::Sound) = self.check(holding, sha256).await {
            return Ok(Stored::Sound);
        }
        self.lay_aside(holding, sha256).await?;
        match self.keep(holding, sha256, bytes).await? {
            Kept::New => Ok(Stored::Mended),
            Kept::Taken => Err(ArchiveError::Damaged(sha256.to_owned())),
        }
    }

    async fn keep(
        &self,
        holding: Holding,
        sha256: &str,
        bytes: Bytes,
    ) -> Result<Kept, ArchiveError> {
        let place = self.folder.join(Archive::place(holding, sha256));
        self.keeper.keep(place, bytes).await.map_err(|error| {
            let (KeepError::NotWritten(error) | KeepError::NotDurable(error)) = error;
            failure(error)
        })
    }

    /// Moves what stands under a hash out of the way. It may be all that can
    /// show what happened to the file, so it is not removed.
    async fn lay_aside(&self, holding: Holding, sha256: &str) -> Result<(), ArchiveError> {
        let from = self.folder.join(Archive::place(holding, sha256));
        let folder = self.folder.join(DAMAGED);
        let sha256 = sha256.to_owned();
        let moved = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            let free = (1..)
                .map(|count: u64| folder.join(format!("{sha256}-{count}")))
                .find(|path| std::fs::symlink_metadata(path).is_err());
            match free {
                Some(to) => std::fs::rename(from, to),
                None => Ok(()),
            }
        });
        match moved.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(failure(error)),
            Err(error) => Err(failure(io::Error::other(error))),
        }
    }

    /// The content kept under this hash, checked against it.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] or [`ArchiveError::Damaged`].
    pub async fn get(&self, holding: Holding, sha256: &str) -> Result<Bytes, ArchiveError> {
        let place = self.folder.join(Archive::place(holding, sha256));
        let bytes = match tokio::fs::read(place).await {
            Ok(bytes) => Bytes::from(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ArchiveError::Missing(sha256.to_owned()));
            }
            Err(error) => return Err(failure(error)),
        };
        if self::sha256(&bytes) == sha256 {
            Ok(bytes)
        } else {
            Err(ArchiveError::Damaged(sha256.to_owned()))
        }
    }

    /// Reads the file again and compares it with its hash.
    ///
    /// # Errors
    /// When the file system fails in another way than the file being absent.
    pub async fn check(&self, holding: Holding, sha256: &str) -> Result<Condition, ArchiveError> {
        match self.get(holding, sha256).await {
            Ok(_) => Ok(Condition::Sound),
            Err(ArchiveError::Missing(_)) => Ok(Condition::Missing),
            Err(ArchiveError::Damaged(_)) => Ok(Condition::Damaged),
            Err(error) => Err(error),
        }
    }

    /// The SHA-256 of every PDF that stands in the archive, by its name. What
    /// the archive gave no name is left out.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn pdfs(&self) -> Result<Vec<String>, ArchiveError> {
        let names = |folder: &Path| -> Result<Vec<PathBuf>, ArchiveError> {
            match std::fs::read_dir(folder) {
                Ok(entries) => entries
                    .map(|entry| entry.map(|entry| entry.path()))
                    .collect::<io::Result<_>>()
                    .map_err(failure),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
                Err(error) => Err(failure(error)),
            }
        };
        let mut found = Vec::new();
        for folder in names(&self.folder.join("pdf"))? {
            if !folder.is_dir() {
                continue;
            }
            for path in names(&folder)? {
                let stem = path.file_stem().and_then(|stem| stem.to_str());
                let sha256 = stem.filter(|stem| stem.parse::<Sha256>().is_ok());
                let is_pdf = path.extension().is_some_and(|ending| ending == "pdf");
                found.extend(sha256.filter(|_| is_pdf).map(str::to_owned));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Where a file stands below the archive's folder. PDFs are spread over
    /// sixteen folders: a society's letters of decades stay within what file
    /// systems like in one folder, and a new workspace has few of them to
    /// make durable in its first night.
    pub fn place(holding: Holding, sha256: &str) -> String {
        let head = sha256.get(..1).unwrap_or("0");
        match holding {
            Holding::Pdf => format!("pdf/{head}/{sha256}.pdf"),
            Holding::Set => format!("sets/{sha256}.json"),
        }
    }
}

fn failure(error: io::Error) -> ArchiveError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ArchiveError::DiskFull,
        _ => ArchiveError::Storage(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whatever_stands_in_the_place_of_a_file_is_laid_aside_and_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let archive = Archive::open(folder.path()).expect("opened");
        let hash = sha256(b"letter");
        let place = folder.path().join(Archive::place(Holding::Pdf, &hash));
        let put = || archive.put(Holding::Pdf, &hash, Bytes::from_static(b"letter"));
        std::fs::create_dir_all(place.parent().expect("a folder")).expect("made");
        std::fs::write(&place, b"").expect("an empty file");
        assert_eq!(put().await.expect("kept"), Stored::Mended);
        std::fs::remove_file(&place).expect("removed");
        std::os::unix::fs::symlink("nowhere", &place).expect("a link to nothing");
        assert_eq!(put().await.expect("kept"), Stored::Mended);
        std::fs::write(&place, b"other").expect("another content");
        assert_eq!(put().await.expect("kept"), Stored::Mended);
        std::fs::remove_file(&place).expect("removed");
        std::fs::create_dir(&place).expect("a folder in its place");
        assert_eq!(put().await.expect("kept"), Stored::Mended);
        assert_eq!(put().await.expect("kept"), Stored::Sound);
        let aside = std::fs::read_dir(folder.path().join("damaged")).expect("there");
        assert_eq!(aside.count(), 4);
    }

    #[tokio::test]
    async fn the_same_content_is_one_file_and_damage_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let archive = Archive::open(folder.path()).expect("opened");
        let hash = sha256(b"letter");
        for _ in 0..2 {
            archive
                .put(Holding::Pdf, &hash, Bytes::from_static(b"letter"))
                .await
                .expect("kept");
        }
        assert_eq!(
            archive.get(Holding::Pdf, &hash).await.expect("there"),
            b"letter".as_slice()
        );
        let file = folder.path().join(Archive::place(Holding::Pdf, &hash));
        std::fs::write(&file, b"Letter").expect("written");
        let condition = archive.check(Holding::Pdf, &hash).await.expect("read");
        assert_eq!(condition, Condition::Damaged);
        let again = archive
            .put(Holding::Pdf, &hash, Bytes::from_static(b"letter"))
            .await;
        assert_eq!(again.expect("kept"), Stored::Mended);
        let condition = archive.check(Holding::Pdf, &hash).await.expect("read");
        assert_eq!(condition, Condition::Sound);
        let aside = folder.path().join(format!("damaged/{hash}-1"));
        assert_eq!(std::fs::read(aside).expect("kept"), b"Letter");
        std::fs::remove_file(&file).expect("removed");
        let condition = archive.check(Holding::Pdf, &hash).await.expect("read");
        assert_eq!(condition, Condition::Missing);
    }
}
