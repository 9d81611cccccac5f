//! What the fields of one record say of each other: the rules of its kind, and
//! texts that follow from others.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::wordless;
use crate::catalogue::{Follows, Kind, Rule};
use crate::domain::{FieldProblem, is_same_name, word_key};
use crate::law;
use crate::wording::choices as words;

/// What a record may not say: each is refused.
pub fn refused(kind: &Kind, values: &Map<String, Value>) -> Vec<FieldProblem> {
    let mut problems = broken(kind, values, false);
    problems.extend(to_another(kind, values));
    problems.extend(wordless::silent(&kind.fields, values));
    let follows = kind.follows.iter().filter(|follows| !follows.warns);
    problems.extend(follows.filter_map(|follows| strayed(kind, follows, values)));
    problems
}

/// A letter for the principal alone that goes to somebody else.
fn to_another(kind: &Kind, values: &Map<String, Value>) -> Option<FieldProblem> {
    let text = |field: &str| values.get(field)?.as_str();
    let outcome = kind.outcome(text("outcome")?)?;
    let (to, principal) = (text("addressee_name")?, text("principal_name")?);
    (outcome.to_principal && !is_same_name(to, principal))
        .then(|| words::to_another(&outcome.label))
}

/// What a record may say and somebody should look at.
pub fn doubtful(kind: &Kind, values: &Map<String, Value>) -> Vec<FieldProblem> {
    let mut found = broken(kind, values, true);
    let follows = kind.follows.iter().filter(|follows| follows.warns);
    found.extend(follows.filter_map(|follows| strayed(kind, follows, values)));
    found
}

/// The rules of this sort that hold.
fn broken(kind: &Kind, values: &Map<String, Value>, warns: bool) -> Vec<FieldProblem> {
    let record = Read::of(kind, values);
    let rules = kind.rules.iter().filter(|rule| rule.warns == warns);
    let mut told = BTreeSet::new();
    let problems = rules.filter_map(|rule| record.broken(rule));
    problems
        // A field is told once what to do, whichever rules say so.
        .filter(|problem| told.insert((problem.field.clone(), problem.remedy.clone())))
        .collect()
}

/// A record with its texts.
struct Read<'a> {
    values: &'a Map<String, Value>,
    texts: Vec<(&'a str, String)>,
    grounds: Vec<&'a str>,
}

impl<'a> Read<'a> {
    fn of(kind: &'a Kind, values: &'a Map<String, Value>) -> Self {
        let texts = law::texts_of(&kind.fields, values).into_iter();
        let grounds = law::grounds_of(&kind.fields, values).into_iter();
        Read {
            values,
            texts: texts.map(|(field, text)| (field, word_key(text))).collect(),
            grounds: grounds.map(|(_, code)| code).collect(),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The texts of a field, as words are looked for in them.
    fn texts_of(&self, name: &str) -> Vec<&str> {
        let texts = self.texts.iter().filter(|(field, _)| *field == name);
        texts.map(|(_, text)| text.as_str()).collect()
    }

    /// Whether a choice, or one of several, is one of these codes.
    fn is_one_of(&self, name: &str, codes: &[String]) -> bool {
        let is = |value: &Value| value.as_str().is_some_and(|v| codes.iter().any(|c| c == v));
        match self.values.get(name) {
            Some(Value::Array(entries)) => entries.iter().any(is),
            Some(value) => is(value),
            None => false,
        }
    }

    /// How many rows of a list have one of these codes in each of these parts.
    fn rows_of(&self, name: &str, parts: &BTreeMap<String, Vec<String>>) -> usize {
        let counts = |row: &&Value| {
            parts.iter().all(|(part, codes)| {
                let code = row.get(part).and_then(Value::as_str);
                code.is_some_and(|code| codes.iter().any(|c| c == code))
            })
        };
        let rows = self.values.get(name).and_then(Value::as_array);
        rows.into_iter().flatten().filter(counts).count()
    }

    /// The problem a rule tells, if it holds and what it requires is not there.
    fn broken(&self, rule: &Rule) -> Option<FieldProblem> {
        let holds = (rule.outcomes.is_empty() || self.is_one_of("outcome", &rule.outcomes))
            && rule
                .when
                .iter()
                .all(|(name, codes)| self.is_one_of(name, codes))
            && rule.with.iter().all(|name| self.has(name))
            && !rule.without.iter().any(|name| self.has(name))
            && (rule.grounds.is_empty()
                || rule
                    .grounds
                    .iter()
                    .any(|code| self.grounds.contains(&code.as_str())));
        if !holds {
            return None;
        }
        let said = match rule.most_rows {
            Some(most) => {
                let mut fields = rule.fields.iter();
                fields.find(|name| self.rows_of(name, &rule.rows) > most)?
            }
            None => self.said(rule)?,
        };
        let missing = rule.requires.iter().find(|name| !self.has(name));
        let field = match missing {
            Some(name) => name,
            None if rule.requires.is_empty() => said,
            None => return None,
        };
        Some(FieldProblem::of(
            field,
            rule.problem.clone(),
            rule.remedy.clone(),
        ))
    }

    /// The field at which a rule's words are found, or not found where it says
    /// so; where it asks for no words, the first that is filled in.
    fn said<'r>(&self, rule: &'r Rule) -> Option<&'r String> {
        let says =
            |text: &str, words: &[String]| words.iter().any(|word| text.contains(word.as_str()));
        let counts = |text: &str| {
            let counted = |text: String, part: &String| text.replace(part.as_str(), "");
            rule.except.iter().fold(text.to_owned(), counted)
        };
        let filled = || rule.fields.iter().find(|name| self.has(name));
        if !rule.lacks.is_empty() {
            let mut texts = rule.fields.iter().flat_map(|name| self.texts_of(name));
            if texts.any(|text| says(text, &rule.lacks)) {
                return None;
            }
            filled()?;
        }
        if rule.contains.is_empty() {
            return filled().or(rule.fields.first());
        }
        let found = |name: &&String| {
            self.texts_of(name)
                .into_iter()
                .any(|text| says(&counts(text), &rule.contains))
        };
        rule.fields.iter().find(found)
    }
}

/// A text that is not what another becomes by the replacements of its record.
fn strayed(kind: &Kind, follows: &Follows, values: &Map<String, Value>) -> Option<FieldProblem> {
    let text = |name: &str| values.get(name)?.as_str();
    let (shown, from) = (text(&follows.field)?, text(&follows.from)?);
    let rows = values.get(&follows.by)?.as_array()?;
    let pairs = rows.iter().filter_map(|row| {
        let part = |name: &str| row.get(name)?.as_str();
        Some((part(&follows.original)?, part(&follows.replacement)?))
    });
    // A longer part first: a character with its selector holds the bare one.
    let mut pairs: Vec<(&str, &str)> = pairs.filter(|(original, _)| !original.is_empty()).collect();
    pairs.sort_by_key(|(original, _)| std::cmp::Reverse(original.len()));
    let stays = follows.warns && is_same_name(shown, from);
    (!stays && !is_same_name(shown, &replaced(from, &pairs))).then(|| {
        let title = |name: &str| kind.field(name).map_or("", |field| field.title.as_str());
        if follows.warns {
            let (problem, remedy) = words::is_another(title(&follows.field), title(&follows.from));
            return FieldProblem::of(&follows.field, problem, remedy);
        }
        let (problem, remedy) = words::does_not_follow(
            title(&follows.field),
            title(&follows.from),
            title(&follows.by),
        );
        FieldProblem::of(&follows.field, problem, remedy)
    })
}

/// The text with each part replaced once, from its beginning.
fn replaced(text: &str, pairs: &[(&str, &str)]) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let pair = pairs
            .iter()
            .find(|(original, _)| rest.starts_with(original));
        let (taken, put) = match pair {
            Some((original, replacement)) => (original.len(), *replacement),
            None => (c.len_utf8(), &rest[..c.len_utf8()]),
        };
        made.push_str(put);
        rest = &rest[taken..];
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_follows_from_its_replacements() {
        let pairs = [("髙", "高"), ("﨑", "崎")];
        assert_eq!(replaced("見本 髙﨑髙", &pairs), "見本 高崎高");
        // What was put in is not replaced in its turn.
        assert_eq!(replaced("甲乙", &[("甲", "乙"), ("乙", "甲")]), "乙甲");
    }
}
