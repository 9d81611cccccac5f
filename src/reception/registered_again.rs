//! Letters whose request was registered by mistake, held against the one that
//! was registered again under their number.

use serde_json::{Map, Value};

use super::belonging;
use crate::domain::{KeptBack, LetterId};
use crate::office::Office;
use crate::store::{self, Reads, StoreError};

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
    let record = store::record_of(conn, letter).await?;
    let record: Map<String, Value> = serde_json::from_str(&record).unwrap_or_default();
    let registered = match record.get("receipt_number").and_then(Value::as_str) {
        Some(number) => store::registered(conn, number).await?,
        None => None,
    };
    let mistaken = |close_reason: &Option<String>| close_reason.as_deref() == Some("mistaken");
    let Some(registered) = registered.filter(|found| !mistaken(&found.row.close_reason)) else {
        return Ok(Some(KeptBack::Mistaken));
    };
    let fits = office.desk.catalogue.get(kind).is_some_and(|kind| {
        belonging::differences(kind, &record, &registered, Some(letter)).is_empty()
    });
    Ok((!fits).then_some(KeptBack::Contradicted))
}
