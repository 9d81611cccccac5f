//! Every request held against its record and its history.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::failure::ProofError;
use crate::catalogue::REQUEST_KIND;
use crate::domain::{
    Amendment, COUNTERPART_AGAIN, PrincipalCategory, Request, RequesterRole, Right,
};
use crate::office::Office;
use crate::record::record_sha256;
use crate::store::{Reads, RequestSays};
use crate::wording::verify as told;

/// Requests read at a time.
const PAGE: i64 = 500;

/// What does not agree of each request.
pub(super) async fn differing(
    office: &Office,
    conn: &mut Reads,
) -> Result<Vec<String>, ProofError> {
    let today = office.desk.clock.today();
    let mut problems = Vec::new();
    let mut after = 0;
    loop {
        let said = conn.request_evidence(after, PAGE).await?;
        let Some((last, _)) = said.last() else {
            return Ok(problems);
        };
        after = *last;
        for (key, says) in said {
            let Some(says) = says else {
                problems.push(told::request_unreadable(key));
                continue;
            };
            let record: Map<String, Value> =
                serde_json::from_str(says.record.as_deref().unwrap_or_default())
                    .unwrap_or_default();
            if record_sha256(REQUEST_KIND, &record) != says.record_sha256 {
                problems.push(told::request_record_altered(&says.receipt_number));
                continue;
            }
            let (request, _) = Request::read(&record, today);
            if !is_of(&request, &says) {
                problems.push(told::request_differs(&says.receipt_number));
            }
            if !is_told(&says) {
                problems.push(told::request_history_differs(&says.receipt_number));
            }
            if !keeps_counterparts(&request, &says) {
                problems.push(told::former_counterpart_differs(&says.receipt_number));
            }
        }
    }
}

/// Whether the row says what its record says.
fn is_of(request: &Request, says: &RequestSays) -> bool {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    let rights: BTreeSet<&str> = request.rights.iter().copied().map(Right::as_str).collect();
    let said: BTreeSet<&str> = says.rights.iter().map(String::as_str).collect();
    let (role, category, desk) = &says.facts;
    request.receipt_number == says.receipt_number
        && day(request.request_date).as_ref() == Some(&says.dates.0)
        && day(request.arrival_date).as_ref() == Some(&says.dates.1)
        && request.requester_role.map(RequesterRole::as_str) == Some(role)
        && request.principal_category.map(PrincipalCategory::as_str) == Some(category)
        && request.desk == *desk
        && rights == said
}

/// Whether the row says what its history says, and the file it came with.
fn is_told(says: &RequestSays) -> bool {
    let (by, at) = &says.added;
    let is_added = says
        .history
        .first()
        .is_some_and(|(act, actor, when, _)| act == "added" && actor == by && when == at);
    // One that was amended, or that names a counterpart once more, may have been
    // taken in anew then.
    let renews = |act: &str| act == "amended" || act == COUNTERPART_AGAIN;
    let amended = says.history.iter().filter(|(act, ..)| renews(act));
    let is_taken_in = amended
        .map(|(_, actor, when, _)| (actor, when))
        .chain([(by, at)])
        .any(|(actor, when)| {
            says.taken_in.0.as_ref() == Some(actor) && says.taken_in.1.as_ref() == Some(when)
        });
    let last = says.history.iter().rev();
    let mut last = last.filter(|(act, ..)| act == "closed" || act == "reopened");
    let closing = last.next().filter(|(act, ..)| act == "closed");
    let (reason, closed_by, closed_at) = &says.closed;
    let is_closed = match closing {
        Some((_, actor, when, note)) => {
            says.status == "closed"
                && note == reason
                && closed_by.as_ref() == Some(actor)
                && closed_at.as_ref() == Some(when)
        }
        None => says.status == "open" && reason.is_none(),
    };
    is_added && is_taken_in && is_closed && is_amended(says)
}

/// Whether it keeps whom it named as the counterpart of protective measures
/// before each amendment that named them otherwise. Since the amendment that
/// made who asks a counterpart none can make them nobody's again.
fn keeps_counterparts(request: &Request, says: &RequestSays) -> bool {
    if !request.is_protected_from_requester {
        return says.former_counterparts == 0;
    }
    let named_otherwise = says
        .history
        .iter()
        .rev()
        .filter(|(act, ..)| act == "amended")
        .filter_map(|(_, _, _, note)| note.as_deref().and_then(Amendment::read))
        .take_while(|amendment| {
            !amendment
                .fields
                .iter()
                .any(|field| field == Request::PROTECTED)
        })
        .filter(Amendment::changes_counterpart);
    named_otherwise.count() == says.former_counterparts
}

/// Whether each amendment begins where the one before it ended, and the last
/// ended with the record as it is.
fn is_amended(says: &RequestSays) -> bool {
    let mut last: Option<String> = None;
    for (act, _, _, note) in &says.history {
        if act != "amended" {
            continue;
        }
        let Some(amendment) = note.as_deref().and_then(Amendment::read) else {
            return false;
        };
        if last.is_some_and(|last| last != amendment.before) {
            return false;
        }
        last = Some(amendment.after);
    }
    last.is_none_or(|last| last == says.record_sha256)
}
