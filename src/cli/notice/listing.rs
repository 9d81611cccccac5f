//! `yobin notice list` and `yobin notice show`.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::calling::called;
use crate::cli::Context;
use crate::cli::table::labelled;
use crate::views::{Revision, revisions};
use crate::wording;

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

pub(super) async fn list(context: &Context, args: ListArgs) -> anyhow::Result<ExitCode> {
    let office = crate::cli::look(context).await?;
    let rows = revisions(&office).await?;
    for row in &rows {
        if args.json {
            say!("{}", serde_json::to_string(row)?);
        } else {
            say!("{}  {}  {}", row.effective, row.state.label(), called(row));
        }
    }
    if rows.is_empty() && !args.json {
        say!("版はまだありません。yobin notice import society/notice.toml で取り込んでください。");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn show(context: &Context, args: ShowArgs) -> anyhow::Result<ExitCode> {
    let office = crate::cli::look(context).await?;
    let revision = Revision::of(&office, args.number).await?;
    if args.toml {
        crate::cli::print(format_args!("{}", toml::to_string(&revision.content)?));
    } else if args.json {
        let all = json!({
            "revision": revision.row,
            "content": revision.content,
            "record": revision.record,
            "history": revision.history,
        });
        say!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        crate::cli::print(format_args!("{}", page(&revision)));
    }
    Ok(ExitCode::SUCCESS)
}

/// The width of the labels on a revision's page.
const LABELS: usize = 10;

fn page(revision: &Revision) -> String {
    let row = &revision.row;
    let mut lines = vec![format!("{}  {}", called(row), row.state.label())];
    let line = |label: &str, value: &str| labelled(label, LABELS, value);
    lines.push(line("施行日", &row.effective.to_string()));
    if let Some(decided_on) = row.decided_on {
        lines.push(line("決定の日", &decided_on.to_string()));
    }
    if row.consent_needed {
        let on = row.consent_on.map(|date| date.to_string());
        let on = on.unwrap_or_else(|| "まだそろっていません".to_owned());
        lines.push(line("本人の同意", &on));
    }
    lines.push(line("内容のハッシュ値", &row.content_sha256));
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let decision = &revision.record["decision"];
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
    for act in &revision.history {
        let (at, who) = (wording::time(act.at), wording::actor(&act.actor));
        lines.push(format!("    {at}  {}  {who}", done(&act.act)));
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
