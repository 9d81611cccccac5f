//! The address display number (住所表示番号) of a customer barcode: house
//! numbers, hyphens and single letters, picked out of an address by the rules
//! of Japan Post's 郵便番号・バーコードマニュアル (pages 18 and 19).
//!
//! Folded forms live here alone. What is printed is the address as it came.
//!
//! The rules are for what stands behind the name of the town area (町域),
//! which only the list of all postal codes knows. Here that part begins with
//! the first number that can be nothing else than a house number; where such
//! a number may just as well belong to a name (8丁堀, 4条西, 2番町) nothing is
//! returned. A wrong barcode sends a letter astray, a missing one does not.

use crate::domain::half_width;

/// What may follow a numeral in kanji that is to be read as a number
/// (page 19, supplementary rule 1).
const COUNTERS: [&str; 9] = ["丁目", "丁", "番地", "番", "号", "地割", "線", "の", "ノ"];

/// Counters that also end names: what follows them has to be a number.
const IN_NAMES: [&str; 5] = ["丁", "番", "号", "の", "ノ"];

/// Picks the display number out of an address and what stands beside it
/// (方書, building). In the result are ASCII digits, capital letters and
/// hyphens; it is as long as the address asks for, more than 13 places too.
///
/// `None` when the address has no number that is certainly a house number.
pub fn of(address: &str, building: Option<&str>) -> Option<String> {
    let folded: Vec<char> = address.chars().map(fold).collect();
    let start = first_house_number(&folded)?;
    let mut text = folded[start..].to_vec();
    if let Some(building) = building {
        text.push(' ');
        text.extend(building.chars().map(fold));
    }
    let number = extract(&arabic(&text)?);
    (!number.is_empty()).then_some(number)
}

/// Full width to half width, small letters to capitals, every sort of hyphen
/// to one.
fn fold(c: char) -> char {
    let half = match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' => '-',
        '\u{3000}' => ' ',
        'ｰ' => 'ー',
        other => half_width(other),
    };
    half.to_ascii_uppercase()
}

/// Where the numbers of the street begin.
fn first_house_number(text: &[char]) -> Option<usize> {
    let mut place = 0;
    while place < text.len() {
        let rest = &text[place..];
        if rest[0].is_ascii_uppercase() {
            // A letter before any number may be a name's or a block's.
            return None;
        }
        if rest[0].is_ascii_digit() {
            let digits = count(rest, |c| c.is_ascii_digit());
            return ends_a_number(&rest[digits..]).then_some(place);
        }
        let numerals = count(rest, |c| digit_or_unit(c).is_some());
        if numerals > 0 {
            let after = &rest[numerals..];
            if counter(after).is_some() && ends_a_number(after) {
                return Some(place);
            }
        }
        place += numerals.max(1);
    }
    None
}

/// Whether what follows a number lets it be nothing but a number.
fn ends_a_number(after: &[char]) -> bool {
    let is_numeral = |c: char| c.is_ascii_digit() || digit_or_unit(c).is_some();
    match counter(after) {
        Some(word) if IN_NAMES.contains(&word) => {
            let next = after[word.chars().count()..].first();
            next.is_none_or(|c| is_numeral(*c) || matches!(c, '-' | ' '))
        }
        Some(_) => true,
        None => match after {
            [] | ['-' | ' ', ..] => true,
            ['ー', next, ..] => is_numeral(*next),
            _ => false,
        },
    }
}

fn counter(text: &[char]) -> Option<&'static str> {
    let begins = |word: &&str| {
        word.chars()
            .enumerate()
            .all(|(place, c)| text.get(place) == Some(&c))
    };
    COUNTERS.into_iter().find(begins)
}

fn count(text: &[char], is_one: impl Fn(char) -> bool) -> usize {
    text.iter().take_while(|c| is_one(**c)).count()
}

/// A numeral in kanji: the digit or the unit it stands for.
#[derive(Clone, Copy)]
enum Numeral {
    Digit(u32),
    Unit(u32),
}

fn digit_or_unit(c: char) -> Option<Numeral> {
    let digits = [
        "〇零", "一壱", "二弐", "三参", "四", "五", "六", "七", "八", "九",
    ];
    let units = [("十拾", 10), ("百", 100), ("千", 1000), ("万", 10_000)];
    let unit = |(forms, unit): &(&str, u32)| forms.contains(c).then_some(Numeral::Unit(*unit));
    let digit = (0..).zip(digits).find(|(_, forms)| forms.contains(c));
    digit
        .map(|(digit, _)| Numeral::Digit(digit))
        .or_else(|| units.iter().find_map(unit))
}

/// The text with the numerals in kanji that stand before a counter as digits.
/// `None` where one of them is no number up to 9999.
fn arabic(text: &[char]) -> Option<Vec<char>> {
    let mut shown = Vec::new();
    let mut place = 0;
    while place < text.len() {
        let numerals = count(&text[place..], |c| digit_or_unit(c).is_some());
        let run = &text[place..place + numerals];
        if numerals > 0 && counter(&text[place + numerals..]).is_some() {
            shown.extend(value(run)?.to_string().chars());
        } else if numerals > 0 {
            shown.extend(run);
        } else {
            shown.push(text[place]);
        }
        place += numerals.max(1);
    }
    Some(shown)
}

/// 二十一 and 二一 are 21, 百五 is 105.
fn value(numerals: &[char]) -> Option<u32> {
    let mut total = 0;
    let mut digits: Option<u32> = None;
    let mut least_unit = 10_000;
    for numeral in numerals.iter().filter_map(|c| digit_or_unit(*c)) {
        match numeral {
            Numeral::Digit(digit) => {
                digits = Some(digits.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
            }
            Numeral::Unit(unit) if unit < least_unit => {
                total += digits.take().unwrap_or(1) * unit;
                least_unit = unit;
            }
            Numeral::Unit(_) => return None,
        }
    }
    total += digits.unwrap_or(0);
    (total < 10_000).then_some(total)
}

/// The basic rules of page 19 and its rules about letters: digits, hyphens and
/// letters that stand alone are kept; anything else before them becomes one
/// hyphen; F behind a number is a storey and not a letter; no hyphen stands
/// beside a letter or at either end.
fn extract(text: &[char]) -> String {
    let text: Vec<char> = text
        .iter()
        .copied()
        .filter(|c| !matches!(c, '&' | '/' | '・' | '･' | '.'))
        .collect();
    let at = |place: Option<usize>| place.and_then(|place| text.get(place)).copied();
    let mut kept = String::new();
    for (place, c) in text.iter().enumerate() {
        let before = at(place.checked_sub(1));
        let after = at(Some(place + 1));
        let beside_letter = [before, after]
            .iter()
            .flatten()
            .any(char::is_ascii_uppercase);
        let storey = *c == 'F' && before.is_some_and(|c| c.is_ascii_digit());
        let kept_letter = c.is_ascii_uppercase() && !beside_letter && !storey;
        if c.is_ascii_digit() || kept_letter {
            kept.push(*c);
        } else if !kept.ends_with('-') {
            kept.push('-');
        }
    }
    without_loose_hyphens(&kept)
}

fn without_loose_hyphens(kept: &str) -> String {
    let kept: Vec<char> = kept.trim_matches('-').chars().collect();
    let is_letter = |place: usize| kept.get(place).is_some_and(char::is_ascii_uppercase);
    (0..kept.len())
        .filter(|place| kept[*place] != '-' || !(is_letter(place - 1) || is_letter(place + 1)))
        .map(|place| kept[place])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn number(address: &str, building: &str) -> Option<String> {
        let building = (!building.is_empty()).then_some(building);
        of(address, building)
    }

    /// The examples of the manual, pages 17, 19, 20 and 25.
    #[test]
    fn the_published_examples_come_out() {
        for (address, building, expected) in [
            (
                "東京都千代田区霞が関1丁目3番2号",
                "郵便プラザ503室",
                "1-3-2-503",
            ),
            ("千葉市稲毛区緑町3丁目30-8", "郵便ビル403号", "3-30-8-403"),
            ("秋田県大仙市堀見内　南田茂木　添60-1", "", "60-1"),
            ("東京都台東区台東5-6-3", "ABCビル10F", "5-6-3-10"),
            ("北海道札幌市東区北六条東4丁目", "郵便センター6号館", "4-6"),
            (
                "北海道札幌市東区北六条東8丁目",
                "郵便センター10号館",
                "8-10",
            ),
            ("山梨県韮崎市龍岡町下條南割　韮崎400", "", "400"),
            (
                "千葉県鎌ケ谷市右京塚　東3丁目-20-5",
                "郵便・A&bコーポB604号",
                "3-20-5B604",
            ),
            (
                "東京都青梅市河辺町十一丁目六番地一号",
                "郵便タワー601",
                "11-6-1-601",
            ),
            ("岩手県宮古市大字津軽石第二十一地割大淵川480", "", "21-480"),
            ("大阪府堺市堺区中田出井町四丁六番十九号", "", "4-6-19"),
            ("北海道帯広市稲田町南七線　西28", "", "7-28"),
            ("茨城県日立市宮田町6丁目7-14", "ABCビル2F", "6-7-14-2"),
            (
                "神戸市中央区港島中町9丁目7-6",
                "郵便シティA棟1F1号",
                "9-7-6A1-1",
            ),
            ("京都府綾部市青野町綾部6-7", "LプラザB106", "6-7LB106"),
            (
                "札幌市中央区南四条西29丁目1524-23",
                "第2郵便ハウス501",
                "29-1524-23-2-501",
            ),
            ("福井県福井市新田塚3丁目80-25", "J1ビル2-B", "3-80-25J1-2B"),
        ] {
            assert_eq!(
                number(address, building).as_deref(),
                Some(expected),
                "{address}"
            );
        }
    }

    #[test]
    fn every_way_of_writing_a_number_is_read() {
        for (address, expected) in [
            ("群馬県前橋市亀里町1310番地", "1310"),
            ("群馬県前橋市亀里町１３１０番地の２", "1310-2"),
            ("群馬県前橋市亀里町１３１０−２‐３", "1310-2-3"),
            ("群馬県前橋市亀里町1310ー2", "1310-2"),
            ("群馬県前橋市亀里町千三百十番地", "1310"),
            ("群馬県前橋市亀里町一三一〇番地", "1310"),
            ("群馬県前橋市本町壱丁目弐番参号", "1-2-3"),
            ("東京都千代田区一番町10番地", "10"),
            ("岩手県一関市三の輪5", "5"),
            ("高知県四万十市八丁堀三丁目4", "3-4"),
        ] {
            assert_eq!(number(address, "").as_deref(), Some(expected), "{address}");
        }
    }

    #[test]
    fn a_name_and_not_a_number_gives_nothing() {
        for address in [
            "群馬県前橋市亀里町",
            "札幌市中央区南4条西29丁目1524-23",
            "東京都千代田区1番町10",
            "東京都中央区8丁堀2-1",
            "例示市A地区12番地",
            "例示郡例示村十百番地",
            "例示郡例示村三万番地",
            "",
        ] {
            assert_eq!(number(address, "ビル101"), None, "{address}");
        }
    }

    #[test]
    fn what_closes_a_name_is_no_hyphen() {
        assert_eq!(number("亀里町1310", "見本タワー").as_deref(), Some("1310"));
        assert_eq!(number("亀里町1310-", "").as_deref(), Some("1310"));
        assert_eq!(
            number("亀里町1310", "見本タワー3").as_deref(),
            Some("1310-3")
        );
    }
}
