//! Named places of a run where a test stops it, to kill it just there.
//!
//! In ordinary runs a call only compares with `None`. The places are in the
//! real program, not in a copy for tests, because what must survive a crash is
//! the real program.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// A place of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Numbers are given, not yet committed.
    Numbering,
    /// Letters are claimed.
    Claimed,
    /// A page came out; nothing of it is durable.
    Rendered,
    /// A PDF is in the archive; the store does not know it.
    Stored,
    /// The store and the register know it.
    Registered,
    /// The mail was handed over; the store does not know it.
    HandedOver,
    /// The letters are at rest and what follows them is due.
    Closed,
    /// Print files are written where nobody sees them.
    PrintFilled,
    /// The store knows their print run.
    PrintRecorded,
    /// They stand in their folder; the store does not know that.
    PrintPlaced,
    /// The print files are made; the store does not know that the step is done.
    Printed,
    /// The same of the notice's publication.
    Published,
    /// The same of the report.
    Reported,
}

/// Where a run stops for good, waiting to be killed.
#[derive(Debug, Clone, Default)]
pub struct Probe {
    place: Option<(Point, u32)>,
    seen: Arc<AtomicU32>,
}

impl Probe {
    /// Tells the run that it is at `point`. At the chosen occurrence of the
    /// chosen place it says so on standard error and never returns.
    pub async fn reached(&self, point: Point) {
        if self.is_there(point) {
            eprintln!("stopped at {point:?}");
            std::future::pending::<()>().await;
        }
    }

    /// The same where nothing else of the run goes on: the whole program stands
    /// still.
    pub(super) fn stand(&self, point: Point) {
        if self.is_there(point) {
            eprintln!("stopped at {point:?}");
            loop {
                std::thread::park();
            }
        }
    }

    fn is_there(&self, point: Point) -> bool {
        let Some((place, occurrence)) = self.place else {
            return false;
        };
        place == point && self.seen.fetch_add(1, Ordering::SeqCst) + 1 == occurrence
    }
}

impl FromStr for Probe {
    type Err = String;

    /// Reads `rendered` or `rendered:3` (the third time).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, occurrence) = text.split_once(':').unwrap_or((text, "1"));
        let point = match name {
            "numbering" => Point::Numbering,
            "claimed" => Point::Claimed,
            "rendered" => Point::Rendered,
            "stored" => Point::Stored,
            "registered" => Point::Registered,
            "handed-over" => Point::HandedOver,
            "closed" => Point::Closed,
            "print-filled" => Point::PrintFilled,
            "print-recorded" => Point::PrintRecorded,
            "print-placed" => Point::PrintPlaced,
            "printed" => Point::Printed,
            "published" => Point::Published,
            "reported" => Point::Reported,
            other => return Err(format!("no such place: {other}")),
        };
        let occurrence = occurrence.parse().map_err(|_| "not a count".to_owned())?;
        Ok(Probe {
            place: Some((point, occurrence)),
            seen: Arc::default(),
        })
    }
}
