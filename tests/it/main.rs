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
mod counterpart;
mod crash;
mod disk_full;
mod flags;
mod gallery;
mod golden;
mod handbook;
mod harness;
mod hostile;
mod identifiers;
mod isolation;
mod law;
mod members;
mod names;
mod notice;
mod notice_duties;
mod notice_revisions;
mod older_keys;
mod privacy;
mod proof;
mod publication;
mod queueing;
mod registered;
mod requests;
mod restricted;
mod service;
mod settings;
mod site;
mod staff;
mod staff_names;
mod window;
mod workers;
