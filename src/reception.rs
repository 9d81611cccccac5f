//! From a file to queued letters or registered requests: intake, law, store.
//!
//! A file is taken in whole or not at all, unless the good rows are asked for.
//! Rows are read, checked and written one at a time, so a file of a hundred
//! thousand rows takes no more memory than one of ten.
//!
//! Restricted fields end here: a record that passed its checks is split, and
//! what is stored, hashed and shown from then on is the record of a letter
//! without a note.

mod again;
mod belonging;
mod cautions;
mod checks;
mod concerned;
mod dates;
mod letters;
mod look_alikes;
mod member_flags;
mod registered_again;
mod requests;
mod warnings;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::catalogue::{Kind, REQUEST_KIND};
use crate::domain::{Delivery, Envelope, LetterId, Likeness, StaffName, Whereabouts};
use crate::intake::{BadRow, FileProblem, Reader, Record, Rejected, Row, RowProblem};
use crate::office::{Desk, Office};
use crate::restricted::{self, Note, RestrictedError};
use crate::store::{self, Intake, StaffRefusal, StoreError};
use crate::wording::StaffMessage as _;

pub use cautions::{Cautions, MoreCautioned};
pub use checks::{further_problems, impossible_dates, unnumbered};
pub use concerned::Concerned;
pub use look_alikes::{Distinct, like_member};
pub use member_flags::{ReceivedFlags, receive_member_flags};
pub use registered_again::against_registered_again;

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
    pub unregistered: u64,
    /// Bad rows.
    pub bad: u64,
    /// Those among them with a number that looks like a known one.
    pub alike: u64,
    /// Names and addresses of new letters whose characters are replaced.
    pub replaced: u64,
    /// The rows they stand in, each once.
    pub replaced_rows: Vec<u64>,
    /// Rows with a name that needs the font for rare kanji and variants.
    pub rare_rows: Vec<u64>,
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
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// A letter that waits could not be cancelled for the one that takes its
    /// place.
    #[error("{0}何も受け付けていません。")]
    Replacing(StaffRefusal),
    /// A note could not be encrypted.
    #[error("{}何も受け付けていません。", .0.staff_message())]
    Restricted(#[from] RestrictedError),
}

/// A record that passed every check, ready to be queued or previewed.
#[derive(Debug)]
pub struct CheckedRecord {
    /// Code of the kind.
    pub kind: String,
    /// Code of the outcome.
    pub outcome: String,
    /// The fields, without restricted ones.
    pub values: Map<String, Value>,
    sha256: String,
    likeness: Likeness,
    note: Note,
    may_restrict: bool,
    delivery: Delivery,
    row: u64,
}

/// Receives a file of letters. Every problem of every row is told to `say` as
/// it is found. Numbers that look like known ones are refused unless they are
/// among the `distinct`.
///
/// # Errors
/// [`ReceptionError`]; then nothing was queued.
pub async fn receive(
    office: &Office,
    path: &Path,
    kind: Option<&str>,
    actor: &StaffName,
    (mode, waiting): (Mode, Waiting),
    distinct: &Distinct,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<Received, ReceptionError> {
    let desk = &office.desk;
    let further = |kind: &Kind, values: &Map<String, Value>| further_problems(desk, kind, values);
    let reader =
        Reader::open(path, &desk.catalogue, kind, &desk.characters)?.with_further(&further);
    let file = Incoming { path, reader, mode };
    let letters = letters::Letters {
        office,
        desk,
        actor,
        requests: office.requests,
        watch: cautions::Watch::default(),
        distinct,
        waiting,
    };
    take_file(office, file, actor, &letters, say).await
}

/// Receives a file of requests, as [`receive`] does one of letters.
///
/// # Errors
/// [`ReceptionError`]; then nothing was registered.
pub async fn receive_requests(
    office: &Office,
    path: &Path,
    actor: &StaffName,
    mode: Mode,
    distinct: &Distinct,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<Received, ReceptionError> {
    let desk = &office.desk;
    let further = |form: &Kind, values: &Map<String, Value>| requests::problems(desk, form, values);
    let reader = Reader::open(path, &desk.requests, Some(REQUEST_KIND), &desk.characters)?
        .with_further(&further);
    let file = Incoming { path, reader, mode };
    let requests = requests::Requests {
        desk,
        watch: cautions::Watch::default(),
        distinct,
    };
    let mut received = take_file(office, file, actor, &requests, say).await?;
    if received.kept && received.new > 0 {
        let mut conn = office.store.read().await?;
        let registered = store::watched(&mut conn).await?.safeguards;
        drop(conn);
        let fresh = registered.of(&received.members, received.intake);
        received.concerned = concerned::concerned(office, &fresh).await?;
    }
    Ok(received)
}

/// A file on its way in.
struct Incoming<'a> {
    path: &'a Path,
    reader: Reader<'a>,
    mode: Mode,
}

/// What the rows of a file become.
trait Taking {
    /// Checks a row against what the store holds, and takes it in if it is
    /// good. A row that is refused comes back.
    async fn take(
        &self,
        intake: &mut Intake,
        row: Row,
        received: &mut Received,
    ) -> Result<Option<BadRow>, ReceptionError>;

    /// Whether the row may hold a restricted note.
    fn may_hold_note(&self, row: &Row) -> bool;
}

async fn take_file(
    office: &Office,
    file: Incoming<'_>,
    actor: &StaffName,
    taking: &impl Taking,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<Received, ReceptionError> {
    let mut taken = take_rows(office, file, actor, taking, say).await;
    match &mut taken {
        Ok(received) if received.kept => {}
        // What was not taken in must not be read from the store's files.
        Ok(received) => received.left_in_log = !office.store.empty_log().await,
        Err(_) => _ = office.store.empty_log().await,
    }
    taken
}

async fn take_rows(
    office: &Office,
    file: Incoming<'_>,
    actor: &StaffName,
    taking: &impl Taking,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<Received, ReceptionError> {
    let Incoming { path, reader, mode } = file;
    let mut rejected = match mode {
        Mode::AcceptValid => Some(begin_rejected(path, &reader)?),
        Mode::AllOrNothing | Mode::DryRun => None,
    };
    let sha256 = file_sha256(path).map_err(ReceptionError::Unreadable)?;
    let at = office.desk.clock.stamp();
    let mut intake = Intake::begin(&office.store, actor.as_str(), &at).await?;
    let mut received = Received {
        intake: intake.key(),
        ..Received::default()
    };
    let mut may_hold_notes = false;
    for row in reader {
        may_hold_notes |= taking.may_hold_note(&row);
        if let Some(bad) = taking.take(&mut intake, row, &mut received).await? {
            received.bad += 1;
            bad.problems.iter().for_each(&mut *say);
            if let Some((rejected, path)) = &mut rejected {
                rejected
                    .push(&bad)
                    .map_err(|error| ReceptionError::Rejected {
                        path: path.clone(),
                        error,
                    })?;
            }
        }
    }
    received.kept = match mode {
        Mode::AllOrNothing => received.bad == 0,
        Mode::AcceptValid => true,
        Mode::DryRun => false,
    };
    // The bad rows are safe on disk before the good ones are taken in, so
    // that no row of the file can get lost between the two.
    if let Some((rejected, path)) = rejected
        && received.bad > 0
    {
        rejected
            .finish()
            .map_err(|error| ReceptionError::Rejected {
                path: path.clone(),
                error,
            })?;
        received.rejected = Some(path);
    }
    if received.kept {
        // Of a file that may have held a note not even the hash is kept: who
        // knows the rest of it could try what the note was.
        let hash = Some(sha256.as_str()).filter(|_| !may_hold_notes);
        intake.commit(hash).await?;
    }
    Ok(received)
}

/// Reads the one record of a JSON file, checking all that a queued one is
/// checked for. Problems are printed by the caller through `say`.
///
/// # Errors
/// When the file cannot be used or does not hold exactly one record; `Ok(Err)`
/// holds the problems of the record.
pub fn read_one(
    desk: &Desk,
    path: &Path,
    kind: Option<&str>,
) -> Result<Result<CheckedRecord, Vec<RowProblem>>, ReceptionError> {
    let further = |kind: &Kind, values: &Map<String, Value>| further_problems(desk, kind, values);
    let mut reader =
        Reader::open(path, &desk.catalogue, kind, &desk.characters)?.with_further(&further);
    let first = reader.next();
    if reader.next().is_some() {
        let problem = "記録が2件以上あります。1件だけのファイルにしてください。".to_owned();
        return Err(FileProblem::Format(problem).into());
    }
    match first {
        None => Err(FileProblem::Empty("記録がありません。".to_owned()).into()),
        Some(Row::Bad(bad)) => Ok(Err(bad.problems)),
        Some(Row::Good(record)) => Ok(Ok(CheckedRecord::of(desk, &record))),
    }
}

impl CheckedRecord {
    fn of(desk: &Desk, record: &Record) -> Self {
        let outcome = record.values.get("outcome").and_then(Value::as_str);
        let outcome = outcome.unwrap_or_default();
        let kind = desk.catalogue.get(&record.kind);
        let (values, note) = match kind {
            Some(kind) => restricted::split(kind, record.values.clone()),
            None => (record.values.clone(), Note::default()),
        };
        CheckedRecord {
            kind: record.kind.clone(),
            outcome: outcome.to_owned(),
            delivery: Envelope::read(&values).0.delivery,
            sha256: record_sha256(&record.kind, &values),
            likeness: Likeness::of(&record.kind, &values),
            values,
            note,
            may_restrict: kind
                .and_then(|kind| Some(kind.may_restrict(kind.outcome(outcome)?)))
                .unwrap_or(false),
            row: record.row,
        }
    }
}

/// The hash that makes a record itself: kind and fields, whatever the order
/// of the columns was.
pub fn record_sha256(kind: &str, values: &Map<String, Value>) -> String {
    let mut keys: Vec<&String> = values.keys().collect();
    keys.sort();
    let mut hasher = Sha256::new();
    hasher.update((kind.len() as u64).to_be_bytes());
    hasher.update(kind);
    for key in keys {
        let value = values.get(key).map(Value::to_string).unwrap_or_default();
        for part in [key.as_str(), value.as_str()] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
    }
    hex::encode(hasher.finalize())
}

/// The SHA-256 of a file, in hexadecimal.
///
/// # Errors
/// What the file system says.
pub fn file_sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 64 * 1024];
    loop {
        match file.read(&mut chunk)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            length => hasher.update(&chunk[..length]),
        }
    }
}

/// The file for bad rows stands beside the source under a free name.
fn begin_rejected(
    source: &Path,
    reader: &Reader<'_>,
) -> Result<(Rejected, PathBuf), ReceptionError> {
    let stem = source.file_stem().unwrap_or_default().to_string_lossy();
    let ending = Rejected::ending(reader);
    let mut path = source.with_file_name(format!("{stem}-要修正.{ending}"));
    let mut count = 1;
    while path.exists() {
        count += 1;
        path = source.with_file_name(format!("{stem}-要修正{count}.{ending}"));
    }
    match Rejected::create(&path, reader) {
        Ok(rejected) => Ok((rejected, path)),
        Err(error) => Err(ReceptionError::Rejected { path, error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_columns_does_not_make_another_record() {
        let map = |value: Value| value.as_object().cloned().expect("an object");
        let one = record_sha256("k", &map(json!({"a": "1", "b": "2"})));
        let two = record_sha256("k", &map(json!({"b": "2", "a": "1"})));
        let three = record_sha256("k", &map(json!({"a": "1", "b": "3"})));
        let four = record_sha256("j", &map(json!({"a": "1", "b": "2"})));
        assert_eq!(one, two);
        assert_ne!(one, three);
        assert_ne!(one, four);
    }
}
