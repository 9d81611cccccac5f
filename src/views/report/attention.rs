//! Letters that need a person, each with the reason and what to do.

use chrono::NaiveDate;
use serde::Serialize;

use super::figures::Figures;
use crate::catalogue::Catalogue;
use crate::domain::State;
use crate::store::LetterRow;
use crate::views::kind_name;
use crate::wording::{self, Told};

/// Letters named one by one that must not go any more.
const NAMED_STOPPED: usize = 500;

/// A letter that needs a person.
#[derive(Debug, Clone, Serialize)]
pub struct Attention {
    /// Reference.
    pub letter: String,
    /// Japanese name of the kind.
    pub kind: String,
    /// Document number.
    pub number: String,
    /// Japanese word for its state.
    pub state: String,
    /// Why.
    pub reason: String,
    /// What to do.
    pub next_step: String,
}

/// All that are named in the report of `day`.
pub(super) fn all(catalogue: &Catalogue, day: NaiveDate, figures: &Figures) -> Vec<Attention> {
    let needing = figures
        .needing
        .iter()
        .map(|letter| attention(catalogue, day, letter, told_of(letter)));
    let unprinted = figures.unprinted.iter().map(|letter| {
        let why = figures.kept_out.get(&letter.id);
        let told = match letter.printed {
            Some(_) => wording::kept_back::left_out(why, letter.id),
            // The print run that would take it in.
            None => {
                let date = letter.batch_date.map_or(day, |own| own.max(day));
                wording::kept_back::unprinted(why, &date.to_string())
            }
        };
        attention(catalogue, day, letter, told)
    });
    let stopped = figures.stopped.letters.iter().take(NAMED_STOPPED);
    let stopped = stopped.map(|(letter, why)| {
        let told = wording::kept_back::made(why, letter);
        attention(catalogue, day, letter, told)
    });
    needing.chain(unprinted).chain(stopped).collect()
}

/// What is told of a letter the night or a person stopped.
fn told_of(letter: &LetterRow) -> Told {
    match letter.state {
        State::Held => wording::report::held(),
        _ => match &letter.reason {
            Some(reason) => wording::told(reason),
            None => Told::of("", ""),
        },
    }
}

fn attention(catalogue: &Catalogue, day: NaiveDate, letter: &LetterRow, told: Told) -> Attention {
    Attention {
        letter: letter.id.to_string(),
        kind: kind_name(catalogue, &letter.kind).to_owned(),
        number: letter.number.clone().unwrap_or_default(),
        state: match letter.batch_date {
            Some(date) if date != day => format!("{}({date} 分)", letter.at.label()),
            _ => letter.at.label().to_owned(),
        },
        reason: told.reason,
        next_step: told.next_step,
    }
}
