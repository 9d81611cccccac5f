//! One sentence that says how the night went.

use super::Leaving;
use crate::wording;

/// What the sentence is made of.
pub(super) struct Verdict<'a> {
    /// Business date.
    pub day: &'a str,
    /// Letters of the batch.
    pub total: i64,
    /// Whether the counts add up.
    pub sum_matches: bool,
    /// Letters still on their way.
    pub unfinished: i64,
    /// Letters of the batch that need a person.
    pub needing: i64,
    /// Those of batches before.
    pub earlier: i64,
    /// Letters by post that the files of no print run hold.
    pub unprinted: i64,
    /// Letters on paper or in a file that must not go any more.
    pub stopped: i64,
    /// Requests whose time is running out.
    pub pressing: i64,
    /// What else must be looked at.
    pub remarks: usize,
    /// What waits to be sent off: the morning's work, and no fault.
    pub leaving: &'a [Leaving],
}

impl Verdict<'_> {
    /// The word and the sentence.
    pub(super) fn say(&self) -> (&'static str, String) {
        let total = self.total;
        if !self.sum_matches {
            return (
                "未完了",
                wording::report::unfinished(total, self.unfinished, self.day),
            );
        }
        let mut parts = Vec::new();
        let whom = match (self.needing, self.earlier) {
            (0, 0) => None,
            (needing, 0) => Some(format!("{needing}件")),
            (0, earlier) => Some(format!("前の日までの{earlier}件")),
            (needing, earlier) => Some(format!("{needing}件と、前の日までの{earlier}件")),
        };
        if let Some(whom) = whom {
            parts.push(format!("{whom}に対応が必要です。"));
        }
        if self.unprinted > 0 {
            parts.push(format!(
                "郵送する書簡のうち{}件が、印刷用ファイルに入っていません。",
                self.unprinted
            ));
        }
        if self.stopped > 0 {
            parts.push(format!(
                "印刷用ファイルに入れた、又はファイルに書き出した書簡のうち{}件は、出してはならないことが後から分かりました。",
                self.stopped
            ));
        }
        if self.pressing > 0 {
            let also = if parts.is_empty() { "が" } else { "も" };
            parts.push(format!(
                "期限に注意が必要な請求{also}{}件あります。",
                self.pressing
            ));
        }
        if self.remarks > 0 {
            let also = if parts.is_empty() { "" } else { "ほかに" };
            parts.push(format!("{also}確かめることが{}件あります。", self.remarks));
        }
        let calm = parts.is_empty();
        for leaving in self.leaving {
            parts.push(format!("{}が{}あります。", leaving.label, leaving.counted));
        }
        if parts.is_empty() {
            parts.push("対応が必要なものはありません。".to_owned());
        }
        let (status, all) = if calm {
            ("完了", "すべて")
        } else {
            ("要対応", "")
        };
        let rest = parts.concat();
        (
            status,
            format!("{total}件の処理が{all}終わりました。{rest}"),
        )
    }
}
