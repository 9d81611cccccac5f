//! The sheets of a workbook that say how the others are filled in.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use crate::catalogue::{Choice, Field, FieldShape, Kind, ListShape, Role};

use super::numbered;
use super::sheet_columns::{Tab, needed};

/// What the colours and the numbers mean, above the table of fields.
const LEGEND: [&str; 4] = [
    "見出しの色：橙は必ず書く列、黄は結果区分によって書く列、灰は書かなくてもよい列です。",
    "セルの色：結果区分を選ぶと、書くところが薄い赤に、書けないところが濃い灰になります。",
    "「…1」「…2」の列は、一つずつ書く列です。足りないときは「…4」のように同じ形の見出しを足すか、番号のない見出しの1つの列に、1行に1つずつ書きます(両方には書けません)。",
    "「メモ」「担当」の列と、「※」で始まる見出しの列は、職員の覚えに使えます。記録には入りません。",
];

/// Fills the sheet that explains the fields.
pub(super) fn fill_fields(sheet: &mut Worksheet, tabs: &[Tab<'_>]) -> Result<(), XlsxError> {
    let (bold, wrap) = formats();
    let plain = Format::new().set_num_format("@");
    for (row, line) in (0u32..).zip(LEGEND) {
        sheet.write_string_with_format(row, 0, line, &plain)?;
    }
    let mut row = 5;
    for (column, (heading, width)) in (0u16..).zip([
        ("書簡の種類", 30),
        ("項目", 24),
        ("必須", 8),
        ("説明", 60),
        ("書き方", 60),
        ("結果による違い", 40),
    ]) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(row, column, heading, &bold)?;
    }
    for tab in tabs {
        for field in &tab.form.fields {
            row += 1;
            let required = if field.required { "必須" } else { "" };
            let cells = [
                tab.form.name.clone(),
                field.title.clone(),
                required.to_owned(),
                field.description.clone(),
                how_to_write(field),
                tab.kind
                    .map_or_else(String::new, |kind| by_outcome(field, kind)),
            ];
            for (column, text) in (0u16..).zip(cells) {
                sheet.write_string_with_format(row, column, text, &wrap)?;
            }
        }
    }
    Ok(())
}

/// Fills the sheet that says what each outcome asks for.
pub(super) fn fill_outcomes(sheet: &mut Worksheet, tabs: &[Tab<'_>]) -> Result<(), XlsxError> {
    let (bold, wrap) = formats();
    for (column, (heading, width)) in (0u16..).zip([
        ("書簡の種類", 30),
        ("結果", 16),
        ("件名", 36),
        ("必ず書く項目", 40),
        ("書けない項目", 40),
        ("書ける根拠(どれか)", 70),
    ]) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    let mut row = 0;
    for (tab, kind) in tabs.iter().filter_map(|tab| Some((tab, tab.kind?))) {
        for (place, outcome) in kind.outcomes.iter().enumerate() {
            row += 1;
            let titles = |is: &dyn Fn(&Field) -> bool| {
                let fields = kind.fields.iter().filter(|field| is(field));
                let titles: Vec<&str> = fields.map(|field| field.title.as_str()).collect();
                titles.join("、")
            };
            let asked = |field: &Field| {
                let need = needed(field, Some(kind), true);
                need.is_always || need.by.contains(&place)
            };
            let forbidden = |field: &Field| {
                needed(field, Some(kind), true)
                    .forbidden_by
                    .contains(&place)
            };
            let cells = [
                kind.name.clone(),
                outcome.label.clone(),
                outcome.subject.clone(),
                titles(&asked),
                titles(&forbidden),
                tab.grounds
                    .get(place)
                    .map_or_else(String::new, |all| all.join("\n")),
            ];
            for (column, text) in (0u16..).zip(cells) {
                sheet.write_string_with_format(row, column, text, &wrap)?;
            }
        }
    }
    Ok(())
}

fn formats() -> (Format, Format) {
    let bold = Format::new().set_bold().set_num_format("@");
    let wrap = Format::new()
        .set_num_format("@")
        .set_text_wrap()
        .set_align(FormatAlign::Top);
    (bold, wrap)
}

/// What is said of a cell while it is filled in.
pub(super) fn said(field: &Field) -> String {
    let how = match &field.shape {
        // The list that drops down says it.
        FieldShape::Choice(_) => String::new(),
        FieldShape::List(ListShape::Texts) if field.role != Some(Role::Ground) => String::new(),
        _ => how_to_write(field),
    };
    format!("{}{how}", field.description)
}

/// What the outcomes ask of a field.
fn by_outcome(field: &Field, kind: &Kind) -> String {
    let need = needed(field, Some(kind), true);
    let labels = |places: &[usize]| {
        let outcomes = places.iter().filter_map(|place| kind.outcomes.get(*place));
        let labels: Vec<String> = outcomes.map(|o| format!("「{}」", o.label)).collect();
        labels.concat()
    };
    let all = kind.outcomes.len();
    let mut said = Vec::new();
    match need.by.len() {
        0 => {}
        _ if need.is_always => {}
        by if by == all => said.push("必ず書く".to_owned()),
        _ => said.push(format!("{}では書く", labels(&need.by))),
    }
    match need.forbidden_by.len() {
        0 => {}
        by if by == all => said.push("書けない".to_owned()),
        _ => said.push(format!("{}では書けない", labels(&need.forbidden_by))),
    }
    said.join("。")
}

fn how_to_write(field: &Field) -> String {
    let numbered_too = |part| {
        let example = numbered::header(field, 1, part);
        format!("「{example}」のような列に分けても書ける。")
    };
    if field.role == Some(Role::Ground) {
        return "一覧から選ぶか、条項か根拠コードを書く。".to_owned();
    }
    match &field.shape {
        FieldShape::Text { max_chars } => match max_chars {
            Some(max) => format!("{max}文字まで。"),
            None => String::new(),
        },
        FieldShape::Date => {
            "2026-11-01、2026/11/1、令和8年11月1日、R8.11.1 のいずれかの形。".to_owned()
        }
        FieldShape::Integer => "整数。".to_owned(),
        FieldShape::Choice(choices) => format!("{}のいずれか。", labels(choices)),
        FieldShape::List(ListShape::Texts) => format!(
            "1行に1つ(セルの中の改行は Alt+Enter)。{}",
            numbered_too(None)
        ),
        FieldShape::List(ListShape::Choices(choices)) => {
            format!("{}から。2つ以上は「、」で区切る。", labels(choices))
        }
        FieldShape::List(ListShape::Rows(parts)) => {
            let titles: Vec<&str> = parts.iter().map(|part| part.title.as_str()).collect();
            format!(
                "1行に1件(セルの中の改行は Alt+Enter)。「{}」の順に、間に「｜」を入れる。{}",
                titles.join("｜"),
                numbered_too(parts.first())
            )
        }
    }
}

fn labels(choices: &[Choice]) -> String {
    let labels: Vec<String> = choices
        .iter()
        .map(|choice| format!("「{}」", choice.label))
        .collect();
    labels.join("")
}
