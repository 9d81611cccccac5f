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
        let mut reading = Reading {
            record,
            problems: Vec::new(),
        };
        let (addressee_name, honorific) = reading.addressee();
        let (delivery, mail_address) = reading.delivery();
        let request = reading.request();
        let decision = reading.decision(request.arrival_date);
        let envelope = Envelope {
            addressee_name,
            honorific,
            delivery,
            mail_address,
            request: request.named(),
            decision,
        };
        (envelope, reading.problems)
    }
}

/// A record that is being read, with what was found wrong so far.
struct Reading<'a> {
    record: &'a Map<String, Value>,
    problems: Vec<FieldProblem>,
}

/// What a record says of a request, which need not be named.
struct Asked {
    receipt_number: Option<String>,
    request_date: Option<NaiveDate>,
    arrival_date: Option<NaiveDate>,
    requester_role: Option<RequesterRole>,
}

impl Asked {
    fn named(self) -> Option<RequestReference> {
        Some(RequestReference {
            receipt_number: self.receipt_number?,
            request_date: self.request_date,
            arrival_date: self.arrival_date,
            requester_role: self.requester_role,
        })
    }
}

impl<'a> Reading<'a> {
    fn text(&self, field: &str) -> Option<&'a str> {
        self.record.get(field).and_then(Value::as_str)
    }

    fn date(&mut self, field: &str) -> Option<NaiveDate> {
        date(self.record, field, &mut self.problems)
    }

    fn refuse(&mut self, field: &str, problem: impl Into<String>, remedy: &str) {
        self.problems.push(FieldProblem::of(field, problem, remedy));
    }

    /// Name and honorific of whoever receives the letter.
    fn addressee(&mut self) -> (String, String) {
        let name = self.text("addressee_name").unwrap_or_default();
        let honorific = self.text("addressee_honorific").unwrap_or("様");
        if name.is_empty() {
            self.refuse(
                "addressee_name",
                "宛名がありません。",
                "氏名を書いてください。",
            );
        }
        if name.ends_with(honorific) || name.ends_with('様') {
            self.refuse(
                "addressee_name",
                "氏名の末尾に敬称が付いています。",
                "敬称は書簡に印刷されます。氏名から敬称を除いてください。",
            );
        }
        (name.to_owned(), honorific.to_owned())
    }

    /// How the letter goes, and the mail address.
    fn delivery(&mut self) -> (Delivery, Option<String>) {
        let delivery = match self.text("delivery").unwrap_or("archive").parse() {
            Ok(delivery) => delivery,
            Err(error) => {
                self.refuse(
                    "delivery",
                    format!("{error}"),
                    "「メール」「郵送」「保管のみ」のいずれかを書いてください。",
                );
                Delivery::Archive
            }
        };
        let mail_address = self.text("mail_address").map(str::to_owned);
        if delivery == Delivery::Mail && mail_address.is_none() {
            self.refuse(
                "mail_address",
                "送付方法がメールなのに、メールアドレスがありません。",
                "メールアドレスを書くか、送付方法を「郵送」か「保管のみ」にしてください。",
            );
        }
        (delivery, mail_address)
    }

    fn request(&mut self) -> Asked {
        let request_date = self.date("request_date");
        let arrival_date = self.date("arrival_date");
        if let (Some(asked), Some(arrived)) = (request_date, arrival_date)
            && arrived < asked
        {
            self.refuse(
                "arrival_date",
                "到達日が請求日より前です。",
                "どちらかの日付を直してください。",
            );
        }
        let requester_role = self.requester_role();
        let by_another = requester_role.is_some_and(|role| role != RequesterRole::Principal);
        if by_another && self.text("principal_name").is_none() {
            self.refuse(
                "principal_name",
                "本人以外からの請求なのに、本人氏名がありません。",
                "本人氏名を書いてください。",
            );
        }
        Asked {
            receipt_number: self.text("receipt_number").map(str::to_owned),
            request_date,
            arrival_date,
            requester_role,
        }
    }

    fn requester_role(&mut self) -> Option<RequesterRole> {
        let code = self.text("requester_role")?;
        let role = RequesterRole::from_code(code);
        if role.is_none() {
            self.refuse(
                "requester_role",
                "請求者の区分が分かりません。",
                "本人、未成年者の法定代理人、成年被後見人の法定代理人、任意代理人、遺族のいずれかを書いてください。",
            );
        }
        role
    }

    /// The decision, which cannot be older than the request it decides.
    fn decision(&mut self, arrival_date: Option<NaiveDate>) -> Option<Decision> {
        let date = self.date("decision_date")?;
        if arrival_date.is_some_and(|arrived| date < arrived) {
            self.refuse(
                "decision_date",
                "決定日が到達日より前です。",
                "どちらかの日付を直してください。",
            );
        }
        Some(Decision {
            date,
            grounds: texts(self.record.get("grounds")),
            reason: self.text("reason").map(str::to_owned),
        })
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
