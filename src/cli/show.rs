//! `yobin show`: one letter, whole.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Map, Value, json};

use super::table::labelled;
use super::{Context, cautions};
use crate::catalogue::{Choice, Field, FieldShape, Form, ListShape};
use crate::domain::{Dispatch, LetterId, PrintRun, State, Whereabouts};
use crate::office::Office;
use crate::views::{self, Did, Letter, Naming, Replaced};
use crate::wording::{self, ToldLetter, code_points};

/// The width of the labels on a letter's page.
const LABELS: usize = 8;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 書簡の番号
    #[arg(value_name = "LETTER", value_parser = super::letter_id)]
    letter: LetterId,
    /// JSONで出す
    #[arg(long)]
    json: bool,
}

pub(super) async fn show(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let office = super::look(context).await?;
    let letter = Letter::of(&office, args.letter).await?.with_context(|| {
        format!(
            "{}：この番号の書簡はありません。yobin list で番号を確かめてください。",
            args.letter
        )
    })?;
    if args.json {
        let all = json!({
            "letter": ToldLetter::of(&letter.letter), "record": letter.record, "naming": letter.naming,
            "history": letter.history, "attempts": letter.attempts,
            "kept_back": letter.kept_back.as_ref().map(wording::kept_back::because),
            "cautions": cautions_of(&letter), "warnings": letter.warnings,
        });
        say!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        super::print(format_args!("{}", page(&office, &letter)));
    }
    Ok(ExitCode::SUCCESS)
}

fn cautions_of(letter: &Letter<'_>) -> Vec<String> {
    let against = letter.against.as_ref();
    against.map(wording::caution::sentences).unwrap_or_default()
}

fn page(office: &Office, letter: &Letter<'_>) -> String {
    let row = &letter.letter;
    let mut lines = vec![format!(
        "{}  {}  {}",
        row.id,
        row.at.label(),
        letter.kind_name()
    )];
    told(letter, &mut lines);
    facts(office, letter, &mut lines);
    if !letter.warnings.is_empty() {
        lines.push("  受け付けたときに知らせたこと".to_owned());
        let warnings = letter.warnings.iter().map(cautions::kept);
        lines.extend(warnings.map(|warning| format!("    {warning}")));
    }
    lines.push("  記録".to_owned());
    match letter.kind {
        Some(kind) => record_lines(&kind.form, &letter.record, &mut lines),
        None => lines.push(format!("    {}", Value::Object(letter.record.clone()))),
    }
    naming_lines(&letter.naming, &mut lines);
    if !letter.attempts.is_empty() {
        lines.push("  メールの受け渡し".to_owned());
        lines.extend(wording::attempts(&letter.attempts));
    }
    lines.push("  経過".to_owned());
    for row in &letter.history {
        let act = act(&row.to_state, views::did(row.note.as_deref()));
        let (at, who) = (wording::time(row.at), wording::actor(&row.actor));
        lines.push(format!("    {at}  {act}  {who}"));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// What a person must know before anything else.
fn told(letter: &Letter<'_>, lines: &mut Vec<String>) {
    let row = &letter.letter;
    let line = |label: &str, value: &str| labelled(label, LABELS, value);
    if let Some(why) = &letter.kept_back {
        let because = format!("{}、送付を止めています。", wording::kept_back::because(why));
        lines.push(line("注意", &because));
        let next_step = wording::kept_back::next_step(why, row.id, row.at);
        lines.push(line("", &format!("→ {next_step}")));
    }
    if let Some(told) = row.reason.as_ref().map(wording::told) {
        lines.push(line("理由", &told.reason));
        if !told.next_step.is_empty() {
            lines.push(line("次の手順", &told.next_step));
        }
    }
    if State::TO_GO.contains(&row.state) {
        lines.push(line("次の手順", &wording::leaving::goes_by_itself()));
    }
    for caution in cautions_of(letter) {
        lines.push(line("注意", &caution));
    }
}

/// What is known of the letter; a line for each thing there is.
fn facts(office: &Office, letter: &Letter<'_>, lines: &mut Vec<String>) {
    let row = &letter.letter;
    let mut line = |label: &str, value: Option<String>| {
        lines.extend(value.map(|value| labelled(label, LABELS, &value)));
    };
    line("文書番号", row.number.clone());
    line("日付", row.issue_date.map(|date| date.to_string()));
    let queued = wording::time(row.queued_at);
    line("受付", Some(format!("{queued}  {}", row.queued_by)));
    line(
        "承認",
        row.approved_by.as_ref().map(|by| {
            let at = row.approved_at.map(wording::time);
            format!("{}  {by}", at.unwrap_or_default())
        }),
    );
    line("ページ数", row.pages.map(|pages| pages.to_string()));
    line("ファイル", letter.file(office));
    line("メール", row.message_id.clone());
    let folder = letter.print_folder(office);
    line(
        "印刷",
        row.printed
            .zip(folder)
            .map(|(run, folder)| printed(row.print_place, &run, &folder)),
    );
    line(
        "発送",
        row.dispatched.as_ref().map(|left| {
            format!(
                "{} {}(記録した人 {})",
                left.on,
                dispatched(left.how),
                left.by
            )
        }),
    );
}

/// Where it stands on paper.
fn printed(place: Option<u32>, run: &PrintRun, folder: &Path) -> String {
    let place = match place {
        Some(place) => format!("{place}番目"),
        None => "印刷し直したときに除いた".to_owned(),
    };
    let called = wording::print::called(run);
    format!("{called}({place})  {}", folder.display())
}

/// What was done, in the words of the letter's history.
fn act(to_state: &str, did: Did<'_>) -> String {
    let word = to_state
        .parse::<Whereabouts>()
        .map_or(to_state, |at| at.label());
    const PULLED: &str = "紙を抜いた又はファイルを消した";
    match did {
        Did::Moved => word.to_owned(),
        Did::OpenedNote => "非公開の記録の欄を開く".to_owned(),
        Did::NoteStayedShut => "非公開の記録の欄を開こうとした(開けない鍵)".to_owned(),
        Did::SeenInCharge(key) => format!("個人情報保護管理者が鍵で確認(公開鍵 {key})"),
        Did::Pulled => format!("{word}({PULLED})"),
        Did::Restored => format!("{word}(データベースを控えから戻したため)"),
        Did::Replaced { by, pulled: false } => format!("{word}({by} に差し替え)"),
        Did::Replaced { by, pulled: true } => format!("{word}({PULLED}、{by} に差し替え)"),
        Did::TookPlace(earlier) => format!("{word}({earlier} の差し替え)"),
        Did::Left { how, on } => format!("{word}({on} {})", dispatched(how)),
        Did::TakenBack => format!("記録の取消({word}に戻す)"),
        Did::Reprinted { run, reason } => format!("印刷し直す(印刷 第{run}号、理由：{reason})"),
    }
}

fn dispatched(how: Dispatch) -> &'static str {
    match how {
        Dispatch::Posted => "投函",
        Dispatch::HandedOver => "手渡し",
        Dispatch::PassedOn => "送信の確認",
    }
}

fn naming_lines(naming: &Naming, lines: &mut Vec<String>) {
    if naming.is_plain() {
        return;
    }
    lines.push("  書簡での表記".to_owned());
    for Replaced {
        title,
        given,
        shown,
        ..
    } in &naming.replaced
    {
        lines.push(format!(
            "    {title}：「{given}」の文字を置き換えて「{shown}」と印刷します"
        ));
    }
    if let Some(sha256) = &naming.map_sha256 {
        let version = sha256.get(..12).unwrap_or(sha256);
        lines.push(format!("      置き換えの表の版  {version}"));
    }
    for Replaced {
        title,
        given,
        shown,
        ..
    } in &naming.other_spelling
    {
        lines.push(format!(
            "    {title}：「{given}」({})は、同じ字形の「{shown}」({})の字で印刷します",
            code_points(given),
            code_points(shown)
        ));
    }
}

pub(super) fn record_lines(form: &Form, record: &Map<String, Value>, lines: &mut Vec<String>) {
    for field in &form.fields {
        if let Some(value) = record.get(&field.name) {
            let text = shown(field, value);
            let mut parts = text.lines();
            lines.push(format!(
                "    {}：{}",
                field.title,
                parts.next().unwrap_or_default()
            ));
            lines.extend(parts.map(|part| format!("      {part}")));
        }
    }
}

fn shown(field: &Field, value: &Value) -> String {
    match (&field.shape, value) {
        (FieldShape::Choice(choices), Value::String(code)) => label(choices, code),
        (FieldShape::List(shape), Value::Array(items)) => items
            .iter()
            .map(|item| match (shape, item) {
                (ListShape::Choices(choices), Value::String(code)) => {
                    format!("\n・{}", label(choices, code))
                }
                (ListShape::Rows(parts), Value::Object(row)) => {
                    let cells: Vec<String> = parts
                        .iter()
                        .filter_map(|part| Some(shown(part, row.get(&part.name)?)))
                        .collect();
                    format!("\n・{}", cells.join("｜"))
                }
                (_, item) => format!("\n・{}", plain(item)),
            })
            .collect(),
        (_, value) => plain(value),
    }
}

fn label(choices: &[Choice], code: &str) -> String {
    choices
        .iter()
        .find(|choice| choice.code == code)
        .map_or_else(|| code.to_owned(), |choice| choice.label.clone())
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
