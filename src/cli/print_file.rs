//! `yobin print-file`: what goes by post, ready to be printed.

use std::process::ExitCode;

use chrono::NaiveDate;

use super::{Context, NEEDS_PERSON};
use crate::acts::print_runs::{self, JoinError, KeptOut, Printed, WhyKeptOut};
use crate::domain::{KeptBack, LetterId, Whereabouts};
use crate::office::Office;
use crate::wording;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 処理の日付(なければ今日)
    #[arg(value_name = "DATE", value_parser = super::business_date)]
    date: Option<NaiveDate>,
}

pub(super) async fn print_file(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(context.config()?, context.clock).await?;
    let date = args.date.unwrap_or_else(|| context.clock.today());
    let printed = print_runs::make(&office, &date.to_string()).await?;
    office.close().await;
    if printed.folder.is_none() {
        say!("{date} の夜間処理に、これから印刷する郵送の書簡はありません。");
    }
    tell(&printed);
    Ok(if printed.kept_out.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NEEDS_PERSON)
    })
}

/// Says what was made; nothing if nothing goes by post.
pub(super) fn tell(printed: &Printed) {
    if let Some(folder) = &printed.folder {
        if printed.kinds.is_empty() {
            say!(
                "郵送する書簡のうち、印刷できるものはありません。除いた書簡の一覧  {}",
                folder.display()
            );
        } else {
            say!(
                "郵送する書簡の印刷用ファイルを作りました。{}",
                folder.display()
            );
        }
        for kind in &printed.kinds {
            say!(
                "  {}  {}通 {}ページ {}枚  {}",
                kind.name,
                kind.letters,
                kind.pages,
                kind.sheets,
                kind.files.join("、")
            );
        }
    }
    if printed.again > 0 {
        say!(
            "注意：このうち{}通は、前に作った印刷用ファイルにも入っていました。すでに投函したものがあれば、投函の前に抜き、yobin posted で記録してください。",
            printed.again
        );
    }
    if printed.posted > 0 {
        say!(
            "{}通は、投函または手渡したと記録されているので、入れていません。",
            printed.posted
        );
    }
    for letter in &printed.kept_out {
        say!("{}", kept_out(letter));
    }
}

fn kept_out(letter: &KeptOut) -> String {
    let id = letter.id;
    let damaged = |what: &str| {
        format!(
            "注意：{id} は、{what}ため、印刷用ファイルから除きました。yobin verify で調べ、控えから戻してから、yobin print-file をもう一度実行してください。"
        )
    };
    match &letter.why {
        WhyKeptOut::KeptBack(why) => kept_back(id, why),
        WhyKeptOut::Missing => damaged("保存したPDFがない"),
        WhyKeptOut::Damaged => damaged("保存したPDFの内容が変わっている"),
        WhyKeptOut::Unreadable(error) => damaged(match error {
            JoinError::Unreadable => "保存したPDFを読めない",
            JoinError::Pages => "保存したPDFのページ数が記録と違う",
            JoinError::Page => "保存したPDFに読めないページがある",
        }),
    }
}

fn kept_back(id: LetterId, why: &KeptBack) -> String {
    format!(
        "注意：{id} は、{}、印刷用ファイルから除きました。{}",
        wording::kept_back::because(why),
        wording::kept_back::next_step(why, id, Whereabouts::Unposted)
    )
}

/// Says which printed letters are kept back by now, and what to do.
pub(super) fn tell_kept_back(letters: &[(LetterId, KeptBack)], what_to_do: &str) {
    for (id, why) in letters {
        let because = wording::kept_back::because(why);
        say!("注意：{id} は、{because}、記録していません。{what_to_do}");
    }
}
