//! `yobin preview`: one record as a letter, without queueing it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use super::notice_site::refuse_public_file;
use super::{FAILED, Setting};
use crate::files;
use crate::office::Desk;
use crate::reception;
use crate::record::LetterHead;
use crate::render::Output;
use crate::samples;

/// Pixels per typographic point of a preview image: 144 dots per inch.
const PIXEL_PER_PT: f32 = 2.0;

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

pub(super) async fn preview(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let ending = args
        .output
        .extension()
        .and_then(|ending| ending.to_str())
        .map(str::to_ascii_lowercase);
    let image = match ending.as_deref() {
        Some("pdf") => false,
        Some("png") => true,
        _ => bail!("-o には .pdf か .png で終わるファイル名を書いてください。"),
    };
    let desk = Desk::open(setting.config()?, setting.clock)?;
    refuse_public_file(&desk.config, &args.output)?;
    let record = match reception::read_one(&desk, &args.record, Some(&args.kind))? {
        Ok(record) => record,
        Err(problems) => {
            for problem in problems {
                warn_staff!("{problem}");
            }
            return Ok(ExitCode::from(FAILED));
        }
    };
    let kind = desk
        .catalogue
        .get(&record.kind)
        .context("種類が見つかりません。")?;
    let outcome = kind
        .outcome(&record.outcome)
        .context("結果区分が見つかりません。")?;
    let head = LetterHead {
        id: "preview".to_owned(),
        number: None,
        issue_date: setting.clock.today(),
    };
    let pool = desk.one_worker()?;
    let mut page = 0;
    loop {
        let output = if image {
            Output::Png {
                page,
                pixel_per_pt: PIXEL_PER_PT,
            }
        } else {
            Output::Pdf
        };
        let job = samples::job(&desk, kind, outcome, &record, head.clone(), output);
        let rendered = pool.render(&job).await.map_err(|failure| {
            let told = failure.staff_message();
            anyhow::anyhow!("書式にこの記録を組み込めませんでした。\n{told}")
        })?;
        let path = if image && rendered.pages > 1 {
            numbered(&args.output, page + 1)
        } else {
            args.output.clone()
        };
        files::replace(&path, &rendered.bytes)
            .map_err(|error| anyhow::anyhow!("{} を書けません({error})。", path.display()))?;
        say!("{}", path.display());
        page += 1;
        if !image || page >= rendered.pages {
            say!("{}ページ", rendered.pages);
            return Ok(ExitCode::SUCCESS);
        }
    }
}

/// `letter.png` to `letter-2.png`.
fn numbered(path: &Path, page: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{page}.png"))
}
