//! A worker as its parent sees it: started, written to, stopped, and, when it
//! died, asked for the cause.

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{self, ChildStderr, ChildStdin, Command};

use super::answers::Answers;
use super::failure::{PoolError, RenderFailure};
use super::patience::{WorkerClock, within};
use super::protocol::frame;
use crate::config::Limits;
use crate::confine;

/// Longest time a worker may take to read templates and fonts.
const STARTUP: Duration = Duration::from_secs(60);

/// How often a worker is started that somebody else ends at its start.
const MOST_STARTS: usize = 12;

/// Pauses between these starts: the first, doubled up to the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// How long a worker that closed its pipes may take to end by itself.
const LAST_STEPS: Duration = Duration::from_secs(5);

/// Signals that come from outside: a person, the service manager, the system
/// when it runs short of memory. What a worker does itself ends otherwise.
const FROM_OUTSIDE: [i32; 5] = [1, 2, 3, 9, 15];

/// How workers are started; all are the same.
pub(super) struct Starter {
    /// This very executable.
    pub program: PathBuf,
    /// The fonts' description, in the form for workers.
    pub fonts: Vec<u8>,
    /// The template set, frozen.
    pub set: Vec<u8>,
    /// What a worker may use.
    pub limits: Limits,
}

/// A living worker that has read templates and fonts.
pub(super) struct Child {
    process: process::Child,
    pub input: Input,
    pub answers: Answers,
    stderr: ChildStderr,
    /// What it has used of the processor.
    pub clock: Arc<WorkerClock>,
    /// Page runs it has answered.
    pub served: u32,
}

/// The pipe to a worker.
pub(super) struct Input(ChildStdin);

/// Why a worker is not ready.
struct Unready {
    error: PoolError,
    /// Whether it was ended from outside; another one may live.
    killed: bool,
}

impl From<std::io::Error> for Unready {
    fn from(error: std::io::Error) -> Self {
        Unready {
            error: PoolError::Start(error),
            killed: false,
        }
    }
}

impl Starter {
    /// Starts a worker and waits until it is ready. One that is ended from
    /// outside meanwhile is no reason to end the night: it is started again.
    pub(super) async fn start(&self) -> Result<Child, PoolError> {
        let (mut pause, longest) = PAUSES;
        for _ in 1..MOST_STARTS {
            match self.start_once().await {
                Ok(child) => return Ok(child),
                Err(unready) if unready.killed => {
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(longest);
                }
                Err(unready) => return Err(unready.error),
            }
        }
        self.start_once().await.map_err(|unready| unready.error)
    }

    async fn start_once(&self) -> Result<Child, Unready> {
        let mut command = confine::child(&self.program, "render-worker");
        command
            .arg("--memory-mib")
            .arg(self.limits.memory_mib.to_string());
        let mut process = Command::from(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let missing = || std::io::Error::other("a pipe is missing");
        let stdout = process.stdout.take().ok_or_else(missing)?;
        let clock = Arc::new(WorkerClock::of(process.id()));
        let mut child = Child {
            input: Input(process.stdin.take().ok_or_else(missing)?),
            answers: Answers::new(stdout)?,
            stderr: process.stderr.take().ok_or_else(missing)?,
            process,
            clock: Arc::clone(&clock),
            served: 0,
        };
        // Reading templates and fonts is not part of the first letter's time.
        match within(STARTUP, &clock, child.begin(&self.set, &self.fonts)).await {
            Ok(Ok(())) => Ok(child),
            Ok(Err(_broken_pipe)) => {
                let killed = child.was_killed().await;
                let failure = child.post_mortem(self.limits.memory_mib).await;
                let error = PoolError::Start(std::io::Error::other(failure.to_string()));
                Err(Unready { error, killed })
            }
            Err(_) => {
                child.kill().await;
                let slow: std::io::Error = std::io::ErrorKind::TimedOut.into();
                Err(slow.into())
            }
        }
    }
}

impl Child {
    /// Hands over template set and fonts and waits until the worker has read
    /// them.
    async fn begin(&mut self, set: &[u8], fonts: &[u8]) -> std::io::Result<()> {
        for part in [set, fonts] {
            self.input.0.write_all(&frame(part)?).await?;
        }
        self.input.0.flush().await?;
        confine::told_by_child("render-worker", self.answers.ready().await?);
        Ok(())
    }

    /// Whether the worker has not ended.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// Whether a worker whose pipes broke was ended from outside.
    async fn was_killed(&mut self) -> bool {
        match tokio::time::timeout(LAST_STEPS, self.process.wait()).await {
            Ok(Ok(status)) => status
                .signal()
                .is_some_and(|signal| FROM_OUTSIDE.contains(&signal)),
            Ok(Err(_)) | Err(_) => false,
        }
    }

    /// Ends the worker at once.
    pub(super) async fn kill(mut self) {
        let _ = self.process.kill().await;
    }

    /// Lets the worker end by itself: its input ends, so it returns.
    pub(super) async fn dismiss(mut self) {
        drop(self.input);
        let _ = self.process.wait().await;
    }

    /// Finds out why the worker died, from its exit status and last words.
    pub(super) async fn post_mortem(mut self, memory_mib: u64) -> RenderFailure {
        drop(self.input);
        let mut words = Vec::new();
        // The pipe ends when the worker does; a worker that broke the
        // protocol but lives on is killed first.
        let _ = self.process.start_kill();
        let _ = (&mut self.stderr)
            .take(64 * 1024)
            .read_to_end(&mut words)
            .await;
        let words = String::from_utf8_lossy(&words);
        let status = self.process.wait().await;
        if words.contains("memory allocation of") {
            RenderFailure::OutOfMemory(memory_mib)
        } else if words.contains("has overflowed its stack") {
            RenderFailure::StackOverflow
        } else {
            RenderFailure::WorkerDied(describe(status, &words))
        }
    }
}

impl Input {
    /// Writes some of `outgoing` and takes that away from it. Nothing is lost
    /// when the caller stops waiting.
    pub(super) async fn write(&mut self, outgoing: &mut BytesMut) -> std::io::Result<()> {
        match self.0.write_buf(outgoing).await? {
            0 => Err(std::io::ErrorKind::WriteZero.into()),
            _ => Ok(()),
        }
    }
}

/// What is known of a death, without the words of a panic, which could quote
/// a letter: only its place in the source.
fn describe(status: std::io::Result<ExitStatus>, words: &str) -> String {
    let status = status.map_or_else(|error| error.to_string(), |status| status.to_string());
    let place = words
        .lines()
        .find_map(|line| line.split_once("panicked at ").map(|(_, place)| place));
    match place {
        Some(place) => format!("{status}, panic at {place}"),
        None => status,
    }
}
