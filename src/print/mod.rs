//! What goes by post, ready to be printed: archived letters joined by kind, in
//! the order of postal codes, with a list of what is where.
//!
//! A letter stands in one print run, and the store keeps in which. The files
//! are for the printer; the archive stays the record. They carry no name: the
//! list has references, numbers and postal codes.

mod join;
mod list;
mod registered_again;
mod watch;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, OFlags, RenameFlags, renameat_with};
use rustix::io::Errno;

use crate::archive::{ArchiveError, Holding};
use crate::domain::{KeptBack, LetterId, PrintRun};
use crate::files;
use crate::office::Office;
use crate::store::{PostLetter, StoreError};

pub use join::JoinError;
pub use registered_again::against_registered_again;
pub use watch::{kept_back, kept_back_by_id, kept_back_named, kept_back_of};

use crate::wording::{self, StaffMessage as _};
use join::Joined;
use list::List;

/// Letters in one joined file at most; bounds the memory it is made in.
const LETTERS_A_FILE: usize = 1000;

/// How the name of a folder begins before it has its own, and after it lost it.
const PART: &str = ".part-";

/// The folder that is being made. There is one at a time.
const FRESH: &str = ".part-making";

/// What was made.
#[derive(Debug, Default)]
pub struct Printed {
    /// The print run; none where nothing is to be printed.
    pub run: Option<PrintRun>,
    /// Why it was made.
    pub why: WhyMade,
    /// The folder; none where nothing was made.
    pub folder: Option<PathBuf>,
    /// What is in it, by kind.
    pub kinds: Vec<PrintedKind>,
    /// Letters that belong into it and were left out.
    pub kept_out: Vec<KeptOut>,
    /// Letters of a run that is printed again that were posted and so left
    /// out.
    pub posted: u64,
    /// Letters of such a run that were cancelled.
    pub cancelled: u64,
    /// Runs of the same date that were made before.
    pub before: Vec<PrintRun>,
}

/// Why print files were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WhyMade {
    /// The letters were in no print run.
    #[default]
    New,
    /// The program had ended before the files of the run were in place.
    MadeGood,
    /// The run is printed again, as was asked for.
    Again,
    /// One letter of it is.
    AgainOne(LetterId),
}

/// The letters of one kind.
#[derive(Debug)]
pub struct PrintedKind {
    /// Japanese name of the kind.
    pub name: String,
    /// Number of letters.
    pub letters: u64,
    /// Number of pages, without blank backs.
    pub pages: u64,
    /// Number of sheets.
    pub sheets: u64,
    /// File names, the list last.
    pub files: Vec<String>,
}

/// A letter by post that is not in the print file it belongs into.
#[derive(Debug, Clone)]
pub struct KeptOut {
    /// The letter.
    pub id: LetterId,
    /// Its document number.
    pub number: String,
    /// Why.
    pub why: WhyKeptOut,
}

/// Why a letter is not in the print file.
#[derive(Debug, Clone)]
pub enum WhyKeptOut {
    /// What was registered since it was queued keeps it back.
    KeptBack(KeptBack),
    /// Its PDF is not in the archive.
    Missing,
    /// Its PDF in the archive has changed.
    Damaged,
    /// Its PDF cannot be joined.
    Unreadable(JoinError),
}

/// Why nothing was made. What stood is untouched.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// The archive failed.
    #[error("{}", .0.staff_message())]
    Archive(#[from] ArchiveError),
    /// The files cannot be written.
    #[error("{}", wording::print::unwritten(path, error))]
    Write {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Where the folders of print runs stand.
fn shelf_of(office: &Office) -> PathBuf {
    office.out().join("print")
}

/// The folder of a print run.
pub fn folder_of(office: &Office, run: &PrintRun) -> PathBuf {
    shelf_of(office).join(run.folder())
}

/// Whether something was left by a process that was killed while it made print
/// files.
pub fn is_unswept(office: &Office) -> bool {
    let Ok(entries) = fs::read_dir(shelf_of(office)) else {
        return false;
    };
    let mut names = entries.flatten().map(|entry| entry.file_name());
    names.any(|name| name.to_string_lossy().starts_with(PART))
}

/// Print files being made beside those that stand. Nobody else makes print
/// files here meanwhile.
pub struct Making<'a> {
    office: &'a Office,
    shelf: PathBuf,
    /// Frees the place when it is dropped.
    _lock: File,
}

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Filled {
    /// What is in it, by kind.
    pub kinds: Vec<PrintedKind>,
    /// Letters in it, in their order.
    pub held: Vec<LetterId>,
    /// Letters that belong into it and were left out.
    pub kept_out: Vec<KeptOut>,
}

impl<'a> Making<'a> {
    /// Begins to make print files. It waits while others are made, and removes
    /// what a killed process left.
    ///
    /// # Errors
    /// [`PrintError`].
    pub async fn begin(office: &'a Office) -> Result<Self, PrintError> {
        let shelf = shelf_of(office);
        let failed = |error| PrintError::Write {
            path: shelf.clone(),
            error,
        };
        fs::create_dir_all(&shelf).map_err(failed)?;
        let lock = lock(office.out()).await.map_err(failed)?;
        sweep(&shelf).map_err(failed)?;
        Ok(Making {
            office,
            shelf,
            _lock: lock,
        })
    }

    /// Writes the files of these letters, which come in the order of their
    /// kinds; those kept back are left out. Nobody sees the files yet.
    ///
    /// # Errors
    /// [`PrintError`].
    pub async fn fill(
        &self,
        letters: &[PostLetter],
        kept_back: &BTreeMap<LetterId, KeptBack>,
    ) -> Result<Filled, PrintError> {
        let failed = |error| self.failed(error);
        let fresh = self.shelf.join(FRESH);
        fs::create_dir(&fresh).map_err(failed)?;
        let mut filled = Filled::default();
        for of_kind in letters.chunk_by(|a, b| a.kind == b.kind) {
            let made = one_kind(self.office, of_kind, kept_back, &fresh, &failed).await?;
            let is_held =
                |letter: &&PostLetter| made.kept_out.iter().all(|out| out.id != letter.id);
            let of_file = of_kind.iter().filter(is_held);
            filled.held.extend(of_file.map(|letter| letter.id));
            filled.kept_out.extend(made.kept_out);
            filled.kinds.extend(made.kind);
        }
        Ok(filled)
    }

    /// Throws away what was written, because nobody is to see it.
    ///
    /// # Errors
    /// [`PrintError`].
    pub fn discard(&self) -> Result<(), PrintError> {
        remove(&self.shelf.join(FRESH)).map_err(|error| self.failed(error))
    }

    /// Puts what was written in its place, under `name`. What stands there
    /// exchanges its name with it and is removed then, so that whoever kills
    /// the program leaves the one or the other. Gives back where it stands.
    ///
    /// # Errors
    /// [`PrintError`].
    pub fn place(&self, name: &str) -> Result<PathBuf, PrintError> {
        let failed = |error| self.failed(error);
        let folder = self.shelf.join(name);
        let fresh = self.shelf.join(FRESH);
        exchange(&fresh, &folder).map_err(failed)?;
        File::open(&self.shelf)
            .and_then(|shelf| shelf.sync_all())
            .map_err(failed)?;
        remove(&fresh).map_err(failed)?;
        Ok(folder)
    }

    fn failed(&self, error: io::Error) -> PrintError {
        PrintError::Write {
            path: self.shelf.clone(),
            error,
        }
    }
}

/// Puts `fresh` where `folder` is; what stands there is called `fresh` then.
fn exchange(fresh: &Path, folder: &Path) -> io::Result<()> {
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

/// Waits until nobody else makes print files here. The system frees the lock
/// when the process ends, however it ends.
async fn lock(out: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        // A link would lock, or make, a file elsewhere.
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(out.join("print.lock"))?;
    tokio::task::spawn_blocking(move || file.lock().map(|()| file)).await?
}

/// Removes what a killed process left; the lock says that nobody needs it.
fn sweep(shelf: &Path) -> io::Result<()> {
    for entry in fs::read_dir(shelf)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PART) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
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

/// What came of the letters of one kind.
struct Made {
    /// None where every letter was left out.
    kind: Option<PrintedKind>,
    kept_out: Vec<KeptOut>,
}

async fn one_kind(
    office: &Office,
    letters: &[PostLetter],
    kept_back: &BTreeMap<LetterId, KeptBack>,
    folder: &Path,
    failed: &impl Fn(io::Error) -> PrintError,
) -> Result<Made, PrintError> {
    let code = letters
        .first()
        .map_or("letters", |letter| letter.kind.as_str());
    let mut kind = PrintedKind {
        name: match office.desk.catalogue.get(code) {
            Some(kind) => kind.name.clone(),
            None => code.to_owned(),
        },
        letters: 0,
        pages: 0,
        sheets: 0,
        files: Vec::new(),
    };
    let mut kept_out = Vec::new();
    let mut list = List::new().map_err(failed)?;
    let parts = letters.chunks(LETTERS_A_FILE);
    let count = parts.len();
    for (number, part) in (1..).zip(parts) {
        let name = match count {
            1 => format!("{code}.pdf"),
            _ => format!("{code}-{number:03}.pdf"),
        };
        let mut joined = Joined::new(office.desk.config.sides);
        for letter in part {
            let added = match kept_back.get(&letter.id) {
                Some(why) => Err(WhyKeptOut::KeptBack(why.clone())),
                None => add(office, &mut joined, letter).await?,
            };
            match added {
                Ok(at) => {
                    kind.letters += 1;
                    kind.pages += letter.pages;
                    kind.sheets += at.sheets;
                    list.add(&name, letter, at).map_err(failed)?;
                }
                Err(why) => kept_out.push(KeptOut {
                    id: letter.id,
                    number: letter.number.clone(),
                    why,
                }),
            }
        }
        if !joined.is_empty() {
            files::replace(&folder.join(&name), &joined.finish()).map_err(failed)?;
            kind.files.push(name);
        }
    }
    for letter in &kept_out {
        list.add_kept_out(letter).map_err(failed)?;
    }
    let name = format!("{code}.csv");
    let list = list.finish().map_err(failed)?;
    files::replace(&folder.join(&name), &list).map_err(failed)?;
    kind.files.push(name);
    Ok(Made {
        kind: (kind.letters > 0).then_some(kind),
        kept_out,
    })
}

/// Appends a letter, or says why it is left out.
async fn add(
    office: &Office,
    joined: &mut Joined,
    letter: &PostLetter,
) -> Result<Result<list::Position, WhyKeptOut>, PrintError> {
    let pdf = match office.archive.get(Holding::Pdf, &letter.pdf_sha256).await {
        Ok(pdf) => pdf,
        Err(ArchiveError::Missing(_)) => return Ok(Err(WhyKeptOut::Missing)),
        Err(ArchiveError::Damaged(_)) => return Ok(Err(WhyKeptOut::Damaged)),
        Err(error) => return Err(error.into()),
    };
    Ok(joined
        .add(pdf.into(), letter.pages)
        .map_err(WhyKeptOut::Unreadable))
}
