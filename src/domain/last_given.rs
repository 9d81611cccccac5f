//! What was given last, where only a person can say it: the marks that knew
//! are gone, or are older than what is known otherwise.

use super::{LastNumber, LetterId, Marks};

/// What a person says was given last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastGiven {
    /// Key of the last reference.
    pub letters: Option<i64>,
    /// The last print run.
    pub print_runs: Option<i64>,
    /// The last numbers of series in their periods.
    pub numbers: Vec<LastNumber>,
}

/// What a person has to say before a database is gone on with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unsaid {
    /// The last reference: at least this one was given.
    pub letters: Option<i64>,
    /// The last print run: at least this one was made.
    pub print_runs: Option<i64>,
    /// The last numbers: at least these were given.
    pub numbers: Vec<LastNumber>,
}

/// Less than what is known to have been given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaidTooLow {
    /// The last reference.
    Letters(LetterId),
    /// The last print run.
    PrintRuns(i64),
    /// The last number of a series in a period.
    Number(LastNumber),
}

impl LastGiven {
    /// What of this is not said, of the things at least `known` was given of.
    pub fn unsaid(&self, known: &Marks, numbers: &[(String, i64)]) -> Unsaid {
        let said = |series: &str, period| self.number(series, period).is_some();
        let wanting = numbers.iter().filter(|(series, of)| !said(series, *of));
        Unsaid {
            letters: self.letters.is_none().then_some(known.letters),
            print_runs: self.print_runs.is_none().then_some(known.print_runs),
            numbers: wanting
                .map(|(series, period)| LastNumber {
                    series: series.clone(),
                    period: *period,
                    last: known.last(series, *period),
                })
                .collect(),
        }
    }

    /// Raises what is known to what is said.
    ///
    /// # Errors
    /// [`SaidTooLow`] with what is known, where less is said.
    pub fn raise(&self, known: &mut Marks) -> Result<(), SaidTooLow> {
        if let Some(said) = self.letters {
            if said < known.letters {
                return Err(SaidTooLow::Letters(LetterId::from_key(known.letters)));
            }
            known.letters = said;
        }
        if let Some(said) = self.print_runs {
            if said < known.print_runs {
                return Err(SaidTooLow::PrintRuns(known.print_runs));
            }
            known.print_runs = said;
        }
        for number in &self.numbers {
            let last = known.last(&number.series, number.period);
            if number.last < last {
                return Err(SaidTooLow::Number(LastNumber {
                    last,
                    ..number.clone()
                }));
            }
            known.raise_number(number.clone());
        }
        Ok(())
    }

    fn number(&self, series: &str, period: i64) -> Option<i64> {
        let of_it = |one: &&LastNumber| one.series == series && one.period == period;
        self.numbers.iter().find(of_it).map(|one| one.last)
    }
}

impl Unsaid {
    /// Whether everything is said.
    pub fn is_nothing(&self) -> bool {
        self.letters.is_none() && self.print_runs.is_none() && self.numbers.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(period: i64, last: i64) -> LastNumber {
        LastNumber {
            series: "letters".to_owned(),
            period,
            last,
        }
    }

    #[test]
    fn all_that_is_not_said_is_asked_for_and_less_than_is_known_is_refused() {
        let known = Marks {
            letters: 4,
            print_runs: 2,
            numbers: vec![number(2026, 6)],
            ..Marks::default()
        };
        let asked = [("letters".to_owned(), 2026)];
        let unsaid = LastGiven::default().unsaid(&known, &asked);
        assert_eq!((unsaid.letters, unsaid.print_runs), (Some(4), Some(2)));
        assert_eq!(unsaid.numbers, [number(2026, 6)]);
        let said = LastGiven {
            letters: Some(9),
            print_runs: Some(2),
            numbers: vec![number(2026, 20)],
        };
        assert!(said.unsaid(&known, &asked).is_nothing());
        let mut raised = known.clone();
        assert_eq!(said.raise(&mut raised), Ok(()));
        assert_eq!((raised.letters, raised.last("letters", 2026)), (9, 20));
        for low in [
            LastGiven {
                letters: Some(3),
                ..LastGiven::default()
            },
            LastGiven {
                print_runs: Some(1),
                ..LastGiven::default()
            },
            LastGiven {
                numbers: vec![number(2026, 5)],
                ..LastGiven::default()
            },
        ] {
            assert!(low.raise(&mut known.clone()).is_err(), "{low:?}");
        }
    }
}
