//! What staff do to letters: approve, hold, resume, cancel, retry.

use std::process::ExitCode;

use chrono::NaiveDate;

use super::{Setting, actor, cautions};
use crate::domain::{LetterId, StaffName, State, Whereabouts};
use crate::office::{MAILS, Office, mail_file_name};
use crate::store::{self, Filter, LetterRow, StaffAction, StoreError};

#[derive(Debug, clap::Args)]
pub(super) struct LetterArgs {
    /// 書簡の番号(いくつでも)
    #[arg(value_name = "LETTER", required = true, value_parser = super::letter_id)]
    letters: Vec<LetterId>,
    /// 操作する人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct ApproveArgs {
    /// 書簡の番号(いくつでも)
    #[arg(value_name = "LETTER", required = true, value_parser = super::letter_id)]
    letters: Vec<LetterId>,
    /// この番号までの、受付のままの書簡をすべて(初めの番号は一つだけ書く)
    #[arg(long, value_name = "LETTER", requires = "count", value_parser = super::letter_id)]
    through: Option<LetterId>,
    /// --through で承認する書簡の件数(受け付けたときの件数と同じ数を書く)
    #[arg(long, value_name = "COUNT", requires = "through")]
    count: Option<usize>,
    /// 承認する人の名前
    #[arg(long = "as", value_name = "NAME")]
    name: String,
}

#[derive(Debug, clap::Args)]
pub(super) struct CancelArgs {
    /// 書簡の番号(いくつでも)
    #[arg(value_name = "LETTER", required = true, value_parser = super::letter_id)]
    letters: Vec<LetterId>,
    /// 未発送・書出済の書簡も取り消す：印刷した紙を抜いた、又はメールのファイルを消した
    #[arg(long)]
    pulled: bool,
    /// 操作する人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct RetryArgs {
    /// 書簡の番号(いくつでも)
    #[arg(value_name = "LETTER", required_unless_present = "failed_of", value_parser = super::letter_id)]
    letters: Vec<LetterId>,
    /// この日付の夜間処理で失敗した書簡すべて
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::business_date, conflicts_with = "letters")]
    failed_of: Option<NaiveDate>,
    /// 操作する人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

pub(super) async fn approve(setting: &Setting, args: ApproveArgs) -> anyhow::Result<ExitCode> {
    let letters = match (args.through, args.letters.as_slice()) {
        (None, letters) => letters.to_vec(),
        (Some(last), [first]) => {
            queued_between(setting, *first, last, args.count.unwrap_or_default()).await?
        }
        (Some(_), _) => {
            anyhow::bail!("--through を使うときは、初めの番号を一つだけ書いてください。")
        }
    };
    all(setting, &letters, StaffAction::Approve, Some(&args.name)).await
}

/// The letters that wait for approval from `first` to `last`. There must be
/// as many as the approver says, so that nobody approves what they have not
/// looked at.
async fn queued_between(
    setting: &Setting,
    first: LetterId,
    last: LetterId,
    count: usize,
) -> anyhow::Result<Vec<LetterId>> {
    let office = Office::open(setting.config()?, setting.clock).await?;
    let mut conn = office.store.read().await?;
    let filter = Filter {
        at: Some(State::Queued.into()),
        batch_date: None,
    };
    let mut found = Vec::new();
    let mut after = first.key() - 1;
    loop {
        let page = store::letters_page(&mut conn, &filter, after, PAGE).await?;
        let Some(end) = page.last() else { break };
        after = end.id.key();
        let ids = page.iter().map(|letter| letter.id);
        found.extend(ids.filter(|id| id.key() <= last.key()));
        if after >= last.key() {
            break;
        }
    }
    anyhow::ensure!(
        found.len() == count,
        "{first} から {last} までで承認を待つ書簡は{}件で、--count の{count}件と違います。1件も承認していません。yobin list --state queued で確かめてください。",
        found.len()
    );
    Ok(found)
}

/// Letters read at a time.
const PAGE: i64 = 1000;

pub(super) async fn hold(setting: &Setting, args: LetterArgs) -> anyhow::Result<ExitCode> {
    all(
        setting,
        &args.letters,
        StaffAction::Hold,
        args.name.as_deref(),
    )
    .await
}

pub(super) async fn resume(setting: &Setting, args: LetterArgs) -> anyhow::Result<ExitCode> {
    all(
        setting,
        &args.letters,
        StaffAction::Resume,
        args.name.as_deref(),
    )
    .await
}

pub(super) async fn cancel(setting: &Setting, args: CancelArgs) -> anyhow::Result<ExitCode> {
    let actor = actor(args.name.as_deref())?;
    let office = Office::open(setting.config()?, setting.clock).await?;
    let mut before = Vec::new();
    let mut conn = office.store.read().await?;
    for id in &args.letters {
        before.extend(store::letter(&mut conn, *id).await?);
    }
    drop(conn);
    let action = match args.pulled {
        true => StaffAction::CancelPulled,
        false => StaffAction::Cancel,
    };
    if args.pulled {
        refuse_files_still_there(&office, &before)?;
    }
    let acts: Vec<_> = args.letters.iter().map(|id| (*id, action)).collect();
    act_on(setting, &office, &acts, &actor).await?;
    office.close().await;
    tell_of_paper(&before);
    Ok(ExitCode::SUCCESS)
}

/// Nobody has removed what still stands there.
fn refuse_files_still_there(office: &Office, letters: &[LetterRow]) -> anyhow::Result<()> {
    for letter in letters {
        let message_id = letter.message_id.as_deref();
        let Some(message_id) = message_id.filter(|_| letter.at == Whereabouts::Written) else {
            continue;
        };
        anyhow::ensure!(
            !office.is_in_file(message_id, letter.rounds),
            "{}：メールのファイル {} が、まだあります。ほかのプログラムが送らないように、先に消してください。まだ1件も取り消していません。",
            letter.id,
            office
                .out()
                .join(MAILS)
                .join(mail_file_name(message_id, letter.rounds))
                .display()
        );
    }
    Ok(())
}

/// What is cancelled may still be printed from a file, or be on paper.
fn tell_of_paper(letters: &[LetterRow]) {
    let unposted = |letter: &&LetterRow| letter.at == Whereabouts::Unposted;
    for letter in letters.iter().filter(unposted) {
        match &letter.print_date {
            Some(date) => say!(
                "注意：{} のページは、前に作った印刷用ファイル(out/print/{date})に残っています。これから印刷するときは、先に yobin print-file {date} で作り直してください。",
                letter.id
            ),
            None => say!(
                "注意：{} は郵送の書簡です。前に印刷した紙があれば、抜いて投函しないでください。",
                letter.id
            ),
        }
    }
}

pub(super) async fn retry(setting: &Setting, args: RetryArgs) -> anyhow::Result<ExitCode> {
    let letters = match args.failed_of {
        None => args.letters,
        Some(date) => failed_of(setting, date).await?,
    };
    all(setting, &letters, StaffAction::Retry, args.name.as_deref()).await
}

async fn failed_of(setting: &Setting, date: NaiveDate) -> anyhow::Result<Vec<LetterId>> {
    let office = Office::open(setting.config()?, setting.clock).await?;
    let mut conn = office.store.read().await?;
    let filter = Filter {
        at: Some(State::Failed.into()),
        batch_date: Some(date.format("%Y-%m-%d").to_string()),
    };
    let letters = store::letters(&mut conn, &filter).await?;
    Ok(letters.into_iter().map(|letter| letter.id).collect())
}

/// Letters named one by one; more are counted.
const NAMED: usize = 50;

/// One act on all letters or, if it is refused for one, on none.
async fn all(
    setting: &Setting,
    letters: &[LetterId],
    action: StaffAction,
    name: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let actor = actor(name)?;
    let office = Office::open(setting.config()?, setting.clock).await?;
    let acts: Vec<_> = letters.iter().map(|id| (*id, action)).collect();
    let done = act_on(setting, &office, &acts, &actor).await?;
    office.close().await;
    if action == StaffAction::Retry && !done.is_empty() {
        say!("次の夜間処理(yobin run または予定の時刻)で処理します。");
    }
    Ok(ExitCode::SUCCESS)
}

/// Does each act, or none if one is refused, and says where the letters are
/// then.
pub(super) async fn act_on(
    setting: &Setting,
    office: &Office,
    acts: &[(LetterId, StaffAction)],
    actor: &StaffName,
) -> anyhow::Result<Vec<(LetterId, Whereabouts)>> {
    let mut tx = office.store.write().await?;
    let mut done = Vec::new();
    for (id, action) in acts {
        let at = store::act(&mut tx, *id, *action, actor, &setting.clock.stamp())
            .await
            .map_err(|error| {
                if acts.len() > 1 {
                    anyhow::anyhow!("{error} ほかの書簡にも、まだ何もしていません。")
                } else {
                    error.into()
                }
            })?;
        done.push((*id, at));
    }
    let approved = acts
        .iter()
        .filter(|(_, action)| *action == StaffAction::Approve);
    let approved: Vec<LetterId> = approved.map(|(id, _)| *id).collect();
    // Who approves is the last person to see what whoever queued it was told.
    let found = store::registered_against(&mut tx, &approved, &|kind, outcome| {
        office.desk.catalogue.reveals(kind, outcome)
    })
    .await?;
    tx.commit().await.map_err(StoreError::from)?;
    tell(&done);
    cautions::tell_approver(&found);
    Ok(done)
}

/// Where letters are now.
pub(super) fn tell(done: &[(LetterId, Whereabouts)]) {
    match done {
        [] => say!("当てはまる書簡はありません。"),
        [(first, at), .., (last, _)] if done.len() > NAMED => {
            say!(
                "{first} から {last} まで {}件  {}",
                done.len(),
                at.japanese()
            );
        }
        done => {
            for (id, at) in done {
                say!("{id}  {}", at.japanese());
            }
        }
    }
}
