//! Telling members of a change of purposes (art. 21(3)): from a roster to one
//! queued letter for each member whom the change concerns.
//!
//! The roster is read once, row by row, into the store's transaction, and
//! weighed there, so that a hundred thousand members take no more memory than
//! ten. All of it happens or nothing does, and nothing happens before the
//! number of letters was said back: nobody queues a hundred thousand letters
//! by accident.

mod changed;
mod weigh;

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::Notice;
use crate::catalogue::{Kind, MEMBER_KIND};
use crate::domain::{Delivery, FieldProblem, LetterId, Member, StaffName, State};
use crate::intake::{FileProblem, Reader, Row, RowProblem};
use crate::office::Office;
use crate::reception::{self, ReceptionError};
use crate::store::{Intake, NewLetter, Queued, StagedMember, StoreError};

pub use weigh::LeftOut;

use changed::{Changed, edition_key};
use weigh::{Addressed, is_represented};

/// The kind of the letter, and its outcome.
const KIND: &str = "purpose-change";
const OUTCOME: &str = "changed";

/// Rows weighed at a time.
const PAGE: i64 = 500;

/// Rows named for each reason; the others are counted.
pub const ROWS_NAMED: usize = 20;

/// The change members are told of.
pub struct PurposeNotice<'a> {
    /// The edition before.
    pub old: &'a Notice,
    /// The edition that takes effect.
    pub new: &'a Notice,
    /// When it does.
    pub effective: NaiveDate,
    /// Why, in words for members.
    pub reason: &'a str,
    /// Whether only words changed: then nobody needs to be told.
    pub wording_only: bool,
}

/// What is to happen with a roster.
pub struct Order<'a> {
    /// The roster.
    pub roster: &'a Path,
    /// Who notifies.
    pub actor: &'a StaffName,
    /// Tell members of an edition that changes only words, too.
    pub all: bool,
    /// Only count.
    pub dry_run: bool,
    /// The number of letters, said back.
    pub confirmed: Option<u64>,
}

/// What a roster comes to.
#[derive(Debug, Default)]
pub struct Preview {
    /// Categories that changed.
    pub categories: usize,
    /// Rows of the roster that are good.
    pub members: u64,
    /// Rows that must be mended.
    pub bad: u64,
    /// Letters by mail.
    pub by_mail: u64,
    /// Letters by post.
    pub by_post: u64,
    /// Those among all letters that go to an insured person about a dependant.
    pub through_insured: u64,
    /// Members who get no letter, by reason: how many, and the first rows.
    pub left_out: BTreeMap<LeftOut, (u64, Vec<u64>)>,
    /// Whether rows of the roster can still be read from the store's log,
    /// because somebody else needed it.
    pub left_in_log: bool,
}

impl Preview {
    /// Letters that are or would be queued.
    pub fn letters(&self) -> u64 {
        self.by_mail + self.by_post
    }

    fn leave_out(&mut self, why: LeftOut, row: u64) {
        let (count, rows) = self.left_out.entry(why).or_default();
        *count += 1;
        if rows.len() < ROWS_NAMED {
            rows.push(row);
        }
    }
}

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// The edition changes only words, or nothing that concerns a member.
    NothingToTell,
    /// Rows must be mended first.
    Refused,
    /// Nothing was to be queued, or it was only counted.
    Counted,
    /// The number of letters was not said back, or another one.
    Unconfirmed,
    /// Letters were queued, from the first to the last.
    Queued(LetterId, LetterId),
}

/// Why nobody can be notified. Nothing was queued.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// The roster as a whole cannot be used.
    #[error(transparent)]
    Roster(#[from] ReceptionError),
    /// The kind of letter is not there.
    #[error(
        "書簡の種類 {KIND}(個人情報の利用目的の変更のお知らせ)がありません。templates/letters を元に戻してください。"
    )]
    NoKind,
    /// What the letters would say cannot be printed.
    #[error("通知の文面を作れません。{0}")]
    Text(String),
    /// One member's letter cannot be made.
    #[error("{row}行目の方への書簡を作れません。{problem}何も受け付けていません。")]
    Letter {
        /// Row of the roster.
        row: u64,
        /// What is wrong, and what to do.
        problem: String,
    },
}

impl From<StoreError> for NotifyError {
    fn from(error: StoreError) -> Self {
        NotifyError::Roster(ReceptionError::Store(error))
    }
}

impl From<FileProblem> for NotifyError {
    fn from(problem: FileProblem) -> Self {
        NotifyError::Roster(ReceptionError::File(problem))
    }
}

/// Weighs a roster and, if the number of letters was said back, queues one
/// letter for each member whom the change concerns and who was not told yet.
/// Every problem of every row is told to `say` as it is found.
///
/// # Errors
/// [`NotifyError`]; then nothing was queued.
pub async fn notify(
    office: &Office,
    notice: &PurposeNotice<'_>,
    order: &Order<'_>,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<(Preview, Ended), NotifyError> {
    let mut weighed = weigh_roster(office, notice, order, say).await;
    // Who gets no letter must not be read from the store's files, least of
    // all where somebody lives whom nobody may find.
    match &mut weighed {
        Ok((preview, Ended::Queued(..))) => {
            preview.left_in_log = !office.store.erase_deleted().await;
        }
        Ok((preview, _)) => preview.left_in_log = !office.store.empty_log().await,
        Err(_) => _ = office.store.empty_log().await,
    }
    weighed
}

async fn weigh_roster(
    office: &Office,
    notice: &PurposeNotice<'_>,
    order: &Order<'_>,
    say: &mut dyn FnMut(&RowProblem),
) -> Result<(Preview, Ended), NotifyError> {
    let desk = &office.desk;
    let kind = desk.catalogue.get(KIND).ok_or(NotifyError::NoKind)?;
    let changed = Changed::between(notice.old, notice.new);
    let mut preview = Preview {
        categories: changed.len(),
        ..Preview::default()
    };
    if changed.len() == 0 || (notice.wording_only && !order.all) {
        return Ok((preview, Ended::NothingToTell));
    }
    let writing = Writing {
        office,
        kind,
        notice,
        changed: &changed,
        edition: edition_key(notice.new),
    };
    writing.check_texts()?;
    let sha256 = reception::file_sha256(order.roster).map_err(ReceptionError::Unreadable)?;
    let at = desk.clock.stamp();
    let mut intake = Intake::begin(&office.store, order.actor.as_str(), &at).await?;
    writing
        .stage(&mut intake, order.roster, &mut preview, say)
        .await?;
    if preview.bad > 0 {
        return Ok((preview, Ended::Refused));
    }
    let range = writing.queue(&mut intake, &mut preview).await?;
    // Dropping the transaction undoes what was only counted.
    let ended = match range {
        _ if order.dry_run => Ended::Counted,
        Some(_) if order.confirmed != Some(preview.letters()) => Ended::Unconfirmed,
        Some((first, last)) => {
            intake.unstage().await?;
            intake.commit(Some(&sha256)).await?;
            Ended::Queued(first, last)
        }
        None => Ended::Counted,
    };
    Ok((preview, ended))
}

/// One change on its way to the members of one roster.
struct Writing<'a> {
    office: &'a Office,
    kind: &'a Kind,
    notice: &'a PurposeNotice<'a>,
    changed: &'a Changed,
    edition: String,
}

impl Writing<'_> {
    /// What every letter says alike is checked once and before any row: the
    /// same complaint a hundred thousand times would help nobody.
    fn check_texts(&self) -> Result<(), NotifyError> {
        let rows = self.changed.all_rows();
        let texts = rows
            .iter()
            .flat_map(|row| row.as_object().into_iter().flat_map(Map::values))
            .filter_map(Value::as_str)
            .chain([self.notice.reason]);
        for text in texts {
            if let Err(refused) = self.office.desk.characters.check_lines(text)
                && let Some(refused) = refused.first()
            {
                let told = format!("{}{}", refused.problem(), refused.remedy());
                return Err(NotifyError::Text(told));
            }
        }
        if self.notice.reason.trim().is_empty() {
            return Err(NotifyError::Text(
                "変更の理由がありません。--reason に、加入者に分かる言葉で書いてください。"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    /// Reads the roster into the transaction; problems of all rows are told.
    async fn stage(
        &self,
        intake: &mut Intake,
        roster: &Path,
        preview: &mut Preview,
        say: &mut dyn FnMut(&RowProblem),
    ) -> Result<(), NotifyError> {
        let desk = &self.office.desk;
        let further = |_: &Kind, values: &Map<String, Value>| self.problems(values);
        let reader = Reader::open(roster, &desk.members, Some(MEMBER_KIND), &desk.characters)?
            .with_further(&further);
        for row in reader {
            let record = match row {
                Row::Good(record) => record,
                Row::Bad(bad) => {
                    preview.bad += 1;
                    bad.problems.iter().for_each(&mut *say);
                    continue;
                }
            };
            let (member, _) = Member::read(&record.values);
            let text = Value::Object(record.values.clone()).to_string();
            let twin = intake.stage_member(record.row, &member.key, &text).await?;
            if let Some(twin) = twin {
                preview.bad += 1;
                say(&record.whole_problem(
                    &format!("{twin}行目と同じ加入者管理番号です。"),
                    "一人に一行になるように、どちらが正しいか確かめて、重なった行を消してください。",
                ));
                continue;
            }
            preview.members += 1;
            for flag in member.flags {
                intake.learn_flag(&member.key, flag).await?;
            }
        }
        Ok(())
    }

    fn problems(&self, values: &Map<String, Value>) -> Vec<FieldProblem> {
        let (member, mut problems) = Member::read(values);
        if let Err(word) = self.changed.resolve(&member.categories) {
            problems.push(FieldProblem::of(
                "categories",
                format!("「{}」は、公表事項にない類型です。", shortened(&word)),
                "公表事項の表にある名称か id を書いてください。",
            ));
        }
        problems
    }

    /// Queues a letter for each staged member who is to be told; the first
    /// and the last letter.
    async fn queue(
        &self,
        intake: &mut Intake,
        preview: &mut Preview,
    ) -> Result<Option<(LetterId, LetterId)>, NotifyError> {
        let mut range = None;
        let mut after = 0;
        loop {
            let page = intake.staged_page(&self.edition, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(range);
            };
            after = last.id;
            for staged in page {
                let row = staged.row;
                match self.take(intake, staged).await? {
                    Ok(Taken {
                        letter,
                        delivery,
                        represented,
                    }) => {
                        match delivery {
                            Delivery::Mail => preview.by_mail += 1,
                            Delivery::Post | Delivery::Archive => preview.by_post += 1,
                        }
                        preview.through_insured += u64::from(represented);
                        range = Some((range.map_or(letter, |(first, _)| first), letter));
                    }
                    Err(why) => preview.leave_out(why, row),
                }
            }
        }
    }

    async fn take(
        &self,
        intake: &mut Intake,
        staged: StagedMember,
    ) -> Result<Result<Taken, LeftOut>, NotifyError> {
        let (member, _) = Member::read(&staged.record);
        let concerned = self.changed.resolve(&member.categories);
        let changes = concerned.map_or_else(|_| Vec::new(), |ids| self.changed.rows_for(&ids));
        if changes.is_empty() {
            return Ok(Err(LeftOut::NotConcerned));
        }
        if staged
            .notified
            .is_some_and(|state| state != State::Cancelled)
        {
            return Ok(Err(LeftOut::Before));
        }
        let desk = &self.office.desk;
        let age = desk.society.members.own_letter_age;
        let represented = is_represented(&member, &staged.flags, age, desk.clock.today());
        let addressed = match &member.insured_key {
            Some(insured) if represented => {
                Addressed::at_insured(intake.staged_member(insured).await?)
            }
            _ => Addressed::at_own(member.clone(), &staged.flags),
        };
        let addressed = match addressed {
            Ok(addressed) => addressed,
            Err(why) => return Ok(Err(why)),
        };
        let record = self.record(&member, &addressed, changes);
        self.check(staged.row, &record)?;
        let text = Value::Object(record.clone()).to_string();
        let queued = intake
            .add(&NewLetter {
                row: staged.row,
                kind: &self.kind.code,
                outcome: OUTCOME,
                series: &self.kind.series,
                delivery: addressed.delivery,
                record: &text,
                record_sha256: &reception::record_sha256(&self.kind.code, &record),
                request: None,
                decides: None,
            })
            .await?;
        // The same words to the same person: queued by hand, or cancelled and
        // nothing of it mended.
        let Queued::New(letter) = queued else {
            return Ok(Err(LeftOut::Before));
        };
        intake
            .note_notification(&self.edition, &member.key, &addressed.to.key, letter)
            .await?;
        Ok(Ok(Taken {
            letter,
            delivery: addressed.delivery,
            represented,
        }))
    }

    fn record(
        &self,
        member: &Member,
        addressed: &Addressed,
        changes: Vec<Value>,
    ) -> Map<String, Value> {
        let mut record = Map::new();
        let mut put = |field: &str, value: Option<Value>| {
            if let Some(value) = value {
                record.insert(field.to_owned(), value);
            }
        };
        let text = |text: &str| Some(Value::from(text));
        let (to, place) = (&addressed.to, &addressed.place);
        put("outcome", text(OUTCOME));
        put("addressee_name", text(&to.name));
        put("addressee_kana", to.kana.as_deref().map(Value::from));
        put("addressee_postal_code", text(&place.postal_code));
        put("addressee_address", text(&place.address));
        put(
            "addressee_building",
            place.building.as_deref().map(Value::from),
        );
        put("delivery", text(addressed.delivery.as_str()));
        if addressed.delivery == Delivery::Mail {
            put("mail_address", to.mail_address.as_deref().map(Value::from));
        }
        put("member_key", text(&member.written_key));
        if to.key != member.key {
            put("person_name", text(&member.name));
        }
        put("changes", Some(Value::from(changes)));
        put("change_reason", text(self.notice.reason));
        put(
            "effective_date",
            Some(json!(self.notice.effective.to_string())),
        );
        let page = &self.office.desk.society.privacy_page;
        put("notice_url", text(page));
        record
    }

    /// Holds a letter against all that a queued record is held against.
    fn check(&self, row: u64, record: &Map<String, Value>) -> Result<(), NotifyError> {
        let found = reception::further_problems(&self.office.desk, self.kind, record);
        let problem = match found.first() {
            Some(found) => format!("{}{}", found.problem, found.remedy),
            None if self.kind.validator.is_valid(&Value::Object(record.clone())) => return Ok(()),
            None => {
                "書簡の種類の定めに合いません。公表事項の類型の名称か利用目的が長すぎないか確かめてください。"
                    .to_owned()
            }
        };
        Err(NotifyError::Letter { row, problem })
    }
}

/// A member who is told.
struct Taken {
    letter: LetterId,
    delivery: Delivery,
    represented: bool,
}

/// The beginning of a word staff typed, for a message.
fn shortened(word: &str) -> String {
    const CHARS: usize = 20;
    match word.char_indices().nth(CHARS) {
        Some((cut, _)) => format!("{}…", &word[..cut]),
        None => word.to_owned(),
    }
}
