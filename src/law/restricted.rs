//! Data whose existence must not be revealed.
//!
//! The Act has no refusal to say whether data exists for private bodies. Data
//! of Cabinet Order art. 5 is no retained personal data (art. 16(4)) and a
//! record of Cabinet Order art. 11 is no third-party record (art. 33(5)), so
//! the answer is that there is none, in the words of any such answer. The true
//! ground stands in restricted fields only.

use serde_json::{Map, Value};

use crate::catalogue::Kind;
use crate::domain::{FieldProblem, Right};

/// The field of the true ground.
const GROUND: &str = "restricted_ground";
/// The field of its explanation.
const REASON: &str = "restricted_reason";

/// Grounds of Cabinet Order art. 5: a prefix and an item 1 to 4.
const RETAINED_DATA: &str = "GATE_16_4_";
/// Grounds of Cabinet Order art. 11, likewise.
const THIRD_PARTY_RECORD: &str = "GATE_REC_";

/// Whether a code may stand in the restricted field alone.
pub(super) fn is_restricted(code: &str) -> bool {
    [RETAINED_DATA, THIRD_PARTY_RECORD].iter().any(|prefix| {
        code.strip_prefix(prefix)
            .is_some_and(|item| matches!(item, "1" | "2" | "3" | "4"))
    })
}

/// The problem of such a code in a field everybody reads.
pub(super) fn misplaced(field: &str) -> FieldProblem {
    FieldProblem::of(
        field,
        "存否を明らかにできないという根拠は、この欄に書けません。この欄は、書簡を扱う全員が読めます。",
        "この欄から消し、結果区分を「不存在」にして、「非公開の根拠」の欄に書いてください。",
    )
}

/// Checks the restricted fields of a record against the right it decides.
pub fn check_restricted(kind: &Kind, record: &Map<String, Value>) -> Vec<FieldProblem> {
    let text = |field: &str| record.get(field).and_then(Value::as_str);
    let Some(code) = text(GROUND) else {
        let lacking = text(REASON).map(|_| {
            FieldProblem::of(
                GROUND,
                "非公開の理由があるのに、非公開の根拠がありません。",
                "どの号に当たるかを「非公開の根拠」の欄に書いてください。",
            )
        });
        return lacking.into_iter().collect();
    };
    let (prefix, order) = match kind.decides {
        Some(
            Right::NotificationOfPurposes
            | Right::Disclosure
            | Right::Correction
            | Right::Cessation,
        ) => (RETAINED_DATA, "令第5条"),
        Some(Right::ThirdPartyRecordDisclosure) => (THIRD_PARTY_RECORD, "令第11条"),
        Some(Right::BereavedDisclosure | Right::Complaint) | None => {
            return vec![FieldProblem::of(
                GROUND,
                "この種類の書簡に、非公開の根拠は書けません。",
                "この欄を空けてください。",
            )];
        }
    };
    // The message quotes nothing of the field: messages are passed on.
    if code.starts_with(prefix) {
        Vec::new()
    } else {
        vec![FieldProblem::of(
            GROUND,
            "この請求の根拠になる条ではありません。",
            format!("{order}の号から選んでください。"),
        )]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_eight_codes_are_restricted() {
        for code in ["GATE_16_4_1", "GATE_16_4_4", "GATE_REC_1", "GATE_REC_4"] {
            assert!(is_restricted(code), "{code}");
        }
        for code in [
            "GATE_16_4_AUTHORITY",
            "GATE_16_4_5",
            "GATE_16_4_",
            "GATE_REC_11",
            "GATE_INCIDENTAL",
            "DISC_33_3_NONE",
        ] {
            assert!(!is_restricted(code), "{code}");
        }
    }
}
