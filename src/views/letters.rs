//! Letters, a line each.

use chrono::NaiveDate;

use super::kind_name;
use crate::domain::{LetterId, State, Whereabouts};
use crate::office::Office;
use crate::print;
use crate::store::{LetterQuery, LetterRow, StoreError, Which};

/// Letters read at a time.
const PAGE: i64 = 1000;

/// Rows that cannot be read, named one by one.
const NAMED: usize = 100;

/// Which letters are listed.
#[derive(Debug, Clone, Default)]
pub struct LetterFilter {
    /// Those that are here.
    pub at: Option<Whereabouts>,
    /// Those of the batch of this date.
    pub batch: Option<NaiveDate>,
}

/// A letter in a list.
#[derive(Debug, Clone)]
pub struct LetterLine {
    /// The letter.
    pub letter: LetterRow,
    /// The Japanese name of its kind.
    pub kind_name: String,
    /// Whether it stands on paper or in a file and must not go.
    pub kept_back: bool,
    /// Whether it is still in the house and staff were told something of it
    /// when it was queued.
    pub warned: bool,
}

/// Rows that cannot be read, of a list that showed this many letters; each as
/// column and row. They stand in no list.
///
/// # Errors
/// When the store cannot be read.
pub async fn left_out_of_list(
    office: &Office,
    filter: &LetterFilter,
    shown: i64,
) -> Result<Vec<String>, StoreError> {
    let batch = filter.batch.map(|date| date.format("%Y-%m-%d").to_string());
    let query = LetterQuery::of(Which::At(filter.at, batch.as_deref()));
    let mut conn = office.store.reads().await?;
    if conn.count_letters(&query).await? == shown {
        return Ok(Vec::new());
    }
    conn.damaged_rows(NAMED).await
}

/// The letters after one of them, in the order they were queued; nothing
/// after the last. A page is of one moment. The pages together are not: a
/// list may stand in a pager for a night, and a snapshot that long would keep
/// deleted names in the store's log.
///
/// # Errors
/// When the store cannot be read.
pub async fn letters_page(
    office: &Office,
    filter: &LetterFilter,
    after: Option<LetterId>,
) -> Result<Vec<LetterLine>, StoreError> {
    let batch = filter.batch.map(|date| date.format("%Y-%m-%d").to_string());
    let which = Which::At(filter.at, batch.as_deref());
    let after = after.map_or(0, LetterId::key);
    let mut conn = office.store.reads().await?;
    let page = conn.letters(&LetterQuery::page(which, after, PAGE)).await?;
    let is_made = |at: Whereabouts| matches!(at, Whereabouts::Unposted | Whereabouts::Written);
    let made: Vec<LetterRow> = page
        .iter()
        .filter(|letter| is_made(letter.at))
        .cloned()
        .collect();
    let kept_back = print::kept_back_of(office, &mut conn, &made).await?;
    let waits = |letter: &LetterRow| {
        matches!(
            letter.state,
            State::Queued | State::Approved | State::Held | State::Parked
        )
    };
    let waiting = page.iter().filter(|letter| waits(letter));
    let waiting: Vec<LetterId> = waiting.map(|letter| letter.id).collect();
    let warned = conn.warned(&waiting).await?;
    let lines = page.into_iter().map(|letter| LetterLine {
        kind_name: kind_name(&office.desk.catalogue, &letter.kind).to_owned(),
        kept_back: kept_back.contains_key(&letter.id),
        warned: warned.contains(&letter.id),
        letter,
    });
    Ok(lines.collect())
}
