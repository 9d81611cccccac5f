//! Kept in the archive only, as asked.

use super::filing;
use crate::night::flow::{Flow, Stop};
use crate::night::hand::InHand;
use crate::night::outcome::Settled;

/// Lets a letter rest where it is asked to be kept.
pub(super) async fn deliver(flow: &Flow, hand: InHand) -> Result<Settled, Stop> {
    filing::file(flow, hand).await
}
