//! What staff read of what has not left the house yet.

use crate::domain::State;

/// What to do with a print file.
pub fn post(date: &str, is_there: bool) -> String {
    let posted = format!(
        "投函したら、yobin posted --print {date} --on 投函した日 --as 名前 で記録してください。"
    );
    if is_there {
        format!("印刷して{posted}")
    } else {
        format!(
            "印刷用ファイルはもうありません。まだ印刷していなければ、yobin print-file {date} で作り直してください。{posted}"
        )
    }
}

/// Print files that are not named one by one.
pub fn more_to_post(nights: i64, letters: i64) -> String {
    format!("ほかに{nights}日分{letters}通あります。yobin list --state 未発送 で確かめてください。")
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
