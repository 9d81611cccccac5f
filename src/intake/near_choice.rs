//! What somebody may have meant who wrote a word that is no choice.

use super::typed::SEPARATORS;
use crate::catalogue::{Choice, Typing};

/// A sentence to stand before the choices there are; empty where nothing can
/// be said.
pub(super) fn hint(choices: &[Choice], typing: &Typing, typed: &str, in_list: bool) -> String {
    let parts: Vec<&str> = typed
        .split(SEPARATORS)
        .filter(|part| !part.is_empty())
        .collect();
    if in_list
        && parts.len() > 1
        && parts
            .iter()
            .all(|part| !near(choices, typing, part).is_empty())
    {
        return "1行に1つずつ分けて書いてください(セルの中の改行は Alt+Enter)。".to_owned();
    }
    match near(choices, typing, typed).as_slice() {
        [one] => format!("「{one}」のことですか。"),
        several if !several.is_empty() && !typing.perhaps(choices, typed).is_empty() => {
            let several: Vec<String> = several.iter().map(|one| format!("「{one}」")).collect();
            format!("{}のどれのことですか。", several.join("、"))
        }
        _ => String::new(),
    }
}

/// Labels that a word is part of, that are part of it, or that it stands for.
fn near<'a>(choices: &'a [Choice], typing: &Typing, typed: &str) -> Vec<&'a str> {
    if let Some(choice) = typing.chosen(choices, typed) {
        return vec![&choice.label];
    }
    let perhaps = typing.perhaps(choices, typed);
    if !perhaps.is_empty() {
        return perhaps.iter().map(|choice| choice.label.as_str()).collect();
    }
    let labels = || choices.iter().map(|choice| choice.label.as_str());
    if typed.chars().count() < 2 {
        return Vec::new();
    }
    let begins = |label: &&str| label.starts_with(typed) || typed.starts_with(label);
    labels().filter(begins).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_asked_back() {
        let choices = [
            "開示",
            "訂正等",
            "苦情の処理",
            "第三者提供記録の開示",
            "任意代理人",
        ]
        .map(|label| Choice {
            code: label.to_owned(),
            label: label.to_owned(),
        });
        let typing = Typing::default();
        for (typed, said) in [
            ("開示、訂正", "1行に1つずつ"),
            ("開示・訂正等", "1行に1つずつ"),
            ("開示請求", "「開示」のことですか"),
            ("苦情", "「苦情の処理」のことですか"),
            ("第三者提供記録", "「第三者提供記録の開示」のことですか"),
        ] {
            let hint = hint(&choices, &typing, typed, true);
            assert!(hint.contains(said), "{typed}: {hint}");
        }
        for typed in ["謎", "示", "隣人", ""] {
            assert_eq!(hint(&choices, &typing, typed, true), "", "{typed}");
        }
        assert!(!hint(&choices, &typing, "開示、訂正", false).contains("1行に"));
    }
}
