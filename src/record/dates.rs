//! Dates that cannot be.
//!
//! A form says of each date whether it has happened or is to come
//! (`x-when`), and which other date it cannot lie before (`x-not-before`).
//! A slip of the year or of the era lies decades off and is refused; a
//! deadline that has passed is told, for a form may have waited for its
//! approval.

use std::ops::RangeInclusive;

use chrono::{Months, NaiveDate};
use serde_json::{Map, Value};

use crate::catalogue::{Field, FieldShape, Form, ListShape, When};
use crate::domain::FieldProblem;

/// Years a matter of this office can lie back. One era's year read as the
/// same year of the era before lies farther off.
const PAST: u32 = 10;

/// Years what is announced can lie ahead.
const AHEAD: u32 = 3;

/// Years a person's whole life can lie back.
const LIFE: u32 = 130;

/// Years ahead where the form says nothing of a date.
const OPEN: u32 = 10;

/// Every date of a record that cannot be, seen from `today`.
pub fn problems(form: &Form, values: &Map<String, Value>, today: NaiveDate) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    for (field, dated) in dates(form, values) {
        if let Some((problem, remedy)) = out_of_range(dated.part, dated.day, today) {
            let problem = format!("{}{problem}", dated.title());
            problems.push(FieldProblem::of(&field.name, problem, remedy));
        } else if let Some(other) = earlier_than(form, values, field, dated.day) {
            problems.push(FieldProblem::of(
                &field.name,
                format!("{}が{}より前です。", field.title, other.title),
                "どちらかの日付を直してください。",
            ));
        }
    }
    problems
}

/// Days to come that have passed already.
pub fn passed(form: &Form, values: &Map<String, Value>, today: NaiveDate) -> Vec<FieldProblem> {
    dates(form, values)
        .into_iter()
        .filter(|(_, dated)| dated.part.when == When::Future && dated.day < today)
        .map(|(field, dated)| {
            FieldProblem::of(
                &field.name,
                format!("{}が今日より前です。", dated.title()),
                "書簡が届くときには過ぎています。日付を確かめてください。",
            )
        })
        .collect()
}

/// The first day a letter of this record can bear: the latest of the days it
/// speaks of as past.
pub fn dated_from(form: &Form, values: &Map<String, Value>) -> Option<NaiveDate> {
    dates(form, values)
        .into_iter()
        .filter(|(_, dated)| dated.part.when == When::Past)
        .map(|(_, dated)| dated.day)
        .max()
}

/// A date of a record, at the top or in a list's row.
struct Dated<'a> {
    part: &'a Field,
    /// The row of the list, counted from 1.
    entry: Option<usize>,
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
    for field in &form.fields {
        let Some(value) = values.get(&field.name) else {
            continue;
        };
        match (&field.shape, value) {
            (FieldShape::Date, value) => {
                let dated = day_of(value).map(|day| Dated {
                    part: field,
                    entry: None,
                    day,
                });
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

fn day_of(value: &Value) -> Option<NaiveDate> {
    value.as_str()?.parse().ok()
}

fn out_of_range(field: &Field, day: NaiveDate, today: NaiveDate) -> Option<(String, &'static str)> {
    const HAPPENED: &str = "すでにあったことの日付です。正しい日付を書いてください。";
    const YEAR: &str = "年と元号を確かめて、正しい日付を書いてください。";
    let (back, ahead) = match field.when {
        When::Past => (PAST, 0),
        When::LongPast => (LIFE, 0),
        When::Future | When::Either => (PAST, AHEAD),
        When::Open => (LIFE, OPEN),
    };
    let range = years_around(today, back, ahead);
    if day > *range.end() {
        return Some(match ahead {
            0 => ("が今日より後です。".to_owned(), HAPPENED),
            years => (format!("が今日から{years}年より先です。"), YEAR),
        });
    }
    (day < *range.start()).then(|| (format!("が今日から{back}年より前です。"), YEAR))
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
    let other = form.field(field.not_before.as_ref()?)?;
    (day < day_of(values.get(&other.name)?)?).then_some(other)
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
