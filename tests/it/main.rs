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

#[cfg(not(any(feature = "test-hooks", debug_assertions)))]
compile_error!(
    "without debug assertions the tests need the feature: cargo test --release --features test-hooks"
);

mod amended;
mod amended_facts;
mod answered;
mod architecture;
mod as_queued;
mod attempts;
mod cautioned;
mod clock_back;
mod clocks;
mod conformance;
mod core_dump;
mod counterpart;
mod counterpart_ends;
mod crash;
mod crowded_folders;
mod damaged;
mod demo;
mod disk_full;
mod document_register;
mod ends;
mod engine_words;
mod erased;
mod filled_in;
mod flags;
mod flipped_bits;
mod from_register;
mod gallery;
mod gateway;
mod golden;
mod gone_on_with;
mod handbook;
mod handed_back;
mod handmade;
mod harness;
mod held_against;
mod hostile;
mod identifiers;
mod impossible_dates;
mod in_force;
mod isolation;
mod kept_back;
mod kept_warnings;
mod known;
mod large_print;
mod latin_twins;
mod law;
mod lawful;
mod leaving_pages;
mod left_house;
mod line_ends;
mod links;
mod lists;
mod looks;
mod mail_server;
mod mail_wording;
mod manual;
mod members;
mod members_list;
mod met_in_use;
mod misread;
mod names;
mod notice;
mod notice_duties;
mod notice_revisions;
mod older_keys;
mod older_workspace;
mod outside_files;
mod outside_letters;
mod own_texts;
mod pages;
mod paper_books;
mod papers;
mod patience;
mod paused;
mod person_facts;
mod pinned_fonts;
mod plain_release;
mod previewed;
mod print;
mod print_meanwhile;
mod privacy;
mod proof;
mod public_folder;
mod publication;
mod pulled;
mod queueing;
mod read_as_member;
mod reader_gone;
mod reasons;
mod record_choices;
mod record_dates;
mod record_shapes;
mod record_words;
mod registered;
mod reopened;
mod reports;
mod requests;
mod restricted;
mod runaway_clock;
mod same_lot;
mod same_person;
mod sample_edition;
mod second_letters;
mod sending;
mod service;
mod settings;
mod shift;
mod short_writes;
mod site;
mod staff;
mod staff_names;
mod still_holds;
mod tabs;
mod telling;
mod told_rightly;
mod toml_slips;
mod traces;
mod typed;
mod usage;
mod window;
mod wording_of_law;
mod workbooks;
mod worker_starts;
mod workers;
