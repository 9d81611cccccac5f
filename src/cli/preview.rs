//! `yobin preview`: one record as a letter, without queueing it.

use std::path::PathBuf;
use std::process::ExitCode;

use super::given::must_be_readable;
use super::notice_site::refuse_public_file;
use super::usage::misused;
use super::{Context, FAILED};
use crate::acts::samples::preview::{self, Look, PreviewError};
use crate::office::Premises;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 書簡の種類
    #[arg(value_name = "KIND")]
    kind: String,
    /// 1件の記録(JSON)
    #[arg(value_name = "RECORD.json")]
    record: PathBuf,
    /// 書き出すファイル(.pdf または .png)
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) async fn preview(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let ending = args
        .output
        .extension()
        .and_then(|ending| ending.to_str())
        .map(str::to_ascii_lowercase);
    let look = match ending.as_deref() {
        Some("pdf") => Look::Pdf,
        Some("png") => Look::Png,
        _ => {
            return Err(misused(
                "-o には .pdf か .png で終わるファイル名を書いてください。",
            ));
        }
    };
    must_be_readable(&args.record)?;
    let desk = Premises::open(context.config()?, context.clock)?;
    refuse_public_file(&desk.config, &args.output)?;
    let drawn = preview::preview(&desk, &args.kind, &args.record, look, &args.output).await;
    let drawn = match drawn {
        Ok(drawn) => drawn,
        Err(PreviewError::Record(problems)) => {
            for problem in problems {
                warn_staff!("{problem}");
            }
            return Ok(ExitCode::from(FAILED));
        }
        Err(error) => return Err(error.into()),
    };
    for file in &drawn.files {
        say!("{}", file.display());
    }
    say!("{}ページ", drawn.pages);
    Ok(ExitCode::SUCCESS)
}
