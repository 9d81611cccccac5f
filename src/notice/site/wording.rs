//! What changed between two editions, in plain sentences for members.

use super::super::Notice;
use super::super::comparison::{CategoryChange, Comparison, Difference, PurposeChange, Section};
use super::table::section_name;

const NOTHING: &str = "前の版から、内容は変わっていません。";

/// Most sentences that are still a summary; the comparison tells the rest.
const MOST: usize = 12;

/// One sentence a change of the table, one a section beside it; never empty.
pub(super) fn changes(new: &Notice, comparison: &Comparison) -> Vec<String> {
    let mut told: Vec<String> = comparison.categories.iter().flat_map(category).collect();
    for section in [
        Section::Title,
        Section::Purposes,
        Section::Security,
        Section::Requests,
        Section::Complaint,
    ] {
        let sentences = comparison.sentences.iter();
        let found: Vec<Difference> = sentences
            .filter(|change| change.section == section)
            .map(|change| change.difference)
            .collect();
        if !found.is_empty() {
            let name = section_name(new, section);
            told.push(format!(
                "「{name}」の記載を改めました（{}）。",
                counts(&found)
            ));
        }
    }
    if told.len() > MOST {
        let rest = told.split_off(MOST).len();
        told.push(format!("ほかに{rest}か所を改めました。"));
    }
    if told.is_empty() {
        told.push(NOTHING.to_owned());
    }
    told
}

fn counts(found: &[Difference]) -> String {
    let all = [
        Difference::Added,
        Difference::Reworded,
        Difference::Removed,
        Difference::Moved,
    ];
    let counted = all.into_iter().filter_map(|difference| {
        let count = found.iter().filter(|&&own| own == difference).count();
        (count > 0).then(|| format!("{}{count}か所", difference.label()))
    });
    counted.collect::<Vec<_>>().join("、")
}

fn category(change: &CategoryChange) -> Vec<String> {
    let old = change.old_name.as_deref().unwrap_or_default();
    let new = change.new_name.as_deref().unwrap_or_default();
    let own = match change.difference {
        Some(Difference::Added) => {
            return vec![format!(
                "個人情報の類型「{new}」とその利用目的を追加しました。"
            )];
        }
        Some(Difference::Removed) => {
            return vec![format!("個人情報の類型「{old}」を削除しました。")];
        }
        Some(Difference::Reworded) => Some(format!(
            "個人情報の類型「{old}」の名称を「{new}」に改めました。"
        )),
        Some(Difference::Moved) => Some(format!(
            "個人情報の類型「{new}」を記載する順序を変えました。"
        )),
        None => None,
    };
    let purposes = change.purposes.iter();
    let mut told: Vec<String> = own.into_iter().collect();
    told.extend(purposes.map(|change| purpose(new, change)));
    told
}

fn purpose(category: &str, change: &PurposeChange) -> String {
    let old = change.old.as_deref().unwrap_or_default();
    let new = change.new.as_deref().unwrap_or_default();
    match change.difference {
        Difference::Added => format!("「{category}」の利用目的に「{new}」を追加しました。"),
        Difference::Removed => format!("「{category}」の利用目的から「{old}」を削除しました。"),
        Difference::Reworded => {
            format!("「{category}」の利用目的「{old}」を「{new}」に改めました。")
        }
        Difference::Moved => {
            format!("「{category}」の利用目的「{new}」を記載する順序を変えました。")
        }
    }
}
