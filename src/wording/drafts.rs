//! What staff read of a letter that is filled in from the register: why it is
//! not, and why a field the register speaks of stays open.

use crate::domain::Right;

/// A day that is said to change although nobody was told one.
pub fn never_announced(title: &str) -> String {
    format!(
        "「{title}」は空けてあります。この請求では、回答予定日を知らせた書簡がまだ出ていません(登録の回答目標日は、組合の中の日付です)。書面や電話でお知らせした日があれば、その日を書いてください。"
    )
}

/// A day in a letter that has not gone out yet.
pub fn still_waiting(title: &str) -> String {
    format!(
        "「{title}」は空けてあります。回答予定日を書いた書簡が、まだ出ていません。「yobin request show 受付番号」でその書簡を確かめて、出してからこの表を作り直すか、相手に知らせてある日を書いてください。"
    )
}

/// A day that was told of some of the rights alone.
pub fn announced_in_part(title: &str) -> String {
    format!(
        "「{title}」は空けてあります。前の書簡は、請求の一部だけの回答予定日を知らせています。「yobin request show 受付番号」で書簡を確かめて、この書簡の請求について知らせてある日を書いてください。"
    )
}

/// Several rights, of which the letter may be about one.
pub fn which_rights(title: &str, open: impl Iterator<Item = Right>) -> String {
    let labels: Vec<&str> = open.map(Right::label).collect();
    match labels.is_empty() {
        true => format!(
            "「{title}」は空けてあります。この請求には、もう全てに回答の書簡があります。この書簡の対象になるものだけを書いてください。"
        ),
        false => format!(
            "「{title}」は空けてあります。まだ回答の書簡がないのは{}です。書いた請求はこの書簡で扱ったことになるので、対象になるものだけを書いてください。",
            labels.join("、")
        ),
    }
}

/// There is no kind with this name.
pub fn no_kind(name: &str, near: &[String]) -> String {
    let next = match near.is_empty() {
        true => "種類の名前を「yobin kinds」の一覧で確かめてください。".to_owned(),
        false => format!("{}のことですか。", quoted(near)),
    };
    format!("種類「{name}」はありません。{next}")
}

/// The kind has no such outcome.
pub fn no_outcome(kind: &str, name: &str, known: &[String]) -> String {
    format!(
        "「{kind}」に結果区分「{name}」はありません。{}のどれかを書いてください。",
        quoted(known)
    )
}

/// The kind has no such field.
pub fn no_field(kind: &str, name: &str, near: &[String]) -> String {
    let next = match near.is_empty() {
        true => format!("項目の見出しを「yobin kinds {kind}」で確かめてください。"),
        false => format!("{}のことですか。", quoted(near)),
    };
    format!("「{kind}」に項目「{name}」はありません。{next}")
}

/// A field is said twice.
pub fn said_twice(title: &str) -> String {
    format!("「{title}」が--setに2回あります。どちらにするか決めて、1回だけ書いてください。")
}

/// A field nobody but the person in charge may read.
pub fn not_on_command_line(title: &str) -> String {
    format!(
        "非公開の項目「{title}」は、コマンドの行には書けません(履歴に残ります)。表に書いてください。"
    )
}

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("「{name}」")).collect();
    quoted.join("、")
}
