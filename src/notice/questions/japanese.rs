//! Answers as people give them in a file: in the words of the choices, by the
//! era, with a counter.

use super::*;
use crate::domain::half_width;
use crate::text::era;

/// What is said for a code beside the meaning that stands with it.
const ALIASES: [(&str, &str); 4] = [
    ("はい", YES),
    ("いいえ", NO),
    ("利用目的の変更", PURPOSE),
    ("利用目的の追加", PURPOSE),
];

/// The fewest characters of a meaning that say which one it is.
const TELLING_PART: usize = 2;

impl Question {
    /// The answer as the program keeps it. One that it cannot read stays as it
    /// is, to be refused in its own words.
    pub fn as_kept(&self, given: &str) -> String {
        let given = given.trim();
        let kept = match self.kind {
            Kind::Choice(choices) => code_of(choices, given).map(str::to_owned),
            Kind::Day { .. } => era::parse(given).ok().map(|day| day.to_string()),
            Kind::Count => {
                let digits: String = given.chars().map(half_width).collect();
                let digits = digits.trim_end_matches('人').replace(',', "");
                digits.parse::<u32>().ok().map(|count| count.to_string())
            }
            Kind::Text => None,
        };
        kept.unwrap_or_else(|| given.to_owned())
    }
}

fn code_of(choices: &[(&'static str, &'static str)], given: &str) -> Option<&'static str> {
    let code = |code: &str| choices.iter().map(|(known, _)| *known).find(|k| *k == code);
    let alias = ALIASES.iter().find(|(said, _)| *said == given);
    if let Some(known) = code(given).or_else(|| alias.and_then(|(_, meant)| code(meant))) {
        return Some(known);
    }
    if given.chars().count() < TELLING_PART {
        return None;
    }
    let mut fitting = choices
        .iter()
        .filter(|(_, meaning)| meaning.starts_with(given));
    match (fitting.next(), fitting.next()) {
        (Some((known, _)), None) => Some(known),
        _ => None,
    }
}

/// All answers as the program keeps them.
pub fn as_kept(questions: &[Question], answers: &Answers) -> Answers {
    let kept = answers.iter().map(|(key, given)| {
        let question = questions.iter().find(|question| question.key() == *key);
        let kept = question.map_or_else(|| given.clone(), |question| question.as_kept(given));
        (key.clone(), kept)
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::choices::{ROW_KIND, WHETHER};
    use super::*;

    #[test]
    fn a_choice_is_known_by_its_words() {
        let (Kind::Choice(kinds), Kind::Choice(whether)) = (ROW_KIND, WHETHER) else {
            panic!("both are choices");
        };
        for (given, code) in [
            ("wording", Some(WORDING)),
            ("文言だけ", Some(WORDING)),
            ("文言だけ。使い道は変わらない", Some(WORDING)),
            ("利用目的の変更", Some(PURPOSE)),
            ("文", None),
            ("はい", None),
            ("目的", None),
        ] {
            assert_eq!(code_of(kinds, given), code, "{given}");
        }
        assert_eq!(code_of(whether, "はい"), Some(YES));
        assert_eq!(code_of(whether, "いいえ"), Some(NO));
    }
}
