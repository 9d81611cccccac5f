//! `yobin request list`: requests and the time that is left.

use std::io::Write as _;
use std::process::ExitCode;

use chrono::NaiveDate;

use super::Context;
use crate::cli::table;
use crate::cli::usage::misused;
use crate::domain::{AskedRight, RequesterRole, for_terminal};
use crate::office::Office;
use crate::views::{ClosedRequest, OpenRequest, Requests, closed_page, day_named};
use crate::wording::shared_receipt_number;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// 終わった請求も出す
    #[arg(long)]
    all: bool,
    /// この日までに期限(2週間、回答目標、ほかの方への期限)のあるものだけ。例：11-27、R8.11.27
    #[arg(long, value_name = "DATE", conflicts_with = "all")]
    until: Option<String>,
    /// JSON Lines(1行に1件)で出す
    #[arg(long)]
    json: bool,
}

pub(super) async fn list(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    crate::cli::listed(write_list(context, &args).await)
}

async fn write_list(context: &Context, args: &Args) -> anyhow::Result<ExitCode> {
    let office = crate::cli::look(context).await?;
    let today = office.desk.clock.today();
    let until = match &args.until {
        Some(typed) => Some(day_named(typed, today).ok_or_else(|| {
            misused(format!(
                "日付「{typed}」は読めません。11-27、2026-11-27、令和8年11月27日 のように書いてください。"
            ))
        })?),
        None => None,
    };
    let Requests {
        mut open,
        shared_numbers,
    } = Requests::of(&office).await?;
    let all = open.len();
    if let Some(until) = until {
        open.retain(|open| open.ends_until(until));
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if args.json {
        for request in &open {
            writeln!(out, "{}", request.as_json())?;
        }
    } else {
        write_table(&mut out, &open)?;
    }
    if args.all {
        write_closed(&mut out, &office, args.json).await?;
    }
    if !args.json {
        let pressing = open.iter().filter(|open| open.concern.is_some()).count();
        for numbers in &shared_numbers {
            writeln!(out, "注意：{}", shared_receipt_number(numbers))?;
        }
        match until {
            Some(until) => writeln!(
                out,
                "{until}までに期限のあるもの {}件(うち対応が必要なもの {pressing}件。受付中 {all}件)",
                open.len()
            )?,
            None => writeln!(out, "受付中 {all}件(うち対応が必要なもの {pressing}件)")?,
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

const HEADINGS: [&str; 6] = [
    "受付番号",
    "到達日",
    "経過",
    "2週間の残り",
    "目標の残り",
    "窓口",
];

fn write_table(out: &mut impl std::io::Write, open: &[OpenRequest]) -> std::io::Result<()> {
    if open.is_empty() {
        return Ok(());
    }
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(open.iter().map(cells));
    let mut lines = table::lines(&rows).into_iter();
    if let Some(headings) = lines.next() {
        writeln!(out, "{headings}")?;
    }
    for (line, open) in lines.zip(open) {
        writeln!(out, "{line}")?;
        writeln!(out, "    {}", for_terminal(&whose(open)))?;
        writeln!(out, "    {}", rights(&open.rights))?;
        for asked in &open.asked_of_others {
            let left = left(asked.day, open);
            let (title, letter, kind) = (&asked.title, asked.letter, &asked.kind_name);
            writeln!(out, "    {title} {left}({letter} {kind})")?;
        }
        match &open.concern {
            Some(concern) => {
                writeln!(out, "    【{}】{}", concern.label, concern.reason)?;
                writeln!(out, "    → {}", concern.next_step)?;
            }
            None if open.standing.answered => {
                let number = &open.row.receipt_number;
                writeln!(
                    out,
                    "    すべて回答しました。→ yobin request close {number} --reason 回答済み --as 名前"
                )?;
            }
            None => {}
        }
    }
    Ok(())
}

/// Who asked, and about whom if that is another.
fn whose(open: &OpenRequest) -> String {
    let unread = "(記録を読めません)";
    let requester = open.names.requester.as_deref().unwrap_or(unread);
    match (open.row.requester_role, &open.names.principal) {
        (RequesterRole::Principal, _) | (_, None) => requester.to_owned(),
        (role, Some(principal)) => format!("{requester}({})　本人 {principal}", role.label()),
    }
}

fn cells(open: &OpenRequest) -> [String; 6] {
    let OpenRequest {
        row,
        rights,
        standing,
        ..
    } = open;
    let two_weeks = match standing.two_weeks {
        Some(weeks) => left(weeks.last_day(), open),
        None if rights.iter().any(|asked| asked.right.is_under_article_39()) => {
            "回答済み".to_owned()
        }
        None => "対象外".to_owned(),
    };
    [
        row.receipt_number.clone(),
        row.arrival_date.to_string(),
        format!("{}日", standing.days_since_arrival),
        two_weeks,
        match standing.answered {
            true => "回答済み".to_owned(),
            false => left(row.target_date, open),
        },
        row.desk.clone().unwrap_or_default(),
    ]
}

/// The day of a deadline with the days that are left to it.
fn left(deadline: NaiveDate, request: &OpenRequest) -> String {
    let days = request.days_to(deadline);
    let left = match days {
        0 => "今日まで".to_owned(),
        1.. => format!("あと{days}日"),
        ..0 => format!("{}日超過", -days),
    };
    format!("{deadline} {left}")
}

/// Each right with what became of it.
pub(super) fn rights(rights: &[AskedRight]) -> String {
    let shown: Vec<String> = rights
        .iter()
        .map(|asked| match asked.letter {
            Some((letter, at)) => {
                format!("{}：{letter} {}", asked.right.label(), at.label())
            }
            None => format!("{}：未回答", asked.right.label()),
        })
        .collect();
    shown.join("、")
}

async fn write_closed(
    out: &mut impl std::io::Write,
    office: &Office,
    as_lines: bool,
) -> anyhow::Result<()> {
    let mut count = 0;
    let mut last: Option<ClosedRequest> = None;
    loop {
        let mut page = closed_page(office, last.as_ref()).await?;
        for request in &page {
            count += 1;
            if as_lines {
                writeln!(out, "{}", request.as_json())?;
                continue;
            }
            let ClosedRequest { row, rights: asked } = request;
            let reason = row.close_reason.map_or("", |reason| reason.label());
            writeln!(
                out,
                "{}  {}  終了({reason})",
                row.receipt_number, row.arrival_date
            )?;
            writeln!(out, "    {}", rights(asked))?;
        }
        last = page.pop();
        if last.is_none() {
            break;
        }
    }
    if !as_lines {
        writeln!(out, "終了 {count}件")?;
    }
    Ok(())
}
