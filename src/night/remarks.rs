//! What a report says besides its letters: a clock that was ahead, letters no
//! night can take in.

use super::ahead::{opened_ahead, silenced_until};
use super::due;
use crate::office::Office;
use crate::store::{self, BatchRow, StoreError};
use crate::wording::remarks;

/// Letters named in a remark; the others are counted.
const NAMED: i64 = 20;

/// The remarks of a batch's report, each with what to do.
///
/// # Errors
/// When the store cannot be read.
pub(super) async fn remarks(office: &Office, batch: &BatchRow) -> Result<Vec<String>, StoreError> {
    let mut all = of_the_clock(office, batch).await?;
    all.extend(of_waiting(office).await?);
    Ok(all)
}

async fn of_the_clock(office: &Office, batch: &BatchRow) -> Result<Vec<String>, StoreError> {
    let desk = &office.desk;
    let mut conn = office.store.read().await?;
    let told = store::schedule_ahead_told_by(&mut conn, &batch.opened_at).await?;
    drop(conn);
    let mut all: Vec<String> = told
        .iter()
        .map(|ahead| remarks::clock_was_ahead(&ahead.seen_at, &ahead.noticed_at))
        .collect();
    let schedule = &desk.config.schedule;
    if let Some(until) = silenced_until(&office.store, schedule, desk.clock.now()).await? {
        all.push(remarks::schedule_is_ahead(until));
    }
    let ahead = opened_ahead(&office.store, desk.clock.today()).await?;
    let ahead: Vec<String> = ahead
        .into_iter()
        .filter(|date| *date > batch.date)
        .collect();
    if !ahead.is_empty() {
        all.push(remarks::opened_ahead(&ahead));
    }
    Ok(all)
}

/// Letters that wait and that no night of today would take in.
async fn of_waiting(office: &Office) -> Result<Vec<String>, StoreError> {
    let desk = &office.desk;
    let at = desk.clock.stamp();
    let due = due(office, desk.clock.today(), &at);
    let mut conn = office.store.read().await?;
    let mut all = Vec::new();
    for (series, count) in store::due_series(&mut conn, due.approval_required).await? {
        if !desk.society.numbering.contains_key(&series) {
            all.push(remarks::no_rule_for_numbers(&series, count));
        }
    }
    let (count, named) = store::too_early(&mut conn, due, NAMED).await?;
    if count > 0 {
        all.push(remarks::too_early(count, &named));
    }
    Ok(all)
}
