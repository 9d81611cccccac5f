//! Rows of a roster whose number only looks like another.

use crate::acts::reception::{self, Distinct};
use crate::domain::{FieldProblem, Member};
use crate::store::{Intake, MemberNumber, StagedQuery, StoreError};

/// A number that looks like another of the roster, or like a known one while
/// nobody has it.
pub(super) async fn found(
    intake: &mut Intake,
    member: &Member,
    distinct: &Distinct,
) -> Result<Option<FieldProblem>, StoreError> {
    let number = &member.written_key;
    if distinct.has(number) {
        return Ok(None);
    }
    let query = StagedQuery::LooksLike(&member.key);
    if let Some(other) = intake.staged_members("", query).await?.first() {
        let row = other.row;
        return Ok(Some(FieldProblem::of(
            "member_key",
            format!(
                "{row}行目の加入者管理番号とよく似ています(先頭の0や見えない文字だけが違います)。"
            ),
            "同じ方なら、重なった行を消してください。別の方なら、番号を責任者に確かめてください。",
        )));
    }
    let file = Some(intake.file.key);
    Ok(match intake.member_number(number, file).await?.number {
        MemberNumber::LooksLike { known, .. } => Some(reception::like_member(number, &known)),
        MemberNumber::InUse | MemberNumber::OnlyFlagged | MemberNumber::Unknown => None,
    })
}
