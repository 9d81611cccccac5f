//! Telling at once which letters a registration keeps back.

use crate::acts::reception::Concerned;

/// Says which letters in the house are concerned, and what to do with what is
/// on paper; nothing where there are none.
pub(super) fn tell(concerned: &Concerned) {
    let Concerned {
        count,
        named,
        unposted,
        written,
    } = concerned;
    if *count == 0 {
        return;
    }
    say!("注意：この登録によって送付を止める書簡が、{count}通あります。");
    for (letter, at) in named {
        say!("  {letter}  {}", at.label());
    }
    if *count > named.len() {
        say!("  ほか{}通", count - named.len());
    }
    if *unposted > 0 {
        say!(
            "未発送の{unposted}通は、印刷した紙があれば、投函する前に抜いてください。まだ印刷していなければ、yobin print-file --reprint 印刷の番号 --reason 理由 --as 名前 で印刷用ファイルを作り直すと除かれます(印刷の番号は yobin show で確かめてください)。すでに投函していたときは、責任者に知らせ、yobin posted 番号 --although-kept-back で記録してください。"
        );
    }
    if *written > 0 {
        say!(
            "書出済の{written}通は、まだ送っていなければ、out/mail のファイルを送らないでください。すでに送っていたときは、責任者に知らせてください。"
        );
    }
    if *count > unposted + written {
        say!(
            "そのほかの{}通は、夜間処理で送らずに要確認になります。送らないものは、yobin cancel で取り消してください。",
            count - unposted - written
        );
    }
}
