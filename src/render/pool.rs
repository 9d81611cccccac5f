//! The parent's side: a fixed number of workers, limited, restarted and
//! recycled.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, oneshot};

use super::child::Starter;
use super::fonts::Fonts;
use super::line::{self, DEPTH, Order, Request};
use super::protocol::{Complaint, Fault, Job, MESSAGE_MOST, Rendered, RequestHead, frame};
use super::set::TemplateSet;
use crate::config::Limits;
use crate::domain::in_one_line;

/// Why one page run gave no page. The other runs are not touched by it.
#[derive(Debug, thiserror::Error)]
pub enum RenderFailure {
    /// The template or its data do not go together; the engine's message may
    /// quote the data and is for staff only. It is one short line.
    #[error("the template was refused by the engine")]
    Template(String),
    /// A character has no glyph in the font it would be set in.
    #[error("a character has no glyph")]
    Characters {
        /// What staff are told, in Japanese.
        message: String,
        /// The characters.
        missing: String,
    },
    /// A font is not the one that was checked, which staff are told in
    /// Japanese; not the letter's fault.
    #[error("a font is not the one that was checked")]
    Fonts(String),
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

impl RenderFailure {
    /// What happened, in Japanese, for staff.
    pub fn staff_message(&self) -> String {
        match self {
            RenderFailure::Template(message)
            | RenderFailure::Characters { message, .. }
            | RenderFailure::Fonts(message) => message.clone(),
            RenderFailure::TimedOut(limit) => format!(
                "組版が制限時間({}秒)内に終わりませんでした。",
                limit.as_secs()
            ),
            RenderFailure::OutOfMemory(limit) => {
                format!("組版に使うメモリーが上限({limit} MiB)を超えました。")
            }
            RenderFailure::StackOverflow => {
                "書式の入れ子が深すぎて、組版できませんでした。".to_owned()
            }
            RenderFailure::WorkerDied(_) => "組版の処理が途中で止まりました。".to_owned(),
            RenderFailure::Pool(error) => {
                let error = in_one_line(&error.to_string(), MESSAGE_MOST);
                format!("組版の処理を始められません({error})。")
            }
        }
    }
}

impl From<Complaint> for RenderFailure {
    fn from(complaint: Complaint) -> Self {
        let message = in_one_line(&complaint.message, MESSAGE_MOST);
        match complaint.fault {
            Fault::Template => RenderFailure::Template(message),
            Fault::Characters(missing) => RenderFailure::Characters { message, missing },
            Fault::Fonts => RenderFailure::Fonts(message),
        }
    }
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
    lines: Vec<mpsc::Sender<Order>>,
    /// Page runs each line has.
    loads: Mutex<Vec<usize>>,
    turns: Semaphore,
}

impl Pool {
    /// A pool of `workers` children of `program` (this very executable);
    /// they start when the first runs come, no more than are needed at once.
    ///
    /// Needs a tokio runtime; what it started ends with this value.
    pub fn new(
        program: PathBuf,
        fonts: &Fonts,
        set: &TemplateSet,
        workers: usize,
        limits: Limits,
    ) -> Self {
        let workers = workers.max(1);
        let starter = Arc::new(Starter {
            program,
            fonts: fonts.describe(),
            set: set.freeze(),
            limits,
        });
        let lines = (0..workers).map(|_| {
            let (line, orders) = mpsc::channel(DEPTH);
            tokio::spawn(line::serve(Arc::clone(&starter), orders));
            line
        });
        Pool {
            lines: lines.collect(),
            loads: Mutex::new(vec![0; workers]),
            turns: Semaphore::new(workers * DEPTH),
        }
    }

    /// Starts the workers now, for page runs that are about to come.
    pub fn warm(&self) {
        for line in &self.lines {
            // A line that is full has work, and so a worker.
            let _ = line.try_send(Order::Warm);
        }
    }

    /// Page runs that can be in the workers' hands at one time.
    pub fn capacity(&self) -> usize {
        self.lines.len() * DEPTH
    }

    /// Sets one page run on the worker that has least to do.
    ///
    /// # Errors
    /// See [`RenderFailure`]; a worker that failed in any way but refusing
    /// the template is thrown away and replaced at the next run.
    pub async fn render(&self, job: &Job) -> Result<Rendered, RenderFailure> {
        let frames = request(job).map_err(PoolError::Start)?;
        let _turn = self.turns.acquire().await.map_err(|_| PoolError::Closed)?;
        let place = Place::take(self);
        let (answer, reply) = oneshot::channel();
        let request = Request {
            frames: frames.into(),
            answer,
        };
        let line = self.lines.get(place.line).ok_or(PoolError::Closed)?;
        let order = Order::Run(request);
        line.send(order).await.map_err(|_| PoolError::Closed)?;
        reply.await.map_err(|_| PoolError::Closed)?
    }
}

/// A page run's place in a line.
struct Place<'a> {
    pool: &'a Pool,
    line: usize,
}

impl<'a> Place<'a> {
    fn take(pool: &'a Pool) -> Self {
        let mut loads = pool.loads.lock().unwrap_or_else(PoisonError::into_inner);
        let least = loads.iter_mut().enumerate().min_by_key(|(_, load)| **load);
        let line = least.map_or(0, |(line, load)| {
            *load += 1;
            line
        });
        Place { pool, line }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let loads = self.pool.loads.lock();
        let mut loads = loads.unwrap_or_else(PoisonError::into_inner);
        if let Some(load) = loads.get_mut(self.line) {
            *load -= 1;
        }
    }
}

fn request(job: &Job) -> std::io::Result<Vec<u8>> {
    let head = RequestHead {
        template: job.template.clone(),
        ident: job.ident.clone(),
        output: job.output,
    };
    let mut frames = frame(&serde_json::to_vec(&head)?)?;
    frames.extend(frame(&job.data)?);
    Ok(frames)
}
