//! One letter's way through the night: made, kept, delivered.

use serde_json::{Map, Value};
use tokio::sync::OwnedSemaphorePermit;

use super::flow::{Flow, Stop};
use super::hand::InHand;
use super::outcome::Settled;
use super::{NightError, deliver, make};
use crate::domain::{Reason, State};
use crate::record::record_sha256;
use crate::store::Claimed;

/// Takes a claimed letter as far as it goes now; nothing when it is a mail
/// that waits to go out.
pub(super) async fn take(
    flow: &Flow,
    claimed: Claimed,
    turn: OwnedSemaphorePermit,
) -> Result<Option<Settled>, NightError> {
    settled(walk(flow, claimed, Some(turn)).await)
}

/// The same of a mail that waited to go out.
pub(super) async fn take_out(flow: &Flow, claimed: Claimed) -> Result<Option<Settled>, NightError> {
    settled(walk(flow, claimed, None).await)
}

fn settled(walked: Result<Option<Settled>, Stop>) -> Result<Option<Settled>, NightError> {
    match walked {
        Ok(settled) => Ok(settled),
        Err(Stop::Settled(settled)) => Ok(Some(settled)),
        Err(Stop::Night(error)) => Err(error),
    }
}

async fn walk(
    flow: &Flow,
    claimed: Claimed,
    turn: Option<OwnedSemaphorePermit>,
) -> Result<Option<Settled>, Stop> {
    let is_just_made = turn.is_some();
    let record: Map<String, Value> = serde_json::from_str(&claimed.record).unwrap_or_default();
    let as_queued = is_as_queued(&claimed, &record);
    let mut hand = InHand::of(claimed, record);
    if !as_queued {
        return Err(flow.park(&mut hand, Reason::RecordChanged).await);
    }
    flow.hold_against(&mut hand).await?;
    if State::BEFORE_PAGE.contains(&hand.state) {
        let facts = make::page(flow, &mut hand).await?;
        drop(turn);
        make::keep_page(flow, &mut hand, facts).await?;
    } else {
        drop(turn);
    }
    deliver::deliver(flow, hand, is_just_made).await
}

/// Whether a letter's record is the one it was queued with, and its row says
/// the same of outcome and delivery: what was approved goes out or nothing.
fn is_as_queued(letter: &Claimed, record: &Map<String, Value>) -> bool {
    let says = |field: &str, word: &str| record.get(field).and_then(Value::as_str) == Some(word);
    record_sha256(&letter.kind, record) == letter.record_sha256
        && says("outcome", &letter.outcome)
        && says("delivery", letter.delivery.as_str())
}
