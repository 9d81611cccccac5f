//! From a template and its data to PDF or PNG, in child processes.
//!
//! The engine (Typst) lives only in this folder. It cannot be cancelled, a
//! stack overflow in it aborts the process and its caches are global, so it
//! runs in workers: children of this same program that are limited in time
//! and memory, restarted when they die and replaced after a number of pages.
//!
//! A template sees the files of its [`TemplateSet`], one `/data.json` and the
//! fonts; no other file, no network, no clock, no environment. Data is never
//! markup.

mod answers;
mod child;
mod engine;
mod failure;
mod fonts;
mod hints;
mod line;
mod links;
mod patience;
mod pinned;
mod pool;
mod protocol;
mod set;
mod words;
mod worker;
mod world;

pub use crate::config::Limits;
pub use engine::ENGINE;
pub use failure::{PoolError, RenderFailure};
pub use fonts::{FontError, Fonts};
pub use pool::Pool;
pub use protocol::{Job, Output, Rendered};
pub use set::{TemplateSet, TemplateSetError};
pub use worker::run_worker;
