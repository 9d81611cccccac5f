//! Telling of numbers that a person has to look at.

use crate::domain::IdentifierDoubt;
use crate::office::Office;
use crate::views::doubts_of;
use crate::wording::{self, StaffMessage as _};

/// Tells them beside a report. What cannot be read is no reason to end with:
/// the report stands.
pub(super) async fn tell(office: &Office) {
    match doubts_of(office).await {
        Ok(doubts) => say_all(&doubts),
        Err(error) => eprintln!("エラー：{}", error.staff_message()),
    }
}

/// Says each of them.
pub(super) fn say_all(doubts: &[IdentifierDoubt]) {
    for doubt in doubts {
        say!("注意：{}", wording::identifier_doubt(doubt));
    }
}
