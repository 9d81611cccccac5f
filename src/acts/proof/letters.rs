//! Every letter held against all that the store says of it.

use super::failure::ProofError;
use crate::domain::{Evidence, LetterId, NumberRule};
use crate::office::Office;
use crate::record::differences_of;
use crate::store::Reads;
use crate::wording::verify as told;

/// Letters read at a time.
const PAGE: i64 = 500;

/// What was found of the letters.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// What does not agree.
    pub problems: Vec<String>,
    /// Letters whose history goes back in time.
    pub falling: Vec<LetterId>,
}

/// What does not agree of each letter.
pub(super) async fn differing(conn: &mut Reads) -> Result<Held, ProofError> {
    let mut held = Held::default();
    let mut after = 0;
    loop {
        let letters = conn.letter_ids(after, PAGE).await?;
        let Some(last) = letters.last() else {
            return Ok(held);
        };
        after = last.key();
        let said = conn.evidence(&letters).await?;
        for letter in letters {
            let evidence = said.get(&letter).and_then(Option::as_ref);
            // Whether an approval was required on its day its history says.
            let found = differences_of(evidence);
            if !found.is_empty() {
                let number = evidence.and_then(|evidence| evidence.row.number.as_deref());
                let told = told::letter_differs(letter, number, &found);
                held.problems.push(told);
            }
            if evidence.is_some_and(Evidence::times_fall) {
                held.falling.push(letter);
            }
        }
    }
}

/// Letters whose number is not written with its serial, by the rule of their
/// series as it is now or as it was.
pub(super) async fn misnumbered(
    office: &Office,
    conn: &mut Reads,
) -> Result<Vec<String>, ProofError> {
    let rules = &office.desk.society.numbering;
    let is_written = |series: &str, serial: i64, number: &str| {
        let by_rule = |rule: &NumberRule| rule.format(serial) == number;
        rules.get(series).is_some_and(by_rule) || number.contains(&serial.to_string())
    };
    let mut problems = Vec::new();
    let mut after = 0;
    loop {
        let numbers = conn.numbers_given(after, PAGE).await?;
        let Some(last) = numbers.last() else {
            return Ok(problems);
        };
        after = last.letter.key();
        for given in numbers {
            let is_given = given.number.as_ref().is_some_and(|number| {
                given
                    .serial
                    .is_some_and(|serial| is_written(&given.series, serial, number))
            });
            if !is_given {
                problems.push(told::misnumbered(given.letter));
            }
        }
    }
}
