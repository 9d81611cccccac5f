//! The command that takes the site elsewhere. It gets a small environment and a
//! limited time, and its words are read up to a bound: whatever it does, whoever
//! called it goes on.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::config::{Publication, environment};
use crate::domain::in_one_line;

/// Bytes of its last words that are kept.
const KEPT: usize = 4096;

/// Characters of its last line that are told.
const TOLD: usize = 300;

/// Patience with words that come after its end, from something it left behind.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Why the command did not do it.
#[derive(Debug)]
pub(super) enum SendError {
    /// It does not start.
    Start(std::io::Error),
    /// It failed; its last words, or how it ended.
    Failed(String),
    /// It took longer than it may; its last words.
    TooLong(String),
}

/// Runs the command and waits for its end. One that takes longer than the
/// settings allow is ended, with everything it started.
///
/// # Errors
/// [`SendError`].
pub(super) async fn run(
    publication: &Publication,
    program: &str,
    arguments: Vec<String>,
) -> Result<(), SendError> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(environment::for_command(&publication.environment))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        // A group of its own, so that it can be ended whole.
        .process_group(0)
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(SendError::Start)?;
    let group = Group::of(&child);
    let mut words = Vec::new();
    let patience = Duration::from_secs(publication.wait_seconds);
    let ended = timeout(patience, ending(&mut child, &mut words)).await;
    let Ok(ended) = ended else {
        group.end();
        // It is gone now, and its words with it.
        let _ = timeout(LAST_WORDS, child.wait()).await;
        return Err(SendError::TooLong(last_line(&words)));
    };
    let status = ended.map_err(SendError::Start)?;
    if status.success() {
        return Ok(());
    }
    group.end();
    let said = last_line(&words);
    Err(SendError::Failed(match said.is_empty() {
        true => status.to_string(),
        false => said,
    }))
}

/// Waits for the end of the command while its words are read, so that it never
/// waits for somebody to read them.
async fn ending(child: &mut Child, words: &mut Vec<u8>) -> std::io::Result<ExitStatus> {
    let Some(mut stderr) = child.stderr.take() else {
        return child.wait().await;
    };
    let status = tokio::select! {
        status = child.wait() => status,
        () = listen(&mut stderr, words) => child.wait().await,
    };
    // What it left behind may hold the other end open for ever.
    let _ = timeout(LAST_WORDS, listen(&mut stderr, words)).await;
    status
}

/// Reads to the end and keeps the last of it.
async fn listen(from: &mut (impl AsyncRead + Unpin), words: &mut Vec<u8>) {
    let mut read = [0; KEPT];
    while let Ok(count) = from.read(&mut read).await {
        if count == 0 {
            break;
        }
        words.extend_from_slice(&read[..count]);
        let over = words.len().saturating_sub(KEPT);
        words.drain(..over);
    }
}

/// The last line that says something, as staff can read it.
fn last_line(words: &[u8]) -> String {
    let words = String::from_utf8_lossy(words);
    let last = words.lines().rfind(|line| !line.trim().is_empty());
    in_one_line(last.unwrap_or_default(), TOLD)
}

/// The processes of the command.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        let pid = child.id().and_then(|id| i32::try_from(id).ok());
        Group(pid.and_then(Pid::from_raw))
    }

    /// Ends all of them. None that is left is no fault.
    fn end(&self) {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
