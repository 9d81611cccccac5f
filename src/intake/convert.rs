//! Turning a cell or a JSON value into the value of a field.
//!
//! Texts stay as they came, to the byte, with two exceptions that are layout
//! and not text: the line breaks of a [`Role::Multiline`] field become LF,
//! and in the cell of a list the white space beside a bar or around a line is
//! left out. What is rewritten is told in [`typed`](super::typed): readings,
//! postal codes, identifiers, and words of the form in other words. Codes, dates
//! and numbers may be typed with spaces around them.
//! An empty cell, an empty text, `null` and an empty list are all "absent".

use std::sync::Arc;

use serde_json::{Map, Number, Value};

use crate::catalogue::{Choice, Field, FieldShape, ListShape, Role};
use crate::domain::half_width;
use crate::text::era;

use super::cell::{Cell, digits};
use super::columns::{position, unknown_key};
use super::findings::{Findings, excerpt, shortened};
use super::labels::Position;
use super::near_choice;
use super::traces::trace_of;
use super::typed::{self, kept};

const AS_TEXT: &str = "セルの書式を「文字列」にして、入力し直してください。";
const DATE_FORMS: &str =
    "2026-11-01、2026/11/1、令和8年11月1日、R8.11.1 のいずれかの形で書いてください。";
const BARS: [char; 2] = ['｜', '|'];

/// The value of a field from a sheet's cell, if it has one.
pub(super) fn from_cell(
    field: &Field,
    cell: &Cell,
    place: &Position,
    findings: &mut Findings,
) -> Option<Value> {
    match (cell, &field.shape) {
        (Cell::Empty, _) => None,
        (
            Cell::Unusable {
                problem, remedy, ..
            },
            _,
        ) => {
            findings.unread(place, problem, remedy);
            None
        }
        (Cell::Text(text), _) => from_text(field, text, place, findings),
        (Cell::Date(date), FieldShape::Date) => Some(date.format("%Y-%m-%d").to_string().into()),
        (Cell::Date(_), _) => {
            let problem = "日付として保存されていて、書いた文字がそのまま残っていません。";
            findings.unread(place, problem, AS_TEXT);
            None
        }
        (Cell::Number { .. }, FieldShape::Date) => {
            let problem = "日付ではなく数値が入っています。";
            findings.unread(place, problem, DATE_FORMS);
            None
        }
        (Cell::Number { value, bare }, shape) => {
            let formatted = !bare && !matches!(shape, FieldShape::Integer);
            // Of seven digits none was lost.
            let is_whole = (1_000_000.0..10_000_000.0).contains(value);
            if field.role == Some(Role::PostalCode) && !is_whole {
                let problem = "数値として保存されていて、先頭の0が失われている恐れがあります。";
                findings.unread(place, problem, AS_TEXT);
                return None;
            }
            match digits(*value) {
                Some(digits) if !formatted => from_text(field, &digits, place, findings),
                Some(_) => {
                    let problem = "数値の表示形式のため、見えている文字と保存された値が違います。";
                    findings.unread(place, problem, AS_TEXT);
                    None
                }
                None => {
                    let problem = "小数か、15桁を超える数値が入っています。";
                    findings.unread(place, problem, AS_TEXT);
                    None
                }
            }
        }
    }
}

/// The value of a field from a JSON value, if it has one.
pub(super) fn from_json(
    field: &Field,
    value: Value,
    place: &Position,
    findings: &mut Findings,
) -> Option<Value> {
    match (value, &field.shape) {
        (Value::Null, _) => None,
        (Value::String(text), FieldShape::List(_)) if !text.is_empty() => {
            wrong_type(place, "配列([…])", findings);
            None
        }
        (Value::String(text), _) => from_text(field, &text, place, findings),
        (Value::Number(number), FieldShape::Integer) => whole(&number).or_else(|| {
            let problem = "整数ではありません。";
            findings.unread(place, problem, "整数で書いてください。");
            None
        }),
        (Value::Array(entries), FieldShape::List(shape)) => {
            let entries: Vec<Value> = entries
                .into_iter()
                .enumerate()
                .map(|(index, entry)| {
                    json_entry(field, shape, entry, &place.entry(index), findings)
                })
                .collect();
            (!entries.is_empty()).then_some(Value::Array(entries))
        }
        (_, FieldShape::Integer) => {
            wrong_type(place, "整数", findings);
            None
        }
        (_, FieldShape::List(_)) => {
            wrong_type(place, "配列([…])", findings);
            None
        }
        (_, FieldShape::Text { .. } | FieldShape::Date | FieldShape::Choice(_)) => {
            wrong_type(place, "文字列(\"…\")", findings);
            None
        }
    }
}

fn wrong_type(place: &Position, expected: &str, findings: &mut Findings) {
    let remedy = format!("{expected}で書いてください。");
    findings.unread(place, "値の型が違います。", &remedy);
}

/// A whole number of JSON, also when written `3.0`.
fn whole(number: &Number) -> Option<Value> {
    if number.is_i64() || number.is_u64() {
        return Some(Value::Number(number.clone()));
    }
    let digits = digits(number.as_f64()?)?;
    digits.parse::<i64>().ok().map(Value::from)
}

/// An entry that cannot be read leaves a `null`, so that the others keep
/// their places; the record is refused anyway.
fn json_entry(
    field: &Field,
    shape: &ListShape,
    entry: Value,
    place: &Position,
    findings: &mut Findings,
) -> Value {
    match (shape, entry) {
        (ListShape::Texts, Value::String(text)) => entry_text(field, text, place, findings),
        (ListShape::Choices(choices), Value::String(text)) => {
            entry_choice(field, choices, &text, place, findings)
        }
        (ListShape::Rows(parts), Value::Object(object)) => {
            Value::Object(from_object(parts, object, place, findings))
        }
        (ListShape::Texts | ListShape::Choices(_), _) => {
            wrong_type(place, "文字列(\"…\")", findings);
            Value::Null
        }
        (ListShape::Rows(_), _) => {
            wrong_type(place, "オブジェクト({…})", findings);
            Value::Null
        }
    }
}

fn from_object(
    parts: &[Field],
    object: Map<String, Value>,
    place: &Position,
    findings: &mut Findings,
) -> Map<String, Value> {
    let mut row = Map::new();
    for (key, value) in object {
        let Some(field) = position(parts, &key).and_then(|index| parts.get(index)) else {
            let (problem, remedy) = unknown_key(parts, &key);
            let column = format!("{}.{}", place.column, shortened(&key));
            findings.add_at(&column, problem, &remedy);
            continue;
        };
        let place = place.part(field);
        if row.contains_key(&field.name) {
            findings.add(
                &place,
                "同じ項目が2度書かれています。",
                "1つにしてください。",
            );
        } else if let Some(value) = from_json(field, value, &place, findings) {
            row.insert(field.name.clone(), value);
        }
    }
    row
}

fn from_text(
    field: &Field,
    text: &str,
    place: &Position,
    findings: &mut Findings,
) -> Option<Value> {
    if text.is_empty() || is_trace(field, text, place, findings) {
        return None;
    }
    match &field.shape {
        FieldShape::Text { .. } => Some(Value::String(kept(field, text.to_owned()))),
        FieldShape::Date => date(text, place, findings),
        FieldShape::Integer => integer(field, text, place, findings),
        FieldShape::Choice(choices) => choice(choices, text, false, place, findings),
        FieldShape::List(shape) => list(field, shape, text, place, findings),
    }
}

/// An entry of a list of texts; one that is no value leaves a `null`.
fn entry_text(field: &Field, text: String, place: &Position, findings: &mut Findings) -> Value {
    if is_trace(field, &text, place, findings) {
        return Value::Null;
    }
    Value::String(kept(field, text))
}

fn entry_choice(
    field: &Field,
    choices: &[Choice],
    text: &str,
    place: &Position,
    findings: &mut Findings,
) -> Value {
    if is_trace(field, text, place, findings) {
        return Value::Null;
    }
    choice(choices, text, true, place, findings).unwrap_or(Value::Null)
}

/// Tells what stands in the place of a value.
fn is_trace(field: &Field, text: &str, place: &Position, findings: &mut Findings) -> bool {
    let found = trace_of(field, text);
    if let Some((problem, remedy)) = &found {
        findings.unread(place, problem, remedy);
    }
    found.is_some()
}

fn date(text: &str, place: &Position, findings: &mut Findings) -> Option<Value> {
    match era::parse(text) {
        Ok(date) => Some(date.format("%Y-%m-%d").to_string().into()),
        Err(error) => {
            let problem = format!("{}は{error}", excerpt(text));
            findings.unread(place, &problem, DATE_FORMS);
            None
        }
    }
}

fn integer(field: &Field, text: &str, place: &Position, findings: &mut Findings) -> Option<Value> {
    let typed: String = text.trim().chars().map(half_width).collect();
    let typing = &findings.labels().typing;
    let bare = typing.uncounted(&field.name, &typed);
    let number = ungrouped(bare).and_then(|digits| digits.parse::<i64>().ok());
    if number.is_none() {
        let counters: Vec<String> = typing
            .counters(&field.name)
            .iter()
            .map(|counter| format!("「{counter}」"))
            .collect();
        let remedy = match counters.is_empty() {
            true => "数字だけで書いてください。".to_owned(),
            false => format!(
                "数字だけで書いてください(後に{}を付けても構いません)。",
                counters.join("か")
            ),
        };
        let problem = format!("{}は整数ではありません。", excerpt(text));
        findings.unread(place, &problem, &remedy);
    }
    number.map(Value::from)
}

/// The digits of a number, whose thousands may be set off by commas.
fn ungrouped(typed: &str) -> Option<String> {
    let digits = typed.strip_prefix('-').unwrap_or(typed);
    let mut groups = digits.split(',');
    let first = groups.next()?;
    let grouped = digits.contains(',');
    let sound = !first.is_empty()
        && (!grouped || first.len() <= 3)
        && groups.all(|group| group.len() == 3)
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b',');
    sound.then(|| typed.replace(',', ""))
}

fn choice(
    choices: &[Choice],
    text: &str,
    in_list: bool,
    place: &Position,
    findings: &mut Findings,
) -> Option<Value> {
    let typed = text.trim();
    let typing = Arc::clone(&findings.labels().typing);
    let found = typing.chosen(choices, typed);
    if found.is_none() {
        let labels: Vec<String> = choices
            .iter()
            .map(|choice| format!("「{}」", choice.label))
            .collect();
        let problem = format!("{}は選べません。", excerpt(text));
        let remedy = format!(
            "{}{}のいずれかにしてください。",
            near_choice::hint(choices, &typing, typed, in_list),
            labels.join("")
        );
        findings.unread(place, &problem, &remedy);
    }
    found.map(|choice| Value::String(choice.code.clone()))
}

/// A list from one cell: an entry a line, parts between bars.
fn list(
    field: &Field,
    shape: &ListShape,
    text: &str,
    place: &Position,
    findings: &mut Findings,
) -> Option<Value> {
    let typing = Arc::clone(&findings.labels().typing);
    let lines: Vec<&str> = match shape {
        ListShape::Choices(choices) => typed::words(choices, &typing, text),
        ListShape::Texts | ListShape::Rows(_) => typed::lines(&typing, text),
    };
    let entries: Vec<Value> = lines
        .into_iter()
        .enumerate()
        .map(|(index, line)| {
            let place = place.entry(index);
            match shape {
                ListShape::Texts => entry_text(field, line.to_owned(), &place, findings),
                ListShape::Choices(choices) => entry_choice(field, choices, line, &place, findings),
                ListShape::Rows(parts) => row(parts, line, &place, findings),
            }
        })
        .collect();
    (!entries.is_empty()).then_some(Value::Array(entries))
}

fn row(parts: &[Field], line: &str, place: &Position, findings: &mut Findings) -> Value {
    let cells: Vec<&str> = line.split(BARS).map(str::trim).collect();
    let optional_rest = parts
        .get(cells.len()..)
        .is_some_and(|rest| rest.iter().all(|part| !part.required));
    if !optional_rest {
        let titles: Vec<&str> = parts.iter().map(|part| part.title.as_str()).collect();
        let problem = format!("「｜」で区切った部分が{}個あります。", cells.len());
        let remedy = format!(
            "「{}」の順に{}個書いてください。",
            titles.join("｜"),
            parts.len()
        );
        findings.unread(place, &problem, &remedy);
        return Value::Null;
    }
    let mut row = Map::new();
    for (field, text) in parts.iter().zip(cells) {
        let place = place.part(field);
        if let Some(value) = from_text(field, text, &place, findings) {
            row.insert(field.name.clone(), value);
        }
    }
    Value::Object(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_may_have_grouped_thousands() {
        for (typed, digits) in [("1,000", "1000"), ("-5", "-5"), ("007", "007")] {
            assert_eq!(ungrouped(typed).as_deref(), Some(digits));
        }
        for typed in [
            "", "-", "1,00", ",100", "1000,000", "1.5", "+1", "1,000,", "一",
        ] {
            assert_eq!(ungrouped(typed), None, "{typed}");
        }
    }
}
