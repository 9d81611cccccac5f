//! The report as plain text.

use super::Report;
use crate::office::{REGISTER_LINE, WORKSPACE_LINE};
use crate::wording;

impl Report {
    /// The report as plain text.
    pub fn text(&self) -> String {
        let mut lines = vec![
            format!("夜間処理報告  {}", self.date_ja),
            self.society.clone(),
            format!("作成  {}", self.issued_ja),
            String::new(),
            format!("【{}】{}", self.status, self.headline),
            String::new(),
        ];
        if !self.remarks.is_empty() {
            lines.push("確かめること".to_owned());
            lines.extend(self.remarks.iter().map(|remark| format!("  ・{remark}")));
            lines.push(String::new());
        }
        lines.push(format!("  受付  {}件", self.total));
        let parts: Vec<String> = self
            .counts
            .iter()
            .map(|part| format!("{} {}", part.label, part.count))
            .collect();
        lines.push(format!("  内訳  {}", parts.join("  ")));
        if self.sum_matches {
            lines.push("  受付の件数と内訳の合計は一致しています。".to_owned());
        } else {
            lines.push(format!(
                "  受付の件数と内訳の合計が一致していません(処理中 {}件)。",
                self.unfinished
            ));
        }
        lines.push(format!("  所要  {}", self.duration));
        lines.extend(self.unsigned.iter().map(|told| format!("  差出人  {told}")));
        if !self.by_kind.is_empty() {
            lines.push(String::new());
            lines.push("種類別".to_owned());
            for kind in &self.by_kind {
                lines.push(format!("  {}  {}件", kind.kind, kind.count));
            }
        }
        if !self.numbers.is_empty() {
            lines.push(String::new());
            lines.push("文書番号".to_owned());
            for series in &self.numbers {
                lines.push(format!(
                    "  {} から {} まで  {}件",
                    series.first, series.last, series.count
                ));
            }
        }
        self.tell_leaving(&mut lines);
        self.tell_attention(&mut lines);
        if !self.waiting.is_empty() {
            lines.push(String::new());
            lines.push("この夜の処理に入っていないもの".to_owned());
            for part in &self.waiting {
                lines.push(format!("  {}  {}件", part.label, part.count));
            }
        }
        self.tell_requests(&mut lines);
        lines.push(String::new());
        lines.push(format!("{REGISTER_LINE}{}", self.register_head));
        lines.push(format!("{WORKSPACE_LINE}{}", self.workspace));
        lines.push(String::new());
        lines.join("\n")
    }

    fn tell_leaving(&self, lines: &mut Vec<String>) {
        if self.leaving.is_empty() {
            return;
        }
        lines.push(String::new());
        lines.push("まだ出ていないもの".to_owned());
        for leaving in &self.leaving {
            lines.push(format!("  {}  {}", leaving.label, leaving.counted));
            for part in &leaving.parts {
                lines.push(format!("    {}  {}", part.place, part.counted));
                lines.push(format!("      → {}", part.next_step));
            }
            if let Some(more) = &leaving.more {
                lines.push(format!("    {more}"));
            }
        }
    }

    fn tell_attention(&self, lines: &mut Vec<String>) {
        lines.push(String::new());
        if self.attention.is_empty() {
            let besides = if self.leaving.is_empty() {
                ""
            } else {
                "ほかに"
            };
            let what = if self.requests.is_empty() && self.remarks.is_empty() {
                "もの"
            } else {
                "書簡"
            };
            lines.push(format!("{besides}対応が必要な{what}はありません。"));
            return;
        }
        lines.push("対応が必要なもの".to_owned());
        for item in &self.attention {
            lines.push(format!(
                "  {}  {}  {}  {}",
                item.letter, item.state, item.number, item.kind
            ));
            for line in item.reason.lines() {
                lines.push(format!("      {line}"));
            }
            lines.push(format!("      → {}", item.next_step));
        }
        if self.attention_more > 0 {
            lines.push(format!(
                "  {}",
                wording::report::more_letters(self.attention_more)
            ));
        }
    }

    /// The open requests; nothing where there are none.
    fn tell_requests(&self, lines: &mut Vec<String>) {
        if self.requests_open == 0 {
            return;
        }
        lines.push(String::new());
        lines.push("請求の期限".to_owned());
        lines.push(format!("  受付中  {}件", self.requests_open));
        let parts: Vec<String> = self
            .request_counts
            .iter()
            .map(|part| format!("{} {}", part.label, part.count))
            .collect();
        lines.push(format!("  内訳    {}", parts.join("  ")));
        if !self.requests_match {
            lines.push("  受付中の件数と内訳の合計が一致していません。".to_owned());
        }
        for item in &self.requests {
            lines.push(format!(
                "  {}  {}  到達 {}",
                item.receipt_number, item.concern, item.arrival_ja
            ));
            lines.push(format!("      {}", item.reason));
            lines.push(format!("      → {}", item.next_step));
        }
        if self.requests_more > 0 {
            lines.push(format!(
                "  {}",
                wording::report::more_requests(self.requests_more)
            ));
        }
    }
}
