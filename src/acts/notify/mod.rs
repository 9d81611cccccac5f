//! Telling members of a change of purposes (art. 21(3)): from a roster to one
//! queued letter for each member whom the change concerns.
//!
//! The roster is read once and every row checked by itself; then it goes, row
//! by row, into the store's transaction and is weighed there, so that a hundred
//! thousand members take no more memory than ten. What is only counted is
//! undone. All of it happens or nothing does, and nothing happens before the
//! number of letters was said back: nobody queues a hundred thousand letters
//! by accident.

mod changed;
mod look_alikes;
mod persons;
mod telling;
mod weigh;
mod writing;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;
use tokio::sync::OnceCell;

use crate::acts::reception::{Distinct, ReceptionError};
use crate::domain::{By, LetterId};
use crate::hash::Sha256;
use crate::intake::{FileProblem, RowProblem};
use crate::notice::Notice;
use crate::office::Office;
use crate::store::{Gone, Intake, StoreError};
use crate::wording;

pub use persons::{Pair, Pairs};
pub use telling::{TellingError, telling};
pub use weigh::LeftOut;

use changed::{Changed, edition_key};
use persons::Persons;
use writing::Writing;

/// The kind of the letter, and its outcome.
const KIND: &str = "purpose-change";
const OUTCOME: &str = "changed";

/// Rows named for each reason; the others are counted.
pub const ROWS_NAMED: usize = 20;

/// The change members are told of.
pub struct PurposeNotice<'a> {
    /// The edition before.
    pub old: &'a Notice,
    /// The edition that takes effect.
    pub new: &'a Notice,
    /// When it does.
    pub effective: NaiveDate,
    /// Why, in words for members.
    pub reason: &'a str,
    /// Keys of the changes that change no purpose, by the decision record:
    /// nobody needs to be told of them.
    pub untold: &'a BTreeSet<String>,
}

/// What is to happen with a roster.
pub struct Order<'a> {
    /// The roster.
    pub roster: &'a Path,
    /// Tell of categories in which no purpose changes, too.
    pub all: bool,
    /// Only count.
    pub dry_run: bool,
    /// The number of letters, said back.
    pub confirmed: Option<u64>,
    /// Members' numbers that are others than those they look like.
    pub distinct: &'a Distinct,
}

/// What a roster comes to.
#[derive(Debug, Default)]
pub struct Preview {
    /// Names of the categories that are told, because a purpose changes.
    pub told: Vec<String>,
    /// Names of those told although no purpose changes, because all were to be.
    pub told_words: Vec<String>,
    /// Names of the categories that differ and are not told.
    pub untold: Vec<String>,
    /// Sentences beside the table that change a purpose; no letter has them.
    pub beside: Vec<String>,
    /// Rows of the roster that are good.
    pub members: u64,
    /// Rows that must be mended.
    pub bad: u64,
    /// Those among them with a number that looks like another.
    pub alike: u64,
    /// Letters by mail.
    pub by_mail: u64,
    /// Letters by post.
    pub by_post: u64,
    /// Those among all letters that go to an insured person about a dependant.
    pub through_insured: u64,
    /// Rows that are the same person's, by all the roster says.
    pub same_person: Pairs,
    /// Members who get no letter, by reason: how many, and the first rows.
    pub left_out: BTreeMap<LeftOut, (u64, Vec<u64>)>,
    /// Letters whose postal code and address do not agree: how many, and the
    /// first rows.
    pub doubted: (u64, Vec<u64>),
    /// Whether rows of the roster can still be read from the store's log,
    /// because somebody else needed it.
    pub left_in_log: bool,
}

impl Preview {
    /// Letters that are or would be queued.
    pub fn letters(&self) -> u64 {
        self.by_mail + self.by_post
    }

    fn doubt(&mut self, row: u64) {
        let (count, rows) = &mut self.doubted;
        *count += 1;
        if rows.len() < ROWS_NAMED {
            rows.push(row);
        }
    }

    fn leave_out(&mut self, why: LeftOut, row: u64) {
        let (count, rows) = self.left_out.entry(why).or_default();
        *count += 1;
        if rows.len() < ROWS_NAMED {
            rows.push(row);
        }
    }
}

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// The edition changes only words, or nothing that concerns a member.
    NothingToTell,
    /// Rows must be mended first.
    Refused,
    /// Nothing was to be queued, or it was only counted.
    Counted,
    /// The number of letters was not said back, or another one.
    Unconfirmed,
    /// Letters were queued, from the first to the last.
    Queued(LetterId, LetterId),
}

/// Why nobody can be notified. Nothing was queued.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// The roster as a whole cannot be used.
    #[error(transparent)]
    Roster(#[from] ReceptionError),
    /// The kind of letter is not there.
    #[error(
        "書簡の種類 {KIND}(個人情報の利用目的の変更のお知らせ)がありません。templates/letters を元に戻してください。"
    )]
    NoKind,
    /// No reason was given that members would read.
    #[error("{}", wording::no_reason_to_tell())]
    NoReason,
    /// What the letters would say cannot be printed.
    #[error("通知の文面を作れません。{0}")]
    Text(String),
    /// One member's letter cannot be made.
    #[error("{row}行目の方への書簡を作れません。{problem}何も受け付けていません。")]
    Letter {
        /// Row of the roster.
        row: u64,
        /// What is wrong, and what to do.
        problem: String,
    },
}

impl From<StoreError> for NotifyError {
    fn from(error: StoreError) -> Self {
        NotifyError::Roster(ReceptionError::Store(error))
    }
}

impl From<FileProblem> for NotifyError {
    fn from(problem: FileProblem) -> Self {
        NotifyError::Roster(ReceptionError::File(problem))
    }
}

/// Weighs a roster and, if the number of letters was said back, queues one
/// letter for each member whom the change concerns and who was not told yet.
/// Every problem of every row is told to `say` as it is found.
///
/// # Errors
/// [`NotifyError`]; then nothing was queued.
pub async fn notify(
    office: &Office,
    by: &By,
    notice: &PurposeNotice<'_>,
    order: &Order<'_>,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<(Preview, Ended), NotifyError> {
    let mut weighed = weigh_roster(office, by, notice, order, say).await;
    // Who gets no letter must not be read from the store's files, least of
    // all where somebody lives whom nobody may find.
    match &mut weighed {
        Ok((preview, Ended::Queued(..))) => {
            preview.left_in_log = !office.store.erase(Gone::Deleted).await;
        }
        Ok((preview, _)) => preview.left_in_log = !office.store.erase(Gone::Undone).await,
        Err(_) => _ = office.store.erase(Gone::Undone).await,
    }
    weighed
}

async fn weigh_roster(
    office: &Office,
    by: &By,
    notice: &PurposeNotice<'_>,
    order: &Order<'_>,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<(Preview, Ended), NotifyError> {
    let desk = &office.desk;
    let kind = desk.catalogue.get(KIND).ok_or(NotifyError::NoKind)?;
    let changed = Changed::between(notice.old, notice.new, notice.untold, order.all);
    let (told, told_words) = changed.told();
    let mut preview = Preview {
        told,
        told_words,
        untold: changed.untold(),
        beside: changed.beside().to_vec(),
        ..Preview::default()
    };
    if changed.len() == 0 {
        return Ok((preview, Ended::NothingToTell));
    }
    let writing = Writing {
        office,
        by,
        kind,
        notice,
        changed: &changed,
        edition: edition_key(notice.new),
        safeguards: OnceCell::new(),
    };
    writing.check_texts()?;
    let sha256 = Sha256::of_file(order.roster)
        .map_err(ReceptionError::Unreadable)?
        .to_string();
    let roster = writing.read(order.roster)?;
    let mut intake = Intake::begin(&office.store, by).await?;
    let mut persons = Persons::default();
    writing
        .stage(&mut intake, roster, order, &mut persons, &mut preview, say)
        .await?;
    if preview.bad > 0 {
        return Ok((preview, Ended::Refused));
    }
    persons.settle(&mut intake, &writing.edition).await?;
    preview.same_person = persons.pairs().clone();
    let range = writing
        .queue(&mut intake, &mut persons, &mut preview)
        .await?;
    // Dropping the transaction undoes what was only counted.
    let ended = match range {
        _ if order.dry_run => Ended::Counted,
        Some(_) if order.confirmed != Some(preview.letters()) => Ended::Unconfirmed,
        Some((first, last)) => {
            let kept = intake.commit(Some(&sha256)).await;
            kept.map_err(ReceptionError::from)?;
            Ended::Queued(first, last)
        }
        None => Ended::Counted,
    };
    Ok((preview, ended))
}
