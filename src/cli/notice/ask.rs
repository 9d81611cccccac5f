//! Asking the ten questions on a terminal.

use std::io::{BufRead as _, Write as _};

use anyhow::Context as _;

use crate::notice::{Answers, Kind, Question, TITLES};
use crate::wording;

/// Asks every question that the answers so far call for; asks again where an
/// answer cannot be.
///
/// # Errors
/// When the terminal is closed before the last answer.
pub(super) fn ask(questions: &[Question]) -> anyhow::Result<Answers> {
    let mut lines = std::io::stdin().lock().lines();
    let mut answers = Answers::new();
    let mut title = 0;
    for question in questions {
        if !question.is_asked(&answers) {
            continue;
        }
        if question.number != title {
            title = question.number;
            let of_number = TITLES.get(usize::from(title).saturating_sub(1));
            say!("\n問{title} {}", of_number.copied().unwrap_or_default());
        }
        let choices = offer(question);
        let answer = loop {
            crate::cli::print(format_args!("> "));
            std::io::stdout().flush()?;
            let line = lines
                .next()
                .transpose()?
                .context("途中でやめました。何も保存していません。")?;
            let typed = line.trim();
            let chosen = typed.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            let answer = chosen.and_then(|place| choices.get(place)).copied();
            let answer = question.as_kept(answer.unwrap_or(typed));
            match question.check(&answer) {
                Ok(()) => break answer,
                Err(problem) => say!("{}", problem.problem),
            }
        };
        answers.insert(question.key(), answer);
    }
    Ok(answers)
}

/// Shows a question and gives back the choices in the order of their numbers.
fn offer(question: &Question) -> Vec<&'static str> {
    say!("{}", question.text);
    match question.kind {
        Kind::Choice(choices) => {
            let open: Vec<&(&str, &str)> = choices
                .iter()
                .filter(|(code, _)| !question.ruled_out.iter().any(|(out, _)| out == code))
                .collect();
            for (place, (_, meaning)) in open.iter().enumerate() {
                say!("  {} {meaning}", place + 1);
            }
            for (code, why) in &question.ruled_out {
                let of_code = choices.iter().find(|(known, _)| known == code);
                say!(
                    "  × {}：{why}",
                    of_code.map_or(*code, |(_, meaning)| meaning)
                );
            }
            open.iter().map(|(code, _)| *code).collect()
        }
        Kind::Text => Vec::new(),
        Kind::Day { latest } => {
            say!(
                "  (令和8年11月22日 か 2026-11-22 の形で、{}まで)",
                wording::day(latest)
            );
            Vec::new()
        }
        Kind::Count => {
            say!("  (数字で)");
            Vec::new()
        }
    }
}
