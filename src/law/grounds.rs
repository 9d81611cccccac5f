//! The grounds a decision can rest on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::restricted;
use crate::catalogue::{Field, FieldShape, Kind, ListShape, Need, Role};
use crate::domain::{Decision, Envelope, FieldProblem, RequesterRole};

/// The grounds of the Act on the Protection of Personal Information
/// (平成15年法律第57号) the program knows.
#[derive(Debug)]
pub struct Law {
    grounds: BTreeMap<String, Ground>,
}

/// One ground, in the wording of the Act.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Code used in records, for instance `DISC_33_2_1`.
    pub code: String,
    /// How a letter cites it.
    pub citation: String,
    /// What it says.
    pub wording: String,
    /// The decisions it may support, as `kind/outcome`.
    pub supports: Vec<String>,
    /// First day it may be used on.
    pub valid_from: NaiveDate,
    /// Last day it may be used on; absent while it is in force.
    pub valid_to: Option<NaiveDate>,
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
    grounds: Vec<Ground>,
}

impl Law {
    /// Loads `law/appi.toml` below the templates.
    ///
    /// # Errors
    /// When the file cannot be read, a code stands twice, or a period ends
    /// before it begins.
    pub fn load(templates: &Path) -> Result<Self, LawError> {
        let path = templates.join("law/appi.toml");
        let fail = |problem: String| LawError {
            path: path.clone(),
            problem,
        };
        let text =
            fs::read_to_string(&path).map_err(|error| fail(format!("読めません({error})。")))?;
        let law: LawToml = toml::from_str(&text).map_err(|error| fail(error.to_string()))?;
        let mut grounds = BTreeMap::new();
        for ground in law.grounds {
            if ground.valid_to.is_some_and(|to| to < ground.valid_from) {
                return Err(fail(format!(
                    "根拠 {} の valid_to が valid_from より前です。",
                    ground.code
                )));
            }
            if let Some(twice) = grounds.insert(ground.code.clone(), ground) {
                return Err(fail(format!("根拠 {} が2度書かれています。", twice.code)));
            }
        }
        Ok(Law { grounds })
    }

    /// The ground with this code.
    pub fn ground(&self, code: &str) -> Option<&Ground> {
        self.grounds.get(code)
    }

    /// Every `kind/outcome` some ground claims to support.
    pub fn supported_decisions(&self) -> BTreeSet<&str> {
        self.grounds
            .values()
            .flat_map(|ground| ground.supports.iter().map(String::as_str))
            .collect()
    }

    /// Checks a record's decision against the Act.
    pub fn check(
        &self,
        kind: &Kind,
        outcome_code: &str,
        record: &Map<String, Value>,
        envelope: &Envelope,
    ) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let Some(outcome) = kind.outcome(outcome_code) else {
            return problems;
        };
        let decision = envelope.decision.as_ref();
        let used = ground_codes(&kind.fields, record);
        need(
            outcome.grounds,
            !used.is_empty(),
            "grounds",
            "根拠",
            &outcome.label,
            &mut problems,
        );
        let reasoned = decision.is_some_and(|decision| decision.reason.is_some());
        need(
            outcome.reason,
            reasoned,
            "reason",
            "理由",
            &outcome.label,
            &mut problems,
        );
        let place = format!("{}/{outcome_code}", kind.code);
        for (field, code) in &used {
            problems.extend(self.check_ground(field, code, &place, &outcome.label, decision));
        }
        let bereaved = envelope
            .request
            .as_ref()
            .and_then(|request| request.requester_role)
            == Some(RequesterRole::Bereaved);
        if bereaved && outcome.article.starts_with("第33条") {
            problems.push(FieldProblem::of(
                "requester_role",
                "遺族からの依頼に、法第33条による決定は使えません(法第2条第1項：個人情報は生存する個人に関する情報です)。",
                "組合の要領による「開示依頼」として扱ってください。",
            ));
        }
        problems
    }

    fn check_ground(
        &self,
        field: &str,
        code: &str,
        place: &str,
        label: &str,
        decision: Option<&Decision>,
    ) -> Option<FieldProblem> {
        if restricted::is_restricted(code) {
            return Some(restricted::misplaced(field));
        }
        let Some(ground) = self.grounds.get(code) else {
            let known: Vec<&str> = self
                .grounds
                .values()
                .filter(|ground| ground.supports.iter().any(|s| s == place))
                .map(|ground| ground.code.as_str())
                .collect();
            return Some(FieldProblem::of(
                field,
                "根拠のコードが法令データにありません。",
                format!("使えるコードは {} です。", known.join("、")),
            ));
        };
        if !ground.supports.iter().any(|supported| supported == place) {
            return Some(FieldProblem::of(
                field,
                format!("{}は「{label}」の根拠になりません。", ground.citation),
                "根拠か結果区分を見直してください。",
            ));
        }
        let date = decision?.date;
        let in_force = ground.valid_from <= date && ground.valid_to.is_none_or(|last| date <= last);
        (!in_force).then(|| {
            FieldProblem::of(
                field,
                format!("{}は、決定日には施行されていません。", ground.citation),
                "決定日の時点で効力のある根拠を選んでください。",
            )
        })
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

fn need(
    need: Need,
    present: bool,
    field: &str,
    title: &str,
    label: &str,
    problems: &mut Vec<FieldProblem>,
) {
    match (need, present) {
        (Need::Required, false) => problems.push(FieldProblem::of(
            field,
            format!("結果区分「{label}」には{title}が必要です(法第36条)。"),
            format!("{title}を書いてください。"),
        )),
        (Need::Forbidden, true) => problems.push(FieldProblem::of(
            field,
            format!("結果区分「{label}」に{title}は書けません。"),
            format!("{title}を消すか、結果区分を見直してください。"),
        )),
        (Need::Required, true) | (Need::Forbidden, false) | (Need::Optional, _) => {}
    }
}

/// Every ground code of a record with the field it stands in.
fn ground_codes(fields: &[Field], record: &Map<String, Value>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for field in fields {
        let Some(value) = record.get(&field.name) else {
            continue;
        };
        match &field.shape {
            FieldShape::List(ListShape::Rows(parts)) => {
                for row in value.as_array().into_iter().flatten() {
                    if let Some(row) = row.as_object() {
                        for (_, code) in ground_codes(parts, row) {
                            found.push((field.name.clone(), code));
                        }
                    }
                }
            }
            FieldShape::List(_) if field.role == Some(Role::Ground) => {
                for code in value.as_array().into_iter().flatten() {
                    if let Some(code) = code.as_str() {
                        found.push((field.name.clone(), code.to_owned()));
                    }
                }
            }
            FieldShape::Text { .. } | FieldShape::Choice(_) if field.role == Some(Role::Ground) => {
                if let Some(code) = value.as_str() {
                    found.push((field.name.clone(), code.to_owned()));
                }
            }
            FieldShape::Text { .. }
            | FieldShape::Date
            | FieldShape::Integer
            | FieldShape::Choice(_)
            | FieldShape::List(_) => {}
        }
    }
    found
}
