//! Files that must never change, under the SHA-256 of their content.
//!
//! A file is written beside its place, made durable, and then linked to it;
//! an existing file is never overwritten. Writing the same content twice is
//! one file. Names carry nothing but the hash.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions};
use sha2::{Digest, Sha256};

/// The archive.
#[derive(Debug)]
pub struct Archive {
    store: LocalFileSystem,
    folder: PathBuf,
}

/// What kind of file is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// A letter's PDF.
    Pdf,
    /// A frozen template set.
    Set,
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
    Storage(#[from] object_store::Error),
    /// The folder cannot be made.
    #[error("the archive's folder cannot be made: {0}")]
    Folder(#[from] std::io::Error),
}

impl ArchiveError {
    /// What staff read, with the next step.
    pub fn staff_message(&self) -> String {
        match self {
            ArchiveError::DiskFull => {
                "ディスクの空きがなくなり、書簡を保存できませんでした。途中までの結果は失われていません。空きを作ってから、もう一度実行してください。".to_owned()
            }
            ArchiveError::Damaged(sha256) => format!(
                "保存した書簡のファイル {sha256} の内容が変わっています。yobin verify で調べ、控えから戻してください。"
            ),
            ArchiveError::Missing(sha256) => format!(
                "保存した書簡のファイル {sha256} がありません。yobin verify で調べ、控えから戻してください。"
            ),
            ArchiveError::Storage(error) => format!(
                "書簡を保存できませんでした({error})。保存先のフォルダーに書き込めることを確かめてください。"
            ),
            ArchiveError::Folder(error) => format!(
                "保存先のフォルダーを作れません({error})。設定の out を確かめてください。"
            ),
        }
    }
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl Archive {
    /// Opens the archive in `folder`, making the folder if needed.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: &Path) -> Result<Self, ArchiveError> {
        std::fs::create_dir_all(folder)?;
        let store = LocalFileSystem::new_with_prefix(folder)?
            // Off by default: without it a power cut loses letters the
            // register already has.
            .with_fsync(true);
        Ok(Archive {
            store,
            folder: folder.to_owned(),
        })
    }

    /// Removes what a killed run left half written. The storage library
    /// writes beside the final name, with `#` and a number behind it. Only
    /// for a caller that knows nobody else is writing.
    ///
    /// # Errors
    /// When a folder cannot be read or a file not be removed.
    pub fn sweep(&self) -> Result<u64, ArchiveError> {
        let mut removed = 0;
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    folders.push(entry.path());
                } else if entry.file_name().to_string_lossy().contains('#') {
                    std::fs::remove_file(entry.path())?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    /// Keeps `bytes` and returns when they are durable. The caller gives their
    /// hash, which it has computed already.
    ///
    /// # Errors
    /// [`ArchiveError::Damaged`] when another content stands under this hash.
    pub async fn put(
        &self,
        holding: Holding,
        sha256: &str,
        bytes: Bytes,
    ) -> Result<(), ArchiveError> {
        let path = path(holding, sha256);
        let options = PutOptions::from(PutMode::Create);
        let length = bytes.len() as u64;
        match self.store.put_opts(&path, bytes.into(), options).await {
            Ok(_) => Ok(()),
            // The same content was kept before, for instance just before a
            // crash: nothing to do, if it is sound.
            Err(object_store::Error::AlreadyExists { .. }) => {
                let size = self.store.head(&path).await?.size;
                if size == length && self.check(holding, sha256).await? == Condition::Sound {
                    Ok(())
                } else {
                    Err(ArchiveError::Damaged(sha256.to_owned()))
                }
            }
            Err(error) if is_disk_full(&error) => Err(ArchiveError::DiskFull),
            Err(error) => Err(error.into()),
        }
    }

    /// The content kept under this hash, checked against it.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] or [`ArchiveError::Damaged`].
    pub async fn get(&self, holding: Holding, sha256: &str) -> Result<Bytes, ArchiveError> {
        let bytes = match self.store.get(&path(holding, sha256)).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => {
                return Err(ArchiveError::Missing(sha256.to_owned()));
            }
            Err(error) => return Err(error.into()),
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

    /// Where a file stands below the archive's folder.
    pub fn place(holding: Holding, sha256: &str) -> String {
        path(holding, sha256).to_string()
    }
}

/// Sixteen folders: a society's letters of decades stay within what file
/// systems like in one folder, and a new workspace has few of them to make
/// durable in its first night.
fn path(holding: Holding, sha256: &str) -> ObjectPath {
    let head = sha256.get(..1).unwrap_or("0");
    match holding {
        Holding::Pdf => ObjectPath::from(format!("pdf/{head}/{sha256}.pdf")),
        Holding::Set => ObjectPath::from(format!("sets/{sha256}.json")),
    }
}

/// Whether an error goes back to a full disk or quota.
fn is_disk_full(error: &object_store::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref::<std::io::Error>()
            && matches!(
                io.kind(),
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
            )
        {
            return true;
        }
        source = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(matches!(again, Err(ArchiveError::Damaged(_))));
        std::fs::remove_file(&file).expect("removed");
        let condition = archive.check(Holding::Pdf, &hash).await.expect("read");
        assert_eq!(condition, Condition::Missing);
    }
}
