//! Delivering a letter: one file a way.

mod archive;
mod filing;
mod mail;
mod post;

use super::flow::{Flow, Stop};
use super::hand::InHand;
use super::outcome::Settled;
use crate::domain::Delivery;

/// Delivers an archived letter the way it goes.
pub(super) async fn deliver(flow: &Flow, hand: InHand) -> Result<Settled, Stop> {
    match hand.letter.delivery {
        Delivery::Archive => archive::deliver(flow, hand).await,
        Delivery::Post => post::deliver(flow, hand).await,
        Delivery::Mail => mail::deliver(flow, hand).await,
    }
}
