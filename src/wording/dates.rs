//! What staff read of dates that cannot be.

use chrono::NaiveDate;

use crate::text::era;

/// From where a day to come is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// The day somebody looks at the record.
    Today,
    /// The date the letter bears.
    Letter,
}

impl Measured {
    fn word(self) -> &'static str {
        match self {
            Measured::Today => "今日",
            Measured::Letter => "書簡の日付",
        }
    }
}

/// A slip of the year or of the era.
pub const YEAR: &str = "年と元号を確かめて、正しい日付を書いてください。";

/// The slip may also be none.
pub const LOOK_AT_YEAR: &str = "年と元号を確かめてください。正しければ、このままで構いません。";

/// What has happened lies in the future.
pub const HAPPENED: &str = "すでにあったことの日付です。正しい日付を書いてください。まだ行っていないことは、行ってから、その日を書いて知らせます。";

/// One date lies before the other.
pub const EITHER: &str = "どちらかの日付を直してください。";

/// A period that still runs.
pub fn still_runs(title: &str) -> (String, &'static str) {
    (
        format!("{title}がまだ過ぎていません。"),
        "期限の日が終わるまで待ってから受け付けるか、正しい日付を書いてください。期限の日も、期限のうちです。",
    )
}

/// Another letter of ours that would go out later.
pub fn sent_later(title: &str, days: i64) -> (String, &'static str) {
    (
        format!("{title}が今日から{days}日より先です。"),
        "先に出した(又は同じ夜に出す)書簡の日付を書いてください。",
    )
}

/// A day to come that has passed: before the day it is measured from, or, of a
/// day set for the reader, on that very day.
pub fn passed(title: &str, from: Measured, on_that_day: bool) -> (String, &'static str) {
    let from = from.word();
    let problem = match on_that_day {
        true => format!("{title}が{from}と同じ日です。"),
        false => format!("{title}が{from}より前です。"),
    };
    (
        problem,
        "手紙が届くときには過ぎています。届いてから間に合う日付に直してください。",
    )
}

/// A day set for the reader that is near.
pub fn soon(title: &str, left: i64, days: i64) -> (String, String) {
    (
        format!("{title}まで、今日から{left}日しかありません。"),
        format!(
            "手紙が届いて、書類を用意し、当組合に届くまでの日数があるか確かめてください。{days}日以上先の日を目安にします。"
        ),
    )
}

/// The day a record is looked at, as one of two dates.
pub const TODAY: &str = "今日";

/// A letter that reminds of another one and follows it closely.
pub fn lately(title: &str, gone_by: i64, days: i64) -> (String, String) {
    (
        format!("{title}から、{gone_by}日しかたっていません。"),
        format!(
            "前の書簡が届いて手続をするまでの日数があったか確かめてください。{days}日以上後を目安にします。"
        ),
    )
}

/// Two dates whose order is another, or that lie too far apart.
pub fn order(
    earlier: &str,
    later: &str,
    apart: bool,
    most_days: Option<i64>,
    basis: Option<&str>,
) -> String {
    let basis = basis.map(|basis| format!("({basis})")).unwrap_or_default();
    match (most_days, apart) {
        (Some(days), _) => format!("{later}が、{earlier}から{days}日を超えています{basis}。"),
        (None, true) => format!("{later}が、{earlier}より後の日ではありません{basis}。"),
        (None, false) => format!("{later}が{earlier}より前です{basis}。"),
    }
}

/// A day of a text whose day of the week is another.
pub fn other_weekday(title: &str, day: &str, weekday: char) -> (String, &'static str) {
    (
        format!("{title}にある{day}は{weekday}曜日で、書かれている曜日と違います。"),
        "日付と曜日のどちらが正しいか確かめて、直してください。",
    )
}

/// Somebody whose age is none the letter is for.
pub fn other_age(
    title: &str,
    from: Measured,
    age: u32,
    (least, most): (u32, u32),
) -> (String, &'static str) {
    let from = match from {
        Measured::Today => "今日は",
        Measured::Letter => "書簡の日付には",
    };
    (
        format!(
            "{title}によると{from}{age}歳で、この書簡を使う{least}歳から{most}歳までではありません。"
        ),
        "生年月日を確かめてください。正しいときは、この書簡は使えません。請求者の区分と、使う種類を見直してください。",
    )
}

/// Somebody who soon outgrows the age the letter is for.
pub fn outgrows(title: &str, birthday: NaiveDate) -> (String, &'static str) {
    let day = era::write(birthday).unwrap_or_else(|| birthday.to_string());
    (
        format!("{title}によると、{day}に、この書簡を使う年齢を過ぎます。"),
        "手続がその日までに終わるか確かめてください。その日からは、法定代理人の権限が続いているかを確かめ直します。",
    )
}
