//! Letters that answer registered requests, filled in from the register as
//! far as it goes: queued at once, or as a sheet for the rest.

use std::io;
use std::path::Path;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::acts::reception::{self, Distinct, Mode, Received, ReceptionError, Waiting};
use crate::catalogue::{Choice, Field, FieldShape, Kind, Outcome, Role};
use crate::domain::{By, RequestRefusal, Right, is_same_name};
use crate::files::Fleeting;
pub use crate::intake::RowProblem;
use crate::intake::grid::{Grid, GridCell, GridColumn};
use crate::intake::sheet::SheetError;
use crate::office::Office;
use crate::record::{self, Announced, Prefilled, Tells};
use crate::store::{LetterRow, Part, Refused, StoreError};
use crate::views::{Request, RequestViewError};
use crate::wording::{StaffMessage as _, drafts as words, request_refusal};

/// The heading of the column by which a sheet knows its kind.
const KIND: &str = "種別";

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The requests that are answered, by their receipt numbers.
    pub receipts: &'a [String],
    /// The kind of letter, by code or Japanese name.
    pub kind: &'a str,
    /// The outcome, by code or label.
    pub outcome: Option<&'a str>,
    /// Further cells: title or name of a field, and what it says.
    pub set: &'a [(String, String)],
}

/// A cell of a draft.
#[derive(Debug, Clone)]
pub struct DraftCell<'a> {
    /// Its field.
    pub field: &'a Field,
    /// What it says, as in a sheet; empty where it is not known.
    pub text: String,
    /// Whether it must say something and does not.
    pub is_missing: bool,
}

/// A letter that answers one request.
#[derive(Debug, Clone)]
pub struct DraftRow<'a> {
    /// The receipt number, as registered.
    pub receipt_number: String,
    /// Its cells, in the order of the sheet.
    pub cells: Vec<DraftCell<'a>>,
    /// How many the register filled in.
    pub from_register: usize,
    /// Why some stay open that the register says something of, for staff.
    pub hints: Vec<String>,
}

/// Letters of one kind, each for a request.
#[derive(Debug)]
pub struct Drafts<'a> {
    /// The kind.
    pub kind: &'a Kind,
    /// The letters.
    pub rows: Vec<DraftRow<'a>>,
}

/// Why there is no draft, for staff.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// There is no such kind.
    #[error("{}", words::no_kind(name, near))]
    NoKind {
        /// What was asked for.
        name: String,
        /// Kinds with a name like it.
        near: Vec<String>,
    },
    /// The kind has no such outcome.
    #[error("{}", words::no_outcome(kind, name, known))]
    NoOutcome {
        /// The kind's name.
        kind: String,
        /// What was asked for.
        name: String,
        /// The labels there are.
        known: Vec<String>,
    },
    /// The kind has no such field.
    #[error("{}", words::no_field(kind, name, near))]
    NoField {
        /// The kind's name.
        kind: String,
        /// What was asked for.
        name: String,
        /// Fields with a title like it.
        near: Vec<String>,
    },
    /// A field nobody but the person in charge may read.
    #[error("{}", words::not_on_command_line(.0))]
    Restricted(String),
    /// A field is said more than once.
    #[error("{}", words::said_twice(.0))]
    SaidTwice(String),
    /// A letter of the request cannot be read.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// The request is not there.
    #[error(transparent)]
    Request(#[from] RequestViewError),
    /// The request is closed.
    #[error("{}", request_refusal::words(.0))]
    Closed(Refused<RequestRefusal>),
}

/// Fills letters in from the register, one a request.
///
/// # Errors
/// [`DraftError`].
pub async fn draft<'a>(office: &'a Office, asked: &Asked<'_>) -> Result<Drafts<'a>, DraftError> {
    let kind = kind_of(office, asked.kind)?;
    let outcome = outcome_of(kind, asked.outcome)?;
    let set = fields_of(kind, asked.set)?;
    let mut rows: Vec<DraftRow<'a>> = Vec::new();
    let mut drafted = Vec::new();
    for receipt in asked.receipts {
        let request = Request::of(office, receipt).await?;
        if let Some(reason) = request.row.close_reason {
            let number = request.row.receipt_number;
            let closed = RequestRefusal::Closed { number, reason };
            return Err(DraftError::Closed(Refused::one(closed)));
        }
        // Said twice, it is still one letter.
        if drafted.contains(&request.row.id) {
            continue;
        }
        drafted.push(request.row.id);
        let tells = Tells {
            record: &request.record,
            rights: &request.rights,
            announced: announced(office, &request).await?,
            target_date: request.row.target_date,
            fees: &office.desk.society.fees,
            today: office.desk.clock.today(),
        };
        let known = record::prefilled(kind, outcome, &tells);
        rows.push(row(kind, outcome, request.row.receipt_number, known, &set));
    }
    Ok(Drafts { kind, rows })
}

fn kind_of<'a>(office: &'a Office, name: &str) -> Result<&'a Kind, DraftError> {
    let catalogue = &office.desk.catalogue;
    let named = |kind: &&Kind| kind.code == name || is_same_name(&kind.name, name);
    catalogue.iter().find(named).ok_or_else(|| {
        let like = catalogue
            .iter()
            .filter(|kind| kind.name.contains(name.trim()));
        DraftError::NoKind {
            name: name.to_owned(),
            near: like.map(|kind| kind.name.clone()).collect(),
        }
    })
}

/// The outcome that is asked for; the only one of a kind that has no other.
fn outcome_of<'a>(kind: &'a Kind, name: Option<&str>) -> Result<Option<&'a Outcome>, DraftError> {
    let Some(name) = name else {
        return Ok(match kind.outcomes.as_slice() {
            [only] => Some(only),
            _ => None,
        });
    };
    let named = |outcome: &&Outcome| outcome.code == name || is_same_name(&outcome.label, name);
    let found = kind.outcomes.iter().find(named);
    found.map(Some).ok_or_else(|| DraftError::NoOutcome {
        kind: kind.name.clone(),
        name: name.to_owned(),
        known: kind.outcomes.iter().map(|o| o.label.clone()).collect(),
    })
}

fn fields_of<'a>(
    kind: &'a Kind,
    set: &'a [(String, String)],
) -> Result<Vec<(&'a Field, &'a str)>, DraftError> {
    let found = |(name, text): &'a (String, String)| {
        let named = |field: &&Field| field.name == *name || is_same_name(&field.title, name);
        let Some(field) = kind.fields.iter().find(named) else {
            let like = kind.fields.iter().filter(|field| {
                field.title.contains(name.as_str()) || name.contains(field.title.as_str())
            });
            return Err(DraftError::NoField {
                kind: kind.name.clone(),
                name: name.clone(),
                near: like.map(|field| field.title.clone()).collect(),
            });
        };
        match field.restricted {
            true => Err(DraftError::Restricted(field.title.clone())),
            false => Ok((field, text.as_str())),
        }
    };
    let found: Vec<(&Field, &str)> = set.iter().map(found).collect::<Result<_, _>>()?;
    for (place, (field, _)) in found.iter().enumerate() {
        if found[..place]
            .iter()
            .any(|(before, _)| before.name == field.name)
        {
            return Err(DraftError::SaidTwice(field.title.clone()));
        }
    }
    Ok(found)
}

fn row<'a>(
    kind: &'a Kind,
    outcome: Option<&Outcome>,
    receipt_number: String,
    known: Prefilled,
    set: &[(&Field, &str)],
) -> DraftRow<'a> {
    let mut from_register = 0;
    let cell = |field: &'a Field| {
        let said = set.iter().find(|(of, _)| of.name == field.name);
        let text = match (said, known.values.get(&field.name)) {
            (Some((_, text)), _) => (*text).to_owned(),
            (None, Some(value)) => {
                from_register += 1;
                record::cell(field, value)
            }
            (None, None) => String::new(),
        };
        DraftCell {
            is_missing: text.is_empty() && record::is_wanted(kind, outcome, field),
            field,
            text,
        }
    };
    // What is forbidden has no column, unless somebody says it all the same:
    // then the rule is told.
    let is_shown = |field: &&Field| {
        record::may_have(outcome, field) || set.iter().any(|(of, _)| of.name == field.name)
    };
    let cells: Vec<DraftCell<'a>> = kind.fields.iter().filter(is_shown).map(cell).collect();
    // What somebody says needs no hint any more.
    let is_open = |name: &str| {
        let mut cells = cells.iter();
        cells.any(|cell| cell.field.name == name && cell.text.is_empty())
    };
    let hints = known.hints.into_iter().filter(|hint| is_open(hint.field));
    DraftRow {
        receipt_number,
        hints: hints.map(|hint| hint.told).collect(),
        cells,
        from_register,
    }
}

/// By which day the letters of a request told that it would be answered.
async fn announced(office: &Office, request: &Request) -> Result<Announced, StoreError> {
    let mut waiting = None;
    let mut newest: Option<(&LetterRow, NaiveDate, Map<String, Value>)> = None;
    let mut conn = office.store.reads().await?;
    for letter in &request.letters {
        let kind = office.desk.catalogue.get(&letter.kind);
        let Some(field) = kind.and_then(record::answer_day) else {
            continue;
        };
        let text = conn.parts_of(letter.id, &[Part::Record]).await?.record;
        let record: Map<String, Value> = serde_json::from_str(&text).unwrap_or_default();
        let day = record.get(&field.name).and_then(Value::as_str);
        let Some(day) = day.and_then(|day| day.parse().ok()) else {
            continue;
        };
        if letter.at.may_leave() {
            waiting = Some(day);
        }
        let is_newer = newest.as_ref().is_none_or(|(before, ..)| {
            (before.issue_date, before.id) < (letter.issue_date, letter.id)
        });
        if letter.at.left_house() && is_newer {
            newest = Some((letter, day, record));
        }
    }
    let (day, record) = match (waiting, newest) {
        (Some(day), _) => return Ok(Announced::Waiting(day)),
        (None, None) => return Ok(Announced::Nothing),
        (None, Some((_, day, record))) => (day, record),
    };
    let named = record.get("rights").and_then(Value::as_array);
    // Letters to the bereaved call what they ask for a disclosure.
    let is_named = |right: Right| {
        let said = |code: &Value| match code.as_str().and_then(Right::from_code) {
            Some(Right::Disclosure) => {
                matches!(right, Right::Disclosure | Right::BereavedDisclosure)
            }
            said => said == Some(right),
        };
        named.is_none_or(|named| named.iter().any(said))
    };
    let mut open = request
        .rights
        .iter()
        .filter(|asked| asked.answer().is_none());
    Ok(match open.all(|asked| is_named(asked.right)) {
        true => Announced::Day(day),
        false => Announced::InPart,
    })
}

impl Drafts<'_> {
    /// Titles of what still has to be said, each once.
    pub fn missing(&self) -> Vec<&str> {
        let mut titles: Vec<&str> = Vec::new();
        let cells = self.rows.iter().flat_map(|row| &row.cells);
        for cell in cells.filter(|cell| cell.is_missing) {
            if !titles.contains(&cell.field.title.as_str()) {
                titles.push(&cell.field.title);
            }
        }
        titles
    }

    fn grid(&self) -> Grid {
        let kind = GridColumn {
            title: KIND.to_owned(),
            width: 24.0,
            choices: Vec::new(),
        };
        let fields = self.rows.first().map(|row| row.cells.as_slice());
        let fields = fields.unwrap_or_default().iter().map(|cell| cell.field);
        let columns = std::iter::once(kind).chain(fields.map(column)).collect();
        let rows = self.rows.iter().map(|row| {
            let kind = GridCell {
                text: self.kind.name.clone(),
                is_wanted: false,
            };
            let cells = row.cells.iter().map(|cell| GridCell {
                text: cell.text.clone(),
                is_wanted: cell.is_missing,
            });
            std::iter::once(kind).chain(cells).collect()
        });
        Grid {
            name: "入力".to_owned(),
            columns,
            rows: rows.collect(),
        }
    }

    /// Writes them as a workbook that is queued when the rest is filled in.
    ///
    /// # Errors
    /// [`SheetError`].
    pub fn write(&self, path: &Path) -> Result<(), SheetError> {
        self.grid().write(path)
    }

    /// Queues them, all or none, as a file of records is. A problem is told
    /// with the receipt number of its letter.
    ///
    /// # Errors
    /// [`ReceptionError`]; then nothing was queued.
    pub async fn queue(
        &self,
        office: &Office,
        by: &By,
        distinct: &Distinct,
        say: &mut dyn FnMut(&str, &RowProblem),
    ) -> Result<Received, ReceptionError> {
        let unset = |error: io::Error| ReceptionError::Aside(error);
        let csv = self.grid().plain_csv().map_err(unset)?;
        let file = Fleeting::of(office.out(), &csv).map_err(unset)?;
        reception::receive(
            office,
            by,
            file.path(),
            Some(&self.kind.code),
            (Mode::AllOrNothing, Waiting::Kept),
            distinct,
            &mut |problem| say(self.receipt_at(problem.row), problem),
        )
        .await
    }

    /// The receipt number of the letter in this row; the first is below the
    /// headings.
    pub fn receipt_at(&self, row: u64) -> &str {
        let place = usize::try_from(row).unwrap_or_default().saturating_sub(2);
        let row = self.rows.get(place);
        row.map_or("", |row| row.receipt_number.as_str())
    }
}

fn column(field: &Field) -> GridColumn {
    let list = matches!(field.shape, FieldShape::List(_));
    let is_long = list || matches!(field.role, Some(Role::Address | Role::Multiline));
    let labels = |choices: &[Choice]| choices.iter().map(|choice| choice.label.clone()).collect();
    GridColumn {
        title: field.title.clone(),
        width: if is_long { 40.0 } else { 18.0 },
        choices: match &field.shape {
            FieldShape::Choice(choices) => labels(choices),
            _ => Vec::new(),
        },
    }
}
