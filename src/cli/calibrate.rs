//! `yobin calibrate`: sheets that fit the letters to the society's window
//! envelope.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;

use super::Context;
use super::notice_site::refuse_public_file;
use crate::acts::calibration;
use crate::files;
use crate::office::{Premises, PrintError};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 書き出すPDFファイル
    #[arg(short, long, value_name = "FILE.pdf")]
    output: PathBuf,
}

pub(super) async fn calibrate(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let desk = Premises::open(context.config()?, context.clock)?;
    refuse_public_file(&desk.config, &args.output)?;
    let sheets = match calibration::sheets(&desk).await {
        Ok(sheets) => sheets,
        Err(PrintError::Office(error)) => return Err(error.into()),
        Err(PrintError::Page(problem)) => bail!("調整用紙を作れません。\n{problem}"),
    };
    files::write_out(&args.output, &sheets.bytes)?;
    say!(
        "調整用紙を書き出しました。{}({}ページ)",
        args.output.display(),
        sheets.pages
    );
    say!("拡大・縮小をせずに刷り、紙に書いてある手順で封筒と合わせてください。");
    Ok(ExitCode::SUCCESS)
}
