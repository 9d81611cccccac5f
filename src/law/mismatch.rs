//! What the law's data and the kinds of letter say of each other, and does not
//! agree.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Ground, Law};
use crate::catalogue::{Catalogue, Kind, Need, Outcome};

/// A place where the law's data and the kinds of letter do not agree, or the
/// data is too old to decide by. For staff.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LawMismatch {
    /// An amendment must be in force, and the data does not say since when.
    #[error(
        "法令データ：{0}が施行されているはずですが、law/appi.toml に施行日がありません。今の法令に合わせてください。"
    )]
    Outdated(String),
    /// A rule about words names a kind that is not there.
    #[error("法令データ：law/words.toml の kinds にある {0} という種類はありません。")]
    WordsKind(String),
    /// A rule about words names a ground that is not there.
    #[error("法令データ：law/words.toml にある {0} という根拠は、law/appi.toml にありません。")]
    WordsGround(String),
    /// A decision needs a ground, and none supports it.
    #[error(
        "法令データ：根拠の必要な「{label}」({decision})を支える根拠が law/appi.toml にありません。"
    )]
    Unsupported {
        /// Label of the outcome.
        label: String,
        /// `kind/outcome`.
        decision: String,
    },
    /// A decision rests on an article the data does not name.
    #[error(
        "法令データ：「{label}」({decision})の条項 {article} が law/appi.toml の articles にありません。"
    )]
    UnknownArticle {
        /// Label of the outcome.
        label: String,
        /// `kind/outcome`.
        decision: String,
        /// The article.
        article: String,
    },
    /// A decision cites a ground that does not support it.
    #[error(
        "法令データ：「{label}」({decision})の cites にある根拠 {ground} は、この結果区分を支えません。"
    )]
    CitesOther {
        /// Label of the outcome.
        label: String,
        /// `kind/outcome`.
        decision: String,
        /// The ground.
        ground: String,
    },
    /// A ground supports a decision that is not there.
    #[error("法令データ：law/appi.toml の supports にある {0} という種類と結果区分はありません。")]
    UnknownDecision(String),
}

impl Law {
    /// Holds grounds and kinds against each other, as the law stands on
    /// `today`.
    pub fn mismatches(&self, catalogue: &Catalogue, today: NaiveDate) -> Vec<LawMismatch> {
        let mut found = Vec::new();
        if let Some(amendment) = self.outdated(today) {
            found.push(LawMismatch::Outdated(amendment.law.clone()));
        }
        let unknown = |kind: &&str| catalogue.get(kind).is_none();
        let kinds = self.kinds_of_words().into_iter().filter(unknown);
        found.extend(kinds.map(|kind| LawMismatch::WordsKind(kind.to_owned())));
        let grounds = self.unknown_grounds_of_words().into_iter();
        found.extend(grounds.map(|code| LawMismatch::WordsGround(code.to_owned())));
        let mut decisions = BTreeSet::new();
        for kind in catalogue.iter() {
            for outcome in &kind.outcomes {
                let decision = decision(kind, outcome);
                found.extend(self.of_decision(outcome, &decision, today));
                decisions.insert(decision);
            }
        }
        for supported in self.supported_decisions() {
            if !decisions.contains(supported) {
                found.push(LawMismatch::UnknownDecision(supported.to_owned()));
            }
        }
        found
    }

    fn of_decision(&self, outcome: &Outcome, decision: &str, today: NaiveDate) -> Vec<LawMismatch> {
        let mut found = Vec::new();
        let (label, decision) = (outcome.label.clone(), decision.to_owned());
        let supported = self.supported_decisions().contains(decision.as_str());
        if outcome.grounds == Need::Required && !supported {
            let (label, decision) = (label.clone(), decision.clone());
            found.push(LawMismatch::Unsupported { label, decision });
        }
        if !outcome.article.is_empty() && self.article_holds(&outcome.article, today).is_none() {
            found.push(LawMismatch::UnknownArticle {
                label: label.clone(),
                decision: decision.clone(),
                article: outcome.article.clone(),
            });
        }
        for code in &outcome.cites {
            let supports = |ground: &Ground| ground.supports.contains(&decision);
            if !self.ground(code).is_some_and(supports) {
                found.push(LawMismatch::CitesOther {
                    label: label.clone(),
                    decision: decision.clone(),
                    ground: code.clone(),
                });
            }
        }
        found
    }
}

fn decision(kind: &Kind, outcome: &Outcome) -> String {
    format!("{}/{}", kind.code, outcome.code)
}
