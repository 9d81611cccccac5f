//! What staff read of numbers they have to look at.

use crate::domain::{IdentifierDoubt, LetterId};

/// What is doubtful, and what to do.
pub fn identifier_doubt(doubt: &IdentifierDoubt) -> String {
    match doubt {
        IdentifierDoubt::UnreadableRequest(number) => format!(
            "受付番号「{number}」の請求の記録が壊れていて、読めません。支援措置の相手方の請求だったとしても、ほかの受付番号の書簡は止まりません。責任者に知らせ、控えから戻すか、yobin request close で「登録誤り」として終えて登録し直してください。"
        ),
        IdentifierDoubt::SharedReceiptNumber(numbers) => shared_receipt_number(numbers),
        IdentifierDoubt::LookAlikeFlag { flagged, other } => format!(
            "支援措置などが登録された加入者管理番号「{flagged}」は「{other}」とよく似ています。「{other}」への書簡は、この登録では止まりません。同じ方なら、yobin members flags で「{other}」にも登録してください。"
        ),
        IdentifierDoubt::DoubleNotification { member, letters } => {
            let letters: Vec<String> = letters.iter().map(LetterId::to_string).collect();
            format!(
                "加入者管理番号「{member}」の方あてに、同じ改定の通知が、番号の書き方を変えて2通以上受け付けられています({})。まだ送っていないものは、一方を yobin cancel で取り消してください。",
                letters.join("、")
            )
        }
    }
}

/// Requests that have one number in several writings.
pub fn shared_receipt_number(numbers: &[String]) -> String {
    let written: String = numbers
        .iter()
        .map(|number| format!("「{number}」"))
        .collect();
    format!(
        "{written}は、書き方が違うだけで同じ受付番号です。yobin request show で見比べ、一方を yobin request close で「登録誤り」として終えてください。別の請求なら、別の受付番号で登録し直してください。"
    )
}
