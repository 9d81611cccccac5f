//! Dates as Japanese offices write and type them.
//!
//! Era boundaries come from `icu_calendar`; the names, the year 元年 and the
//! forms staff may type are ours. What can be read in two ways is refused.

use chrono::{Datelike, NaiveDate};
use icu_calendar::Date;
use icu_calendar::cal::Japanese;
use icu_calendar::types::EraYear;

use crate::domain::half_width;

struct Era {
    /// The code `icu_calendar` uses.
    code: &'static str,
    name: &'static str,
    initial: char,
    /// The year of the common calendar in which the era began.
    first_year: i32,
}

const ERAS: [Era; 5] = [
    era("reiwa", "令和", 'R', 2019),
    era("heisei", "平成", 'H', 1989),
    era("showa", "昭和", 'S', 1926),
    era("taisho", "大正", 'T', 1912),
    era("meiji", "明治", 'M', 1868),
];

const fn era(code: &'static str, name: &'static str, initial: char, first_year: i32) -> Era {
    Era {
        code,
        name,
        initial,
        first_year,
    }
}

/// Why a text is not a date. The text is for staff, in Japanese.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// None of the accepted forms, or one that can be read in two ways.
    #[error("日付として読めません。")]
    Form,
    /// The right form, but no such day: 2月30日, 令和0年.
    #[error("暦にない日付です。")]
    NoSuchDay,
    /// The day exists, but lies outside the era: 平成31年5月1日.
    #[error("元号と年月日が合いません。")]
    OutsideEra,
    /// Before Meiji 6 (1873), when the lunisolar calendar was in force.
    #[error("明治6年より前の日付は扱えません。")]
    BeforeMeiji6,
}

/// Writes a date by its era: 令和8年11月22日, and 令和元年 for a first year.
/// Dates before Meiji 6 (1873-01-01) have no such form.
pub fn write(date: NaiveDate) -> Option<String> {
    let era_year = era_year(date)?;
    let name = ERAS
        .iter()
        .find(|era| era.code == era_year.era.as_str())?
        .name;
    let year = match era_year.year {
        1 => "元".to_owned(),
        year => year.to_string(),
    };
    let (month, day) = (date.month(), date.day());
    Some(format!("{name}{year}年{month}月{day}日"))
}

/// Reads a date as staff type it: `2026-11-01`, `2026/11/1`, `2026年11月1日`,
/// `令和8年11月1日`, `令和元年5月1日`, `R8.11.1`. Full-width digits and signs
/// and padding spaces are understood; years of two digits are not.
///
/// # Errors
/// [`DateError`] says whether the form or the day is wrong.
pub fn parse(text: &str) -> Result<NaiveDate, DateError> {
    let typed: String = text.chars().filter_map(narrow).collect();
    let (era, rest) = split_era(&typed);
    let (year, month, day) = split_day(rest).ok_or(DateError::Form)?;
    let month = number(month, 2)?;
    let day = number(day, 2)?;
    match era {
        Some(code) => {
            let year = if year == "元" { 1 } else { number(year, 2)? };
            in_era(code, year, month, day)
        }
        None if year.len() == 4 => {
            let year = i32::try_from(number(year, 4)?).map_err(|_| DateError::Form)?;
            let date = NaiveDate::from_ymd_opt(year, month, day).ok_or(DateError::NoSuchDay)?;
            if year < 1873 {
                return Err(DateError::BeforeMeiji6);
            }
            Ok(date)
        }
        None => Err(DateError::Form),
    }
}

fn narrow(c: char) -> Option<char> {
    match c {
        ' ' | '\u{3000}' => None,
        _ => Some(half_width(c)),
    }
}

fn split_era(text: &str) -> (Option<&'static str>, &str) {
    for era in ERAS {
        let initials = [era.initial, era.initial.to_ascii_lowercase()];
        let rest = text
            .strip_prefix(era.name)
            .or_else(|| text.strip_prefix(initials));
        if let Some(rest) = rest {
            return (Some(era.code), rest);
        }
    }
    (None, text)
}

fn split_day(text: &str) -> Option<(&str, &str, &str)> {
    if let Some(day) = text.strip_suffix('日') {
        let (year, rest) = day.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        return Some((year, month, day));
    }
    let separator = text.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let mut parts = text.split(separator);
    let parsed = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(parsed)
}

fn number(digits: &str, at_most: usize) -> Result<u32, DateError> {
    let valid = !digits.is_empty()
        && digits.len() <= at_most
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !valid {
        return Err(DateError::Form);
    }
    digits.parse().map_err(|_| DateError::Form)
}

fn in_era(code: &str, year: u32, month: u32, day: u32) -> Result<NaiveDate, DateError> {
    let year = i32::try_from(year).map_err(|_| DateError::Form)?;
    if code == "meiji" && (1..6).contains(&year) {
        return Err(DateError::BeforeMeiji6);
    }
    let first = ERAS.iter().find(|era| era.code == code);
    let date = first
        .and_then(|era| NaiveDate::from_ymd_opt(era.first_year + year - 1, month, day))
        .filter(|_| year >= 1)
        .ok_or(DateError::NoSuchDay)?;
    // icu takes 平成31年5月1日 for a day of Reiwa, so the era is asked back.
    match era_year(date) {
        Some(found) if found.era.as_str() == code => Ok(date),
        _ => Err(DateError::OutsideEra),
    }
}

fn era_year(date: NaiveDate) -> Option<EraYear> {
    let month = u8::try_from(date.month()).ok()?;
    let day = u8::try_from(date.day()).ok()?;
    let iso = Date::try_new_iso(date.year(), month, day).ok()?;
    Some(iso.to_calendar(Japanese::new()).era_year())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn writes_eras_and_first_years() {
        for (date, expected) in [
            (day(2026, 11, 22), "令和8年11月22日"),
            (day(2019, 5, 1), "令和元年5月1日"),
            (day(2019, 4, 30), "平成31年4月30日"),
            (day(1989, 1, 8), "平成元年1月8日"),
            (day(1989, 1, 7), "昭和64年1月7日"),
            (day(1926, 12, 25), "昭和元年12月25日"),
            (day(1912, 7, 30), "大正元年7月30日"),
            (day(1912, 7, 29), "明治45年7月29日"),
            (day(1873, 1, 1), "明治6年1月1日"),
        ] {
            assert_eq!(write(date).as_deref(), Some(expected));
        }
        assert_eq!(write(day(1872, 12, 31)), None);
    }

    #[test]
    fn reads_what_it_writes_for_every_day() {
        let mut date = day(1873, 1, 1);
        while date < day(2030, 1, 1) {
            assert_eq!(parse(&write(date).unwrap()), Ok(date));
            date = date.succ_opt().unwrap();
        }
    }

    #[test]
    fn reads_what_staff_type() {
        for text in [
            "2026-11-01",
            "2026/11/1",
            "2026年11月1日",
            "令和8年11月1日",
            "令和　８年１１月　１日",
            "R8.11.1",
            "r8/11/1",
            "Ｒ８．１１．１",
            "２０２６／１１／１",
        ] {
            assert_eq!(parse(text), Ok(day(2026, 11, 1)), "{text}");
        }
        assert_eq!(parse("令和元年5月1日"), Ok(day(2019, 5, 1)));
        assert_eq!(parse("H31.4.30"), Ok(day(2019, 4, 30)));
    }

    #[test]
    fn refuses_what_is_ambiguous_or_unreal() {
        for text in [
            "",
            "26/11/1",
            "8年11月1日",
            "11月1日",
            "20261101",
            "46327",
            "2026-11",
            "1/11/2026",
            "2026-11/01",
            "2026-11-01-1",
            "２０２６年１１月",
            "2026-１1-+1",
            "令和8.11",
            "日年月",
            "二〇二六年十一月一日",
            "2026-11-01T00:00:00",
        ] {
            assert_eq!(parse(text), Err(DateError::Form), "{text}");
        }
        for text in [
            "2026-02-29",
            "2026-13-01",
            "令和8年2月30日",
            "令和0年1月1日",
            "2026/0/1",
        ] {
            assert_eq!(parse(text), Err(DateError::NoSuchDay), "{text}");
        }
        for text in [
            "平成31年5月1日",
            "令和元年4月30日",
            "昭和64年1月8日",
            "H32.1.1",
        ] {
            assert_eq!(parse(text), Err(DateError::OutsideEra), "{text}");
        }
        for text in ["1872-12-31", "明治5年1月1日", "M1.1.1"] {
            assert_eq!(parse(text), Err(DateError::BeforeMeiji6), "{text}");
        }
    }
}
