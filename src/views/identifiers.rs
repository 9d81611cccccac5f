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
    if !conn.keys_are_current().await? {
        return Ok(doubts);
    }
    let unreadable = conn.unreadable_requests().await?;
    doubts.extend(
        unreadable
            .into_iter()
            .map(IdentifierDoubt::UnreadableRequest),
    );
    let shared = conn.shared_receipt_numbers().await?;
    doubts.extend(shared.into_iter().map(IdentifierDoubt::SharedReceiptNumber));
    for LookAlikeFlag { flagged, other } in conn.look_alike_flags().await? {
        doubts.push(IdentifierDoubt::LookAlikeFlag { flagged, other });
    }
    for DoubleNotification { member, letters } in conn.double_notifications().await? {
        doubts.push(IdentifierDoubt::DoubleNotification { member, letters });
    }
    Ok(doubts)
}
