//! `yobin print-file`: what goes by post, ready to be printed.

use std::process::ExitCode;

use chrono::NaiveDate;

use super::{NEEDS_PERSON, Setting};
use crate::domain::KeptBack;
use crate::office::Office;
use crate::print::{self, Printed};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 処理の日付(なければ今日)
    #[arg(value_name = "DATE", value_parser = super::business_date)]
    date: Option<NaiveDate>,
}

pub(super) async fn print_file(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(setting.config()?, setting.clock).await?;
    let date = args.date.unwrap_or_else(|| setting.clock.today());
    let printed = print::print_files(&office, &date.to_string()).await?;
    office.close().await;
    if printed.folder.is_none() && printed.held_back.is_empty() {
        say!("{date} の夜間処理に、郵送する書簡はありません。");
    }
    tell(&printed);
    Ok(if printed.held_back.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NEEDS_PERSON)
    })
}

/// Says what was made; nothing if nothing goes by post.
pub(super) fn tell(printed: &Printed) {
    if let Some(folder) = &printed.folder {
        say!(
            "郵送する書簡の印刷用ファイルを作りました。{}",
            folder.display()
        );
        for kind in &printed.kinds {
            say!(
                "  {}  {}通 {}ページ  {}",
                kind.kind,
                kind.letters,
                kind.pages,
                kind.files.join("、")
            );
        }
    }
    for (letter, kept_back) in &printed.held_back {
        match kept_back {
            KeptBack::Flagged(flags) => {
                let labels: Vec<&str> = flags.iter().map(|flag| flag.label()).collect();
                say!(
                    "注意：{letter} は、受付の後に「{}」が登録されたため、印刷用ファイルから除きました。前に印刷したものがあれば、投函しないでください。送付先を確かめ、登録が誤りのときは、yobin members flags で解除してから、yobin print-file をもう一度実行してください。",
                    labels.join("」「")
                );
            }
            KeptBack::ProtectedAtTheirs => say!(
                "注意：{letter} は、守られている方への書簡の住所が支援措置の相手方の住所として登録されたため、印刷用ファイルから除きました。前に印刷したものがあれば、投函しないでください。本人の申し出た送付先を確かめてください。"
            ),
            KeptBack::Counterpart => say!(
                "注意：{letter} は、宛先が支援措置の相手方として登録されているため、印刷用ファイルから除きました。前に印刷したものがあれば、投函しないでください。責任者に相談してください。相手方としての登録が誤りのときは、yobin request close で「登録誤り」として終え、登録し直してから、yobin print-file をもう一度実行してください。"
            ),
        }
    }
}
