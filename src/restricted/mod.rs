//! Notes only the person in charge can read (個人情報保護管理者): why data
//! whose existence must not be revealed was answered as nonexistent.
//!
//! Fields marked `x-restricted` are split off a record as soon as it is
//! checked, and encrypted with a public key. Whoever queues letters can write
//! a note and cannot read one, not even their own, with the whole workspace in
//! hand. So that having a note does not show, every letter that may have one
//! gets a row of one and the same size, mostly with nothing in it.
//!
//! The ciphertext is an age file (age-encryption.org/v1), so that it can be
//! read in ten years without this program.

mod encrypted;
mod key;
mod note;
mod spill;

pub use encrypted::{Encrypted, decrypt, encrypt};
pub use key::{Identities, KeyPair, Recipient};
pub use note::{Note, Notes, read_note, split};
pub use spill::{Spill, Spilled};

use std::io;

use crate::domain::LetterId;

/// Why a letter's notes were not opened, or nothing was added to them; nothing
/// was changed.
#[derive(Debug)]
pub enum NoteRefusal {
    /// There is no such letter.
    NoSuchLetter(LetterId),
    /// Its kind is not in the templates.
    KindGone(LetterId),
    /// Its outcome is not in the templates.
    OutcomeGone,
    /// It has no place for a note.
    NoPlace(LetterId),
    /// What was to be added is no note of this letter's: the problems, in
    /// Japanese.
    Unusable(Vec<String>),
    /// The notes cannot be opened or encrypted.
    Key(RestrictedError),
}

/// What can go wrong with a note.
#[derive(Debug, thiserror::Error)]
pub enum RestrictedError {
    /// A text is no public key.
    #[error("{0} is no public key")]
    Recipient(String),
    /// The key file cannot be read.
    #[error("the key file cannot be read: {0}")]
    Unreadable(io::Error),
    /// The key file holds no key.
    #[error("the key file holds no secret key")]
    NoKey,
    /// None of the keys opens the note.
    #[error("none of the keys opens the note of {0}")]
    WrongKey(LetterId),
    /// The ciphertext, or what was in it, is not what was put there.
    #[error("the note of {0} is damaged or another letter's")]
    Damaged(LetterId),
    /// No further entry fits.
    #[error("the note of {0} is full")]
    Full(LetterId),
    /// Encrypting failed, which has no cause in the note.
    #[error("the note could not be encrypted: {0}")]
    Encrypt(String),
}
