//! Names with a title (様, さん, 氏) in running text that are nobody's whom
//! the record names.

use std::collections::BTreeSet;

use super::pattern::Pattern;
use serde_json::{Map, Value};

use super::super::texts;
use crate::catalogue::{Field, Role};
use crate::domain::Plain;

/// Titles, with what may not follow them: that is another word.
const TITLES: [(&str, &[char]); 6] = [
    ("様", &['式', '々', '子', '相', '態', '変', '体', '似']),
    ("さま", &['ざ', 'よ', 'た', 'で']),
    ("さん", &['ざ', 'ち']),
    ("氏", &['名', '族', '神', '姓']),
    ("殿", &['町', '村', '堂', '下', '様']),
    ("くん", &['れ', 'だ']),
];

/// Letters looked at before a title.
const NAME: usize = 16;

/// Names a record has, as their bearers are called.
#[derive(Debug)]
pub(super) struct Known(BTreeSet<String>);

impl Known {
    pub(super) fn of(fields: &[Field], record: &Map<String, Value>) -> Self {
        let mut known = BTreeSet::new();
        for typed in texts::typed(fields, record) {
            let is_name = matches!(
                typed.role,
                Some(Role::Name | Role::RegisteredName | Role::Kana)
            );
            if is_name {
                let plain = Plain::of(typed.text);
                known.insert(plain.tight);
                // Family and given name alone are the same person's.
                known.extend(plain.spaced.split_whitespace().map(str::to_owned));
            }
        }
        known.remove("");
        Known(known)
    }

    fn end(&self, called: &str) -> bool {
        self.0.iter().any(|name| called.ends_with(name.as_str()))
    }
}

/// Whether a text calls somebody by a name the record does not have. What
/// `no_names` matches at the end of what stands before a title is no name.
pub(super) fn is_in(text: &str, known: &Known, no_names: Option<&Pattern>) -> bool {
    TITLES
        .iter()
        .any(|(title, not_before)| calls(text, title, not_before, known, no_names))
}

fn calls(
    text: &str,
    title: &str,
    not_before: &[char],
    known: &Known,
    no_names: Option<&Pattern>,
) -> bool {
    text.match_indices(title).any(|(at, _)| {
        let after = text[at + title.len()..].chars().next();
        if after.is_some_and(|after| not_before.contains(&after)) {
            return false;
        }
        let before: Vec<char> = text[..at].chars().rev().take(NAME).collect();
        let before: String = before.into_iter().rev().collect();
        let Some(called) = called(&before) else {
            return false;
        };
        !known.end(&called) && !no_names.is_some_and(|no_names| no_names.is_surely_in(&called))
    })
}

/// What stands directly before a title and may be a name, without spaces; none
/// where nothing does.
fn called(before: &str) -> Option<String> {
    let letter = |c: char| c.is_alphabetic() || matches!(c, 'ー' | '・' | ' ' | '\u{3000}');
    let kana = |c: char| matches!(c, 'ぁ'..='ゖ');
    let whole = before.trim_end();
    let start = whole.trim_end_matches(letter).len();
    let part: String = whole[start..]
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let last = part.chars().next_back()?;
    if kana(last) {
        // A name in hiragana stands apart; otherwise it is the end of a verb.
        let end = whole.trim_end_matches(kana);
        let length = whole[end.len()..].chars().count();
        let apart = end.is_empty() || end.ends_with([' ', '\u{3000}', '「', '、', '。', '(']);
        return (apart && length >= 2).then_some(part);
    }
    // A single letter of the alphabet stands for somebody who is not named.
    let latin = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let is_initial = part.len() - latin.len() == 1;
    (!is_initial).then_some(part)
}
