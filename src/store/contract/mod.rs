//! What the store promises, through its face alone: each database is put
//! under this suite by one line at its end.

mod files;
mod lists;
mod nights;
mod prints;
mod proof;
mod rest;
mod trays;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, json};

use super::*;
use crate::clock::Clock;
use crate::domain::*;

/// Makes a test of each promise, with an empty store opened in a folder.
macro_rules! holds {
    ($database:ident: $open:path; $($room:ident::$promise:ident,)+) => {
        mod $database {
            $(#[tokio::test]
            async fn $promise() {
                let folder = tempfile::tempdir().expect("a folder");
                let path = folder.path().join("yobin.db");
                let store = $open(&path).await.expect("opens");
                super::$room::$promise(store, &path).await;
            })+
        }
    };
}

/// A member of staff at a minute past noon.
fn by(name: &str, minute: u32) -> By {
    let name = StaffName::new(name).expect("a name");
    let at = format!("2026-11-22T12:{minute:02}:00+09:00");
    By::staff(name, at.parse().expect("a time"))
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// A record nobody else has.
fn record(number: u32) -> Map<String, serde_json::Value> {
    let values = json!({"record_key": number.to_string(), "member_key": format!("M-{number:04}")});
    values.as_object().expect("an object").clone()
}

/// Takes in letters by mail with records of these numbers.
async fn queue(store: &Store, numbers: std::ops::RangeInclusive<u32>) -> Vec<LetterId> {
    let mut intake = Intake::begin(store, &by("見本 太郎", 0))
        .await
        .expect("begins");
    let mut letters = Vec::new();
    for number in numbers {
        if let Queued::New(letter) = add(&mut intake, number, Delivery::Mail, None).await {
            letters.push(letter);
        }
    }
    intake.commit(Some("hash")).await.expect("kept");
    letters
}

/// Adds a letter to a file.
async fn add(
    intake: &mut Intake,
    number: u32,
    delivery: Delivery,
    replaces: Option<Replaced>,
) -> Queued {
    let values = record(number);
    let text = serde_json::Value::Object(values.clone()).to_string();
    let sha256 = format!("record {number}");
    let new = NewLetter {
        row: u64::from(number),
        kind: "k",
        outcome: "o",
        series: "letters",
        delivery,
        record: &text,
        record_sha256: &sha256,
        looked_up: false,
        request: None,
        decides: None,
        answers: &[],
        likeness: Likeness::of("k", &values),
        dated_from: None,
        tells: None,
        replaces,
    };
    intake.add_letter(&new).await.expect("added")
}

const NIGHT: &str = "2026-11-23T01:30:00+09:00";

/// Which letters the night of 23 November takes in.
fn due() -> Due<'static> {
    Due {
        date: day("2026-11-23"),
        approval_required: false,
        at: NIGHT,
    }
}

/// Opens that night's batch.
async fn open_batch(store: &Store) -> Joined {
    let rule = NumberRule {
        prefix: "第".to_owned(),
        suffix: "号".to_owned(),
        reset: Reset::default(),
        pad: 0,
    };
    let rules = BTreeMap::from([("letters".to_owned(), rule)]);
    let mut work = store.work().await.expect("its turn");
    let joined = work.open_batch(due(), &rules).await.expect("opened");
    work.commit().await.expect("kept");
    joined
}

/// The steps of a letter that is made and filed.
fn made_and_filed(looked: i64) -> Vec<Step> {
    vec![
        rendered(),
        Step::Archived,
        Step::Released,
        Step::Filed { looked },
    ]
}

fn rendered() -> Step {
    Step::Rendered(Box::new(RenderedFacts {
        data: b"{}".to_vec(),
        data_sha256: "data".to_owned(),
        set_sha256: "set".to_owned(),
        fonts_sha256: "fonts".to_owned(),
        engine: "engine".to_owned(),
        pdf_sha256: "pdf".to_owned(),
        pdf_bytes: 1000,
        pages: 1,
    }))
}

fn writer(store: &Store) -> Writer {
    let now = NIGHT.parse().expect("a time");
    Writer::start(store.clone(), Clock::starting_at(now))
}

/// The letters' places, in the order they were queued.
async fn places(store: &Store) -> Vec<Whereabouts> {
    let mut reads = store.reads().await.expect("reads");
    let letters = reads.letters(&LetterQuery::default()).await.expect("read");
    letters.into_iter().map(|letter| letter.at).collect()
}

holds! {
    sqlite: crate::store::Store::open;
    trays::a_tray_is_kept_whole_and_seen_by_its_own_rows,
    trays::a_tray_that_was_overtaken_keeps_nothing,
    trays::a_large_tray_is_kept_in_parts_without_a_gap,
    trays::what_is_told_of_a_letter_is_kept_with_it,
    trays::a_letter_takes_the_place_of_another_on_a_tray,
    trays::who_waits_is_told,
    files::a_file_is_queued_whole_or_not_at_all,
    files::the_same_record_is_one_letter,
    files::a_letter_takes_the_place_of_another,
    files::a_note_that_stayed_shut_leaves_a_trace,
    files::the_person_in_charge_looked_at_a_letter,
    files::the_end_of_a_counterpart_stands_in_the_history,
    files::a_request_is_registered_once_and_closed_once,
    files::what_is_staged_is_forgotten,
    nights::a_batch_is_opened_once_and_its_numbers_have_no_gap,
    nights::claims_never_share_a_letter_and_a_stale_attempt_changes_nothing,
    nights::a_letter_goes_its_way_step_by_step_with_its_attempts,
    nights::a_flag_set_meanwhile_makes_the_night_look_again,
    nights::an_interrupted_hand_over_is_of_unknown_outcome,
    nights::a_mail_whose_place_is_known_is_settled,
    nights::a_letter_by_post_is_printed_and_posted,
    nights::a_made_mail_keeps_no_batch_open_and_waits_to_go_out,
    nights::an_interrupted_mail_whose_file_stands_was_written,
    nights::why_mails_wait_is_kept_until_the_next_run_says,
    prints::a_letter_stands_in_one_print_run_for_ever,
    prints::a_run_is_printed_again_with_a_reason_that_is_kept,
    prints::what_follows_a_night_is_due_until_it_is_done,
    rest::of_two_acts_on_one_letter_one_happens,
    rest::work_that_is_dropped_changes_nothing,
    rest::readings_are_of_one_moment,
    rest::revisions_follow_each_other,
    rest::the_workspace_remembers,
    rest::flags_that_are_tried_out_are_not_kept,
    rest::a_clock_that_went_back_is_told_by_one_report,
    rest::the_workspace_knows_itself,
    rest::a_database_put_back_stops_its_letters_and_gives_nothing_twice,
    rest::a_store_in_use_is_sound,
    lists::a_letter_is_known_by_the_names_of_its_record,
    lists::flags_and_who_looked_at_them_are_listed,
    lists::an_amended_request_says_what_it_was_before,
    lists::a_counterpart_stays_known_until_the_end_is_confirmed,
    proof::what_is_said_of_a_letter_agrees,
    proof::an_approval_is_bound_to_its_record,
    proof::nothing_disagrees_in_a_store_in_use,
    proof::a_note_is_the_one_that_was_kept,
}
