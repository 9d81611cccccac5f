//! The requests that the shipped samples answer.
//!
//! A sample bears a receipt number and says who asked what and when, so its
//! request follows from it. Samples with the same number answer the same one.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use serde_json::{Map, Value, json};

use super::Sample;
use crate::catalogue::Addressee;
use crate::domain::{PersonFacts, RequesterRole, Right, identity_key};
use crate::record::Record;

/// The records of the requests these samples answer, in the order of the
/// samples. A sample that answers none has none, and one that goes to an
/// institution does not say who asked: it belongs to another sample's request.
pub fn answered(samples: &[(Sample<'_>, Record)]) -> Vec<Map<String, Value>> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut requests: Vec<Map<String, Value>> = Vec::new();
    let says_who_asked =
        |(sample, _): &&(Sample<'_>, Record)| sample.kind.addressee == Addressee::Requester;
    for (sample, record) in samples.iter().filter(says_who_asked) {
        let Some(number) = text(&record.values, "receipt_number") else {
            continue;
        };
        let rights = rights(sample, &record.values);
        match places.get(&identity_key(number)) {
            Some(place) => join(&mut requests[*place], rights),
            None => {
                places.insert(identity_key(number), requests.len());
                requests.push(request(&record.values, rights));
            }
        }
    }
    requests
}

fn text<'a>(values: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    values.get(field).and_then(Value::as_str)
}

/// What is asked for: what the letter decides or names, else a disclosure.
fn rights(sample: &Sample<'_>, values: &Map<String, Value>) -> Vec<&'static str> {
    let bereaved = text(values, "requester_role") == Some(RequesterRole::Bereaved.as_str());
    let named = ["rights", "fee_rights"]
        .into_iter()
        .filter_map(|field| values.get(field).and_then(Value::as_array))
        .flatten()
        .filter_map(|code| Right::from_code(code.as_str()?));
    let complaint = values
        .contains_key("complaint_date")
        .then_some(Right::Complaint);
    let mut rights: Vec<Right> = sample
        .kind
        .decides
        .into_iter()
        .chain(named)
        .chain(complaint)
        // What the bereaved ask for rests on the society's own rules.
        .map(|right| match right {
            Right::Disclosure if bereaved => Right::BereavedDisclosure,
            right => right,
        })
        .collect();
    if rights.is_empty() {
        rights.push(match bereaved {
            true => Right::BereavedDisclosure,
            false => Right::Disclosure,
        });
    }
    rights.sort_unstable();
    rights.dedup();
    rights.into_iter().map(Right::as_str).collect()
}

fn join(request: &mut Map<String, Value>, rights: Vec<&'static str>) {
    if let Some(asked) = request.get_mut("rights").and_then(Value::as_array_mut) {
        for right in rights {
            if !asked.iter().any(|known| known == right) {
                asked.push(right.into());
            }
        }
    }
}

/// Who asked: whom the letter goes to, unless it names its requester and goes
/// to somebody else.
fn requester<'a>(values: &'a Map<String, Value>, role: &str) -> Option<&'a str> {
    let own = |field: &str| text(values, field);
    let named = own("agent_name").or_else(|| own("deceased_requester"));
    let instructed = own("delivery_instruction").is_some();
    let principal =
        own("principal_name").filter(|_| instructed && role == RequesterRole::Principal.as_str());
    named.or(principal).or_else(|| own("addressee_name"))
}

/// The day this many years before.
fn years_before(day: &str, years: u32) -> Option<String> {
    let day: NaiveDate = day.parse().ok()?;
    let born = day.checked_sub_months(Months::new(12 * years))?;
    Some(born.to_string())
}

fn request(values: &Map<String, Value>, rights: Vec<&'static str>) -> Map<String, Value> {
    let mut request = Map::new();
    let mut put = |field: &str, value: Option<&str>| {
        if let Some(value) = value {
            request.insert(field.to_owned(), value.into());
        }
    };
    let own = |field: &str| text(values, field);
    let role = own("requester_role").unwrap_or(RequesterRole::Principal.as_str());
    let asked_on = own("request_date").or_else(|| own("complaint_date"));
    put("receipt_number", own("receipt_number"));
    put("request_date", asked_on);
    let arrived = own("arrival_date").or_else(|| own("received_date"));
    put("arrival_date", arrived.or(asked_on));
    put("requester_role", Some(role));
    put("requester_name", requester(values, role));
    put("requester_postal_code", own("addressee_postal_code"));
    put("requester_address", own("addressee_address"));
    put("requester_building", own("addressee_building"));
    let principal = own("principal_name").or_else(|| own("addressee_name"));
    put("principal_name", principal);
    let category = match RequesterRole::from_code(role) {
        Some(RequesterRole::LegalRepresentativeMinor) => "dependant",
        Some(RequesterRole::Bereaved) => "former",
        _ => "insured",
    };
    let category = own("principal_category").unwrap_or(category);
    put("principal_category", Some(category));
    if role == RequesterRole::LegalRepresentativeMinor.as_str() {
        let of_age = own("ended_on").and_then(|day| years_before(day, 18));
        let child = || asked_on.and_then(|day| years_before(day, 10));
        let born = own("birth_date")
            .map(str::to_owned)
            .or(of_age)
            .or_else(child);
        request.extend(born.map(|born| (PersonFacts::BIRTH.to_owned(), json!(born))));
    }
    request.insert("rights".to_owned(), json!(rights));
    request
}
