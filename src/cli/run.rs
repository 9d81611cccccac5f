//! `yobin run`: one night, now.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::watch;

use super::{NEEDS_PERSON, Setting, identifiers, mails, print_file};
use crate::domain::State;
use crate::night::{self, Probe, Progress, RunOptions, RunSummary};
use crate::office::Office;
use crate::print;
use crate::text::era;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 処理の日付(書簡の日付にもなる。なければ今日)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::business_date)]
    date: Option<NaiveDate>,
    /// 過去の日付で始めてよい(書簡の日付がその日になる)
    #[arg(long, requires = "date")]
    past: bool,
    /// 同時に組版する数
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    /// 処理をこの箇所で止める(試験用)
    #[arg(long, hide = true)]
    stop_at: Option<Probe>,
}

pub(super) async fn run(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let config = setting.config()?;
    let office = Arc::new(Office::open(config, setting.clock).await?);
    let date = args.date.unwrap_or_else(|| setting.clock.today());
    if date > setting.clock.today() {
        warn_staff!("注意：{date} は先の日付です。書簡の日付はこの日になります。");
    }
    if date < setting.clock.today() {
        refuse_past(&office, date, args.past).await?;
    }
    let summary = one_night(
        &office,
        date,
        args.workers.map(usize::from),
        args.stop_at.unwrap_or_default(),
    )
    .await?;
    if summary.joined.is_none() {
        say!("{date} の夜間処理は前に始められています。残りの書簡だけを処理しました。");
    }
    if summary.recovered_unknown > 0 {
        say!(
            "前回の処理が途中で止まったため、{}件のメールの結果が分かりません。",
            summary.recovered_unknown
        );
    }
    tell_mended(&summary);
    // A day to come has its publication when it has come.
    let due = date.min(setting.clock.today());
    let published = night::publish_notice(&office, due).await;
    match &published {
        Ok(Some(label)) => say!("公表事項 {label} を公表しました。"),
        Ok(None) => {}
        Err(error) => warn_staff!("エラー：公表事項の公表：{error}"),
    }
    // The report says what is in no print file, so it comes after that.
    let printed = print::print_files(&office, &date.to_string()).await;
    if let Err(error) = &printed {
        eprintln!("エラー：{error}");
    }
    let (report, files) = night::write_report(&office, date).await?;
    super::print(format_args!("{}", report.text()));
    say!("報告書を保存しました。");
    for file in files {
        say!("  {}", file.display());
    }
    if let Ok(printed) = &printed {
        print_file::tell(printed);
    }
    mails::tell_where_they_go(&office.desk.config);
    if summary.stopped {
        say!("中断の指示により、途中で止めました。残りは次の実行で処理します。");
    }
    identifiers::tell(&office.store).await;
    office.close().await;
    let unsettled = State::NEEDS_PERSON
        .into_iter()
        .any(|state| summary.tally.count(state) > 0)
        || summary.recovered_unknown > 0;
    Ok(
        if report.needs_person()
            || unsettled
            || summary.stopped
            || published.is_err()
            || !printed.is_ok_and(|printed| printed.kept_out.is_empty())
        {
            ExitCode::from(NEEDS_PERSON)
        } else {
            ExitCode::SUCCESS
        },
    )
}

/// Tells of damaged files of the archive that are whole again.
pub(super) fn tell_mended(summary: &RunSummary) {
    if summary.mended > 0 {
        say!(
            "保存したファイルのうち{}件が壊れていたか失われていたため、残っている記録から同じ内容のものを作り直しました(壊れていたものは archive/damaged に残しました)。",
            summary.mended
        );
        say!(
            "ディスクの故障や書換えのおそれがあります。yobin verify でほかの損傷を調べ、保守の担当に知らせてください。"
        );
    }
}

/// Letters named in a refusal.
const LETTERS_NAMED: usize = 10;

/// A slip of the year would date official letters wrongly, so a day that has
/// passed is asked back; and no letter bears a day before it was approved or
/// its request arrived. Going on with a batch that was opened dates nothing.
async fn refuse_past(office: &Office, date: NaiveDate, meant: bool) -> anyhow::Result<()> {
    let prospect = night::prospect(office, date).await?;
    if prospect.opened {
        return Ok(());
    }
    let count = prospect.too_early.len();
    if count > 0 {
        let named: Vec<String> = prospect
            .too_early
            .iter()
            .take(LETTERS_NAMED)
            .map(|(letter, first)| format!("{letter} は {first} から"))
            .collect();
        let more = match count.checked_sub(LETTERS_NAMED) {
            None | Some(0) => String::new(),
            Some(more) => format!("、ほか{more}件"),
        };
        bail!(
            "{date} の日付では行えません。請求の到達や、受付・承認がこの日より後の書簡が{count}件あります({}{more})。--date を付けずに実行するか、これより後の日付を書いてください。",
            named.join("、")
        );
    }
    if !meant {
        let shown = era::write(date).unwrap_or_else(|| date.to_string());
        bail!(
            "{date} は過去の日付です。この日付で始めると、書簡{}件の日付が{shown}になり、文書番号もその日の年度のものになります。日付が誤りなら、--date を付けずに実行してください。この日付でよければ、--past を付けて実行してください。",
            prospect.joining
        );
    }
    Ok(())
}

/// Runs a night with a progress bar on a terminal.
pub(super) async fn one_night(
    office: &Arc<Office>,
    date: NaiveDate,
    workers: Option<usize>,
    probe: Probe,
) -> anyhow::Result<RunSummary> {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("夜間処理 {bar:30} {pos}/{len}件 残り{eta}")
    {
        bar.set_style(style);
    }
    let shown = bar.clone();
    let progress = move |progress: Progress| match progress {
        Progress::Begin(total) => {
            shown.set_length(total);
            shown.enable_steady_tick(Duration::from_millis(200));
        }
        Progress::One => shown.inc(1),
    };
    let options = RunOptions {
        date,
        workers,
        stop: stop_signal()?,
        progress: Arc::new(progress),
        probe,
    };
    let summary = night::run(office, options).await;
    bar.finish_and_clear();
    Ok(summary?)
}

/// Becomes true when the process is asked to end (SIGTERM or SIGINT): the
/// letters in hand are finished, no further ones are begun.
pub(super) fn stop_signal() -> anyhow::Result<watch::Receiver<bool>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (sender, receiver) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        let _ = sender.send(true);
    });
    Ok(receiver)
}
