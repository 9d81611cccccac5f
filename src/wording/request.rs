//! What staff read of a request that needs them: the reason and the next step.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::kept_back;
use crate::domain::{AskedRight, Concern, KeptBack, LetterId, Stage, Standing, State, Whereabouts};
use crate::store::RequestRow;
use crate::text::era;

/// Why a request needs a person, in Japanese and without personal content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestConcern {
    /// A short word.
    pub label: &'static str,
    /// Why.
    pub reason: String,
    /// What to do.
    pub next_step: String,
}

/// Why an open request needs a person on the day it stands so, if it does;
/// `kept_back` are those among its letters that must not go.
pub fn concern_of(
    row: &RequestRow,
    rights: &[AskedRight],
    standing: &Standing,
    kept_back: &BTreeMap<LetterId, KeptBack>,
) -> Option<RequestConcern> {
    let concern = standing.concern();
    let label = match (concern, standing.stage) {
        (Concern::None, _) => return None,
        (Concern::TargetPassed, _) => "目標超過",
        (Concern::TwoWeeksNear, Stage::Early | Stage::Day7) => "残り7日以内",
        (Concern::TwoWeeksNear, Stage::Day10) => "残り4日以内",
        (Concern::TwoWeeksNear, Stage::Day13 | Stage::Past) => match standing.days_since_arrival {
            14 => "今日まで",
            _ => "残り1日以内",
        },
        (Concern::TwoWeeksPast, _) => "2週間経過",
    };
    let mut reason = String::new();
    if let Some(weeks) = standing.two_weeks {
        let last = day(weeks.last_day());
        let open = day(weeks.suit_open_from());
        let days = standing.days_since_arrival;
        match concern {
            Concern::TwoWeeksNear => {
                let left = 14 - days;
                let left = match left {
                    0 => "今日です".to_owned(),
                    left => format!("{last}で、あと{left}日です"),
                };
                reason = format!(
                    "到達から{days}日目です。2週間の最終日は{left}。{open}から、本人は訴えを提起できるようになります(法第39条第1項)。"
                );
            }
            Concern::TwoWeeksPast => {
                reason = format!(
                    "到達から{days}日目です。2週間は{last}で終わり、{open}から、本人は訴えを提起できるようになりました(法第39条第1項)。"
                );
            }
            Concern::TargetPassed | Concern::None => {}
        }
    }
    if standing.target_days_left < 0 {
        reason.push_str(&format!(
            "回答目標日({})を{}日過ぎています。",
            day(row.target_date),
            -standing.target_days_left
        ));
    }
    reason.push_str(&unanswered(rights));
    Some(RequestConcern {
        label,
        reason,
        next_step: next_step(row, rights, kept_back),
    })
}

fn unanswered(rights: &[AskedRight]) -> String {
    let open: Vec<&str> = rights
        .iter()
        .filter(|asked| !asked.is_answered())
        .map(|asked| asked.right.label())
        .collect();
    format!("まだ回答していない請求：{}。", open.join("、"))
}

fn next_step(
    row: &RequestRow,
    rights: &[AskedRight],
    kept_back: &BTreeMap<LetterId, KeptBack>,
) -> String {
    let mut waiting: Vec<(LetterId, Whereabouts)> = rights
        .iter()
        .filter(|asked| !asked.is_answered())
        .filter_map(AskedRight::answer)
        .collect();
    // One letter may answer several.
    waiting.dedup();
    let undecided = rights.iter().any(|asked| asked.answer().is_none());
    let mut step = String::new();
    for (letter, at) in waiting {
        step.push_str(&format!(
            "決定の書簡 {letter}({}) がまだ出ていません。",
            at.label()
        ));
        match kept_back.get(&letter) {
            None => step.push_str(&leave(letter, at)),
            Some(why) => step.push_str(&format!(
                "{}、送付を止めています。{}",
                kept_back::because(why),
                kept_back::next_step(why, letter, at)
            )),
        }
    }
    if undecided {
        step.push_str(&format!(
            "回答を急ぎ、書簡を受け付けてください。遅れるときは、請求者に見込みを知らせてください。ほかの方法で回答したときは、yobin request close {} --reason 別途回答済み で終えてください。",
            row.receipt_number
        ));
    }
    step
}

/// How a decision that waits leaves the house.
fn leave(letter: LetterId, at: Whereabouts) -> String {
    match at {
        Whereabouts::Unposted => format!(
            "印刷して投函し、yobin posted {letter} --on 投函した日 --as 名前 で記録してください。"
        ),
        Whereabouts::Written => format!(
            "ファイルに書き出しただけです。送ったら、yobin confirm {letter} --delivered --as 名前 で記録してください。"
        ),
        Whereabouts::In(State::Filed) => format!(
            "保管のみの書簡です。手渡したら、yobin posted {letter} --handed-over --on 手渡した日 --as 名前 で記録してください。"
        ),
        _ => "yobin show で状態を確かめ、送付を急いでください。".to_owned(),
    }
}

fn day(date: NaiveDate) -> String {
    era::write(date).unwrap_or_else(|| date.to_string())
}
