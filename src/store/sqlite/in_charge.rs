//! That the person in charge has looked at a letter: a line of its history,
//! with the key that proved who it was.

use sqlx::SqliteConnection;

use super::StoreError;
use crate::domain::{By, LetterId};

/// How the remark in the history begins; then stand the last file whose
/// registrations could be known, and the public key.
const SEEN_IN_CHARGE: &str = "seen by the person in charge";

/// The newest such remark of a letter.
pub(super) const SEEN: &str = "(SELECT note FROM audit
     WHERE audit.letter_id = letter.id AND note GLOB 'seen by the person in charge *'
     ORDER BY audit.id DESC LIMIT 1)";

/// Enters that the person in charge, who holds the secret key of `key`, has
/// looked at a letter and lets it go. The caller commits.
///
/// # Errors
/// When the store cannot be written.
pub async fn seen_in_charge(
    conn: &mut SqliteConnection,
    id: LetterId,
    key: &str,
    by: &By,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit (at, letter_id, actor, from_state, to_state, note)
         SELECT ?, id, ?, state, state,
                ? || ' ' || (SELECT coalesce(max(id), 0) FROM intake) || ' ' || ?
         FROM letter WHERE id = ?",
    )
    .bind(by.at.to_string())
    .bind(by.who.as_str())
    .bind(SEEN_IN_CHARGE)
    .bind(key)
    .bind(id.key())
    .execute(conn)
    .await?;
    Ok(())
}

/// The last file whose registrations the person in charge could know of who
/// entered this remark.
pub(super) fn seen_until(note: &str) -> Option<i64> {
    let rest = note.strip_prefix(SEEN_IN_CHARGE)?;
    rest.split_whitespace().next()?.parse().ok()
}

/// The public key of the person in charge, where a line of a letter's history
/// says that they looked at it.
pub fn seen_with(note: &str) -> Option<&str> {
    let rest = note.strip_prefix(SEEN_IN_CHARGE)?;
    rest.split_whitespace().nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_tells_how_far_was_known_and_with_which_key() {
        let note = format!("{SEEN_IN_CHARGE} 12 age1example");
        assert_eq!(
            (seen_until(&note), seen_with(&note)),
            (Some(12), Some("age1example"))
        );
        assert_eq!(seen_until("restricted note opened"), None);
    }
}
