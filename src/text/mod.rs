//! Japanese text: era dates, kana readings, the encodings of office files,
//! which characters the fonts can show and which the society replaces, the
//! barcode of an address, its postal code, and what a spreadsheet would run.
//!
//! Nothing here normalises, folds or trims a stored value. Even NFC rewrites
//! about a thousand compatibility ideographs, and a registered name is not
//! ours to rewrite. A text is taken as it came or refused with a reason.

pub mod barcode;
pub mod characters;
pub mod charset;
mod composed;
mod counterparts;
mod coverage;
pub mod days;
mod display_number;
pub mod era;
pub mod formula;
pub mod kana;
mod offices;
pub mod own;
pub mod postal;
pub mod substitution;
pub mod twins;
pub mod unshowable;

pub use composed::composed;
