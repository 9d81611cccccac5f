//! The typed part of a record: what the program itself reasons about.
//!
//! The kind's schema has checked the shape of a record before it comes here;
//! this turns the fields that mean something to the program into types, so
//! that nothing further in reads them as loose text.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Delivery, FieldProblem};

/// Addressee, request, decision and delivery of one letter.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Envelope {
    /// Who receives the letter.
    pub addressee_name: String,
    /// 様, 御中 or 殿.
    pub honorific: String,
    /// How it goes.
    pub delivery: Delivery,
    /// Where it is mailed to; there whenever `delivery` is mail.
    pub mail_address: Option<String>,
    /// The request it answers, if it answers one.
    pub request: Option<RequestReference>,
    /// The decision it tells, if it tells one.
    pub decision: Option<Decision>,
}

/// The request a letter answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RequestReference {
    /// Receipt number (受付番号).
    pub receipt_number: String,
    /// Day the request bears.
    pub request_date: Option<NaiveDate>,
    /// Day it arrived; the two weeks of art. 39 run from here.
    pub arrival_date: Option<NaiveDate>,
    /// Who made it.
    pub requester_role: Option<RequesterRole>,
}

/// In which role somebody makes a request (art. 37(3), Cabinet Order art. 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequesterRole {
    /// The person the data is about (本人).
    Principal,
    /// Legal representative of a minor.
    LegalRepresentativeMinor,
    /// Legal representative of an adult ward.
    LegalRepresentativeWard,
    /// Agent appointed by the principal.
    AppointedAgent,
    /// Bereaved family; never under art. 33, which covers living persons.
    Bereaved,
}

/// What was decided, when and why.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Decision {
    /// Day of the decision; it chooses the law in force.
    pub date: NaiveDate,
    /// Codes of the legal grounds, from the law's data.
    pub grounds: Vec<String>,
    /// Explanation of reasons (art. 36).
    pub reason: Option<String>,
}

impl Envelope {
    /// Reads as much of the envelope as can be read, with every field that
    /// cannot, so that further checks can tell all that is wrong at once.
    pub fn read(record: &Map<String, Value>) -> (Self, Vec<FieldProblem>) {
        let mut problems = Vec::new();
        let text = |field: &str| record.get(field).and_then(Value::as_str);

        let addressee_name = text("addressee_name").unwrap_or_default().to_owned();
        if addressee_name.is_empty() {
            problems.push(FieldProblem::of(
                "addressee_name",
                "宛名がありません。",
                "氏名を書いてください。",
            ));
        }
        let honorific = text("addressee_honorific").unwrap_or("様").to_owned();
        if addressee_name.ends_with(&honorific) || addressee_name.ends_with('様') {
            problems.push(FieldProblem::of(
                "addressee_name",
                "氏名の末尾に敬称が付いています。",
                "敬称は書簡に印刷されます。氏名から敬称を除いてください。",
            ));
        }
        let delivery = match text("delivery").unwrap_or("archive").parse() {
            Ok(delivery) => delivery,
            Err(error) => {
                problems.push(FieldProblem::of(
                    "delivery",
                    format!("{error}"),
                    "「メール」「郵送」「保管のみ」のいずれかを書いてください。",
                ));
                Delivery::Archive
            }
        };
        let mail_address = text("mail_address").map(str::to_owned);
        if delivery == Delivery::Mail && mail_address.is_none() {
            problems.push(FieldProblem::of(
                "mail_address",
                "送付方法がメールなのに、メールアドレスがありません。",
                "メールアドレスを書くか、送付方法を「郵送」か「保管のみ」にしてください。",
            ));
        }
        let request_date = date(record, "request_date", &mut problems);
        let arrival_date = date(record, "arrival_date", &mut problems);
        if let (Some(asked), Some(arrived)) = (request_date, arrival_date)
            && arrived < asked
        {
            problems.push(FieldProblem::of(
                "arrival_date",
                "到達日が請求日より前です。",
                "どちらかの日付を直してください。",
            ));
        }
        let requester_role = match text("requester_role").map(RequesterRole::from_code) {
            Some(None) => {
                problems.push(FieldProblem::of(
                    "requester_role",
                    "請求者の区分が分かりません。",
                    "本人、未成年者の法定代理人、成年被後見人の法定代理人、任意代理人、遺族のいずれかを書いてください。",
                ));
                None
            }
            known => known.flatten(),
        };
        let by_another = requester_role.is_some_and(|role| role != RequesterRole::Principal);
        if by_another && text("principal_name").is_none() {
            problems.push(FieldProblem::of(
                "principal_name",
                "本人以外からの請求なのに、本人氏名がありません。",
                "本人氏名を書いてください。",
            ));
        }
        let request = text("receipt_number").map(|receipt_number| RequestReference {
            receipt_number: receipt_number.to_owned(),
            request_date,
            arrival_date,
            requester_role,
        });
        let decision_date = date(record, "decision_date", &mut problems);
        if let (Some(decided), Some(arrived)) = (decision_date, arrival_date)
            && decided < arrived
        {
            problems.push(FieldProblem::of(
                "decision_date",
                "決定日が到達日より前です。",
                "どちらかの日付を直してください。",
            ));
        }
        let decision = decision_date.map(|date| Decision {
            date,
            grounds: texts(record.get("grounds")),
            reason: text("reason").map(str::to_owned),
        });
        let envelope = Envelope {
            addressee_name,
            honorific,
            delivery,
            mail_address,
            request,
            decision,
        };
        (envelope, problems)
    }
}

impl RequesterRole {
    /// Every role.
    pub const ALL: [RequesterRole; 5] = [
        RequesterRole::Principal,
        RequesterRole::LegalRepresentativeMinor,
        RequesterRole::LegalRepresentativeWard,
        RequesterRole::AppointedAgent,
        RequesterRole::Bereaved,
    ];

    /// The code records and the store use.
    pub fn as_str(self) -> &'static str {
        match self {
            RequesterRole::Principal => "principal",
            RequesterRole::LegalRepresentativeMinor => "legal_representative_minor",
            RequesterRole::LegalRepresentativeWard => "legal_representative_ward",
            RequesterRole::AppointedAgent => "appointed_agent",
            RequesterRole::Bereaved => "bereaved",
        }
    }

    /// The word staff use.
    pub fn label(self) -> &'static str {
        match self {
            RequesterRole::Principal => "本人",
            RequesterRole::LegalRepresentativeMinor => "未成年者の法定代理人",
            RequesterRole::LegalRepresentativeWard => "成年被後見人の法定代理人",
            RequesterRole::AppointedAgent => "任意代理人",
            RequesterRole::Bereaved => "遺族",
        }
    }

    /// The role with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == code)
    }
}

pub(super) fn date(
    record: &Map<String, Value>,
    field: &str,
    problems: &mut Vec<FieldProblem>,
) -> Option<NaiveDate> {
    let text = record.get(field)?.as_str()?;
    let parsed = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    if parsed.is_none() {
        problems.push(FieldProblem::of(
            field,
            "日付として読めません。",
            "2026-11-01 のように書いてください。",
        ));
    }
    parsed
}

fn texts(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::as_array)
        .map(|items| {
            items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(value: Value) -> Map<String, Value> {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn a_doubled_honorific_is_refused() {
        let record = record(json!({"addressee_name": "見本 太郎様", "delivery": "archive"}));
        let problems = Envelope::read(&record).1;
        assert_eq!(problems[0].field.as_deref(), Some("addressee_name"));
    }

    #[test]
    fn a_decision_before_the_arrival_is_refused() {
        let record = record(json!({
            "addressee_name": "見本 太郎", "delivery": "archive",
            "arrival_date": "2026-11-02", "decision_date": "2026-11-01",
        }));
        let problems = Envelope::read(&record).1;
        assert_eq!(problems[0].field.as_deref(), Some("decision_date"));
    }

    #[test]
    fn mail_needs_an_address() {
        let record = record(json!({"addressee_name": "見本 太郎", "delivery": "mail"}));
        let problems = Envelope::read(&record).1;
        assert_eq!(problems[0].field.as_deref(), Some("mail_address"));
    }
}
