//! The first half of taking a file in: it is read, and every row is checked by
//! itself. Nothing of the store is looked at, and nobody has to wait.
//!
//! The rows are set aside as they were read. The file itself is not read a
//! second time: it may be another one by then.

use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Mode, ReceptionError};
use crate::catalogue::{Form, Kind, REQUEST_KIND};
use crate::domain::{FieldProblem, Request};
use crate::hash::Sha256;
use crate::intake::{
    BadRow, FileProblem, Further, Reader, Record as GoodRow, Rejected, Row, RowProblem, SetAside,
    Shelf,
};
use crate::office::{Office, Premises};
use crate::record::{self, Checks, Record};
use crate::restricted::{Spill, Spilled};
use crate::wording;

/// Where the bad rows of a file go, if they go anywhere, and where that file is
/// to stand.
type BadRows = Option<(Rejected, PathBuf)>;

/// A file that was read, with what its good rows were read as.
pub(super) struct ReadFile<R> {
    pub(super) mode: Mode,
    /// SHA-256 of the file.
    pub(super) sha256: Sha256,
    /// Whether a row may hold a restricted note.
    pub(super) may_hold_notes: bool,
    /// Where bad rows go, and where that file is to stand.
    pub(super) rejected: BadRows,
    /// The headers of columns that are staff's own and not read.
    pub(super) left_out: Vec<String>,
    rows: Spill<Aside<R>>,
    shelf: Shelf,
}

/// A row and, if it is good, what it was read as.
pub enum Read<R> {
    /// It is good.
    Good(GoodRow, R),
    /// It is refused.
    Bad(BadRow),
}

impl<R> Read<R> {
    /// The row with what a further check found; refused if it found anything.
    pub(super) fn with(self, form: &Form, found: &[FieldProblem]) -> Self {
        match self {
            Read::Good(row, read) if found.is_empty() => Read::Good(row, read),
            Read::Good(row, _) => Read::Bad(row.refuse_with(form, found)),
            Read::Bad(bad) => Read::Bad(bad.with(form, found)),
        }
    }
}

/// A row, set aside, with what it was read as. That stands in a tuple, so that
/// nothing can be told from none.
#[derive(Serialize, Deserialize)]
struct Aside<R> {
    row: SetAside,
    read: Option<(R,)>,
}

impl<R: Serialize + DeserializeOwned> ReadFile<R> {
    /// The rows, and where bad ones go.
    pub(super) fn rows(self) -> Result<(Rows<R>, BadRows), ReceptionError> {
        let rows = Rows {
            rows: self.rows.read().map_err(ReceptionError::Aside)?,
            shelf: self.shelf,
        };
        Ok((rows, self.rejected))
    }
}

/// The rows of a file, one after the other.
pub struct Rows<R> {
    rows: Spilled<Aside<R>>,
    shelf: Shelf,
}

impl<R: DeserializeOwned> Iterator for Rows<R> {
    type Item = Result<Read<R>, ReceptionError>;

    fn next(&mut self) -> Option<Self::Item> {
        let aside = match self.rows.next()? {
            Ok(aside) => aside,
            Err(error) => return Some(Err(ReceptionError::Aside(error))),
        };
        Some(match (self.shelf.take(aside.row), aside.read) {
            (Some(Row::Good(row)), Some((read,))) => Ok(Read::Good(row, read)),
            (Some(Row::Bad(bad)), _) => Ok(Read::Bad(bad)),
            (Some(Row::Good(_)), None) | (None, _) => {
                let other = io::ErrorKind::InvalidData.into();
                Err(ReceptionError::Aside(other))
            }
        })
    }
}

/// Reads a file of letters.
pub(super) fn letters(
    office: &Office,
    path: &Path,
    kind: Option<&str>,
    mode: Mode,
) -> Result<ReadFile<Record>, ReceptionError> {
    let desk = &office.desk;
    let settle = |form: &Form, values: &mut Map<String, Value>| settle(desk, form, values);
    let reader = Reader::open(path, &desk.catalogue, kind, &desk.characters)?.with_settle(&settle);
    let restricts = |kind: &Kind| kind.fields.iter().any(|field| field.restricted);
    let may_hold_note = |row: &Row| match row {
        // A bad row's kind may be unknown; it could hold a note.
        Row::Bad(_) => true,
        Row::Good(record) => desk.catalogue.get(&record.kind).is_some_and(restricts),
    };
    let read = |row: Row| read_letter(desk, row);
    read_file(office, path, reader, mode, may_hold_note, read)
}

/// Reads a file of requests.
pub(super) fn requests(
    office: &Office,
    path: &Path,
    mode: Mode,
) -> Result<ReadFile<Request>, ReceptionError> {
    let desk = &office.desk;
    let form = &desk.requests;
    let reader = Reader::open(path, form, Some(REQUEST_KIND), &desk.characters)?;
    let today = desk.clock.today();
    let read = |values: &Map<String, Value>| {
        let (request, mut problems) = Request::read(values, today);
        let dates = record::impossible_dates(form, values, today);
        record::add_dates(&mut problems, dates);
        (request, problems)
    };
    let read = |row: Row| match row {
        Row::Good(row) => {
            let (request, problems) = read(&row.values);
            Read::Good(row, request).with(form, &problems)
        }
        Row::Bad(bad) => {
            let problems = bad.read().map(|(_, values)| read(values).1);
            Read::Bad(bad).with(form, &problems.unwrap_or_default())
        }
    };
    // A request has no restricted fields.
    read_file(office, path, reader, mode, |_| false, read)
}

/// Reads a file of a form whose rows are not read any further than `further`
/// checks them.
///
/// # Errors
/// [`ReceptionError`] when the file cannot be used.
pub fn read_form(
    office: &Office,
    path: &Path,
    form: &Form,
    further: &Further<'_>,
) -> Result<Rows<()>, ReceptionError> {
    let characters = &office.desk.characters;
    let reader = Reader::open(path, form, Some(&form.code), characters)?.with_further(further);
    let read = |row: Row| match row {
        Row::Good(row) => Read::Good(row, ()),
        Row::Bad(bad) => Read::Bad(bad),
    };
    if let Some(heading) = reader.left_out().first() {
        // Nobody would be told that it is not read.
        return Err(FileProblem::Format(format!(
            "見出し{heading}：決められていない項目です。この列を削除してください。"
        ))
        .into());
    }
    let file = read_file(office, path, reader, Mode::AllOrNothing, |_| false, read)?;
    Ok(file.rows()?.0)
}

fn read_file<R: Serialize + DeserializeOwned>(
    office: &Office,
    path: &Path,
    mut reader: Reader<'_>,
    mode: Mode,
    may_hold_note: impl Fn(&Row) -> bool,
    read: impl Fn(Row) -> Read<R>,
) -> Result<ReadFile<R>, ReceptionError> {
    let rejected = match mode {
        Mode::AcceptValid => Some(begin_rejected(path, &reader)?),
        Mode::AllOrNothing | Mode::DryRun => None,
    };
    let sha256 = reader.sha256();
    let mut rows = Spill::new(office.out()).map_err(ReceptionError::Aside)?;
    let mut shelf = Shelf::default();
    let mut may_hold_notes = false;
    for row in &mut reader {
        let (row, read) = match read(row) {
            Read::Good(row, read) => (Row::Good(row), Some((read,))),
            Read::Bad(bad) => (Row::Bad(bad), None),
        };
        may_hold_notes |= may_hold_note(&row);
        let row = shelf.put(row);
        rows.push(&Aside { row, read })
            .map_err(ReceptionError::Aside)?;
    }
    reader.check_unchanged()?;
    Ok(ReadFile {
        left_out: reader.left_out(),
        mode,
        sha256,
        may_hold_notes,
        rejected,
        rows,
        shelf,
    })
}

/// Puts the codes of grounds where a record of a letter has their citations.
fn settle(desk: &Premises, form: &Form, values: &mut Map<String, Value>) {
    if let Some(kind) = desk.catalogue.get(&form.code) {
        desk.law.put_codes(kind, values);
    }
}

/// Checks the record of a letter and, if it is good, reads it.
fn read_letter(desk: &Premises, row: Row) -> Read<Record> {
    let kind_of = |code: &str| desk.catalogue.get(code);
    match row {
        Row::Good(mut row) => {
            let Some(kind) = kind_of(&row.kind) else {
                return Read::Bad(unknown_kind(row));
            };
            let (envelope, problems) = checks(desk).read(kind, &row.values);
            if !problems.is_empty() {
                return Read::Bad(row.refuse_with(kind, &problems));
            }
            // From here on the fields stand in what was read of them.
            let values = std::mem::take(&mut row.values);
            Read::Good(row, Record::of(kind, values, envelope))
        }
        Row::Bad(bad) => {
            let read = bad.read().and_then(|(code, values)| {
                let kind = kind_of(code)?;
                Some((kind, checks(desk).read(kind, values).1))
            });
            match read {
                Some((kind, problems)) => Read::Bad(bad).with(kind, &problems),
                None => Read::Bad(bad),
            }
        }
    }
}

/// A row whose kind is not there any more.
pub(super) fn unknown_kind(row: GoodRow) -> BadRow {
    let (problem, remedy) = wording::received::NO_SUCH_KIND;
    let problem = row.whole_problem(problem, remedy);
    row.refuse(vec![problem])
}

/// Reads the one record of a JSON file, checking all that a queued one is
/// checked for by itself.
///
/// # Errors
/// When the file cannot be used or does not hold exactly one record; `Ok(Err)`
/// holds the problems of the record.
pub fn read_one(
    desk: &Premises,
    path: &Path,
    kind: Option<&str>,
) -> Result<Result<Record, Vec<RowProblem>>, ReceptionError> {
    let settle = |form: &Form, values: &mut Map<String, Value>| settle(desk, form, values);
    let mut reader =
        Reader::open(path, &desk.catalogue, kind, &desk.characters)?.with_settle(&settle);
    let first = reader.next();
    if reader.next().is_some() {
        let problem = "記録が2件以上あります。1件だけのファイルにしてください。".to_owned();
        return Err(FileProblem::Format(problem).into());
    }
    let none = || FileProblem::Empty("記録がありません。".to_owned());
    Ok(match read_letter(desk, first.ok_or_else(none)?) {
        Read::Good(_, record) => Ok(record),
        Read::Bad(bad) => Err(bad.problems),
    })
}

/// What records of letters are checked against on these premises.
fn checks(desk: &Premises) -> Checks<'_> {
    Checks {
        law: &desk.law,
        society: &desk.society,
        has_recipient: desk.recipient.is_some(),
        today: desk.clock.today(),
    }
}

/// What is wrong with a letter's record by itself, beyond its schema.
pub fn further_problems(
    desk: &Premises,
    kind: &Kind,
    values: &Map<String, Value>,
) -> Vec<FieldProblem> {
    checks(desk).read(kind, values).1
}

/// Dates of a record that cannot be, seen from today, for a form the program
/// reads by itself.
pub fn impossible_dates(
    desk: &Premises,
    form: &Form,
    values: &Map<String, Value>,
) -> Vec<FieldProblem> {
    record::impossible_dates(form, values, desk.clock.today())
}

/// A kind the society does not use.
pub fn switched_off(desk: &Premises, kind: &Kind) -> Option<FieldProblem> {
    record::switched_off(&desk.society, kind)
}

/// A kind whose document numbers the profile has no rule for.
pub fn unnumbered(desk: &Premises, kind: &Kind) -> Option<FieldProblem> {
    record::unnumbered(&desk.society, kind)
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
