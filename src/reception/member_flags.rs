//! A file of flags: set and cleared, all of them or none.

use std::path::Path;

use serde_json::Value;

use super::ReceptionError;
use crate::catalogue::FLAG_KIND;
use crate::domain::{MemberFlag, StaffName, folded};
use crate::intake::{Reader, Row, RowProblem};
use crate::office::Office;
use crate::store::{FlagChange, StoreError, change_flag};

/// What happened with a file of flags.
#[derive(Debug, Default)]
pub struct ReceivedFlags {
    /// Flags set.
    pub set: u64,
    /// Flags cleared.
    pub cleared: u64,
    /// Flags to be cleared that were not set.
    pub unknown: u64,
    /// Bad rows; if there are any, nothing was changed.
    pub bad: u64,
    /// Whether rows that were not taken in can still be read from the store's
    /// log, because somebody else needed it.
    pub left_in_log: bool,
}

/// Receives a file of flags, in its own order. Every problem of every row is
/// told to `say` as it is found.
///
/// # Errors
/// [`ReceptionError`]; then nothing was changed.
pub async fn receive_member_flags(
    office: &Office,
    path: &Path,
    actor: &StaffName,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<ReceivedFlags, ReceptionError> {
    let desk = &office.desk;
    let reader = Reader::open(path, &desk.member_flags, Some(FLAG_KIND), &desk.characters)?;
    let at = desk.clock.stamp();
    let mut tx = office.store.write().await?;
    let mut received = ReceivedFlags::default();
    for row in reader {
        let record = match row {
            Row::Good(record) => record,
            Row::Bad(bad) => {
                received.bad += 1;
                bad.problems.iter().for_each(&mut *say);
                continue;
            }
        };
        let text = |field: &str| record.values.get(field).and_then(Value::as_str);
        let (Some(member), Some(flag)) = (
            text("member_key").map(folded),
            text("flag").and_then(MemberFlag::from_code),
        ) else {
            continue;
        };
        let change = match text("act") {
            Some("clear") => FlagChange::Cleared,
            _ => FlagChange::Set,
        };
        let changed = change_flag(&mut tx, &member, flag, change, actor.as_str(), &at).await?;
        match (change, changed) {
            (FlagChange::Set, _) => received.set += 1,
            (FlagChange::Cleared, true) => received.cleared += 1,
            (FlagChange::Cleared, false) => received.unknown += 1,
        }
    }
    if received.bad == 0 {
        tx.commit().await.map_err(StoreError::from)?;
    } else {
        tx.rollback().await.map_err(StoreError::from)?;
        received.left_in_log = !office.store.empty_log().await;
    }
    Ok(received)
}
