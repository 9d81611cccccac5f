//! The fonts letters are set in.

use std::path::{Path, PathBuf};

use crate::text::characters::{Characters, FontError};

/// Font families letters are set in, in the order they are tried for a
/// character: the second only shows what the first lacks.
pub const LETTER_FONTS: [(&str, &str); 2] = [
    ("BIZ UDMincho", "BIZUDMincho-Regular.ttf"),
    ("IPAmjMincho", "ipamjm.ttf"),
];

/// Families the shipped templates use besides those of names.
pub(super) const OTHER_FONTS: [&str; 1] = ["BIZ UDGothic"];

/// Reads which characters the letter fonts show.
///
/// # Errors
/// When a font is missing or broken.
pub fn open_characters(fonts: &Path) -> Result<Characters, FontError> {
    let files: Vec<(&str, PathBuf)> = LETTER_FONTS
        .iter()
        .map(|(family, file)| (*family, fonts.join(file)))
        .collect();
    Characters::open(&files)
}
