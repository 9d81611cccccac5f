//! `yobin report`: the morning report of a date.

use std::process::ExitCode;

use chrono::NaiveDate;

use super::{NEEDS_PERSON, Setting, identifiers};
use crate::night;
use crate::office::Office;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 処理の日付(なければ今日)
    #[arg(value_name = "DATE", value_parser = super::business_date)]
    date: Option<NaiveDate>,
}

pub(super) async fn report(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(setting.config()?, setting.clock).await?;
    let date = args.date.unwrap_or_else(|| setting.clock.today());
    let (report, files) = night::write_report(&office, date).await?;
    super::print(format_args!("{}", report.text()));
    say!("報告書を保存しました。");
    for file in files {
        say!("  {}", file.display());
    }
    identifiers::tell(&office.store).await;
    Ok(if report.needs_person() {
        ExitCode::from(NEEDS_PERSON)
    } else {
        ExitCode::SUCCESS
    })
}
