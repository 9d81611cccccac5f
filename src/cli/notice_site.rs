//! `yobin notice site`: the website of the published notice.

use std::path::PathBuf;
use std::process::ExitCode;

use super::Setting;
use crate::notice::site::{self, Step};
use crate::notice::{Edition, Notice};
use crate::office::Desk;

#[derive(Debug, clap::Args)]
pub(super) struct SiteArgs {
    /// サイトを置くフォルダー
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// 版のファイル(古い順。なければ組合の notice.toml)
    #[arg(value_name = "NOTICE.toml")]
    files: Vec<PathBuf>,
    /// 入れ替えの途中のここで止まる(試験用：written、exchanged)
    #[arg(long, hide = true, value_name = "PLACE", value_parser = step)]
    stop_at: Option<Step>,
}

pub(super) async fn site(setting: &Setting, args: SiteArgs) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(setting.config()?, setting.clock)?;
    let files = match args.files.is_empty() {
        true => vec![desk.config.society.join("notice.toml")],
        false => args.files,
    };
    let mut editions = Vec::new();
    for (number, file) in (1..).zip(&files) {
        let notice = Notice::from_file(file)?;
        editions.push(Edition {
            number,
            label: notice.revision.label.clone(),
            effective: notice.revision.date,
            notice,
        });
    }
    let report = site::build_watched(&desk, &editions, &args.output, &mut |step| {
        if args.stop_at == Some(step) {
            eprintln!("stopped at {step:?}");
            loop {
                std::thread::park();
            }
        }
    })
    .await?;
    if report.changed {
        say!(
            "公表用サイトを作りました。{}({}版、{}ファイル)",
            args.output.display(),
            report.editions,
            report.files
        );
    } else {
        say!(
            "公表用サイトは前のとおりで、変えるところはありません。{}",
            args.output.display()
        );
    }
    for place in site::mirror(&desk.config.publication, &args.output).await? {
        say!("写しを送りました。{place}");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn step(text: &str) -> Result<Step, String> {
    match text {
        "written" => Ok(Step::Written),
        "exchanged" => Ok(Step::Exchanged),
        other => Err(format!("no such place: {other}")),
    }
}
