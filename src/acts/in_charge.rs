//! Proof that whoever acts is the person in charge: until there are accounts,
//! that they hold the key by which restricted notes are read; and what is held
//! against letters that somebody lets go.

use std::collections::BTreeMap;

use super::restricted::Identities;
use crate::domain::{Against, By, LetterAction, LetterId, LetterRefusal};
use crate::office::Office;
use crate::store::{Reads, Refused, StoreError, Work};
use crate::views::registered_against;

/// The person in charge, proved by their key.
#[derive(Debug)]
pub struct InCharge {
    /// The public key, which stands in the history of what they look at.
    key: String,
}

/// Why keys do not prove that somebody is the person in charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotProved {
    /// The profile names no key, so nobody is.
    Nobody,
    /// None of them is the secret half of the key the profile names.
    OtherKey,
}

impl InCharge {
    /// Proves it by keys somebody showed.
    ///
    /// # Errors
    /// [`LetterRefusal::NobodyInCharge`] and [`LetterRefusal::NotInCharge`].
    pub fn prove(office: &Office, identities: &Identities) -> Result<Self, Refused<LetterRefusal>> {
        InCharge::proved(office, identities).map_err(|why| match why {
            NotProved::Nobody => Refused::one(LetterRefusal::NobodyInCharge),
            NotProved::OtherKey => Refused::one(LetterRefusal::NotInCharge),
        })
    }

    /// The same for acts that are not about letters.
    ///
    /// # Errors
    /// [`NotProved`].
    pub(super) fn proved(office: &Office, identities: &Identities) -> Result<Self, NotProved> {
        let recipient = office.desk.recipient.as_ref();
        let recipient = recipient.ok_or(NotProved::Nobody)?;
        match identities.open_for(recipient) {
            true => Ok(InCharge {
                key: recipient.to_string(),
            }),
            false => Err(NotProved::OtherKey),
        }
    }

    /// The public key, for the history of what they do.
    pub(super) fn key(&self) -> &str {
        &self.key
    }
}

/// What is registered against letters that are approved or tried again.
pub(super) async fn against(
    office: &Office,
    reads: &mut Reads,
    action: LetterAction,
    ids: &[LetterId],
) -> Result<BTreeMap<LetterId, Against>, StoreError> {
    match action {
        LetterAction::Approve | LetterAction::Retry => {
            registered_against(&office.desk, reads, ids).await
        }
        _ => Ok(BTreeMap::new()),
    }
}

/// Approves nothing that must not go, and nothing unseen that only the person
/// in charge can let go. What is tried again is held against it by the night.
pub(super) fn held_against(
    action: LetterAction,
    against: &BTreeMap<LetterId, Against>,
    charge: Option<&InCharge>,
) -> Result<(), LetterRefusal> {
    against
        .iter()
        .try_for_each(|(id, against)| held_one(action, *id, against, charge))
}

/// The same of one letter.
pub(super) fn held_one(
    action: LetterAction,
    id: LetterId,
    against: &Against,
    charge: Option<&InCharge>,
) -> Result<(), LetterRefusal> {
    if action != LetterAction::Approve {
        return Ok(());
    }
    if let Some(why) = against.unfit {
        return Err(LetterRefusal::Unfit { id, why });
    }
    match against.needs_charge && charge.is_none() {
        true => Err(LetterRefusal::Unseen(id)),
        false => Ok(()),
    }
}

/// Enters in the history of letters that need it that the person in charge has
/// looked at them, and takes the need away.
pub(super) async fn note_seen(
    tx: &mut Work,
    by: &By,
    against: &mut BTreeMap<LetterId, Against>,
    charge: Option<&InCharge>,
) -> Result<(), StoreError> {
    let Some(charge) = charge else {
        return Ok(());
    };
    for (id, against) in against
        .iter_mut()
        .filter(|(_, against)| against.needs_charge)
    {
        tx.seen_in_charge(*id, &charge.key, by).await?;
        against.needs_charge = false;
    }
    Ok(())
}
