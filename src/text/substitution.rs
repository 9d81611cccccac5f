//! What the society prints in names instead of characters it does not use.
//!
//! Many societies write names in the characters of JIS levels 1 and 2 and
//! tell the persons concerned. The map says, character by character, what is
//! printed instead. The record is not touched: both forms are kept, and
//! nothing is replaced that the map does not name.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use unicode_segmentation::UnicodeSegmentation;

use super::unshowable::{PLACEHOLDERS, Reason, Unshowable, code_points};
use crate::files::text_at;
use crate::hash::Sha256;

/// The society's map, checked.
pub struct Substitutions {
    printed: HashMap<String, String>,
    sha256: String,
}

/// Why the map cannot be used. The text is for staff, in Japanese.
#[derive(Debug, thiserror::Error)]
pub enum SubstitutionError {
    /// The file cannot be read.
    #[error("{} を読めません({source})。氏名の文字を置き換えるときは、このファイルが必要です。", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not of the map's form.
    #[error("{}：{problem}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Entries that cannot be used, all of them.
    #[error("{} に誤りがあります。\n{}", path.display(), .problems.join("\n"))]
    Entries {
        /// The file.
        path: PathBuf,
        /// A sentence an entry.
        problems: Vec<String>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapToml {
    #[serde(default)]
    replace: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    from: String,
    to: String,
    /// For the staff who keep the map; the program does not read it.
    #[serde(default, rename = "note")]
    _note: String,
}

impl Substitutions {
    /// Reads the map and holds it against the fonts: `check` says of a text
    /// which of its characters they cannot show.
    ///
    /// # Errors
    /// When the file cannot be read, has unknown keys or no entry, or when an
    /// entry replaces anything but one character, is there twice, is part of
    /// a chain, or leads to what no font shows.
    pub fn read(
        path: &Path,
        check: impl Fn(&str) -> Vec<Unshowable>,
    ) -> Result<Self, SubstitutionError> {
        let text = text_at(path).map_err(|error| SubstitutionError::Unreadable {
            path: path.to_owned(),
            source: error.into(),
        })?;
        let form = |problem: String| SubstitutionError::Form {
            path: path.to_owned(),
            problem,
        };
        let map: MapToml = toml::from_str(&text).map_err(|error| form(error.to_string()))?;
        if map.replace.is_empty() {
            return Err(form(
                "置き換える文字が1つもありません。[[replace]] に from と to を書くか、profile.toml の policy を as-registered にしてください。"
                    .to_owned(),
            ));
        }
        let problems = problems(&map.replace, check);
        if !problems.is_empty() {
            return Err(SubstitutionError::Entries {
                path: path.to_owned(),
                problems,
            });
        }
        let pair = |entry: Entry| (entry.from, entry.to);
        Ok(Substitutions {
            printed: map.replace.into_iter().map(pair).collect(),
            sha256: Sha256::of(text.as_bytes()).to_string(),
        })
    }

    /// SHA-256 of the map's file, in hexadecimal: its version.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The text as it is printed. A character with a selector is another
    /// character than without.
    pub fn apply<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text
            .graphemes(true)
            .any(|unit| self.printed.contains_key(unit))
        {
            return Cow::Borrowed(text);
        }
        let printed = text
            .graphemes(true)
            .map(|unit| self.printed.get(unit).map_or(unit, String::as_str));
        Cow::Owned(printed.collect())
    }
}

fn problems(entries: &[Entry], check: impl Fn(&str) -> Vec<Unshowable>) -> Vec<String> {
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    let sources: HashSet<&str> = entries.iter().map(|entry| entry.from.as_str()).collect();
    for (place, entry) in (1..).zip(entries) {
        let Entry { from, to, .. } = entry;
        let mut wrong = |problem: &str| {
            problems.push(format!(
                "  {place}番目の「{from}」({})：{problem}",
                code_points(from)
            ));
        };
        if from.graphemes(true).count() != 1 {
            wrong(
                "from には、置き換える文字を1つだけ書いてください(字形の指定を含めて1文字と数えます)。",
            );
        } else if check(from)
            .iter()
            .any(|refused| !is_registrable(refused.reason))
        {
            wrong("この文字は氏名の欄で受け付けないため、from に書けません。");
        }
        if !seen.insert(from) {
            wrong("2度書かれています。1つにしてください。");
        }
        if from == to {
            wrong("from と to が同じです。この行を消してください。");
        } else if to.trim() != to || to.is_empty() {
            wrong("to が空か、前後に空白があります。印刷する文字を書いてください。");
        } else if to.graphemes(true).any(|unit| sources.contains(unit)) {
            wrong("to の文字が、ほかの行で置き換えられています。to に最後の形を書いてください。");
        }
        if to.contains(PLACEHOLDERS) {
            wrong("to に ● 〓 □ ■ ? は書けません。");
        }
        for refused in check(to) {
            wrong(&format!("to を印刷できません。{}", refused.problem()));
        }
    }
    problems
}

/// Whether a character a font cannot show may still stand in a record.
fn is_registrable(reason: Reason) -> bool {
    match reason {
        Reason::NoGlyph | Reason::NoVariant => true,
        Reason::LoneSelector
        | Reason::LoneMark
        | Reason::LooseMark
        | Reason::Control
        | Reason::Invisible
        | Reason::PrivateUse
        | Reason::Noncharacter
        | Reason::Replacement => false,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::characters::Characters;
    use super::*;

    fn read(map: &str) -> Result<Substitutions, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("substitutions.toml");
        fs::write(&path, map).unwrap();
        let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
        let fonts = [
            ("BIZ UDMincho", fonts.join("BIZUDMincho-Regular.ttf")),
            ("IPAmjMincho", fonts.join("ipamjm.ttf")),
        ];
        let characters = Characters::open(&fonts).unwrap();
        let check = |text: &str| characters.check(text).err().unwrap_or_default();
        Substitutions::read(&path, check).map_err(|error| error.to_string())
    }

    fn entry(from: &str, to: &str) -> String {
        format!("[[replace]]\nfrom = \"{from}\"\nto = \"{to}\"\n")
    }

    #[test]
    fn whole_characters_are_replaced_and_nothing_else() {
        let map = entry("髙", "高") + &entry("葛\u{E0100}", "葛") + &entry("한", "ハン");
        let map = read(&map).unwrap();
        for (given, printed) in [
            ("髙橋 한", "高橋 ハン"),
            ("葛\u{E0100}葛\u{E0101}葛", "葛葛\u{E0101}葛"),
            ("髙\u{E0100}", "髙\u{E0100}"),
            ("\u{FA10}高", "\u{FA10}高"),
        ] {
            assert_eq!(map.apply(given), printed);
        }
        assert_eq!(map.sha256().len(), 64);
    }

    #[test]
    fn a_map_that_would_surprise_is_refused() {
        for (map, words) in [
            (String::new(), "1つもありません"),
            (
                entry("髙", "高") + "because = \"x\"",
                "unknown field `because`",
            ),
            (entry("髙橋", "高"), "1つだけ"),
            (entry("", "高"), "1つだけ"),
            (entry("髙", ""), "to が空か"),
            (entry("髙", " 高"), "前後に空白"),
            (entry("髙", "髙"), "同じです"),
            (entry("髙", "高") + &entry("髙", "タカ"), "2度"),
            (entry("髙", "崎") + &entry("崎", "﨑"), "ほかの行"),
            (entry("髙", "한"), "印刷できません"),
            (entry("髙", "●"), "書けません"),
            (entry("\u{E000}", "高"), "受け付けない"),
        ] {
            match read(&map) {
                Ok(_) => panic!("accepted: {map}"),
                Err(error) => assert!(error.contains(words), "{words} is not in: {error}"),
            }
        }
        let both = read(&(entry("髙橋", "高") + &entry("髙", "")))
            .err()
            .unwrap();
        assert!(both.contains("1番目") && both.contains("2番目"), "{both}");
    }
}
