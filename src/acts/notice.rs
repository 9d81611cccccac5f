//! What is done to the revisions of the published notice: taken in, drafted,
//! approved, withdrawn, published. Each act is one transaction.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;

use super::site::{ShowError, show_public};
use crate::domain::{By, RevisionRefusal, RevisionState};
use crate::hash::Sha256;
use crate::notice::rules::{self, DraftPlace};
use crate::notice::site::{MirrorError, SiteError, SiteReport, Step};
use crate::notice::{
    AnswerProblem, Answers, Decision, Notice, Proposal, RevisionError, as_kept, decide,
    editions_of, id_problems, unprintable,
};
use crate::office::Office;
use crate::store::{NewDecision, NewRevision, NoticeRow, RevisionChange, StoreError};
use crate::text::own::Misprint;
use crate::wording;

/// Why a revision is not made or changed; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NoticeRefusal {
    /// A rule is against it.
    #[error("{}", wording::revision_refused(.0))]
    Rule(RevisionRefusal),
    /// What is kept of the revisions cannot be used.
    #[error(transparent)]
    Kept(#[from] RevisionError),
    /// Ids are not what they must be.
    #[error("{}", wording::ids_refused(.0))]
    Ids(Vec<String>),
    /// Characters the fonts cannot show.
    #[error("{}", wording::characters_refused(.0))]
    Characters(Vec<Misprint>),
    /// Answers are missing or contradict the change.
    #[error("{}", wording::answers_refused(.0))]
    Answers(Vec<AnswerProblem>),
    /// The content has no form it could be kept in.
    #[error("{}", wording::content_refused(.0))]
    Unkeepable(serde_json::Error),
}

impl From<RevisionRefusal> for NoticeRefusal {
    fn from(refusal: RevisionRefusal) -> Self {
        NoticeRefusal::Rule(refusal)
    }
}

impl From<StoreError> for NoticeRefusal {
    fn from(error: StoreError) -> Self {
        NoticeRefusal::Kept(RevisionError::Store(error))
    }
}

/// Takes in the content now in force, as published edition 1. The same
/// content once more is no error.
///
/// # Errors
/// [`NoticeRefusal`]; then nothing was kept.
pub async fn import(office: &Office, by: &By, notice: &Notice) -> Result<NoticeRow, NoticeRefusal> {
    refuse_unprintable("公表事項", notice, office)?;
    refuse_ids(id_problems(notice, notice, &[]))?;
    let kept = Kept::of(notice)?;
    let mut tx = office.store.work().await?;
    let rows = tx.notice_revisions().await?;
    match rows.as_slice() {
        [] => {}
        [first] if first.content_sha256 == kept.sha256 => return Ok(first.clone()),
        [.., newest] => return Err(RevisionRefusal::Imported(newest.number).into()),
    }
    if notice.revision.date > by.today() {
        return Err(RevisionRefusal::NotInForce(notice.revision.date).into());
    }
    let row = tx
        .change_revision(1, &RevisionChange::Added(&kept.revision(notice), None), by)
        .await?;
    tx.commit().await?;
    Ok(row)
}

/// Holds new content against the edition in force. `effective` stands before
/// the date in the content. Nothing is kept yet.
///
/// # Errors
/// [`NoticeRefusal`] when it cannot be a revision.
pub async fn propose(
    office: &Office,
    mut notice: Notice,
    effective: Option<NaiveDate>,
) -> Result<Proposal, NoticeRefusal> {
    let mut conn = office.store.reads().await?;
    let mut editions = editions_of(&conn.notice_revisions().await?)?;
    drop(conn);
    let current = editions.pop().ok_or(RevisionRefusal::NothingInForce)?;
    if let Some(effective) = effective {
        notice.revision.date = effective;
    }
    let earlier: Vec<Notice> = editions.into_iter().map(|e| e.notice).collect();
    refuse_ids(id_problems(&notice, &current.notice, &earlier))?;
    refuse_unprintable("改定案", &notice, office)?;
    let today = office.desk.clock.today();
    Ok(Proposal::of(&current, notice, today)?)
}

/// Draws what follows from the answers and keeps the draft with it. `replace`
/// puts it in the place of one that is under way, whose approval ends.
///
/// # Errors
/// [`NoticeRefusal`]; then nothing was kept.
pub async fn keep_draft(
    office: &Office,
    by: &By,
    proposal: &Proposal,
    answers: &Answers,
    replace: bool,
) -> Result<(NoticeRow, Decision), NoticeRefusal> {
    let answers = &as_kept(&proposal.questions, answers);
    let decision = decide(&proposal.comparison, &proposal.questions, answers)
        .map_err(NoticeRefusal::Answers)?;
    refuse_unprintable("問いの答え", answers, office)?;
    let record = json!({
        "decision": &decision,
        "answered_by": by.who.as_str(),
        "answered_at": by.at,
    })
    .to_string();
    let kept = Kept::of(&proposal.notice)?;
    let new = kept.revision(&proposal.notice);
    let new_decision = NewDecision {
        based_on: proposal.based_on,
        record: &record,
        decided_on: decision.decided_on,
        consent_needed: decision.needs_consent(),
        consent_on: decision.consent_on,
    };
    let mut tx = office.store.work().await?;
    let rows = tx.notice_revisions().await?;
    let place = rules::place_of_draft(&rows, replace)?;
    let in_force = rules::published(&rows)?.number;
    rules::refuse_other_base(place.number(), proposal.based_on, in_force)?;
    let row = match place {
        DraftPlace::New(number) => {
            let change = RevisionChange::Added(&new, Some(&new_decision));
            tx.change_revision(number, &change, by).await?
        }
        DraftPlace::Instead(number) => {
            let change = RevisionChange::Replaced(&new, &new_decision);
            tx.change_revision(number, &change, by).await?
        }
    };
    tx.commit().await?;
    Ok((row, decision))
}

/// Approves a draft. `consent_on` is the day all principals had consented, if
/// the draft does not say it.
///
/// # Errors
/// [`NoticeRefusal`]; then nothing was changed.
pub async fn approve(
    office: &Office,
    by: &By,
    number: u32,
    consent_on: Option<NaiveDate>,
) -> Result<NoticeRow, NoticeRefusal> {
    let mut tx = office.store.work().await?;
    let rows = tx.notice_revisions().await?;
    let row = rules::find(&rows, number)?;
    let in_force = rules::published(&rows)?.number;
    let consent_on = rules::approval(row, in_force, consent_on, by)?;
    let change = RevisionChange::Approved { consent_on };
    let row = tx.change_revision(number, &change, by).await?;
    tx.commit().await?;
    Ok(row)
}

/// Takes an approval back, so that the revision is not published.
///
/// # Errors
/// [`NoticeRefusal`]; then nothing was changed.
pub async fn withdraw(office: &Office, by: &By, number: u32) -> Result<NoticeRow, NoticeRefusal> {
    let mut tx = office.store.work().await?;
    let rows = tx.notice_revisions().await?;
    rules::withdrawal(rules::find(&rows, number)?)?;
    let change = RevisionChange::Withdrawn;
    let row = tx.change_revision(number, &change, by).await?;
    tx.commit().await?;
    Ok(row)
}

/// What was published.
#[derive(Debug)]
pub struct Publication {
    /// The revision that came into force now, if one did.
    pub revision: Option<NoticeRow>,
    /// The approved revisions whose day is yet to come.
    pub to_come: Vec<NoticeRow>,
    /// The website; none where no edition has ever been published.
    pub site: Option<SiteReport>,
    /// Where copies went, in the words of the settings.
    pub copies: Vec<String>,
}

/// Why publication is not complete, for staff. What was done before it stays
/// done, and publishing again goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum PublicationError {
    /// The revision did not come into force.
    #[error(transparent)]
    Revision(#[from] NoticeRefusal),
    /// The website was not made; the old one stands.
    #[error("{}", wording::site_not_made(.0))]
    Site(SiteError),
    /// The copy was not sent.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
}

/// Puts into force what is due by `date` — the revision `number`, or the
/// approved one whose day has come — and makes the website say what is in
/// force. Nothing due is no error: the site is then made good if a call
/// before this one was killed between the two.
///
/// # Errors
/// See [`PublicationError`].
pub async fn publish(
    office: &Office,
    by: &By,
    number: Option<u32>,
    date: NaiveDate,
    reached: &mut dyn FnMut(Step),
) -> Result<Publication, PublicationError> {
    let (revision, mut rows) = put_into_force(office, by, number, date).await?;
    let editions = editions_of(&rows).map_err(NoticeRefusal::from)?;
    rows.retain(|row| row.state == RevisionState::Approved);
    let mut done = Publication {
        revision,
        to_come: rows,
        site: None,
        copies: Vec::new(),
    };
    if editions.is_empty() {
        return Ok(done);
    }
    let shown = show_public(&office.desk, &editions, reached).await;
    let (site, copies) = shown.map_err(|error| match error {
        ShowError::Site(error) => PublicationError::Site(error),
        ShowError::Mirror(error) => PublicationError::Mirror(error),
    })?;
    done.site = Some(site);
    done.copies = copies;
    Ok(done)
}

/// The revision that came into force, or was in force already, and all
/// revisions as they then stand.
async fn put_into_force(
    office: &Office,
    by: &By,
    number: Option<u32>,
    date: NaiveDate,
) -> Result<(Option<NoticeRow>, Vec<NoticeRow>), NoticeRefusal> {
    let mut tx = office.store.work().await?;
    let rows = tx.notice_revisions().await?;
    let found = match number {
        Some(number) => Some(rules::find(&rows, number)?),
        None => rules::due(&rows, date),
    };
    let Some(row) = found.cloned() else {
        return Ok((None, rows));
    };
    if row.state == RevisionState::Published {
        return Ok((Some(row), rows));
    }
    let in_force = rules::published(&rows)?.number;
    rules::publication(&row, in_force, date)?;
    if row.based_on.is_none() {
        let damage = "a revision without an earlier one".to_owned();
        return Err(StoreError::Corrupt(damage).into());
    }
    tx.change_revision(in_force, &RevisionChange::Superseded, by)
        .await?;
    let row = tx
        .change_revision(row.number, &RevisionChange::Published, by)
        .await?;
    let rows = tx.notice_revisions().await?;
    tx.commit().await?;
    Ok((Some(row), rows))
}

fn refuse_ids(problems: Vec<String>) -> Result<(), NoticeRefusal> {
    match problems.is_empty() {
        true => Ok(()),
        false => Err(NoticeRefusal::Ids(problems)),
    }
}

fn refuse_unprintable(
    file: &str,
    content: &impl Serialize,
    office: &Office,
) -> Result<(), NoticeRefusal> {
    let problems = unprintable(file, content, &office.desk.characters);
    match problems.is_empty() {
        true => Ok(()),
        false => Err(NoticeRefusal::Characters(problems)),
    }
}

/// A content as it is kept, and its hash.
struct Kept {
    content: String,
    sha256: String,
}

impl Kept {
    fn of(notice: &Notice) -> Result<Self, NoticeRefusal> {
        let content = serde_json::to_string(notice).map_err(NoticeRefusal::Unkeepable)?;
        let sha256 = Sha256::of(content.as_bytes()).to_string();
        Ok(Kept { content, sha256 })
    }

    fn revision<'a>(&'a self, notice: &'a Notice) -> NewRevision<'a> {
        NewRevision {
            label: &notice.revision.label,
            effective: notice.revision.date,
            content: &self.content,
            content_sha256: &self.sha256,
        }
    }
}
