//! What the ways share that leave a letter in the archive.

use crate::domain::State;
use crate::night::flow::{Flow, Stop};
use crate::night::hand::InHand;
use crate::night::outcome::Settled;
use crate::store::Step;

/// Lets a letter rest in the archive, unless it must not go.
pub(super) async fn file(flow: &Flow, mut hand: InHand) -> Result<Settled, Stop> {
    let before = hand.release();
    let steps = |looked| [before.as_slice(), &[Step::Filed { looked }]].concat();
    flow.leave(&mut hand, steps, State::Filed).await?;
    Ok(hand.at_rest(None))
}
