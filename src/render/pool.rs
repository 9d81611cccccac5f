//! The parent's side: a fixed number of workers, limited, restarted and
//! recycled.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, mpsc, oneshot};

use super::child::Starter;
use super::failure::{PoolError, RenderFailure};
use super::fonts::Fonts;
use super::line::{self, DEPTH, FramedJob, Order};
use super::protocol::{Job, Rendered, RequestHead, frame};
use super::set::TemplateSet;
use crate::config::Limits;

/// A set of workers that all work from one template set.
pub struct Pool {
    lines: Vec<mpsc::Sender<Order>>,
    /// Page runs of each line.
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

    /// Page runs the workers can hold at one time.
    pub fn capacity(&self) -> usize {
        self.lines.len() * DEPTH
    }

    /// Renders one page run on the worker that has least to do.
    ///
    /// # Errors
    /// See [`RenderFailure`]. Unless it only refused the template, the worker
    /// is discarded and replaced at the next run.
    pub async fn render(&self, job: &Job) -> Result<Rendered, RenderFailure> {
        let frames = request(job).map_err(PoolError::Start)?;
        let _turn = self.turns.acquire().await.map_err(|_| PoolError::Closed)?;
        let slot = Slot::take(self);
        let (answer, reply) = oneshot::channel();
        let framed = FramedJob {
            frames: frames.into(),
            answer,
        };
        let line = self.lines.get(slot.line).ok_or(PoolError::Closed)?;
        let order = Order::Run(framed);
        line.send(order).await.map_err(|_| PoolError::Closed)?;
        reply.await.map_err(|_| PoolError::Closed)?
    }
}

/// A job's slot in a line, given back when this is dropped.
struct Slot<'a> {
    pool: &'a Pool,
    line: usize,
}

impl<'a> Slot<'a> {
    fn take(pool: &'a Pool) -> Self {
        let mut loads = pool.loads.lock().unwrap_or_else(PoisonError::into_inner);
        let least = loads.iter_mut().enumerate().min_by_key(|(_, load)| **load);
        let line = least.map_or(0, |(line, load)| {
            *load += 1;
            line
        });
        Slot { pool, line }
    }
}

impl Drop for Slot<'_> {
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
