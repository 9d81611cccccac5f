//! What somebody may have meant who wrote a word that is no choice.

use crate::catalogue::Choice;

/// What people say for the word of a form.
const ALSO_CALLED: [(&str, &str); 7] = [
    ("親権者", "未成年者の法定代理人"),
    ("成年後見人", "成年被後見人の法定代理人"),
    ("後見人", "成年被後見人の法定代理人"),
    ("代理人", "任意代理人"),
    ("弁護士", "任意代理人"),
    ("相続人", "遺族"),
    ("利用停止", "利用停止等"),
];

/// What separates words in a cell that should hold one a line.
const SEPARATORS: [char; 9] = ['、', '，', ',', '・', '/', '／', ' ', '\u{3000}', ';'];

/// A sentence to stand before the choices there are; empty where nothing can
/// be said.
pub(super) fn hint(choices: &[Choice], typed: &str, in_list: bool) -> String {
    let parts: Vec<&str> = typed
        .split(SEPARATORS)
        .filter(|part| !part.is_empty())
        .collect();
    if in_list && parts.len() > 1 && parts.iter().all(|part| !near(choices, part).is_empty()) {
        return "1行に1つずつ分けて書いてください(セルの中の改行は Alt+Enter)。".to_owned();
    }
    match near(choices, typed).as_slice() {
        [one] => format!("「{one}」のことですか。"),
        _ => String::new(),
    }
}

/// Labels that a word is part of, that are part of it, or that it stands for.
fn near<'a>(choices: &'a [Choice], typed: &str) -> Vec<&'a str> {
    let labels = || choices.iter().map(|choice| choice.label.as_str());
    if let Some(label) = labels().find(|label| *label == typed) {
        return vec![label];
    }
    let called = ALSO_CALLED.iter().find(|(said, _)| *said == typed);
    if let Some(label) = called.and_then(|(_, meant)| labels().find(|label| label == meant)) {
        return vec![label];
    }
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
        for (typed, said) in [
            ("開示、訂正", "1行に1つずつ"),
            ("開示・訂正等", "1行に1つずつ"),
            ("開示請求", "「開示」のことですか"),
            ("苦情", "「苦情の処理」のことですか"),
            ("弁護士", "「任意代理人」のことですか"),
            ("第三者提供記録", "「第三者提供記録の開示」のことですか"),
        ] {
            let hint = hint(&choices, typed, true);
            assert!(hint.contains(said), "{typed}: {hint}");
        }
        for typed in ["謎", "示", "隣人", ""] {
            assert_eq!(hint(&choices, typed, true), "", "{typed}");
        }
        assert!(!hint(&choices, "開示、訂正", false).contains("1行に"));
    }
}
