//! What goes by post, ready to be printed: the archived letters of a batch
//! joined by kind, in the order of postal codes, with a list of what is where.
//!
//! The files are for the printer and may be made again at any time; the
//! archive stays the record. They carry no name: the list has references,
//! numbers and postal codes.

mod join;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::archive::{ArchiveError, Holding};
use crate::domain::{KeptBack, LetterId};
use crate::files;
use crate::office::Office;
use crate::store::{self, PostLetter, StoreError};

pub use join::JoinError;

use join::Joined;

/// Letters in one joined file at most; bounds the memory it is made in.
const LETTERS_A_FILE: usize = 1000;

/// Letters held against flags and counterparts at a time.
const LOOKED_AT_TOGETHER: usize = 500;

/// What was made for a batch.
#[derive(Debug, Default)]
pub struct Printed {
    /// The folder; none where nothing goes by post.
    pub folder: Option<PathBuf>,
    /// What is in it, by kind.
    pub kinds: Vec<PrintedKind>,
    /// Letters left out because of what was registered since they were archived.
    pub held_back: Vec<(LetterId, KeptBack)>,
}

/// The letters of one kind.
#[derive(Debug)]
pub struct PrintedKind {
    /// Code of the kind.
    pub kind: String,
    /// Number of letters.
    pub letters: u64,
    /// Number of pages.
    pub pages: u64,
    /// File names, the list last.
    pub files: Vec<String>,
}

/// Why nothing was made. An earlier print of the batch is untouched.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// The archive failed.
    #[error("{}", .0.staff_message())]
    Archive(#[from] ArchiveError),
    /// A letter cannot be joined.
    #[error(
        "書簡 {letter} を印刷用のファイルに入れられません({error})。yobin verify で保存を確かめてください。"
    )]
    Join {
        /// The letter.
        letter: LetterId,
        /// What is wrong with it.
        error: JoinError,
    },
    /// The files cannot be written.
    #[error("印刷用のファイルを {} に書けません({error})。空きと権限を確かめて、yobin print-file を実行してください。", path.display())]
    Write {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
}

/// Makes the print files of the batch of a business date in
/// `out/print/DATE/`, replacing those made before.
///
/// # Errors
/// [`PrintError`].
pub async fn print_files(office: &Office, date: &str) -> Result<Printed, PrintError> {
    let mut conn = office.store.read().await?;
    let watched = store::watched(&mut conn).await?;
    let all = store::post_letters(&mut conn, date).await?;
    let mut printed = Printed::default();
    let mut letters = Vec::with_capacity(all.len());
    for some in all.chunks(LOOKED_AT_TOGETHER) {
        let ids: Vec<LetterId> = some.iter().map(|letter| letter.id).collect();
        let persons = store::persons_of(&mut conn, &ids).await?;
        for letter in some {
            let reveals = office.desk.catalogue.reveals(&letter.kind, &letter.outcome);
            let kept_back = persons
                .get(&letter.id)
                .and_then(|persons| watched.safeguards.against(letter.id, persons, reveals));
            match kept_back {
                Some(why) => printed.held_back.push((letter.id, why)),
                None => letters.push(letter.clone()),
            }
        }
    }
    drop(conn);
    let shelf = office.out().join("print");
    let folder = shelf.join(date);
    let failed = |error| PrintError::Write {
        path: folder.clone(),
        error,
    };
    if letters.is_empty() {
        // What is no longer to be printed must not lie about.
        remove(&folder).map_err(failed)?;
        return Ok(printed);
    }
    // One name a date, so that what a killed process left is found again.
    let fresh = shelf.join(format!(".part-{date}"));
    remove(&fresh).map_err(failed)?;
    fs::create_dir_all(&fresh).map_err(failed)?;
    for of_kind in letters.chunk_by(|a, b| a.kind == b.kind) {
        let files = one_kind(office, of_kind, &fresh, &failed).await?;
        printed.kinds.push(PrintedKind {
            kind: of_kind
                .first()
                .map(|letter| letter.kind.clone())
                .unwrap_or_default(),
            letters: of_kind.len() as u64,
            pages: of_kind.iter().map(|letter| letter.pages).sum(),
            files,
        });
    }
    remove(&folder).map_err(failed)?;
    fs::rename(&fresh, &folder).map_err(failed)?;
    printed.folder = Some(folder);
    Ok(printed)
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

async fn one_kind(
    office: &Office,
    letters: &[PostLetter],
    folder: &Path,
    failed: &impl Fn(io::Error) -> PrintError,
) -> Result<Vec<String>, PrintError> {
    let mut names = Vec::new();
    let mut list = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        // Without it Excel takes the file for CP932.
        .from_writer("\u{FEFF}".as_bytes().to_vec());
    let written = list.write_record([
        "順番",
        "ファイル",
        "書簡番号",
        "文書番号",
        "郵便番号",
        "開始ページ",
        "ページ数",
    ]);
    written.map_err(|error| failed(error.into()))?;
    let kind = letters
        .first()
        .map_or("letters", |letter| letter.kind.as_str());
    let parts = letters.chunks(LETTERS_A_FILE);
    let count = parts.len();
    let mut place = 0;
    for (number, part) in (1..).zip(parts) {
        let name = match count {
            1 => format!("{kind}.pdf"),
            _ => format!("{kind}-{number:03}.pdf"),
        };
        let mut joined = Joined::new();
        let mut page = 1;
        for letter in part {
            let pdf = office.archive.get(Holding::Pdf, &letter.pdf_sha256).await?;
            joined
                .add(pdf.into(), letter.pages)
                .map_err(|error| PrintError::Join {
                    letter: letter.id,
                    error,
                })?;
            place += 1;
            let written = list.write_record([
                place.to_string(),
                name.clone(),
                letter.id.to_string(),
                letter.number.clone(),
                letter.postal_code.clone(),
                page.to_string(),
                letter.pages.to_string(),
            ]);
            written.map_err(|error| failed(error.into()))?;
            page += letter.pages;
        }
        files::replace(&folder.join(&name), &joined.finish()).map_err(failed)?;
        names.push(name);
    }
    let list = list
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    let name = format!("{kind}.csv");
    files::replace(&folder.join(&name), &list).map_err(failed)?;
    names.push(name);
    Ok(names)
}
