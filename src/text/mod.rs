//! Japanese text: era dates, the encodings of office files, which characters
//! the fonts can show, and the barcode of an address.
//!
//! Nothing here normalises, folds or trims a stored value. Even NFC rewrites
//! about a thousand compatibility ideographs, and a registered name is not
//! ours to rewrite. A text is taken as it came or refused with a reason.

pub mod barcode;
pub mod characters;
pub mod charset;
mod coverage;
mod display_number;
pub mod era;
