//! The society's own texts checked against the fonts: the profile, the notice,
//! the wording of letters, law and mails.
//!
//! They pass the same check as records. A letter whose sender is shown
//! in another form than the registered one is as wrong as one whose addressee is.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::characters::Characters;
use super::unshowable::Unshowable;

/// A character of a text of the society's own that cannot be shown, and where
/// it stands. As text it is for staff, in Japanese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misprint {
    /// The file, as staff know it.
    pub file: String,
    /// Where in the file.
    pub key: String,
    /// What is wrong with it.
    pub refused: Unshowable,
}

impl fmt::Display for Misprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (problem, remedy) = (self.refused.problem(), self.refused.own_remedy());
        write!(f, "{} の {}：{problem}{remedy}", self.file, self.key)
    }
}

/// Every character in the texts of `value`, which stands in `file`, that
/// cannot be shown. Where a text may go over several `lines`, a line break is
/// none of them.
pub fn misprints(file: &str, value: &Value, lines: bool, characters: &Characters) -> Vec<Misprint> {
    let mut found = Vec::new();
    walk(value, "", &mut |key, text| {
        let shown = if lines {
            characters.check_lines(text)
        } else {
            characters.check(text)
        };
        found.extend(shown.err().into_iter().flatten().map(|refused| Misprint {
            file: file.to_owned(),
            key: key.to_owned(),
            refused,
        }));
    });
    found
}

/// What in the texts of these values only another font than the first shows,
/// each once, in the order a page has to look for it: a variant before its
/// base.
pub fn rare_units<'a>(
    values: impl IntoIterator<Item = &'a Value>,
    characters: &Characters,
) -> Vec<String> {
    let mut found = BTreeSet::new();
    for value in values {
        walk(value, "", &mut |_, text| {
            found.extend(characters.rare_units(text));
        });
    }
    let mut found: Vec<String> = found.into_iter().collect();
    found.sort_by_key(|unit| std::cmp::Reverse(unit.len()));
    found
}

/// Calls `look` with every text and its key, such as `contact.desk` or
/// `address の2番目`.
fn walk(value: &Value, key: &str, look: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => look(key, text),
        Value::Array(items) => {
            for (place, item) in (1..).zip(items) {
                walk(item, &format!("{key} の{place}番目"), look);
            }
        }
        Value::Object(parts) => {
            for (name, part) in parts {
                let key = match key {
                    "" => name.clone(),
                    key if key.ends_with("番目") => format!("{key} の {name}"),
                    key => format!("{key}.{name}"),
                };
                walk(part, &key, look);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    fn characters(first: &str) -> Characters {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
        let fonts = [("first", first), ("IPAmjMincho", "ipamjm.ttf")];
        Characters::open(&fonts.map(|(family, file)| (family, folder.join(file)))).unwrap()
    }

    #[test]
    fn a_misprint_names_file_key_and_code_point() {
        let characters = characters("BIZUDMincho-Regular.ttf");
        let profile = json!({
            "name": "見本健康保険組合",
            "contact": {"desk": "総務課\u{200B}"},
            "address": ["見本県見本市", "外字\u{E000}"],
            "groups": [{"name": "한"}],
        });
        let found = misprints("profile.toml", &profile, false, &characters);
        let keys: Vec<&str> = found.iter().map(|one| one.key.as_str()).collect();
        let expected = ["contact.desk", "address の2番目", "groups の1番目 の name"];
        assert_eq!(keys, expected);
        let told = found[1].to_string();
        assert!(told.starts_with("profile.toml の address の2番目：外字(U+E000)"));
    }

    #[test]
    fn a_variant_is_looked_for_before_its_base() {
        let characters = characters("BIZUDMincho-Regular.ttf");
        let texts = json!([
            "𠮷岡",
            "葛\u{E0102}城",
            "𠮷\u{E0100}",
            "葛城",
            "葛\u{E0100}"
        ]);
        let found = rare_units([&texts], &characters);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found.last().map(String::as_str), Some("𠮷"));
    }

    /// Headings are set in the Gothic; what the check says of the Mincho must
    /// be true there.
    #[test]
    fn the_gothic_shows_what_the_mincho_shows() {
        let mincho = characters("BIZUDMincho-Regular.ttf");
        for file in ["BIZUDGothic-Regular.ttf", "BIZUDGothic-Bold.ttf"] {
            let gothic = characters(file);
            for base in ('\u{20}'..='\u{2FFFF}').filter(|c| !c.is_control()) {
                for selector in [None, Some('\u{FE00}'), Some('\u{E0100}'), Some('\u{E0101}')] {
                    let unit: String = [Some(base), selector].into_iter().flatten().collect();
                    if mincho.check(&unit) == Ok(crate::text::characters::Shown::Plain) {
                        let shown = gothic.check(&unit);
                        assert_eq!(
                            shown,
                            Ok(crate::text::characters::Shown::Plain),
                            "{file} {unit:?}"
                        );
                    }
                }
            }
        }
    }
}
