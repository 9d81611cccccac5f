//! What is checked of a record by itself, beyond its schema.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::{belonging, choices, dates};
use crate::catalogue::Kind;
use crate::domain::{Envelope, FieldProblem, Society};
use crate::law::{self, Law, Matter};
use crate::wording;
use crate::wording::dates::Measured;

/// What records are checked against.
#[derive(Debug, Clone, Copy)]
pub struct Checks<'a> {
    /// The grounds of the Act.
    pub law: &'a Law,
    /// The society.
    pub society: &'a Society,
    /// Whether there is somebody restricted notes can be encrypted to.
    pub has_recipient: bool,
    /// The day records are checked on.
    pub today: NaiveDate,
    /// Whether days to come must still lie ahead: of a sample they stay as they
    /// were written.
    pub still_ahead: bool,
}

impl Checks<'_> {
    /// Reads a record's envelope and checks what needs more than the schema:
    /// envelope, law, whom it goes to.
    pub fn read(&self, kind: &Kind, values: &Map<String, Value>) -> (Envelope, Vec<FieldProblem>) {
        let (envelope, mut problems) = Envelope::read(values);
        problems.extend(law::check_restricted(kind, values));
        problems.extend(self.without_recipient(kind, values));
        problems.extend(belonging::misaddressed_by_itself(kind, values));
        let outcome = values.get("outcome").and_then(Value::as_str);
        if let Some(outcome) = outcome.and_then(|code| kind.outcome(code)) {
            problems.extend(self.law.check(Matter {
                kind,
                outcome,
                record: values,
                envelope: &envelope,
                fees: &self.society.fees,
                today: self.today,
            }));
        }
        problems.extend(wrong_way(kind, &envelope));
        problems.extend(self.to_come(&envelope));
        problems.extend(choices::refused(kind, values));
        let mut dates = dates::problems(kind, values, self.today);
        dates.extend(dates::out_of_order(kind, values, self.today));
        add_dates(&mut problems, dates);
        if self.still_ahead {
            let passed = dates::passed(kind, values, Measured::Today, self.today);
            add_dates(&mut problems, passed);
        }
        (envelope, problems)
    }

    /// A note nobody could read.
    fn without_recipient(&self, kind: &Kind, values: &Map<String, Value>) -> Option<FieldProblem> {
        if self.has_recipient {
            return None;
        }
        let mut restricted = kind.fields.iter().filter(|field| field.restricted);
        let field = restricted.find(|field| values.contains_key(&field.name))?;
        Some(wording::received::no_key_for_notes(&field.name))
    }

    /// Days that lie ahead, also where the form in use says nothing of when
    /// they lie.
    fn to_come(self, envelope: &Envelope) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let decided = envelope.decision.as_ref().map(|decision| decision.date);
        if decided.is_some_and(|decided| decided > self.today) {
            problems.push(FieldProblem::of(
                "decision_date",
                "決定日が今日より後です。",
                "決定した日を書いてください。",
            ));
        }
        let request = envelope.request.as_ref();
        let arrived = request.and_then(|request| request.arrival_date);
        if arrived.is_some_and(|arrived| arrived > self.today) {
            problems.push(FieldProblem::of(
                "arrival_date",
                "到達日が今日より後です。",
                "請求書が当組合に届いた日を書いてください。",
            ));
        }
        problems
    }
}

/// A way the letters of this kind do not go.
fn wrong_way(kind: &Kind, envelope: &Envelope) -> Option<FieldProblem> {
    let way = envelope.delivery;
    let refused = !kind.ways.is_empty() && !kind.ways.contains(&way);
    refused.then(|| {
        let ways: Vec<&str> = kind.ways.iter().map(|way| way.label()).collect();
        FieldProblem::of(
            "delivery",
            format!(
                "種類「{}」の書簡は、「{}」では送れません。",
                kind.name,
                way.label()
            ),
            format!("送付方法を「{}」にしてください。", ways.join("」か「")),
        )
    })
}

/// Adds problems, once a field: an earlier problem of the field is more
/// precise.
pub fn add_dates(problems: &mut Vec<FieldProblem>, dates: Vec<FieldProblem>) {
    let told: Vec<Option<String>> = problems.iter().map(|told| told.field.clone()).collect();
    problems.extend(dates.into_iter().filter(|date| !told.contains(&date.field)));
}

/// A kind that is used only where the profile says so, and it does not.
pub fn switched_off(society: &Society, kind: &Kind) -> Option<FieldProblem> {
    (!kind.enabled && !society.kinds.has(&kind.code)).then(|| FieldProblem {
        field: None,
        problem: format!(
            "種類「{}」は、使わない設定になっています。根拠となる法令の確認が必要な書簡のためです。",
            kind.name
        ),
        remedy: format!(
            "顧問弁護士などに確認の上、管理者に、society/profile.toml の [kinds] の enabled に \"{}\" を書き加えるよう伝えてください。",
            kind.code
        ),
    })
}

/// A kind whose document numbers the profile has no rule for. Its letters
/// could never be numbered.
pub fn unnumbered(society: &Society, kind: &Kind) -> Option<FieldProblem> {
    let series = &kind.series;
    (!society.numbering.contains_key(series)).then(|| FieldProblem {
        field: None,
        problem: format!(
            "種類「{}」の文書番号の系列 {series} の決まりが、society/profile.toml の [numbering.{series}] にありません。",
            kind.name
        ),
        remedy: "profile.toml に書き加えるか、letter.toml の series を直してから、受け付けてください。"
            .to_owned(),
    })
}
