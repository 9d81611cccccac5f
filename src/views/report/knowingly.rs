//! Letters that are made and about to go although something is registered
//! against them: somebody queued them knowingly.

use crate::domain::{LetterId, Whereabouts};
use crate::office::Office;
use crate::print;
use crate::store::{LetterQuery, LetterRow, Reads, StoreError, Which};
use crate::views::registered_against;

/// Letters read at a time.
const PAGE: i64 = 500;

/// The letters on paper or in a file against which a flag of a member or a
/// counterpart of protective measures is registered, and that nothing keeps
/// back.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn made_knowingly(
    office: &Office,
    conn: &mut Reads,
) -> Result<Vec<LetterId>, StoreError> {
    let mut all = Vec::new();
    if conn.watched().await?.safeguards.is_empty() {
        return Ok(all);
    }
    for at in Whereabouts::MADE {
        let mut after = 0;
        loop {
            let query = LetterQuery::page(Which::At(Some(at), None), after, PAGE);
            let mut page: Vec<LetterRow> = conn.letters(&query).await?;
            let Some(last) = page.last() else { break };
            after = last.id.key();
            let ids: Vec<LetterId> = page.iter().map(|letter| letter.id).collect();
            let against = registered_against(&office.desk, conn, &ids).await?;
            page.retain(|letter| {
                let found = against.get(&letter.id);
                found.is_some_and(|found| !found.flags.is_empty() || !found.cautions.is_empty())
            });
            let kept = print::kept_back_of(office, conn, &page).await?;
            let going = page.iter().filter(|letter| !kept.contains_key(&letter.id));
            all.extend(going.map(|letter| letter.id));
        }
    }
    all.sort_unstable();
    Ok(all)
}
