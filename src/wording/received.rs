//! What staff read of a file or a row that is not taken in, where the remedy
//! names what to run.

use super::StaffMessage;
use crate::domain::{CloseReason, FieldProblem, LetterId, Right, Whereabouts};
use crate::intake::FileProblem;

impl StaffMessage for FileProblem {
    fn staff_message(&self) -> String {
        match self {
            FileProblem::KindNotSaid => {
                "どの書簡の表か分かりません。例：yobin queue 受付通知.xlsx --kind 請求書の受付のお知らせ --as 佐藤(種類の一覧：yobin kinds)。見出し「種別」の列を加えるか、シートの名前を種類の名前にしても構いません。".to_owned()
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

/// The letter charges a fee the edition in force does not name.
pub fn fee_not_in_notice(yen: u32) -> FieldProblem {
    FieldProblem::of(
        "fee",
        format!(
            "手数料{yen}円は、公表中の公表事項に書かれていません(法第32条第1項第3号・第38条第2項)。"
        ),
        "手数料を空欄にしてください。額を定めたときは、公表事項に額を書いた版を公表してから(yobin notice draft、approve、publish)、もう一度受け付けてください。",
    )
}

/// The letter charges a fee, no edition was ever taken in, and the society's
/// file does not name the fee.
pub fn fee_not_in_file(yen: u32) -> FieldProblem {
    FieldProblem::of(
        "fee",
        format!(
            "手数料{yen}円は、公表事項(society/notice.toml)に書かれていません。組合の基本情報(profile.toml)に額を書いただけでは、公表したことになりません(法第32条第1項第3号・第38条第2項)。"
        ),
        "手数料を空欄にしてください。額を定めたときは、今の公表事項を取り込み(yobin notice import)、額を書いた版を公表してから(yobin notice draft、approve、publish)、もう一度受け付けてください。",
    )
}

/// The letter charges a fee, and no notice can be read that would name it.
pub fn fee_in_no_notice(yen: u32, problem: &str) -> FieldProblem {
    FieldProblem::of(
        "fee",
        format!("手数料{yen}円が公表されているか、確かめられません。{problem}"),
        "公表事項のファイルを直してから、もう一度受け付けてください。手数料をいただかないときは、手数料を空欄にしてください。",
    )
}

/// A letter of the usual size to who asked for large letters.
pub fn in_small_print() -> FieldProblem {
    FieldProblem::of(
        "large_print",
        "請求した方は、拡大文字の書簡を希望しています(請求の登録)。この書簡は、ふつうの大きさの文字です。",
        "記録の「拡大文字」を「希望する」にして、yobin queue --replace で受け付け直してください。",
    )
}

/// A letter that only an approved edition of the notice stands behind.
pub fn only_from_notice() -> FieldProblem {
    FieldProblem {
        field: None,
        problem: "利用目的の変更のお知らせは、承認された公表事項の版からだけ作ります。記録から受け付けることはできません(法第17条第2項・第21条第3項)。".to_owned(),
        remedy: "改定案を作り(yobin notice draft)、別の人の承認(yobin notice approve)を受けてから、加入者の名簿を指定して yobin notice notify で受け付けてください。".to_owned(),
    }
}

/// A mended letter of a change that tells of another change than the edition.
pub fn change_of_edition(field: &str) -> FieldProblem {
    FieldProblem::of(
        field,
        "待っている書簡と違います。利用目的の変更の内容は、承認された公表事項の版のとおりでなければなりません。",
        "待っている書簡の値(yobin show 番号 --json)に戻してください。変更の内容を改めるときは、公表事項の改定案を作り直し(yobin notice draft --replace)、承認を受けてから yobin notice notify で受け付けてください。",
    )
}

/// Another letter answers the same right, lawfully if it is about another
/// part of what was asked for.
pub fn answered_beside(right: Right, letter: LetterId, at: Whereabouts) -> FieldProblem {
    FieldProblem::of(
        "receipt_number",
        format!(
            "この請求の「{}」には、ほかの書簡{letter}(状態：{})もあります。",
            right.label(),
            at.label()
        ),
        "同じ情報についての回答が二つにならないことを、承認の前に確かめてください。",
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

/// Another row of the file, this one, has the receipt number.
pub fn number_in_file(row: i64) -> FieldProblem {
    FieldProblem::of(
        "receipt_number",
        format!("{row}行目と同じ受付番号です。"),
        "受付番号を確かめ、重なった行を直すか消してください。",
    )
}

/// A request that was registered before has the receipt number; `closed` is
/// why it was closed, if it was.
pub fn number_taken(closed: Option<CloseReason>) -> FieldProblem {
    let (problem, remedy) = match closed {
        None => (
            "この受付番号の請求は、すでに登録されています。".to_owned(),
            "受付番号を確かめてください。登録した内容を直すときは、yobin request amend 受付番号 --set 項目=値 --reason 理由 --as 名前 を使ってください。",
        ),
        Some(reason) => (
            format!(
                "この受付番号の請求は、すでに登録され、終わっています(理由：{})。",
                reason.label()
            ),
            "受付番号を確かめてください。誤って終えたときは、yobin request reopen で開けます。登録した内容を直すときは、開いた後で、yobin request amend 受付番号 --set 項目=値 --reason 理由 --as 名前 を使ってください。",
        ),
    };
    FieldProblem::of("receipt_number", problem, remedy)
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
