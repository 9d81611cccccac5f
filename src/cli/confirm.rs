//! `yobin confirm`: what became of a mail that the program cannot know of.

use std::process::ExitCode;

use chrono::NaiveDate;

use super::usage::misused;
use super::{Context, staff};
use crate::acts::letters::{Moved, Selection};
use crate::domain::{LetterAction, LetterId, Whereabouts};

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

pub(super) async fn confirm(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let action = match (args.delivered, args.not_delivered) {
        (true, false) => LetterAction::ConfirmDelivered,
        (false, true) => LetterAction::ConfirmUndelivered,
        // Both ways are named alike: whoever adds the one a message names
        // records it for ever.
        _ => {
            return Err(misused(
                "--delivered(届いていた)か --not-delivered(届いていなかった)のどちらか一つを付けてください。どちらか分からないときは、メールサーバーの記録か受取人に確かめるまで、記録しないでください。まだ何も記録していません。",
            ));
        }
    };
    if args.written_of.is_none() && args.letters.is_empty() {
        return Err(misused(
            "どの書簡かを、番号で書いてください。ある夜にファイルに書き出したものすべてなら、--written-of 日付 です。例：yobin confirm L000001B --delivered --as 佐藤",
        ));
    }
    let which = match args.written_of {
        None => Selection::These(args.letters),
        Some(date) => Selection::WrittenOf(date),
    };
    let acted = staff::act(context, action, &which, args.name.as_deref()).await?;
    let written = |letter: &Moved| letter.at == Whereabouts::Written;
    if action == LetterAction::ConfirmDelivered && acted.letters.iter().any(written) {
        say!(
            "書出済としたものは、メールのファイルがまだ書き出したところにあるため、送ったことにはしていません。ほかのプログラムで送ったら、もう一度 yobin confirm --delivered で記録してください。"
        );
    }
    Ok(staff::ended(&acted))
}
