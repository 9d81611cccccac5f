//! What staff read when the store fails.

use super::StaffMessage;
use crate::store::{Holder, StoreError, Waited};

/// Nothing more fits on the disk. The system says the same of room and of the
/// number of files.
pub(super) const NO_ROOM: &str = "ディスクの空き(容量か、作れるファイルの数)がなくなりました。df -h で容量が空いていても、df -i の IUse% が 100% なら、要らないファイルを消すまで何も書けません。";

impl StaffMessage for StoreError {
    fn staff_message(&self) -> String {
        match self {
            StoreError::DiskFull(_) => {
                format!("{NO_ROOM}途中までの結果は失われていません。空きを作ってから、もう一度実行してください。")
            }
            StoreError::Busy(_) => {
                "ほかの処理がデータベースを使っています。少し待ってから、もう一度実行してください。".to_owned()
            }
            StoreError::Migration(error) => format!(
                "データベースを新しい版に直せませんでした({error})。このプログラムより新しい版で作られていないか確かめてください。"
            ),
            StoreError::Corrupt(what) => format!(
                "データベースに読めない値があります({what})。yobin verify を実行し、控えから戻すことを考えてください。"
            ),
            StoreError::Database(error) => format!(
                "データベースの処理に失敗しました({error})。ディスクの空きと、フォルダーに書き込めることを確かめてから、もう一度実行してください。"
            ),
            StoreError::Damaged(error) => format!(
                "データベース(yobin.db)が壊れているか、別の時のファイルが混ざっています。このまま使わないでください。夜便を止め、今の out を別の場所に写してから、控えの手順(運用の手引の10)で戻してください。yobin.db を写し戻すときは、yobin.db-wal と yobin.db-shm を必ず一緒に入れ替えます。(データベースの知らせ：{error})"
            ),
            StoreError::Foreign(parts) => format!(
                "データベースに、夜便が作っていないものが加えられているか、夜便の作ったものがなくなっています。書簡を書き換えられている恐れがあるため、処理を止めました。責任者に知らせ、データベースに手を加えた人がいないか確かめてください。控えから戻すか、保守の担当に元に戻してもらうまで使えません。(違うもの：{})",
                parts.join("、")
            ),
            StoreError::Missing => "夜便のデータベース(yobin.db)がありません。設定の out を確かめてください。".to_owned(),
            StoreError::NewerKeys => {
                "このデータベースは、このプログラムより新しい版で使われています。新しい版の夜便で開いてください。".to_owned()
            }
            StoreError::WriterStopped => {
                "データベースへの書込みが止まりました。先に出た知らせを確かめてください。".to_owned()
            }
        }
    }
}

/// What staff read while the night waits for its turn to write.
pub fn waits(waited: &Waited) -> String {
    let seconds = waited.so_far.as_secs();
    let nothing_lost = "夜間処理は待っています。記録は失われません。";
    let Some(Holder {
        pid,
        program,
        stopped,
        woken,
    }) = &waited.holder
    else {
        return format!(
            "ほかの処理がデータベースを使っているため、{seconds}秒待っています。{nothing_lost}"
        );
    };
    let who = format!("(プロセス {pid}、{program})");
    match (stopped, woken) {
        (true, true) => format!(
            "止められた処理がデータベースを使ったままでした。夜間処理が待つため、その処理を続けさせました{who}。"
        ),
        (true, false) => format!(
            "止められた処理がデータベースを使ったままのため、{seconds}秒待っています。{nothing_lost}その処理を続けるか、終わらせてください{who}。"
        ),
        (false, _) => format!(
            "ほかの処理がデータベースを使っているため、{seconds}秒待っています。{nothing_lost}長く続くときは、その処理を確かめてください{who}。"
        ),
    }
}
