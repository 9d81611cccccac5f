//! One integration-test binary: the real program, driven as a user drives it.
//!
//! Each file holds one promise of the program. Nothing here sleeps or reads
//! the wall clock: tests give the program its time (`--now`) and wait for
//! what it says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod architecture;
mod conformance;
mod crash;
mod disk_full;
mod engine_words;
mod gallery;
mod golden;
mod handbook;
mod harness;
mod hostile;
mod isolation;
mod law;
mod links;
mod mail_wording;
mod members;
mod names;
mod notice;
mod notice_duties;
mod notice_revisions;
mod own_texts;
mod pinned_fonts;
mod privacy;
mod proof;
mod publication;
mod queueing;
mod requests;
mod restricted;
mod service;
mod settings;
mod site;
mod staff;
mod window;
mod workers;
