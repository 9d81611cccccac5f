//! The notice's revisions: from the store and into it.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;

use super::decision::{Decision, decide};
use super::ids::id_problems;
use super::printable::unprintable;
use super::questions::{AnswerProblem, Answers, Question, questions};
use super::{Comparison, Edition, Notice};
use crate::domain::{RevisionState, StaffName};
use crate::hash::Sha256;
use crate::office::Office;
use crate::store::{self, NewDecision, NewRevision, NoticeRefusal, NoticeRow, Store, StoreError};
use crate::text::own::Misprint;

/// Why a revision cannot be made or read, for staff.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// The store has rules of its own.
    #[error(transparent)]
    Refused(#[from] NoticeRefusal),
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// What is kept is not what was once put there.
    #[error(
        "第{0}版の内容が、保存したときのハッシュ値と合いません。控えから戻すことを考えてください。"
    )]
    Damaged(u32),
    /// The content cannot be kept.
    #[error("公表事項の内容を保存できる形にできません({0})。")]
    Unkeepable(serde_json::Error),
    /// Ids are not what they must be.
    #[error("改定案の id に誤りがあります。\n{}", listed(.0))]
    Ids(Vec<String>),
    /// Characters the fonts cannot show.
    #[error("印刷できない文字があります。\n{}", listed(.0))]
    Characters(Vec<Misprint>),
    /// Nothing differs.
    #[error("第{0}版の内容と違いがありません。文言を改めてから、もう一度実行してください。")]
    Same(u32),
    /// The printed label does not tell it from the one in force.
    #[error("版の表示「{0}」が今の版と同じです。改定案の [revision] の label を改めてください。")]
    SameLabel(String),
    /// Nothing may come into force before it is told.
    #[error(
        "施行日({effective})が今日({today})より前です。今日以後の日を、--effective か改定案の [revision] の date に書いてください。"
    )]
    DayPast {
        /// The day.
        effective: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// Two revisions cannot come into force on one day or in another order.
    #[error("施行日({effective})は、今の版の施行日({current})より後の日にしてください。")]
    NotAfter {
        /// The day.
        effective: NaiveDate,
        /// The day of the one in force.
        current: NaiveDate,
    },
    /// The content now in force cannot have a day to come.
    #[error(
        "今の公表事項の日付({0})が今日より後です。[revision] の date に、今の版の日付を書いてください。"
    )]
    NotInForce(NaiveDate),
    /// Answers are missing or contradict the change.
    #[error("問いの答えに直すところがあります。\n{}", listed(.0))]
    Answers(Vec<AnswerProblem>),
    /// The page of the record did not come out.
    #[error("決定記録のPDFを作れません。{0}")]
    Record(String),
    /// There is no record to print.
    #[error("第1版は、取り込む前から公表していた内容なので、決定記録はありません。")]
    NoRecord,
}

fn listed<T: std::fmt::Display>(problems: &[T]) -> String {
    let lines: Vec<String> = problems.iter().map(|p| format!("  {p}")).collect();
    lines.join("\n")
}

/// New content beside the one in force.
#[derive(Debug)]
pub struct Proposal {
    /// Number of the revision in force.
    pub based_on: u32,
    /// The new content, dated to the day it comes into force.
    pub notice: Notice,
    /// What differs.
    pub comparison: Comparison,
    /// The questions that raises.
    pub questions: Vec<Question>,
}

/// Takes in the content now in force, as published edition 1. The same
/// content once more is no error.
///
/// # Errors
/// [`RevisionError`]; then nothing was kept.
pub async fn import(
    office: &Office,
    notice: &Notice,
    actor: &StaffName,
) -> Result<NoticeRow, RevisionError> {
    let clock = office.desk.clock;
    refuse_unprintable("公表事項", notice, office)?;
    let problems = id_problems(notice, notice, &[]);
    if !problems.is_empty() {
        return Err(RevisionError::Ids(problems));
    }
    let effective = notice.revision.date;
    let (content, content_sha256) = kept(notice)?;
    let new = NewRevision {
        label: &notice.revision.label,
        effective,
        content: &content,
        content_sha256: &content_sha256,
    };
    let mut tx = office.store.write().await?;
    if let [first] = store::notice_revisions(&mut tx).await?.as_slice()
        && first.content_sha256 == content_sha256
    {
        return Ok(first.clone());
    }
    let row = store::import_notice(&mut tx, &new, actor, &clock.stamp()).await?;
    if effective > clock.today() {
        return Err(RevisionError::NotInForce(effective));
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(row)
}

/// Holds new content against the one in force. `effective` stands before the
/// date in the content.
///
/// # Errors
/// [`RevisionError`] when it cannot be a revision.
pub async fn propose(
    office: &Office,
    mut notice: Notice,
    effective: Option<NaiveDate>,
) -> Result<Proposal, RevisionError> {
    let today = office.desk.clock.today();
    let mut editions = published_editions(&office.store).await?;
    let Some(current) = editions.pop() else {
        return Err(NoticeRefusal::NothingInForce.into());
    };
    let effective = effective.unwrap_or(notice.revision.date);
    notice.revision.date = effective;
    let earlier: Vec<Notice> = editions.into_iter().map(|e| e.notice).collect();
    let problems = id_problems(&notice, &current.notice, &earlier);
    if !problems.is_empty() {
        return Err(RevisionError::Ids(problems));
    }
    refuse_unprintable("改定案", &notice, office)?;
    let comparison = Comparison::of(&current.notice, &notice);
    if comparison.is_empty() {
        return Err(RevisionError::Same(current.number));
    }
    if effective < today {
        return Err(RevisionError::DayPast { effective, today });
    }
    if effective <= current.effective {
        let current = current.effective;
        return Err(RevisionError::NotAfter { effective, current });
    }
    if notice.revision.label == current.label {
        return Err(RevisionError::SameLabel(current.label));
    }
    Ok(Proposal {
        based_on: current.number,
        questions: questions(&comparison, effective, today),
        comparison,
        notice,
    })
}

/// Draws what follows from the answers and keeps the draft with it. `replace`
/// puts it in the place of one that is under way.
///
/// # Errors
/// [`RevisionError`]; then nothing was kept.
pub async fn keep_draft(
    office: &Office,
    proposal: &Proposal,
    answers: &Answers,
    replace: bool,
    actor: &StaffName,
) -> Result<(NoticeRow, Decision), RevisionError> {
    let at = office.desk.clock.stamp();
    let decision = decide(&proposal.comparison, &proposal.questions, answers)
        .map_err(RevisionError::Answers)?;
    refuse_unprintable("問いの答え", answers, office)?;
    let record = json!({
        "decision": &decision,
        "answered_by": actor.as_str(),
        "answered_at": at,
    })
    .to_string();
    let (content, content_sha256) = kept(&proposal.notice)?;
    let new = NewRevision {
        label: &proposal.notice.revision.label,
        effective: proposal.notice.revision.date,
        content: &content,
        content_sha256: &content_sha256,
    };
    let new_decision = NewDecision {
        based_on: proposal.based_on,
        record: &record,
        decided_on: decision.decided_on,
        consent_needed: decision.needs_consent(),
        consent_on: decision.consent_on,
    };
    let mut tx = office.store.write().await?;
    let row = store::draft_notice(&mut tx, &new, &new_decision, replace, actor, &at).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok((row, decision))
}

/// Puts the approved revision into force whose day has come by `date`, if
/// there is one: what a night does.
///
/// # Errors
/// [`RevisionError`]; then nothing was changed.
pub async fn publish_due(
    store: &Store,
    date: NaiveDate,
    actor: &StaffName,
    at: &str,
) -> Result<Option<NoticeRow>, RevisionError> {
    let mut tx = store.write().await?;
    let rows = store::notice_revisions(&mut tx).await?;
    let due = rows
        .iter()
        .find(|row| row.state == RevisionState::Approved && row.effective <= date);
    let Some(due) = due else { return Ok(None) };
    let row = store::publish_notice(&mut tx, due.number, date, actor, at).await?;
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Some(row))
}

/// All editions that are or were published, the oldest first, the one in
/// force last.
///
/// # Errors
/// When the store cannot be read or a content is damaged.
pub async fn published_editions(store: &Store) -> Result<Vec<Edition>, RevisionError> {
    let mut conn = store.read().await?;
    editions_of(&store::notice_revisions(&mut conn).await?)
}

/// The editions among revisions, the oldest first, the one in force last.
///
/// # Errors
/// [`RevisionError::Damaged`] when a content is not what its hash says.
pub(super) fn editions_of(rows: &[NoticeRow]) -> Result<Vec<Edition>, RevisionError> {
    let published = rows.iter().filter(|row| {
        matches!(
            row.state,
            RevisionState::Published | RevisionState::Superseded
        )
    });
    published.map(edition_of).collect()
}

/// A revision with its content, whatever its state.
///
/// # Errors
/// [`RevisionError::Damaged`] when the content is not what its hash says.
pub fn edition_of(row: &NoticeRow) -> Result<Edition, RevisionError> {
    let damaged = || RevisionError::Damaged(row.number);
    if Sha256::of(row.content.as_bytes()).to_string() != row.content_sha256 {
        return Err(damaged());
    }
    Ok(Edition {
        number: row.number,
        label: row.label.clone(),
        effective: row.effective,
        notice: serde_json::from_str(&row.content).map_err(|_| damaged())?,
    })
}

fn refuse_unprintable(
    file: &str,
    content: &impl Serialize,
    office: &Office,
) -> Result<(), RevisionError> {
    let problems = unprintable(file, content, &office.desk.characters);
    if problems.is_empty() {
        Ok(())
    } else {
        Err(RevisionError::Characters(problems))
    }
}

/// The content as it is kept, and its hash.
fn kept(notice: &Notice) -> Result<(String, String), RevisionError> {
    let content = serde_json::to_string(notice).map_err(RevisionError::Unkeepable)?;
    let sha256 = Sha256::of(content.as_bytes()).to_string();
    Ok((content, sha256))
}
