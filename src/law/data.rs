//! What `templates/law/appi.toml` says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

use super::provisions::Provisions;
use super::words::Words;
use crate::files;

/// The file below the templates.
const LAW: &str = "law/appi.toml";

/// What the texts of a record may not say.
const WORDS: &str = "law/words.toml";

/// The Act on the Protection of Personal Information (平成15年法律第57号) as
/// far as letters rest on it.
#[derive(Debug)]
pub struct Law {
    amendments: BTreeMap<String, Amendment>,
    articles: BTreeMap<String, Period>,
    grounds: BTreeMap<String, Ground>,
    pub(super) words: Words,
    pub(super) provisions: Option<Provisions>,
}

/// An amendment that is promulgated, in force or not.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// Code within the file.
    pub code: String,
    /// Number of the amending law, 令和8年法律第56号.
    pub law: String,
    /// Day it was promulgated.
    pub promulgated: NaiveDate,
    /// Day it comes into force; absent until a Cabinet Order has set it.
    pub in_force: Option<NaiveDate>,
    /// Day by which it is in force at the latest.
    pub latest: NaiveDate,
    /// What it means for letters.
    pub note: String,
}

/// When a provision can be cited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    from: Start,
    to: Option<NaiveDate>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Start {
    On(NaiveDate),
    /// With an amendment whose day is not set yet.
    Awaited,
}

impl Period {
    /// Whether a decision of this day may cite the provision.
    pub fn holds(&self, date: NaiveDate) -> bool {
        matches!(self.from, Start::On(from) if from <= date) && self.to.is_none_or(|to| date <= to)
    }
}

/// One ground, in the wording of the Act.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Code used in records, for instance `DISC_33_2_1`.
    pub code: String,
    /// How a letter cites it.
    pub citation: String,
    /// What it says.
    pub wording: String,
    /// The decisions it may support, as `kind/outcome`.
    pub supports: Vec<String>,
    /// Why a record may never name it, and what to do instead; none for a
    /// ground that may be named.
    pub never: Option<String>,
    /// Whether it says nothing of data being held: it would be given whether
    /// there is any or not.
    pub silent: bool,
    /// When it can be used.
    pub period: Period,
}

/// Why the law's data does not load, for staff.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct LawError {
    /// The file at fault.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LawToml {
    #[serde(default)]
    amendments: Vec<Amendment>,
    articles: Vec<ArticlesToml>,
    grounds: Vec<GroundToml>,
    #[serde(default)]
    provisions: Option<Provisions>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArticlesToml {
    articles: Vec<String>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    amendment: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroundToml {
    code: String,
    citation: String,
    wording: String,
    supports: Vec<String>,
    never: Option<String>,
    #[serde(default)]
    silent: bool,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    amendment: Option<String>,
}

impl Law {
    /// Loads `law/appi.toml` and `law/words.toml` below the templates.
    ///
    /// # Errors
    /// When a file cannot be read, something stands twice, a period ends
    /// before it begins or names no known amendment, or a pattern is none.
    pub fn load(templates: &Path) -> Result<Self, LawError> {
        let of = |name: &str| {
            let text = files::text_below(templates, name).map_err(|error| LawError {
                problem: error.problem(),
                path: error.path,
            });
            let path = templates.join(name);
            text.map(|text| (text, |problem| LawError { path, problem }))
        };
        let (text, failed) = of(LAW)?;
        let mut law = Self::parse(&text).map_err(failed)?;
        let (text, failed) = of(WORDS)?;
        law.words = Words::parse(&text).map_err(failed)?;
        Ok(law)
    }

    /// Reads the text of the file.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let raw: LawToml = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut amendments = BTreeMap::new();
        for amendment in raw.amendments {
            if let Some(twice) = amendments.insert(amendment.code.clone(), amendment) {
                return Err(format!("改正 {} が2度書かれています。", twice.code));
            }
        }
        let mut articles = BTreeMap::new();
        let period = |from, to, amendment: Option<String>| {
            period(from, to, amendment.as_deref(), &amendments)
        };
        for group in raw.articles {
            let period = period(group.valid_from, group.valid_to, group.amendment)
                .map_err(|problem| format!("articles：{problem}"))?;
            for article in group.articles {
                if articles.insert(article.clone(), period.clone()).is_some() {
                    return Err(format!("{article}が articles に2度書かれています。"));
                }
            }
        }
        let mut grounds = BTreeMap::new();
        for ground in raw.grounds {
            let period = period(ground.valid_from, ground.valid_to, ground.amendment)
                .map_err(|problem| format!("根拠 {}：{problem}", ground.code))?;
            let ground = Ground {
                code: ground.code,
                citation: ground.citation,
                wording: ground.wording,
                supports: ground.supports,
                never: ground.never,
                silent: ground.silent,
                period,
            };
            if ground.never.is_some() && !ground.supports.is_empty() {
                return Err(format!(
                    "根拠 {} には supports と never の両方があります。",
                    ground.code
                ));
            }
            if let Some(twice) = grounds.insert(ground.code.clone(), ground) {
                return Err(format!("根拠 {} が2度書かれています。", twice.code));
            }
        }
        Ok(Law {
            amendments,
            articles,
            grounds,
            words: Words::default(),
            provisions: raw.provisions,
        })
    }

    /// The ground with this code.
    pub fn ground(&self, code: &str) -> Option<&Ground> {
        self.grounds.get(code)
    }

    /// Whether a decision that rests on these grounds alone says nothing of
    /// data being held.
    pub fn is_silent(&self, codes: &[String]) -> bool {
        let silent = |code: &String| self.ground(code).is_some_and(|ground| ground.silent);
        !codes.is_empty() && codes.iter().all(silent)
    }

    /// All grounds in the order of their codes.
    pub fn grounds(&self) -> impl Iterator<Item = &Ground> {
        self.grounds.values()
    }

    /// Whether a letter of this day may be sent under the article; `None`
    /// when the file does not name the article.
    pub fn article_holds(&self, article: &str, date: NaiveDate) -> Option<bool> {
        self.articles.get(article).map(|period| period.holds(date))
    }

    /// The amendment that must be in force on this day although the file does
    /// not say since when: the data is too old to decide by.
    pub fn outdated(&self, date: NaiveDate) -> Option<&Amendment> {
        self.amendments
            .values()
            .find(|amendment| amendment.in_force.is_none() && amendment.latest < date)
    }

    /// Every amendment, in force or awaited.
    pub fn amendments(&self) -> impl Iterator<Item = &Amendment> {
        self.amendments.values()
    }

    /// Every `kind/outcome` some ground claims to support.
    pub fn supported_decisions(&self) -> BTreeSet<&str> {
        self.grounds
            .values()
            .flat_map(|ground| ground.supports.iter().map(String::as_str))
            .collect()
    }

    /// Every kind a rule about words names.
    pub fn kinds_of_words(&self) -> BTreeSet<&str> {
        self.words.kinds()
    }

    /// Every ground a rule about words names that there is not.
    pub fn unknown_grounds_of_words(&self) -> Vec<&str> {
        let grounds = self.words.grounds().into_iter();
        grounds.filter(|code| self.ground(code).is_none()).collect()
    }

    /// What a template sees of a ground; a code the law does not know was
    /// refused at intake, so it shows as its bare code only in previews.
    pub fn for_template(&self, code: &str) -> Value {
        match self.grounds.get(code) {
            Some(ground) => json!({
                "code": ground.code,
                "citation": ground.citation,
                "wording": ground.wording,
            }),
            None => json!({"code": code, "citation": code, "wording": ""}),
        }
    }
}

fn period(
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    amendment: Option<&str>,
    amendments: &BTreeMap<String, Amendment>,
) -> Result<Period, String> {
    let from = match (from, amendment) {
        (Some(from), None) => Start::On(from),
        (None, Some(code)) => match amendments.get(code) {
            Some(amendment) => amendment.in_force.map_or(Start::Awaited, Start::On),
            None => return Err(format!("改正 {code} が amendments にありません。")),
        },
        (None, None) => return Err("valid_from がありません。".to_owned()),
        (Some(_), Some(_)) => {
            return Err("valid_from と amendment は、どちらか一つだけ書いてください。".to_owned());
        }
    };
    match (&from, to) {
        (Start::On(from), Some(to)) if to < *from => {
            Err("valid_to が valid_from より前です。".to_owned())
        }
        _ => Ok(Period { from, to }),
    }
}
