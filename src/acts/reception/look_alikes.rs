//! Numbers that are not known and look like one that is: a leading zero a
//! spreadsheet took away, a character nobody sees. Such a row is refused and
//! the known number named, for a letter or a flag under a number of nobody
//! would pass its member by. Whoever has made sure that it is another number
//! says so.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::domain::{FieldProblem, identity_key, is_same_name, is_unseen};
use crate::store::{Intake, MemberLookAlike, MemberNumber, RequestLookAlike, StoreError};
use crate::text::unshowable::{code_points, is_selector};

/// Numbers of which staff say that they are others than those they look like.
#[derive(Debug, Default)]
pub struct Distinct(BTreeSet<String>);

impl Distinct {
    /// These numbers, however they are written.
    pub fn new(numbers: &[String]) -> Self {
        Distinct(numbers.iter().map(|number| identity_key(number)).collect())
    }

    /// Whether this number is one of them.
    pub fn has(&self, number: &str) -> bool {
        self.0.contains(&identity_key(number))
    }
}

/// What there is to say of the numbers of a record.
#[derive(Default)]
pub(super) struct Alike {
    /// What is wrong with them.
    pub problems: Vec<FieldProblem>,
    /// What staff are told of a member's number that looks like others which
    /// have flags.
    pub flagged: Option<FieldProblem>,
}

/// What there is to say of the numbers of a record. `look_alike` is a request
/// whose number looks like its receipt number, which none has.
pub(super) async fn of_record(
    intake: &mut Intake,
    values: &Map<String, Value>,
    look_alike: Option<RequestLookAlike>,
    distinct: &Distinct,
) -> Result<Alike, StoreError> {
    let text = |field: &str| {
        let text = values.get(field).and_then(Value::as_str);
        text.filter(|number| !distinct.has(number))
    };
    let mut found = Alike::default();
    if let (Some(number), Some(known)) = (text("receipt_number"), look_alike) {
        found.problems.push(match known.row_here {
            Some(row) => like_row("receipt_number", "受付番号", number, &known.written, row),
            None => like_request(number, &known.written),
        });
    }
    if let Some(number) = values.get("member_key").and_then(Value::as_str) {
        let known = intake.number_here(number).await?;
        found.flagged = flagged(&known.look_alikes);
        if let (MemberNumber::LooksLike { known, row_here }, false) =
            (known.number, distinct.has(number))
        {
            found.problems.push(match row_here {
                Some(row) => like_member_of(number, &known, row),
                None => like_member(number, &known),
            });
        }
    }
    Ok(found)
}

fn like_request(number: &str, known: &str) -> FieldProblem {
    let shown = marked(known);
    FieldProblem::of(
        "receipt_number",
        format!(
            "この番号の請求は登録されていませんが、よく似た受付番号{shown}の請求があります{}。",
            differing(number, known)
        ),
        format!(
            "同じ請求なら、{shown}と書いてください。別の請求なら、見分けの付く受付番号にしてください。"
        ),
    )
}

/// A number beside the one that another row of the same file brings: neither
/// was known before, so either may be the wrong one.
fn like_row(field: &str, label: &str, number: &str, other: &str, row: i64) -> FieldProblem {
    let shown = marked(other);
    FieldProblem::of(
        field,
        format!(
            "{row}行目の{label}{shown}とよく似ています{}。",
            differing(number, other)
        ),
        "どちらが正しいかを確かめ、誤っている方の行を直してください。どちらも正しければ、番号を責任者に確かめてください。",
    )
}

/// The number of a member nobody has, beside that of another row.
pub(super) fn like_member_of(number: &str, other: &str, row: i64) -> FieldProblem {
    like_row("member_key", "加入者管理番号", number, other, row)
}

/// The number of a member nobody has, beside a known one.
pub fn like_member(number: &str, known: &str) -> FieldProblem {
    let shown = marked(known);
    FieldProblem::of(
        "member_key",
        format!(
            "この番号の加入者は記録にありませんが、よく似た番号{shown}の加入者がいます{}。",
            differing(number, known)
        ),
        format!(
            "同じ方なら、{shown}と書いてください。別の方なら、番号を責任者に確かめてください。"
        ),
    )
}

/// A number of a flag that looks like others: letters to those are not kept
/// back by it.
pub(super) fn of_flagged(number: &str, others: &[MemberLookAlike]) -> Option<FieldProblem> {
    let shown: Vec<String> = others.iter().map(|other| marked(&other.written)).collect();
    let first = &others.first()?.written;
    Some(FieldProblem::of(
        "member_key",
        format!(
            "よく似た番号{}の加入者がいます{}。その方への書簡は、この登録では止まりません。",
            shown.concat(),
            differing(number, first)
        ),
        "どちらの方のことか確かめてください。",
    ))
}

/// What staff are told of a number that looks like others which have flags.
fn flagged(others: &[MemberLookAlike]) -> Option<FieldProblem> {
    let flagged: Vec<String> = others
        .iter()
        .filter(|other| other.is_flagged)
        .map(|other| marked(&other.written))
        .collect();
    (!flagged.is_empty()).then(|| {
        FieldProblem::of(
            "member_key",
            format!(
                "よく似た番号{}の加入者に、支援措置などが登録されています。",
                flagged.concat()
            ),
            "同じ方でないか、承認の前に確かめてください。",
        )
    })
}

/// Names the difference of two look-alikes, where a word can.
fn differing(one: &str, other: &str) -> &'static str {
    let seen = |text: &str| -> String {
        let visible = |c: &char| !is_unseen(*c) && !is_selector(*c);
        text.chars().filter(visible).collect()
    };
    let has_zeros = |text: &str| identity_key(text).replace('0', "");
    if is_same_name(&seen(one), &seen(other)) {
        "(目に見えない文字か異体字だけが違います)"
    } else if has_zeros(one) == has_zeros(other) {
        "(0の数だけが違います)"
    } else {
        ""
    }
}

/// A number in quotation marks, with what cannot be seen of it.
fn marked(number: &str) -> String {
    let hidden: String = number
        .chars()
        .filter(|c| is_unseen(*c) || is_selector(*c))
        .collect();
    if hidden.is_empty() {
        format!("「{number}」")
    } else {
        format!("「{number}」({} を含む)", code_points(&hidden))
    }
}
