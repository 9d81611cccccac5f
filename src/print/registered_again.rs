//! Compares letters whose request was registered by mistake with the one
//! registered again under the same number.

use serde_json::{Map, Value};

use crate::domain::{CloseReason, KeptBack, LetterId};
use crate::office::Office;
use crate::record;
use crate::store::{For, Part, Reads, StoreError};

/// Why a letter of this kind is kept back whose own request was registered by
/// mistake: what it was held against when it was queued was not true, and only
/// a registration it fits says that it may go.
///
/// # Errors
/// When the store cannot be read.
pub async fn against_registered_again(
    office: &Office,
    conn: &mut Reads,
    letter: LetterId,
    kind: &str,
) -> Result<Option<KeptBack>, StoreError> {
    let values = conn.parts_of(letter, &[Part::Record]).await?.record;
    let values: Map<String, Value> = serde_json::from_str(&values).unwrap_or_default();
    let registered = match values.get("receipt_number").and_then(Value::as_str) {
        Some(number) => conn.request(number, For::Letters).await?.registered()?,
        None => None,
    };
    let mistaken = Some(CloseReason::Mistaken);
    let Some(registered) = registered.filter(|found| found.row.close_reason != mistaken) else {
        return Ok(Some(KeptBack::Mistaken));
    };
    let fits = office.desk.catalogue.get(kind).is_some_and(|kind| {
        let law = &office.desk.law;
        record::differences(kind, &values, &registered.facts(), law, Some(letter)).is_empty()
    });
    Ok((!fits).then_some(KeptBack::Contradicted))
}
