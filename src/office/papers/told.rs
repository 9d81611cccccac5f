//! What a form may tell of a request.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::text::era;

/// What a form may tell of a request, by the request's own names. The
/// principal's address is not among it: the requester may be somebody who must
/// not learn it.
pub(super) const TOLD: [&str; 11] = [
    "receipt_number",
    "request_date",
    "arrival_date",
    "rights",
    "requester_role",
    "requester_name",
    "requester_postal_code",
    "requester_address",
    "requester_building",
    "principal_name",
    "principal_category",
];

/// Days are told as Japanese write them.
const DAYS: [&str; 2] = ["request_date", "arrival_date"];

/// What may be told of the record of a request.
pub(super) fn told(record: &Map<String, Value>) -> Map<String, Value> {
    // As what they belong to the society a requester tells of themselves alone.
    let own = record.get("requester_role").and_then(Value::as_str) == Some("principal");
    let told = TOLD
        .iter()
        .filter(|name| own || **name != "principal_category");
    told.filter_map(|name| {
        let value = record.get(*name)?;
        let day = DAYS.contains(name).then(|| value.as_str()).flatten();
        let day = day.and_then(|day| day.parse::<NaiveDate>().ok());
        let shown = day.map(|day| era::write(day).unwrap_or_else(|| day.to_string()));
        Some((
            (*name).to_owned(),
            shown.map_or_else(|| value.clone(), Value::from),
        ))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_tells_what_the_requester_wrote_and_no_more() {
        let record = json!({
            "receipt_number": "受第1号", "request_date": "2026-11-02",
            "requester_role": "appointed_agent", "requester_name": "見本 太郎",
            "principal_name": "例示 花子", "principal_category": "dependant",
            "principal_address": "群馬県前橋市見本町1番地", "member_key": "M-1",
        });
        let told = told(record.as_object().unwrap());
        assert_eq!(told["request_date"], "令和8年11月2日");
        assert_eq!(told["principal_name"], "例示 花子");
        for kept in ["principal_address", "principal_category", "member_key"] {
            assert!(!told.contains_key(kept), "{kept}");
        }
    }
}
