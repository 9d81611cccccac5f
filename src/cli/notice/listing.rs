//! `yobin notice list` and `yobin notice show`.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::calling::{called, find};
use crate::cli::Setting;
use crate::notice::edition_of;
use crate::office::Office;
use crate::store::{NoticeAuditRow, NoticeRow};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ListArgs {
    /// JSONで出す(1行に1版)
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ShowArgs {
    /// 版の番号
    #[arg(value_name = "N")]
    number: u32,
    /// JSONで出す
    #[arg(long)]
    json: bool,
    /// 内容を notice.toml の形で出す(次の改定案のもとにする)
    #[arg(long, conflicts_with = "json")]
    toml: bool,
}

pub(super) async fn list(setting: &Setting, args: ListArgs) -> anyhow::Result<ExitCode> {
    let office = Office::open(setting.config()?, setting.clock).await?;
    let rows = office.store.reads().await?.notice_revisions().await?;
    for row in &rows {
        if args.json {
            say!("{}", serde_json::to_string(row)?);
        } else {
            say!(
                "{}  {}  {}",
                row.effective,
                row.state.japanese(),
                called(row)
            );
        }
    }
    if rows.is_empty() && !args.json {
        say!("版はまだありません。yobin notice import society/notice.toml で取り込んでください。");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn show(setting: &Setting, args: ShowArgs) -> anyhow::Result<ExitCode> {
    let office = Office::open(setting.config()?, setting.clock).await?;
    let mut conn = office.store.reads().await?;
    let rows = conn.notice_revisions().await?;
    let row = find(&rows, args.number)?;
    let history = conn.audit_of_notice(row.number).await?;
    // Opening it holds the content against its hash.
    let edition = edition_of(row)?;
    if args.toml {
        crate::cli::print(format_args!("{}", toml::to_string(&edition.notice)?));
        return Ok(ExitCode::SUCCESS);
    }
    let record: Value = match &row.decision {
        Some(record) => serde_json::from_str(record)?,
        None => Value::Null,
    };
    if args.json {
        let all = json!({
            "revision": row,
            "content": edition.notice,
            "record": record,
            "history": history,
        });
        say!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        crate::cli::print(format_args!("{}", page(row, &record, &history)));
    }
    Ok(ExitCode::SUCCESS)
}

fn page(row: &NoticeRow, record: &Value, history: &[NoticeAuditRow]) -> String {
    let mut lines = vec![format!("{}  {}", called(row), row.state.japanese())];
    lines.push(format!("  施行日      {}", row.effective));
    if let Some(decided_on) = row.decided_on {
        lines.push(format!("  決定の日    {decided_on}"));
    }
    if row.consent_needed {
        let on = row.consent_on.map(|date| date.to_string());
        let on = on.unwrap_or_else(|| "まだそろっていません".to_owned());
        lines.push(format!("  本人の同意  {on}"));
    }
    lines.push(format!("  内容のハッシュ値  {}", row.content_sha256));
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let decision = &record["decision"];
    for (title, parts) in [
        ("変更", &decision["rulings"]),
        ("問いの答え", &decision["answers"]),
        ("必要な手続", &decision["consequences"]),
    ] {
        let parts = parts.as_array().map(Vec::as_slice).unwrap_or_default();
        if !parts.is_empty() {
            lines.push(format!("  {title}"));
        }
        for part in parts {
            lines.push(match title {
                "変更" => format!(
                    "    {}  「{}」の「{}」  {}",
                    text(part, "change"),
                    text(part, "place"),
                    text(part, "new"),
                    text(part, "reach_label")
                ),
                "問いの答え" => format!(
                    "    問{}  {} {}",
                    part["number"],
                    text(part, "question"),
                    text(part, "meaning")
                ),
                _ => format!("    {}  {}", text(part, "article"), text(part, "duty")),
            });
        }
    }
    lines.push("  経過".to_owned());
    for act in history {
        lines.push(format!("    {}  {}  {}", act.at, done(&act.act), act.actor));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn done(act: &str) -> &str {
    match act {
        "imported" => "取込み",
        "drafted" => "改定案の作成",
        "replaced" => "改定案の置換え",
        "approved" => "承認",
        "withdrawn" => "承認の取消し",
        "published" => "公表",
        "superseded" => "旧版になる",
        other => other,
    }
}
