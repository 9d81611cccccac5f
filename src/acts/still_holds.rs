//! Whether a letter that is approved still says what held when it was queued.

use serde_json::{Map, Value};

use super::reception::PublishedFees;
use crate::domain::{LetterAction, LetterRefusal};
use crate::office::{Office, Page};
use crate::record;
use crate::store::{LetterRow, Part, Reads, StoreError};
use crate::wording::dates::Measured;

/// What letters that are approved are held against, read with the first that
/// needs it.
#[derive(Debug, Default)]
pub(super) struct StillHolds {
    published: Option<PublishedFees>,
}

impl StillHolds {
    /// Why a letter that is to be approved is not: its kind needs a field by now
    /// that the record has not; a day it speaks of as to come has passed since it
    /// was queued, so that whoever reads it would be told of a time that is over;
    /// or the notice names its fee no more.
    pub(super) async fn refusal(
        &mut self,
        office: &Office,
        reads: &mut Reads,
        action: LetterAction,
        row: &LetterRow,
    ) -> Result<Option<LetterRefusal>, StoreError> {
        let desk = &office.desk;
        let kind = desk.catalogue.get(&row.kind);
        let Some(kind) = kind.filter(|_| action == LetterAction::Approve) else {
            return Ok(None);
        };
        let kept = reads.parts_of(row.id, &[Part::Record]).await?.record;
        let values: Map<String, Value> = serde_json::from_str(&kept).unwrap_or_default();
        let lacking = kind
            .outcome(&row.outcome)
            .and_then(|outcome| record::incomplete(kind, outcome, &values));
        if let Some(problem) = lacking {
            return Ok(Some(LetterRefusal::Incomplete(row.id, problem)));
        }
        let way = (row.delivery, Page::ToMake);
        let today = (Measured::Today, desk.clock.today());
        if let Some(problem) = desk.passed(kind, &values, way, today) {
            return Ok(Some(LetterRefusal::DatePassed(row.id, problem)));
        }
        if !values.contains_key("fee") {
            return Ok(None);
        }
        let published = match self.published.take() {
            Some(published) => published,
            None => PublishedFees::of(office, reads).await?,
        };
        let problem = published.problem(kind, &values, &desk.society.fees);
        self.published = Some(published);
        Ok(problem.map(|problem| LetterRefusal::FeeUnpublished(row.id, problem)))
    }
}
