//! Letters that are queued, as they would be set today: for whoever approves
//! them. Nothing is changed by it, and no number is given.
//!
//! What is drawn is the record of the letter, which has no restricted field;
//! one that is registered already is shown as it was issued, whatever became
//! of its kind, and in no other form than it was issued in.

use std::path::Path;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::archive::{ArchiveError, Holding};
use crate::domain::{LetterId, Whereabouts};
use crate::files::{self, Unwritten};
use crate::office::{Office, OfficeError};
use crate::print::{self, JoinError};
use crate::record::{LetterHead, letter_data, record_sha256};
use crate::render::{Job, Output, Pool};
use crate::store::{LetterQuery, LetterRow, Part, StoreError, Which};
use crate::wording::{self, StaffMessage as _, previews as words};

/// Pixels per typographic point of an image: 144 dots per inch.
const PIXEL_PER_PT: f32 = 2.0;

/// Letters in one file: all of them are in memory until it is written.
const MOST: usize = 500;

/// Which letters.
#[derive(Debug, Clone, Copy)]
pub enum Previewing<'a> {
    /// Those with these references, in this order.
    Letters(&'a [LetterId]),
    /// All that are here, in the order they were queued.
    At(Whereabouts),
}

/// A letter in the file.
#[derive(Debug)]
pub struct Previewed {
    /// The letter.
    pub letter: LetterId,
    /// The Japanese name of its kind.
    pub kind_name: String,
    /// Whom it goes to.
    pub addressee: String,
    /// The page of the file it begins on, from 1.
    pub first_page: usize,
    /// How many pages it has.
    pub pages: usize,
    /// Whether it is shown as it was issued.
    pub is_issued: bool,
    /// Whether it has its document number.
    pub is_numbered: bool,
}

/// Why nothing is drawn, for staff.
#[derive(Debug, thiserror::Error)]
pub enum PreviewsError {
    /// There is no such letter.
    #[error("{}", words::no_letter(*.0))]
    NoLetter(LetterId),
    /// No letter is there.
    #[error("{}", words::none_at(*.0))]
    NoneAt(Whereabouts),
    /// There are more than fit into one file.
    #[error("{}", words::too_many(*.0, MOST))]
    TooMany(usize),
    /// Its kind or its outcome is gone.
    #[error("{}", words::kind_gone(*.0))]
    KindGone(LetterId),
    /// It is issued, and an image of it was never.
    #[error("{}", words::issued_as_image(*.0))]
    IssuedAsImage(LetterId),
    /// Its record is not the one it was queued with.
    #[error("{}", wording::verify::record_altered(*.0))]
    Altered(LetterId),
    /// It did not come out.
    #[error("{0}：{1}")]
    Page(LetterId, String),
    /// It cannot be joined with the others.
    #[error("{}", words::not_joined(*.0, &.1.to_string()))]
    Join(LetterId, JoinError),
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// The archive cannot give what was issued.
    #[error("{}", .0.staff_message())]
    Archive(#[from] ArchiveError),
    /// Templates, fonts or settings cannot be used.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The file cannot be written.
    #[error(transparent)]
    Unwritten(#[from] Unwritten),
}

/// Draws letters into one PDF.
///
/// # Errors
/// [`PreviewsError`]; then no file was written.
pub async fn as_pdf(
    office: &Office,
    which: Previewing<'_>,
    output: &Path,
) -> Result<Vec<Previewed>, PreviewsError> {
    let rows = rows(office, which).await?;
    let pool = office.desk.one_worker()?;
    let mut drawn = Vec::with_capacity(rows.len());
    let mut all = Vec::with_capacity(rows.len());
    let mut first_page = 1;
    for row in &rows {
        let (addressee, bytes, pages) = pdf_of(office, &pool, row).await?;
        all.push(Previewed {
            letter: row.id,
            kind_name: kind_name(office, row),
            addressee,
            first_page,
            pages,
            is_issued: issued(row).is_some(),
            is_numbered: row.number.is_some(),
        });
        first_page += pages;
        drawn.push((row.id, bytes, pages));
    }
    let bytes = match <[_; 1]>::try_from(drawn) {
        Ok([(_, bytes, _)]) => bytes,
        Err(drawn) => {
            let parts = drawn
                .into_iter()
                .map(|(id, bytes, pages)| (id, bytes, pages as u64));
            print::as_one(parts).map_err(|(id, error)| PreviewsError::Join(id, error))?
        }
    };
    files::write_out(output, &bytes)?;
    Ok(all)
}

/// Draws a page of one letter as an image: the pages there are, and the bytes.
///
/// # Errors
/// [`PreviewsError`].
pub async fn page_as_png(
    office: &Office,
    letter: LetterId,
    page: usize,
) -> Result<(usize, Vec<u8>), PreviewsError> {
    let rows = rows(office, Previewing::Letters(&[letter])).await?;
    let row = rows.first().ok_or(PreviewsError::NoLetter(letter))?;
    if issued(row).is_some() {
        return Err(PreviewsError::IssuedAsImage(letter));
    }
    let pool = office.desk.one_worker()?;
    let image = Output::Png {
        page,
        pixel_per_pt: PIXEL_PER_PT,
    };
    let (_, job) = job(office, row, image).await?;
    let rendered = pool.render(&job).await;
    let rendered = rendered.map_err(|error| PreviewsError::Page(letter, error.staff_message()))?;
    Ok((rendered.pages, rendered.bytes.into()))
}

fn kind_name(office: &Office, row: &LetterRow) -> String {
    let kind = office.desk.catalogue.get(&row.kind);
    kind.map_or_else(|| row.kind.clone(), |kind| kind.name.clone())
}

async fn rows(office: &Office, which: Previewing<'_>) -> Result<Vec<LetterRow>, PreviewsError> {
    let mut conn = office.store.reads().await?;
    match which {
        Previewing::At(at) => {
            let query = LetterQuery::of(Which::At(Some(at), None));
            let found = conn.count_letters(&query).await?;
            let found = usize::try_from(found).unwrap_or(usize::MAX);
            match found {
                0 => Err(PreviewsError::NoneAt(at)),
                1..=MOST => Ok(conn.letters(&query).await?),
                more => Err(PreviewsError::TooMany(more)),
            }
        }
        Previewing::Letters(letters) if letters.len() > MOST => {
            Err(PreviewsError::TooMany(letters.len()))
        }
        Previewing::Letters(letters) => {
            let mut rows = Vec::with_capacity(letters.len());
            for id in letters {
                let row = conn.letter(*id).await?;
                rows.push(row.ok_or(PreviewsError::NoLetter(*id))?);
            }
            Ok(rows)
        }
    }
}

/// The archived PDF of a letter that is registered, with its pages.
fn issued(row: &LetterRow) -> Option<(&str, usize)> {
    let sha256 = row.register_seq.and(row.pdf_sha256.as_deref())?;
    let pages = usize::try_from(row.pages?).ok()?;
    Some((sha256, pages))
}

/// The record of a letter as it is kept.
async fn record_of(office: &Office, letter: LetterId) -> Result<Map<String, Value>, PreviewsError> {
    let mut conn = office.store.reads().await?;
    let kept = conn.parts_of(letter, &[Part::Record]).await?.record;
    Ok(serde_json::from_str(&kept).unwrap_or_default())
}

fn addressee_of(record: &Map<String, Value>) -> String {
    let addressee = record.get("addressee_name").and_then(Value::as_str);
    addressee.unwrap_or_default().to_owned()
}

/// Whom a letter goes to, and what the renderer needs to set it as it stands.
async fn job(
    office: &Office,
    row: &LetterRow,
    output: Output,
) -> Result<(String, Job), PreviewsError> {
    let desk = &office.desk;
    let gone = || PreviewsError::KindGone(row.id);
    let kind = desk.catalogue.get(&row.kind).ok_or_else(gone)?;
    let outcome = kind.outcome(&row.outcome).ok_or_else(gone)?;
    let record = record_of(office, row.id).await?;
    // Who approves what they saw must have seen what was queued.
    if record_sha256(&row.kind, &record) != row.record_sha256 {
        return Err(PreviewsError::Altered(row.id));
    }
    let today: NaiveDate = desk.clock.today();
    let head = LetterHead {
        id: row.id.to_string(),
        number: row.number.clone(),
        issue_date: row.issue_date.unwrap_or(today),
    };
    let data = letter_data(kind, outcome, &record, &head, &desk.law, &desk.characters);
    Ok((
        addressee_of(&record),
        Job {
            template: format!("/letters/{}/letter.typ", kind.code),
            ident: row.id.to_string(),
            output,
            data: data.to_string().into_bytes(),
        },
    ))
}

/// A letter as a PDF: whom it goes to, the bytes, and the pages.
async fn pdf_of(
    office: &Office,
    pool: &Pool,
    row: &LetterRow,
) -> Result<(String, Vec<u8>, usize), PreviewsError> {
    if let Some((sha256, pages)) = issued(row) {
        let bytes = office.archive.get(Holding::Pdf, sha256).await?;
        let record = record_of(office, row.id).await?;
        return Ok((addressee_of(&record), bytes.into(), pages));
    }
    let (addressee, job) = job(office, row, Output::Pdf).await?;
    let rendered = pool.render(&job).await;
    let rendered = rendered.map_err(|error| PreviewsError::Page(row.id, error.staff_message()))?;
    Ok((addressee, rendered.bytes.into(), rendered.pages))
}
