//! Letters that an approved edition of the notice stands behind: nobody writes
//! one by hand, for what it says has been decided by two people (art. 17(2)).

use serde_json::{Map, Value};

use super::again::Standing;
use crate::catalogue::Kind;
use crate::domain::FieldProblem;
use crate::store::Earlier;
use crate::wording;

/// What comes from the edition. The rest of a letter is its addressee and the
/// reason, which whoever queues the letters words.
const FROM_EDITION: [&str; 3] = ["changes", "change_scope", "effective_date"];

/// Why a record is no letter, if it was written by hand. One that takes the
/// place of a letter which waits may mend its address, but not the change.
pub(super) fn by_hand(
    kind: &Kind,
    values: &Map<String, Value>,
    standing: &Standing,
    earlier: &[Earlier],
) -> Option<FieldProblem> {
    if !kind.from_notice || standing.refused.is_some() {
        return None;
    }
    let replaced = standing.replaces.and_then(|replaced| {
        let mut earlier = earlier.iter();
        earlier.find(|earlier| earlier.letter == replaced)
    });
    match replaced {
        Some(replaced) => FROM_EDITION
            .into_iter()
            .find(|field| values.get(*field) != replaced.values.get(*field))
            .map(wording::received::change_of_edition),
        None => Some(wording::received::only_from_notice()),
    }
}
