//! A kind's `letter.toml`, as it is written.

use serde::Deserialize;

use super::rules::{Follows, Order, Rule};
use super::{Addressee, FeeSource, Need, Outcome};
use crate::domain::{Delivery, Ending, RequesterRole, Right};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LetterToml {
    pub(super) name: String,
    pub(super) series: String,
    #[serde(default = "default_mail")]
    pub(super) mail: String,
    #[serde(default)]
    pub(super) addressee: Addressee,
    #[serde(default)]
    pub(super) ways: Vec<Delivery>,
    pub(super) groups: Vec<String>,
    pub(super) decides: Option<Right>,
    pub(super) confidential: Option<bool>,
    pub(super) fee: Option<FeeSource>,
    #[serde(default = "yes")]
    pub(super) enabled: bool,
    #[serde(default)]
    pub(super) from_notice: bool,
    pub(super) outcomes: toml::Table,
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
    #[serde(default)]
    pub(super) order: Vec<Order>,
    #[serde(default)]
    pub(super) follows: Vec<Follows>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OutcomeToml {
    label: String,
    subject: String,
    #[serde(default)]
    article: String,
    #[serde(default)]
    requires: Vec<String>,
    #[serde(default)]
    forbids: Vec<String>,
    #[serde(default)]
    grounds: Need,
    #[serde(default)]
    reason: Need,
    #[serde(default)]
    cites: Vec<String>,
    #[serde(default)]
    roles: Vec<RequesterRole>,
    #[serde(default)]
    reveals: bool,
    #[serde(default)]
    refuses: bool,
    #[serde(default)]
    answers: bool,
    #[serde(default)]
    after: Vec<Ending>,
    /// Whether its letters go to the principal alone.
    #[serde(default)]
    to_principal: bool,
    tells: Option<Ending>,
}

fn yes() -> bool {
    true
}

fn default_mail() -> String {
    "document-notice".to_owned()
}

/// The outcomes of the table `outcomes`.
pub(super) fn read_outcomes(table: &toml::Table) -> Result<Vec<Outcome>, String> {
    if table.is_empty() {
        return Err("outcomes が1つもありません。".to_owned());
    }
    table
        .iter()
        .map(|(code, value)| {
            let raw: OutcomeToml = value
                .clone()
                .try_into()
                .map_err(|error| format!("outcomes.{code}: {error}"))?;
            Ok(Outcome {
                code: code.clone(),
                label: raw.label,
                subject: raw.subject,
                article: raw.article,
                requires: raw.requires,
                forbids: raw.forbids,
                grounds: raw.grounds,
                reason: raw.reason,
                cites: raw.cites,
                roles: raw.roles,
                reveals: raw.reveals,
                refuses: raw.refuses,
                answers: raw.answers,
                after: raw.after,
                to_principal: raw.to_principal,
                tells: raw.tells,
            })
        })
        .collect()
}
