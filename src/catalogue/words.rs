//! Words of a kind or a form that staff read: nothing in them steers a terminal.

use serde_json::Value;

use crate::domain::{in_one_line, is_control, is_invisible};

/// What is looked for in records and shown to nobody.
const PATTERNS: [&str; 4] = ["pattern", "contains", "lacks", "except"];

/// Sentences that may go over several lines.
const SENTENCES: [&str; 3] = ["description", "problem", "remedy"];

/// Words of a kind or a form are shown to staff, on paper and on terminals:
/// nothing in them may steer a terminal, forge a line or stay unseen.
pub(super) fn check_words(value: &Value) -> Result<(), String> {
    check_words_of("", value)
}

fn check_words_of(key: &str, value: &Value) -> Result<(), String> {
    match value {
        Value::String(text) => check_word(text, SENTENCES.contains(&key)),
        Value::Array(parts) => parts.iter().try_for_each(|part| check_words_of(key, part)),
        Value::Object(parts) => parts
            .iter()
            .filter(|(name, _)| !PATTERNS.contains(&name.as_str()))
            .try_for_each(|(name, part)| {
                check_word(name, false)?;
                check_words_of(name, part)
            }),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn check_word(text: &str, lines: bool) -> Result<(), String> {
    let unfit = |c: &char| (is_control(*c) || is_invisible(*c)) && !(lines && *c == '\n');
    match text.chars().find(unfit) {
        None => Ok(()),
        Some(c) => Err(format!(
            "「{}」に、目に見えない文字か改行などの制御文字(U+{:04X})が入っています。その文字を消してください。",
            in_one_line(text, 40),
            u32::from(c)
        )),
    }
}
