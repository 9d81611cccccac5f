//! The report's numbers: where the letters rest, how long the night took.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};

use super::Count;
use crate::domain::{Stamp, State, Whereabouts};
use crate::store::BatchCounts;
use crate::text::era;

/// Whether a place of rest is counted on paper even where no letter stands:
/// the states of the table of numbers are, the finer ones and mails that wait
/// only when there is one.
fn counted_always(at: Whereabouts) -> bool {
    matches!(at, Whereabouts::In(state) if !State::TO_GO.contains(&state))
}

/// The letters of a batch by where they are.
pub(super) struct Resting {
    pub counts: Vec<Count>,
    pub total: i64,
    /// Still to be made.
    pub unfinished: i64,
    /// At rest, and a person must do something.
    pub needing: i64,
}

impl Resting {
    pub(super) fn of(by_place: &BatchCounts) -> Self {
        let counts =
            Whereabouts::AT_REST.map(|at| (at, counted_always(at), count_of(by_place, at)));
        let total: i64 = counts.iter().map(|(_, _, count)| count).sum();
        Resting {
            counts: counts
                .into_iter()
                .filter(|(_, always, count)| *always || *count > 0)
                .map(|(at, _, count)| Count {
                    label: at.label().to_owned(),
                    count,
                })
                .collect(),
            total,
            unfinished: by_place.values().sum::<i64>() - total,
            needing: State::STOPPED
                .into_iter()
                .map(|state| count_of(by_place, state.into()))
                .sum(),
        }
    }
}

/// Letters outside any batch, by state; nothing of states none is in.
pub(super) fn outside_batches(outside: &BTreeMap<State, i64>) -> Vec<Count> {
    State::WAITING_OR_HELD
        .into_iter()
        .filter_map(|state| {
            let count = outside.get(&state).copied().filter(|count| *count > 0)?;
            let label = match state {
                State::Queued => "受付済み(承認待ち・次の夜の処理待ち)".to_owned(),
                State::Approved => "承認済み(次の夜の処理待ち)".to_owned(),
                other => other.label().to_owned(),
            };
            Some(Count { label, count })
        })
        .collect()
}

pub(super) fn count_of(by_place: &BatchCounts, at: Whereabouts) -> i64 {
    by_place.get(&at).copied().unwrap_or_default()
}

pub(super) fn japanese_time(time: DateTime<FixedOffset>) -> String {
    let day = era::write(time.date_naive()).unwrap_or_default();
    format!("{day} {}", time.format("%-H時%M分"))
}

pub(super) fn duration(opened: Stamp, closed: Option<Stamp>) -> String {
    let Some(closed) = closed else {
        return "処理中".to_owned();
    };
    let seconds = (closed.time() - opened.time()).num_seconds().max(0);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0) => "1秒未満".to_owned(),
        (0, 0, s) => format!("{s}秒"),
        (0, m, s) => format!("{m}分{s}秒"),
        (h, m, _) => format!("{h}時間{m}分"),
    }
}
