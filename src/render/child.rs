//! A worker as its parent sees it: started, spoken to, dismissed, and when it
//! died, asked why.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{self, ChildStderr, ChildStdin, ChildStdout, Command};

use super::pool::{Limits, PoolError, RenderFailure};
use super::protocol::{AnswerHead, MAX_FRAME, Rendered, frame};

/// Longest time a worker may take to read templates and fonts.
const STARTUP: Duration = Duration::from_secs(60);

/// Size asked for the pipe a worker answers through.
const PIPE_BYTES: usize = 1024 * 1024;

/// Read from it at once: most letters, so that one costs one call.
const READ_BYTES: usize = 128 * 1024;

/// A finished page, or what the engine says against it.
pub(super) type Answer = Result<Rendered, String>;

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
    pub output: Output,
    stderr: ChildStderr,
    /// Page runs it has answered.
    pub served: u32,
}

/// The way to a worker.
pub(super) struct Input(ChildStdin);

/// The way from a worker.
pub(super) struct Output {
    stdout: ChildStdout,
    /// Read, but not yet a whole frame.
    incoming: BytesMut,
    /// The head of an answer whose body is still to come.
    head: Option<AnswerHead>,
}

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
        // Room for a whole letter, so that a worker goes on with the next
        // one while the parent is busy. A smaller pipe works too.
        let _ = rustix::pipe::fcntl_setpipe_size(&stdout, PIPE_BYTES);
        let mut child = Child {
            input: Input(process.stdin.take().ok_or_else(missing)?),
            output: Output {
                stdout,
                incoming: BytesMut::with_capacity(READ_BYTES),
                head: None,
            },
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
        self.output.frame().await.map(drop)
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

impl Output {
    /// The next answer. Nothing is lost when the caller stops waiting.
    ///
    /// An error means that the worker is gone or out of step.
    pub(super) async fn answer(&mut self) -> std::io::Result<Answer> {
        if self.head.is_none() {
            self.head = Some(serde_json::from_slice(&self.frame().await?)?);
        }
        let body = self.frame().await?;
        Ok(match self.head.take() {
            Some(AnswerHead { ok: true, pages }) => Ok(Rendered { bytes: body, pages }),
            _ => Err(String::from_utf8_lossy(&body).into_owned()),
        })
    }

    async fn frame(&mut self) -> std::io::Result<Bytes> {
        loop {
            let mut rest = &self.incoming[..];
            if let Ok(length) = rest.try_get_u32() {
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                if length > MAX_FRAME {
                    return Err(std::io::Error::other("frame too long"));
                }
                if let Some(body) = rest.get(..length) {
                    // A copy of just its size: letters wait in this form for
                    // the disk, the room they came through is used again.
                    let body = Bytes::copy_from_slice(body);
                    self.incoming.advance(4 + length);
                    return Ok(body);
                }
                self.incoming.reserve(length - rest.len());
            }
            if self.incoming.capacity() - self.incoming.len() < READ_BYTES {
                self.incoming.reserve(READ_BYTES);
            }
            if self.stdout.read_buf(&mut self.incoming).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
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
