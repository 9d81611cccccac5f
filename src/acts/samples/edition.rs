//! The sample edition of the notice: what letters that charge a fee or tell of
//! a changed purpose need behind them, for the samples alone.
//!
//! The society's own notice stays word for word. In the folder of a demo the
//! sample's words are added to it, and that edition goes the way of every
//! other: drafted, approved by a second person, published. What it changes is
//! told to the sample roster.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Deserialize;

use crate::acts::notice::{
    NoticeRefusal, PublicationError, approve, import, keep_draft, propose, publish,
};
use crate::acts::notify::{self, NotifyError, Order, PurposeNotice, TellingError};
use crate::acts::reception::Distinct;
use crate::config::in_japanese;
use crate::domain::By;
use crate::files::{self, Unreadable};
use crate::intake::RowProblem;
use crate::notice::{Answers, Item, Notice, Proposal, Purpose};
use crate::office::Office;

/// The sample edition below `templates`.
const FILE: &str = "notice/sample-edition.toml";
/// The roster below `templates`.
const ROSTER: &str = "members/sample-roster.csv";

/// What the sample edition adds to a notice, as its file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleEdition {
    label: String,
    reason: String,
    paragraphs: Vec<Item>,
    purposes: Vec<Addition>,
    answers: BTreeMap<String, String>,
}

/// A purpose and the category it is added to.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Addition {
    category: String,
    id: String,
    text: String,
}

/// Why there is no sample edition, for staff.
#[derive(Debug, thiserror::Error)]
pub enum SampleEditionError {
    /// Its file cannot be read.
    #[error("見本の版 {FILE} を読めません。{}", .0.problem())]
    Unreadable(#[from] Unreadable),
    /// Its file says something else than it must.
    #[error("見本の版 {FILE}：{0}")]
    Content(String),
    /// A rule of the notice is against it.
    #[error("見本の版を公表できません。{0}")]
    Refused(#[from] NoticeRefusal),
    /// It is not published.
    #[error("見本の版を公表できません。{0}")]
    Unpublished(#[from] PublicationError),
    /// The sample roster is not told.
    #[error("見本の名簿の方に知らせられません。{0}")]
    Telling(#[from] TellingError),
    /// The letters to the sample roster cannot be made.
    #[error("見本の名簿の方に知らせられません。{0}")]
    Roster(#[from] NotifyError),
    /// A row of the sample roster has a problem.
    #[error("見本の名簿 {ROSTER}\n{0}")]
    Row(String),
}

impl SampleEdition {
    /// Reads the file of the office's templates.
    ///
    /// # Errors
    /// When it cannot be read, or is not built as it must be.
    pub fn read(office: &Office) -> Result<Self, SampleEditionError> {
        let text = files::text_below(&office.desk.config.templates, FILE)?;
        toml::from_str(&text).map_err(|error| SampleEditionError::Content(in_japanese(&error)))
    }

    /// The notice with the sample's words. A purpose whose category the notice
    /// does not have is left out, unless none would be left.
    fn added_to(&self, notice: &Notice) -> Notice {
        let mut notice = notice.clone();
        notice.revision.label.clone_from(&self.label);
        for paragraph in &self.paragraphs {
            let mut known = notice.requests.paragraphs.iter();
            if known.all(|known| known.id != paragraph.id) {
                notice.requests.paragraphs.push(paragraph.clone());
            }
        }
        let fits = |addition: &Addition| {
            let mut known = notice.categories();
            known.any(|category| category.id == addition.category)
        };
        let any = self.purposes.iter().any(fits);
        for group in &mut notice.purposes.groups {
            for category in &mut group.categories {
                let of_category = self
                    .purposes
                    .iter()
                    .filter(|addition| !any || addition.category == category.id);
                category
                    .purposes
                    .extend(of_category.map(|addition| Purpose {
                        id: addition.id.clone(),
                        text: addition.text.clone(),
                    }));
            }
        }
        notice
    }

    fn answers(&self, proposal: &Proposal, today: NaiveDate) -> Answers {
        let mut answers = self.answers.clone();
        answers.insert("q10.date".to_owned(), today.to_string());
        for question in &proposal.questions {
            let answer = match question.number {
                1 => "利用目的の追加",
                2 => "すでに持っている情報にも使う",
                3 if question.name != "reason" => "予測できる。関連性がある",
                _ => continue,
            };
            answers.insert(question.key(), answer.to_owned());
        }
        answers
    }

    /// Takes in `notice` as the edition in force and publishes the sample
    /// edition after it, drafted by one person and approved by the other.
    ///
    /// # Errors
    /// [`SampleEditionError`].
    pub async fn publish(
        &self,
        office: &Office,
        (drafter, approver): (&By, &By),
        notice: &Notice,
    ) -> Result<(), SampleEditionError> {
        let today = drafter.today();
        let mut first = notice.clone();
        if first.revision.date >= today {
            let before = today.checked_sub_days(Days::new(1));
            first.revision.date = before.unwrap_or(first.revision.date);
        }
        import(office, drafter, &first).await?;
        let proposal = propose(office, self.added_to(&first), Some(today)).await?;
        let answers = self.answers(&proposal, today);
        let (row, _) = keep_draft(office, drafter, &proposal, &answers, false).await?;
        approve(office, approver, row.number, None).await?;
        let number = Some(row.number);
        publish(office, approver, number, today, &mut |_| {}).await?;
        Ok(())
    }

    /// Tells the sample roster of what the sample edition changes. How many
    /// letters were queued.
    ///
    /// # Errors
    /// [`SampleEditionError`].
    pub async fn tell(&self, office: &Office, by: &By) -> Result<u64, SampleEditionError> {
        let telling = notify::telling(office, None).await?;
        let notice = PurposeNotice {
            old: &telling.old.notice,
            new: &telling.new.notice,
            effective: telling.new.effective,
            reason: &self.reason,
            untold: &telling.untold,
        };
        let roster = office.desk.config.templates.join(ROSTER);
        let mut confirmed = None;
        loop {
            let mut problems = Vec::new();
            let order = Order {
                roster: &roster,
                all: false,
                dry_run: false,
                confirmed,
                distinct: &Distinct::default(),
            };
            let mut say = |problem: &RowProblem| problems.push(problem.to_string());
            let (preview, _) = notify::notify(office, by, &notice, &order, &mut say).await?;
            if !problems.is_empty() {
                return Err(SampleEditionError::Row(problems.join("\n")));
            }
            if confirmed.is_some() || preview.letters() == 0 {
                return Ok(preview.letters());
            }
            // Nothing is queued before the number is said back.
            confirmed = Some(preview.letters());
        }
    }
}
