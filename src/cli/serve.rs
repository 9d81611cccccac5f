//! `yobin serve`: the scheduled service.

use std::process::ExitCode;

use super::notice::calling::called;
use super::run::{stop_signal, tell_clock_back, tell_mended};
use super::{Context, mails, print_file};
use crate::domain::{State, Whereabouts};
use crate::night::{self, ClockNews, Late, RunSummary, Said, ShiftEvent};
use crate::wording;

pub(super) async fn serve(context: &Context) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let stop = stop_signal()?;
    say!("夜便を始めます。予定：{}(日本時間)", config.schedule);
    mails::tell_where_they_go(&config);
    night::serve(config, context.clock, stop, say).await?;
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
        Said::Clock(news) => clock_news(&news),
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
                None => String::new(),
                Some(Late::Missed) => "(予定の時刻に動いていなかったため、今行います)".to_owned(),
                Some(Late::MissedLongAgo(night)) => format!(
                    "({night} の予定の時刻に動いていなかったため、今行います。日がたっているので、書簡の日付は今日にします)"
                ),
                Some(Late::Unfinished) => "(前回の残りを続けます)".to_owned(),
            };
            say!("{date} の夜間処理を始めます。{why}");
        }
        Said::Ended(summary) => {
            ended(&summary);
            tell_mended(&summary);
        }
        Said::Shift(event) => shift(*event),
        Said::Failed(error) => {
            warn_staff!("エラー：{error}");
            warn_staff!("5分後にもう一度試みます。");
        }
        Said::Stopping => say!("手元の書簡を終えて、夜便を止めました。"),
    }
}

/// How a night goes. What the run itself did is told at its end; the report is
/// read in its files.
fn shift(event: ShiftEvent) {
    match event {
        ShiftEvent::ClockBack(back) => tell_clock_back(&back),
        ShiftEvent::Made(_) | ShiftEvent::Reported { .. } => {}
        ShiftEvent::Published(row) => say!("公表事項 {} を公表しました。", called(&row)),
        ShiftEvent::NotPublished(error) => warn_staff!("エラー：公表事項の公表：{error}"),
        ShiftEvent::Printed { printed, .. } => print_file::tell(&printed),
        ShiftEvent::Waits(waited) => warn_staff!("{}", wording::print::waits(&waited)),
        ShiftEvent::NotPrinted { error, .. } => warn_staff!("エラー：{error}"),
        ShiftEvent::NotReported { date, error } => warn_staff!("エラー：{date} の報告書：{error}"),
        ShiftEvent::NotKept(error) => warn_staff!("エラー：{}", wording::not_kept(&error)),
    }
}

/// What happened to the machine's clock, and what to do about it.
fn clock_news(news: &ClockNews) {
    let time = "%Y-%m-%d %H:%M:%S";
    match news {
        ClockNews::RanAway { expected, shown } => {
            let way = if shown > expected {
                "進みました"
            } else {
                "戻りました"
            };
            eprintln!(
                "注意：計算機の時計が急に{way}。今は {} のはずですが、時計は {} です。書簡に誤った日付を付けないよう、夜間処理を始めずに待ちます。計算機の時計を確かめてください。誤っているときは、時計を直すと、そのまま夜間処理を続けます。正しいときは、夜便(yobin serve)を再起動すると、直ちにこの時計で続けます。何もしないときは、この時計のまま6時間たつと、正しいものとして続けます。",
                expected.format(time),
                shown.format(time)
            );
        }
        ClockNews::RightAgain(now) => eprintln!(
            "計算機の時計が元に戻りました({})。夜間処理を予定どおり続けます。",
            now.format(time)
        ),
        ClockNews::Settled(now) => eprintln!(
            "注意：計算機の時計が変わってから、そのまま6時間たちました。今の日時({})を正しいものとして、夜間処理を続けます。誤っているときは、すぐに夜便(yobin serve)を止め、時計を直してから始めてください。",
            now.format(time)
        ),
    }
}

/// One line of a night. What a letter by mail or by post came to is told only
/// where there is such a letter.
fn ended(summary: &RunSummary) {
    let places: [(Whereabouts, bool); 8] = [
        (State::Sent.into(), true),
        (Whereabouts::Written, false),
        (State::Released.into(), false),
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
            parts.push(format!("{} {count}", at.label()));
        }
    }
    say!(
        "{} の夜間処理が終わりました。{}件({})",
        summary.date,
        summary.tally.total(),
        parts.join("、")
    );
}
