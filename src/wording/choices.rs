//! What staff read of texts that say nothing, or something else than the rest
//! of their record.

use crate::domain::FieldProblem;

/// A letter for the principal alone goes to somebody else.
pub fn to_another(outcome: &str) -> FieldProblem {
    FieldProblem::of(
        "addressee_name",
        format!(
            "結果区分「{outcome}」の書簡は、本人に送るものですが、宛名が本人の氏名と違います。"
        ),
        "宛名と住所を、本人のものにしてください。代理人であった方には、ほかの結果区分で知らせてください。",
    )
}

/// A field that must say something says only that there is nothing.
pub fn says_nothing(title: &str) -> (String, &'static str) {
    (
        format!("{title}に、「なし」「別紙」のような言葉だけが書かれています。"),
        "何があったか、何によるかが分かるように書いてください。書くことがないときは、この記録が要るか、結果区分が合っているかを見直してください。",
    )
}

/// A field that must say why is no sentence.
pub fn says_no_reason(title: &str) -> (String, &'static str) {
    (
        format!("{title}が、一言だけです。"),
        "読む方に事情が分かるように、何をどう判断したのかを文で書いてください。",
    )
}

/// A text that is not what another becomes when parts of it are replaced.
pub fn does_not_follow(title: &str, from: &str, by: &str) -> (String, String) {
    (
        format!("{title}が、「{from}」を「{by}」のとおりに置き換えたものと違います。"),
        format!("別の方の氏名でないかを確かめ、「{title}」か「{by}」を直してください。"),
    )
}

/// A letter about somebody's name that goes to another name.
pub fn is_another(title: &str, about: &str) -> (String, String) {
    (
        format!("{title}が、「{about}」の方の氏名と違います。"),
        "別の方に送るものでないかを確かめてください。保護者などに送るときは、このままで構いません。"
            .to_owned(),
    )
}
