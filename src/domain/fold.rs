//! When two short texts are the same to a reader.

/// A text for comparison, never for printing or keeping: without white space,
/// full-width ASCII as half-width, lower case. Headers and the names of staff
/// are compared by it; names of members never are.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_case_and_spaces_do_not_count_and_kana_does() {
        assert_eq!(folded(" Ｒow　A\u{FEFF}"), "rowa");
        assert_ne!(folded("氏名カナ"), folded("氏名ｶﾅ"));
    }
}
