//! By post: a letter rests in the archive until it is printed.

use super::filing;
use crate::night::flow::{Flow, Stop};
use crate::night::hand::InHand;
use crate::night::outcome::Settled;

/// Lets a letter rest in the archive, for the next print file.
pub(super) async fn deliver(flow: &Flow, hand: InHand) -> Result<Settled, Stop> {
    filing::file(flow, hand).await
}
