//! Print runs: what of the post was made ready for the printer together.

use chrono::NaiveDate;

/// A print run (印刷 第N号). A letter by post stands in one, and in no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PrintRun {
    /// Its number: 1, 2, … over all dates.
    pub number: u32,
    /// The date it was made for.
    pub date: NaiveDate,
    /// Which of that date's it is: 1, 2, …
    pub part: u32,
}

impl PrintRun {
    /// The name of its folder: the date, with its part from the second on.
    pub fn folder(&self) -> String {
        match self.part {
            1 => self.date.to_string(),
            part => format!("{}-{part}", self.date),
        }
    }
}

/// One or several print runs, as staff name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintedIn {
    /// Those of the dates from one to another.
    Dates(NaiveDate, NaiveDate),
    /// The one with this number.
    Run(u32),
}

impl PrintedIn {
    /// Whether a run is one of them.
    pub fn holds(&self, run: &PrintRun) -> bool {
        match self {
            PrintedIn::Dates(first, last) => *first <= run.date && run.date <= *last,
            PrintedIn::Run(number) => *number == run.number,
        }
    }
}

/// Why nothing was printed again; nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReprintRefusal {
    /// There is no print run of this number.
    NoSuchRun {
        /// The number that was said.
        number: u32,
        /// The number of the last one; none where there is none yet.
        last: Option<u32>,
    },
    /// There is no such letter.
    NoSuchLetter(super::LetterId),
    /// The letter was never printed.
    NeverPrinted(super::LetterId),
    /// Why it is to be printed again is no reason staff can read later.
    Reason,
}

/// The most characters of a reason.
const REASON_MOST: usize = 200;

/// A reason as it is kept: one line that is not empty and not too long.
///
/// # Errors
/// [`ReprintRefusal::Reason`].
pub fn reprint_reason(text: &str) -> Result<&str, ReprintRefusal> {
    let text = text.trim();
    let is_line = super::in_one_line(text, REASON_MOST) == text;
    match is_line && !text.is_empty() {
        true => Ok(text),
        false => Err(ReprintRefusal::Reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_run_of_a_date_has_the_date_as_its_folder_and_each_other_one_of_its_own() {
        let run = |part| PrintRun {
            number: 12,
            date: NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day"),
            part,
        };
        let folders = [1, 2, 10].map(|part| run(part).folder());
        assert_eq!(folders, ["2026-11-24", "2026-11-24-2", "2026-11-24-10"]);
    }

    #[test]
    fn a_reason_is_one_line_that_says_something() {
        assert_eq!(reprint_reason(" 紙詰まり "), Ok("紙詰まり"));
        let long = "紙".repeat(REASON_MOST + 1);
        for text in ["", "  ", "紙\n詰まり", "紙\u{1b}[2J", long.as_str()] {
            assert_eq!(reprint_reason(text), Err(ReprintRefusal::Reason), "{text}");
        }
    }
}
