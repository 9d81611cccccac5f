//! Letters that say other than their request does since it was amended, and
//! letters that it keeps back since.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::amend_error::{AmendError, AtOdds};
use super::concerned::{Concerned, concerned};
use crate::domain::{
    AskedRight, FieldProblem, LetterId, MEMBER_KEYS, Request, RequestFacts, State, identity_key,
};
use crate::office::Office;
use crate::record;
use crate::store::{
    Intake, LetterQuery, LetterRow, Part, RequestRow, StoreError, Which, WholeRequest,
};

/// Letters read at a time.
const TOGETHER: i64 = 500;

/// A request as letters are held against it.
pub(super) struct Held {
    /// Its row.
    pub row: RequestRow,
    /// Who asks what about whom; whether the principal is protected from them
    /// now.
    pub request: Request,
    /// What it asks for, with the letters that decide it.
    pub rights: Vec<AskedRight>,
}

impl Held {
    /// The request as it was, or as it says it is from now on. `is_counterpart`
    /// says whether protective measures are against who asks, where the
    /// record says that they were.
    pub fn of(
        row: RequestRow,
        mut request: Request,
        rights: Vec<AskedRight>,
        is_counterpart: bool,
    ) -> Self {
        request.is_protected_from_requester &= is_counterpart;
        Held {
            row,
            request,
            rights,
        }
    }

    fn facts<'a>(&'a self, request: &'a Request) -> RequestFacts<'a> {
        RequestFacts {
            receipt_number: &self.row.receipt_number,
            request_date: self.row.request_date,
            arrival_date: self.row.arrival_date,
            close_reason: None,
            request,
            rights: &self.rights,
            twins: &[],
        }
    }
}

/// What it asks for now, with the letters that decide it.
pub(super) fn rights_of(request: &Request, before: &[AskedRight]) -> Vec<AskedRight> {
    let of = |right| {
        let known = before.iter().find(|asked| asked.right == right);
        AskedRight {
            right,
            letter: known.and_then(|asked| asked.letter),
            beside: known.and_then(|asked| asked.beside),
        }
    };
    request.rights.iter().copied().map(of).collect()
}

/// The letters of a request: those that belong to it, and those in the house
/// that have its number and belong to none, for they were queued before it was
/// registered.
pub(super) async fn letters_of(
    intake: &mut Intake,
    request: &WholeRequest,
) -> Result<Vec<LetterRow>, StoreError> {
    let query = LetterQuery::of(Which::OfRequest(request.row.id));
    let mut all = intake.letters(&query).await?;
    let own: BTreeSet<LetterId> = all.iter().map(|letter| letter.id).collect();
    let number = identity_key(&request.row.receipt_number);
    let mut after = 0;
    loop {
        let query = LetterQuery::page(Which::InTheHouse, after, TOGETHER);
        let page = intake.letters(&query).await?;
        let Some(last) = page.last() else { break };
        after = last.id.key();
        let ids: Vec<LetterId> = page.iter().map(|letter| letter.id).collect();
        let names = intake.names_of_letters(&ids).await?;
        let has_number = |letter: &LetterRow| {
            let said = names.get(&letter.id)?.receipt_number.as_deref()?;
            (identity_key(said) == number).then_some(())
        };
        let others = page
            .into_iter()
            .filter(|letter| !own.contains(&letter.id) && has_number(letter).is_some());
        all.extend(others);
    }
    all.retain(|letter| letter.state != State::Cancelled);
    Ok(all)
}

/// Letters that contradict what their request says now and did not before.
/// Those that may still go stand in the way; the others are told. That a
/// letter must not go to a counterpart stops it by itself, and never keeps a
/// measure from being registered.
pub(super) async fn at_odds(
    office: &Office,
    intake: &mut Intake,
    letters: &[LetterRow],
    (was, is): (&Held, &Held),
) -> Result<Vec<AtOdds>, AmendError> {
    let unprotected = Request {
        is_protected_from_requester: was.request.is_protected_from_requester,
        ..is.request.clone()
    };
    let (mut in_the_way, mut told) = (Vec::new(), Vec::new());
    for letter in letters {
        let Some(kind) = office.desk.catalogue.get(&letter.kind) else {
            continue;
        };
        let record = intake.parts_of(letter.id, &[Part::Record]).await?.record;
        let record: Map<String, Value> = serde_json::from_str(&record).unwrap_or_default();
        let of = |facts: &RequestFacts<'_>| {
            let law = &office.desk.law;
            record::differences(kind, &record, facts, law, Some(letter.id))
        };
        let known = of(&was.facts(&was.request));
        let problems = fresh(of(&is.facts(&is.request)), &known);
        if problems.is_empty() {
            continue;
        }
        let only_protects = fresh(of(&is.facts(&unprotected)), &known).is_empty();
        let odds = AtOdds {
            letter: letter.id,
            at: letter.at,
            problems,
        };
        match letter.at.may_leave() && !only_protects {
            true => in_the_way.push(odds),
            false => told.push(odds),
        }
    }
    match in_the_way.is_empty() {
        true => Ok(told),
        false => Err(AmendError::AtOdds(in_the_way)),
    }
}

/// The problems that are not among the known ones.
fn fresh(mut problems: Vec<FieldProblem>, known: &[FieldProblem]) -> Vec<FieldProblem> {
    let same = |a: &FieldProblem, b: &FieldProblem| a.field == b.field && a.problem == b.problem;
    problems.retain(|problem| !known.iter().any(|old| same(old, problem)));
    problems
}

/// Those of the letters that do not fit what is known of the persons of their
/// request, as the transaction leaves it.
pub(super) async fn unfit_of(
    office: &Office,
    intake: &mut Intake,
    letters: &[LetterRow],
) -> Result<BTreeSet<LetterId>, StoreError> {
    let ids: Vec<LetterId> = letters.iter().map(|letter| letter.id).collect();
    let persons = intake.persons_of(&ids).await?;
    let unfit = letters.iter().filter(|letter| {
        persons.get(&letter.id).is_some_and(|persons| {
            let tenor = office.desk.tenor(&letter.kind, &letter.outcome, persons);
            persons.unfit(&tenor).is_some()
        })
    });
    Ok(unfit.map(|letter| letter.id).collect())
}

/// The letters in the house that the request keeps back since it was taken in
/// with this file; `unfit` are those that do not fit its persons any more.
pub(super) async fn kept_back(
    office: &Office,
    values: &Map<String, Value>,
    intake: i64,
    unfit: &BTreeSet<LetterId>,
) -> Result<Concerned, StoreError> {
    let text = |field: &&str| values.get(*field).and_then(Value::as_str);
    let members: BTreeSet<String> = MEMBER_KEYS
        .iter()
        .filter_map(text)
        .map(identity_key)
        .collect();
    let mut conn = office.store.reads().await?;
    let registered = conn.watched().await?.safeguards;
    drop(conn);
    concerned(office, &registered.of(&members, intake), unfit).await
}
