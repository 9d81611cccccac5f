//! Why a request was not closed, or is not the one that is meant.

use crate::domain::{AskedRight, CloseReason, ReopenReason, RequestRefusal};
use crate::store::Refused;
use crate::wording::StaffMessage as _;

/// What staff read.
pub fn words(refused: &Refused<RequestRefusal>) -> String {
    let why = match refused {
        Refused::Rule { why, .. } => why,
        Refused::Store(error) => return error.staff_message(),
    };
    match why {
        RequestRefusal::NoSuchRequest(number) => format!(
            "{number}：この受付番号の請求は登録されていません。yobin request list --all で番号を確かめてください。"
        ),
        RequestRefusal::LooksLike { number, known } => format!(
            "{number}：この受付番号の請求は登録されていませんが、よく似た番号「{known}」の請求があります。その請求のことなら、そのとおりに書いてください。"
        ),
        RequestRefusal::Shared { number, written } => shared(number, written),
        RequestRefusal::Closed { number, reason } => format!(
            "{number}：この請求はすでに終わっています(理由：{})。終えたのが誤りなら、yobin request reopen {number} --reason 理由 --as 名前 で開けます(理由：{})。開いた後で、正しい理由で終えられます。",
            reason.label(),
            ReopenReason::ALL.map(ReopenReason::label).join("、")
        ),
        RequestRefusal::Open(number) => {
            format!("{number}：この請求は終わっていません。開き直すことはありません。")
        }
        RequestRefusal::NoCounterpart(number) => format!(
            "{number}：この請求は、支援措置の相手方を登録していません。yobin request show {number} で確かめてください。"
        ),
        RequestRefusal::NoCounterpartEnd(number) => format!(
            "{number}：支援措置の相手方でなくなったことを、まだだれも申し出ていません。先に yobin request counterpart {number} --ended 理由 --as 名前 を実行してください。"
        ),
        RequestRefusal::CounterpartEnds(number) => format!(
            "{number}：すでに申し出られています。個人情報保護管理者が yobin request counterpart {number} --confirm --identity 鍵のファイル --as 名前 で確定してください。誤って申し出たときは、--withdraw で取り下げられます。"
        ),
        RequestRefusal::CounterpartEnded(number) => format!(
            "{number}：支援措置の相手方でなくなったことは、確定しています。再び相手方になったときは、yobin request counterpart {number} --again --as 名前 で登録してください。"
        ),
        RequestRefusal::StillCounterpart(number) => format!(
            "{number}：支援措置の相手方として、今も登録されています。何も変えていません。"
        ),
        RequestRefusal::CounterpartMistaken(number) => format!(
            "{number}：支援措置の相手方を登録した請求です。「登録誤り」として終えると、書簡をその方に照らさなくなるので、個人情報保護管理者が --identity 鍵のファイル を付けて終えます。内容を直すだけなら yobin request amend {number}、相手方でなくなったのなら yobin request counterpart {number} --ended 理由 を使ってください。何も変えていません。"
        ),
        RequestRefusal::OwnProposal(number) => format!(
            "{number}：申し出た人は確定できません。申し出た人とは別の個人情報保護管理者が、--as で自分の名前を付けて確定してください。"
        ),
        RequestRefusal::NobodyInCharge => {
            "これができるのは個人情報保護管理者だけですが、その公開鍵が profile.toml の [restricted] に書かれていません。yobin restricted keygen で鍵を作り、公開鍵を書いてから、もう一度実行してください。何も変えていません。".to_owned()
        }
        RequestRefusal::NotInCharge { is_kept } => not_in_charge(*is_kept),
        RequestRefusal::Unanswered { number, rights } => {
            let rights: Vec<String> = rights.iter().map(waiting).collect();
            format!(
                "{number}：まだ回答していない請求があります({})。回答の書簡を出し、郵送や手渡しは出したことを記録してから終えてください。この仕組みの外で回答したときは、理由を「{}」にしてください。",
                rights.join("、"),
                CloseReason::AnsweredElsewhere.label()
            )
        }
        RequestRefusal::Unnotified {
            number,
            reason,
            rights,
        } => {
            let rights: Vec<String> = rights.iter().map(waiting).collect();
            format!(
                "{number}：「{}」とする通知がまだ出ていません({})。請求に係る措置をとらないことは、法第32条第3項・第33条第3項・第34条第3項・第35条第7項により、請求した方に通知しなければなりません。通知の書簡(請求手続の終了のお知らせ、請求先のご案内、保有個人データに該当しない旨の通知など)を出してから終えてください。この仕組みの外で通知したときは、理由を「{}」にしてください。",
                reason.label(),
                rights.join("、"),
                CloseReason::AnsweredElsewhere.label()
            )
        }
        RequestRefusal::Decided { number, letter } => format!(
            "{number}：決定の書簡({letter})があるため、登録誤りとして終えることはできません。書簡が誤りで、まだ送っていないときは、先に yobin cancel で取り消してください。"
        ),
    }
}

/// Two requests have this number in two writings.
fn shared(number: &str, written: &[String]) -> String {
    let written: String = written
        .iter()
        .map(|number| format!("「{number}」"))
        .collect();
    format!(
        "{number}：この受付番号の請求は、書き方の違う{written}が登録されています。どちらかを、登録されたとおりの書き方で指定してください。"
    )
}

/// Another key than that of the person in charge.
fn not_in_charge(is_kept: bool) -> String {
    let kept = match is_kept {
        true => "試したことは、支援措置の相手方を登録した請求の経過に残ります。",
        false => "",
    };
    format!(
        "この鍵は、profile.toml の [restricted] の公開鍵と対になっていません。個人情報保護管理者の鍵のファイルを --identity に書いてください。何も変えていません。{kept}"
    )
}

/// A right without an answer, with the letter that waits.
fn waiting(asked: &AskedRight) -> String {
    let right = asked.right.label();
    match asked.answer() {
        Some((letter, at)) => format!("{right}：{letter} {}", at.label()),
        None => right.to_owned(),
    }
}
