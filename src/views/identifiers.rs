//! The numbers in the store that a person has to look at.

use crate::domain::IdentifierDoubt;
use crate::office::Office;
use crate::store::{DoubleNotification, LookAlikeFlag, Store, StoreError};

/// All that is doubtful in a workspace.
///
/// # Errors
/// When the store cannot be read.
pub async fn doubts_of(office: &Office) -> Result<Vec<IdentifierDoubt>, StoreError> {
    identifier_doubts(&office.store).await
}

/// All that is doubtful; nothing in a store of an earlier program, which has
/// not its keys yet.
///
/// # Errors
/// When the store cannot be read.
pub async fn identifier_doubts(store: &Store) -> Result<Vec<IdentifierDoubt>, StoreError> {
    let mut conn = store.reads().await?;
    let mut doubts = Vec::new();
    let found = conn.number_doubts().await?;
    let unreadable = found.unreadable_requests.into_iter();
    doubts.extend(unreadable.map(IdentifierDoubt::UnreadableRequest));
    let shared = found.shared_receipt_numbers.into_iter();
    doubts.extend(shared.map(IdentifierDoubt::SharedReceiptNumber));
    for LookAlikeFlag { flagged, other } in found.look_alike_flags {
        doubts.push(IdentifierDoubt::LookAlikeFlag { flagged, other });
    }
    for DoubleNotification { member, letters } in found.double_notifications {
        doubts.push(IdentifierDoubt::DoubleNotification { member, letters });
    }
    Ok(doubts)
}
