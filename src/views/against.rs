//! What is registered now against letters.

use std::collections::BTreeMap;

use crate::domain::{Against, LetterId};
use crate::office::Premises;
use crate::store::{LetterQuery, Reads, StoreError, Which};

/// Letters held against flags and counterparts at a time.
const TOGETHER: usize = 500;

/// Those among the letters something is registered against.
///
/// # Errors
/// When the store cannot be read.
pub async fn registered_against(
    desk: &Premises,
    conn: &mut Reads,
    letters: &[LetterId],
) -> Result<BTreeMap<LetterId, Against>, StoreError> {
    let watched = conn.watched().await?;
    let safeguards = watched.safeguards;
    let mut all = BTreeMap::new();
    if safeguards.is_empty() && !watched.has_facts {
        return Ok(all);
    }
    for some in letters.chunks(TOGETHER) {
        let persons = conn.persons_of(some).await?;
        let rows = conn.letters(&LetterQuery::of(Which::Named(some))).await?;
        for row in rows {
            let Some(persons) = persons.get(&row.id) else {
                continue;
            };
            let tenor = desk.tenor(&row.kind, &row.outcome, persons);
            let against = safeguards.all_against(persons, &tenor);
            if !against.is_nothing() {
                all.insert(row.id, against);
            }
        }
    }
    Ok(all)
}
