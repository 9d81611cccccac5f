//! Promises about print runs and about what follows a night.

use std::path::Path;

use super::*;

/// Letters by post that came to rest on the night of 23 November.
async fn filed(store: &Store, numbers: std::ops::RangeInclusive<u32>) -> Vec<LetterId> {
    let mut intake = Intake::begin(store, &by("見本 太郎", 0))
        .await
        .expect("begins");
    for number in numbers {
        add(&mut intake, number, Delivery::Post, None).await;
    }
    intake.commit(None).await.expect("kept");
    open_batch(store).await;
    let writer = writer(store);
    let mut filed = Vec::new();
    for letter in writer.claim("2026-11-23", 0, 99).await.expect("claimed") {
        let steps = made_and_filed(letter.version);
        let done = writer.steps(letter.id, State::Numbered, letter.attempt, steps);
        done.await.expect("done");
        filed.push(letter.id);
    }
    filed
}

async fn unprinted(work: &mut Work) -> Vec<LetterId> {
    let letters = work.post_letters(ToPrint::Unprinted("2026-11-23")).await;
    letters.expect("read").iter().map(|one| one.id).collect()
}

pub(super) async fn a_letter_stands_in_one_print_run_for_ever(store: Store, _: &Path) {
    let letters = filed(&store, 1..=4).await;
    let mut work = store.work().await.expect("its turn");
    assert_eq!(unprinted(&mut work).await, letters);
    let earlier = work.post_letters(ToPrint::Unprinted("2026-11-22")).await;
    assert!(earlier.expect("read").is_empty());
    let date = day("2026-11-23");
    let held = [letters[2], letters[0]];
    let first = work.record_print_run(date, 1, &held, NIGHT).await;
    assert_eq!(first.expect("kept").folder(), "2026-11-23");
    let rows = work.letters(&LetterQuery::of(Which::Named(&held))).await;
    let places: Vec<_> = rows
        .expect("read")
        .iter()
        .map(|row| row.print_place)
        .collect();
    assert_eq!(places, [Some(2), Some(1)]);
    assert_eq!(unprinted(&mut work).await, [letters[1], letters[3]]);
    // Who looks again sees which are left, and what keeps letters back.
    let until = ToPrint::Unprinted("2026-11-23");
    let left = work.printable(until).await.expect("read");
    assert!(left.letters.iter().eq([&letters[1], &letters[3]]));
    let before = left.version;
    let (flag, hanako) = (MemberFlag::ALL[0], by("見本 花子", 1));
    let set = work.change_flag("M-0001", flag, FlagChange::Set, &hanako);
    set.await.expect("kept");
    let now = work.printable(until).await.expect("read");
    assert_eq!((now.letters, now.version), (left.letters, before + 1));
    // It is recorded and not in place until somebody says so.
    let unplaced = work.print_runs(PrintRuns::Unplaced).await.expect("read");
    assert_eq!(unplaced.len(), 1);
    work.place_print_run(1).await.expect("kept");
    let unplaced = work.print_runs(PrintRuns::Unplaced).await.expect("read");
    assert!(unplaced.is_empty());
    let second = work.record_print_run(date, 1, &letters[1..2], NIGHT).await;
    let second = second.expect("kept");
    assert_eq!(
        (second.number, second.folder().as_str()),
        (2, "2026-11-23-2")
    );
    // Whoever knows that a folder is taken says which part it is at least.
    let third = work.record_print_run(date, 9, &letters[3..], NIGHT).await;
    assert_eq!(third.expect("kept").folder(), "2026-11-23-9");
    let fourth = work.record_print_run(date, 1, &[], NIGHT).await;
    assert_eq!(fourth.expect("kept").part, 10);
    work.commit().await.expect("kept");
    // Nobody takes a letter from one run into another.
    let mut work = store.work().await.expect("its turn");
    let taken = work.record_print_run(date, 1, &letters[..1], NIGHT).await;
    assert!(taken.is_err());
    drop(work);
    let mut reads = store.reads().await.expect("reads");
    for (runs, count) in [
        (PrintedIn::Dates(date, date), 4),
        (PrintedIn::Run(1), 2),
        (PrintedIn::Run(2), 1),
        (PrintedIn::Run(3), 1),
        (PrintedIn::Run(4), 0),
    ] {
        let waiting = LetterQuery::of(Which::WaitingIn(runs));
        let waiting = reads.count_letters(&waiting).await.expect("counted");
        assert_eq!(waiting, count, "{runs:?}");
    }
    let last = reads.print_runs(PrintRuns::Last).await.expect("read");
    assert_eq!((last[0].run.number, second.number), (4, 2));
}

pub(super) async fn a_run_is_printed_again_with_a_reason_that_is_kept(store: Store, _: &Path) {
    let letters = filed(&store, 1..=3).await;
    let mut work = store.work().await.expect("its turn");
    let date = day("2026-11-23");
    let run = work.record_print_run(date, 1, &letters, NIGHT).await;
    let number = run.expect("kept").number;
    work.place_print_run(number).await.expect("kept");
    let new = NewReprint {
        run: number,
        letter: None,
        also_posted: false,
        held: &letters[1..],
        left_out: &letters[..1],
        reason: "紙詰まり",
    };
    let by = by("見本 太郎", 3);
    work.record_reprint(&new, &by).await.expect("kept");
    let unplaced = work.print_runs(PrintRuns::Unplaced).await.expect("read");
    assert_eq!(unplaced[0].run.number, number);
    // The one that was left out stays in its run and is in no files.
    let query = LetterQuery::of(Which::Unprinted);
    let out = work.letters(&query).await.expect("read");
    assert_eq!((out[0].id, out[0].print_run), (letters[0], Some(number)));
    assert!(unprinted(&mut work).await.is_empty());
    let history = work.parts_of(letters[1], &[Part::History]).await;
    let history = history.expect("read").history;
    let note = history.last().expect("a line").note.clone();
    let said = note.as_deref().and_then(reprinted_in).expect("a reprint");
    assert_eq!((said.run, said.reason), (number, "紙詰まり"));
    // Alone it gets files of its own.
    let one = NewReprint {
        letter: Some(letters[0]),
        held: &letters[..1],
        left_out: &[],
        ..new
    };
    work.record_reprint(&one, &by).await.expect("kept");
    assert_eq!(work.count_letters(&query).await.expect("counted"), 0);
    // And with all again.
    work.renew_print_run(number, &letters, &[])
        .await
        .expect("kept");
    let rows = work.letters(&LetterQuery::of(Which::Named(&letters))).await;
    let places: Vec<_> = rows
        .expect("read")
        .iter()
        .map(|row| row.print_place)
        .collect();
    assert_eq!(places, [Some(1), Some(2), Some(3)]);
}

pub(super) async fn what_follows_a_night_is_due_until_it_is_done(store: Store, _: &Path) {
    filed(&store, 1..=1).await;
    let date = day("2026-11-23");
    let mut work = store.work().await.expect("its turn");
    assert!(work.undone_steps().await.expect("read").is_empty());
    work.close_batch("2026-11-23", NIGHT).await.expect("closed");
    let undone = work.undone_steps().await.expect("read");
    let steps: Vec<NightStep> = undone.iter().map(|undone| undone.step).collect();
    assert_eq!(steps, NightStep::ALL);
    let problem = NightStepProblem::Told {
        words: "書けません".to_owned(),
    };
    for step in NightStep::ALL {
        work.begin_step(date, step).await.expect("kept");
    }
    let end = work.end_step(date, NightStep::Report, Some(&problem), NIGHT);
    end.await.expect("kept");
    for step in [NightStep::Print, NightStep::Notice] {
        work.end_step(date, step, None, NIGHT).await.expect("kept");
    }
    let undone = work.undone_steps().await.expect("read");
    assert_eq!(undone.len(), 1);
    let report = &undone[0];
    assert_eq!(
        (report.date, report.step, report.tries),
        (date, NightStep::Report, 1)
    );
    assert_eq!(report.problem, Some(problem));
    // One that is begun and never ended says so.
    work.begin_step(date, NightStep::Report)
        .await
        .expect("kept");
    let undone = work.undone_steps().await.expect("read");
    assert_eq!((undone[0].tries, &undone[0].problem), (2, &None));
    // What is due stays as it is when it becomes due again; what was done is
    // to be done once more.
    work.make_steps_due("2026-11-23", NIGHT).await.expect("due");
    let undone = work.undone_steps().await.expect("read");
    assert_eq!((undone.len(), undone[2].tries), (3, 2));
    // A later date's letters are printed with those of all dates before.
    let later = day("2026-11-24");
    work.end_step(later, NightStep::Print, None, NIGHT)
        .await
        .expect("kept");
    let undone = work.undone_steps().await.expect("read");
    assert_eq!(undone[0].step, NightStep::Notice);
}
