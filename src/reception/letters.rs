//! Good rows of a file of letters become queued letters of their requests.

use serde_json::{Map, Value};

use super::cautions::{Watch, Weighed};
use super::{
    CheckedRecord, Distinct, Received, ReceptionError, Taking, belonging, look_alikes, warnings,
};
use crate::catalogue::Kind;
use crate::config::Requests;
use crate::domain::{FieldProblem, LetterId, StaffName, State};
use crate::intake::{BadRow, Record, Row};
use crate::office::Desk;
use crate::render::Naming;
use crate::restricted::{self, Notes, RestrictedError};
use crate::store::{Intake, NewLetter, Queued, Registered, StoredNote};

/// Rows become letters.
pub(super) struct Letters<'a> {
    pub(super) desk: &'a Desk,
    pub(super) actor: &'a StaffName,
    /// Whether a letter's request must be registered.
    pub(super) requests: Requests,
    pub(super) watch: Watch,
    pub(super) distinct: &'a Distinct,
}

impl Taking for Letters<'_> {
    async fn take(
        &self,
        intake: &mut Intake,
        row: Row,
        received: &mut Received,
    ) -> Result<Option<BadRow>, ReceptionError> {
        let mut kind = None;
        let mut registered = None;
        let mut found = Vec::new();
        let mut weighed = Weighed::default();
        let checked = match &row {
            Row::Good(record) => Some(CheckedRecord::of(self.desk, record)),
            Row::Bad(_) => None,
        };
        if let Some((code, values)) = row.read() {
            kind = self.desk.catalogue.get(code);
            if let Some(number) = values.get("receipt_number").and_then(Value::as_str) {
                registered = intake.registered(number).await?;
            }
            let alike =
                look_alikes::of_record(intake, values, registered.is_some(), self.distinct).await?;
            if let Some(kind) = kind {
                found = self.against_request(kind, values, registered.as_ref());
                // What a look-alike is called says more than that it is unknown.
                found.retain(|problem| alike.iter().all(|told| told.field != problem.field));
                let outcome = values.get("outcome").and_then(Value::as_str);
                let reveals = self
                    .desk
                    .catalogue
                    .reveals(code, outcome.unwrap_or_default());
                weighed = self
                    .watch
                    .weigh(intake, values, registered.as_ref(), reveals)
                    .await?;
                // The request itself says it better.
                let told = |problem: &FieldProblem| problem.field.as_deref() == Some("outcome");
                if !found.iter().any(told) {
                    found.extend(weighed.problem.take());
                }
                found.extend(alike.iter().cloned());
            }
            // A record that is a letter already adds nothing, whatever was
            // registered since.
            if let (Some(checked), false) = (&checked, found.is_empty())
                && intake.knows_letter(&checked.sha256()).await?
            {
                found.clear();
            } else {
                received.alike += u64::from(!alike.is_empty());
            }
        }
        let row = match kind {
            Some(kind) => row.with(kind, &found),
            None => row,
        };
        match (row, checked, kind) {
            (Row::Good(record), Some(checked), Some(kind)) => {
                let letter = Letter {
                    kind,
                    record,
                    checked,
                    registered: registered.as_ref(),
                    warnings: weighed.warnings,
                };
                self.queue(intake, letter, received).await
            }
            (Row::Good(record), _, _) => {
                let problem = record.whole_problem(
                    "この種別の書簡はありません。",
                    "yobin kinds で種別を確かめてください。",
                );
                Ok(Some(record.refuse(vec![problem])))
            }
            (Row::Bad(bad), _, _) => Ok(Some(bad)),
        }
    }

    fn may_hold_note(&self, row: &Row) -> bool {
        let restricts = |kind: &Kind| kind.fields.iter().any(|field| field.restricted);
        match row {
            // Who knows of what kind it would have been.
            Row::Bad(_) => true,
            Row::Good(record) => self.desk.catalogue.get(&record.kind).is_some_and(restricts),
        }
    }
}

impl Letters<'_> {
    fn against_request(
        &self,
        kind: &Kind,
        values: &Map<String, Value>,
        registered: Option<&Registered>,
    ) -> Vec<FieldProblem> {
        match registered {
            Some(registered) => belonging::contradictions(kind, values, registered),
            None if !values.contains_key("receipt_number") => Vec::new(),
            None => match self.requests {
                Requests::Optional => Vec::new(),
                Requests::Required => vec![FieldProblem::of(
                    "receipt_number",
                    "この受付番号の請求は登録されていません。",
                    "受付番号を確かめるか、書簡より先に yobin request add で請求を登録してください。",
                )],
            },
        }
    }
}

/// A good row with what it is held against.
struct Letter<'a> {
    kind: &'a Kind,
    record: Record,
    checked: CheckedRecord,
    registered: Option<&'a Registered>,
    warnings: Vec<FieldProblem>,
}

impl Letters<'_> {
    async fn queue(
        &self,
        intake: &mut Intake,
        letter: Letter<'_>,
        received: &mut Received,
    ) -> Result<Option<BadRow>, ReceptionError> {
        let Letter {
            kind,
            record,
            checked,
            registered,
            warnings: cautions,
        } = letter;
        let text = Value::Object(checked.values.clone()).to_string();
        let queued = intake
            .add(&NewLetter {
                row: checked.row,
                kind: &checked.kind,
                outcome: &checked.outcome,
                series: &kind.series,
                delivery: checked.delivery,
                record: &text,
                record_sha256: &checked.sha256(),
                request: registered.map(|registered| &registered.row),
                decides: kind.decides,
            })
            .await?;
        match queued {
            Queued::New(id) => {
                if let Some(stored) = self.stored_note(id, &checked)? {
                    intake.add_note(id, &stored).await?;
                }
                received.count_new(id.to_string());
                received.note(checked.row, &checked.values, kind, self.desk);
                if checked.values.contains_key("receipt_number") && registered.is_none() {
                    received.unregistered += 1;
                }
                let mut found = warnings::of_letter(self.desk, &checked.values, registered);
                found.extend(look_alikes::warning(intake, &checked.values).await?);
                for warning in cautions.into_iter().chain(found) {
                    received.warn(record.placed(kind, &warning));
                }
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

    /// The encrypted note of a new letter: with or without anything in it for
    /// every letter that may have one, so that there is nothing to tell them apart.
    fn stored_note(
        &self,
        id: LetterId,
        checked: &CheckedRecord,
    ) -> Result<Option<StoredNote>, RestrictedError> {
        let recipient = self
            .desk
            .recipient
            .as_ref()
            .filter(|_| checked.may_restrict);
        let Some(recipient) = recipient else {
            return Ok(None);
        };
        let at = self.desk.clock.stamp();
        let notes = Notes::at_intake(id, &checked.note, self.actor.as_str(), &at);
        let encrypted = restricted::encrypt(recipient, id, &notes)?;
        Ok(Some(StoredNote {
            encrypted: encrypted.bytes,
            used: encrypted.used,
        }))
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
