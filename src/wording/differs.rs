//! What staff read of a letter of which the store does not say one thing.

use super::Told;
use crate::domain::Difference;

/// What differs, each as a part of a sentence, in order.
pub fn differences(found: &[Difference]) -> String {
    let parts: Vec<&str> = found.iter().copied().map(difference).collect();
    parts.join("、")
}

fn difference(difference: Difference) -> &'static str {
    match difference {
        Difference::Unreadable => "書簡の行に読めない値があります",
        Difference::Record => "記録が受け付けたときのものと違います",
        Difference::NotApproved => "承認した人の記録がありません",
        Difference::ApprovedByQueuer => "受け付けた本人が承認したことになっています",
        Difference::Approval => "承認した人、日時又は承認した記録が、承認のときと違います",
        Difference::Queuer => "受け付けた人又は日時が、履歴と違います",
        Difference::State => "状態が、履歴の最後と違います",
        Difference::History => "履歴が途中で抜けているか、あり得ない順序です",
        Difference::Times => "履歴に読めない時刻があります",
        Difference::NoEntry => "台帳に正しい記載がありません",
        Difference::Entry => "台帳の記載が書き換えられています",
        Difference::Void => "番号が、台帳では欠番になっています",
        Difference::NotVoid => "取り消したのに、番号が台帳で欠番になっていません",
        Difference::Number => "文書番号が台帳と違います",
        Difference::IssueDate => "日付が台帳と違います",
        Difference::Kind => "書簡の種類が台帳と違います",
        Difference::Outcome => "結果区分が台帳と違います",
        Difference::Pdf => "PDFが台帳に記載したものと違います",
        Difference::Data => "組版データが台帳に記載したものと違います",
        Difference::SentBefore => "すでに送信(書き出し)した記録があります",
        Difference::Left => "投函などの記録が、履歴と違います",
        Difference::Attempts => "送信を試した回数が、記録と違います",
    }
}

/// A letter the night parked for it.
pub(super) fn parked(found: &[Difference]) -> Told {
    Told::of(
        format!(
            "この書簡について保存されていることが、互いに合いません：{}。データベースが書き換えられたか、壊れた恐れがあるため、送っていません。",
            differences(found)
        ),
        "責任者に知らせ、データベースを書き換えた人がいないか、ディスクに異常がないかを確かめ、yobin verify を実行してください。控えから元に戻したときは、yobin retry を実行してください。戻せないときは、yobin cancel で取り消し、正しい記録を新しく受け付けてください。",
    )
}
