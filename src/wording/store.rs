//! What staff read when the store fails.

use super::StaffMessage;
use crate::store::StoreError;

impl StaffMessage for StoreError {
    fn staff_message(&self) -> String {
        match self {
            StoreError::DiskFull(_) => {
                "ディスクの空きがなくなりました。途中までの結果は失われていません。空きを作ってから、もう一度実行してください。".to_owned()
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
            StoreError::NewerKeys => {
                "このデータベースは、このプログラムより新しい版で使われています。新しい版の夜便で開いてください。".to_owned()
            }
            StoreError::WriterStopped => {
                "データベースへの書込みが止まりました。先に出た知らせを確かめてください。".to_owned()
            }
        }
    }
}
