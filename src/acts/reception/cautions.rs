//! A record on its way to become a letter, held against flags of members and
//! against the counterparts of protective measures.
//!
//! What must not go is refused; of the rest staff are told, and whoever queues
//! the letter all the same does so knowingly.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};
use tokio::sync::OnceCell;

use super::WARNINGS_NAMED;
use crate::catalogue::Kind;
use crate::domain::{Caution, FieldProblem, MEMBER_KEYS, Persons, Safeguards};
use crate::intake::{Counting, RowProblem};
use crate::office::Premises;
use crate::record;
use crate::store::{Intake, Registered, StoreError};
use crate::wording;

/// Cautions of a file. None is left out however many there are: the letter
/// goes out because somebody was told.
#[derive(Debug, Default)]
pub struct Cautions {
    /// The first [`WARNINGS_NAMED`] of them, one by one.
    pub named: Vec<RowProblem>,
    /// The rest, the same ones together.
    pub more: Vec<MoreCautioned>,
    /// Where a caution stands among `more`.
    places: BTreeMap<(Option<String>, String, String), usize>,
}

/// One caution of many rows.
#[derive(Debug)]
pub struct MoreCautioned {
    /// The caution, of the first of the rows.
    pub first: RowProblem,
    /// All the rows, in runs: from this one to that one.
    pub runs: Vec<(u64, u64)>,
    /// How many rows there are.
    pub count: u64,
}

impl Cautions {
    pub(super) fn add(&mut self, caution: RowProblem) {
        if self.named.len() < WARNINGS_NAMED {
            self.named.push(caution);
            return;
        }
        let RowProblem {
            sheet,
            column,
            problem,
            ..
        } = &caution;
        let key = (sheet.clone(), column.clone(), problem.clone());
        let place = *self.places.entry(key).or_insert(self.more.len());
        let row = caution.row;
        match self.more.get_mut(place) {
            Some(same) => same.add(row),
            None => self.more.push(MoreCautioned {
                first: caution,
                runs: vec![(row, row)],
                count: 1,
            }),
        }
    }
}

impl MoreCautioned {
    fn add(&mut self, row: u64) {
        self.count += 1;
        match self.runs.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            _ => self.runs.push((row, row)),
        }
    }
}

/// The caution in the words staff read, with every row.
impl fmt::Display for MoreCautioned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counter = match self.first.counting {
            Counting::Rows => "行目",
            Counting::Entries => "件目",
        };
        if let Some(sheet) = &self.first.sheet {
            write!(f, "シート「{sheet}」の")?;
        }
        for (place, (first, last)) in self.runs.iter().enumerate() {
            if place > 0 {
                f.write_str("、")?;
            }
            match first == last {
                true => write!(f, "{first}")?,
                false => write!(f, "{first}から{last}")?,
            }
        }
        let RowProblem {
            column,
            problem,
            remedy,
            ..
        } = &self.first;
        write!(
            f,
            "{counter}({}件)「{column}」：{problem}{remedy}",
            self.count
        )
    }
}

/// What keeps letters back, read once a file.
#[derive(Default)]
pub(super) struct Watch(OnceCell<Safeguards>);

/// What there is to say of a record.
#[derive(Default)]
pub(super) struct Weighed {
    /// Why it is refused.
    pub problem: Option<FieldProblem>,
    /// Why it does not fit what is known of the persons of its request.
    pub unfit: Option<FieldProblem>,
    /// What of that is soon to end.
    pub ends_soon: Option<FieldProblem>,
    /// What staff are told of it otherwise.
    pub cautions: Vec<FieldProblem>,
}

impl Watch {
    /// Holds a record of this kind against everything that is registered.
    /// `recipient` is the member a notification is addressed to whose place the
    /// letter takes.
    pub(super) async fn weigh(
        &self,
        intake: &mut Intake,
        (desk, kind): (&Premises, &Kind),
        values: &Map<String, Value>,
        registered: Option<&Registered>,
        recipient: Option<&str>,
    ) -> Result<Weighed, StoreError> {
        let safeguards = self.safeguards(intake).await?;
        let knows = registered.is_some_and(|registered| registered.request.facts.is_any());
        if safeguards.is_empty() && !knows {
            return Ok(Weighed::default());
        }
        let answered = match values.get("receipt_number").and_then(Value::as_str) {
            Some(number) => {
                let request = registered.map(|registered| registered.row.id);
                intake.answered_by_new(number, request).await?
            }
            None => Vec::new(),
        };
        let persons = Persons::of(values, &answered, recipient);
        let outcome = values.get("outcome").and_then(Value::as_str);
        let tenor = desk.tenor(&kind.code, outcome.unwrap_or_default(), &persons);
        let against = safeguards.all_against(&persons, &tenor);
        let mut weighed = Weighed {
            unfit: against
                .unfit
                .map(|why| wording::person_facts::refused(why, values)),
            ends_soon: against.ends_soon.map(wording::person_facts::ends_soon),
            ..Weighed::default()
        };
        for caution in against.cautions {
            if caution.stops() {
                weighed.problem.get_or_insert(refused(caution));
            } else {
                weighed.cautions.push(warning(caution));
            }
        }
        if against.needs_charge && weighed.problem.is_none() {
            weighed.cautions.push(wording::person_facts::needs_charge());
        }
        let field = naming_member(values).unwrap_or("receipt_number");
        weighed
            .cautions
            .extend(record::of_flags(&against.flags, field));
        Ok(weighed)
    }

    async fn safeguards(&self, intake: &mut Intake) -> Result<&Safeguards, StoreError> {
        let read = async { Ok(intake.watched().await?.safeguards) };
        self.0.get_or_try_init(|| read).await
    }

    /// What staff are told of the members a request names.
    pub(super) async fn flags_of(
        &self,
        intake: &mut Intake,
        values: &Map<String, Value>,
    ) -> Result<Option<FieldProblem>, StoreError> {
        let Some(field) = naming_member(values) else {
            return Ok(None);
        };
        let persons = Persons::of(values, &[], None);
        let safeguards = self.safeguards(intake).await?;
        Ok(record::of_flags(&safeguards.flags_of(&persons), field))
    }
}

/// The field by which a record names a member.
fn naming_member(values: &Map<String, Value>) -> Option<&'static str> {
    MEMBER_KEYS
        .into_iter()
        .find(|field| values.contains_key(*field))
}

/// Data that protective measures keep from somebody is no retained personal
/// data (art. 16(4), Cabinet Order art. 5), so nothing may tell that there is any.
fn refused(caution: Caution) -> FieldProblem {
    let (field, problem) = match caution {
        Caution::AnswersThem => (
            "receipt_number",
            "受付番号が、請求者が支援措置の相手方である請求のものです。データがあることの分かる書簡は出せません(法第16条第4項、施行令第5条)。",
        ),
        _ => (
            "addressee_name",
            "宛名と住所が、支援措置の相手方として登録されている方と同じです(同じ番地なら、部屋番号の書き方や違いは問いません)。宛名の方本人以外の方について、データがあることの分かる書簡は出せません(法第16条第4項、施行令第5条)。",
        ),
    };
    FieldProblem::of(
        field,
        problem,
        "結果区分、受付番号と宛先を見直し、責任者に相談してください。支援措置が終わって相手方でなくなったときは、個人情報保護管理者の確定を受けてください。相手方としての登録が初めから誤りのときは、その請求を「登録誤り」として終え、登録し直してください。",
    )
}

fn warning(caution: Caution) -> FieldProblem {
    let (field, problem, remedy) = match caution {
        Caution::ProtectedAtTheirs => (
            "addressee_address",
            "支援措置で守られている方への書簡の住所が、相手方の住所と同じです(部屋番号の違いは問いません)。",
            "本人が今そこに住んでいないおそれがあります。本人の申し出た送付先を、承認の前に確かめてください。",
        ),
        Caution::SameName => (
            "addressee_name",
            "宛名が、支援措置の相手方として登録されている方と同じ氏名です。住所は違います。",
            "同じ方でないかを、承認の前に確かめてください。",
        ),
        Caution::SameAddress => (
            "addressee_address",
            "住所が、支援措置の相手方として登録されている方と同じです。宛名は違います。",
            "相手方の目に触れてよい書簡かを、承認の前に確かめてください。",
        ),
        Caution::ToThem | Caution::Reveals | Caution::AnswersThem => (
            "addressee_name",
            "宛先が、支援措置の相手方として登録されている方です。",
            "守られている方の居場所や受診先など、その方のデータがあることの分かる言葉がないかを、承認の前に確かめてください。",
        ),
    };
    FieldProblem::of(field, problem, remedy)
}
