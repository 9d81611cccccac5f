//! What is registered of members: what keeps letters from them.

use std::path::Path;

use crate::acts::reception::{self, Distinct, ReceivedFlags, ReceptionError};
use crate::domain::By;
use crate::intake::RowProblem;
use crate::office::Office;

/// Takes in a file of flags, set and cleared, all of them or none. Every
/// problem of every row is told to `say` as it is found. A number that looks
/// like a known one is refused unless it is among the `distinct`.
///
/// # Errors
/// [`ReceptionError`]; then nothing was changed.
pub async fn flags(
    office: &Office,
    by: &By,
    path: &Path,
    distinct: &Distinct,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<ReceivedFlags, ReceptionError> {
    reception::receive_member_flags(office, by, path, distinct, say).await
}
