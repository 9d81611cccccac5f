//! `yobin confirm`: what became of a mail that the program cannot know of.

use std::process::ExitCode;

use anyhow::ensure;
use chrono::NaiveDate;

use super::staff::act_on;
use super::{NEEDS_PERSON, Setting, actor};
use crate::domain::{HandedTo, LetterId, State, Whereabouts};
use crate::office::Office;
use crate::store::{self, Filter, StaffAction};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 書簡の番号(いくつでも)
    #[arg(value_name = "LETTER", value_parser = super::letter_id)]
    letters: Vec<LetterId>,
    /// この日付の夜間処理でファイルに書き出した(書出済の)書簡すべて
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::business_date, conflicts_with = "letters")]
    written_of: Option<NaiveDate>,
    /// 届いていた。書出済のメールなら、ほかのプログラムで送った
    #[arg(long)]
    delivered: bool,
    /// 届いていなかった(次の夜間処理で送り直す)。書出済のメールなら、送ったという記録を取り消す
    #[arg(long)]
    not_delivered: bool,
    /// 確かめた人の名前(なければログイン名)
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
}

pub(super) async fn confirm(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let action = match (args.delivered, args.not_delivered) {
        (true, false) => StaffAction::ConfirmDelivered,
        (false, true) => StaffAction::ConfirmUndelivered,
        // Both ways are named alike: whoever adds the one a message names
        // records it for ever.
        _ => {
            eprintln!(
                "エラー：--delivered(届いていた)か --not-delivered(届いていなかった)のどちらか一つを付けてください。どちらか分からないときは、メールサーバーの記録か受取人に確かめるまで、記録しないでください。まだ何も記録していません。"
            );
            return Ok(ExitCode::from(NEEDS_PERSON));
        }
    };
    ensure!(
        args.written_of.is_some() || !args.letters.is_empty(),
        "どの書簡かを、番号で書いてください。ある夜にファイルに書き出したものすべてなら、--written-of 日付 です。"
    );
    let actor = actor(args.name.as_deref())?;
    let office = Office::open(setting.config()?, setting.clock).await?;
    let letters = match args.written_of {
        None => args.letters,
        Some(date) => written_of(&office, date).await?,
    };
    let mut acts = Vec::new();
    for id in letters {
        let action = match action {
            StaffAction::ConfirmDelivered if is_in_file(&office, id).await? => {
                StaffAction::ConfirmWritten
            }
            action => action,
        };
        acts.push((id, action));
    }
    let done = act_on(setting, &office, &acts, &actor).await?;
    office.close().await;
    let written = |(_, at): &(LetterId, Whereabouts)| *at == Whereabouts::Written;
    if action == StaffAction::ConfirmDelivered && done.iter().any(written) {
        say!(
            "書出済としたものは、メールのファイルがまだ書き出したところにあるため、送ったことにはしていません。ほかのプログラムで送ったら、もう一度 yobin confirm --delivered で記録してください。"
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The letters of a night whose mails stand in files.
async fn written_of(office: &Office, date: NaiveDate) -> anyhow::Result<Vec<LetterId>> {
    let mut conn = office.store.read().await?;
    let filter = Filter {
        at: Some(Whereabouts::Written),
        batch_date: Some(date.format("%Y-%m-%d").to_string()),
    };
    let letters = store::letters(&mut conn, &filter).await?;
    Ok(letters.into_iter().map(|letter| letter.id).collect())
}

/// Whether a letter's outcome is unknown and its mail stands in its file: then
/// it did not go astray, but nobody has sent it either.
async fn is_in_file(office: &Office, id: LetterId) -> anyhow::Result<bool> {
    let mut conn = office.store.read().await?;
    let letter = store::letter(&mut conn, id).await?;
    Ok(letter.is_some_and(|letter| {
        letter.state == State::Unknown
            && letter.handed_to != Some(HandedTo::Gateway)
            && letter
                .message_id
                .is_some_and(|message_id| office.is_in_file(&message_id, letter.rounds))
    }))
}
