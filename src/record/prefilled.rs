//! What the register tells of a letter that answers a request: the cells a
//! clerk need not copy.
//!
//! Only what the request says for certain is filled in. Whom a letter goes to
//! that does not go to who asked, what was decided and when, which of several
//! rights it answers, and what a member is told stay open.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use crate::catalogue::{
    Addressee, Choice, FeeSource, Field, FieldShape, Kind, ListShape, Need, Outcome,
};
use crate::domain::{AskedRight, Delivery, Fees, RequesterRole, Right};
use crate::law::fees_due;
use crate::wording::drafts as words;

/// Fields of a letter that say the same as those of the request with the same
/// names.
const SAME: [&str; 6] = [
    "receipt_number",
    "request_date",
    "arrival_date",
    "requester_role",
    "principal_category",
    "member_key",
];

/// Whom a letter to the requester goes to, and in letters of which size: its
/// fields, and those of the request.
const ADDRESSEE: [(&str, &str); 5] = [
    ("addressee_name", "requester_name"),
    ("addressee_postal_code", "requester_postal_code"),
    ("addressee_address", "requester_address"),
    ("addressee_building", "requester_building"),
    ("large_print", "large_print"),
];

/// What a registered request tells.
#[derive(Clone, Copy)]
pub struct Tells<'a> {
    /// Its record.
    pub record: &'a Map<String, Value>,
    /// What it asks for, each with what became of it.
    pub rights: &'a [AskedRight],
    /// By which day the letters of it told that it would be answered.
    pub announced: Announced,
    /// The day the society means to have answered by.
    pub target_date: NaiveDate,
    /// The fees the society has set.
    pub fees: &'a Fees,
    /// The day it is.
    pub today: NaiveDate,
}

/// By which day a request was told to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announced {
    /// By none: no letter that left the house names one.
    Nothing,
    /// By this day, of all that is still to be answered.
    Day(NaiveDate),
    /// By none yet for certain: a letter that names this day is in the house and
    /// may still go out.
    Waiting(NaiveDate),
    /// The newest letter names a day of a part alone.
    InPart,
}

/// What the register knows of a letter.
#[derive(Debug, Default)]
pub struct Prefilled {
    /// Fields with what they say.
    pub values: Map<String, Value>,
    /// Why fields stay open that the register says something of.
    pub hints: Vec<Hint>,
}

/// Why a field stays open.
#[derive(Debug)]
pub struct Hint {
    /// The field.
    pub field: &'static str,
    /// The sentence for staff.
    pub told: String,
}

/// The field of a kind that says by which day a request is to be answered.
pub fn answer_day(kind: &Kind) -> Option<&Field> {
    let field = kind
        .field("new_date")
        .or_else(|| kind.field("expected_date"));
    field.filter(says_answer)
}

fn says_answer(field: &&Field) -> bool {
    field.title.contains("回答") && field.title.contains("予定日")
}

/// What the record of a letter of this kind says by the request it answers.
pub fn prefilled(kind: &Kind, outcome: Option<&Outcome>, tells: &Tells<'_>) -> Prefilled {
    let mut letter = Filling {
        kind,
        outcome,
        values: Map::new(),
        hints: Vec::new(),
    };
    if let Some(outcome) = outcome {
        letter.put("outcome", Some(outcome.code.as_str().into()));
    }
    let own = |name: &str| tells.record.get(name).cloned();
    for name in SAME {
        letter.put(name, own(name));
    }
    if letter.goes_to_requester() {
        for (name, of) in ADDRESSEE {
            letter.put(name, own(of));
        }
    }
    let role = tells.record.get("requester_role").and_then(Value::as_str);
    let role = role.and_then(RequesterRole::from_code);
    if role != Some(RequesterRole::Principal) || letter.wants("principal_name") {
        letter.put("principal_name", own("principal_name"));
    }
    if matches!(
        role,
        Some(
            RequesterRole::AppointedAgent
                | RequesterRole::LegalRepresentativeMinor
                | RequesterRole::LegalRepresentativeWard
        )
    ) {
        letter.put("agent_name", own("requester_name"));
    }
    letter.put_rights(tells.rights);
    // A complaint calls the same two days otherwise.
    if kind.field("complaint_date").is_some() {
        letter.put("complaint_date", own("request_date"));
        letter.put("received_date", own("arrival_date"));
    }
    letter.put_days(tells);
    if letter.wants("fee") {
        let fee = fee(kind, &letter.values, tells.fees);
        letter.put("fee", fee.map(Value::from));
    }
    let by_post = kind.ways.is_empty() || kind.ways.contains(&Delivery::Post);
    letter.put("delivery", by_post.then(|| Delivery::Post.as_str().into()));
    Prefilled {
        values: letter.values,
        hints: letter.hints,
    }
}

/// The sum of what is due, where the society has set a fee for each of it.
fn fee(kind: &Kind, values: &Map<String, Value>, fees: &Fees) -> Option<u32> {
    let source: FeeSource = kind.fee?;
    let due = fees_due(source, values, fees)?;
    due.into_iter()
        .try_fold(0u32, |sum, fee| sum.checked_add(fee?))
}

/// A record on its way.
struct Filling<'a> {
    kind: &'a Kind,
    outcome: Option<&'a Outcome>,
    values: Map<String, Value>,
    hints: Vec<Hint>,
}

impl Filling<'_> {
    /// Fills a field in, if the letter has it and may have it.
    fn put(&mut self, name: &str, value: Option<Value>) {
        let Some(field) = self.kind.field(name) else {
            return;
        };
        if let Some(value) = value
            && may_have(self.outcome, field)
        {
            self.values.insert(name.to_owned(), value);
        }
    }

    fn hint(&mut self, field: &'static str, told: String) {
        self.hints.push(Hint { field, told });
    }

    fn wants(&self, name: &str) -> bool {
        let field = self.kind.field(name);
        field.is_some_and(|field| is_wanted(self.kind, self.outcome, field))
    }

    /// Whether it goes to who asked. Where somebody has to say by whose
    /// instruction it goes, it goes to another.
    fn goes_to_requester(&self) -> bool {
        let instructed = |outcome: &Outcome| {
            let wanted = outcome.requires.iter();
            wanted
                .into_iter()
                .any(|name| name == "delivery_instruction")
        };
        let elsewhere = match self.outcome {
            Some(outcome) => instructed(outcome),
            None => self.kind.outcomes.iter().any(instructed),
        };
        self.kind.addressee == Addressee::Requester && !elsewhere
    }

    /// The day by which it is to be answered, and the day that was told
    /// before. The society's own target is told to nobody until a letter that
    /// left the house says so: it is no day that changes.
    fn put_days(&mut self, tells: &Tells<'_>) {
        let on = |day: NaiveDate| Value::from(day.format("%Y-%m-%d").to_string());
        let says = |name: &str| self.kind.field(name).filter(says_answer);
        let (expected, old) = (says("expected_date"), says("old_date"));
        if expected.is_some() {
            let day = match tells.announced {
                Announced::Nothing => Some(tells.target_date),
                Announced::Day(day) | Announced::Waiting(day) => Some(day),
                Announced::InPart => None,
            };
            self.put(
                "expected_date",
                day.filter(|day| *day >= tells.today).map(on),
            );
        }
        if let Some(old) = old {
            match tells.announced {
                Announced::Day(day) => self.put("old_date", Some(on(day))),
                Announced::Nothing => self.hint("old_date", words::never_announced(&old.title)),
                Announced::Waiting(_) => self.hint("old_date", words::still_waiting(&old.title)),
                Announced::InPart => self.hint("old_date", words::announced_in_part(&old.title)),
            }
        }
    }

    /// The rights that were asked for, as far as the field knows them. What
    /// the bereaved ask for is called a disclosure in letters to them.
    ///
    /// Where a letter answers rights, moves their day or charges for them,
    /// those that have an answer already are not meant. Of several it may be
    /// about one: then nobody but staff knows which, and every right a letter
    /// names counts as answered.
    fn put_rights(&mut self, asked: &[AskedRight]) {
        for name in ["rights", "fee_rights"] {
            let Some(field) = self.kind.field(name) else {
                continue;
            };
            let FieldShape::List(ListShape::Choices(known)) = &field.shape else {
                continue;
            };
            let is_known = |code: &str| known.iter().any(|choice| choice.code == code);
            let called = |asked: &&AskedRight| match asked.right {
                right if is_known(right.as_str()) => Some(right.as_str()),
                Right::BereavedDisclosure if is_known(Right::Disclosure.as_str()) => {
                    Some(Right::Disclosure.as_str())
                }
                _ => None,
            };
            let mut meant: Vec<&AskedRight> =
                asked.iter().filter(|one| called(one).is_some()).collect();
            meant.sort_by_key(|one| one.right);
            let settles = self.kind.outcomes.iter().any(|outcome| outcome.answers);
            let moves = self.kind.field("old_date").is_some_and(|f| says_answer(&f));
            let charges = name == "fee_rights";
            if meant.len() > 1 && (settles || moves || charges) {
                let of = meant.len();
                meant.retain(|one| one.answer().is_none());
                let is_clear = match meant.len() {
                    0 => false,
                    1 => true,
                    left => !settles && (moves || left == of),
                };
                if !is_clear {
                    let rights = meant.iter().map(|one| one.right);
                    self.hint(name, words::which_rights(&field.title, rights));
                    continue;
                }
            }
            let rights: Vec<Value> = meant.iter().filter_map(called).map(Value::from).collect();
            if !rights.is_empty() {
                self.put(name, Some(rights.into()));
            }
        }
    }
}

/// Whether a letter with this outcome may have the field.
pub fn may_have(outcome: Option<&Outcome>, field: &Field) -> bool {
    let Some(outcome) = outcome else {
        return true;
    };
    let forbidden = match field.name.as_str() {
        "grounds" => outcome.grounds == Need::Forbidden,
        "reason" => outcome.reason == Need::Forbidden,
        _ => false,
    };
    !forbidden && !outcome.forbids.contains(&field.name)
}

/// Whether a letter of this kind with this outcome must have the field.
pub fn is_wanted(kind: &Kind, outcome: Option<&Outcome>, field: &Field) -> bool {
    let of_outcome = outcome.is_some_and(|outcome| {
        outcome.requires.contains(&field.name)
            || match field.name.as_str() {
                "grounds" => kind.own_grounds(outcome) == Need::Required,
                "reason" => outcome.reason == Need::Required,
                _ => false,
            }
    });
    field.required || of_outcome
}

/// A value as a cell of a sheet says it.
pub fn cell(field: &Field, value: &Value) -> String {
    match (&field.shape, value) {
        (FieldShape::Choice(choices), Value::String(code)) => label(choices, code),
        (FieldShape::List(shape), Value::Array(entries)) => {
            let lines: Vec<String> = entries.iter().map(|entry| line(shape, entry)).collect();
            lines.join("\n")
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Null) => String::new(),
        (_, other) => other.to_string(),
    }
}

fn line(shape: &ListShape, entry: &Value) -> String {
    match (shape, entry) {
        (ListShape::Choices(choices), Value::String(code)) => label(choices, code),
        (ListShape::Rows(parts), Value::Object(row)) => {
            let part = |part: &Field| row.get(&part.name).map(|value| cell(part, value));
            let cells: Vec<String> = parts.iter().map(|p| part(p).unwrap_or_default()).collect();
            cells.join("｜")
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

fn label(choices: &[Choice], code: &str) -> String {
    let known = choices.iter().find(|choice| choice.code == code);
    known.map_or_else(|| code.to_owned(), |choice| choice.label.clone())
}
