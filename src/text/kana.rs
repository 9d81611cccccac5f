//! Kana readings: full-width katakana, whatever width they came in.
//!
//! Half-width katakana are the same sounds on a narrower body, left over from
//! machines that had no other; a reading loses nothing when they become
//! full-width. This is for readings only: a name keeps every character as it
//! came.

/// The full-width form of half-width katakana, from U+FF65 on.
const FULL: &str = "・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
/// Kana that can be voiced, and what they become.
const VOICED: [(&str, &str, char); 2] = [
    (
        "カキクケコサシスセソタチツテトハヒフヘホウワヰヱヲヽ",
        "ガギグゲゴザジズゼゾダヂヅデドバビブベボヴヷヸヹヺヾ",
        '\u{FF9E}',
    ),
    ("ハヒフヘホ", "パピプペポ", '\u{FF9F}'),
];

/// The text with its half-width katakana in full width; a voicing mark joins
/// the kana before it. Everything else stays.
pub fn full_width(text: &str) -> String {
    let mut full = String::with_capacity(text.len());
    for c in text.chars() {
        let joined = full.chars().next_back().and_then(|last| voiced(last, c));
        if let Some(joined) = joined {
            full.pop();
            full.push(joined);
        } else {
            full.push(widened(c));
        }
    }
    full
}

/// The first character that has no place in a reading: not full-width
/// katakana, their long vowel mark, a middle dot or a space.
pub fn stray(text: &str) -> Option<char> {
    text.chars()
        .find(|c| !matches!(c, 'ァ'..='ヺ' | 'ー' | '・' | ' ' | '　'))
}

fn widened(c: char) -> char {
    let place = u32::from(c).checked_sub(0xFF65);
    place
        .and_then(|place| FULL.chars().nth(place as usize))
        .unwrap_or(c)
}

fn voiced(base: char, mark: char) -> Option<char> {
    let (from, to, _) = VOICED.iter().find(|(_, _, known)| *known == mark)?;
    let place = from.chars().position(|known| known == base)?;
    to.chars().nth(place)
}

#[cfg(test)]
mod tests {
    use icu_normalizer::ComposingNormalizerBorrowed;

    use super::*;

    #[test]
    fn half_width_readings_become_full_width() {
        for (given, full) in [
            ("ﾐﾎﾝ ﾀﾛｳ", "ミホン タロウ"),
            ("ｶﾞﾁﾞﾊﾟｳﾞﾜﾞｦﾞ", "ガヂパヴヷヺ"),
            ("ﾘﾁｬｰﾄﾞ･ｴﾝﾃﾞ", "リチャード・エンデ"),
            ("カﾞ", "ガ"),
            ("アﾞ", "アﾞ"),
            ("ミホン　タロウ", "ミホン　タロウ"),
            ("みほん-A", "みほん-A"),
        ] {
            assert_eq!(full_width(given), full);
        }
    }

    #[test]
    fn every_half_width_kana_becomes_what_unicode_calls_the_same() {
        let same = ComposingNormalizerBorrowed::new_nfkc();
        for c in '\u{FF65}'..='\u{FF9D}' {
            assert_eq!(full_width(&c.to_string()), same.normalize(&c.to_string()));
            for mark in ['\u{FF9E}', '\u{FF9F}'] {
                let pair: String = [c, mark].iter().collect();
                let expected = same.normalize(&pair);
                if expected.chars().count() == 1 {
                    assert_eq!(full_width(&pair), expected, "{pair}");
                } else {
                    assert_eq!(stray(&full_width(&pair)), Some(mark), "{pair}");
                }
            }
        }
    }

    #[test]
    fn a_reading_holds_katakana_only() {
        for good in ["ミホン タロウ", "ヴァン・デル・ベルク", "リー　メイ"] {
            assert_eq!(stray(good), None, "{good}");
        }
        for (bad, found) in [
            ("みホン", 'み'),
            ("ミホンA", 'A'),
            ("ミホン-", '-'),
            ("見本", '見'),
        ] {
            assert_eq!(stray(bad), Some(found));
        }
    }
}
