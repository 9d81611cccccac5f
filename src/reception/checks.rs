//! What is checked of a record by itself, beyond its schema.

use serde_json::{Map, Value};

use super::{belonging, dates};
use crate::catalogue::Kind;
use crate::domain::{Envelope, FieldProblem};
use crate::law::{self, Matter};
use crate::office::Desk;
use crate::wording;

/// The checks that need more than the schema: envelope, law, whom it goes to.
pub fn further_problems(
    desk: &Desk,
    kind: &Kind,
    values: &Map<String, Value>,
) -> Vec<FieldProblem> {
    let (envelope, mut problems) = Envelope::read(values);
    let outcome = values.get("outcome").and_then(Value::as_str);
    problems.extend(law::check_restricted(kind, values));
    let noted = kind
        .fields
        .iter()
        .find(|field| field.restricted && values.contains_key(&field.name));
    if let (Some(field), None) = (noted, &desk.recipient) {
        problems.push(wording::received::no_key_for_notes(&field.name));
    }
    problems.extend(belonging::misaddressed_by_itself(values));
    let today = desk.clock.today();
    if let Some(outcome) = outcome.and_then(|code| kind.outcome(code)) {
        problems.extend(desk.law.check(Matter {
            kind,
            outcome,
            record: values,
            envelope: &envelope,
            fees: &desk.society.fees,
            today,
        }));
    }
    if envelope
        .decision
        .is_some_and(|decision| decision.date > today)
    {
        problems.push(FieldProblem::of(
            "decision_date",
            "決定日が今日より後です。",
            "決定した日を書いてください。",
        ));
    }
    // Also where the form in use says nothing of when it lies.
    let arrived = envelope.request.and_then(|request| request.arrival_date);
    if arrived.is_some_and(|arrived| arrived > today) {
        problems.push(FieldProblem::of(
            "arrival_date",
            "到達日が今日より後です。",
            "請求書が当組合に届いた日を書いてください。",
        ));
    }
    add_dates(&mut problems, dates::problems(kind, values, today));
    problems
}

/// Dates of a record that cannot be, seen from today, for a form the program
/// reads by itself.
pub fn impossible_dates(
    desk: &Desk,
    kind: &Kind,
    values: &Map<String, Value>,
) -> Vec<FieldProblem> {
    dates::problems(kind, values, desk.clock.today())
}

/// Adds what is wrong with dates, each field once: what was found before knows
/// more of it.
pub(super) fn add_dates(problems: &mut Vec<FieldProblem>, dates: Vec<FieldProblem>) {
    let told: Vec<Option<String>> = problems.iter().map(|told| told.field.clone()).collect();
    problems.extend(dates.into_iter().filter(|date| !told.contains(&date.field)));
}

/// A kind whose document numbers the profile has no rule for. Its letters
/// could never be numbered.
pub fn unnumbered(desk: &Desk, kind: &Kind) -> Option<FieldProblem> {
    let series = &kind.series;
    (!desk.society.numbering.contains_key(series)).then(|| FieldProblem {
        field: None,
        problem: format!(
            "種類「{}」の文書番号の系列 {series} の決まりが、society/profile.toml の [numbering.{series}] にありません。",
            kind.name
        ),
        remedy: "profile.toml に書き加えるか、letter.toml の series を直してから、受け付けてください。"
            .to_owned(),
    })
}
