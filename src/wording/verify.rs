//! What staff read of damage that the check of the workspace finds. The true
//! cause comes first, what the file's own check says in brackets at the end.

use std::io;

use super::differs::differences;
use crate::domain::{Difference, LetterId};
use crate::store::Disagreement;

/// Files named one by one.
const NAMED: usize = 10;

/// SQLite finds a damaged page, index or row.
pub fn file_damaged(line: &str) -> String {
    format!(
        "データベースのファイルが壊れています。夜間処理を止め、控えから戻してください(integrity_check：{line})。"
    )
}

/// A row refers to one that is not there.
pub fn dangling(line: &str) -> String {
    format!(
        "データベースが壊れています。存在しない行を指している行があります(foreign_key_check：{line})。"
    )
}

/// Entries of the register are gone.
pub fn entries_lost(first: i64, last: i64) -> String {
    format!("台帳の{first}番から{last}番までが失われています。")
}

/// An entry does not follow the one before.
pub fn chain_broken(seq: i64, number: &str) -> String {
    format!("台帳の{seq}番({number})で、前の記載とのつながりが切れています。")
}

/// An entry is not what it was.
pub fn entry_altered(seq: i64, number: &str, letter: LetterId) -> String {
    format!("台帳の{seq}番({number}、{letter})の内容が書き換えられています。")
}

/// An entry bears an earlier time than the one before it.
pub fn entered_before(seq: i64, number: &str) -> String {
    format!(
        "台帳の{seq}番({number})の時刻が、前の記載より前です。時計が戻されたか、書き換えられています。"
    )
}

/// Letters whose history goes back in time.
pub fn times_fall(letters: &[LetterId]) -> String {
    let count = letters.len();
    let named: Vec<String> = letters
        .iter()
        .take(NAMED)
        .map(LetterId::to_string)
        .collect();
    format!(
        "履歴の時刻が前後している書簡が{count}件あります({})。計算機の時計が戻されたことがあるか、履歴が書き換えられています。",
        named.join("、")
    )
}

/// The data a letter was set from are others.
pub fn data_altered(letter: LetterId, number: &str) -> String {
    format!("{letter}({number})の組版データが失われたか、書き換えられています。")
}

/// A PDF in the archive: the letter, its number, and the file's place.
type AboutPdf<'a> = (LetterId, &'a str, &'a str);

/// It is not what it was.
pub fn pdf_altered((letter, number, place): AboutPdf<'_>) -> String {
    format!("{letter}({number})のファイル archive/{place} の内容が変わっています。")
}

/// It is gone.
pub fn pdf_missing((letter, number, place): AboutPdf<'_>) -> String {
    format!("{letter}({number})のファイル archive/{place} がありません。")
}

/// It cannot be read.
pub fn pdf_unreadable((letter, number, place): AboutPdf<'_>, error: &io::Error) -> String {
    format!("{letter}({number})のファイル archive/{place} を読めません({error})。")
}

/// A template set is gone or not what it was.
pub fn set_lost(place: &str) -> String {
    format!("書式の控え archive/{place} が失われたか、書き換えられています。")
}

/// A letter has no entry, or a cancelled number none as void.
pub fn not_in_register(letter: LetterId) -> String {
    format!("{letter} について、台帳に正しい記載がありません。")
}

/// What the store says of a letter differs.
pub fn letter_differs(letter: LetterId, number: Option<&str>, found: &[Difference]) -> String {
    let number = number.map(|number| format!("({number})"));
    format!(
        "{letter}{}について保存されていることが、互いに合いません：{}。",
        number.unwrap_or_default(),
        differences(found)
    )
}

/// A letter's number is not that of its serial.
pub fn misnumbered(letter: LetterId) -> String {
    format!("{letter} の文書番号が、番号の規則と合いません。")
}

/// A request holds what no row of this program holds.
pub fn request_unreadable(key: i64) -> String {
    format!("請求の行({key}番目)に読めない値があります。")
}

/// A request's record is not the one that was registered.
pub fn request_record_altered(receipt_number: &str) -> String {
    format!("受付番号「{receipt_number}」の請求の記録が、登録したときのものと違います。")
}

/// A request's row says other than its record.
pub fn request_differs(receipt_number: &str) -> String {
    format!("受付番号「{receipt_number}」の請求の行が、その記録と合いません。")
}

/// A request's row says other than its history.
pub fn request_history_differs(receipt_number: &str) -> String {
    format!("受付番号「{receipt_number}」の請求の登録又は終了が、その履歴と合いません。")
}

/// Whom a request named as the counterpart of protective measures before it was
/// amended is not kept as its history says.
pub fn former_counterpart_differs(receipt_number: &str) -> String {
    format!(
        "受付番号「{receipt_number}」の請求の、直す前の支援措置の相手方の登録が、履歴と合いません。失われていれば、その氏名・住所には書簡を照らしていません。控えの登録と比べ、個人情報保護管理者に知らせてください。"
    )
}

/// A definition of the database is not that of this program.
pub fn foreign(name: &str) -> String {
    format!(
        "データベースの定義「{name}」が、このプログラムのものではありません。ほかのプログラムが書き換えた恐れがあります。"
    )
}

/// A value cannot be read.
pub fn unreadable(what: &str) -> String {
    format!("データベースに読めない値があります({what})。")
}

/// A restricted note is not the one that was kept.
pub fn note_altered(letter: LetterId) -> String {
    format!("{letter} の閲覧制限の記録が、保存したときのものと違います。")
}

/// PDFs nobody knows; `explained` where letters may account for them.
pub fn orphans(places: &[String], explained: bool) -> String {
    let count = places.len();
    let named: Vec<&str> = places.iter().take(NAMED).map(String::as_str).collect();
    let named = named.join("、");
    match explained {
        true => format!(
            "台帳にまだ載っていないPDFが archive に{count}件あります({named})。作成の途中で処理が止まったときのもので、次の夜間処理がその書簡を作り直します。"
        ),
        false => format!(
            "どの書簡のものでもないPDFが archive に{count}件あります({named})。データベースが古い控えに戻されているか、書簡の行が消された恐れがあります。夜間処理を止め、戻した控えがないかを確かめてください。"
        ),
    }
}

/// PDFs that no letter has, since an older database was taken for good.
pub fn orphans_of_before(places: &[String]) -> String {
    let count = places.len();
    let named: Vec<&str> = places.iter().take(NAMED).map(String::as_str).collect();
    format!(
        "どの書簡のものでもないPDFが archive に{count}件あります({})。控えに戻したデータベースを受け入れる前に作った書簡のものです。",
        named.join("、")
    )
}

/// Two rows, or a row and its history, do not agree.
pub fn disagreement(found: &Disagreement) -> String {
    match found {
        Disagreement::References(first, last) => {
            let (first, last) = (LetterId::from_key(*first), LetterId::from_key(*last));
            format!("書簡 {first} から {last} までの行が失われています。")
        }
        Disagreement::Numbers {
            series,
            period,
            letters,
            highest,
            next,
        } => format!(
            "番号の系列 {series} の{period}年(度)の番号が合いません：書簡は{letters}件、最後の番号は{highest}、次の番号は{next}です。"
        ),
        Disagreement::SharedNumber(number) => {
            format!("文書番号「{number}」が、二つ以上の書簡に付いています。")
        }
        Disagreement::Intake(letter) => {
            format!("{letter} を受け付けた人又は日時が、そのファイルの受付の記録と合いません。")
        }
        Disagreement::Request(letter) => {
            format!("{letter} がどの請求のものかが、請求の履歴と合いません。")
        }
        Disagreement::Attempts(letter) => {
            format!("{letter} のメールの送信を試した記録が、続いていないか合いません。")
        }
        Disagreement::SharedMessageId(letter) => {
            format!("{letter} のメールのMessage-IDが、ほかの書簡のものと同じです。")
        }
        Disagreement::Flag(key) => {
            format!("加入者の番号「{key}」の送付を止める登録が、その履歴と合いません。")
        }
        Disagreement::Notice(number) => {
            format!("公表事項の第{number}版が、その履歴と合いません。")
        }
    }
}

/// A letter's record is not the one it was queued with, so it cannot be called
/// the same again.
pub fn record_altered(letter: LetterId) -> String {
    format!(
        "{letter}：保存されている記録が、受け付けたときのものと違います。書き換えられたか、壊れた恐れがあります。yobin verify で調べてください。"
    )
}
