//! What staff read of a file or a row that is not taken in, where the remedy
//! names what to run.

use super::StaffMessage;
use crate::domain::{FieldProblem, LetterId, Right, Whereabouts};
use crate::intake::FileProblem;

impl StaffMessage for FileProblem {
    fn staff_message(&self) -> String {
        match self {
            FileProblem::KindNotSaid => {
                "書簡の種別が分かりません。--kind で種別を指定するか、見出し「種別」の列を加えてください。".to_owned()
            }
            FileProblem::Unreadable(_)
            | FileProblem::Changed
            | FileProblem::Format(_)
            | FileProblem::Damaged(_)
            | FileProblem::Empty(_)
            | FileProblem::Kind(_)
            | FileProblem::Columns(_) => self.to_string(),
        }
    }
}

/// The kind of the record has no template: the problem and the remedy.
pub const NO_SUCH_KIND: (&str, &str) = (
    "この種別の書簡はありません。",
    "yobin kinds で種別を確かめてください。",
);

/// A restricted field is filled in, and nobody could read it.
pub fn no_key_for_notes(field: &str) -> FieldProblem {
    FieldProblem::of(
        field,
        "非公開の記録を読む人の鍵が、まだ決まっていません。",
        "個人情報保護管理者が yobin restricted keygen で鍵を作り、表示された公開鍵を society/profile.toml の [restricted] に書いてから、もう一度受け付けてください。",
    )
}

/// The letter names a request that is not registered.
pub fn request_not_registered() -> FieldProblem {
    FieldProblem::of(
        "receipt_number",
        "この受付番号の請求は登録されていません。",
        "受付番号を確かめるか、書簡より先に yobin request add で請求を登録してください。",
    )
}

/// A request has the receipt number already; `row` is its row in the same
/// file.
pub fn number_taken(row: Option<i64>) -> FieldProblem {
    let problem = match row {
        Some(row) => format!("{row}行目と同じ受付番号です。"),
        None => "この受付番号の請求は、すでに登録されています。".to_owned(),
    };
    FieldProblem::of(
        "receipt_number",
        problem,
        "受付番号を確かめてください。登録した請求に誤りがあるときは、yobin request close で理由を「登録誤り」にして終えてから、登録し直してください。",
    )
}

/// Another letter decides the right already.
pub fn decided_before(right: Right, letter: LetterId, at: Whereabouts) -> FieldProblem {
    FieldProblem::of(
        "receipt_number",
        format!(
            "この請求の「{}」は、書簡{letter}(状態：{})で決定済みです。",
            right.label(),
            at.label()
        ),
        "一つの請求の種類に、決定は一つです。先の書簡に誤りがあり、まだ送っていないときは、yobin cancel で取り消してから受け付けてください。",
    )
}
