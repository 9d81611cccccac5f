//! Opening the notes of a letter that only the person in charge can read, and
//! adding to them.
//!
//! Either way they are encrypted anew and the same line is entered in the
//! history, so that reading, adding and finding nothing leave the same traces;
//! a try with another key leaves its own; and they stay with whoever could open them, whatever the profile says
//! today.

use serde_json::{Map, Value};

use crate::catalogue::Kind;
use crate::domain::{By, LetterId};
use crate::office::Office;
use crate::restricted::{self, Encrypted, Note, NoteRefusal, Notes, Recipient};
use crate::store::{LetterRow, Part, Parts, Refused, StoreError, StoredNote};

pub use crate::restricted::{Identities, KeyPair};

/// A letter's notes, readable.
#[derive(Debug)]
pub struct Opened<'a> {
    /// The letter.
    pub letter: LetterId,
    /// Its kind.
    pub kind: &'a Kind,
    /// The notes.
    pub notes: Notes,
    /// Whether the profile names another key than the one that opened them.
    pub other_key: bool,
}

/// Why nothing was opened or added; the notes are as they were.
#[derive(Debug)]
pub struct Shut {
    /// Why.
    pub why: Refused<NoteRefusal>,
    /// Whether the profile names another key than the one that opened them, as
    /// far as they were opened.
    pub other_key: bool,
}

/// Opens a letter's notes.
///
/// # Errors
/// [`Shut`].
pub async fn open<'a>(
    office: &'a Office,
    by: &By,
    id: LetterId,
    identities: &Identities,
) -> Result<Opened<'a>, Shut> {
    with_notes(office, by, id, identities, None).await
}

/// Adds a note to a letter's, a JSON object of restricted fields.
///
/// # Errors
/// [`Shut`].
pub async fn add<'a>(
    office: &'a Office,
    by: &By,
    id: LetterId,
    identities: &Identities,
    note: &str,
) -> Result<Opened<'a>, Shut> {
    with_notes(office, by, id, identities, Some(note)).await
}

async fn with_notes<'a>(
    office: &'a Office,
    by: &By,
    id: LetterId,
    identities: &Identities,
    new: Option<&str>,
) -> Result<Opened<'a>, Shut> {
    let mut other_key = false;
    let done = decrypt_and_renew(office, by, id, identities, new, &mut other_key).await;
    match done {
        Ok((kind, notes)) => Ok(Opened {
            letter: id,
            kind,
            notes,
            other_key,
        }),
        Err(why) => Err(Shut { why, other_key }),
    }
}

async fn decrypt_and_renew<'a>(
    office: &'a Office,
    by: &By,
    id: LetterId,
    identities: &Identities,
    new: Option<&str>,
    other_key: &mut bool,
) -> Result<(&'a Kind, Notes), Refused<NoteRefusal>> {
    let refused = |why: fn(LetterId) -> NoteRefusal| move || Refused::one(why(id));
    let key = |error| Refused::one(NoteRefusal::Key(error));
    let mut tx = office.store.work().await?;
    let letter = tx
        .letter(id)
        .await?
        .ok_or_else(refused(NoteRefusal::NoSuchLetter))?;
    let kind = office
        .desk
        .catalogue
        .get(&letter.kind)
        .ok_or_else(refused(NoteRefusal::KindGone))?;
    let Parts { note, record, .. } = tx.parts_of(id, &[Part::Note, Part::Record]).await?;
    let stored = note.ok_or_else(refused(NoteRefusal::NoPlace))?;
    let encrypted = Encrypted {
        bytes: stored.encrypted,
        used: stored.used,
    };
    let (mut notes, holder) = match restricted::decrypt(identities, id, &encrypted) {
        Ok(opened) => opened,
        // Whoever tries keys on notes leaves a trace of it.
        Err(error) => {
            tx.note_stayed_shut(id, by).await?;
            tx.commit().await?;
            return Err(key(error));
        }
    };
    *other_key = office.desk.recipient.as_ref() != Some(&holder);
    let record: Map<String, Value> = serde_json::from_str(&record)
        .map_err(|_| StoreError::Corrupt(format!("the record of {id}")))?;
    if let Some(text) = new {
        let note = read(kind, &letter, &record, text)?;
        notes.add(note, by.who.as_str(), &by.at.to_string());
    }
    let stored = renewed(&holder, id, &notes).map_err(key)?;
    tx.keep_note(id, &stored, Some(by)).await?;
    tx.commit().await?;
    Ok((kind, notes))
}

/// Reads what is to be added, as if it had come with the letter's record.
fn read(
    kind: &Kind,
    letter: &LetterRow,
    record: &Map<String, Value>,
    text: &str,
) -> Result<Note, Refused<NoteRefusal>> {
    let outcome = kind
        .outcome(&letter.outcome)
        .ok_or_else(|| Refused::one(NoteRefusal::OutcomeGone))?;
    restricted::read_note(kind, outcome, record, text)
        .map_err(|problems| Refused::one(NoteRefusal::Unusable(problems)))
}

fn renewed(
    holder: &Recipient,
    id: LetterId,
    notes: &Notes,
) -> Result<StoredNote, restricted::RestrictedError> {
    let encrypted = restricted::encrypt(holder, id, notes)?;
    Ok(StoredNote {
        encrypted: encrypted.bytes,
        used: encrypted.used,
    })
}
