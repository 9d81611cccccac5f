//! `yobin kinds`: the kinds of letter, their fields, an empty sheet.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use super::Context;
use super::notice_site::refuse_public_file;
use super::usage::misused;
use crate::acts::sheets::{self, Grounds};
use crate::catalogue::{Catalogue, Choice, Field, FieldShape, Form, Kind, ListShape, Need, Role};
use crate::config::Config;
use crate::domain::is_same_name;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 書簡の種類(なければ一覧)
    #[arg(value_name = "KIND")]
    kind: Option<String>,
    /// 記入用の空の表を作る(種類を書かないときは、種類ごとのシートの1つのブック)
    #[arg(long, value_name = "csv|xlsx")]
    header: Option<Sheet>,
    /// 表のファイル名(なければ 種類.csv か 種類.xlsx。種類を書かないときは 書簡.xlsx)
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
    let grounds = Grounds::load(&config.templates, context.clock.today())
        .map_err(crate::office::OfficeError::Law)?;
    let Some(code) = args.kind else {
        let Some(format) = args.header else {
            list(&catalogue, is_off);
            return Ok(ExitCode::SUCCESS);
        };
        let in_use: Vec<&Kind> = catalogue.iter().filter(|kind| !is_off(kind)).collect();
        return write_kinds(&config, &in_use, &grounds, (format, ALL), args.output);
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
        describe(kind, &grounds);
        if is_off(kind) {
            say!("");
            say!(
                "この種類は、使わない設定になっています。根拠となる法令を確認してから、society/profile.toml の [kinds] の enabled に \"{}\" を書き加えると使えます。",
                kind.code
            );
        }
        return Ok(ExitCode::SUCCESS);
    };
    write_kinds(
        &config,
        &[kind],
        &grounds,
        (format, &kind.code),
        args.output,
    )
}

/// What a workbook of all kinds is called.
const ALL: &str = "書簡";

fn list(catalogue: &Catalogue, is_off: impl Fn(&Kind) -> bool) {
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
    say!(
        "項目は yobin kinds 種類、空の表は yobin kinds 種類 --header xlsx で見られます。すべての種類の表は yobin kinds --header xlsx で作れます。"
    );
}

/// Makes empty sheets of kinds of letter.
fn write_kinds(
    config: &Config,
    kinds: &[&Kind],
    grounds: &Grounds,
    (format, name): (Sheet, &str),
    output: Option<PathBuf>,
) -> anyhow::Result<ExitCode> {
    let path = place(config, format, name, output)?;
    sheets::write_kinds(kinds, grounds, &path)?;
    say!("空の表を作りました。{}", path.display());
    if matches!(format, Sheet::Xlsx) {
        say!(
            "書いたら、yobin queue {} --as 名前 で受け付けます。",
            path.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes an empty sheet of a form, named after it unless `output` names it.
pub(super) fn write_sheet(
    config: &Config,
    form: &Form,
    format: Sheet,
    output: Option<PathBuf>,
) -> anyhow::Result<ExitCode> {
    let path = place(config, format, &form.code, output)?;
    sheets::write_empty(form, &path)?;
    say!("空の表を作りました。{}", path.display());
    Ok(ExitCode::SUCCESS)
}

/// Where an empty sheet is to stand.
fn place(
    config: &Config,
    format: Sheet,
    name: &str,
    output: Option<PathBuf>,
) -> anyhow::Result<PathBuf> {
    let ending = match format {
        Sheet::Csv => "csv",
        Sheet::Xlsx => "xlsx",
    };
    let path = output.unwrap_or_else(|| PathBuf::from(format!("{name}.{ending}")));
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
    Ok(path)
}

fn describe(kind: &Kind, grounds: &Grounds) {
    say!("{}  {}", kind.code, kind.name);
    say!("");
    say!("結果区分");
    for (outcome, grounds) in kind.outcomes.iter().zip(grounds.of(kind)) {
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
        for (place, ground) in grounds.iter().enumerate() {
            let before = if place == 0 {
                "書ける根拠："
            } else {
                "            "
            };
            say!("      {before}{}＝{}", ground.code, ground.shown);
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
            match field.role {
                Some(Role::Ground) => "根拠コードか条項(上の「書ける根拠」)".to_owned(),
                _ => shape(&field.shape),
            }
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
            format!(
                "次の中から、「、」で区切るか1行に1つずつ：{}",
                labels(choices)
            )
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
