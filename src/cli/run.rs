//! `yobin run`: one night, now.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::watch;

use super::hooks::NightStop;
use super::notice::calling::called;
use super::usage::misused;
use super::{Context, NEEDS_PERSON, identifiers, mails, print_file};
use crate::acts::print_runs::Printed;
use crate::domain::{ClockBack, State};
use crate::night::{Probe, Progress, RunOptions, RunSummary, Shift, ShiftEvent};
use crate::office::Office;
use crate::views::{Prospect, ReportError};
use crate::wording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 処理の日付(書簡の日付にもなる。なければ今日)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::business_date)]
    date: Option<NaiveDate>,
    /// 過去の日付で始めてよい(書簡の日付がその日になる)
    #[arg(long, requires = "date")]
    past: bool,
    /// 同時に組版する数
    #[arg(long, value_name = "数", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    #[command(flatten)]
    stop: NightStop,
}

/// A night is done no more days ahead than these: a later date is a slip.
const FURTHEST_DAYS: i64 = 31;

pub(super) async fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let office = Arc::new(Office::for_nights(config, context.clock).await?);
    let date = args.date.unwrap_or_else(|| context.clock.today());
    let today = context.clock.today();
    if args.past && date >= today {
        return Err(misused(format!(
            "--past は過去の日付に付けるものですが、{date} は過去ではありません。年月日を確かめてください。"
        )));
    }
    if date > today {
        refuse_far(&office, date, today).await?;
        warn_staff!("注意：{date} は先の日付です。書簡の日付はこの日になります。");
    }
    if date < context.clock.today() {
        refuse_past(&office, date, args.past).await?;
    }
    let (options, bar) = options(date, args.workers.map(usize::from), args.stop.probe())?;
    let shift = Shift {
        options,
        mark: None,
    };
    let mut told = Told::default();
    let worked = shift
        .work(&office, &mut |event| {
            bar.finish_and_clear();
            told.tell(date, event);
        })
        .await;
    bar.finish_and_clear();
    for printed in &told.printed {
        print_file::tell(printed);
    }
    let summary = worked?;
    mails::tell_where_they_go(&office.desk.config);
    if summary.stopped {
        say!("中断の指示により、途中で止めました。残りは次の実行で処理します。");
    }
    identifiers::tell(&office).await;
    office.close().await;
    if let Some(error) = told.no_report {
        return Err(error.into());
    }
    let unsettled = State::NEEDS_PERSON
        .into_iter()
        .any(|state| summary.tally.count(state) > 0)
        || summary.recovered_unknown > 0;
    Ok(if told.needs_person || unsettled || summary.stopped {
        ExitCode::from(NEEDS_PERSON)
    } else {
        ExitCode::SUCCESS
    })
}

/// What was told while the night was worked, as far as it is needed after it.
#[derive(Default)]
struct Told {
    /// Told after the report.
    printed: Vec<Printed>,
    /// Whether a person must do something.
    needs_person: bool,
    /// Why a report was not written; the command ends with it.
    no_report: Option<ReportError>,
}

impl Told {
    fn tell(&mut self, date: NaiveDate, event: ShiftEvent) {
        match event {
            ShiftEvent::ClockBack(back) => tell_clock_back(&back),
            ShiftEvent::Made(summary) => tell_run(&summary),
            ShiftEvent::Published(row) => say!("公表事項 {} を公表しました。", called(&row)),
            ShiftEvent::NotPublished(error) => {
                self.needs_person = true;
                warn_staff!("エラー：公表事項の公表：{error}");
            }
            ShiftEvent::Printed { printed, .. } => {
                self.needs_person |= !printed.kept_out.is_empty();
                self.printed.push(printed);
            }
            ShiftEvent::Waits(waited) => warn_staff!("{}", wording::print::waits(&waited)),
            ShiftEvent::NotPrinted { error, .. } => {
                self.needs_person = true;
                warn_staff!("エラー：{error}");
            }
            ShiftEvent::NotKept(error) => {
                self.needs_person = true;
                warn_staff!("エラー：{}", wording::not_kept(&error));
            }
            ShiftEvent::Reported {
                date: of,
                report,
                files,
            } => {
                if of == date {
                    self.needs_person |= report.needs_person();
                    super::print(format_args!("{}", report.text()));
                    say!("報告書を保存しました。");
                } else {
                    say!("{of} の夜間処理も終わりました。報告書を保存しました。");
                }
                for file in files {
                    say!("  {}", file.display());
                }
            }
            // That of this night ends the command, when all else is told.
            ShiftEvent::NotReported { date: of, error } if of == date => {
                self.no_report = Some(error);
            }
            ShiftEvent::NotReported { date: of, error } => {
                self.needs_person = true;
                warn_staff!("エラー：{of} の報告書：{error}");
            }
        }
    }
}

/// The clock stands before what is recorded.
pub(super) fn tell_clock_back(back: &ClockBack) {
    warn_staff!("注意：{}", wording::remarks::clock_went_back(back));
}

/// How the run itself went, as far as the report does not say it.
fn tell_run(summary: &RunSummary) {
    if summary.joined.is_none() {
        say!(
            "{} の夜間処理は前に始められています。残りの書簡だけを処理しました。",
            summary.date
        );
    }
    if summary.recovered_unknown > 0 {
        say!(
            "前回の処理が途中で止まったため、{}件のメールの結果が分かりません。",
            summary.recovered_unknown
        );
    }
    tell_mended(summary);
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

/// A slip of the year would date official letters wrongly, and nobody could
/// record before that day that they were posted. Going on with a batch that was
/// opened dates nothing.
async fn refuse_far(office: &Office, date: NaiveDate, today: NaiveDate) -> anyhow::Result<()> {
    if (date - today).num_days() <= FURTHEST_DAYS || Prospect::of(office, date).await?.opened {
        return Ok(());
    }
    Err(misused(format!(
        "{date} は{FURTHEST_DAYS}日より先の日付です。書簡の日付がこの日になり、この日まで投函を記録できません。年月日を確かめてください。"
    )))
}

/// A slip of the year would date official letters wrongly, so a day that has
/// passed is asked back; and no letter bears a day before it was approved or
/// its request arrived. Going on with a batch that was opened dates nothing.
async fn refuse_past(office: &Office, date: NaiveDate, meant: bool) -> anyhow::Result<()> {
    let prospect = Prospect::of(office, date).await?;
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
        let shown = wording::day(date);
        bail!(
            "{date} は過去の日付です。この日付で始めると、書簡{}件の日付が{shown}になり、文書番号もその日の年度のものになります。日付が誤りなら、--date を付けずに実行してください。この日付でよければ、--past を付けて実行してください。",
            prospect.joining
        );
    }
    Ok(())
}

/// How a night is run whose progress a bar on the terminal shows.
pub(super) fn options(
    date: NaiveDate,
    workers: Option<usize>,
    probe: Probe,
) -> anyhow::Result<(RunOptions, ProgressBar)> {
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
        Progress::MailWaits => {
            shown.suspend(|| warn_staff!("{}", wording::remarks::mail_server_is_away()))
        }
        Progress::Waits(words) => shown.suspend(|| warn_staff!("{words}")),
    };
    let options = RunOptions {
        date,
        workers,
        stop: stop_signal()?,
        progress: Arc::new(progress),
        probe,
    };
    Ok((options, bar))
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
