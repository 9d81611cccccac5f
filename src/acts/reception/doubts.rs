//! What staff should know of a record that is taken in all the same: of a
//! letter, of its record alone and of the request it answers; of any form, of
//! its postal codes.

use serde_json::{Map, Value};

use super::ReceptionError;
use crate::catalogue::{Addressee, Form, Kind, Role};
use crate::domain::{FieldProblem, Request, is_same_name};
use crate::law::Matter;
use crate::office::Premises;
use crate::record::{self, Record};
use crate::text::postal::PostalError;
use crate::wording;

/// The warnings of a letter; `request` is the one it belongs to, if that is
/// registered.
pub(super) fn of(
    desk: &Premises,
    kind: &Kind,
    record: &Record,
    request: Option<&Request>,
) -> Result<Vec<FieldProblem>, ReceptionError> {
    let today = desk.clock.today();
    let max_sheets = desk.society.envelope.max_sheets;
    let mut found = Vec::new();
    if let Some(outcome) = kind.outcome(&record.outcome) {
        found = desk.law.doubts(Matter {
            kind,
            outcome,
            record: &record.values,
            envelope: &record.envelope,
            fees: &desk.society.fees,
            today,
        });
    }
    found.extend(of_place(desk, kind, &record.values)?);
    found.extend(request.and_then(|request| in_small_print(kind, &record.values, request)));
    found.extend(record::of_letter(kind, record, max_sheets, today, request));
    found.extend(record::doubtful(kind, &record.values, today));
    Ok(found)
}

/// A letter in letters of the usual size to who asked for large ones.
fn in_small_print(
    kind: &Kind,
    values: &Map<String, Value>,
    request: &Request,
) -> Option<FieldProblem> {
    let name = values.get("addressee_name").and_then(Value::as_str)?;
    let is_small = request.large_print
        && kind.addressee == Addressee::Requester
        && kind.field("large_print").is_some()
        && !values.contains_key("large_print")
        && is_same_name(name, &request.requester_name);
    is_small.then(wording::received::in_small_print)
}

/// Postal codes that are not those of their addresses.
///
/// # Errors
/// When the list of postal codes does not load.
pub fn of_place(
    desk: &Premises,
    form: &Form,
    values: &Map<String, Value>,
) -> Result<Vec<FieldProblem>, PostalError> {
    let text = |field: &str| values.get(field).and_then(Value::as_str);
    let is_code = |role: Option<Role>| role == Some(Role::PostalCode);
    let mut found = Vec::new();
    for field in form.fields.iter().filter(|field| is_code(field.role)) {
        // A code and its address are called alike.
        let address = field.name.replace("postal_code", "address");
        let (Some(code), Some(address)) = (text(&field.name), text(&address)) else {
            continue;
        };
        let codes = desk.postal_codes()?;
        let doubt = codes.doubt(code, address);
        found.extend(doubt.map(|doubt| wording::postal::doubt(&field.name, doubt, codes.day())));
    }
    Ok(found)
}
