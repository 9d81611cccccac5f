//! Good rows of a file of letters become queued letters of their requests.

use serde_json::{Map, Value};

use super::cautions::Watch;
use super::doubts;
use super::published_fee::PublishedFees;
use super::reading::{Read, unknown_kind};
use super::taking::Taking;
use super::{
    Distinct, Received, ReceptionError, WARNINGS_NAMED, Waiting, again, from_notice, look_alikes,
};
use crate::catalogue::Kind;
use crate::config::RequestPolicy;
use crate::domain::{Actor, CloseReason, FieldProblem, LetterId, Likeness, State, Whereabouts};
use crate::intake::{BadRow, Record as GoodRow};
use crate::office::{Office, Premises};
use crate::record::{self, Naming, Record};
use crate::restricted::{self, Notes, RestrictedError};
use crate::store::{For, Intake, Known, NewLetter, Part, Queued, Registered, Replaced, StoredNote};
use crate::wording;

/// Rows become letters.
pub(super) struct Letters<'a> {
    pub(super) office: &'a Office,
    pub(super) desk: &'a Premises,
    pub(super) who: &'a Actor,
    /// Whether a letter's request must be registered.
    pub(super) requests: RequestPolicy,
    pub(super) watch: Watch,
    pub(super) published: PublishedFees,
    pub(super) distinct: &'a Distinct,
    pub(super) waiting: Waiting,
}

impl Taking for Letters<'_> {
    type Read = Record;

    const BESIDE: bool = true;

    async fn take(
        &self,
        intake: &mut Intake,
        read: Read<Record>,
        received: &mut Received,
    ) -> Result<Option<BadRow>, ReceptionError> {
        let (found, record) = match &read {
            Read::Good(_, record) => (Some((record.kind.as_str(), &record.values)), Some(record)),
            Read::Bad(bad) => (bad.read(), None),
        };
        let found = found.and_then(|(code, values)| Some((self.desk.catalogue.get(code)?, values)));
        let Some((kind, values)) = found else {
            return Ok(Some(match read {
                Read::Good(row, _) => unknown_kind(row),
                Read::Bad(bad) => bad,
            }));
        };
        let registered = match values.get("receipt_number").and_then(Value::as_str) {
            Some(number) => intake
                .request_here(number, For::Letters)
                .await?
                .registered()?,
            None => None,
        };
        let (mut standing, same) = self.known(intake, kind, values, record).await?;
        let mut found = Vec::new();
        let mut cautions = Vec::new();
        let mut warnings = Vec::new();
        // A record that is a letter already adds nothing, whatever was
        // registered since.
        if same.is_none() {
            let held = Held {
                kind,
                values,
                registered: registered.as_ref(),
                twin: standing.twin,
                replaces: standing.replaces,
            };
            (found, cautions, warnings) = self.problems_of(intake, held, received).await?;
            found.extend(standing.refused.take());
            found.extend(standing.by_hand.take());
            found.extend(super::switched_off(self.desk, kind));
            found.extend(super::unnumbered(self.desk, kind));
        }
        let (row, record) = match read.with(kind, &found) {
            Read::Good(row, record) => (row, record),
            Read::Bad(bad) => return Ok(Some(bad)),
        };
        let letter = Letter {
            kind,
            row,
            record,
            registered: registered.as_ref(),
            standing,
            cautions,
            warnings,
        };
        match same {
            None => self.queue(intake, letter, received).await,
            Some(same) => {
                warn_of_closed(intake, &letter, same, received).await?;
                self.recognise(intake, letter, same, received).await
            }
        }
    }
}

/// What the store has against a row, what staff are cautioned of, and warned
/// of: a number that looks like others which have flags, an agency that soon
/// ends.
type Problems = (Vec<FieldProblem>, Vec<FieldProblem>, Vec<FieldProblem>);

/// A row and what it is held against.
#[derive(Clone, Copy)]
struct Held<'a> {
    kind: &'a Kind,
    values: &'a Map<String, Value>,
    registered: Option<&'a Registered>,
    /// The letter that is there already.
    twin: Option<LetterId>,
    /// The letter it takes the place of.
    replaces: Option<LetterId>,
}

impl Letters<'_> {
    /// How a row stands to the letters that are there, and which of them it is
    /// itself. A row with a fault of its own is looked at as well, so that all
    /// there is to say of it is said at once.
    async fn known(
        &self,
        intake: &mut Intake,
        kind: &Kind,
        values: &Map<String, Value>,
        record: Option<&Record>,
    ) -> Result<(again::Standing, Option<Queued>), ReceptionError> {
        let (sha256, likeness) = match record {
            Some(record) => (record.sha256.as_str(), record.likeness),
            // No record has this hash.
            None => ("", Likeness::of(&kind.code, values)),
        };
        Ok(match intake.known(&kind.code, sha256, &likeness).await? {
            Known::Same(queued) => (again::Standing::default(), Some(queued)),
            Known::Like(earlier) => {
                let is_in_file =
                    |message_id: &str, round| self.office.is_in_file(message_id, round);
                let mut standing =
                    again::standing(kind, values, &earlier, self.waiting, is_in_file);
                standing.by_hand = from_notice::by_hand(kind, values, &standing, &earlier);
                (standing, None)
            }
        })
    }

    /// What the store has against a row, and what staff are cautioned of.
    async fn problems_of(
        &self,
        intake: &mut Intake,
        held: Held<'_>,
        received: &mut Received,
    ) -> Result<Problems, ReceptionError> {
        let Held {
            kind,
            values,
            registered,
            twin,
            replaces,
        } = held;
        let number = values.get("receipt_number").and_then(Value::as_str);
        let look_alike = match (number, registered) {
            (Some(number), None) => intake.receipt_number(number, None).await?.look_alike,
            _ => None,
        };
        let alike = look_alikes::of_record(intake, values, look_alike, self.distinct).await?;
        let mut warnings: Vec<FieldProblem> = alike.flagged.into_iter().collect();
        let alike = alike.problems;
        received.alike += u64::from(!alike.is_empty());
        let mut found = self.against_request(kind, values, registered, twin);
        // What a look-alike is called says more than that it is unknown.
        found.retain(|problem| alike.iter().all(|told| told.field != problem.field));
        let recipient = match replaces {
            Some(earlier) => {
                intake
                    .parts_of(earlier, &[Part::Recipient])
                    .await?
                    .recipient
            }
            None => None,
        };
        let mut weighed = self
            .watch
            .weigh(
                intake,
                (self.desk, kind),
                values,
                registered,
                recipient.as_deref(),
            )
            .await?;
        // The request itself says it better.
        let told = |problem: &FieldProblem| problem.field.as_deref() == Some("outcome");
        if !found.iter().any(told) {
            found.extend(weighed.problem.take());
        }
        found.extend(weighed.unfit.take());
        found.extend(alike);
        let fees = &self.desk.society.fees;
        found.extend(self.published.problem(kind, values, fees));
        warnings.extend(weighed.ends_soon);
        Ok((found, weighed.cautions, warnings))
    }

    fn against_request(
        &self,
        kind: &Kind,
        values: &Map<String, Value>,
        registered: Option<&Registered>,
        twin: Option<LetterId>,
    ) -> Vec<FieldProblem> {
        match registered {
            Some(registered) => {
                let law = &self.desk.law;
                record::contradictions(kind, values, &registered.facts(), law, twin)
            }
            None if !values.contains_key("receipt_number") => Vec::new(),
            None => match self.requests {
                RequestPolicy::Optional => Vec::new(),
                RequestPolicy::Required => vec![wording::received::request_not_registered()],
            },
        }
    }
}

/// A good row with what it is held against.
struct Letter<'a> {
    kind: &'a Kind,
    row: GoodRow,
    record: Record,
    registered: Option<&'a Registered>,
    standing: again::Standing,
    cautions: Vec<FieldProblem>,
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
            row,
            record,
            registered,
            standing,
            cautions,
            warnings,
        } = letter;
        let text = Value::Object(record.values.clone()).to_string();
        let replaces = standing.replaces.map(|earlier| Replaced {
            earlier,
            pulled: standing.pulled,
        });
        let queued = intake
            .add_letter(&NewLetter {
                row: row.row,
                kind: &record.kind,
                outcome: &record.outcome,
                series: &kind.series,
                delivery: record.envelope.delivery,
                record: &text,
                record_sha256: &record.sha256,
                looked_up: true,
                request: registered.map(|registered| &registered.row),
                decides: kind.decides,
                answers: &record::answers(kind, &record.values),
                likeness: record.likeness,
                dated_from: record::dated_from(kind, &record.values),
                tells: None,
                replaces,
            })
            .await?;
        let Queued::New(id) = queued else {
            return Ok(None);
        };
        if let Some(stored) = self.stored_note(id, &record)? {
            intake.keep_note_here(id, &stored).await?;
        }
        if let Some(earlier) = standing.replaces {
            received.note_place(earlier, id, record.may_restrict);
        }
        received.count_new(id.to_string());
        received.note(&row, &record.values, kind, self.desk);
        if record.receipt_number().is_some() && registered.is_none() {
            received.without_request += 1;
        }
        for caution in cautions {
            received.cautions.add(row.placed(kind, &caution));
        }
        let request = registered.map(|registered| &registered.request);
        let mut found = doubts::of(self.desk, kind, &record, request)?;
        let asked = registered.map_or(&[][..], |registered| &registered.rights);
        let twin = standing.replaces;
        found.extend(record::beside(kind, &record.values, asked, twin));
        found.extend(warnings);
        found.extend(standing.warnings);
        intake.keep_warnings(id, &found).await?;
        for warning in found {
            received.warn(row.placed(kind, &warning));
        }
        Ok(None)
    }

    /// The encrypted note of a new letter: with or without anything in it for
    /// every letter that may have one, so that there is nothing to tell them apart.
    fn stored_note(
        &self,
        id: LetterId,
        record: &Record,
    ) -> Result<Option<StoredNote>, RestrictedError> {
        let recipient = self.desk.recipient.as_ref().filter(|_| record.may_restrict);
        let Some(recipient) = recipient else {
            return Ok(None);
        };
        let at = self.desk.clock.stamp();
        let notes = Notes::at_intake(id, &record.note, self.who.as_str(), &at);
        let encrypted = restricted::encrypt(recipient, id, &notes)?;
        Ok(Some(StoredNote {
            encrypted: encrypted.bytes,
            used: encrypted.used,
        }))
    }
}

impl Letters<'_> {
    /// A record that is a letter already, or another row of its own file.
    async fn recognise(
        &self,
        intake: &mut Intake,
        letter: Letter<'_>,
        same: Queued,
        received: &mut Received,
    ) -> Result<Option<BadRow>, ReceptionError> {
        let (problem, remedy) = match same {
            // What was looked up is no new letter.
            Queued::New(_) => return Ok(None),
            Queued::Before { letter: id, state } => {
                let in_place = match state {
                    State::Cancelled => intake.parts_of(id, &[Part::InPlace]).await?.in_place,
                    _ => None,
                };
                // One that was cancelled in its turn stands for nothing.
                let in_place = in_place.filter(|(_, at)| *at != State::Cancelled.into());
                match (in_place, self.waiting) {
                    (Some((new, at)), Waiting::Replaced { .. }) => {
                        wording::second_letter::replaced(id, new, at)
                    }
                    (in_place, _) => {
                        received.before += 1;
                        if !letter.record.note.is_empty() {
                            received.notes_left_out.push(id);
                        }
                        match in_place {
                            Some((new, at)) => received.note_stale(id, new, at),
                            None if state == State::Cancelled => received.before_cancelled += 1,
                            None => {}
                        }
                        return Ok(None);
                    }
                }
            }
            Queued::SameFile { row } => (
                format!("{row}行目と同じ内容です。"),
                "重なった行を消してください。別の書簡なら、記録番号を書き分けてください。"
                    .to_owned(),
            ),
        };
        let problem = letter.row.whole_problem(&problem, &remedy);
        Ok(Some(letter.row.refuse(vec![problem])))
    }
}

/// A letter that was queued before and may still go out belongs to the request
/// of its time, whatever became of that.
async fn warn_of_closed(
    intake: &mut Intake,
    letter: &Letter<'_>,
    same: Queued,
    received: &mut Received,
) -> Result<(), ReceptionError> {
    let Queued::Before { letter: id, state } = same else {
        return Ok(());
    };
    if matches!(state, State::Cancelled | State::Sent) {
        return Ok(());
    }
    let request = intake.parts_of(id, &[Part::Request]).await?.request;
    let Some(reason) = request.and_then(|row| row.close_reason) else {
        return Ok(());
    };
    let problem = format!(
        "この記録は、前に受け付けた書簡 {id}({})で、「{}」として終えた請求の書簡です。",
        state.label(),
        reason.label()
    );
    let remedy = match reason {
        CloseReason::Mistaken => {
            "夜間処理は、登録し直した請求に照らし、食い違わないときだけ送ります。送らないとき、書簡の側も直すときは、前の書簡を取り消し、記録番号を改めて受け付けてください。"
        }
        _ => {
            "まだ出していないときは、出してよい書簡か確かめてください。送らないときは取り消してください。"
        }
    };
    let problem = FieldProblem::of("receipt_number", problem, remedy);
    received.warn(letter.row.placed(letter.kind, &problem));
    Ok(())
}

impl Received {
    fn note_stale(&mut self, earlier: LetterId, new: LetterId, at: Whereabouts) {
        self.before_replaced_count += 1;
        if self.before_replaced.len() < WARNINGS_NAMED {
            self.before_replaced.push((earlier, new, at));
        }
    }

    fn note_place(&mut self, earlier: LetterId, new: LetterId, may_restrict: bool) {
        self.in_place_count += 1;
        self.in_place_may_restrict |= may_restrict;
        if self.in_place_of.len() < WARNINGS_NAMED {
            self.in_place_of.push((earlier, new));
        }
    }

    /// Notes how the names of a new letter are shown.
    fn note(&mut self, row: &GoodRow, values: &Map<String, Value>, kind: &Kind, desk: &Premises) {
        let naming = Naming::of(kind, values, &desk.characters);
        if !naming.replaced.is_empty() {
            self.replaced += naming.replaced.len() as u64;
            self.replaced_rows.push(row.place());
        }
        if naming.rare {
            self.rare_rows.push(row.place());
        }
    }
}
