//! Whether a letter charges what the notice before the public names (art.
//! 38(2)): the profile alone publishes nothing.

use serde_json::{Map, Value};

use super::ReceptionError;
use crate::catalogue::Kind;
use crate::domain::{Fees, FieldProblem};
use crate::law::fees_due;
use crate::notice::{duties, edition_of, rules};
use crate::office::Office;
use crate::wording;

/// The fees in yen that the edition in force names; none where the workspace
/// never took an edition in, and so does not know what is published.
#[derive(Debug, Default)]
pub(super) struct PublishedFees(Option<Vec<u32>>);

impl PublishedFees {
    pub(super) async fn of(office: &Office) -> Result<Self, ReceptionError> {
        let rows = office.store.reads().await?.notice_revisions().await?;
        if rows.is_empty() {
            return Ok(PublishedFees(None));
        }
        let edition = edition_of(rules::published(&rows)?)?;
        Ok(PublishedFees(Some(duties::stated_fees(&edition.notice))))
    }

    /// What is wrong with the fee of a record. That it is the profile's is
    /// seen elsewhere.
    pub(super) fn problem(
        &self,
        kind: &Kind,
        values: &Map<String, Value>,
        fees: &Fees,
    ) -> Option<FieldProblem> {
        let published = self.0.as_ref()?;
        let charged = values.get("fee").and_then(Value::as_u64)? > 0;
        let due = fees_due(kind.fee?, values, fees)?;
        let unnamed = due
            .into_iter()
            .flatten()
            .find(|yen| !published.contains(yen));
        unnamed
            .filter(|_| charged)
            .map(wording::received::fee_not_in_notice)
    }
}
