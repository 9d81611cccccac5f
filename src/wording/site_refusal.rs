//! What staff read when no website of the notice is made.

use std::path::Path;

use chrono::NaiveDate;

/// The place lies within what the public reads, or holds it.
pub fn site_within_public(output: &Path, folder: &Path) -> String {
    format!(
        "{} は、公表用サイトを置くフォルダー({})の中か、それを含むフォルダーです。ほかのフォルダーを -o に書いてください。",
        output.display(),
        folder.display()
    )
}

/// What the public reads is not made from files once there are editions;
/// `called` is the one in force.
pub fn site_from_files(output: &Path, called: &str, site: &Path) -> String {
    format!(
        "{} は公表用のフォルダーです。ファイルから作ったサイトは置けません(何も変えていません)。公表中は{called}です。公表用サイトは yobin notice publish で作り直せます(写しは {} から送られます)。案を見るときは、ほかのフォルダーを -o に書いてください。",
        output.display(),
        site.display()
    )
}

/// The command that sends copies took longer than it may.
pub fn site_sent_too_long(program: &str, seconds: u64, said: &str) -> String {
    let said = match said {
        "" => String::new(),
        said => format!("(最後の言葉：{said})"),
    };
    format!(
        "サイトはできていますが、「{program}」が{seconds}秒たっても終わらないので、打ち切りました{said}。送り先につながるかを確かめてからもう一度実行してください。長くかかるのが正しいときは、設定の publication.wait_seconds を大きくしてください。"
    )
}

/// What is dated ahead is not yet for the public.
pub fn site_too_early(label: &str, effective: NaiveDate, today: NaiveDate) -> String {
    format!(
        "「{label}」の日付({effective})が今日({today})より後なので、公表用サイトには置けません(何も変えていません)。その日になってから実行するか、yobin notice import で今の版を取り込み、yobin notice draft で改定案にしてください。案を見るときは、ほかのフォルダーを -o に書いてください。"
    )
}
