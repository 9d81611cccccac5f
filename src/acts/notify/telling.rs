//! Which revision members are told of, and whether a notification is enough.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::{RevisionState, TellingRefusal};
use crate::notice::{Edition, RevisionError, edition_of};
use crate::office::Office;
use crate::store::NoticeRow;
use crate::wording;

/// A revision members can be told of, with the edition before it.
#[derive(Debug)]
pub struct Telling {
    /// What it was compared with.
    pub old: Edition,
    /// The revision.
    pub new: Edition,
    /// Keys of the changes that are no change of purposes for what the society
    /// holds, as the decision record has them: declared to be wording only, or
    /// for information yet to be acquired. Of these nobody need be told.
    pub untold: BTreeSet<String>,
}

/// Why members are not told, for staff.
#[derive(Debug, thiserror::Error)]
pub enum TellingError {
    /// The store or a content cannot be read.
    #[error(transparent)]
    Revision(#[from] RevisionError),
    /// A rule is against it.
    #[error("{}", wording::telling_refused(.0))]
    Refused(TellingRefusal),
}

impl From<TellingRefusal> for TellingError {
    fn from(refusal: TellingRefusal) -> Self {
        TellingError::Refused(refusal)
    }
}

/// The revision `number`, or the newest that is approved or published.
///
/// # Errors
/// [`TellingError`]; a change beyond what is reasonably related to the former
/// purpose (art. 17(2)) never goes out as a mere notification.
pub async fn telling(office: &Office, number: Option<u32>) -> Result<Telling, TellingError> {
    let mut conn = office.store.reads().await.map_err(RevisionError::from)?;
    let rows = conn.notice_revisions().await.map_err(RevisionError::from)?;
    let settled = |row: &&NoticeRow| {
        matches!(
            row.state,
            RevisionState::Approved | RevisionState::Published | RevisionState::Superseded
        )
    };
    let found = match number {
        Some(number) => rows.iter().find(|row| row.number == number),
        None => rows.iter().rfind(settled),
    };
    let row = found.ok_or(TellingRefusal::NoneToTell)?;
    if !settled(&row) {
        return Err(TellingRefusal::Unapproved(row.number).into());
    }
    let based_on = row.based_on.ok_or(TellingRefusal::NoneToTell)?;
    let before = rows.iter().find(|row| row.number == based_on);
    let record = record(row);
    match record.pointer("/decision/reach").and_then(Value::as_str) {
        Some("wording" | "new_information" | "related") => {}
        Some("exception") => return Err(TellingRefusal::Exception(row.number).into()),
        // An unknown word is never the milder one.
        _ => return Err(TellingRefusal::NeedsConsent(row.number).into()),
    }
    Ok(Telling {
        old: edition_of(before.ok_or(TellingRefusal::NoneToTell)?)?,
        new: edition_of(row)?,
        untold: untold(&record),
    })
}

/// The decision record; null if it cannot be read.
fn record(row: &NoticeRow) -> Value {
    let text = row.decision.as_deref().unwrap_or_default();
    serde_json::from_str(text).unwrap_or_default()
}

fn untold(record: &Value) -> BTreeSet<String> {
    let rulings = record
        .pointer("/decision/rulings")
        .and_then(Value::as_array);
    let mild = rulings.into_iter().flatten().filter(|ruling| {
        let reach = ruling.get("reach").and_then(Value::as_str);
        matches!(reach, Some("wording" | "new_information"))
    });
    mild.filter_map(|ruling| ruling.get("key")?.as_str())
        .map(str::to_owned)
        .collect()
}
