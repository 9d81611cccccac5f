//! What the night's processes are doing and how much memory they hold, as
//! `/proc` tells it.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Samples the resident memory of this process and its children.
pub struct MemoryWatch {
    ended: Arc<AtomicBool>,
    /// False while there are processes that are not the night's.
    pub looking: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<u64>,
}

impl MemoryWatch {
    /// Begins to look.
    pub fn start() -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let looking = Arc::new(AtomicBool::new(true));
        let (seen, look) = (Arc::clone(&ended), Arc::clone(&looking));
        let thread = std::thread::spawn(move || {
            let mut peak = 0;
            while !seen.load(Ordering::Relaxed) {
                let now = tree_rss_kib();
                if look.load(Ordering::Relaxed) {
                    peak = peak.max(now);
                }
                std::thread::sleep(Duration::from_millis(400));
            }
            peak
        });
        MemoryWatch {
            ended,
            looking,
            thread,
        }
    }

    /// Ends, and tells the highest sum seen, in KiB.
    pub fn stop(self) -> u64 {
        self.ended.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

fn tree_rss_kib() -> u64 {
    family().into_iter().sum()
}

/// Resident memory of this process and each of its living children.
pub fn family() -> Vec<u64> {
    let mut members = vec![rss_kib(std::process::id())];
    for (pid, _) in children() {
        let rss = rss_kib(pid);
        if rss > 0 {
            members.push(rss);
        }
    }
    members
}

/// Whether a child runs. A worker sleeps when it waits for a letter.
pub fn working() -> bool {
    children()
        .iter()
        .any(|(_, state)| state == "R" || state == "D")
}

/// This process's children and what each does, in the letters of `/proc`.
fn children() -> Vec<(u32, String)> {
    let own = std::process::id();
    let mut children = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let Some((_, rest)) = stat.rsplit_once(')') else {
            continue;
        };
        let mut rest = rest.split_whitespace();
        let state = rest.next().unwrap_or_default().to_owned();
        let parent = rest.next().and_then(|parent| parent.parse::<u32>().ok());
        if parent == Some(own) {
            children.push((pid, state));
        }
    }
    children
}

fn rss_kib(pid: u32) -> u64 {
    fs::read_to_string(format!("/proc/{pid}/status"))
        .unwrap_or_default()
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix("kB"))
        .and_then(|kib| kib.trim().parse().ok())
        .unwrap_or_default()
}
