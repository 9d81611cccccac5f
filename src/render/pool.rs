//! The parent's side: a fixed number of workers, limited, restarted and
//! recycled.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;

use super::fonts::Fonts;
use super::protocol::{AnswerHead, Job, MAX_FRAME, Rendered, RequestHead, frame};
use super::set::TemplateSet;

/// Longest time a worker may take to read templates and fonts.
const STARTUP: Duration = Duration::from_secs(60);

/// Size asked for the pipe a worker answers through.
const PIPE_BYTES: usize = 1024 * 1024;

/// Read from it at once: most letters, so that one costs one call.
const READ_BYTES: usize = 128 * 1024;

/// What a worker may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Wall time for one page run.
    pub wall: Duration,
    /// Address space of one worker, in MiB.
    pub memory_mib: u64,
    /// Page runs after which a worker is replaced.
    pub recycle_after: u32,
}

/// Why one page run gave no page. The other runs are not touched by it.
#[derive(Debug, thiserror::Error)]
pub enum RenderFailure {
    /// The template or its data do not go together; the engine's message may
    /// quote the data and is for staff only.
    #[error("the template was refused by the engine")]
    Template(String),
    /// The run took longer than the limit.
    #[error("the run exceeded {} s", .0.as_secs())]
    TimedOut(Duration),
    /// The worker hit its memory limit.
    #[error("the run exceeded {0} MiB")]
    OutOfMemory(u64),
    /// The worker's stack overflowed.
    #[error("the run recursed too deeply")]
    StackOverflow,
    /// The worker ended for another reason, for instance a signal.
    #[error("the worker ended: {0}")]
    WorkerDied(String),
    /// No worker could be started or spoken to; not the letter's fault.
    #[error(transparent)]
    Pool(#[from] PoolError),
}

/// A failure of the pool itself.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// The worker program could not be started.
    #[error("cannot start a render worker: {0}")]
    Start(std::io::Error),
    /// The pool was closed.
    #[error("the render pool is closed")]
    Closed,
}

/// A set of workers that all work from one template set.
pub struct Pool {
    program: PathBuf,
    fonts: Vec<u8>,
    set: Vec<u8>,
    limits: Limits,
    turns: Semaphore,
    idle: Mutex<Vec<Worker>>,
}

struct Worker {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    stderr: ChildStderr,
    served: u32,
}

impl Pool {
    /// A pool of `workers` children of `program` (this very executable);
    /// they start when the first runs come.
    pub fn new(
        program: PathBuf,
        fonts: &Fonts,
        set: &TemplateSet,
        workers: usize,
        limits: Limits,
    ) -> Self {
        Pool {
            program,
            fonts: fonts.describe(),
            set: set.freeze(),
            limits,
            turns: Semaphore::new(workers.max(1)),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Sets one page run on the next free worker.
    ///
    /// # Errors
    /// See [`RenderFailure`]; a worker that failed in any way but refusing
    /// the template is thrown away and replaced at the next run.
    pub async fn render(&self, job: &Job) -> Result<Rendered, RenderFailure> {
        let _turn = self.turns.acquire().await.map_err(|_| PoolError::Closed)?;
        let mut worker = match self.idle_worker() {
            Some(worker) => worker,
            None => self.start().await?,
        };
        let answer = tokio::time::timeout(self.limits.wall, worker.ask(job)).await;
        match answer {
            Ok(Ok(result)) => {
                worker.served += 1;
                if worker.served < self.limits.recycle_after {
                    self.idle
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(worker);
                } else {
                    worker.dismiss().await;
                }
                result.map_err(RenderFailure::Template)
            }
            Ok(Err(_broken_pipe)) => Err(self.post_mortem(worker).await),
            Err(_elapsed) => {
                // Killing is the only way to stop the engine.
                let _ = worker.child.kill().await;
                Err(RenderFailure::TimedOut(self.limits.wall))
            }
        }
    }

    /// A worker that waits for work. One that died in the meantime, killed
    /// from outside perhaps, is not worth a letter's try.
    fn idle_worker(&self) -> Option<Worker> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(mut worker) = idle.pop() {
            if matches!(worker.child.try_wait(), Ok(None)) {
                return Some(worker);
            }
        }
        None
    }

    async fn start(&self) -> Result<Worker, PoolError> {
        let mut child = Command::new(&self.program)
            .arg("render-worker")
            .arg("--memory-mib")
            .arg(self.limits.memory_mib.to_string())
            .env_clear()
            // One core a worker: the pool itself is the parallelism.
            .env("RAYON_NUM_THREADS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C at a terminal is for the parent, which finishes the
            // letters in hand; it must not reach the workers.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(PoolError::Start)?;
        if let Some(stdout) = &child.stdout {
            // Room for a whole letter, so that a worker goes on with the next
            // one while the parent is busy. A smaller pipe works too.
            let _ = rustix::pipe::fcntl_setpipe_size(stdout, PIPE_BYTES);
        }
        let missing = || PoolError::Start(std::io::Error::other("a pipe is missing"));
        let mut worker = Worker {
            stdin: child.stdin.take().ok_or_else(missing)?,
            stdout: BufReader::with_capacity(READ_BYTES, child.stdout.take().ok_or_else(missing)?),
            stderr: child.stderr.take().ok_or_else(missing)?,
            child,
            served: 0,
        };
        // Reading templates and fonts is not part of the first letter's time.
        let ready = tokio::time::timeout(STARTUP, worker.begin(&self.set, &self.fonts)).await;
        match ready {
            Ok(Ok(())) => Ok(worker),
            Ok(Err(_broken_pipe)) => {
                let failure = self.post_mortem(worker).await;
                Err(PoolError::Start(std::io::Error::other(failure.to_string())))
            }
            Err(_elapsed) => {
                let _ = worker.child.kill().await;
                let slow = std::io::ErrorKind::TimedOut;
                Err(PoolError::Start(slow.into()))
            }
        }
    }

    /// Finds out why a worker died, from its exit status and last words.
    async fn post_mortem(&self, mut worker: Worker) -> RenderFailure {
        drop(worker.stdin);
        let mut words = Vec::new();
        // The pipe ends when the worker does; a worker that broke the
        // protocol but lives on is killed first.
        let _ = worker.child.start_kill();
        let _ = (&mut worker.stderr)
            .take(64 * 1024)
            .read_to_end(&mut words)
            .await;
        let words = String::from_utf8_lossy(&words);
        let status = worker.child.wait().await;
        if words.contains("memory allocation of") {
            RenderFailure::OutOfMemory(self.limits.memory_mib)
        } else if words.contains("has overflowed its stack") {
            RenderFailure::StackOverflow
        } else {
            RenderFailure::WorkerDied(describe(status, &words))
        }
    }
}

impl Worker {
    /// Hands over template set and fonts and waits until the worker has read
    /// them.
    async fn begin(&mut self, set: &[u8], fonts: &[u8]) -> std::io::Result<()> {
        self.stdin.write_all(&frame(set)?).await?;
        self.stdin.write_all(&frame(fonts)?).await?;
        self.stdin.flush().await?;
        self.read_frame().await.map(drop)
    }

    /// Sends a request and reads the answer; an error means that the worker
    /// is gone or out of step.
    async fn ask(&mut self, job: &Job) -> std::io::Result<Result<Rendered, String>> {
        let head = RequestHead {
            template: job.template.clone(),
            ident: job.ident.clone(),
            output: job.output,
        };
        let mut request = frame(&serde_json::to_vec(&head)?)?;
        request.extend(frame(&job.data)?);
        self.stdin.write_all(&request).await?;
        self.stdin.flush().await?;
        let head: AnswerHead = serde_json::from_slice(&self.read_frame().await?)?;
        let body = self.read_frame().await?;
        Ok(if head.ok {
            Ok(Rendered {
                bytes: body.into(),
                pages: head.pages,
            })
        } else {
            Err(String::from_utf8_lossy(&body).into_owned())
        })
    }

    async fn read_frame(&mut self) -> std::io::Result<Vec<u8>> {
        let length = usize::try_from(self.stdout.read_u32().await?).unwrap_or(usize::MAX);
        if length > MAX_FRAME {
            return Err(std::io::Error::other("frame too long"));
        }
        let mut body = Vec::with_capacity(length);
        let read = (&mut self.stdout)
            .take(length as u64)
            .read_to_end(&mut body)
            .await?;
        if read == length {
            Ok(body)
        } else {
            Err(std::io::ErrorKind::UnexpectedEof.into())
        }
    }

    /// Lets a worker end by itself: its input ends, so it returns.
    async fn dismiss(self) {
        let Worker {
            mut child, stdin, ..
        } = self;
        drop(stdin);
        let _ = child.wait().await;
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
