//! `yobin report`: the morning report of a date.

use std::process::ExitCode;

use chrono::NaiveDate;

use super::{Context, NEEDS_PERSON, identifiers};
use crate::office::Office;
use crate::views::{Report, kept_reports, write_report};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 処理の日付(なければ今日)
    #[arg(value_name = "DATE", value_parser = super::business_date)]
    date: Option<NaiveDate>,
    /// 今の状態の報告書を、前の報告書を残したまま、新しいファイルに保存する
    #[arg(long)]
    write: bool,
}

pub(super) async fn report(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(context.config()?, context.clock).await?;
    let date = args.date.unwrap_or_else(|| context.clock.today());
    let kept = kept_reports(&office, date);
    // A night whose report could not be written has one now.
    let (report, files) = if args.write || kept.is_empty() {
        let (report, files) = write_report(&office, date).await?;
        (report, Some(files))
    } else {
        (Report::of(&office, date).await?, None)
    };
    super::print(format_args!("{}", report.text()));
    match &files {
        Some(files) => {
            say!("報告書を保存しました。");
            for file in files {
                say!("  {}", file.display());
            }
        }
        None => {
            say!("今の状態です。保存した報告書は、そのまま残してあります。");
            for file in kept {
                say!("  {}", file.display());
            }
        }
    }
    identifiers::tell(&office).await;
    Ok(if report.needs_person() {
        ExitCode::from(NEEDS_PERSON)
    } else {
        ExitCode::SUCCESS
    })
}
