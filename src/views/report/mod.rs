//! The morning report: what went out, what did not yet, what needs a person,
//! and whether the counts add up.

mod attention;
mod figures;
mod files;
mod knowingly;
mod leaving;
mod numbers;
mod pages;
mod pressing;
mod remarks;
mod stopped;
mod text;
mod verdict;

use std::path::PathBuf;

use chrono::NaiveDate;
use serde::Serialize;

use crate::domain::Whereabouts;
use crate::office::{Office, OfficeError};
use crate::store::{ChainHead, Reads, StoreError};
use crate::text::era;
use crate::views::kind_name;
use crate::wording::{self, StaffMessage as _};

pub use attention::Attention;
pub use files::{kept_reports, write_report};
pub use leaving::Leaving;

use figures::Figures;
use numbers::{Resting, count_of, duration, japanese_time, outside_batches};
use pressing::Pressing;
use verdict::Verdict;

/// The report of one business date.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Business date, `2026-11-22`.
    pub date: String,
    /// Business date with its era.
    pub date_ja: String,
    /// When the report was made.
    pub issued_ja: String,
    /// The society.
    pub society: String,
    /// 完了, 要対応 or 未完了.
    pub status: String,
    /// One sentence that says how the night went.
    pub headline: String,
    /// What else a person must know, each with what to do.
    pub remarks: Vec<String>,
    /// That the letters are signed with a title alone, as long as they are.
    pub unsigned: Option<String>,
    /// Letters by where they are.
    pub counts: Vec<Count>,
    /// Letters still to be made; none after a whole night.
    pub unfinished: i64,
    /// Letters of the batch (受付).
    pub total: i64,
    /// Whether `total` is the sum of `counts`.
    pub sum_matches: bool,
    /// Letters by kind.
    pub by_kind: Vec<KindCount>,
    /// Document numbers given.
    pub numbers: Vec<Numbers>,
    /// What has not left the house yet and waits for somebody to send it off.
    pub leaving: Vec<Leaving>,
    /// Letters that need a person.
    pub attention: Vec<Attention>,
    /// Further letters that need a person and are not named here.
    pub attention_more: i64,
    /// Letters outside any batch, by state.
    pub waiting: Vec<Count>,
    /// Requests that are open when the report is made.
    pub requests_open: i64,
    /// Open requests by deadline status; the counts add up to `requests_open`.
    pub request_counts: Vec<Count>,
    /// Whether these counts add up.
    pub requests_match: bool,
    /// Open requests whose time is running out or has, the most urgent first.
    pub requests: Vec<RequestAttention>,
    /// Further such requests that are not named here.
    pub requests_more: i64,
    /// How long the batch was open.
    pub duration: String,
    /// Position and hash of the register's last entry. On paper it lets anyone
    /// see later that nothing was taken off the register's end.
    pub register_head: String,
    /// Which workspace it is of, so that a later database can be held against
    /// it.
    pub workspace: String,
}

/// A label with a count.
#[derive(Debug, Clone, Serialize)]
pub struct Count {
    /// Japanese label.
    pub label: String,
    /// Number of letters.
    pub count: i64,
}

/// Letters of one kind.
#[derive(Debug, Clone, Serialize)]
pub struct KindCount {
    /// Japanese name of the kind.
    pub kind: String,
    /// Number of letters.
    pub count: i64,
}

/// Numbers given in one series.
#[derive(Debug, Clone, Serialize)]
pub struct Numbers {
    /// The series.
    pub series: String,
    /// First number.
    pub first: String,
    /// Last number.
    pub last: String,
    /// How many.
    pub count: i64,
}

/// A request whose time is running out or has.
#[derive(Debug, Clone, Serialize)]
pub struct RequestAttention {
    /// Receipt number.
    pub receipt_number: String,
    /// Day it arrived, with its era.
    pub arrival_ja: String,
    /// Label of the deadline status.
    pub concern: String,
    /// Why it needs a person.
    pub reason: String,
    /// What to do.
    pub next_step: String,
}

/// Why a report cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// No batch of that date.
    #[error("{}", wording::report::no_such_batch(*.0, *.1))]
    NoSuchBatch(NaiveDate, Option<NaiveDate>),
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// The templates cannot be read.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The web page's template cannot be read.
    #[error("報告書の書式を読めません。\n  {0}")]
    Unreadable(#[from] crate::files::Unreadable),
    /// The web page's template has an error.
    #[error("報告書の書式 report.html.j2 に誤りがあります({0})。")]
    Template(#[from] minijinja::Error),
    /// The PDF did not come out.
    #[error("報告書のPDFを作れません。{0}")]
    Pdf(String),
    /// A file could not be written.
    #[error("報告書 {} を書けません({error})。空きと権限を確かめてください。", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

impl Report {
    /// The report of `date` as things stand now.
    ///
    /// # Errors
    /// [`ReportError::NoSuchBatch`] when the batch was never opened.
    pub async fn of(office: &Office, date: NaiveDate) -> Result<Self, ReportError> {
        let mut conn = office.store.reads().await?;
        Self::read(office, &mut conn, date).await
    }

    /// The report of `date` as things stood in a snapshot: its counts and its
    /// lists are of one moment.
    ///
    /// # Errors
    /// [`ReportError::NoSuchBatch`] when the batch was not opened by then.
    pub async fn read(
        office: &Office,
        conn: &mut Reads,
        date: NaiveDate,
    ) -> Result<Self, ReportError> {
        let figures = Figures::read(office, conn, date).await?;
        Ok(Self::told(office, date, figures))
    }

    fn told(office: &Office, date: NaiveDate, figures: Figures) -> Self {
        let desk = &office.desk;
        let day = figures.batch.date.to_string();
        let pressing = Pressing::of(&figures.open_requests);
        let resting = Resting::of(&figures.by_place);
        // The total is counted by kind and the parts by state, so that the
        // comparison can fail.
        let total: i64 = figures.by_kind.iter().map(|(_, count)| count).sum();
        let sum_matches = total == resting.total;
        let stopped = figures.stopped.count();
        let unposted = figures.stopped.taken_from(figures.unposted.clone());
        let written = count_of(&figures.by_place, Whereabouts::Written) - figures.stopped.written;
        let mut leaving = leaving::leaving(office, &day, &unposted, written, figures.waiting_mails);
        leaving.extend(leaving::knowingly(&figures.knowingly));
        let (status, headline) = Verdict {
            day: &day,
            total,
            sum_matches,
            unfinished: resting.unfinished,
            needing: resting.needing,
            earlier: figures.earlier,
            unprinted: unposted.unprinted,
            stopped,
            pressing: pressing.count,
            remarks: figures.remarks.len(),
            leaving: &leaving,
        }
        .say();
        let needing = resting.needing + figures.earlier + unposted.unprinted + stopped;
        let kinds = figures.by_kind.iter().map(|(code, count)| KindCount {
            kind: kind_name(&desk.catalogue, code).to_owned(),
            count: *count,
        });
        let numbers = figures.numbers.iter().map(|series| Numbers {
            series: series.series.clone(),
            first: series.first.clone(),
            last: series.last.clone(),
            count: series.count,
        });
        let ChainHead(last, head) = &figures.chain_head;
        let attention = attention::all(&desk.catalogue, figures.batch.date, &figures);
        let in_all: i64 = pressing.counts.iter().map(|part| part.count).sum();
        Report {
            date_ja: era::write(date).unwrap_or_else(|| date.to_string()),
            issued_ja: japanese_time(desk.clock.now()),
            society: desk.society.name.clone(),
            status: status.to_owned(),
            headline,
            remarks: figures.remarks,
            unsigned: match desk.society.representative_name {
                Some(_) => None,
                None => Some(wording::unsigned(&desk.society.representative_title)),
            },
            attention_more: needing - i64::try_from(attention.len()).unwrap_or_default(),
            counts: resting.counts,
            unfinished: resting.unfinished,
            total,
            sum_matches,
            by_kind: kinds.collect(),
            numbers: numbers.collect(),
            leaving,
            attention,
            waiting: outside_batches(&figures.outside),
            requests_open: figures.requests_open,
            requests_match: in_all == figures.requests_open,
            request_counts: pressing.counts,
            requests_more: pressing.count - i64::try_from(pressing.named.len()).unwrap_or_default(),
            requests: pressing.named,
            duration: duration(figures.batch.opened_at, figures.batch.closed_at),
            register_head: format!("{last}：{head}"),
            workspace: figures.workspace,
            date: day,
        }
    }

    /// Whether a person must do something.
    pub fn needs_person(&self) -> bool {
        self.status != "完了"
    }
}
