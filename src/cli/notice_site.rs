//! `yobin notice site`: the website of the published notice.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use chrono::NaiveDate;

use super::Setting;
use super::notice::calling::{in_force_called, told_of_file};
use crate::acts::site::show_public;
use crate::config::Config;
use crate::notice::site::{self, Public, Readers, Step};
use crate::notice::{self, Edition, InForce, Notice};
use crate::office::Desk;

#[derive(Debug, clap::Args)]
pub(super) struct SiteArgs {
    /// サイトを置くフォルダー
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// 版のファイル(古い順)。案を見るためのもので、公表用サイトには置けない。なければ公表した版
    #[arg(value_name = "NOTICE.toml")]
    files: Vec<PathBuf>,
    /// 入れ替えの途中のここで止まる(試験用：written、exchanged)
    #[arg(long, hide = true, value_name = "PLACE", value_parser = step)]
    stop_at: Option<Step>,
}

pub(super) async fn site(setting: &Setting, args: SiteArgs) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(setting.config()?, setting.clock)?;
    let public = site::touches_public(&desk.config, &args.output);
    // Where nothing was ever taken in, named files are all there is to tell
    // which edition is the newest; the society's file need not even be there.
    let (editions, in_force) = match notice::in_force(&desk.config).await {
        Ok(in_force) if args.files.is_empty() => (in_force.editions(), Some(in_force)),
        Ok(in_force) => (from_files(&args.files)?, Some(in_force)),
        Err(notice::InForceError::File(_)) if !args.files.is_empty() => {
            (from_files(&args.files)?, None)
        }
        Err(error) => return Err(error.into()),
    };
    let kept = in_force.as_ref().filter(|in_force| in_force.is_kept());
    refuse_public(&desk, &args, public.as_ref(), kept)?;
    if let (None, Some(Public::Site(_) | Public::Copy(_)), Some(newest)) =
        (kept, &public, editions.last())
    {
        refuse_early(newest, setting.clock.today())?;
    }
    let mut reached = stopping_at(args.stop_at);
    let (folder, report, copies) = match &public {
        Some(Public::Site(folder)) => {
            let shown = show_public(&desk, &editions, &mut reached).await?;
            (folder.clone(), shown.0, shown.1)
        }
        other => {
            let (folder, readers) = match other {
                Some(Public::Copy(folder)) => (folder.clone(), Readers::Public),
                _ => (args.output.clone(), Readers::Staff),
            };
            let report = site::build(&desk, &editions, &folder, readers, &mut reached).await?;
            (folder, report, Vec::new())
        }
    };
    if report.changed {
        say!(
            "公表用サイトを作りました。{}({}版、{}ファイル)",
            folder.display(),
            report.editions,
            report.files
        );
    } else {
        say!(
            "公表用サイトは前のとおりで、変えるところはありません。{}",
            folder.display()
        );
    }
    for place in copies {
        say!("写しを送りました。{place}");
    }
    tell_origin(&desk, &args, public.as_ref(), in_force.as_ref());
    Ok(ExitCode::SUCCESS)
}

fn from_files(files: &[PathBuf]) -> anyhow::Result<Vec<Edition>> {
    let mut editions = Vec::new();
    for (number, file) in (1..).zip(files) {
        editions.push(Edition::of_file(number, Notice::from_file(file)?));
    }
    Ok(editions)
}

/// What the public reads comes from the editions alone, once there are any,
/// and nothing is put within what the public reads.
fn refuse_public(
    desk: &Desk,
    args: &SiteArgs,
    public: Option<&Public>,
    kept: Option<&InForce>,
) -> anyhow::Result<()> {
    let output = args.output.display();
    match (public, kept) {
        (Some(Public::Part(folder)), _) => bail!(
            "{output} は、公表用サイトを置くフォルダー({})の中か、それを含むフォルダーです。ほかのフォルダーを -o に書いてください。",
            folder.display()
        ),
        (Some(Public::Site(_) | Public::Copy(_)), Some(kept)) if !args.files.is_empty() => bail!(
            "{output} は公表用のフォルダーです。ファイルから作ったサイトは置けません(何も変えていません)。公表中は{}です。公表用サイトは yobin notice publish で作り直せます(写しは {} から送られます)。案を見るときは、ほかのフォルダーを -o に書いてください。",
            in_force_called(kept),
            site::site_folder(&desk.config).display()
        ),
        _ => Ok(()),
    }
}

/// A file may be dated ahead, as a draft is.
fn refuse_early(newest: &Edition, today: NaiveDate) -> anyhow::Result<()> {
    anyhow::ensure!(
        newest.effective <= today,
        "「{}」の日付({})が今日({today})より後なので、公表用サイトには置けません(何も変えていません)。その日になってから実行するか、yobin notice import で今の版を取り込み、yobin notice draft で改定案にしてください。案を見るときは、ほかのフォルダーを -o に書いてください。",
        newest.label,
        newest.effective
    );
    Ok(())
}

/// Says what the site was made from, and what was not done with it.
fn tell_origin(desk: &Desk, args: &SiteArgs, public: Option<&Public>, in_force: Option<&InForce>) {
    match in_force {
        Some(in_force) if in_force.is_kept() => {
            let called = in_force_called(in_force);
            if args.files.is_empty() {
                say!("公表中の{called}のサイトです。");
                told_of_file(&desk.config, in_force);
            } else {
                say!("ファイルから作った、見るためのサイトです。公表中は{called}です。");
            }
        }
        _ if public.is_some() => say!(
            "注意：公表事項がまだ取り込まれていないため、ファイルの内容をそのまま公表用サイトにしました。yobin notice import で取り込むと、承認を受けて施行日の来た版だけが載ります。"
        ),
        _ => {}
    }
    let publication = &desk.config.publication;
    let copied = publication.folder.is_some() || !publication.rsync.is_empty();
    if copied && !matches!(public, Some(Public::Site(_))) {
        say!(
            "写しは送っていません。送るのは {} のサイトだけです。",
            site::site_folder(&desk.config).display()
        );
    }
}

/// Refuses to write what is made for staff, a file or a folder, into what the
/// public reads.
pub(super) fn refuse_public_file(config: &Config, file: &Path) -> anyhow::Result<()> {
    match site::touches_public(config, file) {
        None => Ok(()),
        Some(Public::Site(folder) | Public::Copy(folder) | Public::Part(folder)) => bail!(
            "{} は、公表用サイトのフォルダー({})の中か、それを含むフォルダーです。公表用サイトは yobin notice publish だけが作ります。ほかの場所を書いてください。",
            file.display(),
            folder.display()
        ),
    }
}

/// Stops the program where a test wants it stopped.
pub(super) fn stopping_at(place: Option<Step>) -> impl FnMut(Step) {
    move |step| {
        if place == Some(step) {
            eprintln!("stopped at {step:?}");
            loop {
                std::thread::park();
            }
        }
    }
}

pub(super) fn step(text: &str) -> Result<Step, String> {
    match text {
        "written" => Ok(Step::Written),
        "exchanged" => Ok(Step::Exchanged),
        other => Err(format!("no such place: {other}")),
    }
}
