//! A file of answers: written empty with the questions as remarks, filled in
//! by the administrator, and read.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::questions::{Answers, Kind, Question, TITLES};
use crate::config::{at_line, in_file, in_japanese};
use crate::wording;

/// Why a file of answers cannot be read, for staff.
#[derive(Debug, thiserror::Error)]
#[error("回答のファイル {}", in_file(path, problem))]
pub struct AnswersError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong and what to do.
    pub problem: String,
}

/// Reads a file of answers: tables `q1` to `q10` of strings. Dates and
/// numbers may stand without quotes.
///
/// # Errors
/// When it cannot be read or is not built like that.
pub fn read_answers(path: &Path) -> Result<Answers, AnswersError> {
    let fail = |problem: String| AnswersError {
        path: path.to_owned(),
        problem,
    };
    let text = fs::read_to_string(path).map_err(|error| fail(format!("読めません({error})。")))?;
    let tables: toml::Table = toml::from_str(&text).map_err(|error| fail(in_japanese(&error)))?;
    let mut answers = Answers::new();
    for (number, table) in tables {
        let toml::Value::Table(table) = table else {
            let problem = format!("「{number}」は、[q1] から [q10] までの表の中に書いてください。");
            return Err(fail(at_line(&text, &number, None, &problem)));
        };
        for (name, value) in table {
            let answer = match value {
                toml::Value::String(text) => text.trim().to_owned(),
                toml::Value::Integer(count) => count.to_string(),
                toml::Value::Datetime(day) => day.to_string(),
                _ => {
                    let problem =
                        format!("「{number}.{name}」は、引用符で囲んだ文で書いてください。");
                    return Err(fail(at_line(&text, &number, Some(&name), &problem)));
                }
            };
            answers.insert(format!("{number}.{name}"), answer);
        }
    }
    Ok(answers)
}

/// An empty file of answers for these questions.
pub fn blank_answers(questions: &[Question]) -> String {
    let mut text = String::from(
        "# 公表事項の改定についての問い\n\
         # 引用符の中に、答えを選択肢の言葉で書きます（初めの言葉だけでも、かっこの中の符号でも構いません）。\n\
         # 日付は 令和8年11月22日 とも 2026-11-22 とも書けます。条件に当てはまらない問いは \"\" のままにします。\n",
    );
    for (number, title) in (1..).zip(TITLES) {
        let of_number = || questions.iter().filter(|q| q.number == number);
        if of_number().next().is_none() {
            let _ = write!(text, "\n# 問{number} {title}（この改定では問いません）\n");
            continue;
        }
        let _ = write!(text, "\n# 問{number} {title}\n[q{number}]\n");
        for question in of_number() {
            blank_answer(question, questions, &mut text);
        }
    }
    text
}

fn blank_answer(question: &Question, all: &[Question], text: &mut String) {
    for line in question.text.lines() {
        let _ = writeln!(text, "# {line}");
    }
    match question.kind {
        Kind::Choice(choices) => {
            let open = choices
                .iter()
                .filter(|(code, _)| !question.ruled_out.iter().any(|(out, _)| out == code));
            for (code, meaning) in open {
                let _ = writeln!(text, "#   {meaning}（{code}）");
            }
        }
        Kind::Text => text.push_str("#   文で\n"),
        Kind::Day { latest } => {
            let _ = writeln!(text, "#   日付（{}まで）", wording::day(latest));
        }
        Kind::Count => text.push_str("#   人数\n"),
    }
    if let Some(condition) = condition(question, all) {
        let _ = writeln!(text, "#   {condition}");
    }
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name = &question.name;
    let _ = if name.chars().all(bare) {
        writeln!(text, "{name} = \"\"")
    } else {
        writeln!(text, "\"{name}\" = \"\"")
    };
}

/// When the question is asked, if not always, in the words of the question it
/// depends on.
fn condition(question: &Question, all: &[Question]) -> Option<String> {
    let (key, _) = question.asked_when.first()?;
    let on = all.iter().find(|on| on.key() == *key)?;
    let mut answers: Vec<String> = Vec::new();
    for (_, answer) in &question.asked_when {
        let answer = format!("「{}」", on.meaning(answer));
        if !answers.contains(&answer) {
            answers.push(answer);
        }
    }
    let (number, answers) = (on.number, answers.join("か"));
    let several = question.asked_when.iter().any(|(other, _)| other != key);
    Some(if several {
        format!("問{number}に{answers}と答えたものが一つでもあるときだけ")
    } else if on.name == question.name {
        format!("問{number}でこの変更に{answers}と答えたときだけ")
    } else {
        format!("問{number}の「{}」に{answers}と答えたときだけ", on.text)
    })
}
