//! `yobin notice`: the published notice.

mod acts;
mod ask;
mod calling;
pub(super) mod check;
mod diff;
mod draft;
mod listing;
mod record;
mod revisions;

use std::path::PathBuf;
use std::process::ExitCode;

use super::{Setting, notice_notify, notice_site};
use crate::office::Desk;
use crate::{files, notice};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Notice {
    /// 公表事項をPDFにする
    Build(BuildArgs),
    /// 法令が公表を求めていることが書かれているか点検する(書き換えない)
    Check(check::Args),
    #[command(flatten)]
    Revisions(revisions::Revisions),
    /// 公表用サイト(HTML・PDF・新旧対照表・これまでの版)を作る
    Site(notice_site::SiteArgs),
    /// 利用目的の変更を加入者に知らせる書簡を受け付ける
    Notify(notice_notify::Args),
}

#[derive(Debug, clap::Args)]
pub(super) struct BuildArgs {
    /// 書き出すPDFファイル
    #[arg(short, long, value_name = "FILE.pdf")]
    output: PathBuf,
}

pub(super) async fn notice(setting: &Setting, command: Notice) -> anyhow::Result<ExitCode> {
    match command {
        Notice::Build(args) => build(setting, args).await,
        Notice::Check(args) => check::check(setting, args),
        Notice::Revisions(command) => revisions::revisions(setting, command).await,
        Notice::Site(args) => notice_site::site(setting, args).await,
        Notice::Notify(args) => notice_notify::notify(setting, args).await,
    }
}

async fn build(setting: &Setting, args: BuildArgs) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(setting.config()?, setting.clock)?;
    let page = notice::build_pdf(&desk).await?;
    files::replace(&args.output, &page.bytes)
        .map_err(|error| anyhow::anyhow!("{} を書けません({error})。", args.output.display()))?;
    say!(
        "公表事項を書き出しました。{}({}ページ)",
        args.output.display(),
        page.pages
    );
    Ok(ExitCode::SUCCESS)
}
