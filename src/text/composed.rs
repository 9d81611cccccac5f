//! Two spellings of one header: macOS writes ガ as カ with a mark behind it.

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// The text with every mark joined to its base (NFC). It is for looking
/// something up, never for what is kept: a registered name is not ours to
/// rewrite.
pub fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_join_their_base() {
        assert_eq!(composed("メールアト\u{3099}レス"), "メールアドレス");
        assert_eq!(composed("氏名"), "氏名");
    }
}
