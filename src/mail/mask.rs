//! Taking the recipient out of the gateway's words before they are kept.

use super::address::EmailAddress;

/// Longest reply text kept, in characters.
const KEPT: usize = 300;
const MASK: &str = "***";

/// The gateway's text on one line, at most 300 characters, without the recipient: anything with an
/// `@`, the local part and the domain of `to` are replaced, whatever their case.
pub(super) fn masked(text: &str, to: &EmailAddress) -> String {
    let printable: String = text
        .chars()
        .map(|c| if c.is_ascii_graphic() { c } else { ' ' })
        .collect();
    let words: Vec<String> = printable
        .split_ascii_whitespace()
        .map(|word| {
            if word.contains('@') {
                return mask_address(word);
            }
            let word = without(word, to.domain());
            without(&word, to.local())
        })
        .collect();
    words.join(" ").chars().take(KEPT).collect()
}

/// A word with an `@` keeps only the punctuation that encloses it, so the rest of the reply stays
/// readable.
fn mask_address(word: &str) -> String {
    let punctuation = |c: char| "<>()[]:;,.\"'".contains(c);
    let tail = word.len() - word.trim_end_matches(punctuation).len();
    let head = word.len() - word.trim_start_matches(punctuation).len();
    format!("{}{MASK}{}", &word[..head], &word[word.len() - tail..])
}

/// Replaces `part` where it stands as a whole token. Both are ASCII, so byte positions agree in any
/// case.
fn without(word: &str, part: &str) -> String {
    let (lower, part) = (word.to_ascii_lowercase(), part.to_ascii_lowercase());
    let mut kept = String::with_capacity(word.len());
    let mut from = 0;
    while let Some(at) = lower[from..].find(&part).map(|at| from + at) {
        let end = at + part.len();
        let joined = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric());
        let whole =
            !joined(lower[..at].bytes().next_back()) && !joined(lower[end..].bytes().next());
        kept.push_str(&word[from..at]);
        kept.push_str(if whole { MASK } else { &word[at..end] });
        from = end;
    }
    kept.push_str(&word[from..]);
    kept
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;
    use crate::mail::Field;

    #[test]
    fn the_recipient_is_gone_in_every_disguise() {
        let to = EmailAddress::parse(Field::Recipient, "Taro.Mihon@mail.example.jp").unwrap();
        for text in [
            "5.1.1 <taro.mihon@MAIL.example.jp>: unknown",
            "user TARO.MIHON not found",
            "bounce taro.mihon=mail.example.jp@relay.example.net refused",
            "Host mail.example.jp not found (taro.mihon)",
            "to:taro.mihon@mail.example.jp,ok",
            "line\r\ntaro.mihon@mail.example.jp\u{1b}[2J",
        ] {
            let kept = masked(text, &to).to_lowercase();
            assert!(
                !kept.contains("taro") && !kept.contains("mail.example.jp"),
                "{kept}"
            );
            assert!(
                kept.contains(MASK) && !kept.contains(char::is_control),
                "{kept}"
            );
        }
    }

    #[test]
    fn the_rest_stays_readable() {
        let to = EmailAddress::parse(Field::Recipient, "a@example.jp").unwrap();
        assert_eq!(
            masked("550 5.1.1 <a@example.jp>: a mailbox away", &to),
            "550 5.1.1 <***>: *** mailbox away"
        );
        assert_eq!(masked(&"x".repeat(5_000), &to).len(), KEPT);
    }
}
