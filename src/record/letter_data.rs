//! What a template sees: a record turned into `/data.json`, the society into
//! `/society.json`.

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::naming::{Naming, shown_text};
use crate::catalogue::{Choice, Field, FieldShape, Kind, ListShape, Outcome, Role};
use crate::domain::{Contact, PANEL_HEIGHT, SealMode, Society, Window};
use crate::law::Law;
use crate::text::barcode;
use crate::text::characters::{Characters, Shown};
use crate::text::era;

/// What a letter has beside its record.
#[derive(Debug, Clone)]
pub struct LetterHead {
    /// Reference for staff; also the document's stable identity.
    pub id: String,
    /// Document number; none in a preview.
    pub number: Option<String>,
    /// Date printed on the letter.
    pub issue_date: NaiveDate,
}

/// Virtual path of the seal's image, from its file name in the society's
/// folder.
pub fn seal_path(file: &str) -> String {
    let ending = file.rsplit('.').next().unwrap_or("png");
    format!("/society/seal.{ending}")
}

/// The society as templates see it; `rare` is what only the second font shows
/// in texts of its own.
pub fn society_data(society: &Society, rare: &[String]) -> Value {
    let seal_image = match (society.seal_mode, &society.seal_image) {
        (SealMode::Image, Some(file)) => json!(seal_path(file)),
        (SealMode::Image | SealMode::Omitted, _) => Value::Null,
    };
    json!({
        "name": society.name,
        "representative_title": society.representative_title,
        "representative_name": society.representative_name,
        "postal_code": society.postal_code,
        "address": society.address,
        "telephone": society.telephone,
        "website": society.website,
        "privacy_page": society.privacy_page,
        "seal_mode": society.seal_mode.as_str(),
        "seal_image": seal_image,
        "envelope": envelope_data(&society.envelope),
        "contact": contact_data(&society.contact),
        "complaint": contact_data(&society.complaint),
        "refusals": {
            "suit": society.refusals.suit,
            "desks": society.refusals.desks,
        },
        "identity_copies": society.identity_papers.discard_copies.then_some("discarded"),
        "rare": rare,
    })
}

/// The window as templates see it, in millimetres of the sheet.
fn envelope_data(window: &Window) -> Value {
    json!({
        "left": window.left_mm,
        "top": window.top_mm,
        "width": window.width_mm,
        "height": window.height_mm,
        "play": window.play_mm,
        "panel": PANEL_HEIGHT,
        "fold_marks": window.fold_marks,
        "barcode": window.barcode,
    })
}

/// The bars under the address, from the addressee's fields as they came.
fn addressee_barcode(record: &Map<String, Value>) -> Option<String> {
    let text = |name: &str| record.get(name).and_then(Value::as_str);
    barcode::bars(
        text("addressee_postal_code")?,
        text("addressee_address")?,
        text("addressee_building"),
    )
}

fn contact_data(contact: &Contact) -> Value {
    let mut data = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            data.insert(key.to_owned(), value);
        }
    };
    put("desk", Some(json!(contact.desk)));
    put("telephone", Some(json!(contact.telephone)));
    put("hours", contact.hours.as_ref().map(|hours| json!(hours)));
    put("mail", contact.mail.as_ref().map(|mail| json!(mail)));
    put(
        "postal_code",
        contact.postal_code.as_ref().map(|c| json!(c)),
    );
    put(
        "address",
        contact.address.as_ref().map(|lines| json!(lines)),
    );
    Value::Object(data)
}

/// The data of one letter.
///
/// Every text is given with its fonts: a string where the first font shows
/// it, else runs that name the font of each part. What is shown otherwise
/// than the record has it is in `naming` in both forms.
pub fn letter_data(
    kind: &Kind,
    outcome: &Outcome,
    record: &Map<String, Value>,
    head: &LetterHead,
    law: &Law,
    characters: &Characters,
) -> Value {
    let view = View { law, characters };
    let mut grounds = Vec::new();
    if let Some(codes) = record.get("grounds").and_then(Value::as_array) {
        grounds.extend(
            codes
                .iter()
                .filter_map(Value::as_str)
                .map(|code| law.for_template(code)),
        );
    }
    let mut data = json!({
        "letter": {
            "id": head.id,
            "kind": kind.code,
            "outcome": outcome.code,
            "outcome_label": outcome.label,
            "subject": outcome.subject,
            "article": outcome.article,
            "confidential": kind.confidential,
            "number": head.number,
            "issue_date": head.issue_date.format("%Y-%m-%d").to_string(),
            "issue_date_ja": era(head.issue_date),
            "barcode": addressee_barcode(record),
        },
        "record": view.fields(&kind.fields, record),
        "grounds": grounds,
    });
    let naming = Naming::of(kind, record, characters);
    if !naming.is_plain()
        && let Some(data) = data.as_object_mut()
    {
        data.insert("naming".to_owned(), json!(naming));
    }
    data
}

fn era(date: NaiveDate) -> String {
    era::write(date).unwrap_or_else(|| date.format("%Y年%-m月%-d日").to_string())
}

struct View<'a> {
    law: &'a Law,
    characters: &'a Characters,
}

impl View<'_> {
    fn fields(&self, fields: &[Field], record: &Map<String, Value>) -> Value {
        let mut shown = Map::new();
        // Reception has taken restricted fields out; a record that came
        // another way must not bring them onto a page.
        for field in fields.iter().filter(|field| !field.restricted) {
            if let Some(value) = record.get(&field.name) {
                shown.insert(field.name.clone(), self.value(field, value));
            }
        }
        Value::Object(shown)
    }

    fn value(&self, field: &Field, value: &Value) -> Value {
        if field.role == Some(Role::Ground) {
            return match value {
                Value::Array(codes) => codes.iter().map(|code| self.ground(code)).collect(),
                code => self.ground(code),
            };
        }
        match &field.shape {
            FieldShape::Text { .. } => self.text(field, value),
            FieldShape::Date => date(value),
            FieldShape::Integer => value.clone(),
            FieldShape::Choice(choices) => choice(choices, value),
            FieldShape::List(shape) => {
                let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
                items
                    .iter()
                    .map(|item| self.item(field, shape, item))
                    .collect()
            }
        }
    }

    fn item(&self, field: &Field, shape: &ListShape, item: &Value) -> Value {
        match shape {
            ListShape::Texts => self.text(field, item),
            ListShape::Choices(choices) => choice(choices, item),
            ListShape::Rows(parts) => match item.as_object() {
                Some(row) => self.fields(parts, row),
                None => Value::Null,
            },
        }
    }

    fn ground(&self, code: &Value) -> Value {
        self.law.for_template(code.as_str().unwrap_or_default())
    }

    fn text(&self, field: &Field, value: &Value) -> Value {
        let Some(text) = value.as_str() else {
            return value.clone();
        };
        let text = shown_text(field, text, self.characters);
        // A line break is layout and has no font; every line is shown by
        // itself and the breaks are put back.
        match self.characters.check_lines(&text) {
            Ok(Shown::Plain) => json!(text),
            Ok(Shown::Runs(runs)) => {
                let runs: Vec<Value> = runs
                    .into_iter()
                    .map(|run| json!({"font": self.characters.family(run.font), "text": run.text}))
                    .collect();
                json!({ "runs": runs })
            }
            // Intake has refused such a text; if fonts were taken away since,
            // the engine refuses the missing glyph and the letter is parked.
            Err(_) => json!(text),
        }
    }
}

fn date(value: &Value) -> Value {
    let parsed = value
        .as_str()
        .and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
    match parsed {
        Some(date) => json!({"iso": value, "ja": era(date)}),
        None => value.clone(),
    }
}

fn choice(choices: &[Choice], value: &Value) -> Value {
    let code = value.as_str().unwrap_or_default();
    let label = choices
        .iter()
        .find(|choice| choice.code == code)
        .map_or(code, |choice| choice.label.as_str());
    json!({"code": code, "label": label})
}
