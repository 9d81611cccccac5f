//! Running text as a reader takes it, for finding words in it: which width,
//! which form of a kanji and how many spaces it was typed with does not count.
//! Never for printing, and never for taking two names for one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::{is_dash, is_kana, is_selector, is_unseen, usual_form};

/// A text in its usual characters.
#[derive(Debug, Clone)]
pub struct Plain {
    /// With the white space it has, line breaks among it.
    pub spaced: String,
    /// Without white space but for line breaks.
    pub tight: String,
}

impl Plain {
    /// The text in half-width ASCII, full-width kana, today's kanji, with one
    /// kind of dash, and without what nobody sees.
    pub fn of(text: &str) -> Self {
        let seen: String = text
            .chars()
            .filter(|c| *c == '\n' || !(is_unseen(*c) || is_selector(*c)))
            .collect();
        let mut spaced = String::with_capacity(seen.len());
        for c in ComposingNormalizerBorrowed::new_nfkc()
            .normalize(&seen)
            .chars()
        {
            let is_vowel = c == 'ー' && spaced.chars().next_back().is_some_and(is_kana);
            spaced.push(match c {
                c if is_dash(c) && !is_vowel => '-',
                c => todays(usual_form(c)),
            });
        }
        let is_kept = |c: &char| *c == '\n' || !c.is_whitespace();
        Plain {
            tight: spaced.chars().filter(is_kept).collect(),
            spaced,
        }
    }
}

/// Hiragana as katakana and lower case as capitals: がん, ガン and hiv, HIV are
/// one word.
pub fn katakana(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
            c => c.to_ascii_uppercase(),
        })
        .collect()
}

/// Today's form of a kanji of before 1946, of those in words that are looked
/// for.
fn todays(c: char) -> char {
    static TODAYS: LazyLock<BTreeMap<char, char>> =
        LazyLock::new(|| BEFORE.chars().zip(TODAY.chars()).collect());
    match is_kanji(c) {
        true => TODAYS.get(&c).copied().unwrap_or(c),
        false => c,
    }
}

fn is_kanji(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

const BEFORE: &str = "醫證應實會體舊藥檢查兒難請傳數費來發總團學腦膽臟惡欝錢伍佰阡萬拂續據爲賣讀辯辨瓣黨檔獨變遞轉輕專屬經濟缺勞豫豐黑默歸虐內兩參貮弍弌淚步每肅斷";
const TODAY: &str = "医証応実会体旧薬検査児難請伝数費来発総団学脳胆臓悪鬱銭五百千万払続拠為売読弁弁弁党档独変逓転軽専属経済欠労予豊黒黙帰虐内両参弐弐一涙歩毎粛断";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_word_is_typed_does_not_count() {
        assert_eq!(BEFORE.chars().count(), TODAY.chars().count());
        for typed in [
            "支援措置とＤＶ",
            "支 援　措置 と DV",
            "支\u{200B}援措置とＤV",
        ] {
            assert_eq!(Plain::of(typed).tight, "支援措置とDV", "{typed}");
        }
        assert_eq!(Plain::of("ﾊﾟｽﾜｰﾄﾞ").tight, "パスワード");
        assert_eq!(Plain::of("金伍百圓").tight, "金五百円");
        assert_eq!(Plain::of("一\n二 三").tight, "一\n二三");
        assert_eq!(Plain::of("1234ー5678−9018").spaced, "1234-5678-9018");
        assert_eq!(katakana("がん hiv"), "ガン HIV");
    }
}
