//! Whether the notice says what the society must publish: art. 32(1) of the
//! Act, Cabinet Order art. 10, arts. 17, 21, 27 and the guidance for
//! societies. It tells and changes nothing.
//!
//! The duties are data, `templates/law/notice-duties.toml`; how they are seen
//! to be met is typed here. Words are a sign and no proof: a person reads
//! what was found.

mod data;
mod fee;
mod found;
mod profile;
mod recognise;
#[cfg(test)]
mod tests;
mod text;

use serde::{Deserialize, Serialize};

pub use data::Duties;
use data::{Condition, Duty, Fact};
pub use fee::stated_fees;
use found::Found;
use recognise::recognise;
pub use text::Position;
use text::Words;

use super::Notice;
use crate::domain::{PublicationFacts, Society};

/// How well a duty is met, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Not there, or contradicted (不足).
    Missing,
    /// There in part, or a person must say whether it is needed (要検討).
    Weak,
    /// There, or not needed (適合).
    Met,
}

impl Grade {
    /// All grades, the worst first.
    pub const ALL: [Grade; 3] = [Grade::Missing, Grade::Weak, Grade::Met];

    /// The word staff read.
    pub fn label(self) -> &'static str {
        match self {
            Grade::Missing => "不足",
            Grade::Weak => "要検討",
            Grade::Met => "適合",
        }
    }
}

/// What was found about one duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Code of the duty.
    pub code: String,
    /// What of it, where one duty may have several findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Name of the duty.
    pub title: String,
    /// How well it is met.
    pub grade: Grade,
    /// Article, short.
    pub article: String,
    /// Article and guidance in full.
    pub citation: String,
    /// What is asked for.
    pub asked: String,
    /// Where it was found, or where it should stand.
    pub places: Vec<Position>,
    /// What is wrong, or why there is nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What the society must answer first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// A sentence to start from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

impl Duties {
    /// Holds a notice and the society's profile against every duty, in the
    /// order of the file.
    pub fn assess(&self, notice: &Notice, society: &Society) -> Vec<Finding> {
        let words = Words::of(notice);
        let vague = self.vague_words();
        let mut findings = Vec::new();
        for duty in &self.0 {
            let mut found = recognise(duty, &words, &vague, notice, society);
            if let Some(condition) = &duty.only_if {
                let fact = condition.fact.of(&society.publication_facts);
                found = under(condition, fact, found, duty, &words);
            }
            findings.extend(found.into_iter().map(|found| found.of(duty, society)));
        }
        findings
    }

    fn vague_words(&self) -> Vec<&str> {
        let lists = self.0.iter().filter_map(|duty| match &duty.check {
            data::Check::VagueWords { words } => Some(words),
            _ => None,
        });
        lists.flatten().map(|vague| vague.word.as_str()).collect()
    }
}

impl Fact {
    fn of(self, facts: &PublicationFacts) -> Option<bool> {
        match self {
            Fact::HandledAbroad => facts.handled_abroad,
            Fact::ProvidedAbroad => facts.provided_abroad,
            Fact::JointUse => facts.joint_use,
            Fact::ImplicitConsent => facts.implicit_consent,
            Fact::OptOut => facts.opt_out,
            Fact::Pseudonymised => facts.pseudonymised,
            Fact::Anonymised => facts.anonymised,
        }
    }

    /// Its name in the profile.
    fn name(self) -> &'static str {
        match self {
            Fact::HandledAbroad => "handled_abroad",
            Fact::ProvidedAbroad => "provided_abroad",
            Fact::JointUse => "joint_use",
            Fact::ImplicitConsent => "implicit_consent",
            Fact::OptOut => "opt_out",
            Fact::Pseudonymised => "pseudonymised",
            Fact::Anonymised => "anonymised",
        }
    }
}

/// A duty that exists only under a condition. What the notice says in full
/// is in order while nobody has answered; a notice that says it although the
/// answer is no contradicts itself.
fn under(
    condition: &Condition,
    fact: Option<bool>,
    found: Vec<Found>,
    duty: &Duty,
    words: &Words<'_>,
) -> Vec<Found> {
    let met = found.iter().all(|found| found.grade == Grade::Met);
    let name = condition.fact.name();
    match fact {
        Some(true) => found,
        None if met => found,
        Some(false) if met => {
            let places = found.into_iter().flat_map(|found| found.places).collect();
            vec![Found::weak(places).saying(format!(
                "公表事項に書かれていますが、profile.toml の [publication_facts] には {name} = false とあります。"
            ))]
        }
        Some(false) => vec![Found::met(Vec::new()).saying(format!(
            "該当しません（profile.toml の [publication_facts] の {name} = false）。"
        ))],
        None => {
            let mut places: Vec<Position> = condition
                .mentions
                .iter()
                .flat_map(|pattern| words.find_all(&pattern.0))
                .collect();
            let problem = match places.is_empty() {
                true => "当てはまるかどうかが、profile.toml に書かれていません。",
                false => {
                    "関わりのありそうな言葉がありますが、当てはまるかどうかが profile.toml に書かれていません。"
                }
            };
            places.push(words.empty(duty.stands));
            vec![
                Found::weak(places)
                    .saying(problem)
                    .asking(&condition.question),
            ]
        }
    }
}
