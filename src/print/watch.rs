//! What keeps letters by post from being printed and posted: what is
//! registered now, and what the store says of a letter in several places and
//! does not say alike.

use std::collections::BTreeMap;

use super::registered_again::against_registered_again;
use crate::domain::{Delivery, KeptBack, LetterId, State};
use crate::office::Office;
use crate::record::differences_of;
use crate::store::{LetterQuery, LetterRow, Reads, StoreError, Which};

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
    let by_post = letters
        .into_iter()
        .map(|(id, kind, outcome)| (id, kind, outcome, Delivery::Post));
    let mut conn = office.store.reads().await?;
    look(office, &mut conn, by_post.collect()).await
}

/// The same of letters that go any way, by what is registered in a snapshot.
///
/// # Errors
/// When the store cannot be read.
pub async fn kept_back_of(
    office: &Office,
    conn: &mut Reads,
    letters: &[LetterRow],
) -> Result<BTreeMap<LetterId, KeptBack>, StoreError> {
    let letters = letters.iter().map(|letter| {
        let LetterRow { kind, outcome, .. } = letter;
        (letter.id, kind.as_str(), outcome.as_str(), letter.delivery)
    });
    look(office, conn, letters.collect()).await
}

/// The same of the letters with these references that have not left the house.
///
/// # Errors
/// When the store cannot be read.
pub async fn kept_back_by_id(
    office: &Office,
    ids: &[LetterId],
) -> Result<BTreeMap<LetterId, KeptBack>, StoreError> {
    let mut conn = office.store.reads().await?;
    kept_back_named(office, &mut conn, ids).await
}

/// The same in a snapshot.
///
/// # Errors
/// When the store cannot be read.
pub async fn kept_back_named(
    office: &Office,
    conn: &mut Reads,
    ids: &[LetterId],
) -> Result<BTreeMap<LetterId, KeptBack>, StoreError> {
    let mut letters = conn.letters(&LetterQuery::of(Which::Named(ids))).await?;
    letters.retain(|letter| !letter.at.left_house() && letter.state != State::Cancelled);
    kept_back_of(office, conn, &letters).await
}

async fn look(
    office: &Office,
    conn: &mut Reads,
    letters: Vec<(LetterId, &str, &str, Delivery)>,
) -> Result<BTreeMap<LetterId, KeptBack>, StoreError> {
    if letters.is_empty() {
        return Ok(BTreeMap::new());
    }
    let watched = conn.watched().await?;
    let mut all = BTreeMap::new();
    for some in letters.chunks(LOOKED_AT_TOGETHER) {
        let ids: Vec<LetterId> = some.iter().map(|(id, _, _, _)| *id).collect();
        let persons = conn.persons_of(&ids).await?;
        let said = conn.evidence(&ids).await?;
        for (id, kind, outcome, delivery) in some {
            let Some(persons) = persons.get(id) else {
                continue;
            };
            let tenor = office.desk.tenor(kind, outcome, persons);
            let mut why = watched
                .safeguards
                .keep_back(*id, *delivery, persons, &tenor);
            if why.is_none() && persons.is_of_mistaken() {
                why = against_registered_again(office, conn, *id, kind).await?;
            }
            if why.is_none() {
                let evidence = said.get(id).and_then(Option::as_ref);
                let found = differences_of(evidence);
                why = (!found.is_empty()).then_some(KeptBack::Differs(found));
            }
            all.extend(why.map(|why| (*id, why)));
        }
    }
    Ok(all)
}
