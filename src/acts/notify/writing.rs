//! From the rows of a roster to letters: staged, weighed, queued.

use std::path::Path;

use serde_json::{Map, Value, json};
use tokio::sync::OnceCell;

use super::changed::{Changed, Scope};
use super::persons::Persons;
use super::weigh::{Addressed, is_represented};
use super::{LeftOut, NotifyError, OUTCOME, Order, Preview, PurposeNotice, look_alikes};
use crate::acts::reception::{self, Read, ReceptionError, Rows};
use crate::catalogue::{Form, Kind};
use crate::domain::{
    By, Caution, Delivery, FieldProblem, LetterId, Likeness, Member, Persons as Concerned,
    Safeguards, cautions,
};
use crate::intake::RowProblem;
use crate::office::Office;
use crate::record::record_sha256;
use crate::store::{
    FlagChange, Intake, NewLetter, NewNotification, Queued, Staged, StagedMember, StagedQuery,
    StoreError,
};

/// Rows weighed at a time.
const PAGE: i64 = 500;

/// One change on its way to the members of one roster.
pub(super) struct Writing<'a> {
    pub office: &'a Office,
    /// Who has it written.
    pub by: &'a By,
    pub kind: &'a Kind,
    pub notice: &'a PurposeNotice<'a>,
    pub changed: &'a Changed,
    /// What the store knows the edition by.
    pub edition: String,
    /// What keeps letters back, read with the first of them.
    pub safeguards: OnceCell<Safeguards>,
}

impl Writing<'_> {
    /// What every letter says alike is checked once and before any row: the
    /// same complaint a hundred thousand times would help nobody.
    pub(super) fn check_texts(&self) -> Result<(), NotifyError> {
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
            return Err(NotifyError::NoReason);
        }
        Ok(())
    }

    /// Reads the roster and checks every row by itself.
    pub(super) fn read(&self, roster: &Path) -> Result<Rows<()>, NotifyError> {
        let form = &self.office.desk.members;
        let further = |form: &Form, values: &Map<String, Value>| self.problems(form, values);
        let rows = reception::read_form(self.office, roster, form, &further)?;
        Ok(rows)
    }

    /// Puts the roster into the transaction; problems of all rows are told.
    pub(super) async fn stage(
        &self,
        intake: &mut Intake,
        roster: Rows<()>,
        order: &Order<'_>,
        persons: &mut Persons,
        preview: &mut Preview,
        say: &mut dyn FnMut(&RowProblem),
    ) -> Result<(), NotifyError> {
        let desk = &self.office.desk;
        for row in roster {
            let record = match row? {
                Read::Good(record, ()) => record,
                Read::Bad(bad) => {
                    preview.bad += 1;
                    bad.problems.iter().for_each(&mut *say);
                    continue;
                }
            };
            let (member, _) = Member::read(&record.values);
            let text = Value::Object(record.values.clone()).to_string();
            let id = match intake.stage_member(record.row, &member.key, &text).await? {
                Staged::Kept(id) => id,
                Staged::Twin { row } => {
                    preview.bad += 1;
                    say(&record.whole_problem(
                        &format!("{row}行目と同じ加入者管理番号です。"),
                        "一人に一行になるように、どちらが正しいか確かめて、重なった行を消してください。",
                    ));
                    continue;
                }
            };
            if let Some(found) = look_alikes::found(intake, &member, order.distinct).await? {
                preview.bad += 1;
                preview.alike += 1;
                say(&record.placed(&desk.members, &found));
                continue;
            }
            preview.members += 1;
            persons.meet(intake, id, record.row, &member).await?;
            for flag in member.flags {
                let number = &member.written_key;
                intake
                    .change_flag(number, flag, FlagChange::Set, self.by)
                    .await?;
            }
        }
        Ok(())
    }

    fn problems(&self, form: &Form, values: &Map<String, Value>) -> Vec<FieldProblem> {
        let (member, mut problems) = Member::read(values);
        problems.extend(reception::impossible_dates(&self.office.desk, form, values));
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
    pub(super) async fn queue(
        &self,
        intake: &mut Intake,
        persons: &mut Persons,
        preview: &mut Preview,
    ) -> Result<Option<(LetterId, LetterId)>, NotifyError> {
        let mut range = None;
        let mut after = 0;
        loop {
            let query = StagedQuery::Page { after, limit: PAGE };
            let page = intake.staged_members(&self.edition, query).await?;
            let Some(last) = page.last() else {
                return Ok(range);
            };
            after = last.id;
            for staged in page {
                let (id, row) = (staged.id, staged.row);
                match self.take(intake, persons, staged).await? {
                    Ok(Taken {
                        letter,
                        delivery,
                        represented,
                        is_doubted,
                    }) => {
                        if is_doubted {
                            preview.doubt(row);
                        }
                        persons.written_to(id);
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
        persons: &Persons,
        staged: StagedMember,
    ) -> Result<Result<Taken, LeftOut>, NotifyError> {
        let (member, _) = Member::read(&staged.record);
        let concerned = self.changed.resolve(&member.categories);
        let concerned = concerned.unwrap_or_default();
        let (changes, scope) = self.changed.rows_for(&concerned);
        if changes.is_empty() {
            return Ok(Err(match self.changed.leaves_out(&concerned) {
                true => LeftOut::NoPurpose,
                false => LeftOut::NotConcerned,
            }));
        }
        if staged.is_notified() {
            return Ok(Err(LeftOut::Before));
        }
        if let Some(why) = persons.against(staged.id) {
            return Ok(Err(why));
        }
        let desk = &self.office.desk;
        let age = desk.society.members.own_letter_age;
        let represented = is_represented(&member, &staged.flags, age, desk.clock.today());
        let addressed = match &member.insured_key {
            Some(insured) if represented => {
                let query = StagedQuery::Of(insured);
                let mut found = intake.staged_members("", query).await?;
                Addressed::at_insured(found.pop())
            }
            _ => Addressed::at_own(member.clone(), &staged.flags),
        };
        let addressed = match addressed {
            Ok(addressed) => addressed,
            Err(why) => return Ok(Err(why)),
        };
        let record = self.record(&member, &addressed, (changes, scope));
        if self.comes_to_counterpart(intake, &record).await? {
            return Ok(Err(LeftOut::Counterpart));
        }
        self.check(staged.row, &record)?;
        let text = Value::Object(record.clone()).to_string();
        let queued = intake
            .add_letter(&NewLetter {
                row: staged.row,
                kind: &self.kind.code,
                outcome: OUTCOME,
                series: &self.kind.series,
                delivery: addressed.delivery,
                record: &text,
                record_sha256: &record_sha256(&self.kind.code, &record),
                looked_up: false,
                request: None,
                decides: None,
                answers: &[],
                likeness: Likeness::of(&self.kind.code, &record),
                dated_from: None,
                tells: Some(NewNotification {
                    edition: &self.edition,
                    member_key: &member.key,
                    recipient: &addressed.to.written_key,
                }),
                replaces: None,
            })
            .await
            .map_err(ReceptionError::from)?;
        // The same words to the same person: queued by hand, or cancelled and
        // nothing of it mended.
        let Queued::New(letter) = queued else {
            return Ok(Err(LeftOut::Before));
        };
        let doubts = reception::place_doubts(desk, self.kind, &record);
        let doubts = doubts.map_err(ReceptionError::from)?;
        intake
            .keep_warnings(letter, &doubts)
            .await
            .map_err(ReceptionError::from)?;
        Ok(Ok(Taken {
            letter,
            delivery: addressed.delivery,
            represented,
            is_doubted: !doubts.is_empty(),
        }))
    }

    /// Whether the letter would come to somebody whom protective measures are
    /// against, about somebody else or instead of whom they protect.
    async fn comes_to_counterpart(
        &self,
        intake: &mut Intake,
        record: &Map<String, Value>,
    ) -> Result<bool, StoreError> {
        let safeguards = self
            .safeguards
            .get_or_try_init(|| async { intake.watched().await.map(|now| now.safeguards) })
            .await?;
        let concerned = Concerned::of(record, &[], None);
        let reveals = self.office.desk.catalogue.reveals(&self.kind.code, OUTCOME);
        Ok(cautions(&safeguards.counterparts, &concerned, reveals)
            .into_iter()
            .any(|caution| caution.stops() || caution == Caution::ProtectedAtTheirs))
    }

    fn record(
        &self,
        member: &Member,
        addressed: &Addressed,
        (changes, scope): (Vec<Value>, Scope),
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
        put("large_print", to.large_print.as_deref().map(Value::from));
        put("delivery", text(addressed.delivery.as_str()));
        if addressed.delivery == Delivery::Mail {
            put("mail_address", to.mail_address.as_deref().map(Value::from));
        }
        put("member_key", text(&member.written_key));
        if to.key != member.key {
            put("person_name", text(&member.name));
        }
        put("changes", Some(Value::from(changes)));
        put("change_scope", text(scope.as_str()));
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
        let desk = &self.office.desk;
        let mut found = reception::further_problems(desk, self.kind, record);
        found.extend(reception::switched_off(desk, self.kind));
        found.extend(reception::unnumbered(desk, self.kind));
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
    /// Whether staff were told something of its postal code.
    is_doubted: bool,
}

/// The beginning of a word staff typed, for a message.
fn shortened(word: &str) -> String {
    const CHARS: usize = 20;
    match word.char_indices().nth(CHARS) {
        Some((cut, _)) => format!("{}…", &word[..cut]),
        None => word.to_owned(),
    }
}
