//! What staff read of what has not left the house yet.

use super::print;
use crate::domain::{PrintRun, State};

/// What to do with the files of a print run.
pub fn post(run: &PrintRun, is_there: bool) -> String {
    let posted = format!(
        "投函したら、yobin posted --print {} --on 投函した日 --as 名前 で記録してください。",
        run.number
    );
    if is_there {
        format!("印刷して{posted}")
    } else {
        format!(
            "印刷用ファイルはもうありません。まだ印刷していなければ、{} で作り直してください。{posted}",
            print::again(run)
        )
    }
}

/// Print runs that are not named one by one.
pub fn more_to_post(runs: i64, letters: i64) -> String {
    format!("ほかに{runs}回分{letters}通あります。yobin list --state 未発送 で確かめてください。")
}

/// What to do with mails that wait to go out.
pub fn goes_by_itself() -> String {
    format!(
        "次の夜間処理(又は yobin run)で、そのまま送ります。一覧は yobin list --state {} です。",
        State::Released.label()
    )
}

/// What to do with mails in files.
pub fn send_on(day: &str) -> String {
    format!(
        "ほかのプログラムで送ったら、yobin confirm --written-of {day} --delivered --as 名前 で記録してください。メールサーバーで送るには、設定の [mail] の transport を \"smtp\" にします。"
    )
}

/// What to do with letters that were made although something is registered
/// against them.
pub fn look_before_sending() -> String {
    "支援措置・宛先不明・送付停止、又は支援措置の相手方の登録があることを、受け付けた人が知って受け付けた書簡です。出す前に、送ってよいか、送付先が正しいかを yobin show 番号 で確かめてください。送らないときは、紙を抜くかメールのファイルを消してから、yobin cancel 番号 --pulled --as 名前 で取り消してください。".to_owned()
}

/// Such letters that are not named one by one.
pub fn more_to_look_at(count: usize) -> String {
    format!(
        "ほかに{count}通あります。yobin list --state 未発送 と --state 書出済 の ※ の付いたものを確かめてください。"
    )
}
