//! Why a page did not come out, and why the pool could not work.

use std::time::Duration;

use super::protocol::{Complaint, Fault, MESSAGE_MOST};
use crate::domain::in_one_line;

/// Why one page run gave no page. The other runs are not touched by it.
#[derive(Debug, thiserror::Error)]
pub enum RenderFailure {
    /// The template or its data do not go together; the engine's message may
    /// quote the data and is for staff only. It is one short line.
    #[error("the template was refused by the engine")]
    Template(String),
    /// A character has no glyph in the font it would be shown in.
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
