//! The comparison of two editions as a table, old beside new (新旧対照表).
//!
//! A row is a place of the notice that differs. A category is shown whole,
//! so that a reader sees a changed purpose among those that stayed.

use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation as _;

use super::super::comparison::{CategoryChange, Comparison, Difference, Section, SentenceChange};
use super::super::{Category, Notice};

/// A place that differs.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// Where it is.
    pub place: String,
    /// How it read; empty if it is new.
    pub old: Vec<Piece>,
    /// How it reads; empty if it is gone.
    pub new: Vec<Piece>,
}

/// A wording in a cell.
#[derive(Debug, Serialize)]
pub(super) struct Piece {
    /// The word for how it differs; empty if it stayed.
    pub mark: &'static str,
    /// Whether it is the name of a category above its purposes.
    pub name: bool,
    /// The wording, cut where a change begins or ends.
    pub parts: Vec<Part>,
}

/// A run of a wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Part {
    /// The text.
    pub text: String,
    /// Whether it is in one edition only; underlined then.
    pub changed: bool,
}

/// Ids of sentences that stand before the table of purposes.
const BEFORE_TABLE: [&str; 4] = ["heading", "preface", "columns.category", "columns.purposes"];

/// The rows in the order of the page.
pub(super) fn rows(old: &Notice, new: &Notice, comparison: &Comparison) -> Vec<Row> {
    let early = |change: &&SentenceChange| match change.section {
        Section::Title => true,
        Section::Purposes => BEFORE_TABLE.contains(&change.id.as_str()),
        Section::Security | Section::Requests | Section::Complaint => false,
    };
    let sentences = &comparison.sentences;
    let mut rows: Vec<Row> = sentences
        .iter()
        .filter(early)
        .map(|change| sentence(new, change))
        .collect();
    let categories = comparison.categories.iter();
    rows.extend(categories.map(|change| category(old, new, change)));
    let late = sentences.iter().filter(|change| !early(change));
    rows.extend(late.map(|change| sentence(new, change)));
    rows
}

/// What a section is called.
pub(super) fn section_name(notice: &Notice, section: Section) -> &str {
    match section {
        Section::Title => "表題",
        Section::Purposes => &notice.purposes.heading,
        Section::Security => &notice.security.heading,
        Section::Requests => &notice.requests.heading,
        Section::Complaint => &notice.complaint.heading,
    }
}

fn sentence(new: &Notice, change: &SentenceChange) -> Row {
    let (old_parts, new_parts) = parts(
        change.old.as_deref(),
        change.new.as_deref(),
        change.difference,
    );
    Row {
        place: section_name(new, change.section).to_owned(),
        old: old_parts
            .map(|parts| piece(change.difference, parts))
            .into_iter()
            .collect(),
        new: new_parts
            .map(|parts| piece(change.difference, parts))
            .into_iter()
            .collect(),
    }
}

fn category(old: &Notice, new: &Notice, change: &CategoryChange) -> Row {
    let of = |notice: &'_ Notice| notice.categories().find(|c| c.id == change.id).cloned();
    let name = change.new_name.as_deref().or(change.old_name.as_deref());
    let (old_name, new_name) = match change.difference {
        None => (None, None),
        Some(difference) => {
            let (old, new) = parts(
                change.old_name.as_deref(),
                change.new_name.as_deref(),
                difference,
            );
            let named = |parts| Piece {
                name: true,
                ..piece(difference, parts)
            };
            (old.map(named), new.map(named))
        }
    };
    Row {
        place: format!("{}　「{}」", new.purposes.heading, name.unwrap_or_default()),
        old: cell(old_name, of(old), change, Side::Old),
        new: cell(new_name, of(new), change, Side::New),
    }
}

#[derive(Clone, Copy)]
enum Side {
    Old,
    New,
}

/// A category's name, where that differs, and all its purposes.
fn cell(
    name: Option<Piece>,
    category: Option<Category>,
    change: &CategoryChange,
    side: Side,
) -> Vec<Piece> {
    // Of a category that is new or gone as a whole one mark says it all.
    let whole = matches!(
        change.difference,
        Some(Difference::Added | Difference::Removed)
    );
    let mut pieces: Vec<Piece> = name.into_iter().collect();
    for purpose in category.into_iter().flat_map(|category| category.purposes) {
        let differs = change.purposes.iter().find(|found| found.id == purpose.id);
        let unmarked = |changed| Piece {
            mark: "",
            name: false,
            parts: vec![Part {
                text: purpose.text.clone(),
                changed,
            }],
        };
        pieces.push(match differs {
            _ if whole => unmarked(true),
            None => unmarked(false),
            Some(found) => {
                let (old, new) =
                    parts(found.old.as_deref(), found.new.as_deref(), found.difference);
                let own = match side {
                    Side::Old => old,
                    Side::New => new,
                };
                own.map_or_else(|| unmarked(false), |parts| piece(found.difference, parts))
            }
        });
    }
    pieces
}

fn piece(difference: Difference, parts: Vec<Part>) -> Piece {
    Piece {
        mark: difference.label(),
        name: false,
        parts,
    }
}

type Parts = Option<Vec<Part>>;

/// Both wordings, cut where they differ.
fn parts(old: Option<&str>, new: Option<&str>, difference: Difference) -> (Parts, Parts) {
    if let (Some(old), Some(new)) = (old, new) {
        let (old, new) = cut(old, new);
        return (Some(old), Some(new));
    }
    let changed = !matches!(difference, Difference::Moved);
    let whole = |text: &str| {
        vec![Part {
            text: text.to_owned(),
            changed,
        }]
    };
    (old.map(whole), new.map(whole))
}

/// Common runs shorter than this between two changes are shown as changed:
/// a lone は or の that stayed only breaks the underline.
const SHORT: usize = 3;

/// Largest product of two lengths, in characters, that are compared
/// character by character: two sentences of 2,000. The work grows with it.
const LARGEST: usize = 4_000_000;

/// A run of two wordings: characters common to both, or those that one has
/// and the other has not.
#[derive(Clone, Copy)]
enum Run {
    Same(usize),
    Changed(usize, usize),
}

fn cut(old: &str, new: &str) -> (Vec<Part>, Vec<Part>) {
    let old: Vec<&str> = old.graphemes(true).collect();
    let new: Vec<&str> = new.graphemes(true).collect();
    let runs = joined(&runs(&old, &new));
    let (mut old, mut new) = (old.iter(), new.iter());
    let (mut old_parts, mut new_parts) = (Vec::new(), Vec::new());
    for run in runs {
        let (of_old, of_new, changed) = match run {
            Run::Same(count) => (count, count, false),
            Run::Changed(of_old, of_new) => (of_old, of_new, true),
        };
        for (side, count, parts) in [
            (&mut old, of_old, &mut old_parts),
            (&mut new, of_new, &mut new_parts),
        ] {
            let text: String = side.take(count).copied().collect();
            if !text.is_empty() {
                parts.push(Part { text, changed });
            }
        }
    }
    (old_parts, new_parts)
}

/// Merges short common runs into the changes around them.
fn joined(runs: &[Run]) -> Vec<Run> {
    let mut joined: Vec<Run> = Vec::new();
    for (index, &run) in runs.iter().enumerate() {
        let inner = index > 0 && index + 1 < runs.len();
        let run = match run {
            Run::Same(count) if inner && count < SHORT => Run::Changed(count, count),
            other => other,
        };
        match (joined.last_mut(), run) {
            (Some(Run::Changed(old, new)), Run::Changed(more_old, more_new)) => {
                *old += more_old;
                *new += more_new;
            }
            _ => joined.push(run),
        }
    }
    joined
}

/// Runs along a longest common subsequence of characters.
fn runs(old: &[&str], new: &[&str]) -> Vec<Run> {
    if old.len() * new.len() > LARGEST {
        return vec![Run::Changed(old.len(), new.len())];
    }
    // lengths[i][j]: of a longest common subsequence of old[i..] and new[j..].
    let mut lengths = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            lengths[i][j] = if a == b {
                lengths[i + 1][j + 1] + 1
            } else {
                lengths[i + 1][j].max(lengths[i][j + 1])
            };
        }
    }
    let mut runs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        let same = i < old.len() && j < new.len() && old[i] == new[j];
        let step = if same {
            (i, j) = (i + 1, j + 1);
            Run::Same(1)
        } else if j == new.len() || (i < old.len() && lengths[i + 1][j] >= lengths[i][j + 1]) {
            i += 1;
            Run::Changed(1, 0)
        } else {
            j += 1;
            Run::Changed(0, 1)
        };
        match (runs.last_mut(), step) {
            (Some(Run::Same(count)), Run::Same(_)) => *count += 1,
            (Some(Run::Changed(of_old, of_new)), Run::Changed(more_old, more_new)) => {
                *of_old += more_old;
                *of_new += more_new;
            }
            _ => runs.push(step),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parts: &[Part]) -> String {
        let part = |part: &Part| match part.changed {
            true => format!("[{}]", part.text),
            false => part.text.clone(),
        };
        parts.iter().map(part).collect()
    }

    fn both(old: &str, new: &str) -> (String, String) {
        let (old, new) = cut(old, new);
        (shown(&old), shown(&new))
    }

    #[test]
    fn only_what_differs_is_changed() {
        let (old, new) = both("医療費通知の発行", "医療費通知の作成及び発行");
        assert_eq!(old, "医療費通知の発行");
        assert_eq!(new, "医療費通知の[作成及び]発行");
    }

    #[test]
    fn a_short_common_run_does_not_break_a_change() {
        let (old, new) = both("加入者の健康の管理", "加入者へ医療の提供");
        assert_eq!(old, "加入者[の健康の管理]");
        assert_eq!(new, "加入者[へ医療の提供]");
    }

    #[test]
    fn the_parts_give_the_wording_again() {
        for (old, new) in [
            ("", "新"),
            ("旧", ""),
            ("保険料の徴収", "保険料等の徴収"),
            ("同じ", "同じ"),
        ] {
            let (a, b) = cut(old, new);
            let text = |parts: &[Part]| parts.iter().map(|p| p.text.as_str()).collect::<String>();
            assert_eq!((text(&a), text(&b)), (old.to_owned(), new.to_owned()));
        }
    }
}
