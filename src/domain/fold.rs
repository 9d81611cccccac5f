//! When two short texts are the same to a reader, and when they only look so.
//!
//! Two levels for every identifier (受付番号, 加入者管理番号, 記録番号) and
//! for names of staff. By the [`identity_key`] two writings *are* the same: a
//! keyboard, a character set or a file system chose between them, nobody
//! meant another number. By the [`look_alike_key`] they only *look* the same:
//! a spreadsheet took zeros away or a character cannot be seen. Such a pair is
//! told to a person and never settled by the program, whichever way.
//!
//! No dash is ever dropped: "1-2" and "12" stay two numbers on both levels.
//!
//! Keys are for comparison; what is stored and printed stays as it came.

mod plain;
mod twins;
mod variants;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::is_invisible;
pub use plain::{Plain, katakana};
use twins::latin_twin;
pub(super) use variants::usual_form;

/// The version of both keys. The store keeps keys and makes them anew when
/// they were made by another version: whoever changes what a key is raises it.
pub const FOLD_VERSION: i64 = 1;

/// A heading or a word of a list for comparison: without white space,
/// full-width ASCII as half-width, lower case. Not for identifiers and names.
pub fn folded(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{FEFF}')
        .map(half_width)
        .flat_map(char::to_lowercase)
        .collect()
}

/// What an identifier is known by. Two writings with one key are the same
/// identifier: white space, width, letter case, the kind of dash or minus,
/// half-width kana and decomposed letters (NFD) do not count. A long vowel
/// mark (ー) that follows no kana stands for a dash and is one. Leading zeros,
/// invisible characters and variants (異体字) do count.
pub fn identity_key(text: &str) -> String {
    let tight: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(usual)
        .collect();
    let lower: String = composed(&tight)
        .chars()
        .flat_map(char::to_lowercase)
        .collect();
    let mut key = String::with_capacity(lower.len());
    // Lower case may have a letter the capital was not composed to.
    for c in composed(&lower).chars() {
        let is_vowel = c == 'ー' && key.chars().next_back().is_some_and(is_kana);
        key.push(if is_dash(c) && !is_vowel { '-' } else { c });
    }
    key
}

/// A word or a text in which words are looked for: the [`Plain`] text without
/// any white space, in which hiragana are katakana and capitals small letters.
/// For finding, never for printing.
pub fn word_key(text: &str) -> String {
    let word = katakana(&Plain::of(text).tight);
    word.replace('\n', "").to_lowercase()
}

/// An identifier as it is kept and printed: digits, letters and signs in half
/// width, every dash a hyphen. It stays the same identifier, for its
/// [`identity_key`] does.
pub fn narrow_identifier(text: &str) -> String {
    let mut narrow = String::with_capacity(text.len());
    for c in text.chars() {
        let c = half_width(c);
        let last = narrow.chars().rev().find(|c| !c.is_whitespace());
        let is_vowel =
            matches!(c, 'ー' | 'ｰ') && last.is_some_and(|c| is_kana(c) || matches!(c, 'ｦ'..='ﾟ'));
        narrow.push(match is_dash(c) || c == 'ｰ' {
            true if !is_vowel => '-',
            _ => c,
        });
    }
    narrow
}

/// By what two identifiers look like one another. Equal for all that have one
/// [`identity_key`], and besides for those that differ only by zeros at the
/// head of a run of digits, invisible characters, variants, long vowel marks,
/// dashes in a row, another character's compatibility form, or letters of
/// another alphabet with the same shape.
pub fn look_alike_key(text: &str) -> String {
    let seen: String = identity_key(text)
        .chars()
        .filter(|c| !is_unseen(*c) && !is_selector(*c))
        .collect();
    let plain = ComposingNormalizerBorrowed::new_nfkc().normalize(&seen);
    let shapes = plain
        .chars()
        .filter(|c| !c.is_whitespace() && !is_unseen(*c))
        .flat_map(char::to_lowercase)
        .map(latin_twin)
        .map(|c| if is_dash(c) || c == '一' { '-' } else { c });
    let mut key = String::with_capacity(plain.len());
    let mut shapes = shapes.peekable();
    while let Some(c) = shapes.next() {
        let last = key.chars().next_back();
        let again = c == '-' && last == Some('-');
        let leads = c == '0'
            && !last.is_some_and(|c| c.is_ascii_digit())
            && shapes.peek().is_some_and(char::is_ascii_digit);
        if !again && !leads {
            key.push(c);
        }
    }
    key
}

/// Whether two names are the same to a reader: a space more or less between
/// family and given name makes nobody another person, nor does a letter
/// decomposed by a file system. A variant (異体字) does make another name, for
/// a person has to look at it.
pub fn is_same_name(a: &str, b: &str) -> bool {
    identity_key(a) == identity_key(b)
}

/// What a person's name looks like where it is asked whether a letter would
/// reach somebody it must not: a [`look_alike_key`] in which variants (髙, 高)
/// are one.
pub(super) fn name_key(text: &str) -> String {
    look_alike_key(text).chars().map(usual_form).collect()
}

/// Whether a name begins as was typed, for finding: spaces, width and variants
/// (髙, 高) do not count. Nothing is found by nothing.
pub fn is_name_begun(name: &str, typed: &str) -> bool {
    let typed = name_key(typed);
    !typed.is_empty() && name_key(name).starts_with(&typed)
}

/// A postal address for comparison: an [`identity_key`] in which every long
/// vowel mark is a dash, for both sides are treated alike.
pub(super) fn folded_address(text: &str) -> String {
    identity_key(text).replace('ー', "-")
}

/// A postal address as a reader takes it, its words apart by one space: a
/// [`folded_address`] without what nobody sees, compatibility forms (①, ㈱) as
/// plain ones, variants in their usual form. For finding, never for printing.
pub(super) fn address_words(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let seen: String = folded_address(word)
            .chars()
            .filter(|c| !is_unseen(*c) && !is_selector(*c))
            .collect();
        let plain = ComposingNormalizerBorrowed::new_nfkc().normalize(&seen);
        plain
            .chars()
            .flat_map(char::to_lowercase)
            .map(usual_form)
            .collect::<String>()
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a character in an identifier or a staff name is seen by nobody:
/// what is invisible, controls that are no white space, the empty braille
/// cell. Variation selectors are not among them.
pub fn is_unseen(c: char) -> bool {
    is_invisible(c) || (c.is_control() && !c.is_whitespace()) || c == '\u{2800}'
}

/// Standard and ideographic variation selectors.
pub(super) fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Full-width ASCII as half-width; every other character as it is.
pub fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

/// A character in its usual width. Those for which Windows and other systems
/// read one code of Shift_JIS differently (～ and 〜, ∥ and ‖, ￣ and ‾)
/// become one as well; the dashes among them are dashes anyway.
fn usual(c: char) -> char {
    match c {
        '〜' => '~',
        '∥' => '‖',
        '￣' => '‾',
        '\u{FF61}'..='\u{FFEE}' => {
            let mut buffer = [0; 4];
            let usual = ComposingNormalizerBorrowed::new_nfkc()
                .normalize(c.encode_utf8(&mut buffer))
                .into_owned();
            usual.chars().next().unwrap_or(c)
        }
        other => half_width(other),
    }
}

/// The text in NFC, except for compatibility ideographs: NFC makes U+795E of
/// U+FA19 (神), and which of the two is somebody's name is for a person to see.
pub(super) fn composed(text: &str) -> String {
    let is_kept = |c: char| matches!(c, '\u{F900}'..='\u{FAFF}' | '\u{2F800}'..='\u{2FA1F}');
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    let mut whole = String::with_capacity(text.len());
    for piece in text.split_inclusive(is_kept) {
        let plain = piece.trim_end_matches(is_kept);
        whole.push_str(&nfc.normalize(plain));
        whole.push_str(&piece[plain.len()..]);
    }
    whole
}

/// Every character that is typed, read or scanned for a hyphen or a minus.
fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | 'ー'
            | '\u{2CD}'
            | '\u{2D7}'
            | '\u{58A}'
            | '\u{5BE}'
            | '\u{1400}'
            | '\u{1806}'
            | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{207B}'
                | '\u{208B}'
                | '\u{2212}'
                | '\u{23AF}'
                | '\u{2500}'
                | '\u{2501}'
                | '\u{2796}'
                | '\u{2E17}'
                | '\u{2E1A}'
                | '\u{2E3A}'
                | '\u{2E3B}'
                | '\u{2E40}'
                | '\u{2E5D}'
                | '\u{FE31}'
                | '\u{FE32}'
                | '\u{FE58}'
                | '\u{FE63}'
                | '\u{10EAD}'
    )
}

/// After what a long vowel mark is one.
fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}')
}

#[cfg(test)]
mod tests;
