//! What staff type, and what it is to a record.
//!
//! Where a text can mean one thing only, that is what is kept: a postal code
//! or an identifier in half width, a reading in full width, a line without the
//! bullet that the letter's own numbering takes the place of. Whatever could
//! mean two things stays as it came, and is refused by those who read on.

use crate::catalogue::{Choice, Field, Role, Typing};
use crate::domain::{half_width, narrow_identifier};
use crate::text::kana;

use super::traces::is_identifier;

/// What separates words in a cell that should hold one a line.
pub(super) const SEPARATORS: [char; 9] = ['、', '，', ',', '・', '/', '／', ' ', '\u{3000}', ';'];

/// The digits of a number in a circle, ① and on.
const CIRCLED: u32 = 0x2460;
/// How many of them there are.
const MOST_CIRCLED: u32 = 20;

/// A text as it is kept: the line breaks of a multi-line text are one
/// character each, a reading is full-width, postal codes and identifiers are
/// half-width.
pub(super) fn kept(field: &Field, text: String) -> String {
    match field.role {
        Some(Role::Multiline) if text.contains('\r') => {
            text.replace("\r\n", "\n").replace('\r', "\n")
        }
        Some(Role::Kana) => kana::full_width(&text),
        Some(Role::PostalCode) => postal_code(&text).unwrap_or(text),
        _ if is_identifier(field) => narrow_identifier(&text),
        _ => text,
    }
}

/// The postal code a text is, in half width and without its mark; none where
/// it is no postal code.
pub(super) fn postal_code(text: &str) -> Option<String> {
    let text = text.trim();
    let bare = text.strip_prefix(['〒', '〶']).unwrap_or(text).trim_start();
    let code: String = bare
        .chars()
        .map(|c| match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '－' | 'ー' | 'ｰ' => '-',
            other => half_width(other),
        })
        .collect();
    is_postal_code(&code).then_some(code)
}

/// Whether a text is a postal code as records hold it.
pub(super) fn is_postal_code(text: &str) -> bool {
    let digits = match text.split_once('-') {
        Some((area, rest)) if area.len() == 3 && rest.len() == 4 => format!("{area}{rest}"),
        Some(_) => return false,
        None => text.to_owned(),
    };
    digits.len() == 7 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The lines of a cell that holds a list, without bullets and without
/// numbers that count them.
pub(super) fn lines<'t>(typing: &Typing, text: &'t str) -> Vec<&'t str> {
    let lines: Vec<&str> = text
        .split(['\r', '\n'])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| typing.unbulleted(line))
        .collect();
    let counted: Option<Vec<&str>> = (1..)
        .zip(&lines)
        .map(|(number, line)| without_number(line, number))
        .collect();
    match counted {
        Some(bare) if bare.len() > 1 => bare,
        _ => lines,
    }
}

/// A line that begins with this number in brackets or a circle, without it.
fn without_number(line: &str, number: u32) -> Option<&str> {
    let circled = (1..=MOST_CIRCLED)
        .contains(&number)
        .then(|| char::from_u32(CIRCLED + number - 1))
        .flatten();
    let bare = match circled.and_then(|circled| line.strip_prefix(circled)) {
        Some(bare) => bare,
        None => {
            let inner = line.strip_prefix(['(', '（'])?;
            let (typed, bare) = inner.split_once([')', '）'])?;
            let typed: String = typed.trim().chars().map(half_width).collect();
            (typed == number.to_string()).then_some(bare)?
        }
    };
    Some(bare.trim_start()).filter(|bare| !bare.is_empty())
}

/// The words of a cell that holds several choices: one a line, or several of
/// a line where each of them is a choice.
pub(super) fn words<'t>(choices: &[Choice], typing: &Typing, text: &'t str) -> Vec<&'t str> {
    let mut words = Vec::new();
    for line in lines(typing, text) {
        let parts: Vec<&str> = line
            .split(SEPARATORS)
            .filter(|part| !part.is_empty())
            .collect();
        let chosen = |part: &&str| typing.chosen(choices, part).is_some();
        if typing.chosen(choices, line).is_none() && parts.iter().all(chosen) {
            words.extend(parts);
        } else {
            words.push(line);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postal_codes_are_kept_in_half_width() {
        for (typed, code) in [
            ("379-2147", "379-2147"),
            ("3792147", "3792147"),
            ("３７９－２１４７", "379-2147"),
            ("〒379-2147", "379-2147"),
            ("〒 ３７９ー２１４７", "379-2147"),
            (" 379−2147 ", "379-2147"),
        ] {
            assert_eq!(postal_code(typed).as_deref(), Some(code), "{typed}");
        }
        for bad in [
            "379214",
            "37-92147",
            "379-21470",
            "379 2147",
            "",
            "〒",
            "〒〒3792147",
        ] {
            assert_eq!(postal_code(bad), None, "{bad}");
        }
        assert!(!is_postal_code("３７９２１４７"));
    }

    #[test]
    fn numbers_of_lines_go_where_they_count_them() {
        let typing = Typing::default();
        assert_eq!(lines(&typing, "(1) 甲\n（２）乙"), ["甲", "乙"]);
        assert_eq!(lines(&typing, "①甲\r\n②乙"), ["甲", "乙"]);
        for kept in ["(1)甲", "(1)甲\n(3)乙", "(1)甲\n乙", "(1)\n(2)"] {
            assert_eq!(lines(&typing, kept), kept.lines().collect::<Vec<_>>());
        }
    }
}
