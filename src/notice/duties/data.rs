//! What `templates/law/notice-duties.toml` says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use regex::Regex;
use serde::{Deserialize, Deserializer, de};

use super::Grade;
use super::text::Section;
use crate::config;
use crate::files;

/// The file below the templates.
const DUTIES: &str = "law/notice-duties.toml";

/// The publication duties of a society, with their dates.
#[derive(Debug)]
pub struct Duties(pub(super) Vec<Duty>);

/// Why the duties do not load or cannot be asked about, for staff.
#[derive(Debug, thiserror::Error)]
#[error("公表事項の点検 {}：{problem}", path.display())]
pub struct DutiesError {
    /// The file at fault.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: String,
}

/// One duty.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Duty {
    pub code: String,
    pub title: String,
    pub article: String,
    pub citation: String,
    pub asked: String,
    pub stands: Section,
    pub problem: Option<String>,
    pub remedy: String,
    pub model: Option<String>,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    pub only_if: Option<Condition>,
    pub check: Check,
}

impl Duty {
    fn holds(&self, date: NaiveDate) -> bool {
        self.valid_from <= date && self.valid_to.is_none_or(|to| date <= to)
    }
}

/// A fact without which there is no duty.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    pub fact: Fact,
    pub question: String,
    #[serde(default)]
    pub mentions: Vec<Pattern>,
}

/// A setting of `[publication_facts]` that is yes or no.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fact {
    HandledAbroad,
    ProvidedAbroad,
    JointUse,
    ImplicitConsent,
    OptOut,
    Pseudonymised,
    Anonymised,
}

/// How it is seen whether a duty is met.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Check {
    Name,
    Address,
    Representative,
    Words(Parts),
    Measures(Parts),
    SpecificPurposes,
    VagueWords {
        words: Vec<Vague>,
    },
    Apart {
        words: Vec<Pattern>,
        own: Vec<Pattern>,
    },
    Slips {
        slips: Vec<Slip>,
    },
    Fee {
        question: String,
    },
    ComplaintAgrees,
    Organisations {
        question: String,
    },
}

/// Parts that must all be there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parts {
    #[serde(default)]
    pub sections: Vec<Section>,
    pub parts: Vec<Part>,
    /// When not one part is there.
    #[serde(default = "missing")]
    pub none: Grade,
    /// When some parts are there.
    #[serde(default = "weak")]
    pub some: Grade,
}

fn missing() -> Grade {
    Grade::Missing
}

fn weak() -> Grade {
    Grade::Weak
}

/// A part, told by any of these words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    pub name: String,
    pub words: Vec<Pattern>,
}

/// Words that are no purpose by themselves, and what a purpose could be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vague {
    pub word: String,
    pub model: String,
}

/// A slip of the pen and what was meant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slip {
    pub words: Pattern,
    pub model: String,
}

/// A regular expression over folded text.
#[derive(Debug)]
pub(super) struct Pattern(pub Regex);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Regex::new(&text).map(Pattern).map_err(|error| {
            de::Error::custom(format!("正規表現「{text}」を読めません({error})。"))
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DutiesToml {
    duties: Vec<Duty>,
}

impl Duties {
    /// Loads the duties in force on a day from `law/notice-duties.toml` below
    /// the templates.
    ///
    /// # Errors
    /// When the file cannot be read, a code stands twice, a period ends before
    /// it begins, a list of words is empty, or no duty is in force that day.
    pub fn load(templates: &Path, date: NaiveDate) -> Result<Self, DutiesError> {
        let path = templates.join(DUTIES);
        let text = files::text_below(templates, DUTIES).map_err(|error| DutiesError {
            problem: error.problem(),
            path: error.path,
        })?;
        Self::parse(&text, date).map_err(|problem| DutiesError { path, problem })
    }

    pub(super) fn parse(text: &str, date: NaiveDate) -> Result<Self, String> {
        let raw: DutiesToml = toml::from_str(text).map_err(|error| config::in_japanese(&error))?;
        let mut codes = BTreeSet::new();
        for duty in &raw.duties {
            let wrong = |problem: &str| Err(format!("{}：{problem}", duty.code));
            if !codes.insert(duty.code.as_str()) {
                return wrong("同じ符号が2度書かれています。");
            }
            if duty.valid_to.is_some_and(|to| to < duty.valid_from) {
                return wrong("valid_to が valid_from より前です。");
            }
            if !duty.check.can_find() {
                return wrong("見分ける言葉がありません。");
            }
        }
        let mut duties = raw.duties;
        duties.retain(|duty| duty.holds(date));
        if duties.is_empty() {
            return Err(format!("{date}に確かめることが一つもありません。"));
        }
        Ok(Duties(duties))
    }
}

impl Check {
    /// A check with an empty list would find every notice in order.
    fn can_find(&self) -> bool {
        match self {
            Check::Words(parts) | Check::Measures(parts) => {
                !parts.parts.is_empty() && parts.parts.iter().all(|part| !part.words.is_empty())
            }
            Check::VagueWords { words } => !words.is_empty(),
            Check::Apart { words, .. } => !words.is_empty(),
            Check::Slips { slips } => !slips.is_empty(),
            Check::Name
            | Check::Address
            | Check::Representative
            | Check::SpecificPurposes
            | Check::Fee { .. }
            | Check::ComplaintAgrees
            | Check::Organisations { .. } => true,
        }
    }
}
