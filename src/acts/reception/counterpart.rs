//! Protective measures are against a registered counterpart once more.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::at_odds::kept_back;
use super::concerned::Concerned;
use super::{AmendError, ReceptionError};
use crate::acts::requests::{acts_of, registers_counterpart};
use crate::domain::{By, EndStands};
use crate::office::Office;
use crate::store::{For, Intake, Refused};

/// A counterpart that is one once more.
#[derive(Debug)]
pub struct Again {
    /// The receipt number of the request that registered them.
    pub receipt_number: String,
    /// Letters in the house that are kept back now.
    pub concerned: Concerned,
}

/// Enters that protective measures are against the counterpart a request
/// registered once more, as they are when the measures are renewed. It holds
/// at once, whether the request is open or closed.
///
/// # Errors
/// [`AmendError`]; then nothing was changed.
pub async fn counterpart_again(
    office: &Office,
    by: &By,
    receipt_number: &str,
) -> Result<Again, AmendError> {
    let mut intake = Intake::begin(&office.store, by).await?;
    let found = intake.request(receipt_number, For::People).await?;
    let found = found.meant_by(receipt_number).map_err(Refused::one)?;
    let found = registers_counterpart(found)?;
    let number = &found.row.receipt_number;
    let stands = EndStands::of(acts_of(&found));
    stands.again(number).map_err(Refused::one)?;
    intake.counterpart_again(&found.row).await?;
    let key = intake.file.key;
    intake.commit(None).await.map_err(ReceptionError::from)?;
    let record: Map<String, Value> = serde_json::from_slice(&found.record).unwrap_or_default();
    Ok(Again {
        concerned: kept_back(office, &record, key, &BTreeSet::new()).await?,
        receipt_number: found.row.receipt_number,
    })
}
