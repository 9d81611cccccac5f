//! What a letter answers of its request without being the decision about it.
//!
//! That what was asked for is no retained personal data, is not held here or
//! was asked for in another way than the society has set is notified under
//! arts. 33(3), 34(3) and 35(7): it stops the two weeks of art. 39 as a
//! decision does. It may be about a part alone, so that a decision about the
//! rest stands beside it.

use serde_json::{Map, Value};

use crate::catalogue::Kind;
use crate::domain::{AskedRight, FieldProblem, LetterId, RequesterRole, Right};
use crate::wording;

/// The rights a letter answers: those its record names, where its outcome is
/// such an answer.
pub fn answers(kind: &Kind, values: &Map<String, Value>) -> Vec<Right> {
    let text = |field: &str| values.get(field).and_then(Value::as_str);
    let outcome = text("outcome").and_then(|code| kind.outcome(code));
    if !outcome.is_some_and(|outcome| outcome.answers) {
        return Vec::new();
    }
    let bereaved = text("requester_role") == Some(RequesterRole::Bereaved.as_str());
    let named = values.get("rights").and_then(Value::as_array);
    let mut rights: Vec<Right> = named
        .into_iter()
        .flatten()
        .filter_map(|code| Right::from_code(code.as_str()?))
        // A letter to the bereaved calls what they ask for 開示 as well.
        .map(|right| match right {
            Right::Disclosure if bereaved => Right::BereavedDisclosure,
            right => right,
        })
        .collect();
    rights.sort_unstable();
    rights.dedup();
    rights
}

/// What staff should know of other letters about the same rights: each is
/// lawful beside this one only if it is about another part. `twin` is the
/// letter whose place this one takes.
pub fn beside(
    kind: &Kind,
    values: &Map<String, Value>,
    asked: &[AskedRight],
    twin: Option<LetterId>,
) -> Vec<FieldProblem> {
    let answered = answers(kind, values);
    let of_kind = kind.decides;
    let is_about = |right: Right| answered.contains(&right) || of_kind == Some(right);
    asked
        .iter()
        .filter(|asked| is_about(asked.right))
        .filter_map(|asked| {
            let others = [asked.letter, asked.beside];
            let other = others.into_iter().flatten();
            let mut other = other.filter(|(letter, _)| Some(*letter) != twin);
            let (letter, at) = other.next()?;
            Some(wording::received::answered_beside(asked.right, letter, at))
        })
        .collect()
}
