//! Days that are spoken of in running text, each with its day of the week where
//! that is written behind it.

use chrono::{Datelike, NaiveDate, Weekday};

use super::era;
use crate::domain::half_width;

/// A day a text speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoken {
    /// The day.
    pub day: NaiveDate,
    /// The day of the week the text gives it.
    pub weekday: Option<char>,
}

impl Spoken {
    /// The day of the week it is, where the text says another.
    pub fn other_weekday(&self) -> Option<char> {
        let is = match self.day.weekday() {
            Weekday::Mon => '月',
            Weekday::Tue => '火',
            Weekday::Wed => '水',
            Weekday::Thu => '木',
            Weekday::Fri => '金',
            Weekday::Sat => '土',
            Weekday::Sun => '日',
        };
        self.weekday.filter(|said| *said != is).map(|_| is)
    }
}

/// The days of a text that are written in full, 令和8年12月1日(火).
pub fn days_in(text: &str) -> Vec<Spoken> {
    let said: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{3000}'))
        .map(half_width)
        .collect();
    let ends = said.match_indices('日');
    ends.filter_map(|(at, sign)| {
        let (head, rest) = said.split_at(at + sign.len());
        let day = era::parse(&head[start_of(head)?..]).ok()?;
        let weekday = rest.strip_prefix('(').and_then(|rest| rest.chars().next());
        Some(Spoken {
            day,
            weekday: weekday.filter(|c| "月火水木金土日".contains(*c)),
        })
    })
    .collect()
}

/// Where the date begins that a text ends with.
fn start_of(head: &str) -> Option<usize> {
    let before_year = &head[..head.rfind('年')?];
    let year = before_year.trim_end_matches(|c: char| c.is_ascii_digit() || c == '元');
    let mut start = year.len();
    for name in ["令和", "平成", "昭和", "大正", "明治"] {
        if year.ends_with(name) {
            start -= name.len();
        }
    }
    Some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_found_with_their_day_of_the_week() {
        let found = days_in(
            "令和８年１２月１日（火）　午前9時から。2026年12月3日(水)も可。今日、3日、12月3日",
        );
        let days: Vec<String> = found.iter().map(|spoken| spoken.day.to_string()).collect();
        assert_eq!(days, ["2026-12-01", "2026-12-03"]);
        let others: Vec<Option<char>> = found.iter().map(Spoken::other_weekday).collect();
        assert_eq!(others, [None, Some('木')]);
        assert!(days_in("令和8年2月30日、8年12月1日、年月日").is_empty());
    }
}
