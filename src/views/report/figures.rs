//! What a report is made of, read in one snapshot.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::ReportError;
use super::files::last_kept;
use super::knowingly::made_knowingly;
use super::remarks::{remarks, waiting_mails};
use super::stopped::Stopped;
use crate::domain::{KeptBack, LetterId, State};
use crate::office::Office;
use crate::print;
use crate::store::{
    BatchCounts, BatchRow, ChainHead, LetterQuery, LetterRow, NumberedSeries, Reads, Unposted,
    Which,
};
use crate::views::requests::{OpenRequest, open_requests};

/// Letters named one by one in the report; a night with more is a fault of
/// the whole, and `yobin list` shows the rest.
const NAMED: i64 = 500;

/// The figures of one business date, all of one moment.
pub(super) struct Figures {
    pub batch: BatchRow,
    /// What else a person must know.
    pub remarks: Vec<String>,
    /// The letters of the batch by where they are.
    pub by_place: BatchCounts,
    /// The same by kind.
    pub by_kind: Vec<(String, i64)>,
    pub numbers: Vec<NumberedSeries>,
    /// Letters of batches before that need a person.
    pub earlier: i64,
    /// Letters that need a person and are named.
    pub needing: Vec<LetterRow>,
    /// Letters by post of all batches that are not posted.
    pub unposted: Unposted,
    /// Those of them that the files of no print run hold, as far as they are named.
    pub unprinted: Vec<LetterRow>,
    /// Why some of those are kept out of it.
    pub kept_out: BTreeMap<LetterId, KeptBack>,
    /// Letters on paper or in a file that must not go any more.
    pub stopped: Stopped,
    /// Mails of all batches that are made and wait to go out.
    pub waiting_mails: i64,
    /// Letters outside any batch.
    pub outside: BTreeMap<State, i64>,
    pub chain_head: ChainHead,
    /// Which workspace it is.
    pub workspace: String,
    pub requests_open: i64,
    /// The same requests, the most urgent first.
    pub open_requests: Vec<OpenRequest>,
    /// Letters that are about to go although something is registered against
    /// them.
    pub knowingly: Vec<LetterId>,
}

impl Figures {
    /// Reads them for the batch of `date`.
    pub(super) async fn read(
        office: &Office,
        conn: &mut Reads,
        date: NaiveDate,
    ) -> Result<Self, ReportError> {
        let day = date.format("%Y-%m-%d").to_string();
        let batch = conn
            .batch(&day)
            .await?
            .ok_or_else(|| ReportError::NoSuchBatch(date, last_kept(office)))?;
        let counts = conn.counts(&batch).await?;
        let waiting = waiting_mails(conn, batch.date.max(office.desk.clock.today())).await?;
        let remarks = remarks(office, conn, &batch, &counts.ahead, &waiting).await?;
        let stopped = LetterQuery::first(Which::StoppedOf(&day), NAMED);
        let mut needing = conn.letters(&stopped).await?;
        let left = Which::LeftBefore(&day);
        let earlier = conn.count_letters(&LetterQuery::of(left)).await?;
        needing.extend(conn.letters(&LetterQuery::first(left, NAMED)).await?);
        let stopped = Stopped::find(office, conn, &day).await?;
        let unprinted = LetterQuery::first(Which::Unprinted, NAMED);
        let unprinted = conn.letters(&unprinted).await?;
        let kept_out = print::kept_back_of(office, conn, &unprinted).await?;
        let open_requests = open_requests(office, conn).await?;
        let workspace = conn.marks().await?.unwrap_or_default().workspace;
        let knowingly = made_knowingly(office, conn).await?;
        Ok(Figures {
            batch,
            knowingly,
            remarks,
            by_place: counts.by_place,
            by_kind: counts.by_kind,
            numbers: counts.numbers,
            earlier,
            needing,
            unposted: counts.unposted,
            unprinted,
            kept_out,
            stopped,
            waiting_mails: waiting.count,
            outside: counts.outside,
            chain_head: counts.chain_head,
            workspace,
            requests_open: counts.requests_open,
            open_requests,
        })
    }
}
