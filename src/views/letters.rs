//! Letters, a line each.

use chrono::NaiveDate;

use super::{kind_name, registered_against};
use crate::domain::{Against, LetterId, State, Whereabouts, identity_key, is_name_begun};
use crate::office::Office;
use crate::print;
use crate::store::{LetterNames, LetterQuery, LetterRow, StoreError, Which};

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
    /// Those to or about somebody whose name, or its reading, begins so.
    pub name: Option<String>,
    /// Those with this receipt number.
    pub receipt: Option<String>,
}

impl LetterFilter {
    /// Whether it asks for what only records say.
    fn asks_records(&self) -> bool {
        self.name.is_some() || self.receipt.is_some()
    }

    /// Whether a letter is one of those. One whose record cannot be read may
    /// be, so it is shown.
    fn takes(&self, names: &LetterNames) -> bool {
        if !names.is_known {
            return true;
        }
        let named = |typed: &String| {
            let all = [
                &names.addressee_name,
                &names.addressee_kana,
                &names.principal_name,
            ];
            let mut all = all.into_iter().flatten();
            all.any(|name| is_name_begun(name, typed))
        };
        let answers = |typed: &String| {
            let own = names.receipt_number.as_deref().map(identity_key);
            own == Some(identity_key(typed))
        };
        self.name.as_ref().is_none_or(named) && self.receipt.as_ref().is_none_or(answers)
    }
}

/// A letter in a list.
#[derive(Debug, Clone)]
pub struct LetterLine {
    /// The letter.
    pub letter: LetterRow,
    /// The Japanese name of its kind.
    pub kind_name: String,
    /// Whom it is of.
    pub names: LetterNames,
    /// Whether it stands on paper or in a file and must not go.
    pub kept_back: bool,
    /// Whether it is still in the house and there is something to look at: staff
    /// were told of it when it was queued, or a power ends soon.
    pub warned: bool,
    /// Whether it is in the house and a flag or a counterpart of protective
    /// measures is registered against it now.
    pub is_registered_against: bool,
    /// Whether it is in the house and does not fit what is known now of the
    /// persons of its request.
    pub is_unfit: bool,
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
    // How many a record has left out nobody counted.
    if !filter.asks_records() && conn.count_letters(&query).await? == shown {
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
    let mut after = after.map_or(0, LetterId::key);
    loop {
        let mut conn = office.store.reads().await?;
        let page = conn.letters(&LetterQuery::page(which, after, PAGE)).await?;
        let Some(last) = page.last() else {
            return Ok(Vec::new());
        };
        after = last.id.key();
        let ids: Vec<LetterId> = page.iter().map(|letter| letter.id).collect();
        let mut names = conn.names_of_letters(&ids).await?;
        let found = page.into_iter().filter_map(|letter| {
            let names = names.remove(&letter.id).unwrap_or_default();
            filter.takes(&names).then_some((letter, names))
        });
        let found: Vec<(LetterRow, LetterNames)> = found.collect();
        // An empty page is the end, so one without a find is passed over.
        if found.is_empty() {
            continue;
        }
        let is_made = |at: Whereabouts| matches!(at, Whereabouts::Unposted | Whereabouts::Written);
        let made: Vec<LetterRow> = found
            .iter()
            .filter(|(letter, _)| is_made(letter.at))
            .map(|(letter, _)| letter.clone())
            .collect();
        let kept_back = print::kept_back_of(office, &mut conn, &made).await?;
        let waiting = found.iter().filter(|(letter, _)| waits(letter));
        let waiting: Vec<LetterId> = waiting.map(|(letter, _)| letter.id).collect();
        let warned = conn.warned(&waiting).await?;
        let made = made.iter().map(|letter| letter.id);
        let in_house: Vec<LetterId> = waiting.iter().copied().chain(made).collect();
        let against = registered_against(&office.desk, &mut conn, &in_house).await?;
        let lines = found.into_iter().map(|(letter, names)| {
            let against = against.get(&letter.id);
            LetterLine {
                kind_name: kind_name(&office.desk.catalogue, &letter.kind).to_owned(),
                kept_back: kept_back.contains_key(&letter.id),
                warned: warned.contains(&letter.id)
                    || against.is_some_and(|against| against.ends_soon.is_some()),
                is_registered_against: against.is_some_and(Against::is_of_safeguards),
                is_unfit: against.is_some_and(|against| against.unfit.is_some()),
                names,
                letter,
            }
        });
        return Ok(lines.collect());
    }
}

/// Whether a letter is still in the house.
fn waits(letter: &LetterRow) -> bool {
    matches!(
        letter.state,
        State::Queued | State::Approved | State::Held | State::Parked
    )
}
