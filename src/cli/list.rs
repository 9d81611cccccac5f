//! `yobin list`: letters, a line each.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::ExitCode;

use chrono::NaiveDate;

use super::Setting;
use crate::domain::{LetterId, Whereabouts, for_terminal};
use crate::office::Office;
use crate::print;
use crate::store::{self, Filter, LetterRow, StoreError};
use crate::wording::ToldLetter;

/// Letters read at a time.
const PAGE: i64 = 1000;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// この状態のものだけ(受付、書出済、未発送、要確認 など)
    #[arg(long, value_name = "S")]
    state: Option<Whereabouts>,
    /// この日付の夜間処理のものだけ
    #[arg(long, value_name = "DATE", value_parser = super::business_date)]
    batch: Option<NaiveDate>,
    /// JSON Lines(1行に1件)で出す
    #[arg(long)]
    json: bool,
}

pub(super) async fn list(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    super::listed(write_list(setting, args).await)
}

async fn write_list(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(setting.config()?, setting.clock).await?;
    let filter = Filter {
        at: args.state,
        batch_date: args.batch.map(|date| date.format("%Y-%m-%d").to_string()),
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut after = 0;
    let mut count = 0;
    loop {
        let mut conn = office.store.read().await?;
        let page = store::letters_page(&mut conn, &filter, after, PAGE).await?;
        drop(conn);
        let stopped = kept_back(&office, &page).await?;
        let Some(last) = page.last() else { break };
        after = last.id.key();
        for letter in &page {
            count += 1;
            if args.json {
                serde_json::to_writer(&mut out, &ToldLetter::of(letter))
                    .map_err(std::io::Error::from)?;
                writeln!(out)?;
            } else {
                let note = match stopped.contains(&letter.id) {
                    true => "  ※送付を止めています(yobin show で理由を確かめてください)",
                    false => "",
                };
                let line = line(&office, letter);
                writeln!(out, "{}", for_terminal(&format!("{line}{note}")))?;
            }
        }
    }
    if !args.json {
        writeln!(out, "{count}件")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Those among the letters that stand on paper or in a file and must not go.
async fn kept_back(office: &Office, page: &[LetterRow]) -> Result<BTreeSet<LetterId>, StoreError> {
    let made = |at: Whereabouts| matches!(at, Whereabouts::Unposted | Whereabouts::Written);
    let made: Vec<LetterRow> = page
        .iter()
        .filter(|letter| made(letter.at))
        .cloned()
        .collect();
    let kept_back = print::kept_back_of(office, &made).await?;
    Ok(kept_back.into_keys().collect())
}

fn line(office: &Office, letter: &LetterRow) -> String {
    let kind = office
        .desk
        .catalogue
        .get(&letter.kind)
        .map_or(letter.kind.as_str(), |kind| kind.name.as_str());
    let date = letter.batch_date.as_deref().unwrap_or("----------");
    let number = letter.number.as_deref().unwrap_or("(番号なし)");
    format!(
        "{}  {date}  {}  {number}  {kind}",
        letter.id,
        pad(letter.at.japanese(), 4)
    )
}

/// Fills a word of full-width characters up to `width` of them.
fn pad(word: &str, width: usize) -> String {
    let missing = width.saturating_sub(word.chars().count());
    format!("{word}{}", "　".repeat(missing))
}
