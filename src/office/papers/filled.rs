//! A form with what a request tells in its fields.

use serde_json::{Map, Value};

use super::told::told;
use super::written::{Choice, Choose, Entry, Field, Notes, Words, Written};
use crate::domain::{
    OfficeField, PaperBox, PaperChoice, PaperEntry, PaperField, PaperNotes, PaperOption, PaperPart,
    PaperSheet, Society,
};

/// Between the parts of an address in one line.
const BETWEEN: &str = "　";

/// What stands on the form.
pub(super) fn sheet(
    title: &str,
    written: &Written,
    society: &Society,
    request: Option<&Map<String, Value>>,
) -> PaperSheet {
    let words = &written.words;
    let known = Known(request.map(told).unwrap_or_default());
    let parts = written.parts.iter().map(|part| PaperPart {
        title: part.title.clone(),
        fields: part
            .fields
            .iter()
            .map(|field| known.field(field, words))
            .collect(),
    });
    let office = written.office.iter().map(|field| OfficeField {
        title: field.title.clone(),
        value: field.says.as_deref().and_then(|name| known.text(name)),
    });
    PaperSheet {
        title: title.to_owned(),
        society: society.name.clone(),
        addressee: addressee(society),
        date_title: words.date.clone(),
        day: words.day.clone(),
        opening: written.opening.clone(),
        parts: parts.collect(),
        notes: written.notes.as_ref().map(|notes| noted(notes, words)),
        hand_in: hand_in(society, words),
        office: office.collect(),
        typing: words.typing.clone(),
        by_hand: words.by_hand.clone(),
    }
}

fn addressee(society: &Society) -> String {
    let name = society.representative_name.as_ref();
    let name = name.map_or(String::new(), |name| format!("{name}{BETWEEN}"));
    format!(
        "{}{BETWEEN}{}{BETWEEN}{name}様",
        society.name, society.representative_title
    )
}

fn noted(notes: &Notes, words: &Words) -> PaperNotes {
    let title = notes.title.as_ref().unwrap_or(&words.notes);
    let sheet = &words.notes;
    let told = |words: &String| {
        let told = || words.replace("{notes}", title).replace("{sheet}", sheet);
        notes.overleaf.then(told)
    };
    PaperNotes {
        title: title.clone(),
        sheet: sheet.clone(),
        overleaf: told(&words.overleaf),
        on_sheet: told(&words.on_sheet),
        items: notes.items.clone(),
    }
}

fn hand_in(society: &Society, words: &Words) -> PaperBox {
    let contact = &society.contact;
    let hours = contact.hours.as_ref();
    let hours = hours.map_or(String::new(), |hours| format!("（{hours}）"));
    PaperBox {
        title: words.hand_in.clone(),
        lines: vec![
            format!("{}{}", society.name, words.ways),
            format!(
                "〒{}　{}　{}　{}{hours}",
                society.postal_code,
                society.address.concat(),
                words.telephone,
                contact.telephone
            ),
        ],
    }
}

/// What may be told of a request.
struct Known(Map<String, Value>);

impl Known {
    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).and_then(Value::as_str).map(str::to_owned)
    }

    /// Whether the field of this name has the code.
    fn says(&self, name: &str, code: &str) -> bool {
        match self.0.get(name) {
            Some(Value::String(said)) => said == code,
            Some(Value::Array(said)) => said.iter().any(|said| said == code),
            _ => false,
        }
    }

    fn field(&self, field: &Field, words: &Words) -> PaperField {
        let meant = field.only_for.is_empty()
            || field
                .only_for
                .iter()
                .any(|role| self.says("requester_role", role.as_str()));
        let said: Vec<String> = field
            .says
            .iter()
            .filter(|_| meant)
            .filter_map(|name| self.text(name))
            .collect();
        let said = (!said.is_empty()).then(|| said.join(BETWEEN));
        PaperField {
            title: field.title.clone(),
            height: field.height(),
            hint: field.hint.clone(),
            top: field.top,
            by_hand: field.by_hand,
            entry: self.entry(field, words, said),
        }
    }

    fn entry(&self, field: &Field, words: &Words, said: Option<String>) -> PaperEntry {
        if let Some(choose) = field.choose {
            return PaperEntry::Choice(PaperChoice {
                exclusive: choose == Choose::One,
                apart: field.apart,
                options: self.options(&field.options, field.of.as_deref()),
            });
        }
        if !field.lines.is_empty() {
            return PaperEntry::Lines {
                lines: field.lines.clone(),
            };
        }
        let after = field.after.as_deref().unwrap_or_default();
        match (field.entry, said) {
            (Entry::Address, said) => PaperEntry::Address {
                postal_code: field
                    .postal_code
                    .as_deref()
                    .and_then(|name| self.text(name))
                    .map_or_else(|| words.postal_code.clone(), |code| hyphened(&code)),
                address: said,
            },
            (Entry::Day, None) => PaperEntry::Lines {
                lines: vec![format!("{}{after}", words.day)],
            },
            (Entry::Birth, None) => PaperEntry::Lines {
                lines: vec![format!("{}{after}", words.birth)],
            },
            (_, value) => PaperEntry::Text { value },
        }
    }

    fn options(&self, options: &[Choice], of: Option<&str>) -> Vec<PaperOption> {
        let ticked = |code: &str| of.is_some_and(|of| self.says(of, code));
        options
            .iter()
            .map(|option| PaperOption {
                title: option.title.clone(),
                ticked: option.code.as_deref().is_some_and(ticked),
                write: option.write.clone(),
                below: option.below,
                options: self.options(&option.options, of),
            })
            .collect()
    }
}

/// A postal code with its hyphen; anything else as it stands.
fn hyphened(code: &str) -> String {
    match (code.len(), code.bytes().all(|byte| byte.is_ascii_digit())) {
        (7, true) => format!("{}-{}", &code[..3], &code[3..]),
        _ => code.to_owned(),
    }
}
