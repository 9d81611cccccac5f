//! `yobin gallery`: every sample's pages side by side, for people to look
//! through before an office begins to use its letters.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{anyhow, bail};

use super::notice_site::refuse_public_file;
use super::{FAILED, Setting};
use crate::files;
use crate::office::Desk;
use crate::record::LetterHead;
use crate::render::{Output, Pool};
use crate::samples::gallery::{Gallery, KindShown, Page, SampleShown};
use crate::samples::{self, Sample};

/// Pixels a point: an A4 page is 1190 pixels wide.
const PIXEL_PER_PT: f32 = 2.0;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 作るフォルダー(空か、前の一覧のフォルダー)
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

pub(super) async fn gallery(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(setting.config()?, setting.clock)?.for_samples();
    refuse_public_file(&desk.config, &args.output)?;
    let page = Page::open(&desk.config.templates)?;
    prepare(&args.output)?;
    let pool = desk.one_worker()?;
    let mut kinds = Vec::new();
    let mut problems = Vec::new();
    for kind in desk.catalogue.iter() {
        let mut shown = Vec::new();
        for sample in samples::of_kind(&desk, kind) {
            match draw(&desk, &pool, &sample, &args.output).await {
                Ok(sample) => shown.push(sample),
                Err(found) => problems.extend(found),
            }
        }
        let unshown = kind.outcomes.iter().filter(|outcome| {
            let label = &outcome.label;
            !shown.iter().any(|sample| sample.outcome == *label)
        });
        kinds.push(KindShown {
            code: kind.code.clone(),
            name: kind.name.clone(),
            unshown: unshown.map(|outcome| outcome.label.clone()).collect(),
            samples: shown,
        });
    }
    let samples = || kinds.iter().flat_map(|kind| &kind.samples);
    let count = samples().count();
    let sheets = samples().map(|sample| sample.pages.len()).sum();
    let gallery = Gallery {
        society: desk.society.name.clone(),
        date: crate::text::era::write(setting.clock.today()).unwrap_or_default(),
        kinds,
        sheets,
    };
    let html = page.fill(&gallery)?;
    let index = args.output.join(INDEX);
    files::replace(&index, html.as_bytes())
        .map_err(|error| anyhow!("{} を書けません({error})。", index.display()))?;
    say!("{}", index.display());
    say!(
        "{}種類、見本 {count}件、{sheets}ページ",
        gallery.kinds.len()
    );
    for problem in &problems {
        say!("・{problem}");
    }
    Ok(if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

const INDEX: &str = "index.html";

/// Pages of an earlier gallery are removed; any other folder with something
/// in it is refused.
fn prepare(dir: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(dir)
        .map_err(|error| anyhow!("フォルダー {} を作れません({error})。", dir.display()))?;
    let entries: Vec<PathBuf> = fs::read_dir(dir)
        .map_err(|error| anyhow!("フォルダー {} を読めません({error})。", dir.display()))?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    if entries.is_empty() {
        return Ok(());
    }
    let ours = |path: &PathBuf| {
        path.ends_with(INDEX) || path.extension().is_some_and(|ending| ending == "png")
    };
    if !dir.join(INDEX).is_file() || !entries.iter().all(ours) {
        bail!(
            "{} は空ではなく、前に作った一覧のフォルダーでもありません。-o に別のフォルダーを書いてください。",
            dir.display()
        );
    }
    for path in entries {
        fs::remove_file(&path)
            .map_err(|error| anyhow!("{} を消せません({error})。", path.display()))?;
    }
    Ok(())
}

async fn draw(
    desk: &Desk,
    pool: &Pool,
    sample: &Sample<'_>,
    dir: &Path,
) -> Result<SampleShown, Vec<String>> {
    let name = sample.name();
    let told = |error: String| vec![format!("見本 {} {error}", sample.path.display())];
    let record = sample.read(desk)?;
    let Some(outcome) = sample.kind.outcome(&record.outcome) else {
        return Err(told("結果区分がありません。".to_owned()));
    };
    let mut pages = Vec::new();
    loop {
        let head = LetterHead {
            id: "gallery".to_owned(),
            number: Some("第1号".to_owned()),
            issue_date: desk.clock.today(),
        };
        let output = Output::Png {
            page: pages.len(),
            pixel_per_pt: PIXEL_PER_PT,
        };
        let job = samples::job(desk, sample.kind, outcome, &record, head, output);
        let rendered = pool
            .render(&job)
            .await
            .map_err(|failure| told(failure.to_string()))?;
        let file = format!("{}-{name}-{}.png", sample.kind.code, pages.len() + 1);
        files::replace(&dir.join(&file), &rendered.bytes)
            .map_err(|error| told(format!("{file} を書けません({error})。")))?;
        pages.push(file);
        if pages.len() >= rendered.pages {
            break;
        }
    }
    Ok(SampleShown {
        name,
        outcome: outcome.label.clone(),
        subject: outcome.subject.clone(),
        pages,
    })
}
