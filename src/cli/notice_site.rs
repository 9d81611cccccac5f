//! `yobin notice site`: the website of the published notice.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;

use super::Context;
use super::given::must_be_readable;
use super::hooks::SiteStop;
use super::notice::calling::{in_force_called, told_of_file};
use crate::acts::site::make_site;
use crate::config::Config;
use crate::notice::InForce;
use crate::notice::site::{self, Public};
use crate::office::Premises;

#[derive(Debug, clap::Args)]
pub(super) struct SiteArgs {
    /// サイトを置くフォルダー
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// 版のファイル(古い順)。案を見るためのもので、公表用サイトには置けない。なければ公表した版
    #[arg(value_name = "NOTICE.toml")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    stop: SiteStop,
}

pub(super) async fn site(context: &Context, args: SiteArgs) -> anyhow::Result<ExitCode> {
    for file in &args.files {
        must_be_readable(file)?;
    }
    let desk = Premises::open(context.config()?, context.clock)?;
    let mut reached = args.stop.stopping();
    let made = make_site(&desk, &args.output, &args.files, &mut reached).await?;
    let (folder, report) = (&made.folder, &made.report);
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
    for place in &made.copies {
        say!("写しを送りました。{place}");
    }
    tell_origin(&desk, &args, made.public.as_ref(), made.in_force.as_ref());
    Ok(ExitCode::SUCCESS)
}

/// Says what the site was made from, and what was not done with it.
fn tell_origin(
    desk: &Premises,
    args: &SiteArgs,
    public: Option<&Public>,
    in_force: Option<&InForce>,
) {
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
