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
pub use note::{Entry, Note, Notes, read_note, split};
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
    OutcomeGone(LetterId),
    /// It has no place for a note.
    NoPlace(LetterId),
    /// What was to be added is no note of this letter's: the problems, in
    /// Japanese.
    Unusable(Vec<String>),
    /// The notes cannot be opened or encrypted.
    Key(RestrictedError),
}

/// What can go wrong with a note, for staff.
#[derive(Debug, thiserror::Error)]
pub enum RestrictedError {
    /// A text is no public key.
    #[error(
        "「{0}」は公開鍵ではありません。yobin restricted keygen が表示した、age1 で始まる1行を書いてください。"
    )]
    Recipient(String),
    /// The key file cannot be read.
    #[error("鍵のファイルを読めません({0})。--identity に正しいファイル名を書いてください。")]
    Unreadable(io::Error),
    /// The key file holds no key.
    #[error(
        "鍵のファイルに AGE-SECRET-KEY- で始まる行がありません。yobin restricted keygen で作ったファイルを --identity に書いてください。"
    )]
    NoKey,
    /// None of the keys opens the note.
    #[error(
        "{0}：この鍵では開けません。書簡を受け付けたときに profile.toml に書いてあった公開鍵と対になる鍵を使ってください。"
    )]
    WrongKey(LetterId),
    /// The ciphertext, or what was in it, is not what was put there.
    #[error(
        "{0}：非公開の記録が壊れているか、ほかの書簡のものと入れ替わっています。控えから戻すことを考えてください。"
    )]
    Damaged(LetterId),
    /// No further entry fits.
    #[error(
        "{0}：非公開の記録がいっぱいで、これ以上加えられません。内容を短くするか、紙の文書に残してください。"
    )]
    Full(LetterId),
    /// Encrypting failed, which has no cause in the note.
    #[error("非公開の記録を暗号化できませんでした({0})。")]
    Encrypt(String),
}
