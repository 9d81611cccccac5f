//! `yobin list`: letters, a line each.

use std::io::Write as _;
use std::process::ExitCode;

use chrono::NaiveDate;

use super::Context;
use super::table::padded_wide;
use super::usage::misused;
use crate::domain::{Whereabouts, for_terminal, is_same_name};
use crate::views::{LetterFilter, LetterLine, LetterNames, left_out_of_list, letters_page};
use crate::wording::{self, ToldLetter};

/// The width of the longest word for where a letter is.
const PLACE: usize = 8;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// この状態のものだけ(受付、書出済、未発送、要確認 など)
    #[arg(long, value_name = "S")]
    state: Option<Whereabouts>,
    /// この日付の夜間処理のものだけ
    #[arg(long, value_name = "DATE", value_parser = super::business_date)]
    batch: Option<NaiveDate>,
    /// 宛名か本人の氏名(カナも)がこの字で始まるものだけ。空白や異体字は区別しない
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// この受付番号の請求のものだけ
    #[arg(long, value_name = "RECEIPT")]
    receipt: Option<String>,
    /// JSON Lines(1行に1件)で出す
    #[arg(long)]
    json: bool,
}

/// A letter as JSON shows it in a list.
#[derive(serde::Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    letter: ToldLetter<'a>,
    kind_name: &'a str,
    #[serde(flatten)]
    names: &'a LetterNames,
    kept_back: bool,
    registered_against: bool,
    unfit: bool,
    warned: bool,
}

pub(super) async fn list(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    super::listed(write_list(context, args).await)
}

async fn write_list(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let office = super::look(context).await?;
    let filter = LetterFilter {
        at: args.state,
        batch: args.batch,
        name: args.name,
        receipt: args.receipt,
    };
    if filter
        .name
        .as_deref()
        .is_some_and(|name| name.trim().is_empty())
    {
        return Err(misused("--name に、氏名の初めの字を書いてください。"));
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut after = None;
    let mut count = 0;
    loop {
        let page = letters_page(&office, &filter, after).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.letter.id);
        for line in &page {
            count += 1;
            if args.json {
                let listed = Listed {
                    letter: ToldLetter::of(&line.letter),
                    kind_name: &line.kind_name,
                    names: &line.names,
                    kept_back: line.kept_back,
                    registered_against: line.is_registered_against,
                    unfit: line.is_unfit,
                    warned: line.warned,
                };
                serde_json::to_writer(&mut out, &listed).map_err(std::io::Error::from)?;
                writeln!(out)?;
            } else {
                writeln!(out, "{}", for_terminal(&shown(line)))?;
            }
        }
    }
    if !args.json {
        writeln!(out, "{count}件")?;
    }
    out.flush()?;
    let left_out = left_out_of_list(&office, &filter, count).await?;
    if !left_out.is_empty() {
        warn_staff!("注意：{}", wording::remarks::damaged_rows(&left_out));
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(line: &LetterLine) -> String {
    let letter = &line.letter;
    let date = letter.batch_date.map(|date| date.to_string());
    let date = date.as_deref().unwrap_or("----------");
    let number = letter.number.as_deref().unwrap_or("(番号なし)");
    let marks = [
        (
            line.kept_back,
            "  ※送付を止めています(yobin show で理由を確かめてください)",
        ),
        (
            line.is_registered_against,
            "  ※支援措置などの登録に当たります(yobin show)",
        ),
        (
            line.is_unfit,
            "  ※請求の登録と合わないため、夜間処理は送りません(yobin show)",
        ),
        (line.warned, "  ※確かめることがあります(yobin show)"),
    ];
    let first = marks.into_iter().find(|(holds, _)| *holds);
    let note = first.map_or("", |(_, mark)| mark);
    format!(
        "{}  {date}  {}  {number}  {}  {}  {}  受付：{}{note}",
        letter.id,
        padded_wide(letter.at.label(), PLACE),
        line.kind_name,
        letter.delivery.label(),
        whose(&line.names),
        letter.queued_by
    )
}

/// Whom a letter goes to, whom it is about if that is another, and which
/// request it answers.
fn whose(names: &LetterNames) -> String {
    if !names.is_known {
        return "(記録を読めません)".to_owned();
    }
    let addressee = names.addressee_name.as_deref().unwrap_or_default();
    let other = names
        .principal_name
        .as_deref()
        .filter(|principal| !is_same_name(principal, addressee));
    let about = other.map(|principal| format!("(本人 {principal})"));
    let receipt = names.receipt_number.as_deref();
    let receipt = receipt.map(|number| format!("  {number}"));
    format!(
        "{addressee}{}{}",
        about.unwrap_or_default(),
        receipt.unwrap_or_default()
    )
}
