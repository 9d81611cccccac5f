//! Patterns of the rules. Most commands hold no record against them, so one is
//! compiled when the first text is.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

/// A pattern, letter case aside.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Reads a pattern.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let read = regex_syntax::Parser::new().parse(text);
        read.map_err(|error| format!("正規表現を読めません。{error}"))?;
        Ok(Pattern {
            text: text.to_owned(),
            compiled: OnceLock::new(),
        })
    }

    /// The compiled pattern; nothing where it is too large to be one.
    pub(super) fn regex(&self) -> Option<&Regex> {
        let compile = || {
            let compiled = RegexBuilder::new(&self.text).case_insensitive(true).build();
            compiled
                .inspect_err(|error| tracing::error!(%error, "a pattern of words.toml"))
                .ok()
        };
        self.compiled.get_or_init(compile).as_ref()
    }

    /// Whether a text has it. One that cannot be compiled is in every text: it
    /// was written to keep something back.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.regex().is_none_or(|regex| regex.is_match(text))
    }

    /// Whether a text surely has it.
    pub(super) fn is_surely_in(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// A text with a full stop in the place of each match.
    pub(super) fn taken_out_of<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.regex() {
            Some(regex) => regex.replace_all(text, "。"),
            None => Cow::Borrowed(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_read_at_once_and_one_too_large_is_in_every_text() {
        assert!(Pattern::read("(").is_err());
        assert!(Pattern::read(r"\p{NoSuchClass}").is_err());
        let pattern = Pattern::read("hiv|癌").expect("a pattern");
        assert!(pattern.is_in("HIV") && pattern.is_surely_in("HIV") && !pattern.is_in("かぜ"));
        assert_eq!(pattern.taken_out_of("あ癌い"), "あ。い");
        let large = Pattern::read(r"(?:\w{1,900}){1,900}").expect("is one by its form");
        assert!(large.is_in("") && !large.is_surely_in("あ"));
        assert_eq!(large.taken_out_of("あ"), "あ");
    }
}
