//! What keeps letters by post from being printed and posted.

use std::collections::BTreeMap;

use crate::domain::{KeptBack, LetterId};
use crate::office::Office;
use crate::store::{self, StoreError};

/// Letters held against flags and counterparts at a time.
const LOOKED_AT_TOGETHER: usize = 500;

/// Those among the letters (reference, kind, outcome) that what is registered
/// now keeps back, each with the reason.
///
/// # Errors
/// When the store cannot be read.
pub async fn kept_back<'a>(
    office: &Office,
    letters: impl IntoIterator<Item = (LetterId, &'a str, &'a str)>,
) -> Result<BTreeMap<LetterId, KeptBack>, StoreError> {
    let letters: Vec<_> = letters.into_iter().collect();
    let mut conn = office.store.read().await?;
    let watched = store::watched(&mut conn).await?;
    let mut all = BTreeMap::new();
    for some in letters.chunks(LOOKED_AT_TOGETHER) {
        let ids: Vec<LetterId> = some.iter().map(|(id, _, _)| *id).collect();
        let persons = store::persons_of(&mut conn, &ids).await?;
        for (id, kind, outcome) in some {
            let reveals = office.desk.catalogue.reveals(kind, outcome);
            let why = persons
                .get(id)
                .and_then(|persons| watched.safeguards.against(*id, persons, reveals));
            all.extend(why.map(|why| (*id, why)));
        }
    }
    Ok(all)
}
