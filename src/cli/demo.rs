//! `yobin demo`: the whole night on the shipped samples.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{anyhow, bail};

use super::Setting;
use super::run::one_night;
use crate::config::{Approval, Requests};
use crate::domain::StaffName;
use crate::night::{self, Probe};
use crate::office::{Desk, Office};
use crate::reception::{self, Mode, Waiting};
use crate::store::{self, Filter};
use crate::{files, notice, samples};

/// Marks a folder as a demo's, so that it may be made anew.
const MARK: &str = ".yobin-demo";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 見本を作るフォルダー(空か、前の見本のフォルダー)
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(super) async fn demo(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let mut config = setting.config()?;
    let dir = args.dir.unwrap_or_else(|| config.out.join("demo"));
    prepare(&dir)?;
    // A demo never reaches the outside: nothing is approved for real and
    // mails become files.
    config.out.clone_from(&dir);
    config.approval = Approval::None;
    config.requests = Requests::Optional;
    config.mail = toml::Table::new();
    let desk = Desk::open(config, setting.clock)?.for_samples();
    let office = Arc::new(Office::at(desk).await?);

    say!("夜便の見本を作ります。{}", dir.display());
    let actor = StaffName::new("見本の担当者")?;
    let mut queued = 0;
    let desk = &office.desk;
    let all = desk.catalogue.iter();
    for sample in all.flat_map(|kind| samples::of_kind(desk, kind)) {
        let mut problems = Vec::new();
        let received = reception::receive(
            &office,
            &sample.path,
            None,
            &actor,
            (Mode::AllOrNothing, Waiting::Kept),
            &mut |problem| problems.push(problem.to_string()),
        )
        .await
        .map_err(|error| anyhow!("見本 {}\n{error}", sample.path.display()))?;
        if !problems.is_empty() {
            bail!("見本 {}\n{}", sample.path.display(), problems.join("\n"));
        }
        queued += received.new;
    }
    say!("見本の記録 {queued}件を受け付けました。");

    let page = notice::build_pdf(&office.desk).await?;
    let notice_file = dir.join("公表事項.pdf");
    files::replace(&notice_file, &page.bytes)?;

    let date = setting.clock.today();
    one_night(&office, date, None, Probe::default()).await?;
    let (report, reports) = night::write_report(&office, date).await?;
    let letters = copy_letters(&office, &dir).await?;

    office.close().await;
    say!("");
    super::print(format_args!("{}", report.text()));
    say!("");
    say!("できたもの");
    say!(
        "  公表事項({}ページ)  {}",
        page.pages,
        notice_file.display()
    );
    say!("  書簡 {letters}件  {}", dir.join("書簡").display());
    let mails = count_files(&dir.join("mail"));
    say!("  メール {mails}件(.eml)  {}", dir.join("mail").display());
    for file in reports {
        say!("  報告書  {}", file.display());
    }
    say!("  保存と台帳  {}", dir.join("archive").display());
    Ok(ExitCode::SUCCESS)
}

/// Makes an empty folder; an earlier demo's is emptied, any other with
/// something in it is refused.
fn prepare(dir: &Path) -> anyhow::Result<()> {
    if dir.join(MARK).is_file() {
        fs::remove_dir_all(dir)
            .map_err(|error| anyhow!("前の見本 {} を消せません({error})。", dir.display()))?;
    }
    match fs::read_dir(dir) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                bail!(
                    "{} は空ではなく、見本のフォルダーでもありません。--dir に別のフォルダーを書いてください。",
                    dir.display()
                );
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => fs::create_dir_all(dir)
            .map_err(|error| anyhow!("フォルダー {} を作れません({error})。", dir.display()))?,
        Err(error) => {
            bail!("{} を使えません({error})。", dir.display());
        }
    }
    fs::write(dir.join(MARK), "")
        .map_err(|error| anyhow!("{} に書き込めません({error})。", dir.display()))?;
    Ok(())
}

/// The archive names files by their hash; for a person who looks at the demo
/// each letter also lies under its reference.
async fn copy_letters(office: &Office, dir: &Path) -> anyhow::Result<usize> {
    let folder = dir.join("書簡");
    fs::create_dir_all(&folder)?;
    let mut conn = office.store.read().await?;
    let mut count = 0;
    for letter in store::letters(&mut conn, &Filter::default()).await? {
        let Some(sha256) = letter.register_seq.and(letter.pdf_sha256) else {
            continue;
        };
        let bytes = office
            .archive
            .get(crate::archive::Holding::Pdf, &sha256)
            .await?;
        files::replace(
            &folder.join(format!("{}-{}.pdf", letter.id, letter.kind)),
            &bytes,
        )?;
        count += 1;
    }
    Ok(count)
}

fn count_files(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, |entries| entries.flatten().count())
}
