//! The attempts to hand a letter's mail over, as staff read them.

use crate::domain::{AttemptOutcome, HandedTo};
use crate::store::AttemptRow;

/// The attempts to hand a letter's mail over, in their order: each a line, and
/// one more where its Message-ID is another than that of the one before.
pub fn attempts(attempts: &[AttemptRow]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut message_id = None;
    for attempt in attempts {
        lines.push(line(attempt));
        let before = message_id.replace(attempt.message_id.as_str());
        if before != message_id {
            lines.push(format!("           Message-ID  {}", attempt.message_id));
        }
    }
    lines
}

fn line(attempt: &AttemptRow) -> String {
    let began = attempt.began_at.map(super::time);
    let began = began.as_deref().unwrap_or("日時の記録なし");
    let to = match attempt.handed_to {
        Some(HandedTo::Gateway) => "メールサーバー",
        Some(HandedTo::File) => "ファイル",
        None => "渡した先の記録なし",
    };
    let words = attempt.words.as_deref();
    let said = |label: &str| words.map_or_else(String::new, |words| format!("{label}：{words}"));
    let became = match attempt.outcome {
        None => "渡している途中".to_owned(),
        Some(AttemptOutcome::Accepted) => format!("受け取られた  {}", said("返事")),
        // The words are ours then, and the file tells more.
        Some(AttemptOutcome::Written) => "書き出した".to_owned(),
        Some(AttemptOutcome::Deferred) => {
            format!("渡せなかった(届いていない)  {}", said("理由"))
        }
        Some(AttemptOutcome::Rejected) => format!("断られた(届いていない)  {}", said("返事")),
        Some(AttemptOutcome::Lost) => {
            format!("返事を確かめられなかった(結果不明)  {}", said("理由"))
        }
    };
    let line = format!("    {}回目  {began}  {to}：{became}", attempt.round);
    line.trim_end().to_owned()
}
