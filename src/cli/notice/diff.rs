//! `yobin notice diff`: what differs between two revisions.

use std::fmt::Write as _;
use std::process::ExitCode;

use serde_json::json;

use super::calling::called;
use crate::cli::Context;
use crate::notice::{CategoryChange, Comparison, Difference};
use crate::views::Compared;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// 前の版の番号
    #[arg(value_name = "A", requires = "new")]
    old: Option<u32>,
    /// 後の版の番号
    #[arg(value_name = "B")]
    new: Option<u32>,
    /// JSONで出す
    #[arg(long)]
    json: bool,
}

pub(super) async fn diff(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let office = crate::cli::look(context).await?;
    let Compared {
        old,
        new,
        changes: comparison,
    } = Compared::of(&office, args.old.zip(args.new)).await?;
    if args.json {
        let all = json!({
            "old": {"number": old.number, "label": old.label, "effective": old.effective},
            "new": {"number": new.number, "label": new.label, "effective": new.effective},
            "changes": comparison,
        });
        say!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        say!("{} → {}", called(&old), called(&new));
        crate::cli::print(format_args!("{}", changes(&comparison)));
    }
    Ok(ExitCode::SUCCESS)
}

/// The differences by category, in Japanese.
pub(super) fn changes(comparison: &Comparison) -> String {
    let mut text = String::new();
    let mut counts = [0_usize; 4];
    let mut count = |difference| {
        let place = KINDS.iter().position(|kind| *kind == difference);
        if let Some(of_kind) = place.and_then(|place| counts.get_mut(place)) {
            *of_kind += 1;
        }
    };
    for category in &comparison.categories {
        head(category, &mut text);
        if let Some(difference) = category.difference {
            count(difference);
        }
        for purpose in &category.purposes {
            count(purpose.difference);
            line(purpose.difference, &purpose.old, &purpose.new, &mut text);
        }
    }
    let mut section = None;
    for sentence in &comparison.sentences {
        if section != Some(sentence.section) {
            section = Some(sentence.section);
            let _ = writeln!(text, "\n{}", sentence.section.label());
        }
        count(sentence.difference);
        line(sentence.difference, &sentence.old, &sentence.new, &mut text);
    }
    if comparison.is_empty() {
        text.push_str("\n違いはありません。\n");
        return text;
    }
    let counted = KINDS.iter().zip(counts);
    let counted: Vec<String> = counted
        .map(|(kind, count)| format!("{} {count}", kind.label()))
        .collect();
    let _ = writeln!(text, "\n違い：{}", counted.join("、"));
    text
}

const KINDS: [Difference; 4] = [
    Difference::Added,
    Difference::Reworded,
    Difference::Removed,
    Difference::Moved,
];

fn head(category: &CategoryChange, text: &mut String) {
    let (old, new) = (
        category.old_name.as_deref().unwrap_or_default(),
        category.new_name.as_deref().unwrap_or_default(),
    );
    let _ = match category.difference {
        None => writeln!(text, "\n類型「{new}」"),
        Some(Difference::Reworded) => {
            writeln!(text, "\n類型「{new}」 名称の変更(前は「{old}」)")
        }
        Some(Difference::Removed) => writeln!(text, "\n類型「{old}」 削除"),
        Some(difference) => writeln!(text, "\n類型「{new}」 {}", difference.label()),
    };
}

fn line(difference: Difference, old: &Option<String>, new: &Option<String>, text: &mut String) {
    let (old, new) = (
        old.as_deref().unwrap_or_default(),
        new.as_deref().unwrap_or_default(),
    );
    let label = difference.label();
    let _ = match difference {
        Difference::Reworded => writeln!(text, "  {label}\n    前：{old}\n    後：{new}"),
        Difference::Removed => writeln!(text, "  {label}  {old}"),
        Difference::Added | Difference::Moved => writeln!(text, "  {label}  {new}"),
    };
}
