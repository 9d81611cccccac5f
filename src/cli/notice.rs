//! `yobin notice`: the published notice.

mod acts;
mod ask;
pub(super) mod calling;
mod check;
mod diff;
mod draft;
mod listing;
mod record;
mod revisions;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::given::must_be_readable;
use super::{Context, notice_notify, notice_site};
use crate::notice::Notice as Content;
use crate::office::Premises;
use crate::views::Revision;
use crate::{files, notice};
use calling::{called, in_force_called, told_of_file};

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
    /// 案のファイル(なければ公表中の版)
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// 版の番号(案、承認済み、公表中、旧版のどれでも)
    #[arg(long, value_name = "N", conflicts_with = "file")]
    edition: Option<u32>,
    /// 書き出すPDFファイル
    #[arg(short, long, value_name = "FILE.pdf")]
    output: PathBuf,
}

pub(super) async fn notice(context: &Context, command: Notice) -> anyhow::Result<ExitCode> {
    match command {
        Notice::Build(args) => build(context, args).await,
        Notice::Check(args) => check::check(context, args).await,
        Notice::Revisions(command) => revisions::revisions(context, command).await,
        Notice::Site(args) => notice_site::site(context, args).await,
        Notice::Notify(args) => notice_notify::notify(context, args).await,
    }
}

async fn build(context: &Context, args: BuildArgs) -> anyhow::Result<ExitCode> {
    if let Some(file) = &args.file {
        must_be_readable(file)?;
    }
    if let Some(number) = args.edition {
        return build_edition(context, number, &args.output).await;
    }
    let desk = Premises::open(context.config()?, context.clock)?;
    notice_site::refuse_public_file(&desk.config, &args.output)?;
    let (content, in_force) = match &args.file {
        Some(file) => (Content::from_file(file)?, None),
        None => {
            let in_force = notice::in_force(&desk.config).await?;
            (in_force.notice().clone(), Some(in_force))
        }
    };
    let page = notice::build_pdf(&desk, &content).await?;
    files::write_out(&args.output, &page.bytes)?;
    let which = match in_force.as_ref().filter(|in_force| in_force.is_kept()) {
        Some(in_force) => format!("公表中の{}、", in_force_called(in_force)),
        None => String::new(),
    };
    say!(
        "公表事項を書き出しました。{}({which}{}ページ)",
        args.output.display(),
        page.pages
    );
    match (&args.file, &in_force) {
        (Some(file), _) => say!("{} の内容です。公表中の版とは限りません。", file.display()),
        (None, Some(in_force)) => told_of_file(&desk.config, in_force),
        (None, None) => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// One revision as a PDF, whatever its state.
async fn build_edition(context: &Context, number: u32, output: &Path) -> anyhow::Result<ExitCode> {
    let office = super::look(context).await?;
    notice_site::refuse_public_file(&office.desk.config, output)?;
    let revision = Revision::of(&office, number).await?;
    office.close().await;
    let page = notice::build_pdf(&office.desk, &revision.content).await?;
    files::write_out(output, &page.bytes)?;
    say!(
        "公表事項を書き出しました。{}({} {}、{}ページ)",
        output.display(),
        called(&revision.row),
        revision.row.state.label(),
        page.pages
    );
    Ok(ExitCode::SUCCESS)
}
