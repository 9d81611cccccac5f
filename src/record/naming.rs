//! What a letter shows otherwise than the record has it: characters of names
//! and addresses the society replaces, and variants shown by the glyph of
//! their other spelling. It is kept with the letter's data, so that both forms
//! stay known.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::catalogue::{Field, FieldShape, Kind, ListShape, Role};
use crate::text::characters::{Characters, Shown};

/// How one letter's names differ from its record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Naming {
    /// Version of the society's map: the SHA-256 of its file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map_sha256: Option<String>,
    /// Names and addresses with replaced characters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Replaced>,
    /// Variants shown by the glyph of their other spelling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_spelling: Vec<Replaced>,
    /// Whether a name needs another font than the rest of the letter. It is
    /// told to staff who try a file and is not kept.
    #[serde(skip)]
    pub rare: bool,
}

/// A text as the record has it and as the letter shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The field's schema name.
    pub field: String,
    /// What staff call the place, in Japanese.
    pub title: String,
    /// As it came.
    pub given: String,
    /// As it is shown.
    pub shown: String,
}

impl Naming {
    /// How a record is shown; nothing where it is shown as it came.
    pub fn of(kind: &Kind, record: &Map<String, Value>, characters: &Characters) -> Self {
        let mut naming = Naming::default();
        for field in &kind.fields {
            if let Some(value) = record.get(&field.name) {
                naming.look(field, &field.title, value, characters);
            }
        }
        if !naming.replaced.is_empty() {
            let map = characters.substitutions();
            naming.map_sha256 = map.map(|map| map.sha256().to_owned());
        }
        naming
    }

    /// Whether the letter shows everything as it came.
    pub fn is_plain(&self) -> bool {
        self.replaced.is_empty() && self.other_spelling.is_empty()
    }

    /// The addressee's name as the letter shows it, if not as it came.
    pub fn addressee_name(&self) -> Option<&str> {
        let is_addressee = |replaced: &&Replaced| replaced.field == "addressee_name";
        self.replaced
            .iter()
            .find(is_addressee)
            .map(|replaced| replaced.shown.as_str())
    }

    /// What is kept in a letter's data.
    ///
    /// # Errors
    /// When the data are not a letter's.
    pub fn kept_in(data: &[u8]) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Data {
            #[serde(default)]
            naming: Naming,
        }
        serde_json::from_slice(data).map(|data: Data| data.naming)
    }

    fn look(&mut self, field: &Field, title: &str, value: &Value, characters: &Characters) {
        match (&field.shape, value) {
            (FieldShape::Text { .. } | FieldShape::List(ListShape::Texts), Value::String(text)) => {
                self.look_at_text(field, title, text, characters);
            }
            (FieldShape::List(ListShape::Texts), Value::Array(items)) => {
                for (place, item) in (1..).zip(items) {
                    self.look(field, &format!("{title}の{place}件目"), item, characters);
                }
            }
            (FieldShape::List(ListShape::Rows(parts)), Value::Array(rows)) => {
                for (place, row) in (1..).zip(rows) {
                    for part in parts {
                        if let Some(value) = row.get(&part.name) {
                            let title = format!("{title}の{place}件目の{}", part.title);
                            self.look(part, &title, value, characters);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn look_at_text(&mut self, field: &Field, title: &str, text: &str, characters: &Characters) {
        let replaced = |given: &str, shown: &str| Replaced {
            field: field.name.clone(),
            title: title.to_owned(),
            given: given.to_owned(),
            shown: shown.to_owned(),
        };
        let shown = shown_text(field, text, characters);
        if shown != text {
            self.replaced.push(replaced(text, &shown));
        }
        let is_name = matches!(field.role, Some(Role::Name | Role::RegisteredName));
        if is_name && matches!(characters.check(&shown), Ok(Shown::Runs(_))) {
            self.rare = true;
        }
        for stand_in in characters.stand_ins(&shown) {
            self.other_spelling
                .push(replaced(&stand_in.given, &stand_in.shown));
        }
    }
}

/// A text of a record in the form a letter shows.
pub(super) fn shown_text<'t>(
    field: &Field,
    text: &'t str,
    characters: &Characters,
) -> Cow<'t, str> {
    match field.role {
        Some(role) if role.follows_name_policy() => characters.shown_name(text),
        _ => Cow::Borrowed(text),
    }
}
