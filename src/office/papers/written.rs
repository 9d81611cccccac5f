//! What stands on a form, as its file says it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::PapersError;
use super::told::TOLD;
use crate::domain::RequesterRole;
use crate::files;

/// What all forms share, below the templates.
const SHARED: &str = "forms/shared.toml";

/// The least and the most height of a field's room, in millimetres.
const HEIGHT: (f64, f64) = (5.0, 200.0);
/// The height of a field whose file says none.
const USUAL_HEIGHT: f64 = 10.5;

/// A form as its file says it, with what all forms share in its place.
#[derive(Debug)]
pub(super) struct Written {
    pub words: Words,
    pub office: Vec<Office>,
    pub opening: String,
    pub parts: Vec<Part>,
    pub notes: Option<Notes>,
}

/// Words that stand on every form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub date: String,
    pub day: String,
    pub birth: String,
    pub postal_code: String,
    pub notes: String,
    pub hand_in: String,
    pub ways: String,
    pub telephone: String,
    pub overleaf: String,
    pub on_sheet: String,
    pub typing: String,
    pub by_hand: String,
}

/// A field the society fills in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Office {
    pub title: String,
    pub says: Option<String>,
}

/// Notes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notes {
    pub title: Option<String>,
    #[serde(default)]
    pub overleaf: bool,
    pub items: Vec<String>,
}

/// Fields that belong together.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    #[serde(rename = "use")]
    shared: Option<String>,
    pub title: Option<String>,
    #[serde(default)]
    pub fields: Vec<Field>,
}

/// A field.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    #[serde(rename = "use")]
    shared: Option<String>,
    #[serde(default)]
    pub title: String,
    height: Option<f64>,
    #[serde(default)]
    pub says: Vec<String>,
    #[serde(default)]
    pub only_for: Vec<RequesterRole>,
    #[serde(default)]
    pub entry: Entry,
    pub postal_code: Option<String>,
    #[serde(default)]
    pub lines: Vec<String>,
    pub after: Option<String>,
    pub hint: Option<String>,
    #[serde(default)]
    pub top: bool,
    #[serde(default)]
    pub by_hand: bool,
    pub choose: Option<Choose>,
    pub of: Option<String>,
    #[serde(default)]
    pub apart: bool,
    #[serde(default)]
    pub options: Vec<Choice>,
}

/// What a field without boxes and lines is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entry {
    #[default]
    Text,
    Day,
    Birth,
    Address,
}

/// How many boxes can be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Choose {
    One,
    Many,
}

/// A box to tick.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    pub code: Option<String>,
    pub title: String,
    pub write: Option<String>,
    #[serde(default)]
    pub below: bool,
    #[serde(default)]
    pub options: Vec<Choice>,
}

impl Field {
    /// The height of its room, in tenths of a millimetre.
    pub(super) fn height(&self) -> u32 {
        let height = self.height.unwrap_or(USUAL_HEIGHT);
        (height.clamp(HEIGHT.0, HEIGHT.1) * 10.0).round() as u32
    }

    /// What is wrong with it.
    fn fault(&self) -> Option<String> {
        let title = self.title.replace('\n', "");
        let told = |name: &&String| !TOLD.contains(&name.as_str());
        let named = self.says.iter().chain(&self.postal_code).chain(&self.of);
        if self.title.is_empty() {
            return Some("title のない欄があります。欄の名前を書いてください。".to_owned());
        }
        if let Some(name) = named.into_iter().find(told) {
            return Some(format!(
                "欄「{title}」の「{name}」は、用紙に記入できる請求の項目ではありません。記入できるのは、{}です。",
                TOLD.join("、")
            ));
        }
        if let Some(height) = self.height
            && !(HEIGHT.0..=HEIGHT.1).contains(&height)
        {
            return Some(format!(
                "欄「{title}」の height は、{}から{}までの数（ミリメートル）で書いてください。",
                HEIGHT.0, HEIGHT.1
            ));
        }
        if self.choose.is_some() == self.options.is_empty() {
            return Some(format!(
                "欄「{title}」の choose と options は、両方を書くか、両方を書かないでください。"
            ));
        }
        None
    }
}

/// What all forms share, as its file says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shared {
    words: Words,
    sentences: BTreeMap<String, String>,
    fields: BTreeMap<String, Field>,
    parts: BTreeMap<String, Part>,
    office: Vec<Office>,
}

/// A form as its own file says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    opening: String,
    parts: Vec<Part>,
    notes: Option<Notes>,
}

impl Written {
    /// Reads the form of this code below the templates.
    pub(super) fn read(templates: &Path, code: &str) -> Result<Self, PapersError> {
        let shared: Shared = read(templates, SHARED)?;
        let file = format!("forms/{code}.toml");
        let mut own: Own = read(templates, &file)?;
        let wrong = |problem: String| PapersError::new(&file, problem);
        for part in &mut own.parts {
            shared.put_part(part).map_err(wrong)?;
            for field in &mut part.fields {
                shared.put_field(field).map_err(wrong)?;
                if let Some(fault) = field.fault() {
                    return Err(wrong(fault));
                }
            }
        }
        if let Some(notes) = &mut own.notes {
            for item in &mut notes.items {
                *item = shared.spelled_out(item).map_err(wrong)?;
            }
        }
        Ok(Written {
            words: shared.words,
            office: shared.office,
            opening: own.opening,
            parts: own.parts,
            notes: own.notes,
        })
    }
}

fn read<T: DeserializeOwned>(templates: &Path, file: &str) -> Result<T, PapersError> {
    let text = files::text_below(templates, file)
        .map_err(|error| PapersError::new(file, error.problem()))?;
    toml::from_str(&text)
        .map_err(|error| PapersError::new(file, crate::config::in_japanese(&error)))
}

impl Shared {
    /// Puts the shared part in the place of its name; a title of the part's own
    /// stays.
    fn put_part(&self, part: &mut Part) -> Result<(), String> {
        let Some(name) = part.shared.take() else {
            return Ok(());
        };
        let shared = self.parts.get(&name).ok_or_else(|| no_such(&name))?;
        let title = part.title.take().or_else(|| shared.title.clone());
        let own = std::mem::take(&mut part.fields);
        *part = shared.clone();
        part.title = title;
        part.fields.extend(own);
        Ok(())
    }

    /// The same of a field; its own title and height stay.
    fn put_field(&self, field: &mut Field) -> Result<(), String> {
        let Some(name) = field.shared.take() else {
            return Ok(());
        };
        let shared = self.fields.get(&name).ok_or_else(|| no_such(&name))?;
        let (title, height) = (std::mem::take(&mut field.title), field.height);
        *field = shared.clone();
        if !title.is_empty() {
            field.title = title;
        }
        field.height = height.or(field.height);
        Ok(())
    }

    /// The text with the shared sentences in the places of their names. A
    /// sentence may name another.
    fn spelled_out(&self, text: &str) -> Result<String, String> {
        let mut text = text.to_owned();
        for _ in 0..=self.sentences.len() {
            let Some((before, rest)) = text.split_once('{') else {
                return Ok(text);
            };
            let (name, after) = rest
                .split_once('}')
                .ok_or_else(|| "「{」に続く「}」がありません。".to_owned())?;
            let sentence = self.sentences.get(name).ok_or_else(|| no_such(name))?;
            text = format!("{before}{sentence}{after}");
        }
        match text.contains('{') {
            true => Err("文の名前が、それ自身の中で使われています。".to_owned()),
            false => Ok(text),
        }
    }
}

fn no_such(name: &str) -> String {
    format!("「{name}」は {SHARED} にありません。名前を確かめてください。")
}
