//! `yobin notice record`: the decision record for the file.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::Context;
use crate::cli::notice_site::refuse_public_file;
use crate::files;
use crate::notice::record_pdf;
use crate::views::Decided;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// 版の番号
    #[arg(value_name = "N")]
    number: u32,
    /// 書き出すPDFファイル
    #[arg(short, long, value_name = "FILE.pdf")]
    output: PathBuf,
}

pub(super) async fn record(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let office = crate::cli::look(context).await?;
    refuse_public_file(&office.desk.config, &args.output)?;
    let decided = Decided::of(&office, args.number).await?;
    let page = record_pdf(&office.desk, &decided.former, &decided.row).await?;
    office.close().await;
    files::write_out(&args.output, &page.bytes)?;
    say!(
        "決定記録を書き出しました。{}({}ページ)",
        args.output.display(),
        page.pages
    );
    Ok(ExitCode::SUCCESS)
}
