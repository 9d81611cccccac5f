//! Good rows of a file of letters become queued letters of their requests.

use serde_json::{Map, Value};

use super::cautions::Watch;
use super::{
    CheckedRecord, Distinct, Received, ReceptionError, Taking, WARNINGS_NAMED, Waiting, again,
    belonging, dates, look_alikes, warnings,
};
use crate::catalogue::Kind;
use crate::config::Requests;
use crate::domain::{FieldProblem, LetterId, StaffName, State};
use crate::intake::{BadRow, Record, Row};
use crate::office::Desk;
use crate::render::Naming;
use crate::restricted::{self, Notes, RestrictedError};
use crate::store::{Intake, Known, NewLetter, Queued, Registered, StoredNote};

/// Rows become letters.
pub(super) struct Letters<'a> {
    pub(super) desk: &'a Desk,
    pub(super) actor: &'a StaffName,
    /// Whether a letter's request must be registered.
    pub(super) requests: Requests,
    pub(super) watch: Watch,
    pub(super) distinct: &'a Distinct,
    pub(super) waiting: Waiting,
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
        let mut cautions = Vec::new();
        let mut standing = again::Standing::default();
        let mut same = None;
        let checked = match &row {
            Row::Good(record) => Some(CheckedRecord::of(self.desk, record)),
            Row::Bad(_) => None,
        };
        if let Some((code, values)) = row.read() {
            kind = self.desk.catalogue.get(code);
            if let Some(number) = values.get("receipt_number").and_then(Value::as_str) {
                registered = intake.registered(number).await?;
            }
            let known = match (&checked, kind) {
                (Some(checked), Some(_)) => {
                    let CheckedRecord {
                        kind,
                        sha256,
                        likeness,
                        ..
                    } = checked;
                    Some(intake.known(kind, sha256, likeness).await?)
                }
                _ => None,
            };
            if let (Some(kind), Some(checked), Some(Known::Like(earlier))) =
                (kind, &checked, &known)
            {
                standing = again::standing(kind, checked, earlier, self.waiting);
            }
            same = match known {
                Some(Known::Same(queued)) => Some(queued),
                Some(Known::Like(_)) | None => None,
            };
            // A record that is a letter already adds nothing, whatever was
            // registered since.
            if let (Some(kind), None) = (kind, same) {
                let held = Held {
                    kind,
                    values,
                    registered: registered.as_ref(),
                    twin: standing.twin,
                };
                (found, cautions) = self.problems_of(intake, held, received).await?;
                found.extend(standing.refused.take());
                found.extend(super::unnumbered(self.desk, kind));
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
                    standing,
                    cautions,
                };
                match same {
                    None => self.queue(intake, letter, received).await,
                    Some(same) => Ok(recognise(letter, same, received)),
                }
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

/// A row and what it is held against.
#[derive(Clone, Copy)]
struct Held<'a> {
    kind: &'a Kind,
    values: &'a Map<String, Value>,
    registered: Option<&'a Registered>,
    /// The letter that is there already.
    twin: Option<LetterId>,
}

impl Letters<'_> {
    /// What the store has against a row, and what staff are cautioned of.
    async fn problems_of(
        &self,
        intake: &mut Intake,
        held: Held<'_>,
        received: &mut Received,
    ) -> Result<(Vec<FieldProblem>, Vec<FieldProblem>), ReceptionError> {
        let Held {
            kind,
            values,
            registered,
            twin,
        } = held;
        let alike =
            look_alikes::of_record(intake, values, registered.is_some(), self.distinct).await?;
        received.alike += u64::from(!alike.is_empty());
        let mut found = self.against_request(kind, values, registered, twin);
        // What a look-alike is called says more than that it is unknown.
        found.retain(|problem| alike.iter().all(|told| told.field != problem.field));
        let outcome = values.get("outcome").and_then(Value::as_str);
        let reveals = self
            .desk
            .catalogue
            .reveals(&kind.code, outcome.unwrap_or_default());
        let mut weighed = self
            .watch
            .weigh(intake, values, registered, reveals)
            .await?;
        // The request itself says it better.
        let told = |problem: &FieldProblem| problem.field.as_deref() == Some("outcome");
        if !found.iter().any(told) {
            found.extend(weighed.problem.take());
        }
        found.extend(alike);
        Ok((found, weighed.cautions))
    }

    fn against_request(
        &self,
        kind: &Kind,
        values: &Map<String, Value>,
        registered: Option<&Registered>,
        twin: Option<LetterId>,
    ) -> Vec<FieldProblem> {
        match registered {
            Some(registered) => belonging::contradictions(kind, values, registered, twin),
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
    standing: again::Standing,
    cautions: Vec<FieldProblem>,
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
            standing,
            cautions,
        } = letter;
        let text = Value::Object(checked.values.clone()).to_string();
        let id = intake
            .add_new(&NewLetter {
                row: checked.row,
                kind: &checked.kind,
                outcome: &checked.outcome,
                series: &kind.series,
                delivery: checked.delivery,
                record: &text,
                record_sha256: &checked.sha256,
                request: registered.map(|registered| &registered.row),
                decides: kind.decides,
                likeness: checked.likeness,
                dated_from: dates::dated_from(kind, &checked.values),
            })
            .await?;
        if let Some(stored) = self.stored_note(id, &checked)? {
            intake.add_note(id, &stored).await?;
        }
        if let Some(earlier) = standing.replaces {
            intake
                .replace(earlier, id, self.actor)
                .await
                .map_err(ReceptionError::Replacing)?;
            received.note_place(earlier, id, checked.may_restrict);
        }
        received.count_new(id.to_string());
        received.note(checked.row, &checked.values, kind, self.desk);
        if checked.values.contains_key("receipt_number") && registered.is_none() {
            received.unregistered += 1;
        }
        for caution in cautions {
            received.cautions.add(record.placed(kind, &caution));
        }
        let mut found = warnings::of_letter(self.desk, &checked.values, registered);
        let today = self.desk.clock.today();
        found.extend(dates::passed(kind, &checked.values, today));
        found.extend(look_alikes::warning(intake, &checked.values).await?);
        found.extend(standing.warnings);
        for warning in found {
            received.warn(record.placed(kind, &warning));
        }
        Ok(None)
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

/// A record that is a letter already, or another row of its own file.
fn recognise(letter: Letter<'_>, same: Queued, received: &mut Received) -> Option<BadRow> {
    match same {
        // What was looked up is no new letter.
        Queued::New(_) => None,
        Queued::Before { letter: id, state } => {
            received.before += 1;
            if !letter.checked.note.is_empty() {
                received.notes_left_out.push(id);
            }
            if state == State::Cancelled {
                received.before_cancelled += 1;
            }
            None
        }
        Queued::SameFile { row } => {
            let problem = letter.record.whole_problem(
                &format!("{row}行目と同じ内容です。"),
                "重なった行を消してください。別の書簡なら、記録番号を書き分けてください。",
            );
            Some(letter.record.refuse(vec![problem]))
        }
    }
}

impl Received {
    fn note_place(&mut self, earlier: LetterId, new: LetterId, may_restrict: bool) {
        self.in_place_count += 1;
        self.in_place_may_restrict |= may_restrict;
        if self.in_place_of.len() < WARNINGS_NAMED {
            self.in_place_of.push((earlier, new));
        }
    }

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
