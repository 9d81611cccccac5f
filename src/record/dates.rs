//! Dates that cannot be.
//!
//! A form says of each date whether it has happened or is to come
//! (`x-when`), which other date it cannot lie before (`x-not-before`), and a
//! kind which of two dates comes first (`[[order]]`). A slip of the year or of
//! the era lies decades off and is refused. What is set for whoever gets a
//! letter must still lie ahead of them on the letter's own day, so it is
//! measured once more when the letter is approved, dated and sent.

use std::ops::RangeInclusive;

use chrono::{Months, NaiveDate};
use serde_json::{Map, Value};

use crate::catalogue::{Field, FieldShape, Form, Kind, ListShape, Order, When};
use crate::domain::FieldProblem;
use crate::law::texts_of;
use crate::text::days::days_in;
use crate::text::era;
use crate::wording::dates::{self as words, Measured};

/// Years a matter of this office can lie back. One era's year read as the
/// same year of the era before lies farther off.
const PAST: u32 = 10;

/// Years what is announced can lie ahead.
const AHEAD: u32 = 3;

/// Years a person's whole life can lie back.
const LIFE: u32 = 130;

/// Years ahead where the form says nothing of a date.
const OPEN: u32 = 10;

/// Years from today beyond which a date that can be is told all the same.
const USUAL: u32 = 1;

/// Days from now to the night whose letter bears the date of another letter of
/// that night: longer than the office is ever closed.
const SAME_NIGHT: i64 = 14;

/// Days before a birthday from which it is told: about as long as a procedure
/// takes.
const BIRTHDAY: i64 = 60;

/// Every date of a record that cannot be, seen from `today`.
pub fn problems(form: &Form, values: &Map<String, Value>, today: NaiveDate) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    for (field, dated) in dates(form, values) {
        if let Some((problem, remedy)) = out_of_range(&dated, today) {
            problems.push(FieldProblem::of(&field.name, problem, remedy));
        } else if let Some(other) = earlier_than(form, values, field, dated.day) {
            let problem = words::order(&other.title, &field.title, false, None, None);
            problems.push(FieldProblem::of(&field.name, problem, words::EITHER));
        }
    }
    problems
}

/// Somebody who is not of the age the letter is for.
fn of_other_age(
    dated: &Dated<'_>,
    from: Measured,
    day: NaiveDate,
) -> Option<(String, &'static str)> {
    let (least, most) = dated.part.dating.age?;
    let age = day.years_since(dated.day)?;
    let is_other = age < least || age > most;
    is_other.then(|| words::other_age(&dated.title(), from, age, (least, most)))
}

/// The day somebody outgrows the age the letter is for, if it is near.
fn outgrows(dated: &Dated<'_>, today: NaiveDate) -> Option<NaiveDate> {
    let (_, most) = dated.part.dating.age?;
    let birthday = dated.day.checked_add_months(Months::new((most + 1) * 12))?;
    let left = (birthday - today).num_days();
    (1..=BIRTHDAY).contains(&left).then_some(birthday)
}

/// Dates of a letter's record whose order is another than its kind says.
pub fn out_of_order(
    kind: &Kind,
    values: &Map<String, Value>,
    today: NaiveDate,
) -> Vec<FieldProblem> {
    order(kind, values, today, false)
}

/// Such dates that can be and that somebody should look at.
pub fn oddly_ordered(
    kind: &Kind,
    values: &Map<String, Value>,
    today: NaiveDate,
) -> Vec<FieldProblem> {
    order(kind, values, today, true)
}

fn order(
    kind: &Kind,
    values: &Map<String, Value>,
    today: NaiveDate,
    warns: bool,
) -> Vec<FieldProblem> {
    let outcome = values.get("outcome").and_then(Value::as_str);
    let holds = |order: &&Order| {
        order.outcomes.is_empty()
            || outcome.is_some_and(|code| order.outcomes.iter().any(|o| o == code))
    };
    let broken = |order: &Order| {
        let days = |name: &str| match name {
            Order::TODAY => vec![today],
            name => days_at(values, name),
        };
        let (first, second) = (days(&order.earlier), days(&order.later));
        let pairs = first
            .iter()
            .flat_map(|one| second.iter().map(move |two| (*two - *one).num_days()));
        let least = i64::from(order.apart);
        let is_far = |days: i64| order.most_days.is_some_and(|most| days > most);
        let days = pairs
            .into_iter()
            .find(|days| *days < least || is_far(*days))?;
        let problem = words::order(
            title_at(kind, &order.earlier),
            title_at(kind, &order.later),
            order.apart,
            order.most_days.filter(|_| is_far(days)),
            order.basis.as_deref(),
        );
        let remedy = order.remedy.as_deref().unwrap_or(words::EITHER);
        let (field, _) = Order::place(match order.later.as_str() {
            Order::TODAY => &order.earlier,
            later => later,
        });
        Some(FieldProblem::of(field, problem, remedy))
    };
    let of_weight = kind.order.iter().filter(|order| order.warns == warns);
    of_weight.filter(holds).filter_map(broken).collect()
}

/// What a date of a kind is called, or a part of its rows.
fn title_at<'a>(kind: &'a Kind, name: &str) -> &'a str {
    let (list, part) = Order::place(name);
    let field = kind.field(list);
    let of_part = |parts: &'a [Field], part: &str| parts.iter().find(|own| own.name == part);
    let dated = match (field.map(|field| &field.shape), part) {
        (Some(FieldShape::List(ListShape::Rows(parts))), Some(part)) => of_part(parts, part),
        _ => field,
    };
    dated.map_or(words::TODAY, |dated| dated.title.as_str())
}

/// The days a field says, or a part of its rows.
fn days_at(values: &Map<String, Value>, name: &str) -> Vec<NaiveDate> {
    match Order::place(name) {
        (field, None) => values.get(field).and_then(day_of).into_iter().collect(),
        (list, Some(part)) => {
            let rows = values.get(list).and_then(Value::as_array);
            let days = rows.into_iter().flatten();
            days.filter_map(|row| day_of(row.get(part)?)).collect()
        }
    }
}

/// Days to come that have passed by `day`, or on it where they are set for
/// whoever gets the letter; also ages that have.
pub fn passed(
    form: &Form,
    values: &Map<String, Value>,
    from: Measured,
    day: NaiveDate,
) -> Vec<FieldProblem> {
    let passed = |(field, dated): (&Field, Dated<'_>)| {
        let on_that_day = dated.day == day;
        let is_passed = match dated.when {
            When::Future => dated.day < day,
            When::Due => dated.day <= day,
            _ => false,
        };
        let (problem, remedy) = match is_passed {
            true => words::passed(&dated.title(), from, on_that_day),
            false => of_other_age(&dated, from, day)?,
        };
        Some(FieldProblem::of(&field.name, problem, remedy))
    };
    dates(form, values).into_iter().filter_map(passed).collect()
}

/// Dates that can be and that somebody should look at: a day set for the
/// reader that is near, and days that are farther off than usual.
pub fn doubtful(form: &Form, values: &Map<String, Value>, today: NaiveDate) -> Vec<FieldProblem> {
    let usual = years_around(today, USUAL, USUAL);
    let doubt = |(field, dated): (&Field, Dated<'_>)| {
        let Dated { part, day, .. } = &dated;
        let left = (*day - today).num_days();
        let told = |problem: String, remedy: String| FieldProblem::of(&field.name, problem, remedy);
        if let Some(days) = part.dating.days.filter(|days| (1..*days).contains(&left)) {
            let (problem, remedy) = words::soon(&dated.title(), left, days);
            return Some(told(problem, remedy));
        }
        if let Some(birthday) = outgrows(&dated, today) {
            let (problem, remedy) = words::outgrows(&dated.title(), birthday);
            return Some(told(problem, remedy.to_owned()));
        }
        if let Some(days) = part.dating.days.filter(|days| -left < *days && left <= 0) {
            let (problem, remedy) = words::lately(&dated.title(), -left, days);
            return Some(told(problem, remedy));
        }
        let off = match dated.when {
            When::Future | When::Due if day > usual.end() => "より先",
            // The day an address was looked up has a warning of its own.
            When::Past | When::Over | When::Sent
                if day < usual.start() && field.name != "address_verified_on" =>
            {
                "より前"
            }
            _ => return None,
        };
        Some(told(
            format!("{}が今日から{USUAL}年{off}です。", dated.title()),
            words::LOOK_AT_YEAR.to_owned(),
        ))
    };
    let mut found: Vec<FieldProblem> = dates(form, values).into_iter().filter_map(doubt).collect();
    found.extend(other_weekdays(form, values));
    found
}

/// The first day a letter of this record can bear: the latest of the days it
/// speaks of as past.
pub fn dated_from(form: &Form, values: &Map<String, Value>) -> Option<NaiveDate> {
    dates(form, values)
        .into_iter()
        .filter(|(_, dated)| matches!(dated.when, When::Past | When::Sent))
        .map(|(_, dated)| dated.day)
        .max()
}

/// A date of a record, at the top or in a list's row.
struct Dated<'a> {
    part: &'a Field,
    /// The row of the list, counted from 1.
    entry: Option<usize>,
    /// Where the day may lie, in a record of this outcome.
    when: When,
    day: NaiveDate,
}

impl Dated<'_> {
    fn title(&self) -> String {
        match self.entry {
            Some(entry) => format!("{entry}件目の{}", self.part.title),
            None => self.part.title.clone(),
        }
    }
}

/// All dates of a record, each with the field of the record it stands in.
fn dates<'a>(form: &'a Form, values: &Map<String, Value>) -> Vec<(&'a Field, Dated<'a>)> {
    let mut found = Vec::new();
    let outcome = values.get("outcome").and_then(Value::as_str);
    for field in &form.fields {
        let when = field.dating.when_of(outcome);
        let Some(value) = values.get(&field.name) else {
            continue;
        };
        match (&field.shape, value) {
            (FieldShape::Date, value) => {
                let dated = day_of(value).map(|day| Dated {
                    part: field,
                    entry: None,
                    when,
                    day,
                });
                found.extend(dated.map(|dated| (field, dated)));
            }
            (FieldShape::Text { .. }, Value::String(text)) => {
                found.extend(spoken((field, when), None, text).map(|dated| (field, dated)));
            }
            (FieldShape::List(ListShape::Texts), Value::Array(texts)) => {
                let texts = (1..).zip(texts.iter().filter_map(Value::as_str));
                let dated =
                    texts.flat_map(|(entry, text)| spoken((field, when), Some(entry), text));
                found.extend(dated.map(|dated| (field, dated)));
            }
            (FieldShape::List(ListShape::Rows(parts)), Value::Array(rows)) => {
                let dated = rows.iter().enumerate().flat_map(|(place, row)| {
                    parts
                        .iter()
                        .filter(|part| matches!(part.shape, FieldShape::Date))
                        .filter_map(move |part| {
                            Some(Dated {
                                part,
                                entry: Some(place + 1),
                                when: part.dating.when_of(outcome),
                                day: day_of(row.get(&part.name)?)?,
                            })
                        })
                });
                found.extend(dated.map(|dated| (field, dated)));
            }
            _ => {}
        }
    }
    found
}

/// The days a text speaks of, where its field says when they lie.
fn spoken<'a>(
    (part, when): (&'a Field, When),
    entry: Option<usize>,
    text: &str,
) -> impl Iterator<Item = Dated<'a>> + use<'a> {
    let days = match when {
        When::Open => Vec::new(),
        _ => days_in(text),
    };
    days.into_iter().map(move |spoken| Dated {
        part,
        entry,
        when,
        day: spoken.day,
    })
}

/// Days of any text whose day of the week is another: one of the two is
/// wrong, and who comes on the wrong day comes for nothing.
fn other_weekdays(form: &Form, values: &Map<String, Value>) -> Vec<FieldProblem> {
    let texts = texts_of(&form.fields, values).into_iter();
    let wrong = texts.filter_map(|(field, text)| {
        let mut days = days_in(text).into_iter();
        let (spoken, weekday) = days.find_map(|day| Some((day, day.other_weekday()?)))?;
        let day = era::write(spoken.day)?;
        let title = form.field(field).map_or("", |field| field.title.as_str());
        let (problem, remedy) = words::other_weekday(title, &day, weekday);
        Some(FieldProblem::of(field, problem, remedy))
    });
    wrong.collect()
}

fn day_of(value: &Value) -> Option<NaiveDate> {
    value.as_str()?.parse().ok()
}

fn out_of_range(dated: &Dated<'_>, today: NaiveDate) -> Option<(String, &'static str)> {
    let day = dated.day;
    let (back, ahead) = match dated.when {
        When::Over if day == today => return Some(words::still_runs(&dated.title())),
        When::Sent if (day - today).num_days() > SAME_NIGHT => {
            return Some(words::sent_later(&dated.title(), SAME_NIGHT));
        }
        When::Past | When::Over => (PAST, 0),
        When::LongPast => (LIFE, 0),
        When::Sent | When::Future | When::Due | When::Either => (PAST, AHEAD),
        When::Open => (LIFE, OPEN),
    };
    let range = years_around(today, back, ahead);
    if day > *range.end() {
        return Some(match (dated.when, ahead) {
            (When::Over, _) => words::still_runs(&dated.title()),
            (_, 0) => (
                format!("{}が今日より後です。", dated.title()),
                words::HAPPENED,
            ),
            (_, years) => (
                format!("{}が今日から{years}年より先です。", dated.title()),
                words::YEAR,
            ),
        });
    }
    (day < *range.start()).then(|| {
        (
            format!("{}が今日から{back}年より前です。", dated.title()),
            words::YEAR,
        )
    })
}

fn years_around(today: NaiveDate, back: u32, ahead: u32) -> RangeInclusive<NaiveDate> {
    let first = today.checked_sub_months(Months::new(back * 12));
    let last = today.checked_add_months(Months::new(ahead * 12));
    first.unwrap_or(NaiveDate::MIN)..=last.unwrap_or(NaiveDate::MAX)
}

/// The field this date lies before although it cannot.
fn earlier_than<'a>(
    form: &'a Form,
    values: &Map<String, Value>,
    field: &Field,
    day: NaiveDate,
) -> Option<&'a Field> {
    let lies_before = |name: &String| {
        let other = form.field(name)?;
        (day < day_of(values.get(&other.name)?)?).then_some(other)
    };
    field.dating.not_before.iter().find_map(lies_before)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_leap_day_has_a_day_that_is_years_off() {
        let range = years_around(day("2028-02-29"), PAST, AHEAD);
        assert_eq!(range, day("2018-02-28")..=day("2031-02-28"));
        let range = years_around(day("2026-11-22"), LIFE, 0);
        assert_eq!(range, day("1896-11-22")..=day("2026-11-22"));
    }
}
