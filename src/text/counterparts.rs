//! The same form of a character in two collections of variants.
//!
//! A form may be registered twice, as an Adobe-Japan1 and as a Moji_Joho
//! sequence; which of the two a record has depends on the system it came
//! from. Our fonts know one collection each. The table beside this file says
//! which spellings are the same form, and on what ground; it is no longer
//! than what can be shown from the collections themselves.

use std::sync::OnceLock;

const TABLE: &str = include_str!("counterparts.tsv");

/// The other spelling of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counterpart {
    /// The base without a selector.
    Plain,
    /// The base with this selector.
    Selector(char),
}

/// The other spelling of the form a variation sequence stands for, if one is
/// known.
pub(super) fn counterpart(base: char, selector: char) -> Option<Counterpart> {
    static ROWS: OnceLock<Vec<((char, char), Counterpart)>> = OnceLock::new();
    let rows = ROWS.get_or_init(|| {
        let mut rows: Vec<_> = TABLE.lines().filter_map(row).collect();
        rows.sort_unstable_by_key(|(sequence, _)| *sequence);
        rows
    });
    let place = rows.binary_search_by_key(&(base, selector), |(sequence, _)| *sequence);
    rows.get(place.ok()?).map(|(_, counterpart)| *counterpart)
}

/// A row of the table; none for a comment. A test holds every line to this.
fn row(line: &str) -> Option<((char, char), Counterpart)> {
    if line.starts_with('#') {
        return None;
    }
    let mut columns = line.split('\t');
    let base = code(columns.next()?)?;
    let selector = code(columns.next()?)?;
    let counterpart = match columns.next()? {
        "-" => Counterpart::Plain,
        other => Counterpart::Selector(code(other)?),
    };
    Some(((base, selector), counterpart))
}

fn code(hexadecimal: &str) -> Option<char> {
    char::from_u32(u32::from_str_radix(hexadecimal, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::super::coverage::Coverage;
    use super::*;

    fn rows() -> Vec<((char, char), Counterpart)> {
        TABLE
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| row(line).unwrap_or_else(|| panic!("not a row: {line}")))
            .collect()
    }

    #[test]
    fn every_row_speaks_of_what_one_font_lacks_and_the_other_has() {
        let fonts = Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
        let mincho = Coverage::read(&fonts.join("BIZUDMincho-Regular.ttf")).unwrap();
        let rare = Coverage::read(&fonts.join("ipamjm.ttf")).unwrap();
        let rows = rows();
        assert!(rows.len() > 2000, "{} rows", rows.len());
        let mut seen = HashSet::new();
        for ((base, selector), other) in rows {
            let told = format!("{:04X} {:05X}", u32::from(base), u32::from(selector));
            assert!(seen.insert((base, selector)), "{told} is there twice");
            assert!(
                !mincho.has_variant(base, selector),
                "{told} is in the first"
            );
            assert!(rare.has(base), "{told} has no base");
            if let Counterpart::Selector(other) = other {
                assert!(rare.has_variant(base, other), "{told} has no counterpart");
                assert_ne!(other, selector, "{told} is its own counterpart");
            }
            assert_eq!(counterpart(base, selector), Some(other), "{told}");
        }
    }

    #[test]
    fn a_sequence_without_a_proof_has_no_counterpart() {
        assert_eq!(counterpart('𠮷', '\u{E0100}'), Some(Counterpart::Plain));
        assert_eq!(
            counterpart('舘', '\u{E0101}'),
            Some(Counterpart::Selector('\u{E0103}'))
        );
        // Both fonts know forms of these; which are alike is not in the table.
        assert_eq!(counterpart('葛', '\u{E0100}'), None);
        assert_eq!(counterpart('邉', '\u{E0101}'), None);
        assert_eq!(counterpart('𠮷', '\u{E0101}'), None);
    }
}
