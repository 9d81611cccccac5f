//! From a file to queued letters: intake, law, store.
//!
//! A file is queued whole or not at all, unless the good rows are asked for.
//! Rows are read, checked and written one at a time, so a file of a hundred
//! thousand rows takes no more memory than one of ten.
//!
//! Restricted fields end here: a record that passed its checks is split, and
//! what is stored, hashed and shown from then on is the record of a letter
//! without a note.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::catalogue::Kind;
use crate::domain::{Delivery, Envelope, FieldProblem, LetterId, StaffName, State};
use crate::intake::{BadRow, FileProblem, Reader, Record, Rejected, Row, RowProblem};
use crate::law::{self, Matter};
use crate::office::{Desk, Office};
use crate::render::Naming;
use crate::restricted::{self, Note, Notes, RestrictedError};
use crate::store::{Intake, NewLetter, Queued, StoreError, StoredNote};

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

/// What happened with a file.
#[derive(Debug, Default)]
pub struct Received {
    /// Letters queued (in a dry run: that would be).
    pub new: u64,
    /// The first and the last of them.
    pub range: Option<(LetterId, LetterId)>,
    /// Rows that had been queued before; nothing happened to them.
    pub before: u64,
    /// Those among them whose letter was cancelled.
    pub before_cancelled: u64,
    /// Those among them that came with a restricted note: it was not added.
    pub notes_left_out: Vec<LetterId>,
    /// Bad rows.
    pub bad: u64,
    /// Names and addresses of new letters whose characters are replaced.
    pub replaced: u64,
    /// The rows they stand in, each once.
    pub replaced_rows: Vec<u64>,
    /// Rows with a name that needs the font for rare kanji and variants.
    pub rare_rows: Vec<u64>,
    /// Where the bad rows were written to.
    pub rejected: Option<PathBuf>,
    /// Whether anything was changed.
    pub kept: bool,
}

/// Why a file could not be received at all.
#[derive(Debug, thiserror::Error)]
pub enum ReceptionError {
    /// The file as a whole cannot be used.
    #[error("{0}")]
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
    /// A note could not be encrypted.
    #[error("{0}何も受け付けていません。")]
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
    note: Note,
    may_restrict: bool,
    delivery: Delivery,
    row: u64,
}

/// Receives a file. Every problem of every row is told to `say` as it is
/// found.
///
/// # Errors
/// [`ReceptionError`]; then nothing was queued.
pub async fn receive(
    office: &Office,
    path: &Path,
    kind: Option<&str>,
    actor: &StaffName,
    mode: Mode,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<Received, ReceptionError> {
    let desk = &office.desk;
    let further = |kind: &Kind, values: &Map<String, Value>| further_problems(desk, kind, values);
    let reader =
        Reader::open(path, &desk.catalogue, kind, &desk.characters)?.with_further(&further);
    let mut rejected = match mode {
        Mode::AcceptValid => Some(begin_rejected(path, &reader)?),
        Mode::AllOrNothing | Mode::DryRun => None,
    };
    let sha256 = file_sha256(path).map_err(ReceptionError::Unreadable)?;
    let by = By {
        actor,
        at: desk.clock.stamp(),
    };
    let mut intake = Intake::begin(&office.store, actor.as_str(), &by.at).await?;
    let mut received = Received::default();
    let mut may_hold_notes = false;
    for row in reader {
        let bad = match row {
            Row::Bad(bad) => {
                // Who knows of what kind it would have been.
                may_hold_notes = true;
                Some(bad)
            }
            Row::Good(record) => {
                may_hold_notes |= has_restricted_fields(desk, &record.kind);
                take_in(desk, &mut intake, record, &by, &mut received).await?
            }
        };
        if let Some(bad) = bad {
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
    // The bad rows are safe on disk before the good ones are queued, so that
    // no row of the file can get lost between the two.
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

/// Who queues a file, and when.
struct By<'a> {
    actor: &'a StaffName,
    at: String,
}

fn has_restricted_fields(desk: &Desk, kind: &str) -> bool {
    let kind = desk.catalogue.get(kind);
    kind.is_some_and(|kind| kind.fields.iter().any(|field| field.restricted))
}

/// Queues a good row; gives it back as a bad one if a later check refuses it.
async fn take_in(
    desk: &Desk,
    intake: &mut Intake,
    record: Record,
    by: &By<'_>,
    received: &mut Received,
) -> Result<Option<BadRow>, ReceptionError> {
    let checked = CheckedRecord::of(desk, &record);
    let kind = desk.catalogue.get(&checked.kind);
    let series = kind.map(|kind| kind.series.clone()).unwrap_or_default();
    let text = Value::Object(checked.values.clone()).to_string();
    let queued = intake
        .add(&NewLetter {
            row: checked.row,
            kind: &checked.kind,
            outcome: &checked.outcome,
            series: &series,
            delivery: checked.delivery,
            record: &text,
            record_sha256: &record_sha256(&checked.kind, &checked.values),
        })
        .await?;
    match queued {
        Queued::New(id) => {
            if let Some(stored) = stored_note(desk, id, &checked, by)? {
                intake.add_note(id, &stored).await?;
            }
            received.new += 1;
            if let Some(kind) = kind {
                received.note(checked.row, &checked.values, kind, desk);
            }
            received.range = Some(match received.range {
                Some((first, _)) => (first, id),
                None => (id, id),
            });
            Ok(None)
        }
        Queued::Before { letter, state } => {
            received.before += 1;
            if !checked.note.is_empty() {
                received.notes_left_out.push(letter);
            }
            if state == State::Cancelled {
                received.before_cancelled += 1;
            }
            Ok(None)
        }
        Queued::SameFile { row } => {
            let problem = record.whole_problem(
                &format!("{row}行目と同じ内容です。"),
                "重なった行を消してください。別の書簡なら、記録番号を書き分けてください。",
            );
            Ok(Some(record.refuse(vec![problem])))
        }
    }
}

impl Received {
    /// Notes how the names of a new letter are shown.
    fn note(&mut self, row: u64, values: &Map<String, Value>, kind: &Kind, desk: &Desk) {
        let naming = Naming::of(kind, values, &desk.characters);
        if !naming.replaced.is_empty() {
            self.replaced += naming.replaced.len() as u64;
            self.replaced_rows.push(row);
        }
        if naming.rare {
            self.rare_rows.push(row);
        }
    }
}

/// The encrypted note of a new letter: with or without anything in it for
/// every letter that may have one, so that there is nothing to tell them apart.
fn stored_note(
    desk: &Desk,
    id: LetterId,
    checked: &CheckedRecord,
    by: &By<'_>,
) -> Result<Option<StoredNote>, RestrictedError> {
    let recipient = desk.recipient.as_ref().filter(|_| checked.may_restrict);
    let Some(recipient) = recipient else {
        return Ok(None);
    };
    let notes = Notes::at_intake(id, &checked.note, by.actor.as_str(), &by.at);
    let encrypted = restricted::encrypt(recipient, id, &notes)?;
    Ok(Some(StoredNote {
        encrypted: encrypted.bytes,
        used: encrypted.used,
    }))
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
            values,
            note,
            may_restrict: kind
                .and_then(|kind| Some(kind.may_restrict(kind.outcome(outcome)?)))
                .unwrap_or(false),
            row: record.row,
        }
    }
}

/// The checks that need more than the schema: envelope and law.
fn further_problems(desk: &Desk, kind: &Kind, values: &Map<String, Value>) -> Vec<FieldProblem> {
    let (envelope, mut problems) = Envelope::read(values);
    let outcome = values.get("outcome").and_then(Value::as_str);
    problems.extend(law::check_restricted(kind, values));
    let noted = kind
        .fields
        .iter()
        .find(|field| field.restricted && values.contains_key(&field.name));
    if let (Some(field), None) = (noted, &desk.recipient) {
        problems.push(FieldProblem::of(
            &field.name,
            "非公開の記録を読む人の鍵が、まだ決まっていません。",
            "個人情報保護管理者が yobin restricted keygen で鍵を作り、表示された公開鍵を society/profile.toml の [restricted] に書いてから、もう一度受け付けてください。",
        ));
    }
    let today = desk.clock.today();
    if let Some(outcome) = outcome.and_then(|code| kind.outcome(code)) {
        problems.extend(desk.law.check(Matter {
            kind,
            outcome,
            record: values,
            envelope: &envelope,
            fees: &desk.society.fees,
            today,
        }));
    }
    if envelope
        .decision
        .is_some_and(|decision| decision.date > today)
    {
        problems.push(FieldProblem::of(
            "decision_date",
            "決定日が今日より後です。",
            "決定した日を書いてください。",
        ));
    }
    problems
}

/// The hash that makes a record itself: kind and fields, whatever the order
/// of the columns was.
fn record_sha256(kind: &str, values: &Map<String, Value>) -> String {
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

fn file_sha256(path: &Path) -> io::Result<String> {
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
    let ending = match source.extension().and_then(|ending| ending.to_str()) {
        Some("json" | "jsonl" | "ndjson") => "jsonl",
        _ => "csv",
    };
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
