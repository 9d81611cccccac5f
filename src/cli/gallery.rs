//! `yobin gallery`: every sample's pages side by side, for people to look
//! through before an office begins to use its letters.

use std::path::PathBuf;
use std::process::ExitCode;

use super::notice_site::refuse_public_file;
use super::{Context, FAILED};
use crate::acts::samples::gallery;
use crate::office::Premises;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 作るフォルダー(空か、前の一覧のフォルダー)
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

pub(super) async fn gallery(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let desk = Premises::open(context.config()?, context.clock)?.for_samples();
    refuse_public_file(&desk.config, &args.output)?;
    let made = gallery::make(&desk, &args.output).await?;
    say!("{}", made.index.display());
    say!(
        "{}種類、見本 {}件、{}ページ",
        made.gallery.kinds.len(),
        made.gallery.count(),
        made.gallery.sheets
    );
    for problem in &made.problems {
        say!("・{problem}");
    }
    Ok(match made.problems.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(FAILED),
    })
}
