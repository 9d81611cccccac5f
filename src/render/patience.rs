//! How long a worker may take for a page, told by its own processor time.
//!
//! The wall clock alone would call a page too slow that was never at fault: of
//! a machine that was paused, of a worker that somebody stopped, or of one that
//! got no processor because others used it.

use std::fs::File;
use std::future::Future;
use std::os::unix::fs::FileExt as _;
use std::time::Duration;

/// The first part of a wait, before a worker's processor time is looked at.
/// Nearly all pages are there by then.
const FIRST: Duration = Duration::from_secs(1);

/// The shortest part of a wait.
const SHORTEST: Duration = Duration::from_millis(100);

/// How many times its limit a worker may take that uses less of the processor
/// than a page would: it waits for something that does not come.
const MOST_TIMES: u32 = 10;

/// What a worker has used of the processor.
pub(super) struct WorkerClock(Option<File>);

impl WorkerClock {
    /// For the process with this id, which must be living.
    pub(super) fn of(id: Option<u32>) -> Self {
        WorkerClock(id.and_then(|id| File::open(format!("/proc/{id}/stat")).ok()))
    }

    /// Processor time used so far; none of a process that is gone.
    fn used(&self) -> Option<Duration> {
        let mut told = [0; 1024];
        let length = self.0.as_ref()?.read_at(&mut told, 0).ok()?;
        processor_time(str::from_utf8(told.get(..length)?).ok()?)
    }
}

/// User and system time in a line of `/proc/…/stat`. The program's name in it
/// may hold blanks and brackets.
fn processor_time(line: &str) -> Option<Duration> {
    let (_, behind_the_name) = line.rsplit_once(')')?;
    let mut fields = behind_the_name.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    let ticks = ticks()?.saturating_add(ticks()?);
    let millis = ticks.saturating_mul(1000) / rustix::param::clock_ticks_per_second().max(1);
    Some(Duration::from_millis(millis))
}

/// Why a worker is waited for no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GivenUp {
    /// It used more of the processor than it may.
    Slow,
    /// It used less, and came to nothing in ten times as long: somebody
    /// stopped it. The page is not at fault.
    Idle,
}

/// Waits for `work` of a worker that may use `limit` of the processor for it.
pub(super) async fn within<T>(
    limit: Duration,
    clock: &WorkerClock,
    work: impl Future<Output = T>,
) -> Result<T, GivenUp> {
    tokio::pin!(work);
    let mut part = FIRST.min(limit);
    let mut waited = Duration::ZERO;
    let mut begun = None;
    loop {
        if let Ok(done) = tokio::time::timeout(part, &mut work).await {
            return Ok(done);
        }
        // A pause of this process too ends one part, however long it was.
        waited += part;
        let used = clock.used();
        // What it used in the first part is not known: all of it, perhaps.
        let begun = *begun.get_or_insert_with(|| used.map(|used| used.saturating_sub(part)));
        let spent = match (used, begun) {
            (Some(used), Some(begun)) => used.saturating_sub(begun),
            _ => waited,
        };
        if spent >= limit {
            return Err(GivenUp::Slow);
        }
        if waited >= limit * MOST_TIMES {
            return Err(GivenUp::Idle);
        }
        part = (limit - spent).max(SHORTEST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let behind = "R 1 2 3 4 5 6 7 8 9 10 150 50 0 0 20 0";
        let second = Some(Duration::from_millis(
            200 * 1000 / rustix::param::clock_ticks_per_second(),
        ));
        for name in ["yobin", "a b", "a) R 1 (b", "日本) 語"] {
            assert_eq!(processor_time(&format!("7 ({name}) {behind}")), second);
        }
        assert_eq!(processor_time("7 (yobin) R 1"), None);
        assert_eq!(processor_time(""), None);
    }

    #[tokio::test(start_paused = true)]
    async fn who_uses_no_processor_gets_ten_times_as_long_and_no_more() {
        // This process sleeps, so its clock stands still.
        let clock = WorkerClock::of(Some(std::process::id()));
        let begun = tokio::time::Instant::now();
        let limit = Duration::from_secs(3600);
        let late = tokio::time::sleep(limit * 5);
        assert_eq!(within(limit, &clock, late).await, Ok(()));
        let never = std::future::pending::<()>();
        assert_eq!(within(limit, &clock, never).await, Err(GivenUp::Idle));
        let waited = begun.elapsed();
        assert!(waited >= limit * 15 && waited < limit * 17, "{waited:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_clock_the_wall_decides() {
        let never = std::future::pending::<()>();
        let begun = tokio::time::Instant::now();
        let limit = Duration::from_secs(30);
        let given_up = within(limit, &WorkerClock(None), never).await;
        assert_eq!(given_up, Err(GivenUp::Slow));
        assert_eq!(begun.elapsed(), limit);
    }
}
