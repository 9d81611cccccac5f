//! The morning report: what went out, what needs a person, and whether the
//! counts add up.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::json;

use super::concern::concern_of;
use crate::domain::{AskedRight, Concern, Standing, State, in_one_line};
use crate::files;
use crate::office::{Office, OfficeError};
use crate::render::{Job, Output};
use crate::store::{self, ChainHead, LetterRow, RequestRow, StoreError};
use crate::text::era;
use crate::text::own::rare_units;

/// Letters named one by one in the report; a night with more is a fault of
/// the whole, and `yobin list` shows the rest.
const NAMED: i64 = 500;

/// The template of the web page below the templates.
const WEB_PAGE: &str = "report/report.html.j2";

/// The most characters of a reason that stand in the report; what is kept of
/// earlier versions may be of any length.
const REASON_MOST: usize = 800;

/// The states a letter can rest in, in the order the report counts them.
const RESTING: [State; 7] = [
    State::Sent,
    State::Filed,
    State::Held,
    State::Parked,
    State::Failed,
    State::Unknown,
    State::Cancelled,
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
    /// Letters by resting state.
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
    #[error("{0}の夜間処理はありません。yobin list --batch で日付を確かめてください。")]
    NoSuchBatch(NaiveDate),
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// The templates cannot be read.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The web page's template cannot be read.
    #[error("報告書の書式を読めません。\n  {0}")]
    Unreadable(#[from] files::Unreadable),
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
        let (by_state, by_kind, numbers) = store::batch_counts(&mut conn, &day).await?;
        let named = store::needing_person(&mut conn, &day, NAMED).await?;
        let (earlier, named_earlier) = store::left_from_before(&mut conn, &day, NAMED).await?;
        let outside = store::outside_batches(&mut conn).await?;
        let ChainHead(last, head) = store::chain_head(&mut conn).await?;
        let requests_open = store::count_open_requests(&mut conn).await?;
        let pressing = Pressing::on(desk.clock.today(), store::open_requests(&mut conn).await?);

        let count = |state: State| by_state.get(&state).copied().unwrap_or_default();
        let counts: Vec<Count> = RESTING
            .into_iter()
            .map(|state| Count {
                label: state.japanese().to_owned(),
                count: count(state),
            })
            .collect();
        // The total is counted by kind and the parts by state, so that the
        // comparison below can fail.
        let total: i64 = by_kind.iter().map(|(_, count)| count).sum();
        let resting: i64 = counts.iter().map(|part| part.count).sum();
        let unfinished: i64 = by_state
            .iter()
            .filter(|(state, _)| !RESTING.contains(state))
            .map(|(_, count)| count)
            .sum();
        let needing: i64 = [State::Parked, State::Failed, State::Unknown, State::Held]
            .into_iter()
            .map(count)
            .sum();
        let sum_matches = total == resting;
        let kind_name = |code: &str| {
            desk.catalogue
                .get(code)
                .map_or_else(|| code.to_owned(), |kind| kind.name.clone())
        };
        let (status, headline) = if !sum_matches {
            (
                "未完了",
                format!(
                    "{total}件のうち{unfinished}件の処理が終わっていません。yobin run --date {day} をもう一度実行してください。"
                ),
            )
        } else if needing + earlier == 0 && pressing.count > 0 {
            (
                "要対応",
                format!(
                    "{total}件の処理が終わりました。期限に注意が必要な請求が{}件あります。",
                    pressing.count
                ),
            )
        } else if needing + earlier > 0 {
            let whom = match (needing, earlier) {
                (_, 0) => format!("{needing}件"),
                (0, _) => format!("前の日までの{earlier}件"),
                (_, _) => format!("{needing}件と、前の日までの{earlier}件"),
            };
            let requests = match pressing.count {
                0 => String::new(),
                count => format!("期限に注意が必要な請求も{count}件あります。"),
            };
            (
                "要対応",
                format!("{total}件の処理が終わりました。{whom}に対応が必要です。{requests}"),
            )
        } else {
            (
                "完了",
                format!("{total}件の処理がすべて終わりました。対応が必要なものはありません。"),
            )
        };
        let attention: Vec<Attention> = named
            .into_iter()
            .chain(named_earlier)
            .map(|letter| attention(letter, &day, &kind_name))
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
            attention_more: needing + earlier - i64::try_from(attention.len()).unwrap_or_default(),
            counts,
            unfinished,
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

    /// The report as plain text.
    pub fn text(&self) -> String {
        let mut lines = vec![
            format!("夜間処理報告  {}", self.date_ja),
            self.society.clone(),
            format!("作成  {}", self.issued_ja),
            String::new(),
            format!("【{}】{}", self.status, self.headline),
            String::new(),
            format!("  受付  {}件", self.total),
        ];
        let parts: Vec<String> = self
            .counts
            .iter()
            .map(|part| format!("{} {}", part.label, part.count))
            .collect();
        lines.push(format!("  内訳  {}", parts.join("  ")));
        if self.sum_matches {
            lines.push("  受付の件数と内訳の合計は一致しています。".to_owned());
        } else {
            lines.push(format!(
                "  受付の件数と内訳の合計が一致していません(処理中 {}件)。",
                self.unfinished
            ));
        }
        lines.push(format!("  所要  {}", self.duration));
        if !self.by_kind.is_empty() {
            lines.push(String::new());
            lines.push("種類別".to_owned());
            for kind in &self.by_kind {
                lines.push(format!("  {}  {}件", kind.kind, kind.count));
            }
        }
        if !self.numbers.is_empty() {
            lines.push(String::new());
            lines.push("文書番号".to_owned());
            for series in &self.numbers {
                lines.push(format!(
                    "  {} から {} まで  {}件",
                    series.first, series.last, series.count
                ));
            }
        }
        lines.push(String::new());
        if self.attention.is_empty() && !self.requests.is_empty() {
            lines.push("対応が必要な書簡はありません。".to_owned());
        } else if self.attention.is_empty() {
            lines.push("対応が必要なものはありません。".to_owned());
        } else {
            lines.push("対応が必要なもの".to_owned());
            for item in &self.attention {
                lines.push(format!(
                    "  {}  {}  {}  {}",
                    item.letter, item.state, item.number, item.kind
                ));
                for line in item.reason.lines() {
                    lines.push(format!("      {line}"));
                }
                lines.push(format!("      → {}", item.next_step));
            }
            if self.attention_more > 0 {
                lines.push(format!(
                    "  ほかに{}件あります。yobin list --state parked(failed、unknown)で確かめてください。",
                    self.attention_more
                ));
            }
        }
        if !self.waiting.is_empty() {
            lines.push(String::new());
            lines.push("この夜の処理に入っていないもの".to_owned());
            for part in &self.waiting {
                lines.push(format!("  {}  {}件", part.label, part.count));
            }
        }
        self.tell_requests(&mut lines);
        lines.push(String::new());
        lines.push(format!("台帳の末尾  {}", self.register_head));
        lines.push(String::new());
        lines.join("\n")
    }
}

impl Report {
    /// The open requests, as plain text; nothing where there are none.
    fn tell_requests(&self, lines: &mut Vec<String>) {
        if self.requests_open == 0 {
            return;
        }
        lines.push(String::new());
        lines.push("請求の期限".to_owned());
        lines.push(format!("  受付中  {}件", self.requests_open));
        let parts: Vec<String> = self
            .request_counts
            .iter()
            .map(|part| format!("{} {}", part.label, part.count))
            .collect();
        lines.push(format!("  内訳    {}", parts.join("  ")));
        if !self.requests_match {
            lines.push("  受付中の件数と内訳の合計が一致していません。".to_owned());
        }
        for item in &self.requests {
            lines.push(format!(
                "  {}  {}  到達 {}",
                item.receipt_number, item.concern, item.arrival_ja
            ));
            lines.push(format!("      {}", item.reason));
            lines.push(format!("      → {}", item.next_step));
        }
        if self.requests_more > 0 {
            lines.push(format!(
                "  ほかに{}件あります。yobin request list で確かめてください。",
                self.requests_more
            ));
        }
    }
}

/// Open requests by how their time stands.
struct Pressing {
    counts: Vec<Count>,
    count: i64,
    named: Vec<RequestAttention>,
}

impl Pressing {
    fn on(today: NaiveDate, open: Vec<(RequestRow, Vec<AskedRight>)>) -> Self {
        let mut open: Vec<(RequestRow, Vec<AskedRight>, Standing)> = open
            .into_iter()
            .map(|(row, rights)| {
                let standing = Standing::on(today, row.arrival_date, row.target_date, &rights);
                (row, rights, standing)
            })
            .collect();
        open.sort_by_key(|(_, _, standing)| standing.urgency());
        let counts = [
            (Concern::TwoWeeksPast, "2週間を過ぎたもの"),
            (Concern::TwoWeeksNear, "2週間の近いもの(7日目から)"),
            (Concern::TargetPassed, "回答目標日を過ぎたもの"),
            (Concern::None, "そのほか"),
        ]
        .map(|(concern, label)| {
            let of_it = open.iter().filter(|(_, _, on)| on.concern() == concern);
            Count {
                label: label.to_owned(),
                count: i64::try_from(of_it.count()).unwrap_or(i64::MAX),
            }
        })
        .into();
        let mut count = 0;
        let mut named = Vec::new();
        for (row, rights, standing) in &open {
            let Some(concern) = concern_of(row, rights, standing) else {
                continue;
            };
            count += 1;
            if count <= NAMED {
                named.push(RequestAttention {
                    receipt_number: row.receipt_number.clone(),
                    arrival_ja: era::write(row.arrival_date)
                        .unwrap_or_else(|| row.arrival_date.to_string()),
                    concern: concern.label.to_owned(),
                    reason: concern.reason,
                    next_step: concern.next_step,
                });
            }
        }
        Pressing {
            counts,
            count,
            named,
        }
    }
}

fn attention(letter: LetterRow, day: &str, kind_name: &impl Fn(&str) -> String) -> Attention {
    let (reason, next_step) = match letter.state {
        State::Held => (
            "担当者が保留にしています。".to_owned(),
            "再開するときは yobin resume、取り消すときは yobin cancel を実行してください。"
                .to_owned(),
        ),
        _ => (
            letter.reason.unwrap_or_default(),
            letter.next_step.unwrap_or_default(),
        ),
    };
    Attention {
        letter: letter.id.to_string(),
        kind: kind_name(&letter.kind),
        number: letter.number.unwrap_or_default(),
        state: match letter.batch_date.as_deref() {
            Some(date) if date != day => format!("{}({date} 分)", letter.state.japanese()),
            _ => letter.state.japanese().to_owned(),
        },
        reason: in_one_line(&reason, REASON_MOST),
        next_step: in_one_line(&next_step, REASON_MOST),
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

/// Writes the report of `date` as text, web page and PDF into
/// `out/reports/` and returns it with the files' paths.
///
/// # Errors
/// When the batch was never opened or a file cannot be written.
pub async fn write_report(
    office: &Office,
    date: NaiveDate,
) -> Result<(Report, Vec<PathBuf>), ReportError> {
    let report = Report::of(office, date).await?;
    let folder = office.out().join("reports");
    fs::create_dir_all(&folder).map_err(|error| ReportError::Write {
        path: folder.clone(),
        error,
    })?;
    let text = folder.join(format!("{}.txt", report.date));
    write(&text, report.text().as_bytes())?;
    let html = folder.join(format!("{}.html", report.date));
    write(&html, web_page(office, &report)?.as_bytes())?;
    let pdf = folder.join(format!("{}.pdf", report.date));
    write(&pdf, &pdf_page(office, date, &report).await?)?;
    Ok((report, vec![text, html, pdf]))
}

fn web_page(office: &Office, report: &Report) -> Result<String, ReportError> {
    let source = files::text_below(&office.desk.config.templates, WEB_PAGE)?;
    let mut environment = minijinja::Environment::new();
    environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    environment.add_template("report.html", &source)?;
    let page = environment.get_template("report.html")?;
    Ok(page.render(minijinja::context! { report => minijinja::value::Serde(report) })?)
}

async fn pdf_page(
    office: &Office,
    date: NaiveDate,
    report: &Report,
) -> Result<Vec<u8>, ReportError> {
    let desk = &office.desk;
    let set = desk.template_set()?;
    let pool = desk.pool(&set, Some(1))?;
    let mut data = json!({ "report": report, "date": date.format("%Y-%m-%d").to_string() });
    data["rare"] = json!(rare_units([&data], &desk.characters));
    let job = Job {
        template: "/report/report.typ".to_owned(),
        ident: format!("report {}", report.date),
        output: Output::Pdf,
        data: data.to_string().into_bytes(),
    };
    match pool.render(&job).await {
        Ok(rendered) => Ok(rendered.bytes.into()),
        Err(failure) => Err(ReportError::Pdf(failure.staff_message())),
    }
}

/// Replaces a file in one step: a reader sees the old report or the new one.
fn write(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    crate::files::replace(path, bytes).map_err(|error| ReportError::Write {
        path: path.to_owned(),
        error,
    })
}
