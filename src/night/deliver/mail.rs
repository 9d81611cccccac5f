//! By mail: handed to the mail server, or written to a file.

use tokio::time::Instant;

use crate::domain::{LetterId, Reason, State};
use crate::mail::{
    Attachment, AttachmentName, Composed, Draft, EmailAddress, Field, Handover, MailError,
    MessageId, Slot, SocietyContact,
};
use crate::night::flow::{Flow, Stop};
use crate::night::hand::InHand;
use crate::night::outcome::Settled;
use crate::night::outgoing::Fate;
use crate::night::{NightError, Point, stopping};
use crate::store::{Part, Step};

/// Hands the letter to the mail server when its turn comes: a connection is in
/// hand first, then the mark of the hand-over is committed, then the server is
/// given the mail, then the outcome is committed. A mail that cannot go now is
/// made all the same and waits to go out: nothing is returned then.
pub(super) async fn deliver(
    flow: &Flow,
    mut hand: InHand,
    is_just_made: bool,
) -> Result<Option<Settled>, Stop> {
    let id = hand.letter.id;
    let before = hand.release();
    if !before.is_empty() {
        flow.steps(&mut hand, before, State::Released).await?;
    }
    let place = match is_just_made {
        true => flow.outgoing.at_the_door(),
        false => None,
    };
    if is_just_made && place.is_none() {
        flow.outgoing.lay_aside(id, Instant::now());
        return Ok(None);
    }
    let pdf = match hand.pdf.take() {
        Some(pdf) => pdf,
        None => flow.archived(&mut hand).await?,
    };
    if hand.greeted.is_none() {
        hand.greeted = Some(greeted(flow, &hand).await?);
    }
    let Some(slot) = slot(flow, id).await else {
        flow.outgoing.lay_aside(id, Instant::now());
        return Ok(None);
    };
    let settled = in_turn(flow, hand, &pdf).await;
    // Only now, when the outcome is recorded.
    drop(slot);
    settled
}

/// A delivery slot when it is this mail's turn; nothing when it has to wait for
/// longer, or the run is to stop.
async fn slot(flow: &Flow, id: LetterId) -> Option<Slot<'_>> {
    let turn = async {
        let slot = flow.transport.slot().await;
        if flow.outgoing.lets_through(id) {
            tokio::time::sleep_until(flow.outgoing.turn()).await;
        }
        slot
    };
    let slot = tokio::select! {
        biased;
        () = flow.is_to_stop() => return None,
        slot = turn => slot,
    };
    flow.outgoing.lets_through(id).then_some(slot)
}

/// The hand-over itself.
async fn in_turn(flow: &Flow, mut hand: InHand, pdf: &[u8]) -> Result<Option<Settled>, Stop> {
    stop_if_changed(flow, &mut hand).await?;
    let (message_id, composed) = match compose(flow, &hand, pdf) {
        Ok(composed) => composed,
        Err(error) => {
            let reason = stopping::mail_not_composed(&error);
            return Err(flow.fail(&mut hand, reason).await);
        }
    };
    let ready = flow.transport.ready(&composed.envelope, &composed.bytes);
    let ready = match ready.await {
        Ok(ready) => ready,
        // Nothing was said of this mail to anybody.
        Err(handover) => return outcome(flow, hand, &handover, false).await,
    };
    if let Err(stop) = begin_handover(flow, &mut hand, &message_id).await {
        flow.transport.put_back(ready).await;
        return Err(stop);
    }
    let handover = flow
        .transport
        .hand_over(ready, &composed.envelope, composed.bytes)
        .await;
    flow.probe.reached(Point::HandedOver).await;
    outcome(flow, hand, &handover, true).await
}

/// Records what came of a hand-over. `is_marked` says whether it had begun.
async fn outcome(
    flow: &Flow,
    mut hand: InHand,
    handover: &Handover,
    is_marked: bool,
) -> Result<Option<Settled>, Stop> {
    let (id, to) = (hand.letter.id, flow.transport.hands_to());
    let words = handover.words();
    let fate = flow
        .outgoing
        .weigh(id, handover, flow.transport.has_broken_off());
    match handover {
        Handover::Accepted { .. } => {
            let step = Step::Sent { by: to, words };
            flow.step(&mut hand, step, State::Sent).await?;
            return Ok(Some(hand.at_rest(Some(to))));
        }
        Handover::Unknown { .. } => {
            let reason = Reason::AnswerLost { to };
            let step = Step::LostAnswer { words, reason };
            flow.step(&mut hand, step, State::Unknown).await?;
            tracing::warn!(letter = %id, "outcome of the hand-over unknown");
            return Ok(Some(State::Unknown.into()));
        }
        Handover::Rejected { code, reason, .. } if fate == Fate::Fails => {
            let reason = stopping::mail_rejected(*code, reason);
            let steps = vec![Step::HandoverRejected { words }, Step::Failed { reason }];
            return Err(flow.end_failed(&mut hand, steps).await);
        }
        Handover::Rejected { .. } | Handover::Deferred { .. } => {}
    }
    if is_marked {
        let step = Step::HandoverUndone { words };
        flow.step(&mut hand, step, State::Released).await?;
    }
    // Not before it is free again.
    match fate {
        Fate::Again(at) => flow.outgoing.lay_aside(id, at),
        Fate::Left | Fate::Fails | Fate::Gone => flow.outgoing.leave(id),
    }
    Ok(None)
}

/// Parks a letter whose record is no longer the one that was claimed: the
/// mail address is about to be taken from it, and hours may have passed. For
/// the same reason it is held once more against all that the store says of it.
async fn stop_if_changed(flow: &Flow, hand: &mut InHand) -> Result<(), Stop> {
    let failed = |error| Stop::Night(NightError::Store(error));
    let mut conn = flow.office.store.look().await.map_err(failed)?;
    let parts = conn.parts_of(hand.letter.id, &[Part::Record]).await;
    let record = parts.map_err(failed)?.record;
    drop(conn);
    if record != hand.letter.record {
        return Err(flow.park(hand, Reason::RecordChanged).await);
    }
    flow.hold_against(hand).await
}

/// Makes it durable that the letter's mail is about to be handed over: the
/// mark, and the attempt it begins.
async fn begin_handover(flow: &Flow, hand: &mut InHand, message_id: &str) -> Result<(), Stop> {
    let to = flow.transport.hands_to();
    let steps = |looked| {
        vec![Step::HandoverBegins {
            message_id: message_id.to_owned(),
            to,
            looked,
        }]
    };
    flow.leave(hand, steps, State::Released).await?;
    hand.letter.rounds += 1;
    Ok(())
}

/// The addressee's name as the letter has it: the mail of a letter rendered on
/// an earlier night must not greet by today's map.
async fn greeted(flow: &Flow, hand: &InHand) -> Result<String, Stop> {
    let failed = |error| Stop::Night(NightError::Store(error));
    let mut conn = flow.office.store.look().await.map_err(failed)?;
    let parts = conn.parts_of(hand.letter.id, &[Part::Data]).await;
    let data = parts.map_err(failed)?.data;
    Ok(hand.greeted_name(&data.unwrap_or_default()))
}

/// The mail of the round that comes next, and its Message-ID.
fn compose(flow: &Flow, hand: &InHand, pdf: &[u8]) -> Result<(String, Composed), MailError> {
    let desk = &flow.office.desk;
    let letter = &hand.letter;
    let id = letter.id.to_string();
    // One Message-ID a letter, the same in every round: whoever gets it
    // twice after all can tell that it is the same.
    let message_id = match &letter.message_id {
        Some(earlier) => earlier.clone(),
        None => format!("<{id}-{}@{}>", letter.message_token, flow.mail_domain),
    };
    let parsed = MessageId::parse(&message_id)?;
    let society = society_contact(&desk.society);
    let template = desk
        .catalogue
        .get(&letter.kind)
        .map_or("document-notice", |kind| kind.mail.as_str());
    let composed = flow.composer.compose(&Draft {
        template,
        name: parsed.name(letter.rounds + 1)?,
        to: EmailAddress::parse(
            Field::Recipient,
            hand.envelope.mail_address.as_deref().unwrap_or_default(),
        )?,
        message_id: parsed,
        date: desk.clock.now(),
        addressee_name: hand.greeted.as_deref().unwrap_or_default(),
        honorific: &hand.envelope.honorific,
        society: &society,
        letter_id: &id,
        document_number: letter.number.as_deref(),
        attachment: Attachment {
            name: AttachmentName::parse(&format!("{id}.pdf"))?,
            pdf,
        },
    })?;
    Ok((message_id, composed))
}

fn society_contact(society: &crate::domain::Society) -> SocietyContact {
    SocietyContact {
        name: society.name.clone(),
        department: None,
        telephone: society.contact.telephone.clone(),
        hours: society.contact.hours.clone(),
        postal_code: society.postal_code.clone(),
        address: society.address.concat(),
    }
}
