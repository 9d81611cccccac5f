//! Delivering a letter: one file a way.

mod archive;
mod filing;
mod mail;
mod post;

use super::flow::{Flow, Stop};
use super::hand::InHand;
use super::outcome::Settled;
use crate::domain::Delivery;

/// Delivers an archived letter the way it goes; nothing when it is a mail that
/// waits to go out. One that is just made goes out without a detour if it can.
pub(super) async fn deliver(
    flow: &Flow,
    hand: InHand,
    is_just_made: bool,
) -> Result<Option<Settled>, Stop> {
    match hand.letter.delivery {
        Delivery::Archive => archive::deliver(flow, hand).await.map(Some),
        Delivery::Post => post::deliver(flow, hand).await.map(Some),
        Delivery::Mail => mail::deliver(flow, hand, is_just_made).await,
    }
}
