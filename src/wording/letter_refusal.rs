//! Why an act on letters did not happen, and what to do instead.

use crate::domain::{LetterAction, LetterRefusal, State, Whereabouts};
use crate::store::Refused;
use crate::wording::{StaffMessage as _, print};

/// What staff read.
pub fn words(refused: &Refused<LetterRefusal>) -> String {
    let (why, of) = match refused {
        Refused::Rule { why, of } => (why, *of),
        Refused::Store(error) => return error.staff_message(),
    };
    let said = match why {
        LetterRefusal::NoSuchLetter(id) => {
            format!("{id}：この番号の書簡はありません。yobin list で番号を確かめてください。")
        }
        LetterRefusal::WrongState { id, at, .. } => format!(
            "{id}：状態が「{}」なので、この操作はできません。{}",
            at.label(),
            hint(why)
        ),
        LetterRefusal::OwnLetter(id) => format!(
            "{id}：受け付けた人は承認できません。別の人が --as で自分の名前を付けて承認してください。"
        ),
        LetterRefusal::CountDiffers {
            first,
            last,
            found,
            count,
        } => {
            return format!(
                "{first} から {last} までで承認を待つ書簡は{found}件で、--count の{count}件と違います。1件も承認していません。yobin list --state queued で確かめてください。"
            );
        }
        LetterRefusal::FileStillThere { id, file } => {
            return format!(
                "{id}：メールのファイル {} が、まだあります。ほかのプログラムが送らないように、先に消してください。まだ1件も取り消していません。",
                file.display()
            );
        }
    };
    if of > 1 {
        format!("{said} ほかの書簡にも、まだ何もしていません。")
    } else {
        said
    }
}

/// What to do instead of an act a letter's state does not allow.
fn hint(why: &LetterRefusal) -> String {
    let LetterRefusal::WrongState {
        id,
        action,
        state,
        at,
        printed,
    } = why
    else {
        return String::new();
    };
    match (action, at) {
        (LetterAction::Cancel, Whereabouts::Unposted) => {
            let called = printed.as_ref().map(print::called_with_folder);
            format!(
                "印刷用ファイル({})に入っています。まだ投函していなければ、印刷した紙を抜いて投函しないようにし、その後 yobin cancel {id} --pulled --as 名前 で取り消してください。投函していたときは、yobin posted {id} --on 投函した日 --as 名前 で記録してください。",
                called.unwrap_or_default()
            )
        }
        (LetterAction::Cancel, Whereabouts::Written) => format!(
            "メールがファイルに書き出されています(out/mail の、名前が {id} で始まるファイル)。ほかのプログラムがまだ送っていなければ、そのファイルを消し、その後 yobin cancel {id} --pulled --as 名前 で取り消してください。送っていたときは、yobin confirm {id} --delivered --as 名前 で記録してください。"
        ),
        (LetterAction::Hold, Whereabouts::Unposted | Whereabouts::Written) => format!(
            "作成が終わっているので、保留にはできません。出さないときは、yobin cancel {id} --as 名前 で取り消してください。"
        ),
        _ => fixed_hint(*action, *state, *at).to_owned(),
    }
}

fn fixed_hint(action: LetterAction, state: State, at: Whereabouts) -> &'static str {
    match (action, at) {
        (LetterAction::ConfirmUndelivered, Whereabouts::Written) => {
            return "まだ送られていないので、記録することはありません。";
        }
        (LetterAction::ConfirmDelivered | LetterAction::ConfirmUndelivered, at)
            if at == Whereabouts::Unposted || at == Whereabouts::In(State::Filed) =>
        {
            return "投函したこと、手渡したことは、yobin posted で記録してください。";
        }
        _ => {}
    }
    match (action, state) {
        (_, State::Cancelled) => {
            "取消は元に戻せません。出し直すときは、記録を直して新しく受け付けてください。"
        }
        (LetterAction::Retry, State::Unknown) => {
            "届いたかどうかを相手に確かめ、yobin confirm で --delivered か --not-delivered を付けて記録してください。"
        }
        (
            LetterAction::Cancel | LetterAction::CancelPulled | LetterAction::Hold,
            State::Unknown,
        ) => "届いたかどうかを確かめ、yobin confirm で記録してください。",
        (
            LetterAction::Cancel | LetterAction::CancelPulled | LetterAction::Hold,
            State::Sent | State::Filed | State::Released,
        ) => "すでに発信の段階です。",
        (LetterAction::Hold, State::Parked | State::Failed) => {
            "すでに止まっています。再開は yobin retry、取消は yobin cancel です。"
        }
        (LetterAction::Resume, State::Parked | State::Failed) => "再開は yobin retry です。",
        (LetterAction::Retry, State::Held) => "再開は yobin resume です。",
        (LetterAction::Approve, State::Held) => "先に yobin resume で保留を解いてください。",
        (LetterAction::Approve, State::Approved) => "すでに承認されています。",
        _ => "yobin show で今の状態を確かめてください。",
    }
}
