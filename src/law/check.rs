//! What the law refuses in a record, each with a sentence that names the
//! rule.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::citations::Cited;
use super::data::{Ground, Law};
use super::texts::Typed;
use super::words::Weight;
use super::{citations, restricted, texts};
use crate::catalogue::{FeeSource, Kind, Need, Outcome, Role};
use crate::domain::{
    Decision, Envelope, Fees, FieldProblem, Plain, RequesterRole, Right, is_same_name,
};

/// A record to be checked, with what the law looks at beside it.
#[derive(Debug, Clone, Copy)]
pub struct Matter<'a> {
    /// Its kind.
    pub kind: &'a Kind,
    /// Its outcome.
    pub outcome: &'a Outcome,
    /// Its fields.
    pub record: &'a Map<String, Value>,
    /// Its typed part.
    pub envelope: &'a Envelope,
    /// The fees the society has set (art. 38).
    pub fees: &'a Fees,
    /// The day it is checked on.
    pub today: NaiveDate,
}

impl Law {
    /// Checks a record against the Act.
    pub fn check(&self, matter: Matter<'_>) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let used = texts::grounds(&matter.kind.fields, matter.record);
        needs(matter, &used, &mut problems);
        self.check_date(matter, &mut problems);
        for (field, code) in &used {
            problems.extend(self.check_ground(matter, field, code));
        }
        problems.extend(same_grounds(&used));
        problems.extend(role(matter));
        problems.extend(fee(matter));
        problems.extend(enclosures(matter));
        self.check_texts(matter, &mut problems);
        problems
    }

    /// What staff should know of the words of a record that may go all the
    /// same.
    pub fn doubts(&self, matter: Matter<'_>) -> Vec<FieldProblem> {
        self.words.problems(matter, Weight::Warn)
    }

    /// The article must be law on the day of the decision and today, and the
    /// data must not have been overtaken by an amendment.
    fn check_date(&self, matter: Matter<'_>, problems: &mut Vec<FieldProblem>) {
        let decided = matter.envelope.decision.as_ref().map(|d| d.date);
        let date = decided.unwrap_or(matter.today);
        let field = if decided.is_some() {
            "decision_date"
        } else {
            "outcome"
        };
        let latest = date.max(matter.today);
        if let Some(amendment) = self.outdated(latest) {
            problems.push(FieldProblem::of(
                field,
                format!(
                    "{}が施行されているはずですが、法令データにその施行日がありません。",
                    amendment.law
                ),
                "管理者に、law/appi.toml を今の法令に合わせるよう伝えてください。",
            ));
        }
        let article = matter.outcome.article.as_str();
        if !article.is_empty() && self.article_holds(article, date) != Some(true) {
            problems.push(FieldProblem::of(
                field,
                format!("個人情報の保護に関する法律{article}は、この日には施行されていません。"),
                "日付を確かめてください。正しければ、その日の法令による様式を使ってください。",
            ));
        }
    }

    fn check_ground(&self, matter: Matter<'_>, field: &str, code: &str) -> Option<FieldProblem> {
        let place = format!("{}/{}", matter.kind.code, matter.outcome.code);
        if restricted::is_restricted(code) {
            return Some(restricted::misplaced(field));
        }
        let supports = |supports: &[String]| supports.contains(&place);
        let Some(ground) = self.ground(code) else {
            return Some(self.unclear_ground(matter, &place, (field, code)));
        };
        if let Some(never) = &ground.never {
            return Some(FieldProblem::of(
                field,
                format!("根拠 {} は書けません。", ground.code),
                never.clone(),
            ));
        }
        if !supports(&ground.supports) {
            return Some(FieldProblem::of(
                field,
                format!(
                    "{}は「{}」の根拠になりません。",
                    ground.citation, matter.outcome.label
                ),
                "根拠か結果区分を見直してください。",
            ));
        }
        let decided = matter
            .envelope
            .decision
            .as_ref()
            .map(|decision| decision.date);
        let date = decided.unwrap_or(matter.today);
        (!ground.period.holds(date)).then(|| {
            FieldProblem::of(
                field,
                format!("{}は、決定日には施行されていません。", ground.citation),
                "決定日の時点で効力のある根拠を選んでください。",
            )
        })
    }

    /// What names no ground of this decision, or more than one.
    fn unclear_ground(
        &self,
        matter: Matter<'_>,
        place: &str,
        (field, text): (&str, &str),
    ) -> FieldProblem {
        let typed: String = text.chars().take(40).collect();
        let label = &matter.outcome.label;
        let supports = |ground: &&Ground| ground.supports.iter().any(|at| at == place);
        let known: Vec<&Ground> = self
            .grounds()
            .filter(|ground| ground.never.is_none())
            .filter(supports)
            .collect();
        let problem = match self.cited(place, text) {
            Cited::Several(several) => {
                return FieldProblem::of(
                    field,
                    format!("根拠「{typed}」に当たるものが{}つあります。", several.len()),
                    format!(
                        "次のどれかを、符号か、括弧の中まで書いてください。{}",
                        citations::listed(&several)
                    ),
                );
            }
            Cited::Elsewhere => format!("根拠「{typed}」は、「{label}」の根拠になりません。"),
            Cited::One(_) | Cited::Nothing => {
                format!("根拠「{typed}」は、法令データにありません。")
            }
        };
        let remedy = match known.is_empty() {
            true => format!("「{label}」に書ける根拠はありません。根拠を空欄にしてください。"),
            false => format!(
                "「{label}」には、次のどれかの符号か条項を書いてください。{}",
                citations::listed(&known)
            ),
        };
        FieldProblem::of(field, problem, remedy)
    }

    fn check_texts(&self, matter: Matter<'_>, problems: &mut Vec<FieldProblem>) {
        problems.extend(self.words.problems(matter, Weight::Refuse));
        let typed = texts::typed(&matter.kind.fields, matter.record);
        let Some(provisions) = &self.provisions else {
            return;
        };
        let mut told = BTreeSet::new();
        for Typed { field, text, .. } in typed {
            let miscited = provisions.miscited(&Plain::of(text).tight);
            if let Some(miscited) = miscited
                && told.insert(field)
            {
                let (problem, remedy) = miscited.told();
                problems.push(FieldProblem::of(field, problem, remedy));
            }
        }
    }
}

pub(super) fn requester_role(envelope: &Envelope) -> Option<RequesterRole> {
    envelope.request.as_ref()?.requester_role
}

/// Grounds and reasons (art. 36), as the outcome asks for them.
fn needs(matter: Matter<'_>, used: &[(&str, &str)], problems: &mut Vec<FieldProblem>) {
    let Matter {
        outcome, envelope, ..
    } = matter;
    let grounded = !used.is_empty();
    let reasoned = |decision: &Decision| decision.reason.is_some();
    let reasoned = envelope.decision.as_ref().is_some_and(reasoned);
    let parts = [
        (outcome.grounds, grounded, "grounds", "根拠"),
        (outcome.reason, reasoned, "reason", "理由"),
    ];
    for (need, present, field, title) in parts {
        match (need, present) {
            (Need::Required, false) => problems.extend(lacking(matter, field, title)),
            (Need::Forbidden, true) => problems.push(FieldProblem::of(
                field,
                format!("結果区分「{}」に{title}は書けません。", outcome.label),
                format!("{title}を消すか、結果区分を見直してください。"),
            )),
            (Need::Required, true) | (Need::Forbidden, false) | (Need::Optional, _) => {}
        }
    }
    let cites = |(_, cited): &(&str, &str)| outcome.cites.iter().any(|code| code == cited);
    if grounded && !outcome.cites.is_empty() && !used.iter().any(cites) {
        let (codes, which) = match outcome.cites.as_slice() {
            [one] => (one.clone(), " "),
            several => (several.join("、"), " のどれか"),
        };
        problems.push(FieldProblem::of(
            "grounds",
            format!(
                "結果区分「{}」には、根拠 {codes}{which}が必要です。",
                outcome.label
            ),
            format!("根拠に {codes}{which}を加えるか、結果区分を見直してください。"),
        ));
    }
}

/// A ground or a reason an outcome needs. A kind without such a field has a
/// choice of its own for the ground, which is told of as any other that is
/// missing where every record must have it.
fn lacking(matter: Matter<'_>, field: &str, title: &str) -> Option<FieldProblem> {
    let fields = &matter.kind.fields;
    let label = &matter.outcome.label;
    if fields.iter().any(|own| own.name == field) {
        return Some(FieldProblem::of(
            field,
            format!("結果区分「{label}」には{title}が必要です(法第36条)。"),
            format!("{title}を書いてください。"),
        ));
    }
    let own = fields.iter().find(|own| own.role == Some(Role::Ground));
    let (field, title) = own.map_or((field, title), |own| (&own.name, &own.title));
    let is_told = own.is_some_and(|own| own.required);
    (!is_told).then(|| {
        FieldProblem::of(
            field,
            format!("結果区分「{label}」には、「{title}」が必要です。"),
            format!("「{title}」を書いてください。"),
        )
    })
}

/// Where a decision names grounds both as a whole and part by part, they are
/// the same ones: a part withheld without its ground, or a ground that
/// nothing is withheld on, is a mistake.
fn same_grounds(used: &[(&str, &str)]) -> Option<FieldProblem> {
    let (whole, parts): (Vec<_>, Vec<_>) = used.iter().partition(|(field, _)| *field == "grounds");
    let codes = |used: Vec<&(&str, &str)>| -> BTreeSet<String> {
        used.iter().map(|(_, code)| (*code).to_owned()).collect()
    };
    let (whole, parts) = (codes(whole), codes(parts));
    if whole.is_empty() || parts.is_empty() || whole == parts {
        return None;
    }
    let differing: Vec<&str> = whole
        .symmetric_difference(&parts)
        .map(String::as_str)
        .collect();
    Some(FieldProblem::of(
        "grounds",
        format!(
            "行わない部分の一つ一つの根拠と、全体の根拠が一致しません({})。",
            differing.join("、")
        ),
        "全体の根拠を空欄にするか、一つ一つの根拠と同じにしてください。",
    ))
}

/// The bereaved and the Act: personal information is about the living
/// (art. 2(1)). Other roles as the outcome says.
fn role(matter: Matter<'_>) -> Option<FieldProblem> {
    let role = requester_role(matter.envelope)?;
    let outcome = matter.outcome;
    if role == RequesterRole::Bereaved && outcome.article.starts_with("第33条") {
        return Some(FieldProblem::of(
            "requester_role",
            "遺族からの依頼に、法第33条による決定は使えません(法第2条第1項：個人情報は生存する個人に関する情報です)。",
            "組合の定める取扱いによる「開示の依頼」として扱い、種類「遺族からの開示依頼に対する回答」を使ってください。",
        ));
    }
    (!outcome.roles.is_empty() && !outcome.roles.contains(&role)).then(|| {
        let allowed: Vec<&str> = outcome.roles.iter().map(|role| role.label()).collect();
        FieldProblem::of(
            "requester_role",
            format!(
                "「{}」は、請求者の区分が「{}」のときには使えません。",
                outcome.label,
                role.label()
            ),
            format!(
                "請求者の区分か結果区分を見直してください。使える区分は、{}です。",
                allowed.join("、")
            ),
        )
    })
}

/// A fee is what the society has published (art. 38(2)), and only for the
/// rights that may cost one (art. 38(1)).
fn fee(matter: Matter<'_>) -> Option<FieldProblem> {
    let yen = matter.record.get("fee")?.as_u64()?;
    if matter.outcome.refuses && !matter.fees.when_refused {
        return Some(FieldProblem::of(
            "fee",
            format!(
                "「{}」のときにも手数料をいただくことは、公表されていません(法第38条)。",
                matter.outcome.label
            ),
            "手数料を空欄にしてください。請求に応じないときにもいただくと公表しているときは、profile.toml の [fees] に when_refused = true と書いてください。",
        ));
    }
    // One right without a published fee leaves the sum unknown.
    let due = fees_due(matter.kind.fee?, matter.record, matter.fees)?
        .into_iter()
        .try_fold(0, |sum: u32, fee| sum.checked_add(fee?));
    match due {
        Some(due) if u64::from(due) == yen => None,
        Some(due) => Some(FieldProblem::of(
            "fee",
            format!("手数料が、公表している額({due}円)と違います(法第38条第2項)。"),
            format!("{due} と書くか、profile.toml の [fees] を確かめてください。"),
        )),
        None => Some(FieldProblem::of(
            "fee",
            "この請求の手数料は公表されていないので、徴収できません(法第38条)。",
            "手数料を空欄にするか、額を定めたときは公表したうえで profile.toml の [fees] に書いてください。",
        )),
    }
}

/// The fees of the profile that a record's fee is made of, each none where the
/// society has set none; none where the record says no right.
pub fn fees_due(
    source: FeeSource,
    record: &Map<String, Value>,
    fees: &Fees,
) -> Option<Vec<Option<u32>>> {
    Some(match source {
        FeeSource::NotificationOfPurposes => vec![fees.notification_of_purposes],
        FeeSource::Disclosure => vec![fees.disclosure],
        FeeSource::FeeRights => {
            let rights = record.get("fee_rights")?.as_array()?;
            let of = |right: &Value| match Right::from_code(right.as_str()?)? {
                Right::NotificationOfPurposes => fees.notification_of_purposes,
                Right::Disclosure | Right::ThirdPartyRecordDisclosure => fees.disclosure,
                Right::Correction
                | Right::Cessation
                | Right::BereavedDisclosure
                | Right::Complaint => None,
            };
            rights.iter().map(of).collect()
        }
    })
}

/// Another person's paper in the envelope is a breach: every enclosure that
/// is about a person is about the principal of this letter.
fn enclosures(matter: Matter<'_>) -> Option<FieldProblem> {
    let text = |field: &str| matter.record.get(field).and_then(Value::as_str);
    let principal = text("principal_name").or_else(|| text("addressee_name"))?;
    let rows = matter.record.get("enclosures")?.as_array()?;
    let another = rows.iter().position(|row| {
        let person = row.get("person").and_then(Value::as_str);
        person.is_some_and(|person| !is_same_name(person, principal))
    })?;
    Some(FieldProblem::of(
        "enclosures",
        format!(
            "{}番目の同封物の対象者が、この書簡の本人と違います。別の方の書類が入るおそれがあります。",
            another + 1
        ),
        "同封する書類を確かめてください。だれの情報も含まない書類なら、対象者を空欄にしてください。",
    ))
}
