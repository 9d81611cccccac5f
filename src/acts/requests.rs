//! Closing requests, and opening those again that were closed by mistake.

use serde_json::{Map, Value};

use super::in_charge::{InCharge, NotProved};
use super::restricted::Identities;
use crate::domain::{
    By, COUNTERPART_END_PROPOSED, COUNTERPART_END_WITHDRAWN, COUNTERPART_ENDED,
    COUNTERPART_KEY_REFUSED, COUNTERPART_MISTAKEN, CloseReason, CounterpartEnd, EndStands,
    LetterId, ReopenReason, Request, RequestRefusal, State, Whereabouts,
};
use crate::office::Office;
use crate::store::{For, LetterQuery, Refused, Which, WholeRequest, Work};

/// A request that was closed.
#[derive(Debug)]
pub struct Closed {
    /// Its receipt number, as registered.
    pub receipt_number: String,
    /// Its letters that may still go out, and where they are.
    pub letters: Vec<(LetterId, Whereabouts)>,
}

/// Closes the requests with these receipt numbers, or none if one is refused.
/// As registered by mistake one of a counterpart of protective measures is
/// closed by the person in charge alone, whom their keys prove: letters are held
/// against the counterpart no more. Where the profile names nobody's key, nobody
/// can be proved, and whoever closes it may.
///
/// # Errors
/// [`RequestRefusal`], or when the store fails; then nothing was changed.
pub async fn close(
    office: &Office,
    by: &By,
    receipt_numbers: &[String],
    reason: CloseReason,
    identities: Option<&Identities>,
) -> Result<Vec<Closed>, Refused<RequestRefusal>> {
    let catalogue = &office.desk.catalogue;
    let of = receipt_numbers.len();
    let refused = |why| Refused::Rule { why, of };
    let charge = match identities.map(|keys| InCharge::proved(office, keys)) {
        None => None,
        Some(Ok(charge)) => Some(charge),
        Some(Err(NotProved::Nobody)) => return Err(refused(RequestRefusal::NobodyInCharge)),
        Some(Err(NotProved::OtherKey)) => {
            let is_kept = note_other_key(office, by, receipt_numbers).await?;
            return Err(refused(RequestRefusal::NotInCharge { is_kept }));
        }
    };
    let mut all = Vec::with_capacity(of);
    let mut tx = office.store.work().await?;
    for receipt_number in receipt_numbers {
        let found = tx.request(receipt_number, For::People).await?;
        let found = found.meant_by(receipt_number).map_err(Refused::one)?;
        let stands = is_counterpart(&found) && !found.counterpart_ended;
        let WholeRequest { row, rights, .. } = found;
        let number = &row.receipt_number;
        if let Some(reason) = row.close_reason {
            let number = number.clone();
            return Err(refused(RequestRefusal::Closed { number, reason }));
        }
        let by_letters = |right| catalogue.iter().any(|kind| kind.decides == Some(right));
        reason.fits(number, &rights, by_letters).map_err(refused)?;
        if stands && reason == CloseReason::Mistaken && office.desk.recipient.is_some() {
            let unproved = || refused(RequestRefusal::CounterpartMistaken(number.clone()));
            let key = charge.as_ref().ok_or_else(unproved)?.key();
            tx.note_counterpart_end(&row, COUNTERPART_MISTAKEN, Some(key), by)
                .await?;
        }
        tx.close_request(&row, reason, by).await?;
        let query = LetterQuery::of(Which::OfRequest(row.id));
        let letters = tx.letters(&query).await?;
        let may_go = |at: &Whereabouts| {
            let rests = [State::Filed, State::Cancelled].map(Whereabouts::In);
            !at.left_house() && !rests.contains(at)
        };
        all.push(Closed {
            letters: letters
                .into_iter()
                .map(|letter| (letter.id, letter.at))
                .filter(|(_, at)| may_go(at))
                .collect(),
            receipt_number: row.receipt_number,
        });
    }
    tx.commit().await?;
    Ok(all)
}

/// Keeps with requests of counterparts that somebody tried to close them with
/// another key than that of the person in charge. Returns whether there was
/// one.
async fn note_other_key(
    office: &Office,
    by: &By,
    receipt_numbers: &[String],
) -> Result<bool, Refused<RequestRefusal>> {
    let mut is_kept = false;
    let mut tx = office.store.work().await?;
    for receipt_number in receipt_numbers {
        let found = tx.request(receipt_number, For::People).await?;
        let found = found.meant_by(receipt_number).map_err(Refused::one)?;
        if is_counterpart(&found) {
            tx.note_counterpart_end(&found.row, COUNTERPART_KEY_REFUSED, None, by)
                .await?;
            is_kept = true;
        }
    }
    tx.commit().await?;
    Ok(is_kept)
}

/// Proposes that protective measures are no longer against the counterpart a
/// request registered. Nothing changes before another person confirms it.
///
/// # Errors
/// [`RequestRefusal`], or when the store fails; then nothing was changed.
pub async fn propose_counterpart_end(
    office: &Office,
    by: &By,
    receipt_number: &str,
    reason: CounterpartEnd,
) -> Result<String, Refused<RequestRefusal>> {
    let mut tx = office.store.work().await?;
    let found = counterpart(&mut tx, receipt_number).await?;
    let number = found.row.receipt_number.clone();
    let stands = EndStands::of(acts_of(&found));
    stands.propose(&number).map_err(Refused::one)?;
    let act = COUNTERPART_END_PROPOSED;
    tx.note_counterpart_end(&found.row, act, Some(reason.as_str()), by)
        .await?;
    tx.commit().await?;
    Ok(number)
}

/// Takes such a proposal back.
///
/// # Errors
/// [`RequestRefusal`], or when the store fails; then nothing was changed.
pub async fn withdraw_counterpart_end(
    office: &Office,
    by: &By,
    receipt_number: &str,
) -> Result<String, Refused<RequestRefusal>> {
    let mut tx = office.store.work().await?;
    let found = counterpart(&mut tx, receipt_number).await?;
    let number = found.row.receipt_number.clone();
    let stands = EndStands::of(acts_of(&found));
    stands.withdraw(&number).map_err(Refused::one)?;
    tx.note_counterpart_end(&found.row, COUNTERPART_END_WITHDRAWN, None, by)
        .await?;
    tx.commit().await?;
    Ok(number)
}

/// Confirms it, as the person in charge and not who proposed it: letters are
/// held against the counterpart no more, nor against who they were before the
/// request was amended. What was kept back stays where it is until it is tried
/// again. That somebody tried with another key is kept.
///
/// # Errors
/// [`RequestRefusal`], or when the store fails; then nothing was changed.
pub async fn confirm_counterpart_end(
    office: &Office,
    by: &By,
    receipt_number: &str,
    identities: &Identities,
) -> Result<String, Refused<RequestRefusal>> {
    let mut tx = office.store.work().await?;
    let found = counterpart(&mut tx, receipt_number).await?;
    let charge = match InCharge::proved(office, identities) {
        Ok(charge) => charge,
        Err(NotProved::Nobody) => return Err(Refused::one(RequestRefusal::NobodyInCharge)),
        Err(NotProved::OtherKey) => {
            tx.note_counterpart_end(&found.row, COUNTERPART_KEY_REFUSED, None, by)
                .await?;
            tx.commit().await?;
            let why = RequestRefusal::NotInCharge { is_kept: true };
            return Err(Refused::one(why));
        }
    };
    let number = found.row.receipt_number.clone();
    let stands = EndStands::of(acts_of(&found));
    let reason = stands.confirm(&number, by).map_err(Refused::one)?;
    let note = format!("{reason} {}", charge.key());
    tx.note_counterpart_end(&found.row, COUNTERPART_ENDED, Some(&note), by)
        .await?;
    tx.commit().await?;
    Ok(number)
}

/// The request with this number, if it registered a counterpart.
async fn counterpart(
    tx: &mut Work,
    receipt_number: &str,
) -> Result<WholeRequest, Refused<RequestRefusal>> {
    let found = tx.request(receipt_number, For::People).await?;
    registers_counterpart(found.meant_by(receipt_number).map_err(Refused::one)?)
}

/// The request, if it registered a counterpart, whether or not they still are
/// one.
///
/// # Errors
/// [`RequestRefusal::NoCounterpart`].
pub(super) fn registers_counterpart(
    found: WholeRequest,
) -> Result<WholeRequest, Refused<RequestRefusal>> {
    let mistaken = found.row.close_reason == Some(CloseReason::Mistaken);
    match is_counterpart(&found) && !mistaken {
        true => Ok(found),
        false => Err(Refused::one(RequestRefusal::NoCounterpart(
            found.row.receipt_number,
        ))),
    }
}

/// Whether its record says that who asks is a counterpart.
fn is_counterpart(found: &WholeRequest) -> bool {
    let record: Map<String, Value> = serde_json::from_slice(&found.record).unwrap_or_default();
    Request::registered(&record).is_protected_from_requester
}

/// The history of a request, as [`EndStands`] is read from it.
pub(super) fn acts_of(found: &WholeRequest) -> impl Iterator<Item = (&str, &str, Option<&str>)> {
    let history = found.history.iter();
    history.map(|row| (row.act.as_str(), row.actor.as_str(), row.note.as_deref()))
}

/// A request that was opened again.
#[derive(Debug)]
pub struct Reopened {
    /// Its receipt number, as registered.
    pub receipt_number: String,
    /// The reason it had been closed for.
    pub was_closed_for: CloseReason,
}

/// Opens the closed request with this receipt number again. Its days are
/// counted from its arrival, as if it had never been closed; its history says
/// both.
///
/// # Errors
/// [`RequestRefusal`], or when the store fails; then nothing was changed.
pub async fn reopen(
    office: &Office,
    by: &By,
    receipt_number: &str,
    reason: ReopenReason,
) -> Result<Reopened, Refused<RequestRefusal>> {
    let mut tx = office.store.work().await?;
    let found = tx.request(receipt_number, For::People).await?;
    let row = found.meant_by(receipt_number).map_err(Refused::one)?.row;
    let Some(was_closed_for) = row.close_reason else {
        return Err(Refused::one(RequestRefusal::Open(row.receipt_number)));
    };
    tx.reopen_request(&row, reason, by).await?;
    tx.commit().await?;
    Ok(Reopened {
        receipt_number: row.receipt_number,
        was_closed_for,
    })
}
