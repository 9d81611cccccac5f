//! What staff should know of a record that may be taken in all the same.
//!
//! A warning is a field and two sentences, like a problem, and quotes nothing
//! of the record: it may be read by more people than the record is for.

use serde_json::{Map, Value};

use crate::domain::{FieldProblem, MemberFlag, Place, Request};
use crate::store::Registered;

/// Warnings of a letter that is queued.
pub(super) fn of_letter(
    values: &Map<String, Value>,
    registered: Option<&Registered>,
) -> Vec<FieldProblem> {
    let mut warnings = Vec::new();
    if let Some(registered) = registered {
        let request = &registered.request;
        warnings.extend(old_identity_document(request, "receipt_number"));
        warnings.extend(unknown_address(values, request));
    }
    warnings
}

/// A member letters are kept from: a letter queued all the same is somebody's
/// decision, so it is one made knowingly.
pub(super) fn of_flags(flags: &[MemberFlag]) -> Option<FieldProblem> {
    let labels: Vec<&str> = flags.iter().map(|flag| flag.label()).collect();
    (!labels.is_empty()).then(|| {
        FieldProblem::of(
            "member_key",
            format!(
                "この加入者には「{}」が登録されています。",
                labels.join("」「")
            ),
            "送ってよいか、送付先が正しいかを、承認の前に確かめてください。",
        )
    })
}

/// Warnings of a request that is registered.
pub(super) fn of_request(request: &Request) -> Vec<FieldProblem> {
    old_identity_document(request, "identity_document_date")
        .into_iter()
        .collect()
}

fn old_identity_document(request: &Request, field: &str) -> Option<FieldProblem> {
    request.has_old_identity_document().then(|| {
        FieldProblem::of(
            field,
            "本人確認書類の日付が、到達日より30日を超えて前です。",
            "新しい書類が要らないか確かめてください。",
        )
    })
}

/// The letter goes to an address the request does not name. The requester may
/// have moved; who may live there instead is not for the program to say.
fn unknown_address(values: &Map<String, Value>, request: &Request) -> Option<FieldProblem> {
    let place = Place::read(values, "addressee_address", "addressee_building")?;
    let known = [&request.requester_place, &request.principal_place]
        .into_iter()
        .flatten()
        .any(|known| known.may_be_same(&place));
    let told = ["delivery_instruction", "household_consent"]
        .iter()
        .any(|field| values.contains_key(*field));
    (!known && !told).then(|| {
        FieldProblem::of(
            "addressee_address",
            "登録された請求の請求者住所と違います。",
            "正しい住所か確かめてください。",
        )
    })
}
