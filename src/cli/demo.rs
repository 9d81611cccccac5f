//! `yobin demo`: the whole night on the shipped samples.

mod folder;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{anyhow, bail};
use serde_json::{Map, Value};

use super::Context;
use super::notice::calling::in_force_called;
use super::run::options;
use crate::acts::reception::{self, Distinct, Mode, Waiting};
use crate::acts::samples;
use crate::acts::samples::edition::SampleEdition;
use crate::config::{Approval, Publication, RequestPolicy};
use crate::domain::{Actor, By, CloseReason, StaffName, Stamp};
use crate::night::{self, Probe, ShiftEvent};
use crate::office::{MAILS, Office, Premises};
use crate::views::{LetterFilter, Report, Requests, issued_pdf, letters_page};
use crate::{acts, files, notice, office};

/// Who approves the sample edition: another person than the demo's own.
const APPROVER: &str = "見本 次郎";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 見本を作るフォルダー(空か、前の見本のフォルダー)
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// 書式を試すための極端な見本(長い氏名、記号の並び)も、最後に加える
    #[arg(long)]
    tests: bool,
}

pub(super) async fn demo(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let mut config = context.config()?;
    let dir = args.dir.unwrap_or_else(|| config.out.join("demo"));
    folder::refuse_used(&dir)?;
    // The society's own workspace knows which notice is in force; one in the
    // folder of an earlier demo knows a sample alone.
    let is_own = folder::is_same(&config.out, &dir);
    if is_own {
        folder::prepare(&dir)?;
    }
    let in_force = notice::in_force(&config).await?;
    if !is_own {
        folder::prepare(&dir)?;
    }
    // A demo never reaches the outside: nothing is approved for real and
    // mails become files.
    config.out.clone_from(&dir);
    config.approval = Approval::None;
    config.requests = Some(RequestPolicy::Required);
    config.mail = toml::Table::new();
    config.publication = Publication::default();
    let desk = Premises::open(config, context.clock)?.for_samples();
    office::init(&desk.config).await?;
    let office = Arc::new(Office::at(desk).await?);

    say!("夜便の見本を作ります。{}", dir.display());
    let by = |office: &Office| By {
        who: Actor::Demo,
        at: Stamp::at(office.desk.clock.now()),
    };
    let edition = SampleEdition::read(&office)?;
    let approver = By {
        who: Actor::Staff(StaffName::new(APPROVER)?),
        ..by(&office)
    };
    let two = (&by(&office), &approver);
    edition.publish(&office, two, in_force.notice()).await?;
    say!("見本の版(手数料と利用目的の変更の見本)を、別の人の承認を受けて公表しました。");
    take_in(&office, &by(&office), &dir, args.tests).await?;
    let told = edition.tell(&office, &by(&office)).await?;
    say!("見本の名簿の方に、利用目的の変更を知らせる書簡 {told}件を受け付けました。");

    let page = notice::build_pdf(&office.desk, in_force.notice()).await?;
    let notice_file = dir.join("公表事項.pdf");
    files::replace(&notice_file, &page.bytes)?;

    let date = context.clock.today();
    let (options, bar) = options(date, None, Probe::default())?;
    let ran = night::run_alone(&office, options).await;
    bar.finish_and_clear();
    ran?;
    // Their dates are long past; the report is about the letters.
    close_requests(&office, &by(&office)).await?;
    let (report, reports) = follow_up(&office).await?;
    let letters = copy_letters(&office, &dir).await?;

    office.close().await;
    folder::finish(&dir)?;
    say!("");
    super::print(format_args!("{}", report.text()));
    say!("");
    say!("できたもの");
    let which = match in_force.is_kept() {
        true => format!("公表中の{}、", in_force_called(&in_force)),
        false => String::new(),
    };
    say!(
        "  公表事項({which}{}ページ)  {}",
        page.pages,
        notice_file.display()
    );
    say!("  書簡 {letters}件  {}", dir.join("書簡").display());
    let mails = count_files(&dir.join(MAILS));
    say!(
        "  メール {mails}件(.eml。送っていません)  {}",
        dir.join(MAILS).display()
    );
    say!("  印刷用ファイル  {}", dir.join("print").display());
    for file in reports {
        say!("  報告書  {}", file.display());
    }
    say!("  保存と台帳  {}", dir.join("archive").display());
    Ok(ExitCode::SUCCESS)
}

/// Registers the requests the samples answer, and queues the samples; with
/// `tests` the hostile ones too, after all others.
async fn take_in(office: &Office, by: &By, dir: &Path, tests: bool) -> anyhow::Result<()> {
    let desk = &office.desk;
    let mut answered = Vec::new();
    // What only an edition stands behind is written from the sample edition.
    let all = desk.catalogue.iter().filter(|kind| !kind.from_notice);
    let all = all.flat_map(|kind| samples::of_kind(desk, kind));
    let (hostile, plain): (Vec<_>, Vec<_>) = all.partition(|sample| sample.is_hostile());
    let hostile = if tests { hostile } else { Vec::new() };
    for sample in plain.into_iter().chain(hostile) {
        let record = sample
            .read(desk)
            .map_err(|lines| anyhow!(lines.join("\n")))?;
        answered.push((sample, record));
    }
    let requests = register(office, by, dir, samples::requests::answered(&answered)).await?;
    say!("見本の請求 {requests}件を登録しました。");
    let mut queued = 0;
    for (sample, _) in &answered {
        let mut problems = Vec::new();
        let received = reception::receive(
            office,
            by,
            &sample.path,
            None,
            (Mode::AllOrNothing, Waiting::Kept),
            &Distinct::default(),
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
    Ok(())
}

/// What follows the night: the report with its files. A demo that lacks a part
/// is none.
async fn follow_up(office: &Office) -> anyhow::Result<(Box<Report>, Vec<PathBuf>)> {
    let mut done = Err(anyhow!("報告書がありません。"));
    let mut failed = None;
    night::follow_up(office, &mut |event| match event {
        ShiftEvent::Reported { report, files, .. } => done = Ok((report, files)),
        ShiftEvent::NotPublished(error) => failed = Some(anyhow!(error)),
        ShiftEvent::NotPrinted { error, .. } => failed = Some(anyhow!(error)),
        ShiftEvent::NotReported { error, .. } => failed = Some(anyhow!(error)),
        ShiftEvent::NotKept(error) => failed = Some(anyhow!(error)),
        ShiftEvent::ClockBack(_)
        | ShiftEvent::Made(_)
        | ShiftEvent::Published(_)
        | ShiftEvent::Waits(_)
        | ShiftEvent::Printed { .. } => {}
    })
    .await?;
    match failed {
        Some(error) => Err(error),
        None => done,
    }
}

/// Registers the requests the samples answer, from a file that stays in the
/// demo. How many there were.
async fn register(
    office: &Office,
    by: &By,
    dir: &Path,
    requests: Vec<Map<String, Value>>,
) -> anyhow::Result<u64> {
    let lines: Vec<String> = requests
        .into_iter()
        .map(|request| Value::Object(request).to_string())
        .collect();
    let file = dir.join("請求.jsonl");
    files::replace(&file, lines.join("\n").as_bytes())?;
    let mut problems = Vec::new();
    let received = reception::receive_requests(
        office,
        by,
        &file,
        Mode::AllOrNothing,
        &Distinct::default(),
        &mut |problem| problems.push(problem.to_string()),
    )
    .await
    .map_err(|error| anyhow!("見本の請求 {}\n{error}", file.display()))?;
    if !problems.is_empty() {
        bail!("見本の請求 {}\n{}", file.display(), problems.join("\n"));
    }
    Ok(received.new)
}

/// Ends the samples' requests.
async fn close_requests(office: &Office, by: &By) -> anyhow::Result<()> {
    let mut open = Requests::of(office).await?.open;
    open.sort_by_key(|request| request.row.id);
    let open = open.into_iter().map(|request| request.row.receipt_number);
    let open: Vec<String> = open.collect();
    acts::requests::close(office, by, &open, CloseReason::AnsweredElsewhere, None).await?;
    Ok(())
}

/// The archive names files by their hash; for a person who looks at the demo
/// each letter also lies under its reference.
async fn copy_letters(office: &Office, dir: &Path) -> anyhow::Result<usize> {
    let folder = dir.join("書簡");
    fs::create_dir_all(&folder)?;
    let mut count = 0;
    let mut after = None;
    loop {
        let page = letters_page(office, &LetterFilter::default(), after).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.letter.id);
        for line in &page {
            let letter = &line.letter;
            let Some(bytes) = issued_pdf(office, letter).await? else {
                continue;
            };
            let name = format!("{}-{}.pdf", letter.id, letter.kind);
            files::replace(&folder.join(name), &bytes)?;
            count += 1;
        }
    }
    Ok(count)
}

fn count_files(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, |entries| entries.flatten().count())
}
