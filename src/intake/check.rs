//! Checking a whole record: its schema, its outcome, its texts.
//!
//! Every check runs, so that a row is mended once. The schema's complaints
//! are put into the words of the kind's own titles and descriptions.

use std::borrow::Cow;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value};

use crate::catalogue::{Field, FieldShape, Form, Kind, ListShape, Role};
use crate::domain::is_public_mail_address;
use crate::text::characters::Characters;
use crate::text::kana;
use crate::text::unshowable::PLACEHOLDERS;

use super::findings::{Findings, excerpt};
use super::labels::Position;
use super::mail;
use super::typed::is_postal_code;

/// Checks a record's values and returns them. `kind` is the kind of letter the
/// form belongs to, if it belongs to one.
pub(super) fn check(
    form: &Form,
    kind: Option<&Kind>,
    characters: &Characters,
    values: Map<String, Value>,
    findings: &mut Findings,
) -> Map<String, Value> {
    let record = Value::Object(values);
    let complaints = check_schema(form, &record, findings);
    let values = match record {
        Value::Object(values) => values,
        _ => Map::new(),
    };
    if let Some(kind) = kind {
        check_outcome(kind, &values, findings);
    }
    check_mail(form, &values, findings);
    for field in &form.fields {
        if let Some(value) = values.get(&field.name) {
            let place = findings.labels().place(field);
            check_texts(field, value, &place, characters, &complaints, findings);
        }
    }
    values
}

/// Returns the pointers of texts whose form the schema refused.
fn check_schema(form: &Form, record: &Value, findings: &mut Findings) -> Vec<String> {
    let mut complaints = Vec::new();
    for error in form.validator.iter_errors(record) {
        let mut pointer = error.instance_path().as_str().to_owned();
        if findings.is_unread(&pointer) {
            continue;
        }
        if let ValidationErrorKind::Required { property } = error.kind() {
            pointer = format!("{pointer}/{}", property.as_str().unwrap_or_default());
            if findings.is_unread(&pointer) {
                continue;
            }
        }
        if matches!(error.kind(), ValidationErrorKind::Pattern { .. }) {
            complaints.push(pointer.clone());
        }
        match locate(form, &pointer, findings) {
            // Whoever knows the grounds, or the form of a postal code, says more
            // than that it is too long.
            Some((field, _))
                if matches!(field.role, Some(Role::Ground | Role::PostalCode))
                    && is_length(error.kind()) => {}
            Some((field, place)) => {
                let (problem, remedy) = words(&error, field);
                findings.add(&place, &problem, &remedy);
            }
            None => findings.add_at(
                "",
                "項目どうしの組合せが、この書簡の決まりに合いません。",
                "書簡の種類と結果区分を確かめてください。",
            ),
        }
    }
    complaints
}

fn is_length(kind: &ValidationErrorKind) -> bool {
    matches!(kind, ValidationErrorKind::MaxLength { .. })
}

/// The field at a JSON pointer, and its place in the file's words.
fn locate<'a>(form: &'a Form, pointer: &str, findings: &Findings) -> Option<(&'a Field, Position)> {
    let mut steps = pointer.strip_prefix('/')?.split('/');
    let field = form.field(steps.next()?)?;
    let mut place = findings.labels().place(field);
    let Some(index) = steps.next() else {
        return Some((field, place));
    };
    place = place.entry(index.parse().ok()?);
    match (&field.shape, steps.next()) {
        (FieldShape::List(ListShape::Rows(parts)), Some(name)) => {
            let part = parts.iter().find(|part| part.name == name)?;
            Some((part, place.part(part)))
        }
        _ => Some((field, place)),
    }
}

fn words(error: &ValidationError<'_>, field: &Field) -> (String, String) {
    let value = error.instance();
    let shown = match value.as_ref() {
        Value::String(text) => excerpt(text),
        Value::Number(number) => format!("「{number}」"),
        _ => String::new(),
    };
    let length = match value.as_ref() {
        Value::String(text) => text.chars().count(),
        Value::Array(entries) => entries.len(),
        _ => 0,
    };
    let described = || match field.description.as_str() {
        "" => "入力を確かめてください。".to_owned(),
        description => description.to_owned(),
    };
    match error.kind() {
        ValidationErrorKind::Required { .. } => (
            "必須の項目ですが、空です。".to_owned(),
            format!("入力してください。{}", field.description),
        ),
        ValidationErrorKind::MaxLength { limit } => (
            format!("{length}文字あり、上限の{limit}文字を超えています({shown})。"),
            format!("{limit}文字以内に短くしてください。"),
        ),
        ValidationErrorKind::MinLength { limit } => (
            format!("{length}文字しかありません({shown})。"),
            format!("{limit}文字以上にしてください。"),
        ),
        ValidationErrorKind::MaxItems { limit } => (
            format!("{length}件あり、上限の{limit}件を超えています。"),
            format!("{limit}件以内にしてください。"),
        ),
        ValidationErrorKind::MinItems { limit } => (
            format!("{length}件しかありません。"),
            format!("{limit}件以上書いてください。"),
        ),
        ValidationErrorKind::UniqueItems => (
            "同じものが2度書かれています。".to_owned(),
            "1つにしてください。".to_owned(),
        ),
        ValidationErrorKind::Maximum { limit } => (
            format!("{shown}は大きすぎます。"),
            format!("{limit}以下にしてください。"),
        ),
        ValidationErrorKind::Minimum { limit } => (
            format!("{shown}は小さすぎます。"),
            format!("{limit}以上にしてください。"),
        ),
        _ => (
            format!("{shown}は、この欄に書ける形ではありません。"),
            described(),
        ),
    }
}

fn check_outcome(kind: &Kind, values: &Map<String, Value>, findings: &mut Findings) {
    let code = values.get("outcome").and_then(Value::as_str);
    if let Some(outcome) = code.and_then(|code| kind.outcome(code)) {
        let field = |name: &String| kind.field(name);
        for field in outcome.requires.iter().filter_map(field) {
            let place = findings.labels().place(field);
            let reported = field.required || findings.is_unread(&place.pointer);
            if !values.contains_key(&field.name) && !reported {
                let problem = format!("結果区分が「{}」のときは必要です。", outcome.label);
                let remedy = format!("入力してください。{}", field.description);
                findings.add(&place, &problem, &remedy);
            }
        }
        for field in outcome.forbids.iter().filter_map(field) {
            if values.contains_key(&field.name) {
                let place = findings.labels().place(field);
                let problem = format!("結果区分が「{}」のときは書けません。", outcome.label);
                findings.add(
                    &place,
                    &problem,
                    "空欄にするか、結果区分を確かめてください。",
                );
            }
        }
    }
}

/// A letter that goes by mail says where to.
fn check_mail(form: &Form, values: &Map<String, Value>, findings: &mut Findings) {
    let by_mail = values.get("delivery").and_then(Value::as_str) == Some("mail");
    if by_mail
        && !values.contains_key("mail_address")
        && let Some(field) = form.field("mail_address")
    {
        let place = findings.labels().place(field);
        if !field.required && !findings.is_unread(&place.pointer) {
            let remedy = "本人確認の済んだアドレスを入力するか、送付方法を変えてください。";
            findings.add(&place, "メールで送るときは必要です。", remedy);
        }
    }
}

fn check_texts(
    field: &Field,
    value: &Value,
    place: &Position,
    characters: &Characters,
    complaints: &[String],
    findings: &mut Findings,
) {
    match (value, &field.shape) {
        (Value::String(text), FieldShape::Text { .. } | FieldShape::List(ListShape::Texts)) => {
            check_text(field.role, text, place, characters, findings);
            if !complaints.contains(&place.pointer) {
                check_role(field.role, text, place, findings);
            }
        }
        (Value::Array(entries), FieldShape::List(ListShape::Texts)) => {
            for (index, entry) in entries.iter().enumerate() {
                let place = place.entry(index);
                check_texts(field, entry, &place, characters, complaints, findings);
            }
        }
        (Value::Array(entries), FieldShape::List(ListShape::Rows(parts))) => {
            for (index, entry) in entries.iter().enumerate() {
                let place = place.entry(index);
                for part in parts {
                    if let Some(value) = entry.get(&part.name) {
                        let place = place.part(part);
                        check_texts(part, value, &place, characters, complaints, findings);
                    }
                }
            }
        }
        _ => {}
    }
}

fn check_text(
    role: Option<Role>,
    text: &str,
    place: &Position,
    characters: &Characters,
    findings: &mut Findings,
) {
    let multiline = role == Some(Role::Multiline);
    if text.chars().all(char::is_whitespace) {
        findings.add(
            place,
            "空白だけが入っています。",
            "値を入力するか、空欄にしてください。",
        );
    } else if !multiline && text.trim() != text {
        // Trimming would change a stored name; a space may also be a sign
        // that columns have been shifted.
        let problem = "前か後ろに余分な空白があります。";
        findings.add(place, problem, "空白を消してください。");
    }
    // What is printed must be in the fonts. Of a name that is what the policy
    // makes of it; the map replaces no character a record may not hold.
    let printed = match role {
        Some(role) if role.follows_name_policy() => characters.shown_name(text),
        _ => Cow::Borrowed(text),
    };
    let shown = if multiline {
        characters.check_lines(&printed)
    } else {
        characters.check(&printed)
    };
    for refused in shown.err().into_iter().flatten() {
        findings.add(place, &refused.problem(), refused.remedy());
    }
}

fn check_role(role: Option<Role>, text: &str, place: &Position, findings: &mut Findings) {
    match role {
        Some(Role::Name | Role::RegisteredName) => {
            // U+FFFD has its own complaint, from the characters.
            let placeholder = text.chars().find(|c| PLACEHOLDERS.contains(c));
            if let Some(found) = placeholder.filter(|c| *c != '\u{FFFD}') {
                let problem = format!(
                    "名前に「{found}」が入っています。別のシステムで文字が化けた恐れがあります。"
                );
                findings.add(place, &problem, "元の資料で正しい氏名を確かめてください。");
            }
        }
        Some(Role::Kana) => {
            if let Some(found) = kana::stray(text) {
                let problem = match found {
                    'ぁ'..='ゖ' => "ひらがなが入っています。".to_owned(),
                    _ => format!("カタカナではない文字「{found}」が入っています。"),
                };
                let remedy = "読みを全角カタカナで書いてください。使えるのは、カタカナ、長音「ー」、中点「・」、空白です。";
                findings.add(place, &problem, remedy);
            }
        }
        Some(Role::Mail) if !is_public_mail_address(text) => {
            let (problem, remedy) = mail::unusable(text);
            findings.add(place, &format!("{}{problem}", excerpt(text)), remedy);
        }
        Some(Role::PostalCode) if !is_postal_code(text) => {
            let problem = format!("{}は郵便番号の形ではありません。", excerpt(text));
            findings.add(
                place,
                &problem,
                "半角の数字7桁(379-2147 の形)で書いてください。",
            );
        }
        Some(Role::Mail | Role::PostalCode | Role::Address | Role::Multiline | Role::Ground)
        | None => {}
    }
}
