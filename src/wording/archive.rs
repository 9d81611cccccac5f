//! What staff read when the archive fails.

use super::StaffMessage;
use super::store::NO_ROOM;
use crate::archive::ArchiveError;

impl StaffMessage for ArchiveError {
    fn staff_message(&self) -> String {
        match self {
            ArchiveError::DiskFull => {
                format!(
                    "書簡を保存できませんでした。{NO_ROOM}途中までの結果は失われていません。空きを作ってから、もう一度実行してください。"
                )
            }
            ArchiveError::Damaged(sha256) => damaged(sha256),
            ArchiveError::Missing(sha256) => missing(sha256),
            ArchiveError::Storage(error) => format!(
                "書簡を保存できませんでした({error})。保存先のフォルダーに書き込めることを確かめてください。"
            ),
            ArchiveError::Folder(error) => {
                format!("保存先のフォルダーを作れません({error})。設定の out を確かめてください。")
            }
        }
    }
}

/// A file of the archive has changed.
pub(super) fn damaged(sha256: &str) -> String {
    format!(
        "保存した書簡のファイル {sha256} の内容が変わっています。yobin verify で調べ、控えから戻してください。"
    )
}

/// A file of the archive is gone.
pub(super) fn missing(sha256: &str) -> String {
    format!(
        "保存した書簡のファイル {sha256} がありません。yobin verify で調べ、控えから戻してください。"
    )
}
