//! Why a letter's notes were not opened, or nothing was added to them.

use std::path::Path;

use crate::restricted::NoteRefusal;
use crate::store::Refused;
use crate::wording::StaffMessage as _;

/// What staff read; `file` has what was to be added.
pub fn words(refused: &Refused<NoteRefusal>, file: Option<&Path>) -> String {
    let why = match refused {
        Refused::Rule { why, .. } => why,
        Refused::Store(error) => return error.staff_message(),
    };
    match why {
        NoteRefusal::NoSuchLetter(id) => {
            format!("{id}：この番号の書簡はありません。yobin list で番号を確かめてください。")
        }
        NoteRefusal::KindGone(id) => {
            format!("{id}：書簡の種類が templates/letters にありません。元に戻してください。")
        }
        NoteRefusal::OutcomeGone => {
            "この書簡の結果区分が書式のフォルダーにありません。元に戻してください。".to_owned()
        }
        NoteRefusal::NoPlace(id) => format!(
            "{id}：この書簡には非公開の記録の欄がありません。欄は、公開鍵を profile.toml に書いた後に受け付けた、非公開の項目を書ける結果区分の書簡にだけあります。"
        ),
        NoteRefusal::Unusable(problems) => {
            let file = file.map(|file| format!("{}：", file.display()));
            format!("{}{}", file.unwrap_or_default(), problems.join("\n"))
        }
        NoteRefusal::Key(error) => error.staff_message(),
    }
}
