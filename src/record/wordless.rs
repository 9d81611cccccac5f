//! Texts that say nothing: 「なし」 where a letter or its file needs to be told
//! what was done and why.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::catalogue::{Field, FieldShape, ListShape, Says};
use crate::domain::{FieldProblem, word_key};
use crate::wording::choices as words;

/// Texts that must say something and do not.
pub(super) fn silent(fields: &[Field], values: &Map<String, Value>) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    for field in fields {
        let Some(value) = values.get(&field.name) else {
            continue;
        };
        let told = match (&field.shape, value) {
            (FieldShape::List(ListShape::Rows(parts)), Value::Array(rows)) => {
                let rows = (1..).zip(rows.iter().filter_map(Value::as_object));
                let mut told = rows.flat_map(|(place, row)| {
                    let of_part = move |problem: FieldProblem| {
                        FieldProblem::of(
                            &field.name,
                            format!("{place}件目の{}", problem.problem),
                            problem.remedy,
                        )
                    };
                    silent(parts, row).into_iter().map(of_part)
                });
                told.next()
            }
            (_, Value::Array(texts)) => {
                let mut texts = texts.iter().filter_map(Value::as_str);
                texts.find_map(|text| wordless(field, text))
            }
            (_, Value::String(text)) => wordless(field, text),
            _ => None,
        };
        problems.extend(told);
    }
    problems
}

/// Words that stand where there is nothing to say, and what is put around them.
const EMPTY: [&str; 52] = [
    "該当事項",
    "該当",
    "特記事項",
    "記載",
    "記入",
    "上記",
    "前記",
    "下記",
    "同上",
    "同左",
    "同前",
    "別紙",
    "別添",
    "参照",
    "省略",
    "割愛",
    "未定",
    "未記入",
    "不明",
    "不要",
    "必要",
    "不詳",
    "特に",
    "とくに",
    "特段",
    "なし",
    "無し",
    "ナシ",
    "ない",
    "無い",
    "有り",
    "あり",
    "済み",
    "済",
    "了",
    "確認",
    "以上",
    "その他",
    "理由",
    "内容",
    "諸般",
    "種々",
    "諸事情",
    "事情",
    "都合",
    "総合的",
    "なんとなく",
    "テスト",
    "ダミー",
    "ＯＫ",
    "ＮＧ",
    "ＮＡ",
];

/// Grammar that adds nothing to them.
const GLUE: [&str; 29] = [
    "と判断したため",
    "と判断した",
    "と判断",
    "と思われる",
    "と考える",
    "のとおり",
    "の通り",
    "により",
    "による",
    "によるもの",
    "ありません",
    "ございません",
    "ではない",
    "である",
    "のため",
    "ため",
    "ので",
    "から",
    "です",
    "ます",
    "した",
    "しない",
    "もの",
    "こと",
    "の",
    "は",
    "が",
    "を",
    "に",
];

/// Both as they are compared.
static EMPTY_KEYS: LazyLock<Vec<String>> = LazyLock::new(|| EMPTY.map(word_key).to_vec());
static GLUE_KEYS: LazyLock<Vec<String>> = LazyLock::new(|| GLUE.map(word_key).to_vec());

/// The fewest characters of a sentence that says why.
const WHOLE: usize = 8;

/// The fewest of them that are neither empty words nor grammar beside those.
const TELLING: usize = 4;

/// A text of as many characters is taken for a sentence as it stands.
const LONG: usize = 60;

/// A text that says less than its field asks for.
fn wordless(field: &Field, text: &str) -> Option<FieldProblem> {
    let says = field.says?;
    let said: String = word_key(text)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    let whole = said.chars().count();
    if whole > LONG {
        return None;
    }
    let telling = telling(said);
    let (problem, remedy) = match says {
        _ if telling == 0 => words::says_nothing(&field.title),
        Says::Why if telling < TELLING || whole < WHOLE => words::says_no_reason(&field.title),
        Says::Something | Says::Why => return None,
    };
    Some(FieldProblem::of(&field.name, problem, remedy))
}

/// What stands for a word that was taken away.
const GONE: &str = "\u{0}";

/// Characters of a text that say something.
fn telling(said: String) -> usize {
    let without = |text: String, word: &String| text.replace(word.as_str(), GONE);
    let mut rest = EMPTY_KEYS.iter().fold(said, without);
    // Grammar counts as long as it joins words that say something.
    if rest.contains(GONE) {
        rest = GLUE_KEYS.iter().fold(rest, without);
    }
    rest.chars().filter(|c| c.is_alphanumeric()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(says: Says, text: &str) -> bool {
        let field = Field {
            name: "f".to_owned(),
            title: "経緯".to_owned(),
            description: String::new(),
            shape: FieldShape::Text { max_chars: None },
            role: None,
            dating: Default::default(),
            says: Some(says),
            subject: false,
            required: false,
            restricted: false,
        };
        wordless(&field, text).is_some()
    }

    #[test]
    fn a_word_that_says_nothing_is_told() {
        for text in [
            "なし",
            "特になし",
            "とくに無し。",
            "不要",
            "該当なし",
            "別紙のとおり",
            "ー",
            "…",
            "同上",
            "なし です",
            "ﾅｼ",
            "不要と判断したため",
            "記載なし",
            "OK",
            "確認済み",
            "諸般の事情により",
            "種々の事情のため",
        ] {
            assert!(told(Says::Something, text), "{text}");
            assert!(told(Says::Why, text), "{text}");
        }
        for text in [
            "照会不要のため",
            "多忙",
            "業務多忙のため",
            "支障がないため",
            "諸般の事情を総合的に判断したため",
            "諸事情を考慮したため",
        ] {
            assert!(told(Says::Why, text), "{text}");
            assert!(!told(Says::Something, text), "{text}");
        }
        for text in [
            "本人が持参した写しであり、照会を要しないため",
            "支障がない旨の回答を受けました。",
            "見本病院が閉院しているため",
            "期限までに補正がなかったため",
            "本人の同意がないため",
            "別の方の事情が書かれているため",
            "都合のよい日を電話で確かめたため",
        ] {
            assert!(!told(Says::Why, text), "{text}");
        }
    }
}
