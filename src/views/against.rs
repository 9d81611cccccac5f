//! What is registered now against letters.

use std::collections::BTreeMap;

use crate::catalogue::Catalogue;
use crate::domain::{Against, LetterId, cautions};
use crate::store::{LetterQuery, Reads, StoreError, Which};

/// Letters held against flags and counterparts at a time.
const TOGETHER: usize = 500;

/// Those among the letters something is registered against.
///
/// # Errors
/// When the store cannot be read.
pub async fn registered_against(
    catalogue: &Catalogue,
    conn: &mut Reads,
    letters: &[LetterId],
) -> Result<BTreeMap<LetterId, Against>, StoreError> {
    let safeguards = conn.watched().await?.safeguards;
    let mut all = BTreeMap::new();
    if safeguards.flags.is_empty() && safeguards.counterparts.is_empty() {
        return Ok(all);
    }
    for some in letters.chunks(TOGETHER) {
        let persons = conn.persons_of(some).await?;
        let rows = conn.letters(&LetterQuery::of(Which::Named(some))).await?;
        for row in rows {
            let Some(persons) = persons.get(&row.id) else {
                continue;
            };
            let reveals = catalogue.reveals(&row.kind, &row.outcome);
            let against = Against {
                flags: safeguards.flags_of(persons),
                cautions: cautions(&safeguards.counterparts, persons, reveals),
            };
            if !against.flags.is_empty() || !against.cautions.is_empty() {
                all.insert(row.id, against);
            }
        }
    }
    Ok(all)
}
