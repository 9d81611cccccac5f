//! What a run finds open from an earlier one, and what it leaves open itself.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::NightError;
use super::flow::Flow;
use super::outcome::Tally;
use crate::domain::{HandedTo, MailHalt, State};
use crate::office::Office;

/// A hand-over that began and has no outcome can only be from a run that
/// died in between: this run holds the lock. A mail whose file stands was
/// written: a file appears whole or not at all. Where none stands the other
/// program may have taken it already, and whether a mail server took one
/// nobody here can know: neither is ever sent again without a person. Returns
/// how many are of unknown outcome.
pub(super) async fn settle_handovers(office: &Office) -> Result<u64, NightError> {
    let mut tx = office.store.work().await?;
    let at = office.desk.clock.stamp();
    let mut written = Vec::new();
    for (letter, message_id, round) in tx.interrupted_files().await? {
        if office.is_in_file(&message_id, round) {
            written.push(letter);
        }
    }
    tx.settle_written(&at, &written).await?;
    let mut count = 0;
    for to in [HandedTo::Gateway, HandedTo::File] {
        count += tx.recover_handovers(&at, to).await?;
    }
    tx.commit().await?;
    Ok(count)
}

/// Counts the mails that wait for the next run, as far as staff did not take
/// them out of the night's hands. Returns why they wait, if any does; `asked`
/// says that the run was asked to stop.
pub(super) async fn count_waiting(
    flow: &Flow,
    until: &str,
    asked: bool,
    tally: &Arc<Mutex<Tally>>,
) -> Result<Option<MailHalt>, NightError> {
    let (left, why) = flow.outgoing.waiting();
    if left.is_empty() {
        return Ok(None);
    }
    let mut conn = flow.office.store.reads().await?;
    let waiting = conn.to_go(until).await?;
    drop(conn);
    let mut tally = tally.lock().await;
    let mut count = 0;
    for letter in waiting.iter().filter(|letter| left.contains(letter)) {
        tracing::warn!(%letter, "waits for the next run");
        tally.add(State::Released.into());
        count += 1;
    }
    if count == 0 {
        return Ok(None);
    }
    Ok(match asked {
        true => Some(MailHalt::Stopped),
        false => why,
    })
}
