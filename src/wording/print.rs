//! What staff read of print runs.

use std::io;
use std::path::Path;

use crate::domain::{PrintRun, PrintedIn, ReprintRefusal};
use crate::store::Waited;

/// The files cannot be written.
pub fn unwritten(path: &Path, error: &io::Error) -> String {
    format!(
        "印刷用のファイルを {} に書けません({error})。空きと権限を確かめて、yobin print-file を実行してください。",
        path.display()
    )
}

/// Who makes print files, as far as the system tells.
fn who(waited: &Waited) -> (&'static str, String) {
    match &waited.holder {
        Some(holder) if holder.stopped && !holder.woken => (
            "止められた処理が印刷用ファイルを作りかけたままのため",
            format!("(プロセス {}、{})", holder.pid, holder.program),
        ),
        Some(holder) => (
            "ほかの処理が印刷用ファイルを作っているため",
            format!("(プロセス {}、{})", holder.pid, holder.program),
        ),
        None => ("ほかの処理が印刷用ファイルを作っているため", String::new()),
    }
}

/// One waits for another who makes print files.
pub fn waits(waited: &Waited) -> String {
    let seconds = waited.so_far.as_secs();
    let (why, who) = who(waited);
    if waited.holder.as_ref().is_some_and(|holder| holder.woken) {
        return format!(
            "止められた処理が印刷用ファイルを作りかけたままでした。ほかの処理が待つため、その処理を続けさせました{who}。"
        );
    }
    format!(
        "{why}、{seconds}秒待っています。長く続くときは、その処理を続けるか、終わらせてください{who}。"
    )
}

/// One waits for that no longer.
pub fn busy(waited: &Waited) -> String {
    let (why, who) = who(waited);
    format!(
        "{why}、印刷用ファイルを作れませんでした。何も印刷していません。その処理を続けるか、終わらせてから、yobin print-file を実行してください{who}。"
    )
}

/// What is registered changed again and again meanwhile.
pub fn restless() -> &'static str {
    "印刷用ファイルを作る間に、書簡の取消しや送付を止める登録が何度も続いたため、作れませんでした。何も印刷していません。続いている作業が終わってから、yobin print-file を実行してください。"
}

/// What a print run is called.
pub fn called(run: &PrintRun) -> String {
    format!("印刷 第{}号", run.number)
}

/// The same with its folder, where nothing else says where it is.
pub fn called_with_folder(run: &PrintRun) -> String {
    format!("{}、out/print/{}", called(run), run.folder())
}

/// Print runs as staff named them.
pub fn named(runs: &PrintedIn) -> String {
    match runs {
        PrintedIn::Dates(first, last) if first == last => format!("{first} の印刷用ファイル"),
        PrintedIn::Dates(first, last) => format!("{first} から {last} までの印刷用ファイル"),
        PrintedIn::Run(number) => format!("印刷 第{number}号"),
    }
}

/// The command that prints a run again.
pub fn again(run: &PrintRun) -> String {
    format!(
        "yobin print-file --reprint {} --reason 理由 --as 名前",
        run.number
    )
}

/// Why nothing was printed again, and what to do instead.
pub fn refused(why: &ReprintRefusal) -> String {
    match why {
        ReprintRefusal::NoSuchRun { number, last: None } => format!(
            "印刷 第{number}号はありません。まだ何も印刷していません。初めて印刷するときは、yobin print-file 日付 を実行してください。"
        ),
        ReprintRefusal::NoSuchRun {
            number,
            last: Some(last),
        } => format!(
            "印刷 第{number}号はありません(最後は 第{last}号)。書簡の印刷の番号は、yobin show 番号 で確かめてください。"
        ),
        ReprintRefusal::NoSuchLetter(id) => {
            format!("{id}：この番号の書簡はありません。yobin list で番号を確かめてください。")
        }
        ReprintRefusal::NeverPrinted(id) => format!(
            "{id}：まだ一度も印刷していません。初めて印刷するときは、yobin print-file 日付 を実行してください(--reprint は要りません)。"
        ),
        ReprintRefusal::Reason => {
            "--reason に、もう一度印刷する理由を、200文字までの1行で書いてください(経過に残ります。個人の名前は書かないでください)。例：--reason 紙詰まり".to_owned()
        }
    }
}
