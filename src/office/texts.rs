//! The society's own texts that stand on its letters: what the fonts do not
//! show of them, and what only the second font shows.

use std::path::Path;

use serde_json::{Value, json};

use crate::catalogue::{Catalogue, Field, FieldShape, ListShape};
use crate::law::Law;
use crate::mail::{self, MailError};
use crate::text::characters::Characters;
use crate::text::own::{Misprint, misprints, rare_units};

/// A file with texts of the society's own, as a tree of them.
#[derive(Debug, Clone)]
pub(super) struct OwnTexts {
    /// The file, as staff know it.
    pub file: String,
    /// The texts under their keys.
    pub texts: Value,
    /// Whether a text may go over several lines.
    pub lines: bool,
}

/// Keys of the profile that name files and programs' words and are printed
/// nowhere.
const UNPRINTED: [&str; 2] = ["seal_image", "restricted"];

/// The texts of the profile, as it was read.
pub(super) fn of_profile(file: String, profile: &toml::Table) -> OwnTexts {
    let mut printed = profile.clone();
    printed.retain(|key, _| !UNPRINTED.contains(&key));
    OwnTexts {
        file,
        // A table of TOML has nothing JSON could not hold.
        texts: serde_json::to_value(&printed).unwrap_or_default(),
        lines: false,
    }
}

/// What the kinds of letter say on every letter: subjects, labels, choices.
pub(super) fn of_kinds(catalogue: &Catalogue) -> Vec<OwnTexts> {
    let mut all = Vec::new();
    for kind in catalogue.iter() {
        let file = |name: &str| format!("templates/letters/{}/{name}", kind.code);
        let mut outcomes = serde_json::Map::new();
        for outcome in &kind.outcomes {
            outcomes.insert(
                outcome.code.clone(),
                json!({
                    "label": outcome.label,
                    "subject": outcome.subject,
                    "article": outcome.article,
                }),
            );
        }
        all.push(OwnTexts {
            file: file("letter.toml"),
            texts: json!({ "name": kind.name, "outcomes": outcomes }),
            lines: false,
        });
        let mut labels = serde_json::Map::new();
        gather_labels(&kind.fields, &mut labels);
        all.push(OwnTexts {
            file: file("record.schema.json"),
            texts: Value::Object(labels),
            lines: false,
        });
    }
    all
}

fn gather_labels(fields: &[Field], labels: &mut serde_json::Map<String, Value>) {
    for field in fields {
        match &field.shape {
            FieldShape::Choice(choices) | FieldShape::List(ListShape::Choices(choices)) => {
                let own: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
                labels.insert(field.name.clone(), json!(own));
            }
            FieldShape::List(ListShape::Rows(parts)) => gather_labels(parts, labels),
            FieldShape::Text { .. }
            | FieldShape::Date
            | FieldShape::Integer
            | FieldShape::List(ListShape::Texts) => {}
        }
    }
}

/// What letters quote of the law.
pub(super) fn of_law(law: &Law) -> OwnTexts {
    let grounds = law.grounds().map(|ground| {
        let quoted = json!({ "citation": ground.citation, "wording": ground.wording });
        (ground.code.clone(), quoted)
    });
    OwnTexts {
        file: "templates/law/appi.toml".to_owned(),
        texts: json!({ "grounds": Value::Object(grounds.collect()) }),
        lines: true,
    }
}

/// What mails say beside the letter.
///
/// # Errors
/// When a template of mails cannot be read.
pub(super) fn of_mails(templates: &Path) -> Result<Vec<OwnTexts>, MailError> {
    let sources = mail::sources(&templates.join("mail"))?.into_iter();
    Ok(sources
        .map(|(name, source)| {
            let printed = mail::without_remarks(&source);
            let lines = (1..).zip(printed.lines());
            OwnTexts {
                file: format!("templates/mail/{name}"),
                texts: lines
                    .map(|(place, line)| {
                        (
                            format!("{place}行目"),
                            Value::String(line.replace('\t', " ")),
                        )
                    })
                    .collect(),
                lines: false,
            }
        })
        .collect())
}

/// Every character of these texts that no font shows.
pub(super) fn unshown(texts: &[OwnTexts], characters: &Characters) -> Vec<Misprint> {
    let found = texts
        .iter()
        .flat_map(|own| misprints(&own.file, &own.texts, own.lines, characters));
    found.collect()
}

/// What of these texts only the second font shows.
pub(super) fn rare(texts: &[OwnTexts], characters: &Characters) -> Vec<String> {
    rare_units(texts.iter().map(|own| &own.texts), characters)
}
