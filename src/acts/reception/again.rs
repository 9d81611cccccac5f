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
use crate::wording::second_letter::{self, Beside};

use super::Waiting;

/// The field that tells records apart.
const KEY: &str = "record_key";

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
    /// Why nobody may write it by hand.
    pub(super) by_hand: Option<FieldProblem>,
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
            Whereabouts::Unposted if earlier.printed.is_none() => Stage::Waits,
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
    let mut standing = Standing::default();
    let here = likened
        .iter()
        .find(|like| like.is_retry() && like.earlier.row_here.is_some());
    if let Some(row) = here.and_then(|like| like.earlier.row_here) {
        standing.refused = Some(second_letter::same_file(row));
        return standing;
    }
    let tries: Vec<&Likened<'_>> = likened
        .iter()
        .filter(|like| like.is_retry() && matches!(like.stage, Stage::Waits | Stage::Made))
        .collect();
    match tries.as_slice() {
        [] => {
            standing.refused = likened.iter().find_map(|like| record.too_late(like));
            let warning = likened
                .iter()
                .find_map(|like| record.warning(like, waiting));
            standing.warnings.extend(warning);
        }
        [one] => return record.against(one, waiting, is_in_file),
        several => {
            let several: Vec<&Earlier> = several.iter().map(|like| like.earlier).collect();
            standing.refused = Some(second_letter::several_wait(&several));
        }
    }
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

fn was_held(earlier: &Earlier) -> Option<FieldProblem> {
    (earlier.at == State::Held.into()).then(|| second_letter::was_held(earlier.letter))
}

fn perhaps_printed(earlier: &Earlier) -> Option<FieldProblem> {
    (earlier.at == Whereabouts::Unposted).then(|| second_letter::perhaps_printed(earlier.letter))
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

/// A record of a kind, beside earlier letters.
struct Record<'a> {
    kind: &'a Kind,
    values: &'a Map<String, Value>,
}

impl<'a> Record<'a> {
    /// What the words about an earlier letter are made of. Restricted fields
    /// are in no record of a letter.
    fn beside(&self, earlier: &'a Earlier) -> Beside<'a> {
        let names = differing(self.values, &earlier.values);
        Beside {
            earlier,
            differing: self
                .kind
                .fields
                .iter()
                .filter(|field| !field.restricted && names.contains(&field.name))
                .map(|field| field.title.as_str())
                .collect(),
            key: self.kind.field(KEY).map(|field| field.title.as_str()),
        }
    }

    /// What it is as another try at this one letter, which can be stopped.
    fn against(
        &self,
        one: &Likened<'a>,
        waiting: Waiting,
        is_in_file: impl Fn(&str, i64) -> bool,
    ) -> Standing {
        let earlier = one.earlier;
        let still_there = || {
            let mail = earlier.message_id.as_deref();
            mail.is_some_and(|mail| is_in_file(mail, earlier.rounds))
        };
        let refused = match (one.stage, waiting) {
            (Stage::Waits, Waiting::Kept) => Some(self.beside(earlier).still_waits()),
            (Stage::Made, Waiting::Replaced { pulled: true })
                if earlier.at == Whereabouts::Written && still_there() =>
            {
                let file = file_of(earlier);
                Some(second_letter::file_still_there(earlier.letter, &file))
            }
            (Stage::Waits, Waiting::Replaced { .. })
            | (Stage::Made, Waiting::Replaced { pulled: true }) => None,
            _ => Some(self.beside(earlier).stands_made(&file_of(earlier))),
        };
        let mut standing = Standing {
            twin: Some(earlier.letter),
            refused,
            ..Standing::default()
        };
        if standing.refused.is_none() {
            standing.replaces = standing.twin;
            standing.pulled = one.stage == Stage::Made;
            standing.warnings.extend(was_held(earlier));
            standing.warnings.extend(perhaps_printed(earlier));
        }
        standing
    }

    /// Why it cannot become a letter beside one that can no longer be
    /// stopped.
    fn too_late(&self, like: &Likened<'a>) -> Option<FieldProblem> {
        match like.stage {
            Stage::Leaving if like.is_retry() => Some(self.beside(like.earlier).leaving()),
            Stage::Gone if like.likening == Likening::Alike => {
                Some(self.beside(like.earlier).gone())
            }
            Stage::Waits | Stage::Made | Stage::Leaving | Stage::Gone => None,
        }
    }

    /// What to know of a record that becomes a letter beside this one.
    fn warning(&self, like: &Likened<'a>, waiting: Waiting) -> Option<FieldProblem> {
        let earlier = like.earlier;
        let beside = self.beside(earlier);
        let waits = earlier.row_here.is_none() && like.stage != Stage::Gone;
        match like.likening {
            Likening::Second | Likening::OtherOutcome if waits => Some(beside.also_waits()),
            Likening::OtherSubject if waits => {
                let asked_to_replace = matches!(waiting, Waiting::Replaced { .. });
                Some(beside.of_another_waits(asked_to_replace))
            }
            Likening::OtherPerson if waits => Some(beside.to_another_waits()),
            // For a member the year's next letter of a kind is nothing to
            // remark on.
            Likening::Mended if self.is_same_receipt(earlier) => Some(beside.went_out_before()),
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
}
