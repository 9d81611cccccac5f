//! Japanese text: era dates, the encodings of office files, and which
//! characters the fonts can show.
//!
//! Nothing here normalises, folds or trims a stored value. Even NFC rewrites
//! about a thousand compatibility ideographs, and a registered name is not
//! ours to rewrite. A text is taken as it came or refused with a reason.

pub mod characters;
pub mod charset;
mod coverage;
pub mod era;
