//! Registers the good rows of a file of requests.

use serde_json::{Map, Value};

use super::cautions::Watch;
use super::reading::Read;
use super::taking::Taking;
use super::{Distinct, Received, ReceptionError, doubts, look_alikes};
use crate::catalogue::{Form, REQUEST_KIND};
use crate::domain::{FieldProblem, MEMBER_KEYS, PersonFacts, Request, identity_key};
use crate::intake::{BadRow, Record};
use crate::office::Premises;
use crate::record::{self, record_sha256};
use crate::store::{Added, Intake, NewRequest, NumberHolder};
use crate::wording;

/// Turns rows into requests.
pub(super) struct RequestRows<'a> {
    pub(super) desk: &'a Premises,
    pub(super) watch: Watch,
    pub(super) distinct: &'a Distinct,
}

impl Taking for RequestRows<'_> {
    type Read = Request;

    const BESIDE: bool = false;

    async fn take(
        &self,
        intake: &mut Intake,
        read: Read<Request>,
        received: &mut Received,
    ) -> Result<Option<BadRow>, ReceptionError> {
        let mut found = Vec::new();
        let mut flagged = None;
        let read_values = match &read {
            Read::Good(row, _) => Some((row.kind.as_str(), &row.values)),
            Read::Bad(bad) => bad.read(),
        };
        if let Some((code, values)) = read_values
            && let Some(number) = values.get("receipt_number").and_then(Value::as_str)
        {
            let sha256 = record_sha256(code, values);
            let known = intake.receipt_number(number, Some(&sha256)).await?;
            found.extend(known.holder.map(number_taken));
            if !known.is_known {
                found.extend(birth_missing(&self.desk.requests, values));
                let asked = Request::registered(values);
                found.extend(asked.facts.without_power_when_asked(asked.request_date));
                let alike =
                    look_alikes::of_record(intake, values, known.look_alike, self.distinct).await?;
                received.alike += u64::from(!alike.problems.is_empty());
                found.extend(alike.problems);
                flagged = alike.flagged;
            }
        }
        match read.with(&self.desk.requests, &found) {
            Read::Good(record, request) => {
                let new = New {
                    record,
                    request,
                    flagged,
                };
                self.register(intake, new, received).await
            }
            Read::Bad(bad) => Ok(Some(bad)),
        }
    }
}

/// A good row with what there is to say of its member's number.
struct New {
    record: Record,
    request: Request,
    flagged: Option<FieldProblem>,
}

/// A representative of a minor asks, and nobody wrote when the minor was born.
pub(super) fn birth_missing(form: &Form, values: &Map<String, Value>) -> Option<FieldProblem> {
    let needed =
        PersonFacts::read(values).lacks_birth() && form.field(PersonFacts::BIRTH).is_some();
    needed.then(wording::person_facts::birth_needed)
}

fn number_taken(holder: NumberHolder) -> FieldProblem {
    match holder {
        NumberHolder::SameFile { row } => wording::received::number_in_file(row),
        NumberHolder::Before { closed } => wording::received::number_taken(closed),
    }
}

impl RequestRows<'_> {
    async fn register(
        &self,
        intake: &mut Intake,
        new: New,
        received: &mut Received,
    ) -> Result<Option<BadRow>, ReceptionError> {
        let New {
            record,
            request,
            flagged,
        } = new;
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
                self.warn(intake, &record, &request, received).await?;
                if let Some(warning) = flagged {
                    received.warn(record.placed(&self.desk.requests, &warning));
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

    /// What staff are told of a request that is new.
    async fn warn(
        &self,
        intake: &mut Intake,
        record: &Record,
        request: &Request,
        received: &mut Received,
    ) -> Result<(), ReceptionError> {
        let form = &self.desk.requests;
        let flags = self.watch.flags_of(intake, &record.values).await?;
        let counterpart = record::of_counterpart(request);
        for caution in flags.into_iter().chain(counterpart) {
            received.cautions.add(record.placed(form, &caution));
        }
        let mut found = record::of_request(request);
        let today = self.desk.clock.today();
        let from = wording::dates::Measured::Today;
        found.extend(record::passed(form, &record.values, from, today));
        found.extend(record::doubtful_dates(form, &record.values, today));
        found.extend(doubts::of_place(self.desk, form, &record.values)?);
        for warning in found {
            received.warn(record.placed(form, &warning));
        }
        Ok(())
    }
}
