//! A record that may be another try at a letter that is there already.
//!
//! The record that was mended and queued again must not become a second
//! letter while the first still waits: it takes the first one's place if that
//! is asked for, and is refused otherwise. A first letter that stands on paper
//! or in a file waits as well, but nobody knows of it whether it can still be
//! stopped: somebody must say so. A letter that has gone out is not
//! made again for the sake of a hyphen. A second letter that is meant has a
//! record key of its own, or another outcome, or comes after the first went
//! out.

use serde_json::{Map, Value};

use crate::catalogue::Kind;
use crate::domain::{
    Event, FieldProblem, LetterId, Likening, State, Whereabouts, differing, identity_key, liken,
};
use crate::office;
use crate::store::Earlier;

use super::Waiting;

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
    /// Whether that one stands on paper or in a file, and was pulled.
    pub(super) pulled: bool,
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
    /// It stands on paper or in a file, and can be cancelled when somebody
    /// has pulled it.
    Made,
    /// It is on its way out, or nobody knows.
    Leaving,
    /// It went out, or rests in the archive as asked.
    Gone,
}

impl Stage {
    fn of(earlier: &Earlier) -> Option<Self> {
        Some(match earlier.at {
            Whereabouts::In(State::Cancelled) => return None,
            Whereabouts::Unposted if earlier.print_date.is_none() => Stage::Waits,
            Whereabouts::Unposted | Whereabouts::Written => Stage::Made,
            at if at.left_house() => Stage::Gone,
            Whereabouts::In(State::Filed) => Stage::Gone,
            Whereabouts::In(state) if state.after(Event::Cancel).is_ok() => Stage::Waits,
            Whereabouts::In(_) | Whereabouts::Posted | Whereabouts::HandedOver => Stage::Leaving,
        })
    }
}

/// Holds a record against the letters it may be another try at. `is_in_file`
/// says whether the mail with a Message-ID still stands in its file.
pub(super) fn standing(
    kind: &Kind,
    values: &Map<String, Value>,
    earlier: &[Earlier],
    waiting: Waiting,
    is_in_file: impl Fn(&str, i64) -> bool,
) -> Standing {
    let subjects = kind.subjects();
    let likened: Vec<Likened<'_>> = earlier
        .iter()
        .filter_map(|earlier| {
            Some(Likened {
                likening: liken(values, &earlier.values, kind.decides.is_some(), &subjects),
                stage: Stage::of(earlier)?,
                earlier,
            })
        })
        .collect();
    let record = Record { kind, values };
    let tries: Vec<&Likened<'_>> = likened
        .iter()
        .filter(|like| like.is_retry() && matches!(like.stage, Stage::Waits | Stage::Made))
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
            let still_there = || {
                let mail = one.earlier.message_id.as_deref();
                mail.is_some_and(|mail| is_in_file(mail, one.earlier.rounds))
            };
            standing.refused = match (one.stage, waiting) {
                (Stage::Waits, Waiting::Kept) => Some(record.still_waits(one.earlier)),
                (Stage::Made, Waiting::Replaced { pulled: true })
                    if one.earlier.at == Whereabouts::Written && still_there() =>
                {
                    Some(file_still_there(one.earlier))
                }
                (Stage::Waits, Waiting::Replaced { .. })
                | (Stage::Made, Waiting::Replaced { pulled: true }) => None,
                _ => Some(record.stands_made(one.earlier)),
            };
            if standing.refused.is_none() {
                standing.replaces = standing.twin;
                standing.pulled = one.stage == Stage::Made;
                standing.warnings.extend(was_held(one.earlier));
                standing.warnings.extend(perhaps_printed(one.earlier));
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
        Stage::Waits | Stage::Made | Stage::Leaving | Stage::Gone => None,
    });
    standing.refused = refused;
    let warning = likened
        .iter()
        .find_map(|like| record.warning(like, waiting));
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
    (earlier.at == State::Held.into()).then(|| {
        whole(
            format!(
                "差し替えた書簡 {} は、担当者が保留にしていたものです。",
                earlier.letter
            ),
            "保留の理由が今もあるときは、新しい書簡も保留にしてください。",
        )
    })
}

/// A print file that was made again leaves letters out that it held before.
fn perhaps_printed(earlier: &Earlier) -> Option<FieldProblem> {
    (earlier.at == Whereabouts::Unposted).then(|| {
        whole(
            format!("差し替えた書簡 {} は、郵送の書簡です。", earlier.letter),
            "前に印刷した紙があれば、抜いて投函しないでください。印刷用ファイルが残っていれば、作り直してください。",
        )
    })
}

fn file_still_there(earlier: &Earlier) -> FieldProblem {
    whole(
        format!(
            "差し替える書簡 {} のメールのファイル({})が、まだあります。",
            earlier.letter,
            file_of(earlier)
        ),
        "ほかのプログラムが送らないように、そのファイルを消してから受け付けてください。もう送っていたときは、yobin confirm --delivered で記録してください。",
    )
}

/// The file of a mail, as staff find it.
fn file_of(earlier: &Earlier) -> String {
    match &earlier.message_id {
        Some(message_id) => format!(
            "out/{}/{}",
            office::MAILS,
            office::mail_file_name(message_id, earlier.rounds)
        ),
        None => format!("out/{}", office::MAILS),
    }
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

/// What was done with a letter that is gone, and where it is.
fn is_done(earlier: &Earlier) -> String {
    let night = earlier.batch_date.as_deref().unwrap_or("前");
    let done = match earlier.at.left_house() {
        true => "出しています",
        false => "作成し、保管しています",
    };
    format!(
        "{night}の夜間処理ですでに{done}(状態：{})",
        earlier.at.japanese()
    )
}

/// A record of a kind, beside earlier letters.
struct Record<'a> {
    kind: &'a Kind,
    values: &'a Map<String, Value>,
}

impl Record<'_> {
    fn still_waits(&self, earlier: &Earlier) -> FieldProblem {
        let letter = earlier.letter;
        whole(
            format!(
                "同じ方への同じ用件の書簡 {letter}(状態：{})が、まだ送られずに残っています。{}",
                earlier.at.japanese(),
                self.difference(earlier)
            ),
            format!(
                "この記録に差し替えるときは、--replace を付けて受け付けてください({letter} を取り消します)。別の書簡としても出すときは、{}",
                self.own_key(letter)
            ),
        )
    }

    /// The letter stands on paper or in a file: whether it can be stopped, only
    /// a person sees.
    fn stands_made(&self, earlier: &Earlier) -> FieldProblem {
        let letter = earlier.letter;
        let (place, pull, left) = match &earlier.print_date {
            Some(date) => (
                format!("印刷用ファイル(out/print/{date})に入っていて、投函の記録がありません"),
                "印刷した紙を抜いて投函しないようにし",
                "投函していたときは、yobin posted",
            ),
            None => (
                format!(
                    "ファイル({})に書き出され、送った記録がありません",
                    file_of(earlier)
                ),
                "そのファイルを消し",
                "ほかのプログラムで送っていたときは、yobin confirm --delivered",
            ),
        };
        whole(
            format!(
                "同じ方への同じ用件の書簡 {letter}(状態：{})が、{place}。{}",
                earlier.at.japanese(),
                self.difference(earlier)
            ),
            format!(
                "この記録に差し替えるときは、{pull}、その後 --replace --pulled を付けて受け付けてください({letter} を取り消します)。{left} で記録してから受け付けてください。別の書簡としても出すときは、{}",
                self.own_key(letter)
            ),
        )
    }

    fn several_wait(&self, several: &[&Likened<'_>]) -> FieldProblem {
        let letters: Vec<String> = several
            .iter()
            .map(|like| {
                let earlier = like.earlier;
                format!("{}(状態：{})", earlier.letter, earlier.at.japanese())
            })
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
                earlier.at.japanese(),
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
                "表記のほかは同じ内容の書簡 {letter} を、{}。",
                is_done(earlier)
            ),
            format!("もう一度出すときは、{}", self.own_key(letter)),
        )
    }

    /// What to know of a record that becomes a letter beside this one.
    fn warning(&self, like: &Likened<'_>, waiting: Waiting) -> Option<FieldProblem> {
        let earlier = like.earlier;
        let letter = earlier.letter;
        let waits = earlier.row_here.is_none() && like.stage != Stage::Gone;
        let state = earlier.at.japanese();
        match like.likening {
            Likening::Second | Likening::OtherOutcome if waits => Some(whole(
                format!(
                    "同じ受付番号(又は加入者)の同じ種類の書簡 {letter}(状態：{state})も、まだ送られずに残っています。"
                ),
                "どちらも出すのか確かめてください。出さない方は取り消してください。",
            )),
            Likening::OtherSubject if waits => {
                let beside = match waiting {
                    Waiting::Replaced { .. } => "差し替えずに、別の書簡として受け付けました。",
                    Waiting::Kept => "",
                };
                Some(whole(
                    format!(
                        "同じ宛先への同じ種類の書簡 {letter}(状態：{state})が、別の方又は別の件について残っています。{beside}{}",
                        self.difference(earlier)
                    ),
                    format!(
                        "どちらも出すのか確かめてください。この記録が {letter} を直したものなら、{letter} を取り消してください。"
                    ),
                ))
            }
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
                    "同じ受付番号の同じ種類の書簡 {letter} を、{}。{}",
                    is_done(earlier),
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
            number.map(identity_key)
        };
        let own = number(self.values);
        own.is_some() && own == number(&earlier.values)
    }

    /// Which fields are not the same, by their titles; nothing of what they
    /// hold. Restricted fields are in no record of a letter.
    fn difference(&self, earlier: &Earlier) -> String {
        let names = differing(self.values, &earlier.values);
        let mut titles: Vec<&str> = self
            .kind
            .fields
            .iter()
            .filter(|field| !field.restricted && names.contains(&field.name))
            .map(|field| field.title.as_str())
            .collect();
        if titles.is_empty() {
            return "違いは表記だけです。".to_owned();
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
