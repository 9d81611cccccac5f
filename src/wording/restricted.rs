//! What staff read when a restricted note cannot be written or opened.

use super::StaffMessage;
use crate::restricted::RestrictedError;

impl StaffMessage for RestrictedError {
    fn staff_message(&self) -> String {
        match self {
            RestrictedError::Recipient(text) => format!(
                "「{text}」は公開鍵ではありません。yobin restricted keygen が表示した、age1 で始まる1行を書いてください。"
            ),
            RestrictedError::Unreadable(error) => format!(
                "鍵のファイルを読めません({error})。--identity に正しいファイル名を書いてください。"
            ),
            RestrictedError::NoKey => {
                "鍵のファイルに AGE-SECRET-KEY- で始まる行がありません。yobin restricted keygen で作ったファイルを --identity に書いてください。".to_owned()
            }
            RestrictedError::WrongKey(letter) => format!(
                "{letter}：この鍵では開けません。書簡を受け付けたときに profile.toml に書いてあった公開鍵と対になる鍵を使ってください。"
            ),
            RestrictedError::Damaged(letter) => format!(
                "{letter}：非公開の記録が壊れているか、ほかの書簡のものと入れ替わっています。控えから戻すことを考えてください。"
            ),
            RestrictedError::Full(letter) => format!(
                "{letter}：非公開の記録がいっぱいで、これ以上加えられません。内容を短くするか、紙の文書に残してください。"
            ),
            RestrictedError::Encrypt(error) => {
                format!("非公開の記録を暗号化できませんでした({error})。")
            }
        }
    }
}
