//! What a report says besides its letters, each with what to do.

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::domain::{ClockBack, HandedTo, LetterId, MailHalt, Stamp};

/// The clock had run ahead, and the schedule was put back.
pub fn clock_was_ahead(seen_at: Stamp, noticed_at: Stamp) -> String {
    format!(
        "計算機の時計が一度進んでいたため、予定は {} まで済んだことになっていました。{} に今の日時に戻し、夜間処理を続けています。時計を確かめ、先の日付の書簡が出ていないか、yobin list で確かめてください。",
        minutes(seen_at),
        minutes(noticed_at),
    )
}

/// The clock stands before what is recorded; the work goes on by it.
pub fn clock_went_back(back: &ClockBack) -> String {
    format!(
        "計算機の時計({})が、夜便に残っている最も新しい記録の時刻({})より前です。時計が戻ったか、前に一度進んでいたためと思われます。計算機の日付と時刻を確かめてください。時計が誤っているときは、直してください。その間に作った書簡には誤った日付が付いているので、yobin list で確かめてください。時計が正しいときは、時計が進んでいた間に先の日付の書簡が出ていないか、yobin list で確かめてください。処理はこの時計のまま続けます。",
        minutes(back.shown),
        minutes(back.newest),
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

/// Mails that are made and could not go out; `named` are the first of `count`.
pub fn mails_wait(count: i64, named: &[LetterId], why: &MailHalt) -> String {
    let (because, remedy) = match why {
        MailHalt::Away {
            to: HandedTo::Gateway,
            words,
        } => (
            format!("メールサーバーにつながらないか、メールを受け付けませんでした(最後の様子：{words})"),
            "メールサーバーの状態と、設定の [mail] を確かめて直してください。",
        ),
        MailHalt::Away {
            to: HandedTo::File,
            words,
        } => (
            format!("メールをファイルに書き出せませんでした({words})"),
            "ディスクの空きと、フォルダーの権限を確かめてください。",
        ),
        MailHalt::SenderRefused { words } => (
            format!("メールサーバーが、続けて差出人を断りました(返事：{words})"),
            "設定の mail.from と、メールサーバーの送信の許可を、サーバーの管理者に確かめてください。",
        ),
        MailHalt::Silent => (
            "メールサーバーが、渡したメールへの返事を3件続けて返さなかったため、今夜の送信を途中でやめました".to_owned(),
            "メールサーバーの管理者に状態を確かめてください。返事のなかったものは、結果不明として別に載っています。",
        ),
        MailHalt::PutOff { words } => (
            format!("メールサーバーが、後にするように言いました(最後の返事：{words})"),
            "同じ宛先が何日も続けて残るときは、メールサーバーの管理者に確かめてください。",
        ),
        MailHalt::Stopped => (
            "送り終える前に、処理を止める指示がありました".to_owned(),
            "yobin serve を始め直したときか、",
        ),
    };
    let more = usize::try_from(count).is_ok_and(|count| count > named.len());
    let letters: Vec<String> = named.iter().map(LetterId::to_string).collect();
    format!(
        "{because}。書簡 {count}件は、作り終えて送信を待っています({}{})。まだ送られていません。{remedy}次の夜間処理(又は yobin run)で、そのまま送ります。送り直しの操作は要りません。",
        letters.join("、"),
        if more { "、ほか" } else { "" },
    )
}

/// The mail server takes nothing, and the run waits for it.
pub fn mail_server_is_away() -> String {
    "メールサーバーがメールを受け付けないため、間をおいて試しています。書簡の作成は続けています。待たずに終えるときは、Ctrl-C で止めてください(serve を止めると、次に始めるまで夜間処理もしません)。送れなかったものは、次の夜間処理で送ります。".to_owned()
}

/// Mails of dates to come that are made; `named` are the first of `count`.
pub fn mails_of_later_dates(count: i64, named: &[LetterId]) -> String {
    let letters: Vec<String> = named.iter().map(LetterId::to_string).collect();
    let more = usize::try_from(count).is_ok_and(|count| count > named.len());
    format!(
        "先の日付の書簡 {count}件は、作り終えていますが、その日付になるまで送りません({}{})。待たずに送るときは、yobin run --date 日付 を実行してください。",
        letters.join("、"),
        if more { "、ほか" } else { "" },
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
