//! `yobin reproduce`: a letter set again, byte for byte.

use std::process::ExitCode;

use super::{FAILED, Setting};
use crate::domain::LetterId;
use crate::office::Office;
use crate::proof::{self, Reproduction};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 書簡の番号
    #[arg(value_name = "LETTER", value_parser = super::letter_id)]
    letter: LetterId,
}

pub(super) async fn reproduce(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(setting.config()?, setting.clock).await?;
    match proof::reproduce(&office, args.letter).await? {
        Reproduction::Identical { bytes } => {
            println!(
                "{}：同じ書簡になりました({bytes}バイトすべて一致)。",
                args.letter
            );
            Ok(ExitCode::SUCCESS)
        }
        Reproduction::Different { kept, now } => {
            println!("{}：保存してあるものと一致しません。", args.letter);
            println!("  保存  {kept}");
            println!("  今回  {now}");
            println!("yobin verify で保存の状態を調べてください。");
            Ok(ExitCode::from(FAILED))
        }
    }
}
