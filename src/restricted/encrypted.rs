//! Notes as ciphertext of one size.

use super::{Identities, Notes, Recipient, RestrictedError};
use crate::domain::LetterId;

/// Bytes of every plaintext: three notes of full length and some short ones.
const PLAIN_BYTES: usize = 32 * 1024;

/// Bytes of every ciphertext. The header of an age file differs in length from
/// one to the next, by chance and never by what is in it, and stays below
/// this; the rest is filled with zeros.
const ENCRYPTED_BYTES: usize = PLAIN_BYTES + 1024;

/// A letter's notes, encrypted.
#[derive(Clone, PartialEq, Eq)]
pub struct Encrypted {
    /// The age file and zeros up to the one size.
    pub bytes: Vec<u8>,
    /// Length of the age file.
    pub used: usize,
}

/// Encrypts a letter's notes.
///
/// # Errors
/// [`RestrictedError::Full`] when they have grown too long.
pub fn encrypt(
    recipient: &Recipient,
    id: LetterId,
    notes: &Notes,
) -> Result<Encrypted, RestrictedError> {
    let failed = |error: String| RestrictedError::Encrypt(error);
    let mut plain = serde_json::to_vec(notes).map_err(|error| failed(error.to_string()))?;
    if plain.len() > PLAIN_BYTES {
        return Err(RestrictedError::Full(id));
    }
    // White space after JSON is JSON.
    plain.resize(PLAIN_BYTES, b' ');
    let mut bytes =
        age::encrypt(&recipient.0, &plain).map_err(|error| failed(error.to_string()))?;
    let used = bytes.len();
    if used > ENCRYPTED_BYTES {
        return Err(failed(format!("{used} bytes")));
    }
    bytes.resize(ENCRYPTED_BYTES, 0);
    Ok(Encrypted { bytes, used })
}

/// Decrypts a letter's notes and says whose key opened them.
///
/// # Errors
/// When no key opens them, or they are not this letter's.
pub fn decrypt(
    identities: &Identities,
    id: LetterId,
    encrypted: &Encrypted,
) -> Result<(Notes, Recipient), RestrictedError> {
    let damaged = || RestrictedError::Damaged(id);
    let file = encrypted.bytes.get(..encrypted.used).ok_or_else(damaged)?;
    for identity in &identities.0 {
        match age::decrypt(identity, file) {
            Ok(plain) => {
                let notes: Notes = serde_json::from_slice(&plain).map_err(|_| damaged())?;
                return if notes.letter == id.to_string() {
                    Ok((notes, Recipient(identity.to_public())))
                } else {
                    Err(damaged())
                };
            }
            Err(age::DecryptError::NoMatchingKeys) => {}
            Err(_) => return Err(damaged()),
        }
    }
    Err(RestrictedError::WrongKey(id))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::restricted::{KeyPair, Note};

    fn keys() -> (Recipient, Identities) {
        let pair = KeyPair::generate();
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key");
        fs::write(&path, pair.file("today")).expect("written");
        let recipient = pair.recipient().parse().expect("a public key");
        (recipient, Identities::read(&path).expect("a key"))
    }

    fn note(reason: &str) -> Note {
        serde_json::from_value(serde_json::json!({"restricted_reason": reason})).expect("a note")
    }

    #[test]
    fn a_note_and_no_note_have_one_size_and_come_back() {
        let (recipient, identities) = keys();
        let id = LetterId::from_key(7);
        let empty = Notes::at_intake(id, &Note::default(), "見本 太郎", "now");
        let mut long = empty.clone();
        // The longest note there can be, of four-byte characters, thrice.
        for _ in 0..2 {
            long.add(note(&"𠮷".repeat(4000)), "見本 太郎", "now");
        }
        for notes in [empty, long] {
            let encrypted = encrypt(&recipient, id, &notes).expect("encrypted");
            assert_eq!(encrypted.bytes.len(), ENCRYPTED_BYTES);
            assert!(encrypted.used > PLAIN_BYTES);
            let (back, by) = decrypt(&identities, id, &encrypted).expect("decrypted");
            assert_eq!(back, notes);
            assert_eq!(by, recipient);
        }
    }

    #[test]
    fn the_header_leaves_room_whatever_its_length() {
        let (recipient, _) = keys();
        let id = LetterId::from_key(7);
        let notes = Notes::at_intake(id, &Note::default(), "見本 太郎", "now");
        let lengths: std::collections::BTreeSet<usize> = (0..200)
            .map(|_| encrypt(&recipient, id, &notes).expect("encrypted").used)
            .collect();
        // They differ by chance, which is why the rest is filled up.
        assert!(lengths.len() > 1);
        assert!(lengths.iter().all(|length| *length < PLAIN_BYTES + 600));
    }

    #[test]
    fn what_no_longer_fits_is_refused() {
        let (recipient, _) = keys();
        let id = LetterId::from_key(7);
        let mut notes = Notes::at_intake(id, &Note::default(), "見本 太郎", "now");
        notes.add(note(&"あ".repeat(11_000)), "見本 太郎", "now");
        assert!(matches!(
            encrypt(&recipient, id, &notes),
            Err(RestrictedError::Full(_))
        ));
    }

    #[test]
    fn another_key_another_letter_and_other_bytes_are_told_apart() {
        let (recipient, identities) = keys();
        let (_, others) = keys();
        let id = LetterId::from_key(7);
        let notes = Notes::at_intake(id, &note("事情"), "見本 太郎", "now");
        let encrypted = encrypt(&recipient, id, &notes).expect("encrypted");
        assert!(matches!(
            decrypt(&others, id, &encrypted),
            Err(RestrictedError::WrongKey(_))
        ));
        assert!(matches!(
            decrypt(&identities, LetterId::from_key(8), &encrypted),
            Err(RestrictedError::Damaged(_))
        ));
        let mut changed = encrypted;
        changed.bytes[20_000] ^= 1;
        assert!(matches!(
            decrypt(&identities, id, &changed),
            Err(RestrictedError::Damaged(_))
        ));
    }
}
