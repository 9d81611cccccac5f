//! The postal codes that belong to one large office or one post-office box
//! (大口事業所個別番号), by the dated list `offices.tsv`, which
//! `templates/postal/renew.py` makes.
//!
//! The list is a part of the program, so that a letter is reproduced with the
//! barcode it was made with.

/// A day and a source; then, by the first three digits, the other four.
const LIST: &str = include_str!("offices.tsv");

/// Whether these seven digits are the code of one office.
pub fn is_an_offices(postal_code: &[u8; 7]) -> bool {
    let digits: String = postal_code
        .iter()
        .map(|digit| char::from(b'0' + digit))
        .collect();
    let (area, rest) = digits.split_at(3);
    let areas = LIST.lines().skip(1);
    let codes = areas
        .filter_map(|line| line.split_once('\t'))
        .find_map(|(listed, codes)| (listed == area).then_some(codes));
    // Four digits each, so they compare as texts.
    codes.is_some_and(|codes| {
        codes.split(' ').any(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            (first..=last).contains(&rest)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_listed(code: &str) -> bool {
        let digits: Vec<u8> = code.bytes().map(|digit| digit - b'0').collect();
        is_an_offices(&digits.try_into().expect("seven digits"))
    }

    #[test]
    fn the_codes_of_offices_are_known() {
        for code in [
            "1008916", "1058411", "1708055", "4608310", "3792188", "3718570", "3718571",
        ] {
            let expected = !["3792188", "3718571"].contains(&code);
            assert_eq!(is_listed(code), expected, "{code}");
        }
        // Towns, and what is no code at all.
        for code in [
            "1000013", "3792147", "9518001", "3710000", "0000000", "9999999",
        ] {
            assert!(!is_listed(code), "{code}");
        }
    }

    #[test]
    fn the_list_is_the_whole_country_and_in_order() {
        let mut lines = LIST.lines();
        let head = lines.next().expect("a head");
        assert!(head.starts_with("20"), "{head}");
        let mut areas = Vec::new();
        let mut count = 0;
        for line in lines {
            let (area, codes) = line.split_once('\t').expect("two columns");
            areas.push(area);
            for range in codes.split(' ') {
                let (first, last) = range.split_once('-').unwrap_or((range, range));
                assert!(
                    first.len() == 4 && last.len() == 4 && first <= last,
                    "{line}"
                );
                let number = |code: &str| code.parse::<u32>().expect("digits");
                count += number(last) - number(first) + 1;
            }
        }
        assert!(areas.is_sorted() && areas.len() > 600, "{}", areas.len());
        assert!(count > 20_000, "{count}");
    }
}
