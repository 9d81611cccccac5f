//! One field of a record as staff see it: header, explanation, shape.

use serde_json::Value;

use super::asked::{Dating, Says};

/// A field of a record.
#[derive(Debug, Clone)]
pub struct Field {
    /// The schema's own name, for instance `addressee_name`.
    pub name: String,
    /// The Japanese column header, for instance 氏名.
    pub title: String,
    /// What goes in, in Japanese.
    pub description: String,
    /// What the value looks like.
    pub shape: FieldShape,
    /// What the value means to the program, beyond its shape.
    pub role: Option<Role>,
    /// Of a date: where it may lie.
    pub dating: Dating,
    /// Of a text: how much it must say (`x-says`).
    pub says: Option<Says>,
    /// Whether another value makes another letter (`x-subject`): whom or what
    /// the letter is about, beside whom it goes to.
    pub subject: bool,
    /// Whether every record of the kind must have it.
    pub required: bool,
    /// Whether it is taken out of the record at intake and kept encrypted
    /// (`x-restricted`): only the person in charge can read it.
    pub restricted: bool,
}

/// The shape of a value. A sheet's cell is converted by it.
#[derive(Debug, Clone)]
pub enum FieldShape {
    /// Text, kept exactly as it came; `max_chars` counts Unicode scalars.
    Text {
        /// Upper bound, if the schema gives one.
        max_chars: Option<usize>,
    },
    /// A calendar date; `2026-11-01` in a record.
    Date,
    /// A whole number.
    Integer,
    /// One of several codes, each with a Japanese label.
    Choice(Vec<Choice>),
    /// Several values.
    List(ListShape),
}

/// What a list holds. In a sheet a list is one cell with a line an entry.
#[derive(Debug, Clone)]
pub enum ListShape {
    /// Plain texts.
    Texts,
    /// Codes with labels.
    Choices(Vec<Choice>),
    /// Rows of named parts; in a cell the parts stand in this order with a
    /// full-width or ASCII vertical bar between them.
    Rows(Vec<Field>),
}

/// One permitted value of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The code kept in records.
    pub code: String,
    /// The Japanese label, accepted in sheets too.
    pub label: String,
}

/// What a text means, where the program must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A person's or an organisation's name: placeholders are refused, and
    /// it is shown by the society's policy for names.
    Name,
    /// A name shown as it is registered, whatever the policy.
    RegisteredName,
    /// The reading of a name, in full-width katakana.
    Kana,
    /// A postal address, shown by the policy for names.
    Address,
    /// May hold line breaks.
    Multiline,
    /// A mail address.
    Mail,
    /// A code of `templates/law/appi.toml`.
    Ground,
    /// A postal code of seven digits.
    PostalCode,
}

impl Role {
    /// Whether the society's policy for names holds for such a text.
    pub fn follows_name_policy(self) -> bool {
        match self {
            Role::Name | Role::Address => true,
            Role::RegisteredName
            | Role::Kana
            | Role::Multiline
            | Role::Mail
            | Role::Ground
            | Role::PostalCode => false,
        }
    }
}

/// Fields of text that no letter shows, or that hold a number or a name of the
/// office's own.
const NO_OWN_WORDS: [&str; 8] = [
    "record_key",
    "receipt_number",
    "member_key",
    "insured_key",
    "delivery_instruction",
    "household_consent",
    "outcome",
    "case_number",
];

impl Field {
    /// Whether a letter shows words from here that somebody wrote for it.
    pub fn is_own_words(&self) -> bool {
        let is_text = match &self.shape {
            FieldShape::Text { .. } | FieldShape::List(ListShape::Texts) => {
                matches!(self.role, None | Some(Role::Multiline))
            }
            FieldShape::List(ListShape::Rows(parts)) => parts.iter().any(Field::is_own_words),
            FieldShape::Date
            | FieldShape::Integer
            | FieldShape::Choice(_)
            | FieldShape::List(ListShape::Choices(_)) => false,
        };
        is_text && !self.restricted && !NO_OWN_WORDS.contains(&self.name.as_str())
    }

    /// Reads a field from its JSON Schema property.
    ///
    /// # Errors
    /// A Japanese sentence saying what the schema lacks.
    pub(super) fn from_schema(name: &str, schema: &Value, required: bool) -> Result<Self, String> {
        let text = |key: &str| schema.get(key).and_then(Value::as_str);
        let title = text("title")
            .ok_or_else(|| format!("項目「{name}」に title(日本語の見出し)がありません。"))?;
        let role = match text("x-role") {
            None => None,
            Some("name") => Some(Role::Name),
            Some("registered-name") => Some(Role::RegisteredName),
            Some("kana") => Some(Role::Kana),
            Some("address") => Some(Role::Address),
            Some("multiline") => Some(Role::Multiline),
            Some("mail") => Some(Role::Mail),
            Some("ground") => Some(Role::Ground),
            Some("postal-code") => Some(Role::PostalCode),
            Some(other) => {
                return Err(format!("項目「{name}」の x-role「{other}」は使えません。"));
            }
        };
        let shape = match text("type") {
            Some("string") => scalar_shape(name, schema)?,
            Some("integer") => FieldShape::Integer,
            Some("array") => FieldShape::List(list_shape(name, schema)?),
            other => {
                let found = other.unwrap_or("なし");
                return Err(format!(
                    "項目「{name}」の type は string、integer、array のいずれかにしてください(今は{found})。"
                ));
            }
        };
        let restricted = restricted(name, schema, &shape, required)?;
        let is_date = matches!(shape, FieldShape::Date);
        let is_text = matches!(
            shape,
            FieldShape::Text { .. } | FieldShape::List(ListShape::Texts)
        );
        let dating = Dating::read(name, schema, is_date, is_text)?;
        let says = Says::read(name, schema, is_text && role != Some(Role::Ground))?;
        let subject = subject(name, schema, &shape)?;
        Ok(Field {
            name: name.to_owned(),
            title: title.to_owned(),
            description: text("description").unwrap_or_default().to_owned(),
            shape,
            role,
            dating,
            says,
            subject,
            required,
            restricted,
        })
    }
}

/// Reads `x-subject`, which only a text has that everybody may read.
fn subject(name: &str, schema: &Value, shape: &FieldShape) -> Result<bool, String> {
    match (schema.get("x-subject"), shape) {
        (None | Some(Value::Bool(false)), _) => Ok(false),
        (Some(Value::Bool(true)), FieldShape::Text { .. })
            if schema.get("x-restricted").is_none() =>
        {
            Ok(true)
        }
        (Some(Value::Bool(true)), _) => Err(format!(
            "x-subject は、type が string の項目(日付、選択、x-restricted の項目を除く)にだけ付けられます(項目「{name}」)。"
        )),
        (Some(_), _) => Err(format!(
            "項目「{name}」の x-subject には true か false を書いてください。"
        )),
    }
}

/// Reads `x-restricted`. A restricted field is a short text, so that a note of
/// all of them fits the one size every note has; and it is never required, for
/// then its being there would say nothing and its absence everything.
fn restricted(
    name: &str,
    schema: &Value,
    shape: &FieldShape,
    required: bool,
) -> Result<bool, String> {
    match schema.get("x-restricted") {
        None | Some(Value::Bool(false)) => return Ok(false),
        Some(Value::Bool(true)) => {}
        Some(_) => {
            return Err(format!(
                "項目「{name}」の x-restricted には true か false を書いてください。"
            ));
        }
    }
    match shape {
        _ if required => Err(format!(
            "x-restricted の項目「{name}」は、required にできません。"
        )),
        FieldShape::Choice(_) | FieldShape::Text { max_chars: Some(_) } => Ok(true),
        FieldShape::Text { max_chars: None } => Err(format!(
            "x-restricted の項目「{name}」には maxLength を書いてください。"
        )),
        FieldShape::Date | FieldShape::Integer | FieldShape::List(_) => Err(format!(
            "x-restricted は、type が string の項目(日付を除く)にだけ付けられます(項目「{name}」)。"
        )),
    }
}

fn scalar_shape(name: &str, schema: &Value) -> Result<FieldShape, String> {
    if schema.get("format").and_then(Value::as_str) == Some("date") {
        return Ok(FieldShape::Date);
    }
    if schema.get("enum").is_some() {
        return Ok(FieldShape::Choice(choices(name, schema)?));
    }
    let max_chars = schema
        .get("maxLength")
        .and_then(Value::as_u64)
        .and_then(|n| usize::try_from(n).ok());
    Ok(FieldShape::Text { max_chars })
}

fn choices(name: &str, schema: &Value) -> Result<Vec<Choice>, String> {
    let codes = strings(schema.get("enum"))
        .ok_or_else(|| format!("項目「{name}」の enum は文字列の並びにしてください。"))?;
    let labels = match schema.get("x-labels") {
        None => codes.clone(),
        labels => strings(labels)
            .filter(|labels| labels.len() == codes.len())
            .ok_or_else(|| {
                format!("項目「{name}」の x-labels は enum と同じ数の文字列にしてください。")
            })?,
    };
    let pair = |(code, label)| Choice { code, label };
    Ok(codes.into_iter().zip(labels).map(pair).collect())
}

fn list_shape(name: &str, schema: &Value) -> Result<ListShape, String> {
    let items = schema
        .get("items")
        .ok_or_else(|| format!("項目「{name}」に items がありません。"))?;
    match items.get("type").and_then(Value::as_str) {
        Some("string") if items.get("enum").is_some() => {
            Ok(ListShape::Choices(choices(name, items)?))
        }
        Some("string") => Ok(ListShape::Texts),
        Some("object") => {
            let parts = fields_of(items)?;
            if let Some(part) = parts.iter().find(|part| !part.dating.not_before.is_empty()) {
                return Err(format!(
                    "項目「{name}」の中の「{}」に x-not-before は付けられません。",
                    part.name
                ));
            }
            if let Some(part) = parts.iter().find(|part| part.subject) {
                return Err(format!(
                    "項目「{name}」の中の「{}」に x-subject は付けられません。",
                    part.name
                ));
            }
            match parts.iter().find(|part| part.restricted) {
                None => Ok(ListShape::Rows(parts)),
                Some(part) => Err(format!(
                    "項目「{name}」の中の「{}」に x-restricted は付けられません。表の外の項目にしてください。",
                    part.name
                )),
            }
        }
        _ => Err(format!(
            "項目「{name}」の items は string か object にしてください。"
        )),
    }
}

fn strings(value: Option<&Value>) -> Option<Vec<String>> {
    value?
        .as_array()?
        .iter()
        .map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// Reads the fields of an object schema in the order of its `properties`.
pub(super) fn fields_of(schema: &Value) -> Result<Vec<Field>, String> {
    let required = strings(schema.get("required")).unwrap_or_default();
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
        return Ok(Vec::new());
    };
    properties
        .iter()
        .map(|(name, property)| Field::from_schema(name, property, required.contains(name)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(schema: Value, required: bool) -> Result<bool, String> {
        Field::from_schema("f", &schema, required).map(|field| field.restricted)
    }

    #[test]
    fn only_short_optional_texts_outside_of_tables_are_restricted() {
        let text = json!({"title": "t", "type": "string", "maxLength": 9, "x-restricted": true});
        let choice = json!({"title": "t", "type": "string", "enum": ["a"], "x-restricted": true});
        assert_eq!(read(text.clone(), false), Ok(true));
        assert_eq!(read(choice, false), Ok(true));
        let plain = json!({"title": "t", "type": "string", "maxLength": 9});
        assert_eq!(read(plain, true), Ok(false));

        assert!(read(text.clone(), true).is_err());
        for refused in [
            json!({"title": "t", "type": "string", "x-restricted": true}),
            json!({"title": "t", "type": "string", "maxLength": 9, "x-restricted": "yes"}),
            json!({"title": "t", "type": "string", "format": "date", "x-restricted": true}),
            json!({"title": "t", "type": "integer", "x-restricted": true}),
            json!({"title": "t", "type": "array", "items": {"type": "string"}, "x-restricted": true}),
            json!({"title": "t", "type": "array", "items": {
                "type": "object", "properties": {"p": text},
            }}),
        ] {
            assert!(read(refused.clone(), false).is_err(), "{refused}");
        }
    }
}
