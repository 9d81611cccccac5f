//! A registered request is amended: what it says is changed, and everything
//! that was queued for it is held against what it says now.

use std::collections::BTreeSet;
use std::io;

use serde_json::{Map, Value};

use super::amend_error::{AmendError, AtOdds};
use super::cautions::Watch;
use super::concerned::{Concerned, concerned};
use super::look_alikes::{self, Distinct};
use super::reading::{self, Read};
use super::{Mode, ReceptionError};
use crate::catalogue::{Field, Form};
use crate::domain::{
    AmendReason, Amendment, AskedRight, By, FieldProblem, MEMBER_KEYS, Request, RequestFacts,
    RequestRefusal, State, identity_key, is_same_name,
};
use crate::files::Fleeting;
use crate::intake::grid::{Grid, GridCell, GridColumn};
use crate::intake::{Counting, RowProblem};
use crate::office::Office;
use crate::record::{self, record_sha256};
use crate::store::{
    AmendedRequest, For, Intake, LetterQuery, Part, Refused, RequestRow, StoreError, Which,
    WholeRequest,
};
use crate::wording::dates::Measured;

/// What keeps no other letter back than before, however it is amended.
const HARMLESS: [&str; 7] = [
    "desk",
    "note",
    "target_date",
    "identity_document_date",
    "request_date",
    "arrival_date",
    "rights",
];

/// What is to be amended.
#[derive(Debug, Clone, Copy)]
pub struct Amending<'a> {
    /// The receipt number.
    pub receipt: &'a str,
    /// Title or name of each field, and what it is to say, as in a sheet;
    /// nothing takes the value away.
    pub set: &'a [(String, String)],
    /// Why.
    pub reason: AmendReason,
    /// Numbers that are others than those they look like.
    pub distinct: &'a Distinct,
}

/// A field that was changed, as a sheet says it.
#[derive(Debug)]
pub struct ChangedField {
    /// Its title.
    pub title: String,
    /// What it said.
    pub before: String,
    /// What it says.
    pub after: String,
}

/// What was amended.
#[derive(Debug)]
pub struct Amended {
    /// The receipt number, as registered.
    pub receipt_number: String,
    /// What changed.
    pub changed: Vec<ChangedField>,
    /// What staff should know of it.
    pub remarks: Vec<RowProblem>,
    /// Letters that say other than it does now, and went out before.
    pub at_odds: Vec<AtOdds>,
    /// Letters in the house that are kept back now.
    pub concerned: Concerned,
}

/// Amends a request.
///
/// # Errors
/// [`AmendError`]; then nothing was changed.
pub async fn amend(
    office: &Office,
    by: &By,
    amending: &Amending<'_>,
) -> Result<Amended, AmendError> {
    let form = &office.desk.requests;
    let set = fields_of(form, amending.set)?;
    let mut reads = office.store.reads().await?;
    let found = reads.request(amending.receipt, For::People).await?;
    let was = found.meant_by(amending.receipt).map_err(Refused::one)?;
    drop(reads);
    let before = values_of(&was)?;
    let (values, request) = read(office, &before, &set)?;
    let changed = changed(form, &before, &values);
    if changed.is_empty() {
        return Err(AmendError::Unchanged);
    }
    may_change(&before, &values, &changed)?;

    let mut intake = Intake::begin(&office.store, by).await?;
    let found = intake.request(amending.receipt, For::People).await?;
    let now = found.meant_by(amending.receipt).map_err(Refused::one)?;
    if now.row.id != was.row.id || now.record != was.record {
        return Err(AmendError::Overtaken);
    }
    if let Some(reason) = now.row.close_reason {
        let number = now.row.receipt_number;
        return Err(Refused::one(RequestRefusal::Closed { number, reason }).into());
    }
    let remarks = weigh(office, &mut intake, &values, &request, amending.distinct).await?;
    let row = as_amended(office, &now.row, &changed, &request);
    let rights = rights_of(&request, &now.rights);
    let at_odds = at_odds(office, &mut intake, &now, (&row, &request, &rights)).await?;
    let amendment = Amendment {
        reason: amending.reason,
        before: record_sha256(&form.code, &before),
        after: record_sha256(&form.code, &values),
        fields: changed.iter().map(|field| field.name.clone()).collect(),
    };
    let renews_safeguards = changed
        .iter()
        .any(|field| !HARMLESS.contains(&field.name.as_str()));
    let text = Value::Object(values.clone()).to_string();
    let new = AmendedRequest {
        request: &request,
        target_date: row.target_date,
        record: &text,
        amendment: &amendment,
        renews_safeguards,
    };
    if !intake.amend_request(&now.row, &new).await? {
        return Err(AmendError::SameAsAnother);
    }
    let key = intake.file.key;
    intake.commit(None).await.map_err(ReceptionError::from)?;
    Ok(Amended {
        receipt_number: now.row.receipt_number,
        changed: changed
            .iter()
            .map(|field| shown(field, &before, &values))
            .collect(),
        remarks,
        at_odds,
        concerned: kept_back(office, &values, key).await?,
    })
}

fn values_of(request: &WholeRequest) -> Result<Map<String, Value>, StoreError> {
    serde_json::from_slice(&request.record)
        .map_err(|_| StoreError::Corrupt("record of a request".to_owned()))
}

fn fields_of<'a>(
    form: &'a Form,
    set: &'a [(String, String)],
) -> Result<Vec<(&'a Field, &'a str)>, AmendError> {
    let found = |(name, text): &'a (String, String)| {
        let named = |field: &&Field| field.name == *name || is_same_name(&field.title, name);
        let field = form.fields.iter().find(named);
        let field = field.ok_or_else(|| AmendError::NoField(name.clone()))?;
        Ok((field, text.as_str()))
    };
    set.iter().map(found).collect()
}

/// The record with what is set, read as a row of a sheet is.
fn read(
    office: &Office,
    before: &Map<String, Value>,
    set: &[(&Field, &str)],
) -> Result<(Map<String, Value>, Request), AmendError> {
    let form = &office.desk.requests;
    let column = |field: &Field| GridColumn {
        title: field.title.clone(),
        width: 0.0,
        choices: Vec::new(),
    };
    let cell = |field: &Field| {
        let said = set.iter().rev().find(|(of, _)| of.name == field.name);
        let known = || {
            before
                .get(&field.name)
                .map(|value| record::cell(field, value))
        };
        GridCell {
            text: match said {
                Some((_, text)) => (*text).to_owned(),
                None => known().unwrap_or_default(),
            },
            is_wanted: false,
        }
    };
    let grid = Grid {
        name: String::new(),
        columns: form.fields.iter().map(column).collect(),
        rows: vec![form.fields.iter().map(cell).collect()],
    };
    let unset = |error: io::Error| ReceptionError::Aside(error);
    let csv = grid.plain_csv().map_err(unset)?;
    let file = Fleeting::of(office.out(), &csv).map_err(unset)?;
    let file = reading::requests(office, file.path(), Mode::DryRun)?;
    match file.rows()?.0.next() {
        Some(Ok(Read::Good(row, request))) => Ok((row.values, request)),
        Some(Ok(Read::Bad(bad))) => Err(AmendError::Unfit(bad.problems)),
        Some(Err(error)) => Err(error.into()),
        None => Err(AmendError::Unchanged),
    }
}

/// The fields in which the two differ.
fn changed<'a>(
    form: &'a Form,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
) -> Vec<&'a Field> {
    let differs = |field: &&Field| before.get(&field.name) != after.get(&field.name);
    form.fields.iter().filter(differs).collect()
}

fn shown(field: &Field, before: &Map<String, Value>, after: &Map<String, Value>) -> ChangedField {
    let said = |values: &Map<String, Value>| {
        let value = values.get(&field.name);
        value
            .map(|value| record::cell(field, value))
            .unwrap_or_default()
    };
    ChangedField {
        title: field.title.clone(),
        before: said(before),
        after: said(after),
    }
}

fn may_change(
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    changed: &[&Field],
) -> Result<(), AmendError> {
    if changed.iter().any(|field| field.name == "receipt_number") {
        return Err(AmendError::Number);
    }
    let is_counterpart = |values: &Map<String, Value>| {
        values.get("protected_counterpart").and_then(Value::as_str) == Some("yes")
    };
    match is_counterpart(before) && !is_counterpart(after) {
        true => Err(AmendError::LiftsProtection),
        false => Ok(()),
    }
}

/// Refuses a member's number that looks like a known one, and says what staff
/// should know.
async fn weigh(
    office: &Office,
    intake: &mut Intake,
    values: &Map<String, Value>,
    request: &Request,
    distinct: &Distinct,
) -> Result<Vec<RowProblem>, AmendError> {
    let form = &office.desk.requests;
    let placed = |problem: FieldProblem| RowProblem {
        row: 0,
        counting: Counting::Entries,
        sheet: None,
        column: problem
            .field
            .and_then(|name| Some(form.field(&name)?.title.clone()))
            .unwrap_or_default(),
        problem: problem.problem,
        remedy: problem.remedy,
    };
    let alike = look_alikes::of_record(intake, values, None, distinct).await?;
    if !alike.problems.is_empty() {
        let problems = alike.problems.into_iter().map(placed).collect();
        return Err(AmendError::Unfit(problems));
    }
    let flags = Watch::default().flags_of(intake, values).await?;
    let counterpart = record::of_counterpart(request);
    let mut found: Vec<FieldProblem> = flags.into_iter().chain(counterpart).collect();
    found.extend(record::of_request(request));
    let today = office.desk.clock.today();
    found.extend(record::passed(form, values, Measured::Today, today));
    found.extend(record::doubtful_dates(form, values, today));
    let places = super::doubts::of_place(&office.desk, form, values);
    found.extend(places.map_err(ReceptionError::from)?);
    found.extend(alike.flagged);
    Ok(found.into_iter().map(placed).collect())
}

/// The row as it is after the change. A target nobody wrote follows the day of
/// arrival, as when the request was registered.
fn as_amended(
    office: &Office,
    row: &RequestRow,
    changed: &[&Field],
    request: &Request,
) -> RequestRow {
    let is_changed = |name: &str| changed.iter().any(|field| field.name == name);
    let mut row = row.clone();
    row.request_date = request.request_date.unwrap_or(row.request_date);
    row.arrival_date = request.arrival_date.unwrap_or(row.arrival_date);
    if is_changed("target_date") || (is_changed("arrival_date") && request.target_date.is_none()) {
        let aims = office.desk.society.requests;
        row.target_date = request
            .target_date
            .unwrap_or_else(|| aims.target_for(row.arrival_date));
    }
    row
}

/// What it asks for now, with the letters that decide it.
fn rights_of(request: &Request, before: &[AskedRight]) -> Vec<AskedRight> {
    let of = |right| {
        let known = before.iter().find(|asked| asked.right == right);
        AskedRight {
            right,
            letter: known.and_then(|asked| asked.letter),
            beside: known.and_then(|asked| asked.beside),
        }
    };
    request.rights.iter().copied().map(of).collect()
}

/// Letters of the request that contradict what it says now and did not before.
/// Those that may still go stand in the way; the others are told. That a
/// letter must not go to a counterpart stops it by itself, and never keeps a
/// measure from being registered.
async fn at_odds(
    office: &Office,
    intake: &mut Intake,
    was: &WholeRequest,
    (row, request, rights): (&RequestRow, &Request, &[AskedRight]),
) -> Result<Vec<AtOdds>, AmendError> {
    let old = Request::registered(&values_of(was)?);
    let before = facts(&was.row, &old, &was.rights);
    let after = facts(row, request, rights);
    let query = LetterQuery::of(Which::OfRequest(was.row.id));
    let law = &office.desk.law;
    let (mut in_the_way, mut told) = (Vec::new(), Vec::new());
    for letter in intake.letters(&query).await? {
        if letter.state == State::Cancelled {
            continue;
        }
        let Some(kind) = office.desk.catalogue.get(&letter.kind) else {
            continue;
        };
        let record = intake.parts_of(letter.id, &[Part::Record]).await?.record;
        let record: Map<String, Value> = serde_json::from_str(&record).unwrap_or_default();
        let known = record::differences(kind, &record, &before, law, Some(letter.id));
        let is_new = |problem: &FieldProblem| {
            let same =
                |old: &FieldProblem| old.field == problem.field && old.problem == problem.problem;
            !known.iter().any(same)
        };
        let mut problems = record::differences(kind, &record, &after, law, Some(letter.id));
        problems.retain(is_new);
        if problems.is_empty() {
            continue;
        }
        let only_protects = problems
            .iter()
            .all(|problem| problem.field.as_deref() == Some("outcome"));
        let odds = AtOdds {
            letter: letter.id,
            at: letter.at,
            problems,
        };
        match letter.at.may_leave() && !only_protects {
            true => in_the_way.push(odds),
            false => told.push(odds),
        }
    }
    match in_the_way.is_empty() {
        true => Ok(told),
        false => Err(AmendError::AtOdds(in_the_way)),
    }
}

fn facts<'a>(
    row: &'a RequestRow,
    request: &'a Request,
    rights: &'a [AskedRight],
) -> RequestFacts<'a> {
    RequestFacts {
        receipt_number: &row.receipt_number,
        request_date: row.request_date,
        arrival_date: row.arrival_date,
        close_reason: None,
        request,
        rights,
        twins: &[],
    }
}

/// The letters in the house that the request keeps back since it was taken in
/// with this file.
async fn kept_back(
    office: &Office,
    values: &Map<String, Value>,
    intake: i64,
) -> Result<Concerned, StoreError> {
    let text = |field: &&str| values.get(*field).and_then(Value::as_str);
    let members: BTreeSet<String> = MEMBER_KEYS
        .iter()
        .filter_map(text)
        .map(identity_key)
        .collect();
    let mut conn = office.store.reads().await?;
    let registered = conn.watched().await?.safeguards;
    drop(conn);
    concerned(office, &registered.of(&members, intake)).await
}

/// What the history of a request says of an amendment, in the words of staff.
pub fn amendment_told(form: &Form, note: &str) -> Option<String> {
    let amendment = Amendment::read(note)?;
    let titles = amendment.fields.iter().map(|name| {
        let field = form.field(name);
        field.map_or(name.as_str(), |field| field.title.as_str())
    });
    let titles: Vec<&str> = titles.collect();
    let reason = amendment.reason.label();
    Some(format!("登録の訂正({reason}：{})", titles.join("、")))
}
