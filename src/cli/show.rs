//! `yobin show`: one letter, whole.

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Map, Value, json};

use super::{Setting, cautions};
use crate::archive::{Archive, Holding};
use crate::catalogue::{Choice, Field, FieldShape, Kind, ListShape};
use crate::domain::{Dispatch, KeptBack, LetterId, State, Whereabouts, in_one_line};
use crate::night;
use crate::office::Office;
use crate::print;
use crate::render::{Naming, Replaced};
use crate::store::{self, AttemptRow, AuditRow, LetterRow, Recorded, Replacement};
use crate::text::characters::code_points;
use crate::wording;

/// The most characters shown of a reason or a next step; what is kept of
/// earlier versions may be of any length.
const TOLD_MOST: usize = 800;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 書簡の番号
    #[arg(value_name = "LETTER", value_parser = super::letter_id)]
    letter: LetterId,
    /// JSONで出す
    #[arg(long)]
    json: bool,
}

pub(super) async fn show(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let office = Office::open(setting.config()?, setting.clock).await?;
    let mut conn = office.store.read().await?;
    let letter = store::letter(&mut conn, args.letter)
        .await?
        .with_context(|| {
            format!(
                "{}：この番号の書簡はありません。yobin list で番号を確かめてください。",
                args.letter
            )
        })?;
    let record = store::record_of(&mut conn, args.letter).await?;
    let record: Map<String, Value> = serde_json::from_str(&record)?;
    let mut found = store::registered_against(&mut conn, &[args.letter], &|kind, outcome| {
        office.desk.catalogue.reveals(kind, outcome)
    })
    .await?;
    let against = found.remove(&args.letter);
    let against = against
        .as_ref()
        .map(cautions::sentences)
        .unwrap_or_default();
    let history = store::audit_of(&mut conn, args.letter).await?;
    let attempts = store::attempts_of(&mut conn, args.letter).await?;
    // A letter that was set shows what was set; one that was not, what would
    // be set today.
    let kind = office.desk.catalogue.get(&letter.kind);
    let naming = match (store::data_of(&mut conn, args.letter).await?, kind) {
        (Some(data), _) => Naming::kept_in(&data)?,
        (None, Some(kind)) => Naming::of(kind, &record, &office.desk.characters),
        (None, None) => Naming::default(),
    };
    drop(conn);
    let why = match letter.state {
        // It says itself why it stands.
        State::Parked => None,
        _ => print::kept_back_by_id(&office, &[letter.id])
            .await?
            .remove(&letter.id),
    };
    if args.json {
        let all = json!({
            "letter": letter, "record": record, "naming": naming, "history": history,
            "attempts": attempts,
            "kept_back": why.as_ref().map(night::because),
            "cautions": against,
        });
        say!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        super::print(format_args!(
            "{}",
            page(
                &office,
                &letter,
                (&record, why.as_ref(), &against),
                &naming,
                (&attempts, &history)
            )
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn page(
    office: &Office,
    letter: &LetterRow,
    (record, why, cautions): (&Map<String, Value>, Option<&KeptBack>, &[String]),
    naming: &Naming,
    (attempts, history): (&[AttemptRow], &[AuditRow]),
) -> String {
    let mut lines = Vec::new();
    let kind = office.desk.catalogue.get(&letter.kind);
    let kind_name = kind.map_or(letter.kind.as_str(), |kind| kind.name.as_str());
    lines.push(format!(
        "{}  {}  {kind_name}",
        letter.id,
        letter.at.japanese()
    ));
    if let Some(why) = why {
        lines.push(format!(
            "  注意      {}、送付を止めています。",
            night::because(why)
        ));
        let next_step = night::next_step(why, letter.id, letter.at);
        lines.push(format!("            → {next_step}"));
    }
    if let Some(reason) = &letter.reason {
        lines.push(format!("  理由      {}", in_one_line(reason, TOLD_MOST)));
    }
    if let Some(next_step) = &letter.next_step {
        lines.push(format!("  次の手順  {}", in_one_line(next_step, TOLD_MOST)));
    }
    for caution in cautions {
        lines.push(format!("  注意      {caution}"));
    }
    let mut line = |label: &str, value: Option<String>| {
        if let Some(value) = value {
            lines.push(format!("  {label}  {value}"));
        }
    };
    line("文書番号", letter.number.clone());
    line("日付    ", letter.issue_date.clone());
    line(
        "受付    ",
        Some(format!("{} {}", letter.queued_at, letter.queued_by)),
    );
    line(
        "承認    ",
        letter
            .approved_by
            .as_ref()
            .map(|by| format!("{} {by}", letter.approved_at.as_deref().unwrap_or_default())),
    );
    line("ページ数", letter.pages.map(|pages| pages.to_string()));
    line(
        "ファイル",
        letter
            .register_seq
            .and(letter.pdf_sha256.as_ref())
            .map(|sha256| {
                let place = Archive::place(Holding::Pdf, sha256);
                format!("{}/archive/{place}", office.out().display())
            }),
    );
    line("メール  ", letter.message_id.clone());
    line(
        "印刷    ",
        letter
            .print_date
            .as_deref()
            .map(|date| print::folder_of(office, date).display().to_string()),
    );
    line(
        "発送    ",
        letter.dispatched.as_ref().map(|left| {
            format!(
                "{} {}(記録した人 {})",
                left.on,
                dispatched(left.how),
                left.by
            )
        }),
    );
    lines.push("  記録".to_owned());
    match kind {
        Some(kind) => record_lines(kind, record, &mut lines),
        None => lines.push(format!("    {}", Value::Object(record.clone()))),
    }
    naming_lines(naming, &mut lines);
    if !attempts.is_empty() {
        lines.push("  メールの受け渡し".to_owned());
        lines.extend(wording::attempts(attempts));
    }
    lines.push("  経過".to_owned());
    for row in history {
        lines.push(format!("    {}  {}  {}", row.at, act(row), row.actor));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// What was done, in the words of the letter's history.
fn act(row: &AuditRow) -> String {
    let word = row
        .to_state
        .parse::<Whereabouts>()
        .map_or_else(|_| row.to_state.clone(), |at| at.japanese().to_owned());
    let note = row.note.as_deref();
    if note == Some(store::NOTE_OPENED) {
        return "非公開の記録の欄を開く".to_owned();
    }
    const PULLED: &str = "紙を抜いた又はファイルを消した";
    if note == Some(store::PULLED) {
        return format!("{word}({PULLED})");
    }
    match note.and_then(store::replacement_in) {
        Some(Replacement::ReplacedBy { new, pulled: false }) => {
            return format!("{word}({new} に差し替え)");
        }
        Some(Replacement::ReplacedBy { new, pulled: true }) => {
            return format!("{word}({PULLED}、{new} に差し替え)");
        }
        Some(Replacement::Replaces(earlier)) => return format!("{word}({earlier} の差し替え)"),
        None => {}
    }
    match note.and_then(store::recorded_in) {
        Some(Recorded::Left { how, on }) => format!("{word}({on} {})", dispatched(how)),
        Some(Recorded::TakenBack) => format!("記録の取消({word}に戻す)"),
        None => word,
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

pub(super) fn record_lines(kind: &Kind, record: &Map<String, Value>, lines: &mut Vec<String>) {
    for field in &kind.fields {
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
