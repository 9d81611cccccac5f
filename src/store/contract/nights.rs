//! Promises to the night and to those who post what it made.

use std::cell::Cell;
use std::path::Path;

use super::*;

pub(super) async fn a_batch_is_opened_once_and_its_numbers_have_no_gap(store: Store, _: &Path) {
    queue(&store, 1..=3).await;
    let mut reads = store.reads().await.expect("reads");
    let joining = LetterQuery::of(Which::Joining(due()));
    assert_eq!(reads.count_letters(&joining).await.expect("counted"), 3);
    let waiting = reads.waiting(due(), 9).await.expect("read");
    assert_eq!(waiting.series, [("letters".to_owned(), 3)]);
    drop(reads);
    assert_eq!(open_batch(&store).await, Joined::Opened(3));
    queue(&store, 4..=4).await;
    assert_eq!(open_batch(&store).await, Joined::OpenedBefore);
    let mut work = store.work().await.expect("its turn");
    let letters = work.letters(&LetterQuery::default()).await.expect("read");
    let numbers: Vec<Option<&str>> = letters.iter().map(|row| row.number.as_deref()).collect();
    assert_eq!(numbers, [Some("第1号"), Some("第2号"), Some("第3号"), None]);
    let closed = work.close_batch("2026-11-23", NIGHT).await.expect("read");
    assert_eq!(closed, CloseCheck::StillOpen(3));
    let batch = work.batch("2026-11-23").await.expect("read").expect("one");
    let counts = work.counts(&batch).await.expect("read");
    assert_eq!(counts.by_kind, [("k".to_owned(), 3)]);
    assert_eq!(counts.outside[&State::Queued], 1);
}

pub(super) async fn claims_never_share_a_letter_and_a_stale_attempt_changes_nothing(
    store: Store,
    _: &Path,
) {
    queue(&store, 1..=4).await;
    open_batch(&store).await;
    let writer = writer(&store);
    let first = writer.claim("2026-11-23", 0, 2).await.expect("claimed");
    let after = first.last().expect("two").id.key();
    let other = writer.claim("2026-11-23", after, 9).await.expect("claimed");
    let ids: Vec<i64> = first.iter().chain(&other).map(|one| one.id.key()).collect();
    assert_eq!((first.len(), other.len()), (2, 2));
    assert!(ids.is_sorted_by(|one, other| one < other));
    let letter = &first[0];
    let stale = letter.attempt - 1;
    let steps = writer.steps(letter.id, State::Numbered, stale, vec![rendered()]);
    assert!(matches!(steps.await, Err(StepError::Overtaken(_))));
    assert_eq!(places(&store).await, [State::Numbered.into(); 4]);
    assert!(writer.take_failure().is_none());
}

pub(super) async fn a_letter_goes_its_way_step_by_step_with_its_attempts(store: Store, _: &Path) {
    queue(&store, 1..=1).await;
    open_batch(&store).await;
    let writer = writer(&store);
    let letter = &writer.claim("2026-11-23", 0, 9).await.expect("claimed")[0];
    let (id, attempt) = (letter.id, letter.attempt);
    let begins = Step::HandoverBegins {
        message_id: "<m@example.jp>".to_owned(),
        to: HandedTo::Gateway,
        looked: letter.version,
    };
    let sent = Step::Sent {
        by: HandedTo::Gateway,
        words: "250 ok".to_owned(),
    };
    let steps = vec![rendered(), Step::Archived, Step::Released, begins];
    let done = writer.steps(id, State::Numbered, attempt, steps).await;
    done.expect("done");
    let done = writer.steps(id, State::Released, attempt, vec![sent]).await;
    done.expect("done");
    let mut reads = store.reads().await.expect("reads");
    let parts = reads.parts_of(id, &[Part::History, Part::Data]).await;
    let parts = parts.expect("read");
    assert_eq!(parts.data.as_deref(), Some(b"{}".as_slice()));
    let end = &parts.attempts[0];
    assert_eq!(end.words.as_deref(), Some("250 ok"));
    assert_eq!(end.outcome, Some(AttemptOutcome::taken(HandedTo::Gateway)));
    // The register is a chain, and everything is in it.
    let entries = reads.register_entries(0, 9).await.expect("read");
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].previous_sha256, genesis());
    assert_eq!(entries[0].computed_sha256(), entries[0].entry_sha256);
    let beside = reads.beside_register().await.expect("read");
    assert_eq!(beside.sets_in_use, ["set"]);
    assert!(beside.unregistered.is_empty());
}

pub(super) async fn a_flag_set_meanwhile_makes_the_night_look_again(store: Store, _: &Path) {
    queue(&store, 1..=1).await;
    open_batch(&store).await;
    let writer = writer(&store);
    let letter = &writer.claim("2026-11-23", 0, 9).await.expect("claimed")[0];
    let mut work = store.work().await.expect("its turn");
    let (flag, by) = (MemberFlag::ALL[0], by("見本 太郎", 1));
    for is_new in [true, false] {
        let changed = work.change_flag("M-0001", flag, FlagChange::Set, &by).await;
        assert_eq!(changed.expect("set"), is_new);
    }
    let known = work.member_number("M-001", None).await.expect("read");
    assert_eq!(known.look_alikes[0].written, "M-0001");
    work.commit().await.expect("kept");
    let looked = letter.version;
    let steps = made_and_filed(looked);
    let steps = writer.steps(letter.id, State::Numbered, letter.attempt, steps);
    assert!(matches!(steps.await, Err(StepError::LookAgain(_))));
    let mut reads = store.reads().await.expect("reads");
    let watched = reads.watched().await.expect("read");
    assert!(watched.version > looked);
    let persons = reads.persons_of(&[letter.id]).await.expect("read");
    let flags = watched.safeguards.flags_of(&persons[&letter.id]);
    assert_eq!(flags.len(), 1);
}

pub(super) async fn an_interrupted_hand_over_is_of_unknown_outcome(store: Store, _: &Path) {
    queue(&store, 1..=1).await;
    open_batch(&store).await;
    let writer = writer(&store);
    let letter = &writer.claim("2026-11-23", 0, 9).await.expect("claimed")[0];
    let begins = Step::HandoverBegins {
        message_id: "<m@example.jp>".to_owned(),
        to: HandedTo::File,
        looked: letter.version,
    };
    let steps = vec![rendered(), Step::Archived, Step::Released, begins];
    let done = writer.steps(letter.id, State::Numbered, letter.attempt, steps);
    done.await.expect("done");
    let mut work = store.work().await.expect("its turn");
    for (to, count) in [(HandedTo::Gateway, 0), (HandedTo::File, 1)] {
        let settled = work.recover_handovers(NIGHT, to).await.expect("settled");
        assert_eq!(settled, count);
    }
    work.commit().await.expect("kept");
    assert_eq!(places(&store).await, [State::Unknown.into()]);
}

pub(super) async fn a_mail_whose_place_is_known_is_settled(store: Store, _: &Path) {
    queue(&store, 1..=1).await;
    open_batch(&store).await;
    let writer = writer(&store);
    let letter = &writer.claim("2026-11-23", 0, 9).await.expect("claimed")[0];
    let begins = Step::HandoverBegins {
        message_id: "<m@example.jp>".to_owned(),
        to: HandedTo::Gateway,
        looked: letter.version,
    };
    let sent = Step::Sent {
        by: HandedTo::Gateway,
        words: "250 2.0.0 ok".to_owned(),
    };
    let steps = vec![rendered(), Step::Archived, Step::Released, begins, sent];
    let done = writer.steps(letter.id, State::Numbered, letter.attempt, steps);
    done.await.expect("done");
    let before = places(&store).await;
    let asked = Cell::new(false);
    let is_file = |_: &str| {
        asked.set(true);
        true
    };
    store.settle_mails_of_before(is_file).await.expect("looked");
    assert!(!asked.into_inner());
    assert_eq!(places(&store).await, before);
}

pub(super) async fn a_letter_by_post_is_printed_and_posted(store: Store, _: &Path) {
    let mut intake = Intake::begin(&store, &by("見本 太郎", 0))
        .await
        .expect("begins");
    add(&mut intake, 1, Delivery::Post, None).await;
    intake.commit(None).await.expect("kept");
    open_batch(&store).await;
    let writer = writer(&store);
    let letter = &writer.claim("2026-11-23", 0, 9).await.expect("claimed")[0];
    let looked = letter.version;
    let steps = made_and_filed(looked);
    let done = writer.steps(letter.id, State::Numbered, letter.attempt, steps);
    done.await.expect("done");
    let mut work = store.work().await.expect("its turn");
    let unprinted = LetterQuery::of(Which::Unprinted);
    assert_eq!(work.count_letters(&unprinted).await.expect("counted"), 1);
    let date = "2026-11-23";
    let run = work
        .record_print_run(day(date), 1, &[letter.id], NIGHT)
        .await;
    let run = run.expect("kept");
    assert_eq!((run.number, run.part), (1, 1));
    let of_run = ToPrint::OfRun {
        run: 1,
        also_posted: false,
    };
    let letters = work.post_letters(of_run).await.expect("read");
    assert_eq!(letters[0].id, letter.id);
    let closed = work.close_batch(date, NIGHT).await.expect("closed");
    assert_eq!(closed, CloseCheck::Closed);
    let row = work.letter(letter.id).await.expect("read").expect("there");
    let left = LetterChange::Leaves(Some((Dispatch::Posted, day("2026-11-24"))));
    let by = by("見本 太郎", 2);
    work.change_letter(&row, left, &by).await.expect("recorded");
    work.commit().await.expect("kept");
    let mut reads = store.reads().await.expect("reads");
    let posted = LetterQuery::of(Which::PostedIn(PrintedIn::Run(1)));
    assert_eq!(reads.count_letters(&posted).await.expect("counted"), 1);
}

pub(super) async fn a_made_mail_keeps_no_batch_open_and_waits_to_go_out(store: Store, _: &Path) {
    let letters = queue(&store, 1..=3).await;
    open_batch(&store).await;
    let writer = writer(&store);
    let claimed = writer.claim("2026-11-23", 0, 9).await.expect("claimed");
    let made = || vec![rendered(), Step::Archived, Step::Released];
    let mut work = store.work().await.expect("its turn");
    let open = work.close_batch("2026-11-23", NIGHT).await.expect("asked");
    assert_eq!(open, CloseCheck::StillOpen(3));
    drop(work);
    for letter in &claimed {
        let done = writer.steps(letter.id, State::Numbered, letter.attempt, made());
        done.await.expect("done");
    }
    let mut work = store.work().await.expect("its turn");
    assert_eq!(work.to_go("2026-11-22").await.expect("read"), []);
    assert_eq!(work.to_go("2026-11-23").await.expect("read"), letters);
    let closed = work.close_batch("2026-11-23", NIGHT).await.expect("closed");
    assert_eq!(closed, CloseCheck::Closed);
    // Staff reach it where it waits.
    let row = work.letter(letters[1]).await.expect("read");
    let hold = LetterChange::Moves(Move {
        event: Event::Hold,
        to: State::Held,
        passed_on: false,
        in_file: false,
    });
    let by = by("見本 太郎", 3);
    let row = row.expect("there");
    work.change_letter(&row, hold, &by).await.expect("held");
    work.commit().await.expect("kept");
    // It is not made again, and what was held is not taken on.
    let again = writer.claim("2026-11-24", 0, 9).await.expect("claimed");
    assert!(again.is_empty());
    let taken = writer.claim_to_go(&letters).await.expect("claimed");
    let ids: Vec<LetterId> = taken.iter().map(|letter| letter.id).collect();
    assert_eq!(ids, [letters[0], letters[2]]);
    assert_eq!(taken[0].attempt, claimed[0].attempt + 1);
    // One that is being handed over is not taken on twice.
    let begins = Step::HandoverBegins {
        message_id: "<m@example.jp>".to_owned(),
        to: HandedTo::File,
        looked: taken[0].version,
    };
    let done = writer.steps(taken[0].id, State::Released, taken[0].attempt, vec![begins]);
    done.await.expect("begun");
    let taken = writer.claim_to_go(&letters).await.expect("claimed");
    assert_eq!(taken.len(), 1);
}

pub(super) async fn an_interrupted_mail_whose_file_stands_was_written(store: Store, _: &Path) {
    let letters = queue(&store, 1..=2).await;
    open_batch(&store).await;
    let writer = writer(&store);
    for (letter, n) in writer
        .claim("2026-11-23", 0, 9)
        .await
        .expect("claimed")
        .iter()
        .zip(1..)
    {
        let begins = Step::HandoverBegins {
            message_id: format!("<{n}@example.jp>"),
            to: HandedTo::File,
            looked: letter.version,
        };
        let steps = vec![rendered(), Step::Archived, Step::Released, begins];
        let done = writer.steps(letter.id, State::Numbered, letter.attempt, steps);
        done.await.expect("done");
    }
    let mut work = store.work().await.expect("its turn");
    let found = work.interrupted_files().await.expect("read");
    let expected = [
        (letters[0], "<1@example.jp>"),
        (letters[1], "<2@example.jp>"),
    ];
    assert_eq!(found, expected.map(|(id, name)| (id, name.to_owned(), 1)));
    work.settle_written(NIGHT, &letters[..1])
        .await
        .expect("settled");
    let lost = work.recover_handovers(NIGHT, HandedTo::File).await;
    assert_eq!(lost.expect("settled"), 1);
    work.commit().await.expect("kept");
    assert_eq!(
        places(&store).await,
        [Whereabouts::Written, State::Unknown.into()]
    );
    let mut reads = store.reads().await.expect("reads");
    for (letter, outcome) in letters
        .iter()
        .zip([AttemptOutcome::Written, AttemptOutcome::Lost])
    {
        let parts = reads
            .parts_of(*letter, &[Part::History])
            .await
            .expect("read");
        assert_eq!(parts.attempts[0].outcome, Some(outcome));
    }
}

pub(super) async fn why_mails_wait_is_kept_until_the_next_run_says(store: Store, _: &Path) {
    let why = MailHalt::Away {
        to: HandedTo::Gateway,
        words: "Connection refused".to_owned(),
    };
    for halt in [Some(&why), Some(&MailHalt::Silent), None] {
        let mut work = store.work().await.expect("its turn");
        work.note_mail_halt(NIGHT, halt).await.expect("kept");
        work.commit().await.expect("kept");
        let mut reads = store.reads().await.expect("reads");
        assert_eq!(reads.mail_halt().await.expect("read").as_ref(), halt);
    }
}
