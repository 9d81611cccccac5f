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
#![allow(clippy::too_many_lines, reason = "a test is a story told in one go")]

mod architecture;
mod as_queued;
mod attempts;
mod cautioned;
mod clocks;
mod conformance;
mod core_dump;
mod counterpart;
mod crash;
mod damaged;
mod demo;
mod disk_full;
mod ends;
mod engine_words;
mod erased;
mod flags;
mod gallery;
mod gateway;
mod golden;
mod handbook;
mod handed_back;
mod handmade;
mod harness;
mod hostile;
mod identifiers;
mod impossible_dates;
mod in_force;
mod isolation;
mod kept_back;
mod law;
mod left_house;
mod links;
mod mail_server;
mod mail_wording;
mod members;
mod misread;
mod names;
mod notice;
mod notice_duties;
mod notice_revisions;
mod older_keys;
mod older_workspace;
mod own_texts;
mod pages;
mod pinned_fonts;
mod print;
mod privacy;
mod proof;
mod public_folder;
mod publication;
mod pulled;
mod queueing;
mod reader_gone;
mod reasons;
mod registered;
mod reports;
mod requests;
mod restricted;
mod runaway_clock;
mod same_lot;
mod same_person;
mod second_letters;
mod sending;
mod service;
mod settings;
mod shift;
mod site;
mod staff;
mod staff_names;
mod telling;
mod traces;
mod window;
mod workbooks;
mod workers;
