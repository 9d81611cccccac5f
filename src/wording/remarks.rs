//! What a report says besides its letters, each with what to do.

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::domain::{LetterId, Stamp};

/// The clock had run ahead, and the schedule was put back.
pub fn clock_was_ahead(seen_at: Stamp, noticed_at: Stamp) -> String {
    format!(
        "計算機の時計が一度進んでいたため、予定は {} まで済んだことになっていました。{} に今の日時に戻し、夜間処理を続けています。時計を確かめ、先の日付の書簡が出ていないか、yobin list で確かめてください。",
        minutes(seen_at),
        minutes(noticed_at),
    )
}

/// The schedule is ahead of the clock and stands still until then.
pub fn schedule_is_ahead(until: DateTime<FixedOffset>) -> String {
    format!(
        "予定が {} まで済んだことになっています(計算機の時計が進んでいたためと思われます)。時計を確かめてください。yobin serve は、次に動いたときに今の日時に戻します。",
        until.format("%Y-%m-%d %H:%M")
    )
}

/// Batches of days to come were opened.
pub fn opened_ahead(dates: &[NaiveDate]) -> String {
    format!(
        "先の日付({})の夜間処理が始められ、終わっていません。その日まで、残りの書簡は送りません。日付が誤りなら、yobin list --batch 日付 で書簡を確かめて yobin cancel で取り消し、記録番号を変えて受け付け直してください。",
        dates
            .iter()
            .map(NaiveDate::to_string)
            .collect::<Vec<_>>()
            .join("、")
    )
}

/// Letters of a series the profile has no rule for.
pub fn no_rule_for_numbers(series: &str, count: i64) -> String {
    format!(
        "文書番号の系列 {series} の決まりが profile.toml の [numbering.{series}] にないため、書簡 {count}件を夜間処理に入れていません。決まりを書き加えてください。次の夜間処理で作ります。"
    )
}

/// Letters no night of today would take in; `named` are the first of `count`,
/// each with the first day it may bear.
pub fn too_early(count: i64, named: &[(LetterId, NaiveDate)]) -> String {
    let more = usize::try_from(count).is_ok_and(|count| count > named.len());
    let letters: Vec<String> = named
        .iter()
        .map(|(letter, first)| format!("{letter} は {first} から"))
        .collect();
    format!(
        "到達日などが今日より後になっている書簡 {count}件を、夜間処理に入れていません({}{})。記録の日付を確かめてください。誤りなら、yobin cancel で取り消し、直した記録を受け付けてください。",
        letters.join("、"),
        if more { "、ほか" } else { "" },
    )
}

/// A stamp as staff read it.
fn minutes(stamp: Stamp) -> String {
    stamp.time().format("%Y-%m-%d %H:%M").to_string()
}

/// Rows that cannot be read: they are in no list, and this tells of them.
pub fn damaged_rows(rows: &[String]) -> String {
    format!(
        "データベースに読めない値があり、次の行は一覧と件数に出ていません({})。送る前の書簡なら、直るまで送りません。責任者に知らせ、yobin verify を実行し、控えから戻すことを考えてください。",
        rows.join("、")
    )
}
