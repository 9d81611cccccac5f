//! What staff should know of a letter that is queued all the same, of its
//! record alone and of the request it answers.

use serde_json::{Map, Value};

use super::ReceptionError;
use crate::catalogue::{Kind, Role};
use crate::domain::{FieldProblem, Request};
use crate::law::Matter;
use crate::office::Premises;
use crate::record::{self, Record};
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
    found.extend(record::of_letter(kind, record, max_sheets, today, request));
    found.extend(record::doubtful(kind, &record.values, today));
    Ok(found)
}

/// A postal code that is not that of the address.
fn of_place(
    desk: &Premises,
    kind: &Kind,
    values: &Map<String, Value>,
) -> Result<Option<FieldProblem>, ReceptionError> {
    let text = |field: &str| values.get(field).and_then(Value::as_str);
    let is_code = |role: Option<Role>| role == Some(Role::PostalCode);
    let codes = kind.fields.iter().filter(|field| is_code(field.role));
    for field in codes {
        // A code and its address are called alike.
        let address = field.name.replace("postal_code", "address");
        let (Some(code), Some(address)) = (text(&field.name), text(&address)) else {
            continue;
        };
        let codes = desk.postal_codes()?;
        if let Some(doubt) = codes.doubt(code, address) {
            let told = wording::postal::doubt(&field.name, doubt, codes.day());
            return Ok(Some(told));
        }
    }
    Ok(None)
}
