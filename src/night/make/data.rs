//! What a letter's page is made from, held against the law of its date once
//! more.

use crate::domain::{KeptBack, Reason};
use crate::law::Matter;
use crate::night::flow::Flow;
use crate::night::hand::InHand;
use crate::office::Page;
use crate::record::{LetterHead, contradictory, incomplete, letter_data};
use crate::wording::dates::Measured;

/// The data of a letter's page, or why it cannot be made.
pub(super) fn data(flow: &Flow, hand: &InHand) -> Result<Vec<u8>, Reason> {
    let desk = &flow.office.desk;
    let letter = &hand.letter;
    let kind_gone = || Reason::KindGone {
        kind: letter.kind.clone(),
    };
    let kind = desk.catalogue.get(&letter.kind).ok_or_else(kind_gone)?;
    let outcome = kind.outcome(&letter.outcome).ok_or_else(kind_gone)?;
    let issue_date = letter.issue_date.ok_or(Reason::RecordUnreadable)?;
    // Between intake and tonight a day may have passed that matters to
    // the law, and law or fees may have been changed: a decision cannot
    // be later than the letter that tells it, and the letter goes out
    // under the law of its own date.
    if !hand.is_readable {
        return Err(Reason::RecordUnreadable);
    }
    let envelope = &hand.envelope;
    if envelope
        .decision
        .as_ref()
        .is_some_and(|decision| decision.date > issue_date)
    {
        return Err(Reason::DecidedAfterIssue);
    }
    let refused = desk.law.check(Matter {
        kind,
        outcome,
        record: &hand.record,
        envelope,
        fees: &desk.society.fees,
        today: issue_date,
    });
    let unpublished = flow
        .published
        .problem(kind, &hand.record, &desk.society.fees);
    let mut refused = incomplete(kind, outcome, &hand.record)
        .into_iter()
        .chain(refused)
        .chain(contradictory(kind, &hand.record))
        .chain(unpublished);
    if let Some(problem) = refused.next() {
        return Err(Reason::NoLongerLawful(problem));
    }
    let way = (letter.delivery, Page::ToMake);
    let of_letter = (Measured::Letter, issue_date);
    if let Some(problem) = desk.passed(kind, &hand.record, way, of_letter) {
        return Err(Reason::KeptBack(KeptBack::DatePassed(problem)));
    }
    let head = LetterHead {
        id: letter.id.to_string(),
        number: letter.number.clone(),
        issue_date,
    };
    let data = letter_data(
        kind,
        outcome,
        &hand.record,
        &head,
        &desk.law,
        &desk.characters,
    );
    Ok(data.to_string().into_bytes())
}
