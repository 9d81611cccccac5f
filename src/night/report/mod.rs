//! The morning report: what went out, what did not yet, what needs a person,
//! and whether the counts add up.

mod files;
mod leaving;
mod pressing;
mod stopped;
mod text;
mod verdict;

use std::path::PathBuf;

use chrono::NaiveDate;
use serde::Serialize;

use super::{concern::waiting_of, remarks::remarks};
use crate::domain::{LetterId, State, Whereabouts};
use crate::office::{Office, OfficeError};
use crate::print;
use crate::store::{self, BatchCounts, ChainHead, LetterRow, StoreError};
use crate::text::era;
use crate::wording::{self, StaffMessage as _, Told};

pub use files::{kept_reports, write_report};
pub use leaving::Leaving;

use pressing::Pressing;
use stopped::Stopped;
use verdict::Verdict;

/// Letters named one by one in the report; a night with more is a fault of
/// the whole, and `yobin list` shows the rest.
const NAMED: i64 = 500;

/// The same of letters that must not go any more.
const NAMED_STOPPED: usize = 500;

/// Where a letter can rest, in the order the report counts it. The second says
/// whether it is counted on paper even where there is none.
const RESTING: [(Whereabouts, bool); 11] = [
    (Whereabouts::In(State::Sent), true),
    (Whereabouts::Written, false),
    (Whereabouts::Posted, false),
    (Whereabouts::HandedOver, false),
    (Whereabouts::Unposted, false),
    (Whereabouts::In(State::Filed), true),
    (Whereabouts::In(State::Held), true),
    (Whereabouts::In(State::Parked), true),
    (Whereabouts::In(State::Failed), true),
    (Whereabouts::In(State::Unknown), true),
    (Whereabouts::In(State::Cancelled), true),
];

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
    /// Letters by where they rest.
    pub counts: Vec<Count>,
    /// Letters still on their way; none after a whole night.
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
    /// The same by how their time stands; they add up to `requests_open`.
    pub request_counts: Vec<Count>,
    /// Whether they do.
    pub requests_match: bool,
    /// Open requests whose time is running out or has, the most urgent first.
    pub requests: Vec<RequestAttention>,
    /// Further such requests that are not named here.
    pub requests_more: i64,
    /// How long the batch was open.
    pub duration: String,
    /// Place and hash of the register's last entry. On paper it lets anyone
    /// see later that nothing was taken off the register's end.
    pub register_head: String,
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

/// A letter that needs a person.
#[derive(Debug, Clone, Serialize)]
pub struct Attention {
    /// Reference.
    pub letter: String,
    /// Japanese name of the kind.
    pub kind: String,
    /// Document number.
    pub number: String,
    /// Japanese word for its state.
    pub state: String,
    /// Why.
    pub reason: String,
    /// What to do.
    pub next_step: String,
}

/// A request whose time is running out or has.
#[derive(Debug, Clone, Serialize)]
pub struct RequestAttention {
    /// Receipt number.
    pub receipt_number: String,
    /// Day it arrived, with its era.
    pub arrival_ja: String,
    /// A word for how its time stands.
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
    #[error("{}", wording::report::no_such_batch(*.0))]
    NoSuchBatch(NaiveDate),
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
    /// Counts the batch of `date`.
    ///
    /// # Errors
    /// [`ReportError::NoSuchBatch`] when it was never opened.
    pub async fn of(office: &Office, date: NaiveDate) -> Result<Self, ReportError> {
        let desk = &office.desk;
        let day = date.format("%Y-%m-%d").to_string();
        let mut conn = office.store.read().await?;
        let batch = store::batch(&mut conn, &day)
            .await?
            .ok_or(ReportError::NoSuchBatch(date))?;
        let remarks = remarks(office, &batch).await?;
        let (by_place, by_kind, numbers) = store::batch_counts(&mut conn, &day).await?;
        let named = store::needing_person(&mut conn, &day, NAMED).await?;
        let (earlier, named_earlier) = store::left_from_before(&mut conn, &day, NAMED).await?;
        let stopped = Stopped::find(office, &day).await?;
        let waiting_for_post = stopped.taken_from(store::unposted(&mut conn).await?);
        let unprinted = store::unprinted(&mut conn, NAMED).await?;
        let letters = unprinted
            .iter()
            .map(|letter| (letter.id, letter.kind.as_str(), letter.outcome.as_str()));
        let unprinted_kept_back = print::kept_back(office, letters).await?;
        let outside = store::outside_batches(&mut conn).await?;
        let ChainHead(last, head) = store::chain_head(&mut conn).await?;
        let requests_open = store::count_open_requests(&mut conn).await?;
        let open = store::open_requests(&mut conn).await?;
        let deciding: Vec<LetterId> = open
            .iter()
            .flat_map(|(_, rights)| waiting_of(rights))
            .collect();
        let deciding_kept_back = print::kept_back_by_id(office, &deciding).await?;
        let pressing = Pressing::on(desk.clock.today(), open, &deciding_kept_back);

        let resting = Resting::of(&by_place);
        // The total is counted by kind and the parts by state, so that the
        // comparison can fail.
        let total: i64 = by_kind.iter().map(|(_, count)| count).sum();
        let sum_matches = total == resting.total;
        let written = count_of(&by_place, Whereabouts::Written) - stopped.written;
        let stopped_count = i64::try_from(stopped.letters.len()).unwrap_or(i64::MAX);
        let leaving = leaving::leaving(office, &day, &waiting_for_post, written);
        let (status, headline) = Verdict {
            day: &day,
            total,
            sum_matches,
            unfinished: resting.unfinished,
            needing: resting.needing,
            earlier,
            unprinted: waiting_for_post.unprinted,
            stopped: stopped_count,
            pressing: pressing.count,
            remarks: remarks.len(),
            leaving: &leaving,
        }
        .say();
        let needing = resting.needing + earlier + waiting_for_post.unprinted + stopped_count;
        let kind_name = |code: &str| {
            desk.catalogue
                .get(code)
                .map_or_else(|| code.to_owned(), |kind| kind.name.clone())
        };
        let attention: Vec<Attention> = named
            .into_iter()
            .chain(named_earlier)
            .map(|letter| {
                let told = stopped_for(&letter);
                attention(letter, told, &day, &kind_name)
            })
            .chain(unprinted.into_iter().map(|letter| {
                // The print file that would take it in.
                let date = letter.batch_date.as_ref().map_or(&day, |own| own.max(&day));
                let why = unprinted_kept_back.get(&letter.id);
                let told = wording::kept_back::unprinted(why, date);
                attention(letter, told, &day, &kind_name)
            }))
            .chain(
                stopped
                    .letters
                    .into_iter()
                    .take(NAMED_STOPPED)
                    .map(|(letter, why)| {
                        let told = wording::kept_back::made(&why, &letter);
                        attention(letter, told, &day, &kind_name)
                    }),
            )
            .collect();
        let waiting = [State::Queued, State::Approved, State::Held]
            .into_iter()
            .filter_map(|state| {
                let count = outside.get(&state).copied().filter(|count| *count > 0)?;
                let label = match state {
                    State::Queued => "受付済み(承認待ち・次の夜の処理待ち)".to_owned(),
                    State::Approved => "承認済み(次の夜の処理待ち)".to_owned(),
                    other => other.japanese().to_owned(),
                };
                Some(Count { label, count })
            })
            .collect();
        Ok(Report {
            date: day,
            date_ja: era::write(date).unwrap_or_else(|| date.to_string()),
            issued_ja: japanese_time(desk.clock.now()),
            society: desk.society.name.clone(),
            status: status.to_owned(),
            headline,
            remarks,
            attention_more: needing - i64::try_from(attention.len()).unwrap_or_default(),
            counts: resting.counts,
            unfinished: resting.unfinished,
            total,
            sum_matches,
            by_kind: by_kind
                .into_iter()
                .map(|(code, count)| KindCount {
                    kind: kind_name(&code),
                    count,
                })
                .collect(),
            numbers: numbers
                .into_iter()
                .map(|series| Numbers {
                    series: series.series,
                    first: series.first,
                    last: series.last,
                    count: series.count,
                })
                .collect(),
            leaving,
            attention,
            waiting,
            requests_open,
            requests_match: pressing.counts.iter().map(|part| part.count).sum::<i64>()
                == requests_open,
            request_counts: pressing.counts,
            requests_more: pressing.count - i64::try_from(pressing.named.len()).unwrap_or_default(),
            requests: pressing.named,
            duration: duration(&batch.opened_at, batch.closed_at.as_deref()),
            register_head: format!("{last}：{head}"),
        })
    }

    /// Whether a person must do something.
    pub fn needs_person(&self) -> bool {
        self.status != "完了"
    }
}

/// The letters of a batch by where they rest.
struct Resting {
    counts: Vec<Count>,
    total: i64,
    /// Still on their way.
    unfinished: i64,
    /// At rest, and a person must do something.
    needing: i64,
}

impl Resting {
    fn of(by_place: &BatchCounts) -> Self {
        let counts = RESTING.map(|(at, always)| (at, always, count_of(by_place, at)));
        let total: i64 = counts.iter().map(|(_, _, count)| count).sum();
        Resting {
            counts: counts
                .into_iter()
                .filter(|(_, always, count)| *always || *count > 0)
                .map(|(at, _, count)| Count {
                    label: at.japanese().to_owned(),
                    count,
                })
                .collect(),
            total,
            unfinished: by_place.values().sum::<i64>() - total,
            needing: [State::Parked, State::Failed, State::Unknown, State::Held]
                .into_iter()
                .map(|state| count_of(by_place, state.into()))
                .sum(),
        }
    }
}

fn count_of(by_place: &BatchCounts, at: Whereabouts) -> i64 {
    by_place.get(&at).copied().unwrap_or_default()
}

/// What is told of a letter of its own state.
fn stopped_for(letter: &LetterRow) -> Told {
    match (letter.state, &letter.reason) {
        (State::Held, _) => wording::report::held(),
        (_, Some(reason)) => wording::told(reason),
        (_, None) => Told::default(),
    }
}

fn attention(
    letter: LetterRow,
    told: Told,
    day: &str,
    kind_name: &impl Fn(&str) -> String,
) -> Attention {
    Attention {
        letter: letter.id.to_string(),
        kind: kind_name(&letter.kind),
        number: letter.number.unwrap_or_default(),
        state: match letter.batch_date.as_deref() {
            Some(date) if date != day => format!("{}({date} 分)", letter.at.japanese()),
            _ => letter.at.japanese().to_owned(),
        },
        reason: told.reason,
        next_step: told.next_step,
    }
}

fn japanese_time(time: chrono::DateTime<chrono::FixedOffset>) -> String {
    let day = era::write(time.date_naive()).unwrap_or_default();
    format!("{day} {}", time.format("%-H時%M分"))
}

fn duration(opened: &str, closed: Option<&str>) -> String {
    let parse = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok();
    let (Some(opened), Some(closed)) = (parse(opened), closed.and_then(parse)) else {
        return "処理中".to_owned();
    };
    let seconds = (closed - opened).num_seconds().max(0);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0) => "1秒未満".to_owned(),
        (0, 0, s) => format!("{s}秒"),
        (0, m, s) => format!("{m}分{s}秒"),
        (h, m, _) => format!("{h}時間{m}分"),
    }
}
