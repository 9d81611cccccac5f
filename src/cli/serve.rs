//! `yobin serve`: the scheduled service.

use std::process::ExitCode;

use super::Setting;
use super::run::stop_signal;
use crate::domain::State;
use crate::night::{self, Late, Said, Settled};

pub(super) async fn serve(setting: &Setting) -> anyhow::Result<ExitCode> {
    let config = setting.config()?;
    let stop = stop_signal()?;
    say!("夜便を始めます。予定：{}(日本時間)", config.schedule);
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
            for time in times {
                say!("  {}", time.format("%Y-%m-%d %H:%M:%S"));
            }
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
            let count = |state| summary.tally.count(Settled::In(state));
            say!(
                "{} の夜間処理が終わりました。{}件(送信済 {}、保管済 {}、要確認 {}、失敗 {}、結果不明 {})",
                summary.date,
                summary.tally.total(),
                count(State::Sent),
                count(State::Filed),
                count(State::Parked),
                count(State::Failed),
                count(State::Unknown) + summary.recovered_unknown,
            );
        }
        Said::NoReport(error) => warn_staff!("エラー：{error}"),
        Said::Published(label) => say!("公表事項 {label} を公表しました。"),
        Said::NotPublished(error) => warn_staff!("エラー：公表事項の公表：{error}"),
        Said::NoPrint(error) => warn_staff!("エラー：{error}"),
        Said::Failed(error) => {
            warn_staff!("エラー：{error}");
            warn_staff!("5分後にもう一度試みます。");
        }
        Said::Stopping => say!("手元の書簡を終えて、夜便を止めました。"),
    }
}
