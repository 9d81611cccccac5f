//! What staff read of the schedule when everything is looked at.

use chrono::{DateTime, FixedOffset};

/// The schedule counts as seen to until a day to come.
pub fn nights_silenced(until: DateTime<FixedOffset>) -> String {
    format!(
        "予定が {} まで済んだことになっています(計算機の時計が進んでいたためと思われます)。時計を確かめてから、yobin serve を動かしてください。今の日時に戻して、夜間処理を続けます。",
        until.format("%Y-%m-%d %H:%M:%S")
    )
}

/// Batches of days to come stand open.
pub fn nights_opened_ahead(dates: &[String]) -> String {
    format!(
        "先の日付({})の夜間処理が始められ、終わっていません。その日が来るまで、残りの書簡は送りません。日付どおりでよければ yobin run --date 日付 で続け、誤りなら yobin list --batch 日付 で書簡を確かめて取り消してください。",
        dates.join("、")
    )
}
