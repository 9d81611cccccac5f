//! When two short texts are the same to a reader.

/// A text for comparison, never for printing or keeping: without white space,
/// full-width ASCII as half-width, lower case. Headers and names are compared
/// by it; what is stored and printed stays as it came.
pub fn folded(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{FEFF}')
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            other => other,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether two names are the same to a reader: a space more or less between
/// family and given name makes nobody another person. A variant (異体字) does
/// make another name, for a person has to look at it.
pub fn is_same_name(a: &str, b: &str) -> bool {
    folded(a) == folded(b)
}

/// A postal address for comparison: folded, with every dash as a hyphen.
/// The long vowel mark is one of them, for both sides are treated alike.
pub(super) fn folded_address(text: &str) -> String {
    folded(text)
        .chars()
        .map(|c| match c {
            '\u{2010}'..='\u{2015}' | '\u{2212}' | 'ー' | 'ｰ' => '-',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_make_no_other_name_and_variants_do() {
        assert!(is_same_name("見本 太郎", "見本　太郎"));
        assert!(is_same_name("見本太郎", " 見本 太郎 "));
        assert!(!is_same_name("見本 太郎", "見本 太朗"));
        assert!(!is_same_name("葛城 花子", "葛\u{E0100}城 花子"));
    }

    #[test]
    fn dashes_of_every_kind_are_one_in_an_address() {
        for dash in ["-", "－", "‐", "–", "−", "ー", "ｰ"] {
            assert_eq!(folded_address(&format!("亀里町１ {dash}２")), "亀里町1-2");
        }
    }

    #[test]
    fn width_case_and_spaces_do_not_count_and_kana_does() {
        assert_eq!(folded(" Ｒow　A\u{FEFF}"), "rowa");
        assert_ne!(folded("氏名カナ"), folded("氏名ｶﾅ"));
    }
}
