//! Text that a spreadsheet would run as a formula.
//!
//! A cell of a CSV file has no type: Excel runs one that begins with a sign,
//! whoever wrote it. An apostrophe before it makes it plain text there. What
//! we write gets one, and what we read back of our own loses it again, so
//! that the value is the same afterwards.

use std::borrow::Cow;

/// The mark that keeps a spreadsheet from running a cell.
pub const GUARD: char = '\'';

/// The cell of a CSV file that holds this text and is no formula.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if runs(text.trim_start_matches(GUARD)) {
        Cow::Owned(format!("{GUARD}{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that [`guarded`] made a cell of. A text with apostrophes of its
/// own before a sign got one more, so one is taken away of any number.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix(GUARD) {
        Some(text) if is_guarded(cell) => text,
        _ => cell,
    }
}

/// Whether a cell begins with the mark before what would be run.
pub fn is_guarded(cell: &str) -> bool {
    cell.strip_prefix(GUARD)
        .is_some_and(|rest| runs(rest.trim_start_matches(GUARD)))
}

/// Whether a spreadsheet may take the text for a formula. Japanese Excel
/// takes full-width signs too, some programs skip blanks before one, and a
/// tab or a line break at the beginning can move what follows into a cell of
/// its own.
fn runs(text: &str) -> bool {
    let blank = |c: char| c.is_whitespace() || c.is_control() || is_unseen(c);
    let first = text.trim_start_matches(blank).chars().next();
    text.starts_with(['\t', '\r', '\n']) || first.is_some_and(is_sign)
}

fn is_sign(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '\u{2212}'
    ) || matches!(c, '\u{FE62}' | '\u{FE63}' | '\u{FE66}' | '\u{FE6B}')
}

fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_would_be_run_gets_a_mark() {
        for text in [
            "=1+2",
            "+81-27-000-0000",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r1",
            "＝１＋２",
            "－１",
            " =1",
            "　=1",
            "\u{FEFF}=1",
            "'=1",
            "−1",
        ] {
            assert_eq!(guarded(text), format!("'{text}"), "{text:?}");
            assert!(is_guarded(&guarded(text)), "{text:?}");
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in [
            "",
            "1-2",
            "00012",
            "見本荘",
            "'見本'",
            "''",
            "a=b",
            "ー",
            "'",
        ] {
            assert_eq!(guarded(text), text);
            assert_eq!(unguarded(text), text);
        }
    }

    proptest! {
        #[test]
        fn a_guarded_text_comes_back(text in "['=+＝@\t\r a1]{0,8}|.*") {
            let cell = guarded(&text).into_owned();
            prop_assert_eq!(unguarded(&cell), &text);
            let first = cell.chars().next();
            prop_assert!(!first.is_some_and(is_sign) && !cell.starts_with(['\t', '\r']));
        }
    }
}
