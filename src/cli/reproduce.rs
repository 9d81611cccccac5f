//! `yobin reproduce`: a letter set again, byte for byte.

use std::process::ExitCode;

use super::{Context, FAILED};
use crate::acts::proof::{self, Reproduction};
use crate::domain::LetterId;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 書簡の番号
    #[arg(value_name = "LETTER", value_parser = super::letter_id)]
    letter: LetterId,
}

pub(super) async fn reproduce(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let office = super::look(context).await?;
    match proof::reproduce(&office, args.letter).await? {
        Reproduction::Identical { bytes } => {
            say!(
                "{}：同じ書簡になりました({bytes}バイトすべて一致)。",
                args.letter
            );
            Ok(ExitCode::SUCCESS)
        }
        Reproduction::Different { kept, now } => {
            say!("{}：保存してあるものと一致しません。", args.letter);
            say!("  保存  {kept}");
            say!("  今回  {now}");
            say!("yobin verify で保存の状態を調べてください。");
            Ok(ExitCode::from(FAILED))
        }
    }
}
