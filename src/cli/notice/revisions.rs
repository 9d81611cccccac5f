//! The commands for the notice's revisions.

use std::process::ExitCode;

use super::{acts, diff, draft, listing, record};
use crate::cli::Context;

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Revisions {
    /// 今の公表事項を第1版として取り込む(最初に一度だけ)
    Import(acts::ImportArgs),
    /// 改定案を作る。10の問いに答える
    Draft(draft::Args),
    /// 二つの版の違い(なければ、改定案と今の版)
    Diff(diff::Args),
    /// 改定案を承認する(作った人とは別の人が行う)
    Approve(acts::ApproveArgs),
    /// 承認を取り消し、公表されないようにする
    Withdraw(acts::WithdrawArgs),
    /// 施行日の来た版を公表中にする
    Publish(acts::PublishArgs),
    /// 版の一覧
    List(listing::ListArgs),
    /// 一つの版の詳しい内容
    Show(listing::ShowArgs),
    /// 決定記録をPDFにする
    Record(record::Args),
}

pub(super) async fn revisions(context: &Context, command: Revisions) -> anyhow::Result<ExitCode> {
    match command {
        Revisions::Import(args) => acts::import(context, args).await,
        Revisions::Draft(args) => draft::draft(context, args).await,
        Revisions::Diff(args) => diff::diff(context, args).await,
        Revisions::Approve(args) => acts::approve(context, args).await,
        Revisions::Withdraw(args) => acts::withdraw(context, args).await,
        Revisions::Publish(args) => acts::publish(context, args).await,
        Revisions::List(args) => listing::list(context, args).await,
        Revisions::Show(args) => listing::show(context, args).await,
        Revisions::Record(args) => record::record(context, args).await,
    }
}
