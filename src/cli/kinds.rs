//! `yobin kinds`: the kinds of letter, their fields, an empty sheet.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use super::Context;
use super::notice_site::refuse_public_file;
use super::usage::misused;
use crate::acts::sheets;
use crate::catalogue::{Catalogue, Choice, Field, FieldShape, Form, Kind, ListShape, Need};
use crate::config::Config;
use crate::domain::is_same_name;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 書簡の種類(なければ一覧)
    #[arg(value_name = "KIND")]
    kind: Option<String>,
    /// 記入用の空の表を作る
    #[arg(long, value_name = "csv|xlsx", requires = "kind")]
    header: Option<Sheet>,
    /// 表のファイル名(なければ 種類.csv か 種類.xlsx)
    #[arg(short, long, value_name = "FILE", requires = "header")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Sheet {
    Csv,
    Xlsx,
}

pub(super) fn kinds(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let config = context.config()?;
    let catalogue =
        Catalogue::load(&config.templates).map_err(crate::office::OfficeError::Catalogue)?;
    // Where the profile does not load, `check` says so; the kinds are there all the same.
    let in_use = crate::office::read_society(&config.society)
        .map(|society| society.kinds)
        .unwrap_or_default();
    let is_off = |kind: &Kind| !kind.enabled && !in_use.has(&kind.code);
    let Some(code) = args.kind else {
        for kind in catalogue.iter() {
            let off = if is_off(kind) {
                "  使わない設定"
            } else {
                ""
            };
            say!("{}  ({}){off}", kind.name, kind.code);
            for outcome in &kind.outcomes {
                say!("    {}  {}", outcome.label, outcome.subject);
            }
        }
        say!("項目は yobin kinds 種類、空の表は yobin kinds 種類 --header xlsx で見られます。");
        return Ok(ExitCode::SUCCESS);
    };
    let named = |kind: &&Kind| kind.code == code || is_same_name(&kind.name, &code);
    let kind = catalogue.iter().find(named).with_context(|| {
        let near: Vec<String> = catalogue
            .iter()
            .filter(|kind| kind.name.contains(code.trim()))
            .map(|kind| format!("「{}」", kind.name))
            .collect();
        match near.is_empty() {
            true => format!("種類「{code}」はありません。yobin kinds で一覧を見てください。"),
            false => format!(
                "種類「{code}」はありません。{}のことですか。",
                near.join("、")
            ),
        }
    })?;
    let Some(format) = args.header else {
        describe(kind);
        if is_off(kind) {
            say!("");
            say!(
                "この種類は、使わない設定になっています。根拠となる法令を確認してから、society/profile.toml の [kinds] の enabled に \"{}\" を書き加えると使えます。",
                kind.code
            );
        }
        if kind.from_notice {
            say!("");
            say!(
                "この種類の書簡は、承認された公表事項の版から yobin notice notify で作ります。記録からは受け付けません。"
            );
        }
        return Ok(ExitCode::SUCCESS);
    };
    write_sheet(&config, kind, format, args.output)
}

/// Makes an empty sheet of a form, named after it unless `output` names it.
pub(super) fn write_sheet(
    config: &Config,
    form: &Form,
    format: Sheet,
    output: Option<PathBuf>,
) -> anyhow::Result<ExitCode> {
    let ending = match format {
        Sheet::Csv => "csv",
        Sheet::Xlsx => "xlsx",
    };
    let path = output.unwrap_or_else(|| PathBuf::from(format!("{}.{ending}", form.code)));
    if path.extension().and_then(|e| e.to_str()) != Some(ending) {
        return Err(misused(format!(
            "-o のファイル名は .{ending} で終わるようにしてください。"
        )));
    }
    refuse_public_file(config, &path)?;
    if path.exists() {
        bail!(
            "{} はすでにあります。-o で別の名前を書いてください。",
            path.display()
        );
    }
    sheets::write_empty(form, &path)?;
    say!("空の表を作りました。{}", path.display());
    Ok(ExitCode::SUCCESS)
}

fn describe(kind: &Kind) {
    say!("{}  {}", kind.code, kind.name);
    say!("");
    say!("結果区分");
    for outcome in &kind.outcomes {
        say!("  {}({})  {}", outcome.label, outcome.code, outcome.subject);
        let titles = |names: &[String]| -> String {
            let titles: Vec<&str> = names
                .iter()
                .map(|name| kind.field(name).map_or(name.as_str(), |f| f.title.as_str()))
                .collect();
            titles.join("、")
        };
        if !outcome.requires.is_empty() {
            say!("      書くもの：{}", titles(&outcome.requires));
        }
        if !outcome.forbids.is_empty() {
            say!("      書かないもの：{}", titles(&outcome.forbids));
        }
        for (need, what) in [(outcome.grounds, "根拠"), (outcome.reason, "理由")] {
            match need {
                Need::Required => say!("      {what}：必要"),
                Need::Forbidden => say!("      {what}：書かない"),
                Need::Optional => {}
            }
        }
    }
    say!("");
    say!("項目(見出し、項目名、書き方)");
    for field in &kind.fields {
        let required = if field.required { "必須" } else { "任意" };
        say!(
            "  {}({})  {required}  {}",
            field.title,
            field.name,
            shape(&field.shape)
        );
        if !field.description.is_empty() {
            say!("      {}", field.description);
        }
    }
}

fn shape(shape: &FieldShape) -> String {
    match shape {
        FieldShape::Text {
            max_chars: Some(max),
        } => format!("文字({max}字まで)"),
        FieldShape::Text { max_chars: None } => "文字".to_owned(),
        FieldShape::Date => "日付".to_owned(),
        FieldShape::Integer => "整数".to_owned(),
        FieldShape::Choice(choices) => format!("次のどれか：{}", labels(choices)),
        FieldShape::List(ListShape::Texts) => "1行に1つずつ".to_owned(),
        FieldShape::List(ListShape::Choices(choices)) => {
            format!("1行に1つずつ、次の中から：{}", labels(choices))
        }
        FieldShape::List(ListShape::Rows(parts)) => {
            format!("1行に1件ずつ：{}", parts_of(parts))
        }
    }
}

fn labels(choices: &[Choice]) -> String {
    let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
    labels.join("、")
}

fn parts_of(parts: &[Field]) -> String {
    let titles: Vec<&str> = parts.iter().map(|part| part.title.as_str()).collect();
    titles.join("｜")
}
