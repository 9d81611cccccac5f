//! `yobin form`: forms to fill in by hand, blank or from a request.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::Context;
use super::notice_site::refuse_public_file;
use super::usage::misused;
use crate::acts::papers::{self, PaperFormat};
use crate::files;
use crate::office::{Premises, papers as all_papers};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 用紙の名前(なければ一覧)
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// 登録された請求の受付番号(その請求の内容を記入した用紙にする)
    #[arg(long, value_name = "RECEIPT", requires = "name")]
    request: Option<String>,
    /// 書き出すファイル(.pdf、又は入力できるExcelの .xlsx)
    #[arg(short, long, value_name = "FILE", requires = "name")]
    output: Option<PathBuf>,
}

pub(super) async fn form(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let desk = Premises::open(context.config()?, context.clock)?;
    let Some(name) = args.name else {
        for paper in all_papers(&desk.config.templates)? {
            say!("{}  ({})", paper.name, paper.code);
            say!("    {}", paper.occasion);
        }
        say!(
            "用紙は yobin form 用紙の名前 -o ファイル.pdf で作れます。入力できるExcelのファイルにするときは、-o ファイル.xlsx とします。"
        );
        return Ok(ExitCode::SUCCESS);
    };
    let Some(output) = args.output else {
        return Err(misused("-o に、書き出すファイルの名前を書いてください。"));
    };
    let format = format_of(&output)?;
    refuse_public_file(&desk.config, &output)?;
    let paper = papers::find(&desk, &name)?;
    let made = match &args.request {
        None => papers::blank(&desk, &paper, format).await?,
        Some(receipt) => {
            let office = super::look(context).await?;
            papers::of_request(&office, &paper, receipt, format).await?
        }
    };
    files::write_out(&output, &made.bytes)?;
    let how = match made.pages {
        Some(pages) => format!("{pages}ページ"),
        None => "Excel".to_owned(),
    };
    say!(
        "用紙「{}」を書き出しました。{}({how})",
        paper.name,
        output.display()
    );
    if args.request.is_some() {
        say!(
            "登録された請求のうち、請求者が書いたことだけを記入しています。渡す前に内容を確かめてください。"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// As what a form is made, by the ending of the file's name.
fn format_of(output: &Path) -> anyhow::Result<PaperFormat> {
    let ending = output.extension().and_then(|ending| ending.to_str());
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("pdf") => Ok(PaperFormat::Pdf),
        Some("xlsx") => Ok(PaperFormat::Workbook),
        _ => Err(misused(
            "-o には .pdf か .xlsx で終わるファイル名を書いてください。",
        )),
    }
}
