//! Letters in the house that a new registration keeps back.

use std::collections::BTreeSet;

use crate::domain::{KeptBack, LetterId, Safeguards, Whereabouts};
use crate::office::Office;
use crate::store::{LetterQuery, StoreError, Which};

/// Letters named one by one.
const NAMED: usize = 20;

/// Letters looked at together.
const TOGETHER: i64 = 500;

/// What a new registration keeps back of what is in the house.
#[derive(Debug, Default)]
pub struct Concerned {
    /// How many letters.
    pub count: usize,
    /// The first of them, those on paper or in a file before the others.
    pub named: Vec<(LetterId, Whereabouts)>,
    /// How many wait to be posted.
    pub unposted: usize,
    /// How many stand in files as mails.
    pub written: usize,
}

/// The letters in the house that `fresh` keeps back, and those that do not fit
/// the persons of their request any more.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn concerned(
    office: &Office,
    fresh: &Safeguards,
    unfit: &BTreeSet<LetterId>,
) -> Result<Concerned, StoreError> {
    let mut found = Vec::new();
    if fresh.is_empty() && unfit.is_empty() {
        return Ok(Concerned::default());
    }
    let mut conn = office.store.reads().await?;
    let mut after = 0;
    loop {
        let page = conn
            .letters(&LetterQuery::page(Which::InTheHouse, after, TOGETHER))
            .await?;
        let Some(last) = page.last() else { break };
        after = last.id.key();
        let ids: Vec<LetterId> = page.iter().map(|letter| letter.id).collect();
        let persons = conn.persons_of(&ids).await?;
        found.extend(page.iter().filter_map(|letter| {
            let persons = persons.get(&letter.id)?;
            let tenor = office.desk.tenor(&letter.kind, &letter.outcome, persons);
            match fresh.keep_back(letter.id, letter.delivery, persons, &tenor)? {
                // What is not registered now kept them back before.
                KeptBack::Unreadable => None,
                KeptBack::Unfit(_) if !unfit.contains(&letter.id) => None,
                _ => Some((letter.id, letter.at)),
            }
        }));
    }
    let count_at = |at: Whereabouts| found.iter().filter(|(_, own)| *own == at).count();
    let (unposted, written) = (
        count_at(Whereabouts::Unposted),
        count_at(Whereabouts::Written),
    );
    found.sort_by_key(|(_, at)| !Whereabouts::MADE.contains(at));
    Ok(Concerned {
        count: found.len(),
        named: found.into_iter().take(NAMED).collect(),
        unposted,
        written,
    })
}
