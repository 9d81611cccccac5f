//! The night: one batch from its opening to the morning report.
//!
//! A run continues from whatever is durable. It first settles hand-overs that
//! an earlier run left without an outcome, then opens the batch of its date
//! (numbers are given in that one transaction), then makes every letter that is
//! on its way and delivers what is made, of earlier batches too. What follows
//! the letters is due then. After a crash at any point the next run does what
//! is left, and nothing twice.

mod ahead;
mod deliver;
mod drive;
mod due;
mod ends;
mod event;
mod flow;
mod hand;
mod held;
mod keeping;
mod known;
mod lock;
mod lookout;
mod looks;
mod make;
mod outcome;
mod outgoing;
mod probe;
mod send_off;
mod service;
mod settling;
mod shift;
mod stopping;
mod trust;
mod walk;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;
use tokio::sync::{Mutex, Semaphore, watch};
use tokio::time::Instant;

use crate::acts::reception::PublishedFees;
use crate::archive::{ArchiveError, Holding, Stored};
use crate::domain::MailHalt;
use crate::mail::{Composer, Transport};
use crate::office::{MAILS, Office, OfficeError};
use crate::render::{FontError, PoolError};
use crate::store::{CloseCheck, Gone, Joined, LetterQuery, StoreError, Which, Writer};
use crate::views::due;
use crate::wording::{self, StaffMessage as _};

pub use crate::views::{NextNight, next_nights, opened_ahead, silenced_until};
pub use due::Late;
pub use ends::follow_up;
pub use event::ShiftEvent;
pub use outcome::{Settled, Tally};
pub use probe::{Point, Probe};
pub use service::{Said, serve};
pub use shift::{Shift, run_alone};
pub use trust::ClockNews;

use drive::{CLAIM, make_and_send};
use flow::Flow;
use lookout::Lookout;
use outgoing::Outgoing;

/// Letters that wait for a worker: while the letters of one claim are rendered,
/// the next claim is made.
const READY: usize = 2 * CLAIM as usize;

/// How one run is to be done.
pub struct RunOptions {
    /// Business date of the batch to open.
    pub date: NaiveDate,
    /// Number of render workers; the settings' number if none.
    pub workers: Option<usize>,
    /// Becomes true when the run should finish the letters in hand and stop.
    pub stop: watch::Receiver<bool>,
    /// Called with the run's progress.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
    /// Where a test stops the run.
    pub probe: Probe,
}

/// How far a run is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// This many letters are to be worked on.
    Begin(u64),
    /// One more came to rest.
    One,
    /// The mail server takes nothing; it is tried again from time to time.
    MailWaits,
    /// It waits because another holds the store: what staff read of that.
    Waits(String),
}

/// What a run did.
#[derive(Debug, Clone)]
pub struct RunSummary {
    /// Business date.
    pub date: NaiveDate,
    /// Letters that joined the batch now; none when it had been opened before.
    pub joined: Option<i64>,
    /// Hand-overs of an earlier run found without an outcome.
    pub recovered_unknown: u64,
    /// Letters worked on by this run, by where they came to rest.
    pub tally: Tally,
    /// Files of the archive that were damaged or gone and are whole again.
    pub mended: u64,
    /// Earlier dates whose batch came to its end in this run.
    pub closed_too: Vec<NaiveDate>,
    /// Whether the run was asked to stop before its end.
    pub stopped: bool,
}

/// Why a run could not be done or finished. Letters that came to rest stay
/// so; the next run goes on with the others.
#[derive(Debug, thiserror::Error)]
pub enum NightError {
    /// Another run is at work in this workspace.
    #[error("ほかの夜間処理が動いています。終わるのを待ってから、もう一度実行してください。")]
    Locked,
    /// The workspace cannot be used.
    #[error("作業フォルダーを使えません({0})。")]
    Workspace(#[from] std::io::Error),
    /// The database is damaged.
    #[error("{}", wording::standing::damaged(.0))]
    Damaged(Vec<String>),
    /// Something the run needs does not open.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The fonts do not load.
    #[error("フォントを使えません。\n{0}")]
    Fonts(#[from] FontError),
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// The archive failed.
    #[error("{}", .0.staff_message())]
    Archive(#[from] ArchiveError),
    /// No render worker could be started.
    #[error(
        "組版の処理を始められません({0})。メモリーの空きを確かめて、もう一度実行してください。"
    )]
    Pool(#[from] PoolError),
    /// A bug: a letter's task ended without a word.
    #[error(
        "処理が途中で止まりました({0})。プログラムの不具合です。もう一度実行し、続くようなら知らせてください。"
    )]
    Bug(String),
    /// The outbox could not be written.
    #[error(
        "メールを書き出せません({0})。保存先の空きと権限を確かめて、もう一度実行してください。"
    )]
    Outbox(String),
}

/// Opens the batch of a date if that was not done before, and brings every
/// letter that is on its way to rest. What follows the letters becomes due. The
/// caller holds the lock of the night.
///
/// # Errors
/// [`NightError`] when the run as a whole cannot go on; single letters never
/// end a run.
async fn run(office: &Arc<Office>, options: RunOptions) -> Result<RunSummary, NightError> {
    let desk = &office.desk;
    let probe = options.probe.clone();
    wait_on(office, &options);
    known::demand_sound(office).await?;
    let recovered_unknown = settling::settle_handovers(office).await?;

    let set = desk.template_set()?;
    let kept = office
        .archive
        .put(Holding::Set, set.sha256(), set.freeze().into())
        .await?;
    let mended = AtomicU64::new(u64::from(kept == Stored::Mended));
    office.archive.sweep()?;
    let fonts_sha256 = desk.fonts()?.sha256().to_owned();
    let mail_settings = desk.mail_settings()?;
    let sender = mail_settings.sender().map_err(OfficeError::from)?;
    let composer =
        Composer::open(&desk.config.templates.join("mail"), sender).map_err(OfficeError::from)?;
    let transport = Transport::open(&mail_settings, &office.out().join(MAILS))
        .map_err(OfficeError::from)?
        .until(options.stop.clone());
    let outgoing = Outgoing::new(
        transport.hands_to(),
        &desk.config.mail_retries,
        transport.patience(),
    );

    let pool = desk.pool(&set, options.workers)?;
    // A large batch takes its time to open; the workers can use it to start.
    if many_wait(office, options.date, pool.capacity()).await? {
        pool.warm();
    }
    let joined = open_batch(office, &options).await?;
    known::keep_marks(office).await;
    let day = options.date.format("%Y-%m-%d").to_string();
    let waiting = on_their_way(office, &day).await?;
    (options.progress)(Progress::Begin(waiting));

    let flow = Arc::new(Flow {
        office: Arc::clone(office),
        writer: Writer::start(office.store.clone(), desk.clock),
        render_turns: Arc::new(Semaphore::new(pool.capacity() + READY)),
        pool,
        set_sha256: set.sha256().to_owned(),
        fonts_sha256,
        composer,
        transport,
        mail_domain: mail_domain(&mail_settings.from),
        outgoing,
        stop: options.stop.clone(),
        mended,
        setting_again: Mutex::new(()),
        probe: options.probe.clone(),
        lookout: Lookout::begin(office).await?,
        published: PublishedFees::of(office, &mut office.store.look().await?).await?,
    });
    let tally = Arc::new(Mutex::new(Tally::default()));
    let until = options.date.max(desk.clock.today()).to_string();
    lay_aside_what_waits(&flow, &until).await?;
    let stopped = make_and_send(&flow, &day, &options, &tally).await?;
    flow.transport.close().await;
    let mended = flow.mended.load(Ordering::Relaxed);
    let asked = *options.stop.borrow();
    let halt = settling::count_waiting(&flow, &until, asked, &tally).await?;
    let stopped = stopped || halt == Some(MailHalt::Stopped);
    drop(flow);

    let closed_too = end_run(office, options.date, halt.as_ref()).await?;
    probe.stand(Point::Closed);
    if !office.store.erase(Gone::Undone).await {
        tracing::warn!("somebody reads the store's log; the next night empties it");
    }

    let tally = tally.lock().await.clone();
    Ok(RunSummary {
        date: options.date,
        joined,
        recovered_unknown,
        tally,
        mended,
        closed_too,
        stopped,
    })
}

/// From now on the night waits for the store as long as it takes, and tells so.
fn wait_on(office: &Office, options: &RunOptions) {
    let progress = Arc::clone(&options.progress);
    let store = &office.store;
    store.wait_on(move |waited| progress(Progress::Waits(wording::waits(waited))));
}

/// Closes every batch whose letters are made, and keeps why mails wait. What
/// follows the letters becomes due. Gives the other dates that were closed.
async fn end_run(
    office: &Office,
    date: NaiveDate,
    halt: Option<&MailHalt>,
) -> Result<Vec<NaiveDate>, StoreError> {
    let at = office.desk.clock.stamp();
    let mut tx = office.store.work().await?;
    tx.note_mail_halt(&at, halt).await?;
    let mut closed_too = Vec::new();
    for unclosed in tx.workspace().await?.unclosed {
        if tx.close_batch(&unclosed.to_string(), &at).await? == CloseCheck::Closed {
            tracing::info!(date = %unclosed, "batch closed");
            closed_too.extend(Some(unclosed).filter(|earlier| *earlier != date));
        }
    }
    // A date that was worked on once more has its end once more.
    tx.make_steps_due(&date.to_string(), &at).await?;
    tx.commit().await?;
    Ok(closed_too)
}

async fn open_batch(office: &Office, options: &RunOptions) -> Result<Option<i64>, NightError> {
    let desk = &office.desk;
    let mut tx = office.store.work().await?;
    let at = desk.clock.stamp();
    let due = due(office, options.date, &at);
    let joined = tx.open_batch(due, &desk.society.numbering).await?;
    options.probe.reached(Point::Numbering).await;
    tx.commit().await?;
    Ok(match joined {
        Joined::Opened(count) => Some(count),
        Joined::OpenedBefore => None,
    })
}

/// Whether more letters are due than all workers can hold at once.
async fn many_wait(office: &Office, date: NaiveDate, in_hand: usize) -> Result<bool, NightError> {
    let at = office.desk.clock.stamp();
    let most = i64::try_from(in_hand).unwrap_or(i64::MAX).saturating_add(1);
    let mut conn = office.store.reads().await?;
    let joining = Which::Joining(due(office, date, &at));
    let joining = LetterQuery::first(joining, most);
    Ok(conn.count_letters(&joining).await? >= most)
}

async fn on_their_way(office: &Office, until: &str) -> Result<u64, NightError> {
    let mut conn = office.store.reads().await?;
    let query = LetterQuery::of(Which::OnTheirWay(until));
    Ok(conn.count_letters(&query).await?.unsigned_abs())
}

/// Mails of earlier runs that are made and have not gone out go with this one,
/// whatever batch they are of.
async fn lay_aside_what_waits(flow: &Flow, until: &str) -> Result<(), NightError> {
    let mut conn = flow.office.store.reads().await?;
    let now = Instant::now();
    for letter in conn.to_go(until).await? {
        flow.outgoing.lay_aside(letter, now);
    }
    Ok(())
}

fn mail_domain(from: &str) -> String {
    from.rsplit_once('@')
        .map_or_else(|| "localhost".to_owned(), |(_, domain)| domain.to_owned())
}
