//! Sentences of the morning report that name what to run.

use chrono::{Datelike as _, NaiveDate};

use super::Told;

/// Letters that need a person and are not named.
pub fn more_letters(count: i64) -> String {
    format!(
        "ほかに{count}件あります。yobin list --state parked(failed、unknown)で確かめてください。"
    )
}

/// Requests whose time is running out and that are not named.
pub fn more_requests(count: i64) -> String {
    format!("ほかに{count}件あります。yobin request list で確かめてください。")
}

/// Letters of the batch are still on their way.
pub fn unfinished(total: i64, unfinished: i64, day: &str) -> String {
    format!(
        "{total}件のうち{unfinished}件の処理が終わっていません。yobin run --date {day} をもう一度実行してください。"
    )
}

/// No batch of that date; `last` is the last night a report was kept of.
pub fn no_such_batch(date: NaiveDate, last: Option<NaiveDate>) -> String {
    let day = |date: NaiveDate| format!("{}月{}日", date.month(), date.day());
    match last {
        Some(last) => format!(
            "{}({date})の夜間処理はありません。最後に行ったのは{}です：yobin report {last}",
            day(date),
            day(last)
        ),
        None => format!(
            "{}({date})の夜間処理はありません。夜間処理は、まだ一度も行われていません。",
            day(date)
        ),
    }
}

/// Staff hold a letter.
pub fn held() -> Told {
    Told::of(
        "担当者が保留にしています。",
        "再開するときは yobin resume、取り消すときは yobin cancel を実行してください。",
    )
}
