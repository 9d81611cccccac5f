//! How revisions are found and called.

use crate::store::{NoticeRefusal, NoticeRow};

/// The revision with this number.
pub(super) fn find(rows: &[NoticeRow], number: u32) -> Result<&NoticeRow, NoticeRefusal> {
    rows.iter()
        .find(|row| row.number == number)
        .ok_or(NoticeRefusal::NoSuchRevision(number))
}

/// A revision as it is called: its number and its printed label.
pub(super) fn called(row: &NoticeRow) -> String {
    format!("第{}版 {}", row.number, row.label)
}
