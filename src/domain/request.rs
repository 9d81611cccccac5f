//! A request: who asks what of the society, about whom, and since when.
//!
//! The schema has checked the shape of the record; this turns it into types
//! and checks what goes with what.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::envelope::date;
use super::{FieldProblem, PersonFacts, Place, RequesterRole, Right, is_same_name};

/// How old a copy of an identity document may be at arrival, in days; older
/// ones are looked at again (office practice).
const IDENTITY_DOCUMENT_DAYS: i64 = 30;

/// A request as it was registered. Of a record that has problems it holds
/// what could be read.
#[derive(Clone, Serialize, Deserialize)]
pub struct Request {
    /// Receipt number (受付番号).
    pub receipt_number: String,
    /// What is asked for; each right has a decision of its own.
    pub rights: Vec<Right>,
    /// Day the request bears.
    pub request_date: Option<NaiveDate>,
    /// Day it arrived.
    pub arrival_date: Option<NaiveDate>,
    /// Day the society means to have answered by, if the record names one.
    pub target_date: Option<NaiveDate>,
    /// Who it is about.
    pub principal_name: String,
    /// As what the principal belongs or belonged to the society.
    pub principal_category: Option<PrincipalCategory>,
    /// Where the principal lives, if known.
    pub principal_place: Option<Place>,
    /// The society's own number of the principal.
    pub member_key: Option<String>,
    /// In which role the requester asks.
    pub requester_role: Option<RequesterRole>,
    /// Who asks.
    pub requester_name: String,
    /// Where the requester lives.
    pub requester_place: Option<Place>,
    /// Where it was taken in.
    pub desk: Option<String>,
    /// Date of the identity document handed in.
    pub identity_document_date: Option<NaiveDate>,
    /// Whether protective measures (支援措置) shield the principal from this
    /// requester.
    pub is_protected_from_requester: bool,
    /// What is known of its persons that letters are held against.
    pub facts: PersonFacts,
    /// Whether the requester asked for large letters (拡大文字).
    pub large_print: bool,
}

/// As what a principal belongs or belonged to the society.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalCategory {
    /// Insured person (被保険者).
    Insured,
    /// Dependant (被扶養者).
    Dependant,
    /// No longer a member.
    Former,
}

impl PrincipalCategory {
    /// Every category.
    pub const ALL: [PrincipalCategory; 3] = [
        PrincipalCategory::Insured,
        PrincipalCategory::Dependant,
        PrincipalCategory::Former,
    ];

    /// The code records and the store use.
    pub fn as_str(self) -> &'static str {
        match self {
            PrincipalCategory::Insured => "insured",
            PrincipalCategory::Dependant => "dependant",
            PrincipalCategory::Former => "former",
        }
    }

    /// The word staff use.
    pub fn label(self) -> &'static str {
        match self {
            PrincipalCategory::Insured => "被保険者",
            PrincipalCategory::Dependant => "被扶養者",
            PrincipalCategory::Former => "元加入者",
        }
    }

    /// The category with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|category| category.as_str() == code)
    }
}

/// Whether a request still waits for its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// It does.
    Open,
    /// It was closed, for a [`CloseReason`](super::CloseReason).
    Closed,
}

/// A word that is neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no status of a request")]
pub struct UnknownRequestStatus;

impl std::str::FromStr for RequestStatus {
    type Err = UnknownRequestStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "open" => Ok(RequestStatus::Open),
            "closed" => Ok(RequestStatus::Closed),
            _ => Err(UnknownRequestStatus),
        }
    }
}

impl Request {
    /// The field of its record that says whether protective measures are
    /// against who asks.
    pub const PROTECTED: &'static str = "protected_counterpart";

    /// Fields of the record the program itself reads; the form must have
    /// them.
    pub const FIELDS: [&'static str; 18] = [
        "receipt_number",
        "rights",
        "request_date",
        "arrival_date",
        "target_date",
        "requester_role",
        "requester_name",
        "requester_postal_code",
        "requester_address",
        "requester_building",
        "principal_name",
        "principal_category",
        "principal_address",
        "principal_building",
        "member_key",
        "desk",
        "identity_document_date",
        "protected_counterpart",
    ];

    /// Those of them every record must have.
    pub const NEEDED: [&'static str; 8] = [
        "receipt_number",
        "rights",
        "request_date",
        "arrival_date",
        "requester_role",
        "requester_name",
        "principal_name",
        "principal_category",
    ];

    /// Reads as much of a record as can be read, with everything that does
    /// not go together on the day `today`.
    pub fn read(record: &Map<String, Value>, today: NaiveDate) -> (Self, Vec<FieldProblem>) {
        let (request, mut problems) = Self::parts(record);
        request.check_dates(today, &mut problems);
        request.check_persons(&mut problems);
        request.check_rights(&mut problems);
        problems.extend(request.facts.problems(record, request.arrival_date));
        request.check_method(record, &mut problems);
        (request, problems)
    }

    /// Reads a record that was registered before.
    pub fn registered(record: &Map<String, Value>) -> Self {
        Self::parts(record).0
    }

    fn parts(record: &Map<String, Value>) -> (Self, Vec<FieldProblem>) {
        let mut problems = Vec::new();
        let text = |field: &str| record.get(field).and_then(Value::as_str);
        let owned = |field: &str| text(field).map(str::to_owned);
        let codes = record.get("rights").and_then(Value::as_array);
        let request = Request {
            receipt_number: owned("receipt_number").unwrap_or_default(),
            rights: codes
                .into_iter()
                .flatten()
                .filter_map(|code| Right::from_code(code.as_str()?))
                .collect(),
            request_date: date(record, "request_date", &mut problems),
            arrival_date: date(record, "arrival_date", &mut problems),
            target_date: date(record, "target_date", &mut problems),
            principal_name: owned("principal_name").unwrap_or_default(),
            principal_category: text("principal_category").and_then(PrincipalCategory::from_code),
            principal_place: Place::read(record, "principal_address", "principal_building"),
            member_key: owned("member_key"),
            requester_role: text("requester_role").and_then(RequesterRole::from_code),
            requester_name: owned("requester_name").unwrap_or_default(),
            requester_place: Place::read(record, "requester_address", "requester_building"),
            desk: owned("desk"),
            identity_document_date: date(record, "identity_document_date", &mut problems),
            is_protected_from_requester: text(Self::PROTECTED) == Some("yes"),
            facts: PersonFacts::read(record),
            large_print: text("large_print").is_some(),
        };
        (request, problems)
    }

    fn check_dates(&self, today: NaiveDate, problems: &mut Vec<FieldProblem>) {
        let before =
            |a: Option<NaiveDate>, b: Option<NaiveDate>| a.zip(b).is_some_and(|(a, b)| a < b);
        let mut refuse = |field: &str, problem: &str, remedy: &str| {
            problems.push(FieldProblem::of(field, problem, remedy));
        };
        let either = "どちらかの日付を直してください。";
        if before(self.arrival_date, self.request_date) {
            refuse("arrival_date", "到達日が請求日より前です。", either);
        }
        if before(Some(today), self.arrival_date) {
            let remedy = "請求書が当組合に届いた日を書いてください。";
            refuse("arrival_date", "到達日が今日より後です。", remedy);
        }
        if before(self.target_date, self.arrival_date) {
            refuse("target_date", "回答目標日が到達日より前です。", either);
        }
        if before(Some(today), self.identity_document_date) {
            let remedy = "書類が発行された日を書いてください。";
            refuse(
                "identity_document_date",
                "本人確認書類の日付が今日より後です。",
                remedy,
            );
        }
    }

    fn check_persons(&self, problems: &mut Vec<FieldProblem>) {
        for (field, name) in [
            ("principal_name", &self.principal_name),
            ("requester_name", &self.requester_name),
        ] {
            if name.ends_with('様') {
                problems.push(FieldProblem::of(
                    field,
                    "氏名の末尾に敬称が付いています。",
                    "氏名から敬称を除いてください。",
                ));
            }
        }
        let both = !self.requester_name.is_empty() && !self.principal_name.is_empty();
        let same = is_same_name(&self.requester_name, &self.principal_name);
        if self.requester_role == Some(RequesterRole::Principal) && both && !same {
            problems.push(FieldProblem::of(
                "requester_name",
                "請求者の区分が「本人」なのに、請求者氏名が本人氏名と違います。",
                "氏名か、請求者の区分を直してください。",
            ));
        }
    }

    /// What the bereaved ask for rests on the society's own rules: the Act
    /// covers the living (art. 2(1)).
    fn check_rights(&self, problems: &mut Vec<FieldProblem>) {
        let Some(role) = self.requester_role else {
            return;
        };
        let bereaved = role == RequesterRole::Bereaved;
        let of_the_act =
            |right: &Right| !matches!(right, Right::BereavedDisclosure | Right::Complaint);
        if bereaved && self.rights.iter().any(of_the_act) {
            problems.push(FieldProblem::of(
                "rights",
                "遺族は、法に基づく請求をすることができません(法第2条第1項：個人情報は生存する個人に関する情報です)。",
                "請求の種類を「遺族からの開示依頼」にするか、請求者の区分を直してください。",
            ));
        }
        if !bereaved && self.rights.contains(&Right::BereavedDisclosure) {
            problems.push(FieldProblem::of(
                "rights",
                "「遺族からの開示依頼」は、請求者の区分が「遺族」のときだけ選べます。",
                "請求の種類か、請求者の区分を直してください。",
            ));
        }
    }

    /// A method is asked for of what is disclosed (arts. 33(1), 33(5)).
    fn check_method(&self, record: &Map<String, Value>, problems: &mut Vec<FieldProblem>) {
        let disclosed = |right: &Right| {
            matches!(
                right,
                Right::Disclosure | Right::ThirdPartyRecordDisclosure | Right::BereavedDisclosure
            )
        };
        let none = !self.rights.is_empty() && !self.rights.iter().any(disclosed);
        if none && record.contains_key("requested_method") {
            problems.push(FieldProblem::of(
                "requested_method",
                "開示の請求でないのに、求められた開示の方法が書かれています。",
                "空欄にするか、請求の種類を直してください。",
            ));
        }
    }

    /// Whether the identity document was too old when the request arrived.
    pub fn has_old_identity_document(&self) -> bool {
        self.arrival_date
            .zip(self.identity_document_date)
            .is_some_and(|(arrived, dated)| (arrived - dated).num_days() > IDENTITY_DOCUMENT_DAYS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problems(change: Value) -> Vec<String> {
        let mut record = json!({
            "receipt_number": "受第26-001号", "rights": ["disclosure"],
            "request_date": "2026-11-02", "arrival_date": "2026-11-04",
            "requester_role": "principal", "requester_name": "見本 太郎",
            "principal_name": "見本　太郎",
        });
        let whole = record.as_object_mut().expect("an object");
        whole.extend(change.as_object().cloned().expect("an object"));
        let today = "2026-11-22".parse().expect("a date");
        let (_, problems) = Request::read(whole, today);
        problems
            .into_iter()
            .filter_map(|problem| problem.field)
            .collect()
    }

    #[test]
    fn a_space_does_not_make_the_requester_another_than_the_principal() {
        assert!(problems(json!({})).is_empty());
        let other = json!({"requester_name": "見本 太朗"});
        assert_eq!(problems(other), ["requester_name"]);
    }

    #[test]
    fn dates_that_cannot_be_are_refused() {
        for (change, field) in [
            (json!({"arrival_date": "2026-11-01"}), "arrival_date"),
            (json!({"arrival_date": "2026-11-23"}), "arrival_date"),
            (json!({"target_date": "2026-11-03"}), "target_date"),
            (
                json!({"identity_document_date": "2026-11-23"}),
                "identity_document_date",
            ),
        ] {
            assert_eq!(problems(change), [field]);
        }
    }

    #[test]
    fn the_bereaved_ask_under_the_societys_rules_alone() {
        let role = |role: &str, right: &str| json!({"requester_role": role, "rights": [right]});
        assert_eq!(problems(role("bereaved", "disclosure")), ["rights"]);
        assert_eq!(
            problems(role("principal", "bereaved_disclosure")),
            ["rights"]
        );
        assert!(problems(role("bereaved", "bereaved_disclosure")).is_empty());
        assert!(problems(role("bereaved", "complaint")).is_empty());
    }

    #[test]
    fn an_identity_document_is_old_after_thirty_days() {
        let old = |dated: &str| {
            let record = json!({"arrival_date": "2026-11-04", "identity_document_date": dated});
            let record = record.as_object().cloned().expect("an object");
            Request::registered(&record).has_old_identity_document()
        };
        assert!(!old("2026-10-05"));
        assert!(old("2026-10-04"));
    }
}
