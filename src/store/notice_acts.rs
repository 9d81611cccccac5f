//! Changing the revisions of the published notice: each change with its line
//! of history, and none to what was published.

use chrono::NaiveDate;
use sqlx::SqliteConnection;

use super::StoreError;
use super::notice::{NoticeRow, notice_revision, notice_revisions};
use crate::domain::{RevisionEvent, RevisionState, StaffName};

/// A revision's content on its way into the store.
pub struct NewRevision<'a> {
    /// Label as printed.
    pub label: &'a str,
    /// Day it comes into force.
    pub effective: NaiveDate,
    /// The content as JSON.
    pub content: &'a str,
    /// SHA-256 of the content in hexadecimal.
    pub content_sha256: &'a str,
}

/// What the society decided about a revision.
pub struct NewDecision<'a> {
    /// The revision it was compared with.
    pub based_on: u32,
    /// Answers and what follows, as JSON.
    pub record: &'a str,
    /// Day the society decided.
    pub decided_on: NaiveDate,
    /// Whether every principal's consent is needed (art. 18(1)).
    pub consent_needed: bool,
    /// Day all had given it, if they have.
    pub consent_on: Option<NaiveDate>,
}

/// Why a change did not happen, in Japanese; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum NoticeRefusal {
    /// There are revisions already.
    #[error(
        "公表事項はすでに取り込んであります(第{0}版)。改めるときは、yobin notice draft で改定案を作ってください。"
    )]
    Imported(u32),
    /// There is nothing to revise yet.
    #[error(
        "今の公表事項がまだ取り込まれていません。先に yobin notice import society/notice.toml を実行してください。"
    )]
    NothingInForce,
    /// There is no such revision.
    #[error("第{0}版はありません。yobin notice list で版の番号を確かめてください。")]
    NoSuchRevision(u32),
    /// The revision it was compared with is in force no longer.
    #[error(
        "第{number}版は第{based_on}版と比べて作られましたが、今は第{in_force}版が公表中です。違いも答えも今の版には合わないので、今の版と比べて改定案を作り直してください。"
    )]
    OtherBase {
        /// The revision.
        number: u32,
        /// What it was compared with.
        based_on: u32,
        /// What is in force.
        in_force: u32,
    },
    /// Another revision is under way.
    #[error(
        "まだ公表していない改定案(第{0}版)があります。この内容で置き換えるときは --replace を付けてください。承認済みのものは、もう一度承認が要ります。"
    )]
    UnderWay(u32),
    /// Its state does not allow it.
    #[error("第{number}版は「{}」なので、この操作はできません。{hint}", state.japanese())]
    WrongState {
        /// The revision.
        number: u32,
        /// Its state.
        state: RevisionState,
        /// What to do instead.
        hint: &'static str,
    },
    /// The one who drafted it cannot approve it.
    #[error(
        "第{0}版：改定案を作った人は承認できません。別の人が --as で自分の名前を付けて承認してください。"
    )]
    OwnDraft(u32),
    /// Its day is past, and nothing may come into force before it is told.
    #[error(
        "第{number}版：施行日({effective})を過ぎています。yobin notice draft --replace で、これからの施行日に改めてください。"
    )]
    DayPast {
        /// The revision.
        number: u32,
        /// Its day.
        effective: NaiveDate,
    },
    /// Its day has not come.
    #[error(
        "第{number}版の施行日は{effective}です。その日になってから公表してください。早めるときは、施行日を改めて承認を受けてください。"
    )]
    TooEarly {
        /// The revision.
        number: u32,
        /// Its day.
        effective: NaiveDate,
    },
    /// The society has not decided yet.
    #[error("第{number}版：決定の日({decided_on})がまだ来ていません。決定の後に承認してください。")]
    Undecided {
        /// The revision.
        number: u32,
        /// The day.
        decided_on: NaiveDate,
    },
    /// It goes beyond the scope, and consent is not named.
    #[error(
        "第{0}版：関連性の範囲を超える変更なので、本人の同意(法第18条第1項)がそろうまで承認できません。全員の同意がそろった日を --consent YYYY-MM-DD で書いてください。通知や公表で代えることはできません。"
    )]
    ConsentMissing(u32),
    /// Consent was named where none is needed.
    #[error("第{0}版：この改定には本人の同意は要りません。--consent を付けずに承認してください。")]
    ConsentNotNeeded(u32),
    /// Consent is said to be given on a day to come.
    #[error("同意がそろった日({0})が今日より後です。日付を確かめてください。")]
    ConsentToCome(NaiveDate),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for NoticeRefusal {
    fn from(error: sqlx::Error) -> Self {
        NoticeRefusal::Store(error.into())
    }
}

/// Takes in the content that is in force before there are revisions, as the
/// published first one. The caller commits.
///
/// # Errors
/// [`NoticeRefusal::Imported`] when there is one, or the store's failure.
pub async fn import_notice(
    conn: &mut SqliteConnection,
    new: &NewRevision<'_>,
    actor: &StaffName,
    at: &str,
) -> Result<NoticeRow, NoticeRefusal> {
    if let Some(newest) = notice_revisions(conn).await?.last() {
        return Err(NoticeRefusal::Imported(newest.number));
    }
    sqlx::query(
        "INSERT INTO notice_revision (
            number, state, label, effective, content, content_sha256,
            drafted_by, drafted_at, published_by, published_at
         ) VALUES (1, 'published', ?1, ?2, ?3, ?4, ?5, ?6, ?5, ?6)",
    )
    .bind(new.label)
    .bind(new.effective.to_string())
    .bind(new.content)
    .bind(new.content_sha256)
    .bind(actor.as_str())
    .bind(at)
    .execute(&mut *conn)
    .await?;
    enter(conn, 1, "imported", actor, at).await?;
    reread(conn, 1).await
}

/// Keeps a draft with its decision; with `replace` in the place of the one
/// under way, whose approval ends. The caller commits.
///
/// # Errors
/// [`NoticeRefusal`]; then nothing was changed.
pub async fn draft_notice(
    conn: &mut SqliteConnection,
    new: &NewRevision<'_>,
    decision: &NewDecision<'_>,
    replace: bool,
    actor: &StaffName,
    at: &str,
) -> Result<NoticeRow, NoticeRefusal> {
    let rows = notice_revisions(conn).await?;
    let Some(newest) = rows.last() else {
        return Err(NoticeRefusal::NothingInForce);
    };
    let under_way = newest.state.after(RevisionEvent::Replace).is_some();
    if under_way && !replace {
        return Err(NoticeRefusal::UnderWay(newest.number));
    }
    let number = newest.number + u32::from(!under_way);
    // The ten questions take their time, and a night may publish meanwhile.
    refuse_other_base(&rows, number, decision.based_on)?;
    let query = if under_way {
        "UPDATE notice_revision
         SET state = 'draft', label = ?2, effective = ?3, content = ?4, content_sha256 = ?5,
             based_on = ?6, decision = ?7, decided_on = ?8, consent_needed = ?9, consent_on = ?10,
             drafted_by = ?11, drafted_at = ?12, approved_by = NULL, approved_at = NULL
         WHERE number = ?1 AND state IN ('draft', 'approved')"
    } else {
        "INSERT INTO notice_revision (
            number, state, label, effective, content, content_sha256, based_on, decision,
            decided_on, consent_needed, consent_on, drafted_by, drafted_at
         ) VALUES (?1, 'draft', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
    };
    let done = sqlx::query(query)
        .bind(number)
        .bind(new.label)
        .bind(new.effective.to_string())
        .bind(new.content)
        .bind(new.content_sha256)
        .bind(decision.based_on)
        .bind(decision.record)
        .bind(decision.decided_on.to_string())
        .bind(decision.consent_needed)
        .bind(decision.consent_on.map(|date| date.to_string()))
        .bind(actor.as_str())
        .bind(at)
        .execute(&mut *conn)
        .await?;
    one(done.rows_affected())?;
    let act = if under_way { "replaced" } else { "drafted" };
    enter(conn, number, act, actor, at).await?;
    reread(conn, number).await
}

/// Approves a draft: another person than who drafted it, after the society's
/// decision, before its day, and with consent where that is needed.
/// `consent_on` is the day all principals had consented, if the draft does
/// not say it. The caller commits.
///
/// # Errors
/// [`NoticeRefusal`]; then nothing was changed.
pub async fn approve_notice(
    conn: &mut SqliteConnection,
    number: u32,
    consent_on: Option<NaiveDate>,
    today: NaiveDate,
    actor: &StaffName,
    at: &str,
) -> Result<NoticeRow, NoticeRefusal> {
    let row = reread(conn, number).await?;
    step(&row, RevisionEvent::Approve)?;
    if let Some(based_on) = row.based_on {
        refuse_other_base(&notice_revisions(conn).await?, number, based_on)?;
    }
    if StaffName::recorded(&row.drafted_by).is_same_person(actor) {
        return Err(NoticeRefusal::OwnDraft(number));
    }
    let effective = row.effective;
    if effective < today {
        return Err(NoticeRefusal::DayPast { number, effective });
    }
    if let Some(decided_on) = row.decided_on.filter(|date| *date > today) {
        return Err(NoticeRefusal::Undecided { number, decided_on });
    }
    if consent_on.is_some() && !row.consent_needed {
        return Err(NoticeRefusal::ConsentNotNeeded(number));
    }
    let consent_on = consent_on.or(row.consent_on);
    if row.consent_needed && consent_on.is_none() {
        return Err(NoticeRefusal::ConsentMissing(number));
    }
    if let Some(date) = consent_on.filter(|date| *date > today) {
        return Err(NoticeRefusal::ConsentToCome(date));
    }
    let done = sqlx::query(
        "UPDATE notice_revision
         SET state = 'approved', approved_by = ?, approved_at = ?, consent_on = ?
         WHERE number = ? AND state = 'draft'",
    )
    .bind(actor.as_str())
    .bind(at)
    .bind(consent_on.map(|date| date.to_string()))
    .bind(number)
    .execute(&mut *conn)
    .await?;
    one(done.rows_affected())?;
    enter(conn, number, "approved", actor, at).await?;
    reread(conn, number).await
}

/// Takes an approval back, so that the revision is not published. The caller
/// commits.
///
/// # Errors
/// [`NoticeRefusal`]; then nothing was changed.
pub async fn withdraw_notice(
    conn: &mut SqliteConnection,
    number: u32,
    actor: &StaffName,
    at: &str,
) -> Result<NoticeRow, NoticeRefusal> {
    let row = reread(conn, number).await?;
    step(&row, RevisionEvent::Withdraw)?;
    let done = sqlx::query(
        "UPDATE notice_revision
         SET state = 'draft', approved_by = NULL, approved_at = NULL
         WHERE number = ? AND state = 'approved'",
    )
    .bind(number)
    .execute(&mut *conn)
    .await?;
    one(done.rows_affected())?;
    enter(conn, number, "withdrawn", actor, at).await?;
    reread(conn, number).await
}

/// Puts an approved revision into force if its day has come by `date`; the
/// one in force before is superseded. One that is in force already is left as
/// it is. The caller commits.
///
/// # Errors
/// [`NoticeRefusal`]; then nothing was changed.
pub async fn publish_notice(
    conn: &mut SqliteConnection,
    number: u32,
    date: NaiveDate,
    actor: &StaffName,
    at: &str,
) -> Result<NoticeRow, NoticeRefusal> {
    let row = reread(conn, number).await?;
    if row.state == RevisionState::Published {
        return Ok(row);
    }
    step(&row, RevisionEvent::Publish)?;
    let effective = row.effective;
    if date < effective {
        return Err(NoticeRefusal::TooEarly { number, effective });
    }
    let former = row
        .based_on
        .ok_or_else(|| StoreError::Corrupt("a revision without an earlier one".to_owned()))?;
    refuse_other_base(&notice_revisions(conn).await?, number, former)?;
    let done = sqlx::query(
        "UPDATE notice_revision SET state = 'superseded', superseded_at = ?
         WHERE number = ? AND state = 'published'",
    )
    .bind(at)
    .bind(former)
    .execute(&mut *conn)
    .await?;
    one(done.rows_affected())?;
    enter(conn, former, "superseded", actor, at).await?;
    let done = sqlx::query(
        "UPDATE notice_revision SET state = 'published', published_by = ?, published_at = ?
         WHERE number = ? AND state = 'approved'",
    )
    .bind(actor.as_str())
    .bind(at)
    .bind(number)
    .execute(&mut *conn)
    .await?;
    one(done.rows_affected())?;
    enter(conn, number, "published", actor, at).await?;
    reread(conn, number).await
}

/// A decision holds for the difference from one revision; beside another it
/// says nothing.
fn refuse_other_base(rows: &[NoticeRow], number: u32, based_on: u32) -> Result<(), NoticeRefusal> {
    let in_force = rows
        .iter()
        .find(|row| row.state == RevisionState::Published)
        .ok_or_else(|| StoreError::Corrupt("revisions, and none in force".to_owned()))?
        .number;
    if in_force == based_on {
        return Ok(());
    }
    Err(NoticeRefusal::OtherBase {
        number,
        based_on,
        in_force,
    })
}

fn step(row: &NoticeRow, event: RevisionEvent) -> Result<RevisionState, NoticeRefusal> {
    let refusal = NoticeRefusal::WrongState {
        number: row.number,
        state: row.state,
        hint: hint(event, row.state),
    };
    row.state.after(event).ok_or(refusal)
}

fn hint(event: RevisionEvent, state: RevisionState) -> &'static str {
    match (event, state) {
        (_, RevisionState::Published | RevisionState::Superseded) => {
            "公表した版は変えられません。改めるときは、yobin notice draft で新しい改定案を作ってください。"
        }
        (RevisionEvent::Publish, _) => {
            "先に、改定案を作った人とは別の人が yobin notice approve で承認してください。"
        }
        (RevisionEvent::Approve, _) => "すでに承認されています。",
        _ => "yobin notice show で今の状態を確かめてください。",
    }
}

async fn reread(conn: &mut SqliteConnection, number: u32) -> Result<NoticeRow, NoticeRefusal> {
    notice_revision(conn, number)
        .await?
        .ok_or(NoticeRefusal::NoSuchRevision(number))
}

/// The line of history beside a change, with the hash of what it is about.
async fn enter(
    conn: &mut SqliteConnection,
    number: u32,
    act: &str,
    actor: &StaffName,
    at: &str,
) -> Result<(), NoticeRefusal> {
    sqlx::query(
        "INSERT INTO notice_audit (at, number, actor, act, content_sha256)
         SELECT ?, number, ?, ?, content_sha256 FROM notice_revision WHERE number = ?",
    )
    .bind(at)
    .bind(actor.as_str())
    .bind(act)
    .bind(number)
    .execute(conn)
    .await?;
    Ok(())
}

fn one(affected: u64) -> Result<(), StoreError> {
    if affected == 1 {
        Ok(())
    } else {
        let what = "a notice revision changed under a lock".to_owned();
        Err(StoreError::Corrupt(what))
    }
}
