//! Holding answers against the questions they answer.

use super::*;
use crate::wording;

/// What is wrong with an answer, for staff.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("問{number}「{name}」：{problem}")]
pub struct AnswerProblem {
    /// Which of the ten questions.
    pub number: u8,
    /// Name of the question.
    pub name: String,
    /// What is wrong and what to do, in Japanese.
    pub problem: String,
}

impl Question {
    /// Key of the answer.
    pub fn key(&self) -> String {
        format!("q{}.{}", self.number, self.name)
    }

    /// Whether the answers so far make it be asked.
    pub fn is_asked(&self, answers: &Answers) -> bool {
        let given = |(key, value): &(String, &'static str)| {
            answers.get(key).is_some_and(|answer| answer == value)
        };
        self.asked_when.is_empty() || self.asked_when.iter().any(given)
    }

    /// Whether an answer can be taken, by itself.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, answer: &str) -> Result<(), AnswerProblem> {
        if answer.is_empty() {
            return if self.optional {
                Ok(())
            } else {
                Err(self.problem("答えがありません。"))
            };
        }
        if let Some((_, why)) = self.ruled_out.iter().find(|(code, _)| *code == answer) {
            return Err(self.problem(why));
        }
        match self.kind {
            Kind::Choice(choices) => {
                if choices.iter().any(|(code, _)| *code == answer) {
                    return Ok(());
                }
                let codes: Vec<String> = choices
                    .iter()
                    .map(|(code, meaning)| format!("「{meaning}」({code})"))
                    .collect();
                let codes = codes.join("、");
                Err(self.problem(format!(
                    "「{answer}」は選べません。{codes} のいずれかを書いてください。"
                )))
            }
            Kind::Text => Ok(()),
            Kind::Day { latest } => match answer.parse::<NaiveDate>() {
                Err(_) => Err(self.problem(format!(
                    "日付「{answer}」は読めません。令和8年11月22日 か 2026-11-22 のように書いてください。"
                ))),
                Ok(day) if day > latest => {
                    let latest = wording::day(latest);
                    Err(self.problem(format!("{latest}までの日付にしてください。")))
                }
                Ok(_) => Ok(()),
            },
            Kind::Count => match answer.parse::<u32>() {
                Ok(_) => Ok(()),
                Err(_) => Err(self.problem("人数を数字だけで書いてください。")),
            },
        }
    }

    /// What an answer means, as it is printed.
    pub fn meaning(&self, answer: &str) -> String {
        match self.kind {
            Kind::Choice(choices) => choices
                .iter()
                .find(|(code, _)| *code == answer)
                .map_or(answer, |(_, meaning)| meaning)
                .to_owned(),
            Kind::Count => format!("{answer}人"),
            Kind::Day { .. } => match answer.parse() {
                Ok(day) => wording::day(day),
                Err(_) => answer.to_owned(),
            },
            Kind::Text => answer.to_owned(),
        }
    }

    pub(in crate::notice) fn problem(&self, problem: impl Into<String>) -> AnswerProblem {
        AnswerProblem {
            number: self.number,
            name: self.name.clone(),
            problem: problem.into(),
        }
    }

    pub(in crate::notice) fn when(mut self, number: u8, name: &str, answer: &'static str) -> Self {
        self.asked_when.push((format!("q{number}.{name}"), answer));
        self
    }

    /// A change that names a regime cannot be said to have nothing to do with
    /// it.
    pub(in crate::notice) fn rule_out_no(&mut self, rows: &[Row]) {
        let key = self.key();
        let words = TELLING.iter().find(|(of, _)| *of == key);
        let Some((_, words)) = words else { return };
        let fresh = rows.iter().find_map(|row| {
            let has = |text: &Option<String>, word: &str| {
                text.as_ref().is_some_and(|text| text.contains(word))
            };
            let word = words
                .iter()
                .find(|w| has(&row.new, w) && !has(&row.old, w))?;
            Some((row, word))
        });
        if let Some((row, word)) = fresh {
            let why = format!(
                "{}に「{word}」とあるので、「{}」にはできません。当てはまる答えを選んでください。",
                told(row),
                self.meaning(NO)
            );
            self.ruled_out.push((NO, why));
        }
    }
}

/// Holds answers against the questions: none open, none that cannot be, none
/// to a question that is not asked or not there.
pub fn check(questions: &[Question], answers: &Answers) -> Vec<AnswerProblem> {
    let mut problems = Vec::new();
    for question in questions {
        let answer = answers.get(&question.key()).map_or("", String::as_str);
        if question.is_asked(answers) {
            problems.extend(question.check(answer).err());
        } else if !answer.is_empty() {
            let problem = "ほかの答えから、この問いには答えが要りません。ほかの答えを確かめるか、この答えを消してください。";
            problems.push(question.problem(problem));
        }
    }
    let known: BTreeSet<String> = questions.iter().map(Question::key).collect();
    for key in answers.keys().filter(|key| !known.contains(*key)) {
        let (number, name) = key.split_once('.').unwrap_or((key, ""));
        let number = number.strip_prefix('q').and_then(|n| n.parse().ok());
        problems.push(AnswerProblem {
            number: number.unwrap_or_default(),
            name: name.to_owned(),
            problem: wording::NO_SUCH_ANSWER.to_owned(),
        });
    }
    problems
}
