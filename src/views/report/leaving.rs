//! What has not left the house yet and waits for somebody to send it off.

use serde::Serialize;

use crate::domain::{LetterId, State};
use crate::office::{MAILS, Office};
use crate::print;
use crate::store::Unposted;
use crate::wording;

/// Print runs named one by one, the oldest first.
const PRINT_RUNS: usize = 10;

/// What waits to be sent off in one way.
#[derive(Debug, Clone, Serialize)]
pub struct Leaving {
    /// What it is, in Japanese.
    pub label: String,
    /// How many, with the unit: `5通`.
    pub counted: String,
    /// Where it is.
    pub parts: Vec<LeavingPart>,
    /// Further places that are not named, as a sentence.
    pub more: Option<String>,
}

/// What waits in one place.
#[derive(Debug, Clone, Serialize)]
pub struct LeavingPart {
    /// The folder.
    pub place: String,
    /// How many, with the unit.
    pub counted: String,
    /// What to do.
    pub next_step: String,
}

/// Letters named that were made knowingly.
const NAMED: usize = 30;

/// Letters that are about to go although a flag or a counterpart is registered
/// against them.
pub(super) fn knowingly(letters: &[LetterId]) -> Option<Leaving> {
    let counted = format!("{}通", letters.len());
    let named: Vec<String> = letters
        .iter()
        .take(NAMED)
        .map(LetterId::to_string)
        .collect();
    let more = letters.len().saturating_sub(NAMED);
    (!letters.is_empty()).then(|| Leaving {
        label: "出す前に送付先を確かめるもの(支援措置などの登録あり)".to_owned(),
        counted: counted.clone(),
        parts: vec![LeavingPart {
            place: named.join("、"),
            counted,
            next_step: wording::leaving::look_before_sending(),
        }],
        more: (more > 0).then(|| wording::leaving::more_to_look_at(more)),
    })
}

/// Letters by post of all nights that are printed and not posted, and mails
/// of the batch of `day` that stand in files; mails of all nights that wait to
/// go out.
pub(super) fn leaving(
    office: &Office,
    day: &str,
    unposted: &Unposted,
    written: i64,
    waiting: i64,
) -> Vec<Leaving> {
    let mut all = Vec::new();
    let total: i64 = unposted.print_runs.iter().map(|(_, count)| count).sum();
    if total > 0 {
        let named = unposted.print_runs.iter().take(PRINT_RUNS);
        let rest = unposted.print_runs.iter().skip(PRINT_RUNS);
        let (runs, more) = rest.fold((0, 0), |(runs, sum), (_, count)| (runs + 1, sum + count));
        all.push(Leaving {
            label: "印刷・投函するもの".to_owned(),
            counted: format!("{total}通"),
            parts: named
                .map(|(run, count)| {
                    let folder = print::folder_of(office, run);
                    LeavingPart {
                        place: format!("{}  {}", wording::print::called(run), folder.display()),
                        counted: format!("{count}通"),
                        next_step: wording::leaving::post(run, folder.is_dir()),
                    }
                })
                .collect(),
            more: (runs > 0).then(|| wording::leaving::more_to_post(runs, more)),
        });
    }
    if waiting > 0 {
        all.push(Leaving {
            label: "送信を待っているメール".to_owned(),
            counted: format!("{waiting}件"),
            parts: vec![LeavingPart {
                place: State::Released.label().to_owned(),
                counted: format!("{waiting}件"),
                next_step: wording::leaving::goes_by_itself(),
            }],
            more: None,
        });
    }
    if written > 0 {
        all.push(Leaving {
            label: "ファイルに書き出しただけで、送っていないメール".to_owned(),
            counted: format!("{written}件"),
            parts: vec![LeavingPart {
                place: office.out().join(MAILS).display().to_string(),
                counted: format!("{written}件"),
                next_step: wording::leaving::send_on(day),
            }],
            more: None,
        });
    }
    all
}
