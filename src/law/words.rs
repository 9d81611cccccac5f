//! What the texts of a record may not say: `templates/law/words.toml`.
//!
//! A rule says what is looked for, in which letters and fields, and whether a
//! record that says it is refused or staff are warned. A text is looked at as
//! a reader takes it ([`Plain`]), so neither width nor spaces nor the form of
//! a kanji hides a word.

mod individual_number;
mod pattern;
mod strangers;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::check::{Matter, requester_role};
use super::texts::{self, Typed};
use crate::catalogue::Role;
use crate::domain::{Delivery, FieldProblem, Plain, RequesterRole, katakana};
use pattern::Pattern;
use strangers::Known;

/// The rules, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Words {
    rules: Vec<WordRule>,
}

/// One thing that may not be said.
#[derive(Debug)]
struct WordRule {
    looks_for: LooksFor,
    /// What is taken out of a text before it is looked at.
    except: Option<Pattern>,
    /// A text that has this is not looked at.
    unless: Option<Pattern>,
    holds: Holds,
    weight: Weight,
    problem: String,
    remedy: String,
}

/// What a rule looks for.
#[derive(Debug)]
enum LooksFor {
    /// A pattern.
    Pattern(Pattern),
    /// Any of some words, whichever kana they are written in.
    Words(Vec<String>),
    /// Twelve digits of which the last is the check digit of the first eleven.
    IndividualNumber,
    /// A name with a title that is nobody's whom the record names.
    Stranger,
}

/// Where a rule holds; an empty list holds anywhere.
#[derive(Debug)]
struct Holds {
    kinds: Vec<String>,
    not_kinds: Vec<String>,
    outcomes: Vec<String>,
    /// Ways the letter goes.
    ways: Vec<Delivery>,
    /// Choices, each with codes of which it has one.
    when: BTreeMap<String, Vec<String>>,
    roles: Vec<RequesterRole>,
    /// One of these grounds is named.
    grounds: Vec<String>,
    /// None of these is named.
    without_grounds: Vec<String>,
    fields: Vec<String>,
    not_fields: Vec<String>,
    looks_at: LooksAt,
}

/// Which texts of a record are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LooksAt {
    /// What is written in sentences: no names, addresses and numbers, nothing
    /// that only the person in charge may read.
    Sentences,
    /// The same, of a list's row all parts together.
    Rows,
    /// Numbers and keys of the office, telephone numbers among them.
    Numbers,
    /// Every text.
    All,
}

/// What becomes of a record that says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Weight {
    /// It is refused.
    Refuse,
    /// Staff are told.
    Warn,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsToml {
    #[serde(default)]
    lists: BTreeMap<String, Vec<String>>,
    rules: Vec<RuleToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleToml {
    pattern: Option<String>,
    list: Option<String>,
    finds: Option<Finds>,
    except: Option<String>,
    unless: Option<String>,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    not_kinds: Vec<String>,
    #[serde(default)]
    outcomes: Vec<String>,
    #[serde(default)]
    ways: Vec<Delivery>,
    #[serde(default)]
    when: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    roles: Vec<RequesterRole>,
    #[serde(default)]
    grounds: Vec<String>,
    #[serde(default)]
    without_grounds: Vec<String>,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    not_fields: Vec<String>,
    #[serde(default = "sentences")]
    looks_at: LooksAt,
    weight: Weight,
    problem: String,
    remedy: String,
}

fn sentences() -> LooksAt {
    LooksAt::Sentences
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Finds {
    IndividualNumber,
    Stranger,
}

impl Words {
    /// Reads the text of the file.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let raw: WordsToml = toml::from_str(text).map_err(|error| error.to_string())?;
        let lists: BTreeMap<&str, Vec<String>> = raw
            .lists
            .iter()
            .map(|(name, words)| (name.as_str(), words.iter().map(|word| key(word)).collect()))
            .collect();
        let rule = |raw: RuleToml| WordRule::of(raw, &lists);
        let rules = raw.rules.into_iter().map(rule);
        Ok(Words {
            rules: rules.collect::<Result<_, String>>()?,
        })
    }

    /// What of a record these rules refuse, or warn of. A field is told once
    /// what to do, whichever rules say so.
    pub(super) fn problems(&self, matter: Matter<'_>, weight: Weight) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let rules: Vec<&WordRule> = self
            .rules
            .iter()
            .filter(|rule| rule.weight == weight && rule.holds.in_letter(matter))
            .collect();
        if rules.is_empty() {
            return problems;
        }
        let known = Known::of(&matter.kind.fields, matter.record);
        let texts = texts::typed(&matter.kind.fields, matter.record);
        let texts: Vec<(Typed<'_>, Plain)> = texts
            .into_iter()
            .map(|typed| (typed, Plain::of(typed.text)))
            .collect();
        let rows: Vec<(Typed<'_>, Plain)> = match rules
            .iter()
            .any(|rule| rule.holds.looks_at == LooksAt::Rows)
        {
            true => texts::rows(&matter.kind.fields, matter.record)
                .into_iter()
                .map(|(typed, row)| (typed, Plain::of(&row)))
                .collect(),
            false => Vec::new(),
        };
        let mut told = BTreeSet::new();
        for rule in rules {
            let looked_at = match rule.holds.looks_at {
                LooksAt::Rows => &rows,
                LooksAt::Sentences | LooksAt::Numbers | LooksAt::All => &texts,
            };
            for (typed, plain) in looked_at {
                if rule.holds.in_field(typed)
                    && rule.is_said(plain, &known)
                    && told.insert((typed.field, rule.remedy.as_str()))
                {
                    problems.push(FieldProblem::of(
                        typed.field,
                        rule.problem.clone(),
                        rule.remedy.clone(),
                    ));
                }
            }
        }
        problems
    }

    /// Every kind a rule names.
    pub(super) fn kinds(&self) -> BTreeSet<&str> {
        let kinds = self
            .rules
            .iter()
            .flat_map(|rule| [&rule.holds.kinds, &rule.holds.not_kinds])
            .flatten();
        kinds.map(String::as_str).collect()
    }

    /// Every ground a rule names.
    pub(super) fn grounds(&self) -> BTreeSet<&str> {
        let grounds = self
            .rules
            .iter()
            .flat_map(|rule| [&rule.holds.grounds, &rule.holds.without_grounds])
            .flatten();
        grounds.map(String::as_str).collect()
    }
}

impl WordRule {
    fn of(raw: RuleToml, lists: &BTreeMap<&str, Vec<String>>) -> Result<Self, String> {
        let looks_for = match (raw.pattern, raw.list, raw.finds) {
            (Some(pattern), None, None) => LooksFor::Pattern(Pattern::read(&pattern)?),
            (None, Some(list), None) => match lists.get(list.as_str()) {
                Some(words) => LooksFor::Words(words.clone()),
                None => return Err(format!("lists に {list} がありません。")),
            },
            (None, None, Some(Finds::IndividualNumber)) => LooksFor::IndividualNumber,
            (None, None, Some(Finds::Stranger)) => LooksFor::Stranger,
            _ => {
                return Err(format!(
                    "pattern、list、finds のどれか一つを書いてください(「{}」の規則)。",
                    raw.problem
                ));
            }
        };
        Ok(WordRule {
            looks_for,
            except: raw.except.as_deref().map(Pattern::read).transpose()?,
            unless: raw.unless.as_deref().map(Pattern::read).transpose()?,
            holds: Holds {
                kinds: raw.kinds,
                not_kinds: raw.not_kinds,
                outcomes: raw.outcomes,
                ways: raw.ways,
                when: raw.when,
                roles: raw.roles,
                grounds: raw.grounds,
                without_grounds: raw.without_grounds,
                fields: raw.fields,
                not_fields: raw.not_fields,
                looks_at: raw.looks_at,
            },
            weight: raw.weight,
            problem: raw.problem,
            remedy: raw.remedy,
        })
    }

    /// Whether a text says it.
    fn is_said(&self, plain: &Plain, known: &Known) -> bool {
        let text = match self.looks_for {
            LooksFor::IndividualNumber => &plain.spaced,
            LooksFor::Pattern(_) | LooksFor::Words(_) | LooksFor::Stranger => &plain.tight,
        };
        if self
            .unless
            .as_ref()
            .is_some_and(|unless| unless.is_surely_in(text))
        {
            return false;
        }
        let is_found = |text: &str| match &self.looks_for {
            LooksFor::Pattern(pattern) => pattern.is_in(text),
            LooksFor::Words(words) => {
                let text = katakana(text);
                words.iter().any(|word| text.contains(word.as_str()))
            }
            LooksFor::IndividualNumber => individual_number::is_in(text),
            // What is no name is data too, so names are told apart from it.
            LooksFor::Stranger => strangers::is_in(&plain.spaced, known, self.except.as_ref()),
        };
        is_found(text)
            && self.except.as_ref().is_none_or(|except| {
                let rest = except.taken_out_of(text);
                is_found(&rest)
            })
    }
}

impl Holds {
    fn in_letter(&self, matter: Matter<'_>) -> bool {
        let any =
            |list: &[String], word: &str| list.is_empty() || list.iter().any(|one| one == word);
        if !any(&self.kinds, &matter.kind.code)
            || self.not_kinds.contains(&matter.kind.code)
            || !any(&self.outcomes, &matter.outcome.code)
            || !(self.ways.is_empty() || self.ways.contains(&matter.envelope.delivery))
            || !self.has_choices(matter)
        {
            return false;
        }
        let role = || requester_role(matter.envelope);
        if !self.roles.is_empty() && !role().is_some_and(|role| self.roles.contains(&role)) {
            return false;
        }
        if self.grounds.is_empty() && self.without_grounds.is_empty() {
            return true;
        }
        let used = texts::grounds(&matter.kind.fields, matter.record);
        let is_used = |code: &String| used.iter().any(|(_, used)| *used == code.as_str());
        (self.grounds.is_empty() || self.grounds.iter().any(is_used))
            && !self.without_grounds.iter().any(is_used)
    }

    /// Whether each choice named has one of its codes.
    fn has_choices(&self, matter: Matter<'_>) -> bool {
        self.when.iter().all(|(name, codes)| {
            let value = matter.record.get(name).and_then(Value::as_str);
            value.is_some_and(|value| codes.iter().any(|code| code == value))
        })
    }

    fn in_field(&self, typed: &Typed<'_>) -> bool {
        let is_named = |list: &[String]| {
            list.iter()
                .any(|one| one == typed.field || one == typed.part)
        };
        if (!self.fields.is_empty() && !is_named(&self.fields)) || is_named(&self.not_fields) {
            return false;
        }
        match self.looks_at {
            LooksAt::All => true,
            LooksAt::Numbers => is_number(typed) && !typed.is_restricted,
            LooksAt::Sentences | LooksAt::Rows => {
                let is_prose = matches!(typed.role, None | Some(Role::Multiline));
                is_prose && !is_number(typed) && !typed.is_restricted
            }
        }
    }
}

/// Whether a field is a number or key of the office and no sentence.
fn is_number(typed: &Typed<'_>) -> bool {
    let endings = ["_number", "_key", "reference", "telephone", "contact"];
    typed.role.is_none() && endings.iter().any(|ending| typed.part.ends_with(ending))
}

/// By what a word is found.
fn key(word: &str) -> String {
    katakana(&Plain::of(word).tight)
}
