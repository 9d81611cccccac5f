//! What goes by post, ready to be printed: the archived letters of a night
//! joined by kind, in the order of postal codes, with a list of what is where.
//!
//! A letter is in one print file at most, and the store keeps in which. The
//! files are for the printer and may be made again at any time, without what
//! was posted by then; the archive stays the record. They carry no name: the
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

use rustix::fs::OFlags;

use crate::archive::{ArchiveError, Holding};
use crate::domain::{KeptBack, LetterId};
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

/// How a folder is called before it has its name, and after it lost it.
const PART: &str = ".part-";

/// What was made.
#[derive(Debug, Default)]
pub struct Printed {
    /// The folder; none where nothing is to be printed.
    pub folder: Option<PathBuf>,
    /// What is in it, by kind.
    pub kinds: Vec<PrintedKind>,
    /// Letters that belong into it and were left out.
    pub kept_out: Vec<KeptOut>,
    /// Letters that were in this print file before.
    pub again: u64,
    /// Letters of this print file that were posted and so left out.
    pub posted: u64,
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

/// Why nothing was made. An earlier print of the same date is untouched.
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

/// The folder of the print file of a date.
pub fn folder_of(office: &Office, date: &str) -> PathBuf {
    office.out().join("print").join(date)
}

/// The print file of a date, being made beside the one that stands. Nobody
/// else makes print files here meanwhile.
pub struct Making<'a> {
    office: &'a Office,
    shelf: PathBuf,
    /// Where it will stand.
    folder: PathBuf,
    /// Where it is made.
    fresh: PathBuf,
    /// Where the one that stood is put until all is done.
    before: PathBuf,
    /// Frees the place when it is dropped.
    _lock: File,
}

/// What a print file holds.
#[derive(Debug, Default)]
pub struct Filled {
    /// What is in it, by kind.
    pub kinds: Vec<PrintedKind>,
    /// Letters in it.
    pub held: Vec<LetterId>,
    /// Letters that belong into it and were left out.
    pub kept_out: Vec<KeptOut>,
    /// Letters in it that were in this print file before.
    pub again: u64,
}

impl<'a> Making<'a> {
    /// Begins to make the print file of a date, `2026-11-24`, in
    /// `out/print/DATE/`. It waits while another is made.
    ///
    /// # Errors
    /// [`PrintError`].
    pub async fn begin(office: &'a Office, date: &str) -> Result<Self, PrintError> {
        let folder = folder_of(office, date);
        let failed = |error| PrintError::Write {
            path: folder.clone(),
            error,
        };
        let shelf = office.out().join("print");
        fs::create_dir_all(&shelf).map_err(failed)?;
        let lock = lock(office.out()).await.map_err(failed)?;
        sweep(&shelf).map_err(failed)?;
        Ok(Making {
            office,
            fresh: shelf.join(format!("{PART}{date}")),
            before: shelf.join(format!("{PART}before-{date}")),
            shelf,
            folder,
            _lock: lock,
        })
    }

    /// Writes the files of these letters, which come in the order of their
    /// kinds; those kept back are left out. Nobody sees the files yet. Where
    /// there are no letters, there are no files.
    ///
    /// # Errors
    /// [`PrintError`].
    pub async fn fill(
        &self,
        letters: &[PostLetter],
        kept_back: &BTreeMap<LetterId, KeptBack>,
    ) -> Result<Filled, PrintError> {
        let failed = |error| self.failed(error);
        let mut filled = Filled::default();
        if !letters.is_empty() {
            fs::create_dir(&self.fresh).map_err(failed)?;
        }
        for of_kind in letters.chunk_by(|a, b| a.kind == b.kind) {
            let made = one_kind(self.office, of_kind, kept_back, &self.fresh, &failed).await?;
            let is_held =
                |letter: &&PostLetter| made.kept_out.iter().all(|out| out.id != letter.id);
            let of_file: Vec<&PostLetter> = of_kind.iter().filter(is_held).collect();
            filled.again += of_file.iter().filter(|letter| letter.printed).count() as u64;
            filled.held.extend(of_file.iter().map(|letter| letter.id));
            filled.kept_out.extend(made.kept_out);
            filled.kinds.extend(made.kind);
        }
        Ok(filled)
    }

    /// Takes the print file that stands out of the way.
    ///
    /// # Errors
    /// [`PrintError`].
    pub fn set_aside(&self) -> Result<(), PrintError> {
        set_aside(&self.folder, &self.before, &self.shelf).map_err(|error| self.failed(error))
    }

    /// Puts the one that was made in its place, if it `has_files`, and removes
    /// the one that stood there. Gives back where it stands.
    ///
    /// # Errors
    /// [`PrintError`].
    pub fn finish(self, has_files: bool) -> Result<Option<PathBuf>, PrintError> {
        if has_files {
            fs::rename(&self.fresh, &self.folder).map_err(|error| self.failed(error))?;
            File::open(&self.shelf)
                .and_then(|shelf| shelf.sync_all())
                .map_err(|error| self.failed(error))?;
        }
        remove(&self.before).map_err(|error| self.failed(error))?;
        Ok(has_files.then_some(self.folder))
    }

    fn failed(&self, error: io::Error) -> PrintError {
        PrintError::Write {
            path: self.folder.clone(),
            error,
        }
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

/// Takes the folder out of the way, so that a power cut does not bring it
/// back.
fn set_aside(folder: &Path, aside: &Path, shelf: &Path) -> io::Result<()> {
    match fs::rename(folder, aside) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => File::open(shelf)?.sync_all(),
    }
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
