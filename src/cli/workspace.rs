//! `yobin workspace`: which workspace this is, and going on with a database
//! that was put back from a backup.

use std::process::ExitCode;

use clap::Subcommand;

use super::{Context, actor, by};
use crate::acts::workspace;
use crate::domain::{LastGiven, LastNumber, LetterId};
use crate::office;
use crate::views::{Acceptance, Known};
use crate::wording::standing;

#[derive(Debug, Subcommand)]
pub(super) enum Workspace {
    /// 識別番号、どこまで進んでいるか、データベースを受け入れた記録
    Show,
    /// 古いデータベースで続ける：途中の書簡をすべて止め、使われた番号の次から続ける
    Accept(AcceptArgs),
}

#[derive(Debug, clap::Args)]
pub(super) struct AcceptArgs {
    /// このデータベースで続ける理由(記録に残る)
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// 決めた人の名前
    #[arg(long = "as", value_name = "NAME")]
    name: String,
    /// 最後に使われた文書番号。目印で分からないときに、系列ごとに書く(例：letters:2026=120)
    #[arg(long = "last-number", value_name = "系列:年度=番号", value_parser = last_number)]
    numbers: Vec<LastNumber>,
    /// 最後に使われた書簡の番号か、その中の数字だけ(例：L000120X、120)
    #[arg(long, value_name = "LETTER", value_parser = last_letter)]
    last_letter: Option<i64>,
    /// 最後の印刷の番号(印刷 第N号)。なければ 0
    #[arg(long, value_name = "N", value_parser = last_print)]
    last_print: Option<i64>,
}

/// Numbers beyond this are a slip: nobody has given as many.
const HIGHEST: i64 = 9_999_999;

fn in_range(text: &str) -> Option<i64> {
    let number = text.parse().ok()?;
    (0..=HIGHEST).contains(&number).then_some(number)
}

fn last_number(text: &str) -> Result<LastNumber, String> {
    let read = || {
        let (of, last) = text.split_once('=')?;
        let (series, period) = of.rsplit_once(':')?;
        Some(LastNumber {
            series: series.to_owned(),
            period: period.parse().ok()?,
            last: in_range(last)?,
        })
    };
    read().ok_or_else(|| {
        format!(
            "「{text}」は読めません。系列:年=最後の番号 の形で書いてください。例：letters:2026=120"
        )
    })
}

fn last_letter(text: &str) -> Result<i64, String> {
    let reference = || Some(text.parse::<LetterId>().ok()?.key());
    in_range(text).or_else(reference).ok_or_else(|| {
        format!("「{text}」は書簡の番号ではありません。L000120X か、数字だけで 120 のように書いてください。")
    })
}

fn last_print(text: &str) -> Result<i64, String> {
    in_range(text).ok_or_else(|| format!("「{text}」は印刷の番号ではありません。例：12"))
}

pub(super) async fn workspace(context: &Context, command: Workspace) -> anyhow::Result<ExitCode> {
    match command {
        Workspace::Show => show(context).await,
        Workspace::Accept(args) => accept(context, args).await,
    }
}

async fn show(context: &Context) -> anyhow::Result<ExitCode> {
    let office = super::look(context).await?;
    let known = Known::of(&office).await?;
    let marks = &known.marks;
    let kept = office::marks_of(&office.desk.config);
    say!("作業フォルダー  {}", office.out().display());
    say!("目印のファイル  {}", kept.display());
    say!("識別番号        {}", marks.workspace);
    say!("書簡            {}件まで受け付けました", marks.letters);
    for number in &marks.numbers {
        say!(
            "文書番号        {}({}年) {}まで",
            number.series,
            number.period,
            number.last
        );
    }
    say!("印刷            第{}号まで", marks.print_runs);
    say!("台帳の末尾      {}", marks.register);
    for decided in &known.acceptances {
        say!("");
        tell(decided);
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(acceptance: &Acceptance) {
    say!(
        "{} {} が、古いデータベースで続けると決めました。理由：{}",
        acceptance.at,
        acceptance.actor,
        acceptance.reason
    );
    for doubt in &acceptance.doubts {
        say!("  食い違い  {}", standing::doubt(doubt));
    }
    say!("  止めた書簡  {}件", acceptance.stopped);
    for line in standing::skipped(&acceptance.skipped) {
        say!("  飛ばした番号  {line}");
    }
}

async fn accept(context: &Context, args: AcceptArgs) -> anyhow::Result<ExitCode> {
    let by = by(context, actor(Some(&args.name))?);
    let config = context.config()?;
    let last = LastGiven {
        letters: args.last_letter,
        print_runs: args.last_print,
        numbers: args.numbers,
    };
    let (accepted, doubts) = workspace::accept(&config, &by, &args.reason, &last).await?;
    say!("このデータベースで続けます。食い違っていたこと：");
    for doubt in &doubts {
        say!("  ・{}", standing::doubt(doubt));
    }
    for line in standing::skipped(&accepted.skipped) {
        say!("飛ばした番号  {line}");
    }
    if accepted.stopped > 0 {
        say!(
            "{}件の書簡を止めました。yobin list で保留・要確認・失敗・結果不明のものを見て、控えを取った後に出ていないことを1件ずつ確かめてから続けてください。",
            accepted.stopped
        );
    }
    say!(
        "控えを取った後に受け付けた記録、請求、支援措置などの登録は、このデータベースにありません。元のファイルから受け付け直してください。書簡の記録は、すでに出した書簡がないか、out/archive と out/reports で確かめてください。"
    );
    Ok(ExitCode::SUCCESS)
}
