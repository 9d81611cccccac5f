//! What keeps letters by post from being printed and posted: what is
//! registered now, and what the store says of a letter in several places and
//! does not say alike.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::registered_again::against_registered_again;
use crate::domain::{Delivery, KeptBack, LetterId, State, Whereabouts};
use crate::office::{Office, Page};
use crate::record::differences_of;
use crate::store::{LetterQuery, LetterRow, Reads, StoreError, Which};
use crate::wording::dates::Measured;

/// Letters held against flags and counterparts at a time.
const LOOKED_AT_TOGETHER: usize = 500;

/// A letter that is looked at.
struct LookedAt<'a> {
    id: LetterId,
    kind: &'a str,
    outcome: &'a str,
    delivery: Delivery,
    page: Page,
    /// Whether it is still to go out, so that a day to come keeps it back when
    /// it has passed; not where somebody records what became of it.
    is_to_go: bool,
}

impl<'a> LookedAt<'a> {
    fn by_post((id, kind, outcome): (LetterId, &'a str, &'a str), is_to_go: bool) -> Self {
        LookedAt {
            id,
            kind,
            outcome,
            delivery: Delivery::Post,
            page: Page::Made,
            is_to_go,
        }
    }

    fn of(letter: &'a LetterRow, is_watched: bool) -> Self {
        let is_made = letter.printed.is_some() || letter.at == Whereabouts::Written;
        LookedAt {
            id: letter.id,
            kind: &letter.kind,
            outcome: &letter.outcome,
            delivery: letter.delivery,
            page: match letter.pages {
                Some(_) => Page::Made,
                None => Page::ToMake,
            },
            is_to_go: is_watched && !is_made,
        }
    }
}

/// Those among the letters (reference, kind, outcome) that what is registered
/// now keeps back, each with the reason.
///
/// # Errors
/// When the store cannot be read.
pub async fn kept_back<'a>(
    office: &Office,
    letters: impl IntoIterator<Item = (LetterId, &'a str, &'a str)>,
) -> Result<BTreeMap<LetterId, KeptBack>, StoreError> {
    let mut conn = office.store.reads().await?;
    let letters = letters.into_iter();
    let letters = letters.map(|letter| LookedAt::by_post(letter, false));
    look(office, &mut conn, letters.collect()).await
}

/// The same of letters that are to be printed: a day to come keeps one back
/// when it has passed.
///
/// # Errors
/// When the store cannot be read.
pub async fn kept_from_print<'a>(
    office: &Office,
    letters: impl IntoIterator<Item = (LetterId, &'a str, &'a str)>,
) -> Result<BTreeMap<LetterId, KeptBack>, StoreError> {
    let mut conn = office.store.reads().await?;
    let letters = letters.into_iter();
    let letters = letters.map(|letter| LookedAt::by_post(letter, true));
    look(office, &mut conn, letters.collect()).await
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
    let letters = letters.iter().map(|letter| LookedAt::of(letter, true));
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
    let letters = in_house(&mut conn, ids).await?;
    let letters = letters.iter().map(|letter| LookedAt::of(letter, false));
    look(office, &mut conn, letters.collect()).await
}

/// The letters with these references that have not left the house.
async fn in_house(conn: &mut Reads, ids: &[LetterId]) -> Result<Vec<LetterRow>, StoreError> {
    let mut letters = conn.letters(&LetterQuery::of(Which::Named(ids))).await?;
    letters.retain(|letter| !letter.at.left_house() && letter.state != State::Cancelled);
    Ok(letters)
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
    let letters = in_house(conn, ids).await?;
    kept_back_of(office, conn, &letters).await
}

async fn look(
    office: &Office,
    conn: &mut Reads,
    letters: Vec<LookedAt<'_>>,
) -> Result<BTreeMap<LetterId, KeptBack>, StoreError> {
    if letters.is_empty() {
        return Ok(BTreeMap::new());
    }
    let watched = conn.watched().await?;
    let mut all = BTreeMap::new();
    for some in letters.chunks(LOOKED_AT_TOGETHER) {
        let ids: Vec<LetterId> = some.iter().map(|letter| letter.id).collect();
        let persons = conn.persons_of(&ids).await?;
        let said = conn.evidence(&ids).await?;
        for letter in some {
            let id = letter.id;
            let Some(persons) = persons.get(&id) else {
                continue;
            };
            let tenor = office.desk.tenor(letter.kind, letter.outcome, persons);
            let mut why = watched
                .safeguards
                .keep_back(id, letter.delivery, persons, &tenor);
            if why.is_none() && persons.is_of_mistaken() {
                why = against_registered_again(office, conn, id, letter.kind).await?;
            }
            if why.is_none() {
                let evidence = said.get(&id).and_then(Option::as_ref);
                let found = differences_of(evidence);
                why = (!found.is_empty()).then_some(KeptBack::Differs(found));
                if why.is_none() && letter.is_to_go {
                    let record = evidence.and_then(|said| said.record.as_deref());
                    why = date_passed(office, letter, record.unwrap_or_default());
                }
            }
            all.extend(why.map(|why| (id, why)));
        }
    }
    Ok(all)
}

/// A letter that is to go out and speaks of a day that has passed as one to
/// come.
fn date_passed(office: &Office, letter: &LookedAt<'_>, record: &str) -> Option<KeptBack> {
    let desk = &office.desk;
    let values: Map<String, Value> = serde_json::from_str(record).ok()?;
    let kind = desk.catalogue.get(letter.kind)?;
    let today = (Measured::Today, desk.clock.today());
    let passed = desk.passed(kind, &values, (letter.delivery, letter.page), today);
    passed.map(KeptBack::DatePassed)
}
