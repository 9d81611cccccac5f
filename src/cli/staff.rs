//! What staff do to letters: approve, hold, resume, cancel, retry.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::anyhow;
use chrono::NaiveDate;

use super::restricted::identities;
use super::usage::misused;
use super::{Context, NEEDS_PERSON, actor, cautions, refused};
use crate::acts::in_charge::InCharge;
use crate::acts::letters::{self, Acted, Moved, Selection};
use crate::acts::restricted::Identities;
use crate::domain::{LetterAction, LetterId, Whereabouts};
use crate::office::Office;
use crate::wording::{self, letter_refusal};

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
    /// 個人情報保護管理者の鍵のファイル(支援措置の相手方に届く書簡を承認するとき)
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
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
    /// 個人情報保護管理者の鍵のファイル(支援措置の相手方に届く書簡を送るとき)
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// 操作する人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

/// Letters named one by one; more are counted.
const NAMED: usize = 50;

pub(super) async fn approve(context: &Context, args: ApproveArgs) -> anyhow::Result<ExitCode> {
    let which = match (args.through, args.letters.as_slice()) {
        (None, _) => Selection::These(args.letters),
        (Some(last), [first]) => Selection::Range {
            first: *first,
            last,
            count: args.count.unwrap_or_default(),
        },
        (Some(_), _) => {
            return Err(misused(
                "--through を使うときは、初めの番号を一つだけ書いてください。",
            ));
        }
    };
    let identity = args.identity.as_deref();
    let name = Some(args.name.as_str());
    let acted = act_in_charge(context, LetterAction::Approve, &which, name, identity).await?;
    Ok(ended(&acted))
}

pub(super) async fn hold(context: &Context, args: LetterArgs) -> anyhow::Result<ExitCode> {
    these(context, LetterAction::Hold, args).await
}

pub(super) async fn resume(context: &Context, args: LetterArgs) -> anyhow::Result<ExitCode> {
    these(context, LetterAction::Resume, args).await
}

async fn these(
    context: &Context,
    action: LetterAction,
    args: LetterArgs,
) -> anyhow::Result<ExitCode> {
    let which = Selection::These(args.letters);
    act(context, action, &which, args.name.as_deref()).await?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn cancel(context: &Context, args: CancelArgs) -> anyhow::Result<ExitCode> {
    let action = match args.pulled {
        true => LetterAction::CancelPulled,
        false => LetterAction::Cancel,
    };
    let which = Selection::These(args.letters);
    let acted = act(context, action, &which, args.name.as_deref()).await?;
    tell_of_paper(&acted.letters);
    Ok(ExitCode::SUCCESS)
}

/// What is cancelled may still be printed from a file, or be on paper.
fn tell_of_paper(letters: &[Moved]) {
    let unposted = |letter: &&Moved| letter.before == Whereabouts::Unposted;
    for letter in letters.iter().filter(unposted) {
        match &letter.printed {
            Some(run) => say!(
                "注意：{} のページは、前に作った印刷用ファイル({})に残っています。これから印刷するときは、先に {} で作り直してください。",
                letter.id,
                wording::print::called_with_folder(run),
                wording::print::again(run)
            ),
            None => say!(
                "注意：{} は郵送の書簡です。前に印刷した紙があれば、抜いて投函しないでください。",
                letter.id
            ),
        }
    }
}

pub(super) async fn retry(context: &Context, args: RetryArgs) -> anyhow::Result<ExitCode> {
    let which = match args.failed_of {
        None => Selection::These(args.letters),
        Some(date) => Selection::FailedOf(date),
    };
    let (name, identity) = (args.name.as_deref(), args.identity.as_deref());
    let acted = act_in_charge(context, LetterAction::Retry, &which, name, identity).await?;
    if !acted.letters.is_empty() {
        say!("次の夜間処理(yobin run または予定の時刻)で処理します。");
    }
    Ok(ended(&acted))
}

/// One act on all letters or, if it is refused for one, on none. Says where
/// they are then.
pub(super) async fn act(
    context: &Context,
    action: LetterAction,
    which: &Selection,
    name: Option<&str>,
) -> anyhow::Result<Acted> {
    act_in_charge(context, action, which, name, None).await
}

/// The same, by the person in charge where there is a key file.
async fn act_in_charge(
    context: &Context,
    action: LetterAction,
    which: &Selection,
    name: Option<&str>,
    identity: Option<&Path>,
) -> anyhow::Result<Acted> {
    let identities = identity.map(identities).transpose()?;
    let actor = actor(name)?;
    let office = Office::open(context.config()?, context.clock).await?;
    let prove = |keys: &Identities| InCharge::prove(&office, keys);
    let charge = identities.as_ref().map(prove).transpose();
    let charge = charge.map_err(refused(letter_refusal::words))?;
    let acted = letters::act(&office, &office.by(actor), action, which, charge.as_ref())
        .await
        .map_err(refused(letter_refusal::words))?;
    office.close().await;
    tell(&acted.letters);
    cautions::tell_approver(&acted.cautions);
    cautions::tell_kept(&acted.warnings);
    if !acted.left.is_empty() {
        warn_staff!("注意：{}", letter_refusal::left(&acted.left));
    }
    if let Some(error) = &acted.broken_off {
        return Err(anyhow!(
            "{}",
            letter_refusal::broken_off(acted.letters.len(), error)
        ));
    }
    Ok(acted)
}

/// How a command ends that left letters as they were.
pub(super) fn ended(acted: &Acted) -> ExitCode {
    match acted.left.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(NEEDS_PERSON),
    }
}

/// Where letters are now.
pub(super) fn tell(letters: &[Moved]) {
    match letters {
        [] => say!("当てはまる書簡はありません。"),
        [first, .., last] if letters.len() > NAMED => {
            say!(
                "{} から {} まで {}件  {}",
                first.id,
                last.id,
                letters.len(),
                first.at.label()
            );
        }
        letters => {
            for letter in letters {
                say!("{}  {}", letter.id, letter.at.label());
            }
        }
    }
}
