//! The numbers in the store that a person has to look at.

use crate::domain::IdentifierDoubt;
use crate::store::{self, DoubleNotification, LookAlikeFlag, Store, StoreError};

/// All that is doubtful; nothing in a store of an earlier program, which has
/// not its keys yet.
///
/// # Errors
/// When the store cannot be read.
pub async fn identifier_doubts(store: &Store) -> Result<Vec<IdentifierDoubt>, StoreError> {
    let mut conn = store.read().await?;
    let mut doubts = Vec::new();
    if !store::keys_are_current(&mut conn).await? {
        return Ok(doubts);
    }
    let unreadable = store::unreadable_requests(&mut conn).await?;
    doubts.extend(
        unreadable
            .into_iter()
            .map(IdentifierDoubt::UnreadableRequest),
    );
    let shared = store::shared_receipt_numbers(&mut conn).await?;
    doubts.extend(shared.into_iter().map(IdentifierDoubt::SharedReceiptNumber));
    for LookAlikeFlag { flagged, other } in store::look_alike_flags(&mut conn).await? {
        doubts.push(IdentifierDoubt::LookAlikeFlag { flagged, other });
    }
    for DoubleNotification { member, letters } in store::double_notifications(&mut conn).await? {
        doubts.push(IdentifierDoubt::DoubleNotification { member, letters });
    }
    Ok(doubts)
}
