//! What staff read of the schedule when everything is looked at.

use chrono::{DateTime, FixedOffset};

/// Letters are signed with the title alone, and the notice lacks the name.
pub fn unsigned(title: &str) -> String {
    format!(
        "{title}の氏名が未設定です。書簡は、差出人に役職名だけを刷って出ます。profile.toml の representative_name に氏名を入れてください(公表事項にも必要です。法第32条第1項第1号)。"
    )
}

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
