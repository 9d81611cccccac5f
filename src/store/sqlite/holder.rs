//! Who holds the store's lock for writing.
//!
//! The lock is one byte of the file beside the store that its processes share
//! (`-shm`); the system lists who has it. That file is not opened for this:
//! closing it again would release every lock this very process has on it.

use std::fs;
use std::os::linux::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// The byte of the shared file whose lock lets one write, by SQLite's format
/// of it.
const WRITE_BYTE: u64 = 120;

/// Who holds the lock, as far as the system tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Key of the process.
    pub pid: i32,
    /// What the program is called.
    pub program: String,
    /// Whether it was stopped (as with Ctrl-Z) and does nothing.
    pub stopped: bool,
    /// Whether it was this very program and was told to go on: what it has
    /// begun is short, and others wait for it.
    pub woken: bool,
}

/// That one has waited for the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waited {
    /// For how long.
    pub so_far: Duration,
    /// For whom, if that is known.
    pub holder: Option<Holder>,
}

/// Who holds the lock of the store in this file now. A process of this program
/// that was stopped is told to go on.
pub(super) fn holder(store: &Path) -> Option<Holder> {
    let shared = fs::metadata(format!("{}-shm", store.display())).ok()?;
    let locks = fs::read_to_string("/proc/locks").ok()?;
    let pid = locks
        .lines()
        .find_map(|line| writes(line, shared.st_ino()))?;
    Some(with_key(pid))
}

/// Who has this file locked as a whole, if the system tells. A process of this
/// program that was stopped is told to go on.
pub fn locked_by(file: &Path) -> Option<Holder> {
    let file = fs::metadata(file).ok()?;
    let locks = fs::read_to_string("/proc/locks").ok()?;
    let pid = locks
        .lines()
        .find_map(|line| locks_whole(line, file.st_ino()))?;
    Some(with_key(pid))
}

fn with_key(pid: i32) -> Holder {
    let of = |name: &str| format!("/proc/{pid}/{name}");
    let program = fs::read_to_string(of("comm")).unwrap_or_default();
    let stopped = is_stopped(&fs::read_to_string(of("stat")).unwrap_or_default());
    let woken = stopped && is_this_program(pid) && wake(pid);
    Holder {
        pid,
        program: program.trim_end().to_owned(),
        stopped,
        woken,
    }
}

/// The process that has a file with this key locked as a whole, if this line
/// of `/proc/locks` says so: `1: FLOCK ADVISORY WRITE 4711 08:01:1234 0 EOF`.
fn locks_whole(line: &str, inode: u64) -> Option<i32> {
    let mut words = line.split_ascii_whitespace().skip(1);
    let (form, mode) = (words.next()?, words.nth(1)?);
    let pid = words.next()?.parse().ok()?;
    let file = words.next()?.rsplit(':').next()?;
    let is_it = form == "FLOCK" && mode == "WRITE" && file.parse::<u64>().ok()? == inode;
    is_it.then_some(pid)
}

/// The process that holds the lock, if this line of `/proc/locks` says so of a
/// file with this key: `1: POSIX ADVISORY WRITE 4711 08:01:1234 120 120`, where
/// the places may be from an earlier byte to a later one.
fn writes(line: &str, inode: u64) -> Option<i32> {
    let mut words = line.split_ascii_whitespace().skip(1);
    // One that waits for a lock has an arrow before it.
    let (form, mode) = (words.next()?, words.nth(1)?);
    let pid = words.next()?.parse().ok()?;
    let file = words.next()?.rsplit(':').next()?;
    let (first, last) = (words.next()?, words.next()?);
    let reaches = first.parse::<u64>().ok()? <= WRITE_BYTE
        && (last == "EOF" || last.parse::<u64>().ok()? >= WRITE_BYTE);
    let is_it = form == "POSIX" && mode == "WRITE" && file.parse::<u64>().ok()? == inode;
    (is_it && reaches).then_some(pid)
}

/// Whether a line of `/proc/PID/stat` says that the process was stopped. The
/// name in it may hold anything, so it is read from the end of that.
fn is_stopped(stat: &str) -> bool {
    let state = stat.rsplit_once(')').map(|(_, rest)| rest.trim_start());
    state.is_some_and(|state| state.starts_with('T'))
}

fn is_this_program(pid: i32) -> bool {
    let file = |of: String| fs::metadata(of).map(|file| (file.st_dev(), file.st_ino()));
    let own = file("/proc/self/exe".to_owned());
    own.is_ok_and(|own| file(format!("/proc/{pid}/exe")).is_ok_and(|other| own == other))
}

fn wake(pid: i32) -> bool {
    Pid::from_raw(pid).is_some_and(|pid| kill_process(pid, Signal::CONT).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_writes_is_read_from_the_systems_list() {
        let line = "2: POSIX  ADVISORY  WRITE 4711 fd:01:1234 120 120";
        assert_eq!(writes(line, 1234), Some(4711));
        assert_eq!(writes(line, 1235), None);
        for other in [
            "2: -> POSIX  ADVISORY  WRITE 4711 fd:01:1234 120 120",
            "2: POSIX  ADVISORY  READ 4711 fd:01:1234 120 120",
            "2: POSIX  ADVISORY  WRITE 4711 fd:01:1234 123 123",
            "2: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF",
            "2: POSIX  ADVISORY  WRITE 4711",
        ] {
            assert_eq!(writes(other, 1234), None, "{other}");
        }
        let whole = "2: POSIX  ADVISORY  WRITE 4711 fd:01:1234 0 EOF";
        assert_eq!(writes(whole, 1234), Some(4711));
        let flock = "2: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF";
        assert_eq!(locks_whole(flock, 1234), Some(4711));
        assert_eq!(locks_whole(flock, 1235), None);
        assert_eq!(locks_whole(whole, 1234), None);
        let waits = "2: -> FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF";
        assert_eq!(locks_whole(waits, 1234), None);
        assert!(is_stopped("4711 (a) b) T 1 2"));
        assert!(!is_stopped("4711 (T) S 1 2"));
    }
}
