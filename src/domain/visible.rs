//! Characters that show nothing or steer what shows, and texts from outside
//! made fit to stand among words of our own.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character is a control character: it moves what is shown and
/// shows nothing itself. Line breaks and tabs are among them.
pub fn is_control(c: char) -> bool {
    matches!(c, '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}')
}

/// Whether a character prints as nothing: bidi controls, zero-width
/// characters, soft hyphens, fillers, tags, line separators. They are
/// Unicode's `Default_Ignorable_Code_Point` less the variation selectors, the
/// separators, and the interlinear annotation marks.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFC}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0000}'..='\u{E00FF}'
            | '\u{E01F0}'..='\u{E0FFF}'
    )
}

/// The code point in the form staff read, such as `［U+001B］`.
fn write_code(c: char, to: &mut String) {
    // Writing into a string does not fail.
    let _ = write!(to, "［U+{:04X}］", u32::from(c));
}

/// A text from outside as a part of one line, of `most` characters at most:
/// line breaks become spaces, what does not show is named by its code point,
/// and what is too much is cut off and marked by `…`. So it can neither forge
/// a line of ours nor steer a terminal. A text without end costs no more than
/// a short one.
pub fn in_one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    let mut gap = false;
    for (place, c) in text.chars().enumerate() {
        // Blanks count for nothing, but must come to an end, too.
        if length >= most || place >= most.saturating_mul(8) {
            line.push('…');
            break;
        }
        if is_blank(c) {
            gap = !line.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            line.push(' ');
            length += 1;
        }
        if is_control(c) || is_invisible(c) {
            write_code(c, &mut line);
            length += 8;
        } else {
            line.push(c);
            length += 1;
        }
    }
    line
}

/// A space or what ends a line; the full-width space is a character of names.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A text as it may go to a terminal: whole, with its lines, but with nothing
/// that steers it.
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    let steers = |c: char| (is_control(c) && c != '\n' && c != '\t') || is_invisible(c);
    if !text.chars().any(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            write_code(c, &mut shown);
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_from_outside_stays_in_its_line() {
        for (given, line) in [
            ("", ""),
            ("見本 太郎", "見本 太郎"),
            ("葛\u{E0100}城", "葛\u{E0100}城"),
            ("a\r\n\n【完了】b\n", "a 【完了】b"),
            ("\u{1b}[2Jx", "［U+001B］[2Jx"),
            ("x\u{202E}y\u{9B}", "x［U+202E］y［U+009B］"),
            ("  \n ", ""),
        ] {
            assert_eq!(in_one_line(given, 100), line, "{given:?}");
        }
    }

    #[test]
    fn a_text_without_end_is_cut() {
        for endless in ["あ", "\u{1b}", "a\n"] {
            let line = in_one_line(&endless.repeat(1_000_000), 50);
            assert!(line.chars().count() <= 60, "{}", line.len());
            assert!(line.ends_with('…'), "{line}");
        }
        let exact = "あ".repeat(50);
        assert_eq!(in_one_line(&exact, 50), exact);
    }

    #[test]
    fn a_terminal_keeps_lines_and_gets_nothing_that_steers_it() {
        assert!(matches!(for_terminal("一\n\t二"), Cow::Borrowed(_)));
        assert_eq!(for_terminal("一\r\u{1b}[2J"), "一［U+000D］［U+001B］[2J");
    }
}
