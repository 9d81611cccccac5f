//! A registered request is amended: what it says is changed, and everything
//! that was queued for it is held against what it says now.

use std::collections::BTreeSet;
use std::io;

use serde_json::{Map, Value};

use super::amend_error::{AmendError, AtOdds};
use super::at_odds::{Held, at_odds, kept_back, letters_of, rights_of, unfit_of};
use super::cautions::Watch;
use super::concerned::Concerned;
use super::look_alikes::{self, Distinct};
use super::protects::{Protects, is_counterpart};
use super::reading::{self, Read};
use super::requests::birth_missing;
use super::{Mode, ReceptionError};
use crate::catalogue::{Field, Form};
use crate::domain::{
    AmendReason, Amendment, By, FieldProblem, Request, RequestRefusal, identity_key, is_same_name,
};
use crate::files::Fleeting;
use crate::intake::grid::{Grid, GridCell, GridColumn};
use crate::intake::{Counting, RowProblem};
use crate::office::Office;
use crate::record::{self, record_sha256};
use crate::store::{AmendedRequest, For, Intake, Refused, RequestRow, StoreError, WholeRequest};
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
    /// Whether who asked is a counterpart of protective measures once more.
    pub is_counterpart_again: bool,
    /// What staff should know of it.
    pub remarks: Vec<RowProblem>,
    /// Letters that say other than it does now, and went out before.
    pub at_odds: Vec<AtOdds>,
    /// Letters in the house that are kept back now.
    pub concerned: Concerned,
}

/// Amends a request. Where the amendment says once more that who asked is a
/// counterpart of protective measures, and they were none any more, they are
/// one again.
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
    let protects = Protects::of(&was, &set, (&before, &values), &changed);
    if changed.is_empty() && !protects.again {
        return Err(AmendError::Unchanged);
    }
    may_change(&before, &values, &changed, was.counterpart_ended)?;

    let mut intake = Intake::begin(&office.store, by).await?;
    let found = intake.request(amending.receipt, For::People).await?;
    let now = found.meant_by(amending.receipt).map_err(Refused::one)?;
    if now.row.id != was.row.id
        || now.record != was.record
        || now.counterpart_ended != was.counterpart_ended
    {
        return Err(AmendError::Overtaken);
    }
    if let Some(reason) = now.row.close_reason {
        let number = now.row.receipt_number;
        return Err(Refused::one(RequestRefusal::Closed { number, reason }).into());
    }
    let new = (&values, &request);
    let mut remarks = weigh(office, &mut intake, &before, new, amending.distinct).await?;
    let told = protects.remarks().into_iter();
    remarks.extend(told.map(|problem| placed(form, problem)));
    let letters = letters_of(&mut intake, &now).await?;
    let unfit = unfit_of(office, &mut intake, &letters).await?;
    let row = as_amended(office, &now.row, &changed, &request);
    let rights = rights_of(&request, &now.rights);
    let old = Request::registered(&before);
    let held = Held::of(now.row.clone(), old, now.rights, protects.before);
    let is = Held::of(row, request.clone(), rights, protects.after);
    let at_odds = at_odds(office, &mut intake, &letters, (&held, &is)).await?;
    if !changed.is_empty() {
        let amendment = Amendment {
            reason: amending.reason,
            before: record_sha256(&form.code, &before),
            after: record_sha256(&form.code, &values),
            fields: changed.iter().map(|field| field.name.clone()).collect(),
        };
        let text = Value::Object(values.clone()).to_string();
        let new = AmendedRequest {
            request: &request,
            target_date: is.row.target_date,
            record: &text,
            amendment: &amendment,
            renews_safeguards: !changed
                .iter()
                .all(|field| HARMLESS.contains(&field.name.as_str())),
            keeps_counterpart: protects.former.is_some(),
        };
        if !intake.amend_request(&now.row, &new).await? {
            return Err(AmendError::SameAsAnother);
        }
    }
    if protects.again {
        intake.counterpart_again(&now.row).await?;
    }
    let mut unfit_now = unfit_of(office, &mut intake, &letters).await?;
    unfit_now.retain(|letter| !unfit.contains(letter));
    let key = intake.file.key;
    intake.commit(None).await.map_err(ReceptionError::from)?;
    let shown = changed.iter().map(|field| shown(field, &before, &values));
    Ok(Amended {
        receipt_number: now.row.receipt_number,
        changed: shown.collect(),
        is_counterpart_again: protects.again,
        remarks,
        at_odds,
        concerned: kept_back(office, &values, key, &unfit_now).await?,
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
    let set: Vec<(&Field, &str)> = set.iter().map(found).collect::<Result<_, AmendError>>()?;
    let mut named = BTreeSet::new();
    match set.iter().find(|(field, _)| !named.insert(&field.name)) {
        Some((field, _)) => Err(AmendError::Twice(field.title.clone())),
        None => Ok(set),
    }
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
        Some(Ok(Read::Good(row, _))) => {
            let named = set.iter().map(|(field, _)| field.name.as_str());
            let values = with_unset(before, named, row.values);
            let request = Request::registered(&values);
            Ok((values, request))
        }
        Some(Ok(Read::Bad(bad))) => Err(AmendError::Unfit(bad.problems)),
        Some(Err(error)) => Err(error.into()),
        None => Err(AmendError::Unchanged),
    }
}

/// The record as it was, with what is set as it was read: nothing that nobody
/// set is written otherwise than it was registered. A receipt number that is
/// only written otherwise stays the number.
fn with_unset<'a>(
    before: &Map<String, Value>,
    set: impl Iterator<Item = &'a str>,
    mut read: Map<String, Value>,
) -> Map<String, Value> {
    let mut values = before.clone();
    for name in set {
        match read.remove(name) {
            Some(value) if name == "receipt_number" && is_same_number(before, &value) => {}
            Some(value) => drop(values.insert(name.to_owned(), value)),
            None => drop(values.remove(name)),
        }
    }
    values
}

fn is_same_number(before: &Map<String, Value>, read: &Value) -> bool {
    let known = before.get("receipt_number").and_then(Value::as_str);
    let key = |text: Option<&str>| text.map(identity_key);
    key(known) == key(read.as_str())
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
    has_ended: bool,
) -> Result<(), AmendError> {
    if changed.iter().any(|field| field.name == "receipt_number") {
        return Err(AmendError::Number);
    }
    match (is_counterpart(before) && !is_counterpart(after), has_ended) {
        (true, false) => Err(AmendError::LiftsProtection),
        (true, true) => Err(AmendError::CounterpartEnded),
        (false, _) => Ok(()),
    }
}

fn placed(form: &Form, problem: FieldProblem) -> RowProblem {
    RowProblem {
        row: 0,
        counting: Counting::Entries,
        sheet: None,
        column: problem
            .field
            .and_then(|name| Some(form.field(&name)?.title.clone()))
            .unwrap_or_default(),
        problem: problem.problem,
        remedy: problem.remedy,
    }
}

/// Refuses what registering would refuse, and says what staff should know. A
/// birthday that was missing before keeps nothing else from being amended.
async fn weigh(
    office: &Office,
    intake: &mut Intake,
    before: &Map<String, Value>,
    (values, request): (&Map<String, Value>, &Request),
    distinct: &Distinct,
) -> Result<Vec<RowProblem>, AmendError> {
    let form = &office.desk.requests;
    let mut alike = look_alikes::of_record(intake, values, None, distinct).await?;
    let birth = birth_missing(form, values);
    let known = birth_missing(form, before).is_some();
    let (told, refused) = birth.into_iter().partition::<Vec<_>, _>(|_| known);
    alike.problems.extend(refused);
    if !alike.problems.is_empty() {
        let problems = alike.problems.into_iter();
        let problems = problems.map(|problem| placed(form, problem)).collect();
        return Err(AmendError::Unfit(problems));
    }
    let flags = Watch::default().flags_of(intake, values).await?;
    let counterpart = record::of_counterpart(request);
    let mut found: Vec<FieldProblem> = flags.into_iter().chain(counterpart).collect();
    found.extend(told);
    // It may have come to light since the request was registered, and stops its
    // letters.
    found.extend(request.facts.without_power_when_asked(request.request_date));
    found.extend(record::of_request(request));
    let today = office.desk.clock.today();
    found.extend(record::passed(form, values, Measured::Today, today));
    found.extend(record::doubtful_dates(form, values, today));
    let places = super::doubts::of_place(&office.desk, form, values);
    found.extend(places.map_err(ReceptionError::from)?);
    found.extend(alike.flagged);
    let found = found.into_iter();
    Ok(found.map(|problem| placed(form, problem)).collect())
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn what_nobody_set_stays_as_it_was_written() {
        let before = map(json!({
            "receipt_number": "受第２６－１０１号", "desk": "本部", "note": "電話あり",
            "requester_postal_code": "３７９-2147",
        }));
        // A sheet is read in the forms of today.
        let read = map(json!({
            "receipt_number": "受第26-101号", "desk": "支部", "requester_postal_code": "379-2147",
        }));
        let set = ["desk", "note", "receipt_number"];
        let amended = with_unset(&before, set.into_iter(), read.clone());
        let expected = json!({
            "receipt_number": "受第２６－１０１号", "desk": "支部",
            "requester_postal_code": "３７９-2147",
        });
        assert_eq!(amended, map(expected));
        assert_eq!(with_unset(&before, [].into_iter(), read), before);
        let other = map(json!({"receipt_number": "受第26-102号"}));
        let amended = with_unset(&before, ["receipt_number"].into_iter(), other);
        assert_eq!(amended["receipt_number"], "受第26-102号");
    }
}
