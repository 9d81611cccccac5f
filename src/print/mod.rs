//! What goes by post, ready to be printed: archived letters joined by kind, in
//! the order of postal codes, with a list of what is where.
//!
//! A letter stands in one print run, and the store keeps in which. The files
//! are for the printer; the archive stays the record. They carry no name: the
//! list has references, numbers and postal codes.

mod join;
mod list;
mod registered_again;
mod shelf;
mod turn;
mod watch;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::watch::Receiver;

use crate::archive::{ArchiveError, Holding};
use crate::config::Sides;
use crate::domain::{KeptBack, LetterId, PrintRun, in_one_line};
use crate::files;
use crate::office::Office;
use crate::store::{PostLetter, StoreError, Waited};

pub use join::JoinError;
pub use registered_again::against_registered_again;
pub use turn::{LONGEST_WAIT, Turn};
pub use watch::{kept_back, kept_back_by_id, kept_back_named, kept_back_of};

use crate::wording::{self, StaffMessage as _};
use join::Joined;
use list::List;
use shelf::{FRESH, PART, exchange, remove, sweep};

/// Letters in one joined file at most; bounds the memory it is made in.
const LETTERS_A_FILE: usize = 1000;

/// The name of the files of letters whose kind the catalogue does not know: what
/// the store says of it is no file name.
const UNKNOWN_KIND: &str = "letters";

/// The most characters told of a kind the catalogue does not know.
const KIND_QUOTED_MOST: usize = 60;

/// Letters as one file to be looked at, each on pages of its own: their
/// references, PDFs and numbers of pages.
///
/// # Errors
/// The first letter that cannot be joined, and why.
pub fn as_one(
    letters: impl IntoIterator<Item = (LetterId, Vec<u8>, u64)>,
) -> Result<Vec<u8>, (LetterId, JoinError)> {
    let mut joined = Joined::new(Sides::Simplex);
    for (letter, pdf, pages) in letters {
        joined.add(pdf, pages).map_err(|error| (letter, error))?;
    }
    Ok(joined.finish())
}

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
    /// Letters that were to be in it and left the run while the files were
    /// being made, because they were cancelled, posted or handed over.
    pub changed: Vec<LetterId>,
    /// Letters whose PDF was damaged or gone and was made again from what is
    /// kept.
    pub mended: Vec<LetterId>,
    /// Folders that stood where the run's files were to stand, and of which the
    /// store knows nothing. They are untouched.
    pub strange: Vec<PathBuf>,
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
    /// The system does not let its PDF be read.
    Withheld(String),
    /// Its PDF cannot be joined.
    Unreadable(JoinError),
}

/// Why nothing was made. What stood is untouched.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// Another makes print files and does not come to an end.
    #[error("{}", wording::print::busy(.0))]
    Busy(Waited),
    /// Letters and registrations changed again and again while the files were
    /// being made.
    #[error("{}", wording::print::restless())]
    Restless,
    /// This run could not be made good; others may have been.
    #[error("{}：{error}", wording::print::called(run))]
    OfRun {
        /// The run.
        run: PrintRun,
        /// Why.
        error: Box<PrintError>,
    },
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
    stop: Option<Receiver<bool>>,
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
    /// Begins to make print files. It waits for its turn while others are made,
    /// and removes what a killed process left.
    ///
    /// # Errors
    /// [`PrintError`].
    pub async fn begin(office: &'a Office, mut turn: Turn<'_>) -> Result<Self, PrintError> {
        let shelf = shelf_of(office);
        let failed = |error| PrintError::Write {
            path: shelf.clone(),
            error,
        };
        fs::create_dir_all(&shelf).map_err(failed)?;
        let lock = turn::lock(office.out(), &mut turn).await?;
        sweep(&shelf).map_err(failed)?;
        Ok(Making {
            office,
            shelf,
            stop: turn.stop,
            _lock: lock,
        })
    }

    /// Whether the program is asked to end.
    pub fn is_asked_to_end(&self) -> bool {
        turn::is_asked_to_end(self.stop.as_ref())
    }

    /// What stands under a name, if anything does.
    pub fn standing(&self, name: &str) -> Option<PathBuf> {
        let path = self.shelf.join(name);
        fs::symlink_metadata(&path).is_ok().then_some(path)
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
        remove(&fresh).map_err(failed)?;
        fs::create_dir(&fresh).map_err(failed)?;
        let mut filled = Filled::default();
        let mut unknown = 0;
        for of_kind in letters.chunk_by(|a, b| a.kind == b.kind) {
            let known = of_kind.first().and_then(|letter| {
                let kind = self.office.desk.catalogue.get(&letter.kind)?;
                Some((letter.kind.clone(), kind.name.clone()))
            });
            let (file, name) = known.unwrap_or_else(|| {
                unknown += 1;
                let name = of_kind.first().map_or("", |letter| &letter.kind);
                (unknown_kind(unknown), in_one_line(name, KIND_QUOTED_MOST))
            });
            let named = Named {
                file: &file,
                name: &name,
            };
            let made = one_kind(self.office, named, of_kind, kept_back, &fresh, &failed).await?;
            let is_held =
                |letter: &&PostLetter| made.kept_out.iter().all(|out| out.id != letter.id);
            let of_file = of_kind.iter().filter(is_held);
            filled.held.extend(of_file.map(|letter| letter.id));
            filled.kept_out.extend(made.kept_out);
            filled.kinds.extend(made.kind);
        }
        Ok(filled)
    }

    /// Throws away what was written, because nobody is to see it, or what stood
    /// where it stands now.
    ///
    /// # Errors
    /// [`PrintError`].
    pub fn discard(&self) -> Result<(), PrintError> {
        remove(&self.shelf.join(FRESH)).map_err(|error| self.failed(error))
    }

    /// Puts what was written in its place, under `name`, which the store knows
    /// as that of these files. What stands there exchanges its name with it, so
    /// that whoever kills the program leaves the one or the other; it is to be
    /// [discarded](Self::discard) then. Gives back where the files stand.
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
        Ok(folder)
    }

    fn failed(&self, error: io::Error) -> PrintError {
        PrintError::Write {
            path: self.shelf.clone(),
            error,
        }
    }
}

/// What came of the letters of one kind.
struct Made {
    /// None where every letter was left out.
    kind: Option<PrintedKind>,
    kept_out: Vec<KeptOut>,
}

/// What the files and the letters of a kind are called.
struct Named<'a> {
    file: &'a str,
    name: &'a str,
}

fn unknown_kind(count: u32) -> String {
    match count {
        1 => UNKNOWN_KIND.to_owned(),
        _ => format!("{UNKNOWN_KIND}-{count}"),
    }
}

async fn one_kind(
    office: &Office,
    named: Named<'_>,
    letters: &[PostLetter],
    kept_back: &BTreeMap<LetterId, KeptBack>,
    folder: &Path,
    failed: &impl Fn(io::Error) -> PrintError,
) -> Result<Made, PrintError> {
    let code = named.file;
    let mut kind = PrintedKind {
        name: named.name.to_owned(),
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
                None => add(office, &mut joined, letter).await,
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

/// Appends a letter, or says why it is left out. Whatever is wrong with its
/// PDF concerns this letter alone.
async fn add(
    office: &Office,
    joined: &mut Joined,
    letter: &PostLetter,
) -> Result<list::Position, WhyKeptOut> {
    let pdf = match office.archive.get(Holding::Pdf, &letter.pdf_sha256).await {
        Ok(pdf) => pdf,
        Err(ArchiveError::Missing(_)) => return Err(WhyKeptOut::Missing),
        Err(ArchiveError::Damaged(_)) => return Err(WhyKeptOut::Damaged),
        Err(ArchiveError::Storage(error)) => return Err(WhyKeptOut::Withheld(error.to_string())),
        Err(error) => return Err(WhyKeptOut::Withheld(error.staff_message())),
    };
    joined
        .add(pdf.into(), letter.pages)
        .map_err(WhyKeptOut::Unreadable)
}
