//! Matching a file's column headers, or an entry's keys, with fields.
//!
//! A field goes by its Japanese title or its schema name. Width, letter case
//! and white space do not matter in a header, for headers are looked up and
//! not stored; nothing else is guessed, only suggested.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::catalogue::{Choice, Field, FieldShape, Form};
use crate::domain::folded;
use crate::text::composed;
use crate::text::formula::unguarded;

use super::cell::Cell;
use super::findings::Findings;
use super::numbered::{self, Entry};
use super::problem::ColumnProblem;

/// The column in which the rejected file says what was wrong; not read.
pub(super) const ERROR_COLUMN: &str = "エラー内容";
/// The column that names the kind of letter, by code or Japanese name.
const KIND_COLUMNS: [&str; 2] = ["種別", "kind"];

/// What a column holds.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// The field with this index in the kind.
    Field(usize),
    /// A part of one entry of a list.
    Entry(Box<Entry>),
    /// The kind of letter.
    Kind,
    /// Staff's own; it is told that it is not read.
    LeftOut,
    /// Nothing for us: no header, or [`ERROR_COLUMN`].
    None,
}

/// The columns of a sheet.
#[derive(Debug)]
pub(super) struct Columns {
    /// Headers as the file has them, up to the last that is not empty.
    pub(super) headers: Vec<String>,
    pub(super) targets: Vec<Target>,
}

impl Columns {
    /// Matches the header row.
    ///
    /// # Errors
    /// All unknown, doubled and missing columns at once.
    pub(super) fn of_sheet(form: &Form, row: &[Cell]) -> Result<Self, Vec<ColumnProblem>> {
        let mut problems = Vec::new();
        let headers = headers(row);
        let mut seen: HashMap<usize, &str> = HashMap::new();
        let mut entries: HashMap<(usize, u32, Option<usize>), &str> = HashMap::new();
        let mut kinds = 0;
        let mut targets = Vec::with_capacity(headers.len());
        for (header, cell) in headers.iter().zip(row) {
            let target = match (target(form, header), cell) {
                (
                    _,
                    Cell::Unusable {
                        problem, remedy, ..
                    },
                ) => {
                    problems.push(column_problem(header, problem, remedy));
                    Target::None
                }
                (Some(target), _) => target,
                (None, _) => {
                    problems.push(unknown(&form.fields, header));
                    Target::None
                }
            };
            let twice = match &target {
                Target::Field(index) => seen.insert(*index, header),
                Target::Entry(entry) => entries.insert(entry.key(), header),
                Target::Kind => {
                    kinds += 1;
                    None
                }
                Target::LeftOut | Target::None => None,
            };
            if let Some(first) = twice {
                let problem = format!("「{first}」と同じ項目の列が2つあります。");
                problems.push(column_problem(header, &problem, "1つにしてください。"));
            }
            targets.push(target);
        }
        if kinds > 1 {
            problems.push(column_problem(
                KIND_COLUMNS[0],
                "同じ項目の列が2つあります。",
                "1つにしてください。",
            ));
        }
        for (index, field) in form.fields.iter().enumerate() {
            let has_entries = entries.keys().any(|(list, ..)| *list == index);
            let is_there = seen.contains_key(&index) || has_entries;
            if field.required && !is_there && sole_choice(field).is_none() {
                let problem = "必須の列がありません。";
                let remedy = "この見出しの列を加えてください。";
                problems.push(column_problem(&field.title, problem, remedy));
            }
        }
        if problems.is_empty() {
            Ok(Columns { headers, targets })
        } else {
            Err(problems)
        }
    }

    /// The position of the column that names the kind.
    pub(super) fn kind_column(row: &[Cell]) -> Option<usize> {
        row.iter().position(|cell| is_kind_key(&cell.shown()))
    }

    /// What each column holds, with its header.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&Target, &String)> {
        self.targets.iter().zip(&self.headers)
    }

    /// The file's header of each field, by schema name.
    pub(super) fn by_field(&self, form: &Form) -> HashMap<String, String> {
        let named = |(target, header): (&Target, &String)| match target {
            Target::Field(index) => {
                let field = form.fields.get(*index)?;
                Some((field.name.clone(), header.clone()))
            }
            Target::Entry(_) | Target::Kind | Target::LeftOut | Target::None => None,
        };
        self.pairs().filter_map(named).collect()
    }

    /// The headers of the columns that are not read.
    pub(super) fn left_out(&self) -> impl Iterator<Item = &str> {
        let left_out = |(target, header): (&Target, &'_ String)| {
            matches!(target, Target::LeftOut) && !header.is_empty()
        };
        self.pairs()
            .filter(move |pair| left_out(*pair))
            .map(|(_, header)| header.as_str())
    }
}

fn headers(row: &[Cell]) -> Vec<String> {
    let mut headers: Vec<String> = row.iter().map(Cell::shown).collect();
    while headers
        .last()
        .is_some_and(|header| looked_up(header).is_empty())
    {
        headers.pop();
    }
    headers
}

fn target(form: &Form, header: &str) -> Option<Target> {
    let fields = &form.fields;
    let wanted = looked_up(header);
    if wanted.is_empty() || wanted == ERROR_COLUMN {
        return Some(Target::None);
    }
    if let Some(index) = position(fields, header) {
        return Some(Target::Field(index));
    }
    if let Some(entry) = numbered::entry(fields, &wanted) {
        return Some(Target::Entry(Box::new(entry)));
    }
    if is_kind_key(header) {
        return Some(Target::Kind);
    }
    form.typing.is_left_out(header).then_some(Target::LeftOut)
}

/// The one choice of a field that must hold it: nobody need type it.
pub(super) fn sole_choice(field: &Field) -> Option<&Choice> {
    match &field.shape {
        FieldShape::Choice(choices) if field.required => match choices.as_slice() {
            [sole] => Some(sole),
            _ => None,
        },
        _ => None,
    }
}

/// Puts in what nobody need type: the choice of a field that has one only.
pub(super) fn put_sole_choices(form: &Form, values: &mut Map<String, Value>, findings: &Findings) {
    for field in &form.fields {
        let Some(sole) = sole_choice(field) else {
            continue;
        };
        let place = findings.labels().place(field);
        if !values.contains_key(&field.name) && !findings.is_unread(&place.pointer) {
            values.insert(field.name.clone(), sole.code.clone().into());
        }
    }
}

/// The field that goes by this name or title.
pub(super) fn position(fields: &[Field], key: &str) -> Option<usize> {
    // Nearly every key is spelt exactly, and entries have many keys.
    let exact = |field: &Field| field.name == key || field.title == key;
    fields.iter().position(exact).or_else(|| {
        let wanted = looked_up(key);
        fields
            .iter()
            .position(|field| folded(&field.title) == wanted || folded(&field.name) == wanted)
    })
}

/// Whether a header or key names the kind of letter.
pub(super) fn is_kind_key(key: &str) -> bool {
    KIND_COLUMNS.contains(&looked_up(key).as_str())
}

/// Whether a header or key is the rejected file's own.
pub(super) fn is_remark(key: &str) -> bool {
    looked_up(key) == ERROR_COLUMN
}

/// A header or key for comparison. macOS writes ガ as two characters.
pub(super) fn looked_up(key: &str) -> String {
    folded(&composed(unguarded(key)))
}

/// Whether a kind goes by this code or Japanese name.
pub(super) fn is_named(form: &Form, name: &str) -> bool {
    let wanted = looked_up(name);
    form.code == wanted || folded(&form.name) == wanted
}

/// A sentence on a key that is no field, with the nearest one that is.
pub(super) fn unknown_key(fields: &[Field], key: &str) -> (&'static str, String) {
    let remedy = match nearest(fields, key) {
        Some(title) => format!("「{title}」ではありませんか。違うときは消してください。"),
        None => "消すか、見出しの一覧にある名前に直してください。".to_owned(),
    };
    ("決められていない項目です。", remedy)
}

fn unknown(fields: &[Field], header: &str) -> ColumnProblem {
    let (problem, remedy) = unknown_key(fields, header);
    column_problem(header, problem, &remedy)
}

fn column_problem(column: &str, problem: &str, remedy: &str) -> ColumnProblem {
    ColumnProblem {
        column: column.to_owned(),
        problem: problem.to_owned(),
        remedy: remedy.to_owned(),
    }
}

fn nearest<'a>(fields: &'a [Field], key: &str) -> Option<&'a str> {
    let wanted: Vec<char> = looked_up(key).chars().take(60).collect();
    let distance = |name: &str| edits(&wanted, &folded(name).chars().collect::<Vec<_>>());
    let (near, title) = fields
        .iter()
        .flat_map(|field| [(&field.title, &field.title), (&field.name, &field.name)])
        .map(|(name, shown)| (distance(name), shown))
        .min_by_key(|(distance, _)| *distance)?;
    let allowed = (wanted.len() / 3).max(1);
    (near <= allowed && near < wanted.len()).then_some(title.as_str())
}

/// The number of single-character edits between two words (Levenshtein).
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_fold_width_case_and_space() {
        assert_eq!(folded("氏　名 "), "氏名");
        assert_eq!(folded("ＭＡＩＬ＿ａｄｄｒｅｓｓ"), "mail_address");
        assert_eq!(folded("方書・\n建物名"), "方書・建物名");
        assert!(is_kind_key("Ｋｉｎｄ") && is_kind_key("種別"));
    }

    #[test]
    fn edits_count_changes() {
        let edits = |a: &str, b: &str| {
            super::edits(
                &a.chars().collect::<Vec<_>>(),
                &b.chars().collect::<Vec<_>>(),
            )
        };
        assert_eq!(edits("郵便番号", "郵便番号"), 0);
        assert_eq!(edits("郵便番", "郵便番号"), 1);
        assert_eq!(edits("", "氏名"), 2);
        assert_eq!(edits("adress", "address"), 1);
    }
}
