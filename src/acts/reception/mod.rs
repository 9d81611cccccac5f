//! From a file to queued letters or registered requests: intake, law, store.
//!
//! A file is taken in whole or not at all, unless the good rows are asked for.
//! First it is read and every row checked by itself ([`reading`]); only then
//! are the rows held against the store, which may have changed meanwhile, and
//! written ([`taking`]). Whoever else wants to write waits for the writing
//! alone, and for a dry run of letters not at all.
//!
//! Rows go through both one at a time, so a file of a hundred thousand rows
//! takes no more memory than one of ten.
//!
//! Restricted fields end here: a record that passed its checks is split, and
//! what is stored, hashed and shown from then on is the record of a letter
//! without a note.

mod again;
mod amend_error;
mod amending;
mod at_odds;
mod cautions;
mod concerned;
mod counterpart;
mod doubts;
mod from_notice;
mod letters;
mod look_alikes;
mod member_flags;
mod protects;
mod published_fee;
mod reading;
mod requests;
mod taking;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::{By, LetterId, LetterRefusal, Whereabouts};
pub use crate::intake::run_reader as workbook_reader;
use crate::intake::{FileProblem, RowProblem};
use crate::office::Office;
use crate::restricted::RestrictedError;
use crate::store::{Refused, StoreError};
use crate::text::postal::PostalError;
use crate::wording::{self, StaffMessage as _};

pub use amend_error::{AmendError, AtOdds, told as told_alone};
pub use amending::{Amended, Amending, ChangedField, amend, amendment_told};
pub use cautions::{Cautions, MoreCautioned};
pub use concerned::Concerned;
pub use counterpart::{Again, counterpart_again};
pub use doubts::of_place as place_doubts;
pub use look_alikes::{Distinct, like_member};
pub use member_flags::{ReceivedFlags, receive_member_flags};
pub use published_fee::PublishedFees;
pub use reading::{
    Read, Rows, further_problems, impossible_dates, read_form, read_one, switched_off, unnumbered,
};

/// What is to happen with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Queue all rows or, if one is bad, none.
    AllOrNothing,
    /// Queue the good rows; write the bad ones to a file to be mended.
    AcceptValid,
    /// Only say what would happen.
    DryRun,
}

/// What is to become of a letter that waits when the record it was made from
/// comes again, mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// It stays; the record is refused.
    Kept,
    /// It is cancelled, and the record becomes a letter in its place.
    Replaced {
        /// Also one that stands on paper or in a file: staff say that they
        /// pulled it.
        pulled: bool,
    },
}

/// What happened with a file.
#[derive(Debug, Default)]
pub struct Received {
    /// Letters queued or requests registered (in a dry run: that would be).
    pub new: u64,
    /// The first and the last of them: a letter's reference, a request's
    /// receipt number.
    pub range: Option<(String, String)>,
    /// Rows that had been taken in before; nothing happened to them.
    pub before: u64,
    /// Those among them whose letter was cancelled or whose request had been
    /// registered by mistake.
    pub before_cancelled: u64,
    /// Those among them whose letter another has taken the place of: that
    /// letter, and where the one in its place is; the first
    /// [`WARNINGS_NAMED`] of them.
    pub before_replaced: Vec<(LetterId, LetterId, Whereabouts)>,
    /// How many there are in all.
    pub before_replaced_count: u64,
    /// Those among them that came with a restricted note: it was not added.
    pub notes_left_out: Vec<LetterId>,
    /// Letters cancelled for one of this file, each with the letter that takes
    /// its place; the first [`WARNINGS_NAMED`] of them.
    pub in_place_of: Vec<(LetterId, LetterId)>,
    /// How many there are in all.
    pub in_place_count: u64,
    /// Whether one of the new letters among them may have a restricted note.
    pub in_place_may_restrict: bool,
    /// Letters queued that name a request which is not registered.
    pub without_request: u64,
    /// Bad rows.
    pub bad: u64,
    /// Those among them with a number that looks like a known one.
    pub alike: u64,
    /// Names and addresses of new letters whose characters are replaced.
    pub replaced: u64,
    /// The rows they stand in, each once.
    pub replaced_rows: Vec<String>,
    /// Rows with a name that needs the font for rare kanji and variants.
    pub rare_rows: Vec<String>,
    /// The headers of columns that are staff's own and were not read.
    pub columns_left_out: Vec<String>,
    /// What keeps letters from people, of rows that are good all the same:
    /// whoever takes them in counts as told, so every row is named.
    pub cautions: Cautions,
    /// What else staff should know of such rows; the first [`WARNINGS_NAMED`]
    /// of them.
    pub warnings: Vec<RowProblem>,
    /// How many more there are.
    pub warnings_more: u64,
    /// Where the bad rows were written to.
    pub rejected: Option<PathBuf>,
    /// Whether anything was changed.
    pub kept: bool,
    /// Whether rows that were not taken in can still be read from the store's
    /// log, because somebody else needed it.
    pub left_in_log: bool,
    /// Letters in the house that the registered requests keep back.
    pub concerned: Concerned,
    /// Folded numbers of the members the new requests name.
    members: BTreeSet<String>,
    /// Key of the file.
    intake: i64,
}

/// Warnings named one by one. A file with more has one fault many times over,
/// and memory stays flat however long it is.
pub const WARNINGS_NAMED: usize = 200;

impl Received {
    fn count_new(&mut self, reference: String) {
        self.new += 1;
        self.range = Some(match self.range.take() {
            Some((first, _)) => (first, reference),
            None => (reference.clone(), reference),
        });
    }

    fn warn(&mut self, warning: RowProblem) {
        if self.warnings.len() < WARNINGS_NAMED {
            self.warnings.push(warning);
        } else {
            self.warnings_more += 1;
        }
    }
}

/// Why a file could not be received at all.
#[derive(Debug, thiserror::Error)]
pub enum ReceptionError {
    /// The file as a whole cannot be used.
    #[error("{}", .0.staff_message())]
    File(#[from] FileProblem),
    /// The file cannot be read.
    #[error("ファイルを読めません({0})。")]
    Unreadable(io::Error),
    /// The file of bad rows cannot be written.
    #[error("要修正の行を {} に書けません({error})。フォルダーに書き込めることを確かめてください。何も受け付けていません。", path.display())]
    Rejected {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// What was read could not be set aside until the rest was.
    #[error(
        "読んだ行を作業フォルダーに控えられません({0})。ディスクの空きと、作業フォルダーに書き込めることを確かめてください。何も受け付けていません。"
    )]
    Aside(io::Error),
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// A letter that waits could not be cancelled for the one that takes its
    /// place.
    #[error("{}何も受け付けていません。", wording::letter_refusal::words(.0))]
    Replacing(Refused<LetterRefusal>),
    /// While the rows were held against the store, others wrote what they were
    /// held against, again and again.
    #[error(
        "受け付けている間に、ほかの人の受付や登録が続きました。何も受け付けていません。少し待ってから、もう一度実行してください。"
    )]
    Overtaken,
    /// Of a large file of flags a part is written, and the rest could not be.
    #[error(
        "{done}件を登録したところで、続けられなくなりました。{}同じファイルをもう一度受け付けてください。残りだけが登録されます。", .error.staff_message()
    )]
    BrokenOff {
        /// Rows that are written.
        done: usize,
        /// Why the rest is not.
        error: StoreError,
    },
    /// While the file was taken in, another was put in its place.
    #[error(
        "受け付けている間に、ファイルの中身が変わりました。何も受け付けていません。ファイルを確かめてから、もう一度実行してください。"
    )]
    Changed,
    /// The list of postal codes does not load.
    #[error("{0}何も受け付けていません。")]
    PostalCodes(#[from] PostalError),
    /// A note could not be encrypted.
    #[error("{}何も受け付けていません。", .0.staff_message())]
    Restricted(#[from] RestrictedError),
}

impl From<Refused<LetterRefusal>> for ReceptionError {
    fn from(refused: Refused<LetterRefusal>) -> Self {
        match refused {
            Refused::Store(error) => ReceptionError::Store(error),
            refused @ Refused::Rule { .. } => ReceptionError::Replacing(refused),
        }
    }
}

/// Receives a file of letters. Every problem of every row is told to `say` as
/// it is found. Numbers that look like known ones are refused unless they are
/// among the `distinct`.
///
/// # Errors
/// [`ReceptionError`]; then nothing was queued.
pub async fn receive(
    office: &Office,
    by: &By,
    path: &Path,
    kind: Option<&str>,
    (mode, waiting): (Mode, Waiting),
    distinct: &Distinct,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<Received, ReceptionError> {
    let mut sha256 = None;
    let mut tries = 0;
    loop {
        let mut reads = office.store.reads().await?;
        let published = PublishedFees::of(office, &mut reads).await?;
        drop(reads);
        let letters = letters::Letters {
            office,
            desk: &office.desk,
            who: &by.who,
            requests: office.requests,
            watch: cautions::Watch::default(),
            published,
            distinct,
            waiting,
        };
        let file = reading::letters(office, path, kind, mode)?;
        if *sha256.get_or_insert(file.sha256) != file.sha256 {
            return Err(ReceptionError::Changed);
        }
        tries += 1;
        match taking::take(office, file, by, &letters, say).await {
            Err(ReceptionError::Overtaken) if tries < TRIES => {}
            taken => return taken,
        }
    }
}

/// How often a file of letters is held against the store that others change
/// meanwhile.
const TRIES: usize = 20;

/// Receives a file of requests, as [`receive`] does one of letters.
///
/// # Errors
/// [`ReceptionError`]; then nothing was registered.
pub async fn receive_requests(
    office: &Office,
    by: &By,
    path: &Path,
    mode: Mode,
    distinct: &Distinct,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<Received, ReceptionError> {
    let requests = requests::RequestRows {
        desk: &office.desk,
        watch: cautions::Watch::default(),
        distinct,
    };
    let file = reading::requests(office, path, mode)?;
    let mut received = taking::take(office, file, by, &requests, say).await?;
    if received.kept && received.new > 0 {
        let mut conn = office.store.reads().await?;
        let registered = conn.watched().await?.safeguards;
        drop(conn);
        let fresh = registered.of(&received.members, received.intake);
        received.concerned = concerned::concerned(office, &fresh, &BTreeSet::new()).await?;
    }
    Ok(received)
}
