//! Whether the notice states the fee the society has set (arts. 32(1)(iii),
//! 38(2)).

use super::found::Found;
use super::text::{Position, Section, Words};
use crate::domain::{Society, folded};
use crate::notice::Notice;

/// How a notice says that nothing is charged.
const FREE: [&str; 6] = [
    "無料",
    "徴収しません",
    "徴収しない",
    "いただきません",
    "かかりません",
    "不要",
];

/// The fees in yen a notice names.
pub fn stated_fees(notice: &Notice) -> Vec<u32> {
    stated(&Words::of(notice)).amounts
}

/// What the notice says of fees.
#[derive(Default)]
struct Stated {
    /// Amounts in yen.
    amounts: Vec<u32>,
    free: bool,
    places: Vec<Position>,
}

pub(super) fn fee(question: &str, words: &Words<'_>, society: &Society) -> Found {
    let stated = stated(words);
    let fees = &society.fees;
    let set = [fees.notification_of_purposes, fees.disclosure];
    let charged: Vec<u32> = set.into_iter().flatten().filter(|fee| *fee > 0).collect();
    let here = |mut places: Vec<Position>| {
        places.push(words.empty(Section::Requests));
        places
    };
    if let Some(amount) = stated.amounts.iter().find(|fee| !charged.contains(fee)) {
        return Found::missing(stated.places).saying(format!(
            "公表事項には手数料が{amount}円とありますが、profile.toml の [fees] にその額がありません（矛盾）。"
        ));
    }
    let lacking: Vec<String> = charged
        .iter()
        .filter(|fee| !stated.amounts.contains(fee))
        .map(|fee| format!("{fee}円"))
        .collect();
    if !lacking.is_empty() {
        return Found::missing(here(stated.places)).saying(format!(
            "profile.toml の [fees] に定めた手数料の額（{}）が、公表事項に書かれていません。",
            lacking.join("、")
        ));
    }
    if charged.is_empty() && !stated.free {
        let nothing_set = set.iter().all(Option::is_none);
        let found = Found::weak(here(stated.places));
        return match nothing_set {
            true => found
                .saying("手数料について何も書かれておらず、profile.toml の [fees] も未設定です。")
                .asking(question),
            false => found.saying("手数料が無料であることが書かれていません。"),
        };
    }
    Found::met(stated.places)
}

fn stated(words: &Words<'_>) -> Stated {
    let mut stated = Stated::default();
    for piece in words.pieces(Section::Requests) {
        for printed in piece.text.split_inclusive('。') {
            let sentence = folded(printed);
            if !sentence.contains("手数料") {
                continue;
            }
            stated.amounts.extend(amounts(&sentence));
            stated.free |= FREE.iter().any(|word| sentence.contains(word));
            stated.places.push(Position {
                words: Some(printed.to_owned()),
                ..words.empty(Section::Requests)
            });
        }
    }
    stated
}

/// Amounts written with digits: 500円, 1,000円.
fn amounts(sentence: &str) -> Vec<u32> {
    let mut amounts = Vec::new();
    for (place, _) in sentence.match_indices('円') {
        let digits: String = sentence[..place]
            .chars()
            .rev()
            .take_while(|c| c.is_ascii_digit() || *c == ',')
            .filter(|c| *c != ',')
            .collect();
        let amount: String = digits.chars().rev().collect();
        amounts.extend(amount.parse::<u32>());
    }
    amounts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_with_their_commas() {
        assert_eq!(
            amounts("手数料は1件につき500円、写しは1,200円です。"),
            [500, 1200]
        );
        assert_eq!(amounts("手数料は円で払う。"), [0_u32; 0]);
    }
}
