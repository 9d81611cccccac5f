//! `yobin serve`: the scheduled service.

use std::process::ExitCode;

use super::run::{stop_signal, tell_mended};
use super::{Setting, mails, print_file};
use crate::domain::{State, Whereabouts};
use crate::night::{self, Late, RunSummary, Said};

pub(super) async fn serve(setting: &Setting) -> anyhow::Result<ExitCode> {
    let config = setting.config()?;
    let stop = stop_signal()?;
    say!("夜便を始めます。予定：{}(日本時間)", config.schedule);
    mails::tell_where_they_go(&config);
    night::serve(config, setting.clock, stop, say).await?;
    Ok(ExitCode::SUCCESS)
}

fn say(said: Said) {
    match said {
        Said::Waiting(times) if times.is_empty() => {
            say!("今後の予定はありません。設定の schedule を確かめてください。");
        }
        Said::Waiting(times) => {
            say!("次の夜間処理");
            super::tell_nights(&times);
        }
        Said::WasAhead(until) => {
            eprintln!(
                "注意：予定が {} まで済んだことになっていました(計算機の時計が進んでいたためと思われます)。今の日時に戻し、これからの夜間処理を行います。時計を確かめ、先の日付の書簡が出ていないか、yobin list で確かめてください。",
                until.format("%Y-%m-%d %H:%M:%S")
            );
        }
        Said::OpenAhead(dates) => {
            eprintln!(
                "注意：先の日付({})の夜間処理が始められ、終わっていません。その日が来るまで、残りの書簡は送りません。日付どおりでよければ、yobin run --date 日付 で続けられます。",
                dates.join("、")
            );
        }
        Said::Begins { date, late } => {
            let why = match late {
                None => "",
                Some(Late::Missed) => "(予定の時刻に動いていなかったため、今行います)",
                Some(Late::Unfinished) => "(前回の残りを続けます)",
            };
            say!("{date} の夜間処理を始めます。{why}");
        }
        Said::Ended(summary) => {
            ended(&summary);
            tell_mended(&summary);
        }
        Said::NoReport(error) => warn_staff!("エラー：{error}"),
        Said::Published(label) => say!("公表事項 {label} を公表しました。"),
        Said::NotPublished(error) => warn_staff!("エラー：公表事項の公表：{error}"),
        Said::Printed(printed) => print_file::tell(&printed),
        Said::NoPrint(error) => warn_staff!("エラー：{error}"),
        Said::Failed(error) => {
            warn_staff!("エラー：{error}");
            warn_staff!("5分後にもう一度試みます。");
        }
        Said::Stopping => say!("手元の書簡を終えて、夜便を止めました。"),
    }
}

/// One line of a night. What a letter by mail or by post came to is told only
/// where there is such a letter.
fn ended(summary: &RunSummary) {
    let places: [(Whereabouts, bool); 7] = [
        (State::Sent.into(), true),
        (Whereabouts::Written, false),
        (Whereabouts::Unposted, false),
        (State::Filed.into(), true),
        (State::Parked.into(), true),
        (State::Failed.into(), true),
        (State::Unknown.into(), true),
    ];
    let mut parts = Vec::new();
    for (at, always) in places {
        let mut count = summary.tally.count(at);
        if at == State::Unknown.into() {
            count += summary.recovered_unknown;
        }
        if always || count > 0 {
            parts.push(format!("{} {count}", at.japanese()));
        }
    }
    say!(
        "{} の夜間処理が終わりました。{}件({})",
        summary.date,
        summary.tally.total(),
        parts.join("、")
    );
}
