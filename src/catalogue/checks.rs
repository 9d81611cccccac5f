//! What must hold of a form's fields and of a kind's rules, beyond what their
//! files can say.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::field::{Field, FieldShape, ListShape};
use super::letter_toml::LetterToml;
use super::rules::{Order, Rule, without_condition};
use super::{FeeSource, Outcome};
use crate::domain::folded;

/// Headers a sheet of records uses for itself.
const RESERVED: [&str; 3] = ["kind", "種別", "エラー内容"];

/// The common groups of a kind are there.
pub(super) fn check_groups(letter: &LetterToml, groups: &Map<String, Value>) -> Result<(), String> {
    let unknown = letter
        .groups
        .iter()
        .find(|name| !groups.contains_key(*name));
    match unknown {
        None => Ok(()),
        Some(group) => Err(format!(
            "groups にある「{group}」は lib/envelope.schema.json にありません。"
        )),
    }
}

/// A header is read without regard to width, letter case and spaces, so two
/// that differ only there would be one column.
pub(super) fn check_titles(fields: &[Field]) -> Result<(), String> {
    let mut seen: BTreeSet<String> = RESERVED.iter().map(|header| folded(header)).collect();
    for field in fields {
        let own: BTreeSet<String> = [&field.title, &field.name].map(|h| folded(h)).into();
        for header in own {
            if !seen.insert(header) {
                return Err(format!(
                    "見出し「{}」({})は、ほかの項目か決まった見出しと重なっています。別の見出しにしてください。",
                    field.title, field.name
                ));
            }
        }
    }
    Ok(())
}

/// A date the form holds against another names a date of the kind. (A common
/// group may name one of a group the kind does not have.)
pub(super) fn check_dating(own: &Value, fields: &[Field]) -> Result<(), String> {
    let is_own = |name: &str| {
        own.get("properties")
            .is_some_and(|all| all.get(name).is_some())
    };
    for field in fields.iter().filter(|field| is_own(&field.name)) {
        for other in &field.dating.not_before {
            let named = fields.iter().find(|field| field.name == *other);
            if !named.is_some_and(|named| matches!(named.shape, FieldShape::Date)) {
                return Err(format!(
                    "項目「{}」の x-not-before にある「{other}」という日付の項目はありません。",
                    field.name
                ));
            }
        }
    }
    Ok(())
}

/// Outcomes speak of fields there are.
pub(super) fn check_outcomes(outcomes: &[Outcome], fields: &[Field]) -> Result<(), String> {
    for outcome in outcomes {
        for name in outcome.requires.iter().chain(&outcome.forbids) {
            if !fields.iter().any(|field| field.name == *name) {
                return Err(format!(
                    "outcomes.{} に書かれた項目「{name}」は record.schema.json にありません。",
                    outcome.code
                ));
            }
        }
    }
    Ok(())
}

/// A kind's own rules speak of outcomes, fields and codes there are, and each
/// says when it holds.
pub(super) fn check_rules(
    letter: &LetterToml,
    outcomes: &[Outcome],
    fields: &[Field],
) -> Result<(), String> {
    let find = |name: &str| fields.iter().find(|field| field.name == name);
    let unknown = |codes: &[String]| -> Option<String> {
        let known = |code: &&String| outcomes.iter().any(|outcome| outcome.code == **code);
        codes.iter().find(|code| !known(code)).cloned()
    };
    for (place, rule) in letter.rules.iter().enumerate() {
        let place = place + 1;
        if let Some(code) = unknown(&rule.outcomes) {
            return Err(format!(
                "{place}番目の rules にある結果区分「{code}」はありません。"
            ));
        }
        if let Some(name) = rule.named().find(|name| find(name).is_none()) {
            return Err(format!(
                "{place}番目の rules にある項目「{name}」はありません。"
            ));
        }
        for (name, codes) in &rule.when {
            let choices = find(name).map(codes_of).unwrap_or_default();
            let unknown = codes.iter().find(|code| !choices.contains(code));
            if let Some(code) = unknown {
                return Err(format!(
                    "{place}番目の rules の when にある「{name}」に、「{code}」という選択肢はありません。"
                ));
            }
        }
        for (part, codes) in &rule.rows {
            let lists = rule.fields.iter().filter_map(|name| find(name));
            let parts = lists.flat_map(|field| match &field.shape {
                FieldShape::List(ListShape::Rows(parts)) => parts.as_slice(),
                _ => &[],
            });
            let mut named = parts.filter(|field| field.name == *part);
            let choices = named.next().map(codes_of).unwrap_or_default();
            if let Some(code) = codes.iter().find(|code| !choices.contains(code)) {
                return Err(format!(
                    "{place}番目の rules の rows にある「{part}」に、「{code}」という選択肢はありません。"
                ));
            }
        }
        if rule.is_empty() {
            return Err(without_condition(place));
        }
    }
    check_orders(letter, outcomes, fields)?;
    for follows in &letter.follows {
        let parts = match find(&follows.by).map(|field| &field.shape) {
            Some(FieldShape::List(ListShape::Rows(parts))) => parts.as_slice(),
            _ => &[],
        };
        let part = |name: &str| parts.iter().any(|part| part.name == name);
        let complete = find(&follows.field).is_some()
            && find(&follows.from).is_some()
            && part(&follows.original)
            && part(&follows.replacement);
        if !complete {
            return Err("follows にある項目がありません。".to_owned());
        }
    }
    Ok(())
}

/// What a kind says of its dates speaks of outcomes and dates there are.
fn check_orders(letter: &LetterToml, outcomes: &[Outcome], fields: &[Field]) -> Result<(), String> {
    let find = |name: &str| fields.iter().find(|field| field.name == name);
    let is_none = |code: &&String| !outcomes.iter().any(|outcome| outcome.code == **code);
    for field in fields {
        if let Some(code) = field.dating.by_outcome.keys().find(is_none) {
            return Err(format!(
                "項目「{}」の x-when にある結果区分「{code}」はありません。",
                field.name
            ));
        }
    }
    for order in &letter.order {
        if let Some(code) = order.outcomes.iter().find(is_none) {
            return Err(format!("order にある結果区分「{code}」はありません。"));
        }
        let names = [&order.earlier, &order.later].into_iter();
        for name in names.filter(|name| name.as_str() != Order::TODAY) {
            let (name, part) = Order::place(name);
            let named = match (find(name).map(|field| &field.shape), part) {
                (Some(FieldShape::List(ListShape::Rows(parts))), Some(part)) => {
                    parts.iter().find(|own| own.name == part)
                }
                (Some(_), None) => find(name),
                _ => None,
            };
            if !named.is_some_and(|field| matches!(field.shape, FieldShape::Date)) {
                return Err(format!(
                    "order にある「{name}」という日付の項目はありません。"
                ));
            }
        }
    }
    Ok(())
}

fn codes_of(field: &Field) -> Vec<&String> {
    match &field.shape {
        FieldShape::Choice(choices) | FieldShape::List(ListShape::Choices(choices)) => {
            choices.iter().map(|choice| &choice.code).collect()
        }
        _ => Vec::new(),
    }
}

/// Fees speak of fields there are, and a fee is asked only where art. 38(1)
/// allows one.
pub(super) fn check_fee(
    letter: &LetterToml,
    outcomes: &[Outcome],
    fields: &[Field],
) -> Result<(), String> {
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    if letter.fee == Some(FeeSource::FeeRights) && !has("fee_rights") {
        return Err("fee = \"fee_rights\" には、項目 fee_rights が必要です。".to_owned());
    }
    match (has("fee"), letter.fee) {
        (true, None) => {
            return Err(
                "手数料の項目があるのに、fee がありません。どの手数料かを書いてください。"
                    .to_owned(),
            );
        }
        (false, Some(_)) => {
            return Err("fee がありますが、groups に \"fee\" がありません。".to_owned());
        }
        (true, Some(_)) | (false, None) => {}
    }
    let free = |article: &str| article.starts_with("第34条") || article.starts_with("第35条");
    if has("fee") && outcomes.iter().any(|outcome| free(&outcome.article)) {
        return Err(
            "法第34条・第35条の請求の書簡に、手数料の項目は置けません(法第38条第1項)。groups から \"fee\" を除いてください。"
                .to_owned(),
        );
    }
    Ok(())
}

/// Characters all restricted fields of a kind may have together: a note of
/// them all must fit the one size every note has.
const RESTRICTED_CHARS: usize = 4000;

/// A restricted field leaves no trace in what else a record must have.
pub(super) fn check_restricted(
    letter: &LetterToml,
    outcomes: &[Outcome],
    fields: &[Field],
) -> Result<(), String> {
    let restricted: Vec<&Field> = fields.iter().filter(|field| field.restricted).collect();
    let named = |name: &String| restricted.iter().any(|field| field.name == *name);
    let required = outcomes
        .iter()
        .flat_map(|outcome| &outcome.requires)
        .chain(letter.rules.iter().flat_map(Rule::named))
        .find(|name| named(name));
    if let Some(name) = required {
        return Err(format!(
            "x-restricted の項目「{name}」は、requires にも rules にも書けません。"
        ));
    }
    let chars: usize = restricted
        .iter()
        .map(|field| match field.shape {
            FieldShape::Text { max_chars } => max_chars.unwrap_or_default(),
            _ => 0,
        })
        .sum();
    if chars > RESTRICTED_CHARS {
        return Err(format!(
            "x-restricted の項目の maxLength の合計は、{RESTRICTED_CHARS}文字までにしてください(今は{chars}文字)。"
        ));
    }
    Ok(())
}
