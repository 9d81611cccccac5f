//! Good rows of a file of requests become registered requests.

use serde_json::{Map, Value};

use super::cautions::Watch;
use super::checks::add_dates;
use super::{
    Distinct, Received, ReceptionError, Taking, dates, look_alikes, record_sha256, warnings,
};
use crate::catalogue::{Kind, REQUEST_KIND};
use crate::domain::{FieldProblem, MEMBER_KEYS, Request, identity_key};
use crate::intake::{BadRow, Record, Row};
use crate::office::Desk;
use crate::store::{Added, Intake, NewRequest, NumberHolder};
use crate::wording;

/// Rows become requests.
pub(super) struct Requests<'a> {
    pub(super) desk: &'a Desk,
    pub(super) watch: Watch,
    pub(super) distinct: &'a Distinct,
}

/// What is wrong with a request by itself.
pub(super) fn problems(desk: &Desk, form: &Kind, values: &Map<String, Value>) -> Vec<FieldProblem> {
    let today = desk.clock.today();
    let mut problems = Request::read(values, today).1;
    add_dates(&mut problems, dates::problems(form, values, today));
    problems
}

impl Taking for Requests<'_> {
    async fn take(
        &self,
        intake: &mut Intake,
        row: Row,
        received: &mut Received,
    ) -> Result<Option<BadRow>, ReceptionError> {
        let mut found = Vec::new();
        if let Some((code, values)) = row.read()
            && let Some(number) = values.get("receipt_number").and_then(Value::as_str)
        {
            let sha256 = record_sha256(code, values);
            let holder = intake.holder_of_number(number, &sha256).await?;
            let is_registered = holder.is_some();
            found.extend(holder.map(number_taken));
            if !intake.knows_request(&sha256).await? {
                let alike =
                    look_alikes::of_record(intake, values, is_registered, self.distinct).await?;
                received.alike += u64::from(!alike.is_empty());
                found.extend(alike);
            }
        }
        let row = match self.desk.requests.only() {
            Some(form) => row.with(form, &found),
            None => row,
        };
        match row {
            Row::Bad(bad) => Ok(Some(bad)),
            Row::Good(record) => self.register(intake, record, received).await,
        }
    }

    /// A request has no restricted fields.
    fn may_hold_note(&self, _: &Row) -> bool {
        false
    }
}

fn number_taken(holder: NumberHolder) -> FieldProblem {
    match holder {
        NumberHolder::SameFile { row } => wording::received::number_taken(Some(row)),
        NumberHolder::Before => wording::received::number_taken(None),
    }
}

impl Requests<'_> {
    async fn register(
        &self,
        intake: &mut Intake,
        record: Record,
        received: &mut Received,
    ) -> Result<Option<BadRow>, ReceptionError> {
        let request = Request::registered(&record.values);
        let target_date = request.target_date.or_else(|| {
            let aims = self.desk.society.requests;
            request.arrival_date.map(|day| aims.target_for(day))
        });
        let text = Value::Object(record.values.clone()).to_string();
        let added = intake
            .add_request(&NewRequest {
                row: record.row,
                request: &request,
                target_date,
                record: &text,
                record_sha256: &record_sha256(REQUEST_KIND, &record.values),
            })
            .await?;
        match added {
            Added::New => {
                received.count_new(request.receipt_number.clone());
                let text = |field: &&str| record.values.get(*field).and_then(Value::as_str);
                let named = MEMBER_KEYS.iter().filter_map(text);
                received.members.extend(named.map(identity_key));
                if let Some(form) = self.desk.requests.only() {
                    let today = self.desk.clock.today();
                    let flags = self.watch.flags_of(intake, &record.values).await?;
                    let counterpart = warnings::of_counterpart(&request);
                    for caution in flags.into_iter().chain(counterpart) {
                        received.cautions.add(record.placed(form, &caution));
                    }
                    let mut found = warnings::of_request(&request);
                    found.extend(look_alikes::warning(intake, &record.values).await?);
                    found.extend(dates::passed(form, &record.values, today));
                    for warning in found {
                        received.warn(record.placed(form, &warning));
                    }
                }
                Ok(None)
            }
            Added::Before { mistaken } => {
                received.before += 1;
                received.before_cancelled += u64::from(mistaken);
                Ok(None)
            }
            Added::SameFile { row } => {
                let problem = record.whole_problem(
                    &format!("{row}行目と同じ内容です。"),
                    "重なった行を消してください。",
                );
                Ok(Some(record.refuse(vec![problem])))
            }
        }
    }
}
