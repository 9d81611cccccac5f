//! What a kind says of its own records beyond their schema: which values,
//! texts and dates go together. They stand in `letter.toml`; what holds for
//! every kind stands in `templates/lib/rules.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Deserializer};

use super::CatalogueError;
use super::field::Field;
use super::words::check_words;
use crate::domain::word_key;
use crate::files;

/// Where the rules of every kind stand, below the templates.
const COMMON: &str = "lib/rules.toml";

/// A rule about the fields of a record. It holds when everything it says holds;
/// then the fields of `requires` must be filled in, or else the record is
/// refused, or told of where the rule `warns`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Outcomes it holds for; empty for all.
    #[serde(default)]
    pub outcomes: Vec<String>,
    /// The fields whose texts are looked at; all texts of a list's rows. The
    /// first that is filled in is where staff are told.
    #[serde(rename = "field", deserialize_with = "one_or_several")]
    pub fields: Vec<String>,
    /// A text contains one of these; `@receipts` stands for a list of words of
    /// `lib/rules.toml`. Width, letter case, spaces and the kind of
    /// kana do not count.
    #[serde(default, deserialize_with = "word_keys")]
    pub contains: Vec<String>,
    /// No text contains one of these.
    #[serde(default, deserialize_with = "word_keys")]
    pub lacks: Vec<String>,
    /// Parts of a text that do not count for `contains`.
    #[serde(default, deserialize_with = "word_keys")]
    pub except: Vec<String>,
    /// Choices, each with one of these codes.
    #[serde(default)]
    pub when: BTreeMap<String, Vec<String>>,
    /// One of these grounds is given.
    #[serde(default)]
    pub grounds: Vec<String>,
    /// All of these fields are filled in.
    #[serde(default)]
    pub with: Vec<String>,
    /// None of these fields is filled in.
    #[serde(default)]
    pub without: Vec<String>,
    /// A list among the fields has more rows than this.
    pub most_rows: Option<usize>,
    /// Parts of a list's rows, each with its codes: only rows that have one of
    /// each count for `most_rows`. All rows count where there are none.
    #[serde(default)]
    pub rows: BTreeMap<String, Vec<String>>,
    /// Fields that must be filled in then.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Whether the record is taken in all the same, and staff are told.
    #[serde(default)]
    pub warns: bool,
    /// What is wrong, in Japanese, ending with 。
    pub problem: String,
    /// What to do, in Japanese, ending with 。
    pub remedy: String,
}

/// Two dates of a record of which one comes first.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Outcomes it holds for; empty for all.
    #[serde(default)]
    pub outcomes: Vec<String>,
    /// The field of the first; `measures.measure_date` is a part of a list's
    /// rows, `today` the day the record is looked at.
    pub earlier: String,
    /// The field of the second, or such a part or day.
    pub later: String,
    /// Whether the record is taken in all the same, and staff are told.
    #[serde(default)]
    pub warns: bool,
    /// What to do, where it is more than to mend one of the two.
    pub remedy: Option<String>,
    /// Whether they cannot be the same day.
    #[serde(default)]
    pub apart: bool,
    /// The most days from the first to the second.
    pub most_days: Option<i64>,
    /// Where that is written, for staff.
    pub basis: Option<String>,
}

/// A text that is another one with some parts replaced.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Follows {
    /// Whether the text may also stay as it was, and staff are only told of
    /// another: whose name a letter is about.
    #[serde(default)]
    pub warns: bool,
    /// The field that follows.
    pub field: String,
    /// The field it follows from.
    pub from: String,
    /// The list that says what is replaced.
    pub by: String,
    /// Its part with what is replaced.
    pub original: String,
    /// Its part with what stands there instead.
    pub replacement: String,
}

fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Named {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Named::deserialize(deserializer)? {
        Named::One(one) => vec![one],
        Named::Several(several) => several,
    })
}

/// Words as they are compared.
fn word_keys<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let words: Vec<String> = Vec::deserialize(deserializer)?;
    Ok(words.iter().map(|word| word_key(word)).collect())
}

/// Lists of words as they are compared.
fn lists_of_keys<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::deserialize(deserializer)?;
    for word in lists.values_mut().flatten() {
        *word = word_key(word);
    }
    Ok(lists)
}

impl Order {
    /// What stands for the day a record is looked at.
    pub const TODAY: &'static str = "today";

    /// The list and the part of its rows a name stands for, or the field alone.
    pub fn place(name: &str) -> (&str, Option<&str>) {
        match name.split_once('.') {
            Some((list, part)) => (list, Some(part)),
            None => (name, None),
        }
    }
}

impl Rule {
    /// Whether it says nothing of when it holds.
    pub(super) fn is_empty(&self) -> bool {
        self.contains.is_empty()
            && self.lacks.is_empty()
            && self.when.is_empty()
            && self.grounds.is_empty()
            && self.with.is_empty()
            && self.without.is_empty()
            && self.most_rows.is_none()
    }

    /// All fields it names.
    pub(super) fn named(&self) -> impl Iterator<Item = &String> {
        self.fields
            .iter()
            .chain(self.when.keys())
            .chain(&self.with)
            .chain(&self.without)
            .chain(&self.requires)
    }

    /// The rule as far as it is about a kind with these fields: one about
    /// fields the kind does not have is none of its rules.
    fn of_fields(&self, fields: &[Field]) -> Option<Self> {
        let has = |name: &&String| {
            let mut named = fields.iter().filter(|field| field.name == **name);
            named.next().is_some_and(|field| !field.restricted)
        };
        let own: Vec<String> = self.fields.iter().filter(has).cloned().collect();
        let mut others = self.named().skip(self.fields.len());
        (!own.is_empty() && others.all(|name| has(&name))).then(|| Rule {
            fields: own,
            ..self.clone()
        })
    }
}

/// What stands in `templates/lib/rules.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommonRules {
    /// Lists of words a rule names by `@` and their name, as they are compared.
    #[serde(default, deserialize_with = "lists_of_keys")]
    words: BTreeMap<String, Vec<String>>,
    /// The rules of every kind.
    #[serde(default)]
    rules: Vec<Rule>,
}

impl CommonRules {
    /// Reads the file; nothing where there is none.
    pub(super) fn load(templates: &Path) -> Result<Self, CatalogueError> {
        let fail = |problem: String| CatalogueError {
            path: templates.join(COMMON),
            problem,
        };
        let text = match files::text_below(templates, COMMON) {
            Ok(text) => text,
            Err(error) if error.is_absent() => return Ok(CommonRules::default()),
            Err(error) => return Err(error.into()),
        };
        let unreadable = |error: toml::de::Error| fail(error.to_string());
        let mut common: CommonRules = toml::from_str(&text).map_err(unreadable)?;
        let table: toml::Table = toml::from_str(&text).map_err(unreadable)?;
        let table = serde_json::to_value(table.get("rules")).unwrap_or_default();
        check_words(&table).map_err(fail)?;
        if let Some(place) = common.rules.iter().position(Rule::is_empty) {
            return Err(fail(without_condition(place + 1)));
        }
        let rules = std::mem::take(&mut common.rules);
        let spelt = rules.into_iter().map(|rule| common.spelt(rule));
        common.rules = spelt.collect::<Result<_, _>>().map_err(fail)?;
        Ok(common)
    }

    /// The rules of a kind: its own, and those of every kind that are about its
    /// fields.
    pub(super) fn of(&self, own: Vec<Rule>, fields: &[Field]) -> Result<Vec<Rule>, String> {
        let own: Result<Vec<Rule>, String> = own.into_iter().map(|rule| self.spelt(rule)).collect();
        let mut rules = own?;
        rules.extend(self.rules.iter().filter_map(|rule| rule.of_fields(fields)));
        Ok(rules)
    }

    /// A rule with the words of the lists it names.
    fn spelt(&self, mut rule: Rule) -> Result<Rule, String> {
        for words in [&mut rule.contains, &mut rule.lacks, &mut rule.except] {
            let mut spelt = Vec::with_capacity(words.len());
            for word in std::mem::take(words) {
                match word.strip_prefix('@') {
                    None => spelt.push(word),
                    Some(list) => {
                        let list = self.words.get(list).ok_or_else(|| {
                            format!("rules にある「@{list}」という言葉の一覧は、lib/rules.toml の words にありません。")
                        })?;
                        spelt.extend_from_slice(list);
                    }
                }
            }
            *words = spelt;
        }
        Ok(rule)
    }
}

pub(super) fn without_condition(place: usize) -> String {
    format!("{place}番目の rules に、いつ当てはまるかが書かれていません。")
}
