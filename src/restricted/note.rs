//! Notes: what is split off a record, and what is added later.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::catalogue::{Field, FieldShape, Kind, Outcome};
use crate::domain::LetterId;
use crate::law;

/// The restricted fields of one record.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Note(Map<String, Value>);

/// Shows no value.
impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Note(..)")
    }
}

impl Note {
    /// Whether nothing is noted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields by schema name.
    pub fn fields(&self) -> &Map<String, Value> {
        &self.0
    }
}

/// A note with the person who wrote it, which no other record tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// When it was written.
    pub at: String,
    /// Who wrote it.
    pub by: String,
    /// The fields.
    pub note: Note,
}

/// All that is noted of one letter, in the order it was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notes {
    /// The letter's reference: a row put in another's place is found out.
    pub letter: String,
    /// The notes, none of them empty.
    pub entries: Vec<Entry>,
}

impl Notes {
    /// A letter's notes when it is queued.
    pub fn at_intake(letter: LetterId, note: &Note, by: &str, at: &str) -> Self {
        let mut notes = Notes {
            letter: letter.to_string(),
            entries: Vec::new(),
        };
        if !note.is_empty() {
            notes.add(note.clone(), by, at);
        }
        notes
    }

    /// Adds a note.
    pub fn add(&mut self, note: Note, by: &str, at: &str) {
        self.entries.push(Entry {
            at: at.to_owned(),
            by: by.to_owned(),
            note,
        });
    }
}

/// Takes the restricted fields out of a record. What is left is the record of
/// a letter without a note.
pub fn split(kind: &Kind, mut record: Map<String, Value>) -> (Map<String, Value>, Note) {
    let mut note = Map::new();
    for field in kind.fields.iter().filter(|field| field.restricted) {
        // Not `swap_remove`: the order of what is left must not change.
        if let Some(value) = record.shift_remove(&field.name) {
            note.insert(field.name.clone(), value);
        }
    }
    (record, Note(note))
}

/// Reads a note for a letter that is queued already: a JSON object of
/// restricted fields, by schema name or title. It is held against the letter's
/// record as if it had come with it.
///
/// # Errors
/// Everything wrong with it, a Japanese sentence each, quoting no value.
pub fn read_note(
    kind: &Kind,
    outcome: &Outcome,
    record: &Map<String, Value>,
    text: &str,
) -> Result<Note, Vec<String>> {
    let Ok(object) = serde_json::from_str::<Map<String, Value>>(text) else {
        return Err(vec![
            "JSON のオブジェクトとして読めません。{\"restricted_ground\": \"…\", \"restricted_reason\": \"…\"} の形で書いてください。".to_owned(),
        ]);
    };
    let mut problems = Vec::new();
    let mut note = Map::new();
    for (key, value) in object {
        let named = |field: &&Field| field.restricted && (field.name == key || field.title == key);
        match kind.fields.iter().find(named) {
            None => problems.push(
                "非公開の項目ではないものがあります。この種類の非公開の項目だけを書いてください。"
                    .to_owned(),
            ),
            Some(field) if outcome.forbids.contains(&field.name) => problems.push(format!(
                "「{}」：結果区分が「{}」の書簡には書けません。",
                field.title, outcome.label
            )),
            Some(field) if note.contains_key(&field.name) => problems.push(format!(
                "「{}」が2度書かれています。1つにしてください。",
                field.title
            )),
            Some(field) => {
                if let Some(value) = value_of(field, value) {
                    note.insert(field.name.clone(), value);
                }
            }
        }
    }
    let mut whole = record.clone();
    whole.extend(note.clone());
    problems.extend(
        law::check_restricted(kind, &whole)
            .iter()
            .map(|problem| format!("{}{}", problem.problem, problem.remedy)),
    );
    problems.extend(refused_by_schema(kind, Value::Object(whole)));
    if problems.is_empty() && note.is_empty() {
        problems.push("非公開の項目が1つも書かれていません。".to_owned());
    }
    if problems.is_empty() {
        Ok(Note(note))
    } else {
        Err(problems)
    }
}

/// A value as a record has it: choices by code, nothing for an empty text.
fn value_of(field: &Field, value: Value) -> Option<Value> {
    match (value, &field.shape) {
        (Value::Null, _) => None,
        (Value::String(text), _) if text.trim().is_empty() => None,
        (Value::String(text), FieldShape::Choice(choices)) => {
            let typed = text.trim();
            let known = choices.iter().find(|choice| choice.label == typed);
            Some(known.map_or(Value::String(text.clone()), |choice| {
                Value::String(choice.code.clone())
            }))
        }
        (value, _) => Some(value),
    }
}

/// What the schema says against the restricted fields; the rest of the record
/// was checked when it was queued.
fn refused_by_schema(kind: &Kind, whole: Value) -> Vec<String> {
    kind.validator
        .iter_errors(&whole)
        .filter_map(|error| {
            let name = error.instance_path().as_str().strip_prefix('/')?.to_owned();
            let field = kind.field(&name).filter(|field| field.restricted)?;
            let limit = match field.shape {
                FieldShape::Text {
                    max_chars: Some(limit),
                } => format!("{limit}文字以内で書いてください。"),
                _ => String::new(),
            };
            Some(format!(
                "「{}」のままでは受け付けられません(内容は表示しません)。{}{limit}",
                field.title, field.description
            ))
        })
        .collect()
}
