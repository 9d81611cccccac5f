//! Columns on a terminal. What is counted is the width at which a terminal
//! shows a text: a character of Japanese takes two places, a Latin one one.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Fills a text up to a width.
pub(super) fn padded(text: &str, width: usize) -> String {
    filled(text, width, ' ')
}

/// The same with the space of Japanese script, which is as wide as its
/// characters and stays so where they are not twice as wide as others.
pub(super) fn padded_wide(text: &str, width: usize) -> String {
    filled(text, width, '\u{3000}')
}

fn filled(text: &str, width: usize, with: char) -> String {
    let missing = width.saturating_sub(text.width_cjk()) / with.width_cjk().unwrap_or(1);
    let fill = std::iter::repeat_n(with, missing);
    text.chars().chain(fill).collect()
}

/// A line of a page: a label and, at the same place for all labels of up to
/// this width, its value.
pub(super) fn labelled(label: &str, width: usize, value: &str) -> String {
    format!("  {}  {value}", padded(label, width))
}

/// Rows as lines whose columns stand under each other, as wide as their widest
/// cell.
pub(super) fn lines<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> Vec<String> {
    let mut widths = [0; COLUMNS];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width_cjk().max(*width);
        }
    }
    let line = |row: &[String; COLUMNS]| {
        let cells = row.iter().zip(widths);
        let cells: Vec<String> = cells.map(|(cell, width)| padded(cell, width)).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_whatever_the_width_of_a_letter() {
        let row = |first: &str| [first, "2026-11-04", "", "端"].map(str::to_owned);
        let rows = ["受第26-001号", "R8-1", "ｱｲｳ", "アイウ", ""].map(row);
        let places: Vec<usize> = lines(&rows)
            .iter()
            .map(|line| line.split("2026").next().unwrap_or_default().width_cjk())
            .collect();
        assert_eq!(places, [14; 5]);
    }

    #[test]
    fn a_text_is_filled_up_to_a_width_and_never_cut() {
        assert_eq!(padded("日付", 8), "日付    ");
        assert_eq!(padded("内容のハッシュ値", 10), "内容のハッシュ値");
        assert_eq!(padded_wide("受付", 8), "受付　　");
        assert_eq!(padded_wide("結果不明", 8), "結果不明");
    }
}
