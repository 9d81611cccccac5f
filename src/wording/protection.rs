//! What staff read of counterparts of protective measures (支援措置の相手方):
//! that they are one, that the measures ended, and of changes of their request.

use super::time;
use crate::domain::{EndStands, FieldProblem, Stamp};

/// The request of a counterpart says other persons than before. Whether the
/// measures are against them now decides what is held against letters.
pub fn former_kept(field: &str, stands: bool) -> FieldProblem {
    let problem = match stands {
        true => {
            "支援措置の相手方を登録した請求です。直す前の氏名・住所などにも、書簡を照らし続けます。"
        }
        false => {
            "支援措置の相手方でなくなった方の請求です。再び相手方として登録したときは、直す前の氏名・住所などにも、書簡を照らします。"
        }
    };
    FieldProblem::of(
        field,
        problem,
        "直す前の登録がまったく別の方のもので、照らしてはならないときは、個人情報保護管理者が鍵のファイルで「登録誤り」として終え(yobin request close 受付番号 --reason 登録誤り --identity 鍵のファイル --as 名前)、次の夜間処理の前に、正しい内容で登録し直してください。",
    )
}

/// Somebody had proposed that they are a counterpart no more, and then the
/// request was made to say another one.
pub fn unproposed(field: &str) -> FieldProblem {
    FieldProblem::of(
        field,
        "支援措置の相手方でなくなったことの申出は、相手方の内容を直したので、取り下げたことになりました。",
        "直した後の相手方についても措置が終わっているときは、もう一度 yobin request counterpart 受付番号 --ended 理由 --as 名前 で申し出てください。",
    )
}

/// Somebody would take the mark of a counterpart off their request.
pub fn lifts() -> &'static str {
    "「支援措置の相手方」を「該当する」から変えることは、ここではできません。相手方でなくなったときは、yobin request counterpart 受付番号 --ended 理由 --as 名前 で申し出、個人情報保護管理者が --confirm で確定します。"
}

/// The same where the measures have ended.
pub fn lifted() -> &'static str {
    "この請求の「支援措置の相手方」は、相手方でなくなったことが確定しています(yobin request show で確かめられます)。登録した記録の「該当する」は、そのまま残します。何も変えていません。"
}

/// The measures are against them no more.
pub fn ended(at: Stamp, who: &str) -> String {
    format!(
        "支援措置の相手方でなくなりました({}、確定：{who})。書簡は、この方に照らしません。",
        time(at)
    )
}

/// How far the end of a counterpart is; nothing where nobody proposed it.
pub fn pending(stands: EndStands<'_>) -> Option<String> {
    match stands {
        EndStands::Proposed { by, .. } => Some(format!(
            "支援措置の相手方でなくなったことが申し出られ({by})、個人情報保護管理者の確定を待っています。それまでは、書簡をこの方に照らします。"
        )),
        EndStands::No | EndStands::Ended => None,
    }
}
