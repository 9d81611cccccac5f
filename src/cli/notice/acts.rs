//! `yobin notice import`, `approve`, `withdraw`, `publish`.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;

use super::calling::{called, told_of_file};
use crate::acts::notice as acts;
use crate::cli::given::must_be_readable;
use crate::cli::hooks::SiteStop;
use crate::cli::{Context, actor, business_date, by};
use crate::notice::{self, Notice};
use crate::office::Office;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ImportArgs {
    /// 今の公表事項のファイル(society/notice.toml)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 取り込む人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ApproveArgs {
    /// 版の番号
    #[arg(value_name = "N")]
    number: u32,
    /// 承認する人の名前
    #[arg(long = "as", value_name = "NAME")]
    name: String,
    /// 全員の同意がそろった日(関連性の範囲を超える変更のとき)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = business_date)]
    consent: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct WithdrawArgs {
    /// 版の番号
    #[arg(value_name = "N")]
    number: u32,
    /// 取り消す人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct PublishArgs {
    /// 版の番号(なければ、施行日の来た承認済みの版)
    #[arg(value_name = "N")]
    number: Option<u32>,
    /// この日までに施行日が来るものを公表する(なければ今日。今日より後は書けない)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = business_date)]
    date: Option<NaiveDate>,
    /// 公表する人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    stop: SiteStop,
}

pub(super) async fn import(context: &Context, args: ImportArgs) -> anyhow::Result<ExitCode> {
    let name = actor(args.name.as_deref())?;
    must_be_readable(&args.file)?;
    let content = Notice::from_file(&args.file)?;
    let office = Office::open(context.config()?, context.clock).await?;
    let row = acts::import(&office, &by(context, name), &content).await?;
    office.close().await;
    say!("{}  {}", called(&row), row.state.label());
    say!(
        "  施行日 {}、取り込んだ人 {}",
        row.effective,
        row.drafted_by
    );
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn approve(context: &Context, args: ApproveArgs) -> anyhow::Result<ExitCode> {
    let name = actor(Some(&args.name))?;
    let office = Office::open(context.config()?, context.clock).await?;
    let row = acts::approve(&office, &by(context, name), args.number, args.consent).await?;
    office.close().await;
    say!("{}  {}", called(&row), row.state.label());
    say!(
        "施行日({})になると、夜間処理か yobin notice publish で公表されます。決定記録は yobin notice record {} で作れます。",
        row.effective,
        row.number
    );
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn withdraw(context: &Context, args: WithdrawArgs) -> anyhow::Result<ExitCode> {
    let name = actor(args.name.as_deref())?;
    let office = Office::open(context.config()?, context.clock).await?;
    let row = acts::withdraw(&office, &by(context, name), args.number).await?;
    office.close().await;
    say!("{}  {}", called(&row), row.state.label());
    say!("承認を取り消しました。もう一度承認されるまで公表されません。");
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn publish(context: &Context, args: PublishArgs) -> anyhow::Result<ExitCode> {
    let name = actor(args.name.as_deref())?;
    let today = context.clock.today();
    let date = args.date.unwrap_or(today);
    anyhow::ensure!(
        date <= today,
        "公表の日付({date})が今日({today})より後です。施行日を待たずに公表することはできません。"
    );
    let office = Office::open(context.config()?, context.clock).await?;
    let mut reached = args.stop.stopping();
    let by = by(context, name);
    let done = acts::publish(&office, &by, args.number, date, &mut reached).await?;
    let config = office.desk.config.clone();
    office.close().await;
    match done.revision {
        Some(row) => say!("{}  {}", called(&row), row.state.label()),
        None => {
            say!("今日公表する版はありません。");
            for row in &done.to_come {
                say!("  {}  施行日 {}", called(row), row.effective);
            }
        }
    }
    if let Some(site) = &done.site {
        let what = if site.changed {
            "を作りました"
        } else {
            "は前のとおりです"
        };
        say!(
            "公表用サイト{what}。{}({}版)",
            notice::site::site_folder(&config).display(),
            site.editions
        );
    }
    for place in done.copies {
        say!("写しを送りました。{place}");
    }
    if done.site.is_some() {
        told_of_file(&config, &notice::in_force(&config).await?);
    }
    Ok(ExitCode::SUCCESS)
}
