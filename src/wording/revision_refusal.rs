//! What staff read when something is not done to a revision of the notice.

use std::fmt::Display;

use crate::domain::{RevisionEvent, RevisionRefusal, RevisionState, TellingRefusal};

/// What is wrong with an answer to a question that is not asked.
pub const NO_SUCH_ANSWER: &str =
    "この改定にはない項目です。--questions で出した問いの名前と比べてください。";

/// A revision as it is called: its number and its printed label.
pub fn revision_called(number: u32, label: &str) -> String {
    format!("第{number}版 {label}")
}

/// Why a revision is not made or changed, and what to do.
pub fn revision_refused(refusal: &RevisionRefusal) -> String {
    use RevisionRefusal as No;
    match refusal {
        No::Imported(number) => format!(
            "公表事項はすでに取り込んであります(第{number}版)。改めるときは、yobin notice draft で改定案を作ってください。"
        ),
        No::NothingInForce => {
            "今の公表事項がまだ取り込まれていません。先に yobin notice import society/notice.toml を実行してください。".to_owned()
        }
        No::NoSuchRevision(number) => {
            format!("第{number}版はありません。yobin notice list で版の番号を確かめてください。")
        }
        No::NotInForce(date) => format!(
            "今の公表事項の日付({date})が今日より後です。[revision] の date に、今の版の日付を書いてください。"
        ),
        No::Same(number) => format!(
            "第{number}版の内容と違いがありません。文言を改めてから、もう一度実行してください。"
        ),
        No::SameLabel(label) => format!(
            "版の表示「{label}」が今の版と同じです。改定案の [revision] の label を改めてください。"
        ),
        No::ProposedForPast { effective, today } => format!(
            "施行日({effective})が今日({today})より前です。今日以後の日を、--effective か改定案の [revision] の date に書いてください。"
        ),
        No::NotAfter { effective, current } => format!(
            "施行日({effective})は、今の版の施行日({current})より後の日にしてください。"
        ),
        No::OtherBase { number, based_on, in_force } => format!(
            "第{number}版は第{based_on}版と比べて作られましたが、今は第{in_force}版が公表中です。違いも答えも今の版には合わないので、今の版と比べて改定案を作り直してください。"
        ),
        No::UnderWay(number) => format!(
            "まだ公表していない改定案(第{number}版)があります。この内容で置き換えるときは --replace を付けてください。承認済みのものは、もう一度承認が要ります。"
        ),
        No::WrongState { number, state, event } => format!(
            "第{number}版は「{}」なので、この操作はできません。{}",
            state.label(),
            instead(*event, *state)
        ),
        No::OwnDraft(number) => format!(
            "第{number}版：改定案を作った人は承認できません。別の人が --as で自分の名前を付けて承認してください。"
        ),
        No::DayPast { number, effective } => format!(
            "第{number}版：施行日({effective})を過ぎています。yobin notice draft --replace で、これからの施行日に改めてください。"
        ),
        No::TooEarly { number, effective } => format!(
            "第{number}版の施行日は{effective}です。その日になってから公表してください。早めるときは、施行日を改めて承認を受けてください。"
        ),
        No::Undecided { number, decided_on } => format!(
            "第{number}版：決定の日({decided_on})がまだ来ていません。決定の後に承認してください。"
        ),
        No::ConsentMissing(number) => format!(
            "第{number}版：関連性の範囲を超える変更なので、本人の同意(法第18条第1項)がそろうまで承認できません。全員の同意がそろった日を --consent YYYY-MM-DD で書いてください。通知や公表で代えることはできません。"
        ),
        No::ConsentNotNeeded(number) => format!(
            "第{number}版：この改定には本人の同意は要りません。--consent を付けずに承認してください。"
        ),
        No::ConsentToCome(date) => {
            format!("同意がそろった日({date})が今日より後です。日付を確かめてください。")
        }
    }
}

/// What to do instead of what a revision's state does not allow.
fn instead(event: RevisionEvent, state: RevisionState) -> &'static str {
    match (event, state) {
        (_, RevisionState::Published | RevisionState::Superseded) => {
            "公表した版は変えられません。改めるときは、yobin notice draft で新しい改定案を作ってください。"
        }
        (RevisionEvent::Publish, _) => {
            "先に、改定案を作った人とは別の人が yobin notice approve で承認してください。"
        }
        (RevisionEvent::Approve, _) => "すでに承認されています。",
        _ => "yobin notice show で今の状態を確かめてください。",
    }
}

/// What the ids of a proposed revision have wrong, a line each.
pub fn ids_refused(problems: &[String]) -> String {
    format!("改定案の id に誤りがあります。\n{}", listed(problems))
}

/// Which characters of a revision or of its answers no font shows.
pub fn characters_refused<T: Display>(problems: &[T]) -> String {
    format!("印刷できない文字があります。\n{}", listed(problems))
}

/// Which answers are missing or contradict the change.
pub fn answers_refused<T: Display>(problems: &[T]) -> String {
    format!("問いの答えに直すところがあります。\n{}", listed(problems))
}

/// The content of a revision cannot be kept.
pub fn content_refused(error: impl Display) -> String {
    format!("公表事項の内容を保存できる形にできません({error})。")
}

/// A revision came into force, and the website does not show it yet.
pub fn site_not_made(error: impl Display) -> String {
    format!(
        "版の状態は記録しましたが、公表用サイトを作れませんでした。前のサイトはそのままです。{error} 直してから、yobin notice publish をもう一度実行してください。"
    )
}

/// Why members are not told of a revision.
pub fn telling_refused(refusal: &TellingRefusal) -> String {
    match refusal {
        TellingRefusal::NoneToTell => "知らせる改定がありません。承認済み又は公表した改定の版の番号を yobin notice list で確かめてください。".to_owned(),
        TellingRefusal::Unapproved(number) => format!(
            "第{number}版はまだ承認されていません。別の人の承認(yobin notice approve {number})の後に知らせてください。"
        ),
        TellingRefusal::NeedsConsent(number) => format!(
            "第{number}版は、変更前の利用目的と関連性のある範囲を超える変更を含みます。法第21条第3項の通知では足りず、本人の同意が必要です(法第18条第1項)。同意を求める文書によってください。"
        ),
        TellingRefusal::Exception(number) => format!(
            "第{number}版は、法第18条第3項の例外による利用を含みます。法第21条第3項の変更の通知として知らせることはできません。"
        ),
    }
}

/// Members are not told of a revision without a reason.
pub fn no_reason_to_tell() -> String {
    "通知の文面を作れません。変更の理由がありません。--reason に、加入者に分かる言葉で書いてください。"
        .to_owned()
}

fn listed<T: Display>(problems: &[T]) -> String {
    let lines: Vec<String> = problems.iter().map(|one| format!("  {one}")).collect();
    lines.join("\n")
}
