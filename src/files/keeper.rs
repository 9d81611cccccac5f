//! Writes new files in groups, one fsync a group.
//!
//! Each file is written without a name, or under a temporary one where the
//! file system needs that; its content is made durable, then the file is given
//! its name, and the name is made durable as well. Only then does the caller
//! get an answer. A night writes two files a letter. An fsync for each would
//! cost more than all other bookkeeping of the night, and would take the
//! processor from the renderers each time.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::part::{self, Part};
use crate::group::gather;

/// The most files of one group.
const GROUP: usize = 64;

/// How long the first file of a group waits for others.
const WINDOW: Duration = Duration::from_millis(50);

/// Groups of at least this many files are made durable by one `syncfs`, which
/// also writes whatever else is pending on the file system; smaller groups by
/// an fsync a file.
const MANY: usize = 4;

/// The result of writing a file. In both cases the file is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It was written.
    New,
    /// A file of this name was there before and was left untouched.
    Taken,
}

/// Why a file was not kept.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// There is no file of this name.
    #[error("the file could not be written: {0}")]
    NotWritten(io::Error),
    /// The file may be there, but is not durable: a power cut can lose it.
    #[error("the file may not be durable: {0}")]
    NotDurable(io::Error),
}

/// Keeps new files below one folder.
#[derive(Debug)]
pub struct Keeper {
    jobs: mpsc::Sender<Job>,
}

#[derive(Debug)]
struct Job {
    file: NewFile,
    answer: oneshot::Sender<Result<Kept, KeepError>>,
}

#[derive(Debug)]
struct NewFile {
    path: PathBuf,
    bytes: Bytes,
}

impl Keeper {
    /// Keeps files in `folder`, which is there, and in folders below it,
    /// which need not be. Half-written files with a name lie in `folder`
    /// itself; those a killed process left are removed by
    /// [`sweep`](super::sweep).
    ///
    /// Needs a tokio runtime with time; its task ends when this handle is
    /// dropped.
    ///
    /// # Errors
    /// When the folder cannot be opened.
    pub fn start(folder: &Path) -> io::Result<Self> {
        let volume = Arc::new(Volume {
            handle: File::open(folder)?,
            folder: folder.to_owned(),
            unnamed: part::may_be_unnamed(folder),
        });
        let (jobs, inbox) = mpsc::channel(GROUP);
        tokio::spawn(run(volume, inbox));
        Ok(Keeper { jobs })
    }

    /// Puts `bytes` at `path` if nothing is there, readable by its owner
    /// only, and returns when it is durable. A caller that stops waiting
    /// does not stop the writing.
    ///
    /// # Errors
    /// [`KeepError`]; after [`KeepError::NotWritten`] the same file may be
    /// tried again.
    pub async fn keep(&self, path: PathBuf, bytes: Bytes) -> Result<Kept, KeepError> {
        let (answer, reply) = oneshot::channel();
        let file = NewFile { path, bytes };
        if self.jobs.send(Job { file, answer }).await.is_err() {
            return Err(KeepError::NotWritten(interrupted()));
        }
        reply
            .await
            .unwrap_or_else(|_| Err(KeepError::NotDurable(interrupted())))
    }
}

fn interrupted() -> io::Error {
    io::Error::other("writing was interrupted")
}

async fn run(volume: Arc<Volume>, mut inbox: mpsc::Receiver<Job>) {
    let mut group = Vec::with_capacity(GROUP);
    while gather(&mut inbox, &mut group, GROUP, WINDOW).await {
        let (files, answers): (Vec<_>, Vec<_>) = group
            .drain(..)
            .map(|job: Job| (job.file, job.answer))
            .unzip();
        let volume = Arc::clone(&volume);
        // Only a panic or the end of the runtime gives no results; dropping
        // the answers tells those who wait.
        let results = tokio::task::spawn_blocking(move || volume.keep(&files)).await;
        for (result, answer) in results.unwrap_or_default().into_iter().zip(answers) {
            drop(answer.send(result));
        }
    }
}

#[derive(Debug)]
struct Volume {
    folder: PathBuf,
    /// Kept open for `syncfs` on its file system.
    handle: File,
    /// Whether its files can be written before they have a name.
    unnamed: bool,
}

impl Volume {
    fn keep(&self, files: &[NewFile]) -> Vec<Result<Kept, KeepError>> {
        let mut parts: Vec<io::Result<Part>> =
            files.iter().map(|file| self.write(&file.bytes)).collect();
        self.make_contents_durable(&mut parts);
        let mut written = Vec::with_capacity(files.len());
        let mut results: Vec<Result<Kept, KeepError>> = Vec::with_capacity(files.len());
        for (part, file) in parts.into_iter().zip(files) {
            let named = part.and_then(|part| name(part, &file.path));
            results.push(match named {
                Ok(Some(handle)) => {
                    written.push(handle);
                    Ok(Kept::New)
                }
                Ok(None) => Ok(Kept::Taken),
                Err(error) => Err(KeepError::NotWritten(error)),
            });
        }
        self.make_names_durable(files, &mut results);
        forget(&written);
        results
    }

    fn write(&self, bytes: &[u8]) -> io::Result<Part> {
        let part = if self.unnamed {
            Part::unnamed(&self.folder)?
        } else {
            Part::named(&self.folder)?
        };
        part.file().write_all(bytes)?;
        Ok(part)
    }

    fn make_contents_durable(&self, parts: &mut [io::Result<Part>]) {
        if parts.len() >= MANY && self.make_all_durable() {
            return;
        }
        for part in parts {
            if let Ok(written) = part
                && let Err(error) = written.file().sync_all()
            {
                *part = Err(error);
            }
        }
    }

    /// A name that was taken is made durable too: its writer may have
    /// been killed before that.
    fn make_names_durable(&self, files: &[NewFile], results: &mut [Result<Kept, KeepError>]) {
        let folder_of = |file: &NewFile| file.path.parent().map(Path::to_owned);
        let folders: BTreeSet<PathBuf> = files
            .iter()
            .zip(results.iter())
            .filter(|(_, result)| result.is_ok())
            .filter_map(|(file, _)| folder_of(file))
            .collect();
        if folders.len() >= MANY && self.make_all_durable() {
            return;
        }
        for folder in folders {
            let Err(error) = File::open(&folder).and_then(|handle| handle.sync_all()) else {
                continue;
            };
            for (file, result) in files.iter().zip(results.iter_mut()) {
                if result.is_ok() && folder_of(file).as_ref() == Some(&folder) {
                    let error = io::Error::new(error.kind(), error.to_string());
                    *result = Err(KeepError::NotDurable(error));
                }
            }
        }
    }

    /// Calls `syncfs`. False when that is not possible or
    /// failed: an fsync for each file then shows which one failed.
    #[cfg(target_os = "linux")]
    fn make_all_durable(&self) -> bool {
        rustix::fs::syncfs(&self.handle).is_ok()
    }

    #[cfg(not(target_os = "linux"))]
    fn make_all_durable(&self) -> bool {
        false
    }
}

/// Renames a finished file; returns `None` if the name is taken.
fn name(part: Part, path: &Path) -> io::Result<Option<File>> {
    let (error, part) = match part.name(path) {
        Ok(file) => return Ok(Some(file)),
        Err(refused) => refused,
    };
    match (error.kind(), path.parent()) {
        (io::ErrorKind::AlreadyExists, _) => Ok(None),
        (io::ErrorKind::NotFound, Some(folder)) if !folder.exists() => {
            make_folder(folder)?;
            match part.name(path) {
                Ok(file) => Ok(Some(file)),
                Err((error, _)) => Err(error),
            }
        }
        _ => Err(error),
    }
}

/// Drops the file from the page cache. Nobody reads these files soon, and a
/// night of them would push out pages that others need.
#[cfg(target_os = "linux")]
fn forget(files: &[File]) {
    for file in files {
        // Only advice: a refusal is no failure.
        let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    }
}

#[cfg(not(target_os = "linux"))]
fn forget(_: &[File]) {}

/// Creates a folder and its parents, durably.
fn make_folder(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|at| !at.exists()).collect();
    for folder in missing.into_iter().rev() {
        match std::fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        if let Some(above) = folder.parent() {
            File::open(above)?.sync_all()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::PART;
    use tokio::task::JoinSet;

    /// Keeps the files at the same time and gives what became of each.
    async fn keep_all(keeper: &Arc<Keeper>, files: Vec<(PathBuf, String)>) -> Vec<String> {
        let mut tasks = JoinSet::new();
        for (place, (path, content)) in files.into_iter().enumerate() {
            let keeper = Arc::clone(keeper);
            tasks.spawn(async move {
                let told = match keeper.keep(path, content.into()).await {
                    Ok(kept) => format!("{kept:?}"),
                    Err(KeepError::NotWritten(_)) => "NotWritten".to_owned(),
                    Err(KeepError::NotDurable(_)) => "NotDurable".to_owned(),
                };
                (place, told)
            });
        }
        let mut told = tasks.join_all().await;
        told.sort();
        told.into_iter().map(|(_, told)| told).collect()
    }

    /// One file alone, a few, and more than one group holds: each goes
    /// another way to the disk, and each answer is its own file's.
    #[tokio::test]
    async fn every_file_gets_its_own_answer_whatever_the_number() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        let keeper = Arc::new(Keeper::start(root).expect("started"));
        std::fs::write(root.join("no-folder"), "").expect("written");
        for (round, count) in [1, 3, 10, GROUP + 20].into_iter().enumerate() {
            let mut files = vec![(root.join("taken").join(round.to_string()), "old".to_owned())];
            assert_eq!(keep_all(&keeper, files.clone()).await, ["New"]);
            files[0].1 = "new".to_owned();
            files.push((root.join("no-folder/x"), "lost".to_owned()));
            let mut expected = vec!["Taken".to_owned(), "NotWritten".to_owned()];
            for n in 0..count {
                let path = root.join(format!("{round}/{}/{n}", n % 7));
                files.push((path, format!("content {n}")));
                expected.push("New".to_owned());
            }
            assert_eq!(keep_all(&keeper, files.clone()).await, expected);
            for (path, content) in &files[2..] {
                let there = std::fs::read_to_string(path).expect("there");
                assert_eq!(&there, content);
            }
            let taken = std::fs::read_to_string(&files[0].0).expect("there");
            assert_eq!(taken, "old");
        }
        let left = std::fs::read_dir(root).expect("a folder").filter(|entry| {
            let name = entry.as_ref().expect("an entry").file_name();
            name.to_string_lossy().starts_with(PART)
        });
        assert_eq!(left.count(), 0);
    }

    #[tokio::test]
    async fn the_same_name_twice_at_once_is_one_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let keeper = Arc::new(Keeper::start(folder.path()).expect("started"));
        let file = |content: &str| (folder.path().join("name"), content.to_owned());
        let mut told = keep_all(&keeper, vec![file("same"), file("same")]).await;
        told.sort();
        assert_eq!(told, ["New", "Taken"]);
    }
}
