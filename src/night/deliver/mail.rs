//! By mail: handed to the mail server, or written to a file.

use std::sync::atomic::Ordering;

use crate::domain::{Reason, State};
use crate::mail::{
    Attachment, AttachmentName, Composed, Draft, EmailAddress, Field, Handover, MailError,
    MessageId, SocietyContact,
};
use crate::night::flow::{Flow, Stop};
use crate::night::hand::InHand;
use crate::night::outcome::Settled;
use crate::night::{NightError, Point, stopping};
use crate::store::{Part, Step};

/// Hands the letter to the mail server: the mark of the hand-over is committed
/// first, then the server is called, then the outcome is committed.
pub(super) async fn deliver(flow: &Flow, mut hand: InHand) -> Result<Settled, Stop> {
    let pdf = match hand.pdf.take() {
        Some(pdf) => pdf,
        None => flow.archived(&mut hand).await?,
    };
    if hand.greeted.is_none() {
        hand.greeted = Some(greeted(flow, &hand).await?);
    }
    let mut waits = flow.office.desk.config.mail_retries.iter();
    loop {
        let slot = flow.transport.slot().await;
        let before = hand.release();
        if let Some(reason) = mail_is_over(flow) {
            flow.steps(&mut hand, before, State::Released).await?;
            return Err(flow.fail(&mut hand, reason).await);
        }
        stop_if_changed(flow, &mut hand).await?;
        let (message_id, composed) = match compose(flow, &hand, &pdf) {
            Ok(composed) => composed,
            Err(error) => {
                let reason = stopping::mail_not_composed(&error);
                flow.steps(&mut hand, before, State::Released).await?;
                return Err(flow.fail(&mut hand, reason).await);
            }
        };
        let to = flow.transport.hands_to();
        begin_handover(flow, &mut hand, &before, &message_id).await?;
        let handover = flow
            .transport
            .hand_over(&composed.envelope, composed.bytes)
            .await;
        flow.probe.reached(Point::HandedOver).await;
        let words = handover.words();
        match &handover {
            Handover::Accepted { .. } => {
                let step = Step::Sent { by: to, words };
                flow.step(&mut hand, step, State::Sent).await?;
                return Ok(hand.at_rest(Some(to)));
            }
            Handover::Unknown { .. } => {
                let step = Step::LostAnswer {
                    words,
                    reason: Reason::AnswerLost { to },
                };
                flow.step(&mut hand, step, State::Unknown).await?;
                tracing::warn!(letter = %hand.letter.id, "outcome of the hand-over unknown");
                return Ok(State::Unknown.into());
            }
            Handover::Rejected { code, reason, .. } => {
                if handover.concerns_every_letter() {
                    flow.mail_down.store(true, Ordering::Relaxed);
                }
                let reason = stopping::mail_rejected(*code, reason);
                let steps = vec![Step::HandoverRejected { words }, Step::Failed { reason }];
                return Err(flow.end_failed(&mut hand, steps).await);
            }
            Handover::Deferred { reason, .. } => {
                let step = Step::HandoverUndone { words };
                flow.step(&mut hand, step, State::Released).await?;
                // No server is called any more, so there is no wait.
                if flow.transport.has_broken_off() {
                    continue;
                }
                if let Some(wait) = waits.next() {
                    drop(slot);
                    tokio::time::sleep(*wait).await;
                    continue;
                }
                if handover.concerns_every_letter() {
                    flow.mail_down.store(true, Ordering::Relaxed);
                }
                let reason = stopping::mail_deferred(reason);
                return Err(flow.fail(&mut hand, reason).await);
            }
        }
    }
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
async fn begin_handover(
    flow: &Flow,
    hand: &mut InHand,
    before: &[Step],
    message_id: &str,
) -> Result<(), Stop> {
    let to = flow.transport.hands_to();
    let steps = |looked| {
        let begins = Step::HandoverBegins {
            message_id: message_id.to_owned(),
            to,
            looked,
        };
        [before, &[begins]].concat()
    };
    flow.leave(hand, steps, State::Released).await?;
    hand.letter.rounds += 1;
    Ok(())
}

/// Why no further letter is mailed tonight, once that is so.
fn mail_is_over(flow: &Flow) -> Option<Reason> {
    if flow.transport.has_broken_off() {
        Some(Reason::GatewayIsSilent)
    } else if flow.mail_down.load(Ordering::Relaxed) {
        Some(Reason::MailIsDown)
    } else {
        None
    }
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
