//! `yobin request list`: requests and the time that is left.

use std::io::Write as _;
use std::process::ExitCode;

use chrono::NaiveDate;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use super::Setting;
use crate::cli::identifiers;
use crate::domain::{AskedRight, Concern, Standing};
use crate::night;
use crate::office::Office;
use crate::print;
use crate::store::{self, RequestRow};
use crate::wording::{self, RequestConcern};

/// Closed requests read at a time.
const PAGE: i64 = 1000;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// 終わった請求も出す
    #[arg(long)]
    all: bool,
    /// JSON Lines(1行に1件)で出す
    #[arg(long)]
    json: bool,
}

/// An open request as it stands today.
struct Open {
    row: RequestRow,
    rights: Vec<AskedRight>,
    standing: Standing,
    concern: Option<RequestConcern>,
}

pub(super) async fn list(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    crate::cli::listed(write_list(setting, &args).await)
}

async fn write_list(setting: &Setting, args: &Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(setting.config()?, setting.clock).await?;
    let open = open_today(&office, setting.clock.today()).await?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if args.json {
        for request in &open {
            let value = as_json(&request.row, &request.rights, Some(&request.standing));
            writeln!(out, "{value}")?;
        }
    } else {
        write_table(&mut out, &open)?;
    }
    if args.all {
        write_closed(&mut out, &office, args.json).await?;
    }
    if !args.json {
        let pressing = open.iter().filter(|open| open.concern.is_some()).count();
        let mut conn = office.store.read().await?;
        for numbers in store::shared_receipt_numbers(&mut conn).await? {
            writeln!(out, "注意：{}", identifiers::shared(&numbers))?;
        }
        writeln!(
            out,
            "受付中 {}件(うち対応が必要なもの {pressing}件)",
            open.len()
        )?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Open requests, the most urgent first.
async fn open_today(office: &Office, today: NaiveDate) -> anyhow::Result<Vec<Open>> {
    let mut conn = office.store.read().await?;
    let open = store::open_requests(&mut conn).await?;
    drop(conn);
    let deciding: Vec<_> = open
        .iter()
        .flat_map(|(_, rights)| night::waiting_of(rights))
        .collect();
    let kept_back = print::kept_back_by_id(office, &deciding).await?;
    let mut open: Vec<Open> = open
        .into_iter()
        .map(|(row, rights)| {
            let standing = Standing::on(today, row.arrival_date, row.target_date, &rights);
            let concern = wording::concern_of(&row, &rights, &standing, &kept_back);
            Open {
                row,
                rights,
                standing,
                concern,
            }
        })
        .collect();
    // Of those equally urgent, the one added first comes first.
    open.sort_by_key(|open| open.standing.urgency());
    Ok(open)
}

const HEADINGS: [&str; 6] = [
    "受付番号",
    "到達日",
    "経過",
    "2週間の残り",
    "目標の残り",
    "窓口",
];

fn write_table(out: &mut impl std::io::Write, open: &[Open]) -> std::io::Result<()> {
    if open.is_empty() {
        return Ok(());
    }
    let rows: Vec<[String; 6]> = open.iter().map(cells).collect();
    let widths: Vec<usize> = (0..HEADINGS.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            let widest = cells.map(|cell| cell.width_cjk()).max().unwrap_or(0);
            widest.max(
                HEADINGS
                    .get(column)
                    .map_or(0, |heading| heading.width_cjk()),
            )
        })
        .collect();
    writeln!(out, "{}", line(&HEADINGS.map(str::to_owned), &widths))?;
    for (cells, open) in rows.iter().zip(open) {
        writeln!(out, "{}", line(cells, &widths))?;
        writeln!(out, "    {}", rights(&open.rights))?;
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

fn cells(open: &Open) -> [String; 6] {
    let Open {
        row,
        rights,
        standing,
        ..
    } = open;
    let two_weeks = match standing.two_weeks {
        Some(weeks) => left(weeks.last_day(), row, standing),
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
        left(row.target_date, row, standing),
        row.desk.clone().unwrap_or_default(),
    ]
}

/// The day of a deadline with the days that are left to it.
fn left(deadline: NaiveDate, row: &RequestRow, standing: &Standing) -> String {
    let days = (deadline - row.arrival_date).num_days() - standing.days_since_arrival;
    let left = match days {
        0 => "今日まで".to_owned(),
        1.. => format!("あと{days}日"),
        ..0 => format!("{}日超過", -days),
    };
    format!("{deadline} {left}")
}

fn line(cells: &[String; 6], widths: &[usize]) -> String {
    let padded: Vec<String> = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| {
            let missing = width.saturating_sub(cell.width_cjk());
            format!("{cell}{}", " ".repeat(missing))
        })
        .collect();
    padded.join("  ").trim_end().to_owned()
}

/// Each right with what became of it.
pub(super) fn rights(rights: &[AskedRight]) -> String {
    let shown: Vec<String> = rights
        .iter()
        .map(|asked| match asked.letter {
            Some((letter, at)) => {
                format!("{}：{letter} {}", asked.right.label(), at.japanese())
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
    let mut after = 0;
    let mut count = 0;
    loop {
        let mut conn = office.store.read().await?;
        let page = store::closed_requests_page(&mut conn, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in &page {
            count += 1;
            let asked = store::rights_of(&mut conn, row.id).await?;
            if as_lines {
                writeln!(out, "{}", as_json(row, &asked, None))?;
                continue;
            }
            let reason = row.close_reason()?.map_or("", |reason| reason.label());
            writeln!(
                out,
                "{}  {}  終了({reason})",
                row.receipt_number, row.arrival_date
            )?;
            writeln!(out, "    {}", rights(&asked))?;
        }
    }
    if !as_lines {
        writeln!(out, "終了 {count}件")?;
    }
    Ok(())
}

/// A request for other programs; the time left only while it is open.
pub(super) fn as_json(
    row: &RequestRow,
    rights: &[AskedRight],
    standing: Option<&Standing>,
) -> Value {
    let mut value = json!(row);
    if let Value::Object(object) = &mut value {
        let asked: Vec<Value> = rights
            .iter()
            .map(|asked| {
                json!({
                    "right": asked.right,
                    "letter": asked.letter.map(|(letter, _)| letter.to_string()),
                    "state": asked.letter.map(|(_, at)| at.as_str()),
                    "answered": asked.is_answered(),
                })
            })
            .collect();
        object.insert("rights".to_owned(), asked.into());
        if let Some(standing) = standing {
            object.extend(time_left(row, standing));
        }
    }
    value
}

fn time_left(row: &RequestRow, standing: &Standing) -> serde_json::Map<String, Value> {
    let concern = match standing.concern() {
        Concern::None => Value::Null,
        Concern::TargetPassed => "target_passed".into(),
        Concern::TwoWeeksNear => "two_weeks_near".into(),
        Concern::TwoWeeksPast => "two_weeks_past".into(),
    };
    let today = row.target_date - chrono::Duration::days(standing.target_days_left);
    let article_39 = standing.two_weeks.map(|weeks| {
        json!({
            "last_day": weeks.last_day(),
            "suit_open_from": weeks.suit_open_from(),
            "days_left": weeks.days_left(today),
            "stage": standing.stage.as_str(),
        })
    });
    let mut left = serde_json::Map::new();
    left.insert(
        "days_since_arrival".to_owned(),
        standing.days_since_arrival.into(),
    );
    left.insert(
        "target_days_left".to_owned(),
        standing.target_days_left.into(),
    );
    left.insert("article_39".to_owned(), article_39.into());
    left.insert("concern".to_owned(), concern);
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_whatever_the_width_of_a_letter() {
        let row = |first: &str| [first, "2026-11-04", "", "", "", "端"].map(str::to_owned);
        let widths = [16, 10, 0, 0, 0, 2];
        let place = |first: &str| {
            let line = line(&row(first), &widths);
            line.split("2026").next().map(|head| head.width_cjk())
        };
        assert_eq!(place("受第26-001号"), Some(18));
        assert_eq!(place("R8-1"), place("受第26-001号"));
        assert_eq!(place("ｱｲｳ"), place("アイウ"));
    }
}
