//! Why an act on letters did not happen, and what to do instead.

use crate::domain::{LetterAction, LetterId, LetterRefusal, State, Whereabouts};
use crate::store::{Refused, StoreError};
use crate::wording::{StaffMessage as _, person_facts, print};

/// Letters named of those that were left as they were.
const LEFT_NAMED: usize = 10;

/// Of many letters, those somebody else changed meanwhile.
pub fn left(letters: &[LetterId]) -> String {
    let named = letters.iter().take(LEFT_NAMED).map(LetterId::to_string);
    let named: Vec<String> = named.collect();
    let more = match letters.len().saturating_sub(LEFT_NAMED) {
        0 => String::new(),
        more => format!("、ほか{more}件"),
    };
    format!(
        "{}{more} は、この操作の間に、ほかの人の操作か夜間処理で変わったため、そのままにしました。yobin show 番号 で確かめ、必要なら、その番号だけもう一度操作してください。",
        named.join("、")
    )
}

/// An act on many letters ended before the last of them.
pub fn broken_off(done: usize, error: &StoreError) -> String {
    format!(
        "{done}件を済ませたところで、続けられなくなりました。{}済んだものは保存されています。残りは yobin list で確かめ、もう一度実行してください。",
        error.staff_message()
    )
}

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
        LetterRefusal::DatePassed(id, problem) => format!(
            "{id}：受け付けたときには先だった日が過ぎたため、承認できません。{}日付を直した記録を yobin queue --replace で受け付けるか、yobin cancel で取り消してください。",
            problem.problem
        ),
        LetterRefusal::Incomplete(id, problem) => format!(
            "{id}：受付の後に、書式が変わりました。{}承認していません。項目を書いた記録を yobin queue --replace で受け付けてください。",
            problem.problem
        ),
        LetterRefusal::FeeUnpublished(id, problem) => format!(
            "{id}：{}承認していません。手数料のない記録を yobin queue --replace で受け付けるか、額を書いた版を公表してから(yobin notice draft、approve、publish)、もう一度承認してください。",
            problem.problem
        ),
        LetterRefusal::Unfit { id, why } => format!(
            "{id}：{}。承認していません。{}",
            person_facts::fault(*why),
            person_facts::remedy(*why)
        ),
        LetterRefusal::Unseen(id) => format!(
            "{id}：支援措置の相手方に届く書簡に、自由に書いた文があります。承認していません。個人情報保護管理者が yobin show {id} で文を読み、yobin approve {id} --identity 鍵のファイル --as 名前 で承認してください。"
        ),
        LetterRefusal::NobodyInCharge => {
            return "個人情報保護管理者の公開鍵が society/profile.toml にないので、--identity で確認できません。まだ何もしていません。yobin restricted keygen で鍵を作り、[restricted] の recipient に公開鍵を書いてください。".to_owned();
        }
        LetterRefusal::NotInCharge => {
            return "この鍵は、society/profile.toml の公開鍵([restricted] の recipient)と対になっていません。まだ何もしていません。個人情報保護管理者の鍵のファイルを --identity に書いてください。".to_owned();
        }
        LetterRefusal::CountDiffers {
            first,
            last,
            found,
            count,
        } => {
            return format!(
                "{first} から {last} までで承認を待つ書簡は{found}件で、--count の{count}件と違います。1件も承認していません。yobin list --state 受付 で確かめてください。"
            );
        }
        LetterRefusal::CameBack { first, last, back } => {
            return came_back(*first, *last, back);
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

/// Letters named one by one; more are counted.
const NAMED: usize = 20;

fn came_back(first: LetterId, last: LetterId, back: &[LetterId]) -> String {
    let named: Vec<String> = back.iter().take(NAMED).map(ToString::to_string).collect();
    let more = match back.len().checked_sub(NAMED) {
        None | Some(0) => String::new(),
        Some(more) => format!("ほか{more}件"),
    };
    format!(
        "{first} から {last} までに、保留にした後で戻した書簡があります({}{more})。見ていない書簡を承認しないように、まとめての承認はできません。1件も承認していません。この書簡を yobin show で確かめ、先に番号を書いて yobin approve で承認し、残りを、件数を減らしてまとめて承認してください。",
        named.join("、")
    )
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
        (LetterAction::Hold, Whereabouts::Unposted) => format!(
            "作成が終わっているので、保留にはできません。出さないときは、印刷した紙があれば抜いて、yobin cancel {id} --pulled --as 名前 で取り消してください。"
        ),
        (LetterAction::Hold, Whereabouts::Written) => format!(
            "作成が終わっているので、保留にはできません。出さないときは、out/mail の、名前が {id} で始まるファイルを消して、yobin cancel {id} --pulled --as 名前 で取り消してください。"
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
        (LetterAction::Retry, State::Released) => {
            "次の夜間処理(又は yobin run)で、そのまま送ります。送り直しの操作は要りません。"
        }
        (_, State::Cancelled) => {
            "取消は元に戻せません。出し直すときは、記録を直して新しく受け付けてください。"
        }
        (LetterAction::ConfirmDelivered, State::Held | State::Parked | State::Failed) => {
            "記録できるのは、結果不明のメールと、データベースを控えから戻したために止まり、台帳に記載のあるメールです。yobin show で、止まっている理由と次にすることを確かめてください。"
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
            State::Released,
        ) => {
            "いま、メールサーバーに渡している途中です。少し待ってから yobin show で状態を確かめ、「送信待ち」に戻っていれば、もう一度実行してください。"
        }
        (
            LetterAction::Cancel | LetterAction::CancelPulled | LetterAction::Hold,
            State::Sent | State::Filed,
        ) => "すでに送付の段階です。",
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
