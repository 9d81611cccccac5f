//! Whether a letter fits the request it belongs to.
//!
//! Every contradiction is told at once, each at its field and with the rule
//! it breaks. Names and addresses are compared as a reader would, so that a
//! space more or less neither passes nor blocks a letter; what is stored and
//! printed stays as it came.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::catalogue::{Addressee, Kind};
use crate::domain::{
    FieldProblem, LetterId, Place, PrincipalCategory, RequestFacts, RequesterRole, Right,
    identity_key, is_same_name,
};
use crate::law::Law;
use crate::text::era;
use crate::wording;

/// Everything in a letter's record that contradicts its request. `twin` is a
/// waiting letter the record is another try at: that it decides the right is
/// no contradiction.
pub fn contradictions(
    kind: &Kind,
    values: &Map<String, Value>,
    registered: &RequestFacts<'_>,
    law: &Law,
    twin: Option<LetterId>,
) -> Vec<FieldProblem> {
    let mut problems: Vec<FieldProblem> = closed(registered).into_iter().collect();
    problems.extend(differences(kind, values, registered, law, twin));
    problems
}

/// The same of a request that may be closed: what was queued before goes on.
pub fn differences(
    kind: &Kind,
    values: &Map<String, Value>,
    registered: &RequestFacts<'_>,
    law: &Law,
    twin: Option<LetterId>,
) -> Vec<FieldProblem> {
    let letter = Letter { kind, values, twin };
    let mut problems = Vec::new();
    problems.extend(shared(registered));
    problems.extend(letter.other_dates(registered));
    problems.extend(letter.other_persons(registered));
    problems.extend(letter.other_rights(registered));
    problems.extend(letter.protected(registered, law));
    // A wholly different name was reported already; now check whom the letter
    // may go to.
    for problem in letter.misaddressed(registered) {
        if !problems.iter().any(|told| told.field == problem.field) {
            problems.push(problem);
        }
    }
    problems
}

/// What a letter's own fields say of whom it may go to, whether or not its
/// request is registered.
pub(super) fn misaddressed_by_itself(
    kind: &Kind,
    values: &Map<String, Value>,
) -> Option<FieldProblem> {
    let text = |field: &str| values.get(field).and_then(Value::as_str);
    if kind.addressee == Addressee::Outside {
        let inside = is_same_name(text("addressee_name")?, text("principal_name")?);
        return inside.then(|| not_outside(kind));
    }
    let role = text("requester_role").and_then(RequesterRole::from_code)?;
    let to_principal = is_same_name(text("addressee_name")?, text("principal_name")?);
    let dependant = text("principal_category") == Some(PrincipalCategory::Dependant.as_str());
    match role {
        RequesterRole::Principal if to_principal || !dependant => None,
        RequesterRole::Principal => text("household_consent")
            .is_none()
            .then(no_household_consent),
        RequesterRole::LegalRepresentativeMinor
        | RequesterRole::LegalRepresentativeWard
        | RequesterRole::AppointedAgent
        | RequesterRole::Bereaved => (to_principal && text("delivery_instruction").is_none())
            .then(|| FieldProblem::of("addressee_name", TO_PRINCIPAL, INSTRUCT)),
    }
}

/// A letter for an institution that would go to whom it is about.
fn not_outside(kind: &Kind) -> FieldProblem {
    FieldProblem::of(
        "addressee_name",
        format!(
            "種類「{}」の宛名が、本人か請求者になっています。",
            kind.name
        ),
        "この種類は、医療機関など、本人でも請求者でもない宛先に送ります。宛名を直すか、別の種類を使ってください。",
    )
}

/// The insured person has no right of their own to the data of a dependant;
/// only a basis such as the dependant's consent makes the letter theirs.
fn no_household_consent() -> FieldProblem {
    FieldProblem::of(
        "household_consent",
        "被扶養者に関する書簡の宛名が、本人とも請求者とも違います。被保険者あてに送るには、被扶養者の同意などの根拠が必要です。",
        "根拠を書くか、宛名を直してください。",
    )
}

const TO_PRINCIPAL: &str =
    "代理人などからの請求に対する書簡の宛名が、請求者ではなく本人になっています。";
const INSTRUCT: &str =
    "宛先を請求者に直すか、だれのどのような指示によるかを「送付先の指示」に書いてください。";

/// A letter's record beside its request.
struct Letter<'a> {
    kind: &'a Kind,
    values: &'a Map<String, Value>,
    twin: Option<LetterId>,
}

const EITHER: &str = "この記録か、登録された請求の、どちらが正しいか確かめてください。";

fn closed(registered: &RequestFacts<'_>) -> Option<FieldProblem> {
    let reason = registered.close_reason?;
    Some(FieldProblem::of(
        "receipt_number",
        format!(
            "この受付番号の請求は終わっています(理由：{})。",
            reason.label()
        ),
        "受付番号を確かめてください。終わった請求の書簡は受け付けません。誤って終えた請求なら、もう一度開いてから受け付けてください。",
    ))
}

/// Two requests have the letter's number; which of them it belongs to is not
/// for the program to say.
fn shared(registered: &RequestFacts<'_>) -> Option<FieldProblem> {
    let others: Vec<String> = registered
        .twins
        .iter()
        .map(|number| format!("「{number}」"))
        .collect();
    (!others.is_empty()).then(|| {
        FieldProblem::of(
            "receipt_number",
            format!(
                "この受付番号の請求は、書き方の違う「{}」{}の{}件が登録されています。",
                registered.receipt_number,
                others.concat(),
                others.len() + 1
            ),
            "どれか一つだけが残るように、ほかを「登録誤り」として終え、別の請求なら別の受付番号で登録し直してください。",
        )
    })
}

impl Letter<'_> {
    fn text(&self, field: &str) -> Option<&str> {
        self.values.get(field).and_then(Value::as_str)
    }

    fn other_dates(&self, registered: &RequestFacts<'_>) -> Vec<FieldProblem> {
        [
            ("request_date", "請求日", registered.request_date),
            ("arrival_date", "到達日", registered.arrival_date),
        ]
        .into_iter()
        .filter_map(|(field, title, date)| {
            let own: NaiveDate = self.text(field)?.parse().ok()?;
            (own != date).then(|| {
                let shown = era::write(date).unwrap_or_else(|| date.to_string());
                let problem = format!("登録された請求の{title}({shown})と違います。");
                FieldProblem::of(field, problem, EITHER)
            })
        })
        .collect()
    }

    fn other_persons(&self, registered: &RequestFacts<'_>) -> Vec<FieldProblem> {
        let request = registered.request;
        let mut problems = Vec::new();
        let role = self
            .text("requester_role")
            .and_then(RequesterRole::from_code);
        if let (Some(own), Some(role)) = (role, request.requester_role)
            && own != role
        {
            let problem = format!("登録された請求の請求者の区分({})と違います。", role.label());
            problems.push(FieldProblem::of("requester_role", problem, EITHER));
        }
        if let Some(name) = self.text("principal_name")
            && !is_same_name(name, &request.principal_name)
        {
            let problem = "登録された請求の本人氏名と違います。";
            problems.push(FieldProblem::of("principal_name", problem, EITHER));
        }
        let category = self
            .text("principal_category")
            .and_then(PrincipalCategory::from_code);
        if let (Some(own), Some(category)) = (category, request.principal_category)
            && own != category
        {
            let problem = format!(
                "登録された請求の本人の区分({})と違います。",
                category.label()
            );
            problems.push(FieldProblem::of("principal_category", problem, EITHER));
        }
        if let (Some(own), Some(key)) = (self.text("member_key"), &request.member_key)
            && identity_key(own) != identity_key(key)
        {
            let problem = "登録された請求の加入者管理番号と違います。";
            problems.push(FieldProblem::of("member_key", problem, EITHER));
        }
        problems
    }

    fn other_rights(&self, registered: &RequestFacts<'_>) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let asked = |right: Right| registered.rights.iter().find(|asked| asked.right == right);
        for field in ["rights", "fee_rights"] {
            let codes = self.values.get(field).and_then(Value::as_array);
            for code in codes.into_iter().flatten().filter_map(Value::as_str) {
                // A letter to the bereaved calls what they ask for 開示 as well.
                let bereaved = code == Right::Disclosure.as_str()
                    && asked(Right::BereavedDisclosure).is_some();
                if let Some(right) = Right::from_code(code)
                    && asked(right).is_none()
                    && !bereaved
                {
                    problems.push(not_asked(field, right));
                }
            }
        }
        let Some(right) = self.kind.decides else {
            return problems;
        };
        match asked(right) {
            None => problems.push(not_asked("receipt_number", right)),
            Some(asked) => {
                if let Some((letter, at)) = asked.letter
                    && Some(letter) != self.twin
                {
                    problems.push(wording::received::decided_before(right, letter, at));
                }
            }
        }
        problems
    }

    /// What tells a person the principal is protected from that data is held
    /// can lead that person to the principal. Such data is no retained
    /// personal data (art. 16(4), Cabinet Order art. 5).
    fn protected(&self, registered: &RequestFacts<'_>, law: &Law) -> Option<FieldProblem> {
        let outcome = self.kind.outcome(self.text("outcome")?)?;
        let grounds = self.values.get("grounds").and_then(Value::as_array);
        let grounds: Vec<String> = grounds
            .into_iter()
            .flatten()
            .filter_map(|code| Some(code.as_str()?.to_owned()))
            .collect();
        let reveals = outcome.reveals && !law.is_silent(&grounds);
        let refused = registered.request.is_protected_from_requester && reveals;
        refused.then(|| {
            FieldProblem::of(
                "outcome",
                "請求者が支援措置の相手方として登録されているため、データがあることの分かる書簡は出せません(法第16条第4項、施行令第5条)。",
                "結果区分を見直し、責任者に相談してください。登録が誤りのときは、請求を登録し直してください。",
            )
        })
    }

    /// Whom the letter goes to. It is the requester, or somebody the record
    /// gives a basis for.
    fn misaddressed(&self, registered: &RequestFacts<'_>) -> Vec<FieldProblem> {
        let request = registered.request;
        let Some(name) = self.text("addressee_name") else {
            return Vec::new();
        };
        let to_requester = is_same_name(name, &request.requester_name);
        let to_principal = is_same_name(name, &request.principal_name);
        if self.kind.addressee == Addressee::Outside {
            let inside = to_requester || to_principal;
            return inside.then(|| not_outside(self.kind)).into_iter().collect();
        }
        let dependant = request.principal_category == Some(PrincipalCategory::Dependant);
        if dependant && !to_requester && !to_principal {
            return match self.text("household_consent") {
                Some(_) => Vec::new(),
                None => vec![no_household_consent()],
            };
        }
        if self.text("delivery_instruction").is_some() {
            return Vec::new();
        }
        let mut problems = Vec::new();
        let by_another = request.requester_role != Some(RequesterRole::Principal);
        if !to_requester {
            let problem = match (by_another, to_principal) {
                (true, true) => TO_PRINCIPAL,
                (true, false) => "書簡の宛名が、登録された請求の請求者と違います。",
                (false, _) => "本人からの請求に対する書簡の宛名が、本人ではありません。",
            };
            problems.push(FieldProblem::of("addressee_name", problem, INSTRUCT));
        }
        let place = Place::read(self.values, "addressee_address", "addressee_building");
        if let (Some(place), true) = (place, by_another) {
            let at = |known: &Option<Place>, same: fn(&Place, &Place) -> bool| {
                known.as_ref().is_some_and(|known| same(known, &place))
            };
            let at_requester = at(&request.requester_place, Place::is_same);
            if !at_requester && at(&request.principal_place, Place::may_be_same) {
                let problem =
                    "代理人などからの請求に対する書簡の宛先が、本人の住所になっています。";
                problems.push(FieldProblem::of("addressee_address", problem, INSTRUCT));
            }
        }
        problems
    }
}

fn not_asked(field: &str, right: Right) -> FieldProblem {
    FieldProblem::of(
        field,
        format!(
            "登録された請求では、「{}」は求められていません。",
            right.label()
        ),
        EITHER,
    )
}
