//! A worker as its parent sees it: started, written to, stopped, and, when it
//! died, asked for the cause.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{self, ChildStderr, ChildStdin, Command};

use super::answers::Answers;
use super::failure::{PoolError, RenderFailure};
use super::protocol::frame;
use crate::config::Limits;

/// Longest time a worker may take to read templates and fonts.
const STARTUP: Duration = Duration::from_secs(60);

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
    /// Page runs it has answered.
    pub served: u32,
}

/// The pipe to a worker.
pub(super) struct Input(ChildStdin);

impl Starter {
    /// Starts a worker and waits until it is ready.
    pub(super) async fn start(&self) -> Result<Child, PoolError> {
        let mut process = Command::new(&self.program)
            .arg("render-worker")
            .arg("--memory-mib")
            .arg(self.limits.memory_mib.to_string())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C at a terminal is for the parent, which finishes the
            // letters in hand; it must not reach the workers.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(PoolError::Start)?;
        let missing = || PoolError::Start(std::io::Error::other("a pipe is missing"));
        let stdout = process.stdout.take().ok_or_else(missing)?;
        let answers = Answers::new(stdout).map_err(PoolError::Start)?;
        let mut child = Child {
            input: Input(process.stdin.take().ok_or_else(missing)?),
            answers,
            stderr: process.stderr.take().ok_or_else(missing)?,
            process,
            served: 0,
        };
        // Reading templates and fonts is not part of the first letter's time.
        let ready = tokio::time::timeout(STARTUP, child.begin(&self.set, &self.fonts)).await;
        match ready {
            Ok(Ok(())) => Ok(child),
            Ok(Err(_broken_pipe)) => {
                let failure = child.post_mortem(self.limits.memory_mib).await;
                Err(PoolError::Start(std::io::Error::other(failure.to_string())))
            }
            Err(_elapsed) => {
                child.kill().await;
                let slow = std::io::ErrorKind::TimedOut;
                Err(PoolError::Start(slow.into()))
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
        self.answers.ready().await
    }

    /// Whether the worker has not ended.
    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
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
