//! A record that may be another try at a letter that is there already.
//!
//! The record that was mended and queued again must not become a second
//! letter while the first still waits: it takes the first one's place if that
//! is asked for, and is refused otherwise. A letter that has gone out is not
//! made again for the sake of a hyphen. A second letter that is meant has a
//! record key of its own, or another outcome, or comes after the first went
//! out.

use serde_json::{Map, Value};

use crate::catalogue::Kind;
use crate::domain::{Event, FieldProblem, LetterId, Likening, State, differing, folded, liken};
use crate::store::Earlier;

use super::{CheckedRecord, Waiting};

/// The field that tells records apart.
const KEY: &str = "record_key";

/// Fields named in a sentence; a record of which more is different is easier
/// looked at whole.
const FIELDS_NAMED: usize = 8;

/// What a record is to the letters that are there.
#[derive(Default)]
pub(super) struct Standing {
    /// The waiting letter whose place it takes if it is queued.
    pub(super) replaces: Option<LetterId>,
    /// The waiting letter it is another try at, whether or not it is queued.
    pub(super) twin: Option<LetterId>,
    /// Why it is not queued.
    pub(super) refused: Option<FieldProblem>,
    /// What staff should know of it all the same.
    pub(super) warnings: Vec<FieldProblem>,
}

/// Where a letter stands that a record may be another try at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It has not gone out and can be cancelled.
    Waits,
    /// It is on its way out, or nobody knows.
    Leaving,
    /// It went out.
    Gone,
}

impl Stage {
    fn of(state: State) -> Option<Self> {
        match state {
            State::Cancelled => None,
            State::Sent | State::Filed => Some(Stage::Gone),
            other if other.after(Event::Cancel).is_ok() => Some(Stage::Waits),
            _ => Some(Stage::Leaving),
        }
    }
}

/// Holds a record against the letters it may be another try at.
pub(super) fn standing(
    kind: &Kind,
    checked: &CheckedRecord,
    earlier: &[Earlier],
    waiting: Waiting,
) -> Standing {
    let likened: Vec<Likened<'_>> = earlier
        .iter()
        .filter_map(|earlier| {
            Some(Likened {
                likening: liken(&checked.values, &earlier.values, kind.decides.is_some()),
                stage: Stage::of(earlier.state)?,
                earlier,
            })
        })
        .collect();
    let record = Record { kind, checked };
    let tries: Vec<&Likened<'_>> = likened
        .iter()
        .filter(|like| like.is_retry() && like.stage == Stage::Waits)
        .collect();
    let mut standing = Standing::default();
    let here = likened
        .iter()
        .find(|like| like.is_retry() && like.earlier.row_here.is_some());
    if let Some(row) = here.and_then(|like| like.earlier.row_here) {
        standing.refused = Some(same_file(row));
        return standing;
    }
    match tries.as_slice() {
        [] => {}
        [one] => {
            standing.twin = Some(one.earlier.letter);
            match waiting {
                Waiting::Replaced => {
                    standing.replaces = standing.twin;
                    standing.warnings.extend(was_held(one.earlier));
                }
                Waiting::Kept => standing.refused = Some(record.still_waits(one.earlier)),
            }
            return standing;
        }
        several => {
            standing.refused = Some(record.several_wait(several));
            return standing;
        }
    }
    let refused = likened.iter().find_map(|like| match like.stage {
        Stage::Leaving if like.is_retry() => Some(record.leaving(like.earlier)),
        Stage::Gone if like.likening == Likening::Alike => Some(record.gone(like.earlier)),
        Stage::Waits | Stage::Leaving | Stage::Gone => None,
    });
    standing.refused = refused;
    let warning = likened.iter().find_map(|like| record.warning(like));
    standing.warnings.extend(warning);
    standing
}

/// An earlier letter with what the record is to it.
struct Likened<'a> {
    earlier: &'a Earlier,
    likening: Likening,
    stage: Stage,
}

impl Likened<'_> {
    fn is_retry(&self) -> bool {
        matches!(self.likening, Likening::Alike | Likening::Mended)
    }
}

/// Somebody stopped it for a reason, and the letter in its place is not
/// stopped.
fn was_held(earlier: &Earlier) -> Option<FieldProblem> {
    (earlier.state == State::Held).then(|| {
        whole(
            format!(
                "差し替えた書簡 {} は、担当者が保留にしていたものです。",
                earlier.letter
            ),
            "保留の理由が今もあるときは、新しい書簡も保留にしてください。",
        )
    })
}

fn same_file(row: i64) -> FieldProblem {
    whole(
        format!(
            "{row}行目と同じ書簡のようです(種類と宛先、それに受付番号・加入者管理番号・記録番号のどれかが同じです)。"
        ),
        "重なった行を消してください。別の書簡なら、記録番号を書き分けてください。",
    )
}

fn whole(problem: impl Into<String>, remedy: impl Into<String>) -> FieldProblem {
    FieldProblem {
        field: None,
        problem: problem.into(),
        remedy: remedy.into(),
    }
}

/// A record of a kind, beside earlier letters.
struct Record<'a> {
    kind: &'a Kind,
    checked: &'a CheckedRecord,
}

impl Record<'_> {
    fn still_waits(&self, earlier: &Earlier) -> FieldProblem {
        let letter = earlier.letter;
        whole(
            format!(
                "同じ方への同じ用件の書簡 {letter}(状態：{})が、まだ送られずに残っています。{}",
                earlier.state.japanese(),
                self.difference(earlier)
            ),
            format!(
                "この記録に差し替えるときは、--replace を付けて受け付けてください({letter} を取り消します)。別の書簡としても出すときは、{}",
                self.own_key(letter)
            ),
        )
    }

    fn several_wait(&self, several: &[&Likened<'_>]) -> FieldProblem {
        let letters: Vec<String> = several
            .iter()
            .map(|like| like.earlier.letter.to_string())
            .collect();
        whole(
            format!(
                "同じ種類・受付番号(又は加入者)・宛先の書簡が、{}件残っています({})。",
                letters.len(),
                letters.join("、")
            ),
            "差し替えるときは、「記録番号」に、差し替える書簡と同じ番号を書いてください。要らない書簡は取り消してください。",
        )
    }

    fn leaving(&self, earlier: &Earlier) -> FieldProblem {
        let letter = earlier.letter;
        whole(
            format!(
                "同じ方への同じ用件の書簡 {letter} は、発信の途中か、届いたかどうか分からない状態(状態：{})です。{}",
                earlier.state.japanese(),
                self.difference(earlier)
            ),
            format!(
                "先に {letter} がどうなったかを確かめてください。別の書簡として出すときは、{}",
                self.own_key(letter)
            ),
        )
    }

    fn gone(&self, earlier: &Earlier) -> FieldProblem {
        let letter = earlier.letter;
        whole(
            format!(
                "表記のほかは同じ内容の書簡 {letter} を、{}の夜間処理で出しています。",
                earlier.batch_date.as_deref().unwrap_or("前")
            ),
            format!("もう一度出すときは、{}", self.own_key(letter)),
        )
    }

    /// What to know of a record that becomes a letter beside this one.
    fn warning(&self, like: &Likened<'_>) -> Option<FieldProblem> {
        let earlier = like.earlier;
        let letter = earlier.letter;
        let waits = earlier.row_here.is_none() && like.stage != Stage::Gone;
        let state = earlier.state.japanese();
        match like.likening {
            Likening::Second | Likening::OtherOutcome if waits => Some(whole(
                format!(
                    "同じ受付番号(又は加入者)の同じ種類の書簡 {letter}(状態：{state})も、まだ送られずに残っています。"
                ),
                "どちらも出すのか確かめてください。出さない方は取り消してください。",
            )),
            Likening::OtherPerson if waits => Some(whole(
                format!(
                    "同じ受付番号の同じ種類の書簡 {letter}(状態：{state})が、別の宛先あてに残っています。"
                ),
                format!("宛先を直したのなら、{letter} を取り消してください。"),
            )),
            // For a member the year's next letter of a kind is nothing to
            // remark on.
            Likening::Mended if self.is_same_receipt(earlier) => Some(whole(
                format!(
                    "同じ受付番号の同じ種類の書簡 {letter} を、{}の夜間処理ですでに出しています。{}",
                    earlier.batch_date.as_deref().unwrap_or("前"),
                    self.difference(earlier)
                ),
                "もう一度出してよいか確かめてください。",
            )),
            _ => None,
        }
    }

    fn is_same_receipt(&self, earlier: &Earlier) -> bool {
        let number = |values: &Map<String, Value>| {
            let number = values.get("receipt_number").and_then(Value::as_str);
            number.map(folded)
        };
        let own = number(&self.checked.values);
        own.is_some() && own == number(&earlier.values)
    }

    /// Which fields are not the same, by their titles; nothing of what they
    /// hold. Restricted fields are in neither record.
    fn difference(&self, earlier: &Earlier) -> String {
        let names = differing(&self.checked.values, &earlier.values);
        let mut titles: Vec<&str> = self
            .kind
            .fields
            .iter()
            .filter(|field| names.contains(&field.name))
            .map(|field| field.title.as_str())
            .collect();
        if titles.is_empty() {
            return String::new();
        }
        let more = titles.len().saturating_sub(FIELDS_NAMED);
        titles.truncate(FIELDS_NAMED);
        let more = match more {
            0 => String::new(),
            count => format!("、ほか{count}項目"),
        };
        format!("違う項目：{}{more}。", titles.join("、"))
    }

    /// What shows that a letter of its own is meant.
    fn own_key(&self, other: LetterId) -> String {
        match self.kind.field(KEY) {
            Some(field) => format!(
                "「{}」に {other} のものと違う番号を書いてください。",
                field.title
            ),
            None => format!("{other} を片付けてから受け付けてください。"),
        }
    }
}
