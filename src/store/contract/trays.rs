//! Promises to those who take large files in, and to those who write beside
//! them.

use std::path::Path;
use std::sync::mpsc;

use super::*;

async fn tray(store: &Store) -> Intake {
    let begun = Intake::on_tray(store, &by("見本 太郎", 1)).await;
    begun.expect("begins")
}

async fn new(intake: &mut Intake, number: u32) -> LetterId {
    match add(intake, number, Delivery::Mail, None).await {
        Queued::New(letter) => letter,
        other => panic!("{other:?}"),
    }
}

pub(super) async fn a_tray_is_kept_whole_and_seen_by_its_own_rows(store: Store, _: &Path) {
    let earlier = queue(&store, 1..=1).await[0];
    // The lock is somebody else's all the time.
    let other = store.work().await.expect("its turn");
    let mut intake = tray(&store).await;
    let letter = new(&mut intake, 2).await;
    assert_eq!(letter.key(), earlier.key() + 1);
    let note = StoredNote {
        encrypted: vec![7; 33_792],
        used: 32_768,
    };
    let kept = intake.keep_note_here(letter, &note).await;
    kept.expect("kept");
    let likeness = Likeness::of("k", &record(2));
    let known = intake.known("k", "record 2", &likeness).await;
    let same = Queued::SameFile { row: 2 };
    assert!(matches!(known.expect("read"), Known::Same(found) if found == same));
    let Known::Like(like) = intake.known("k", "mended", &likeness).await.expect("read") else {
        panic!("no other record");
    };
    assert_eq!(like[0].row_here, Some(2));
    let alike = intake.number_here("M-002").await.expect("read");
    let known = "M-0002".to_owned();
    let row_here = Some(2);
    let is_alike = MemberNumber::LooksLike { known, row_here };
    assert_eq!(alike.number, is_alike);
    let named = intake.number_here("M-0002").await.expect("read");
    assert_eq!(named.number, MemberNumber::InUse);
    let nothing = intake.request_here("R-1", For::Letters).await;
    assert!(matches!(
        nothing.expect("read"),
        RequestFound::Nothing(None)
    ));
    drop(other);
    assert_eq!(places(&store).await.len(), 1);
    let ended = intake.commit(Some("hash")).await.expect("kept");
    assert_eq!(ended, Ended::Kept);
    assert_eq!(places(&store).await, [Whereabouts::In(State::Queued); 2]);
    let mut reads = store.reads().await.expect("reads");
    let parts = reads
        .parts_of(letter, &[Part::Note, Part::Record, Part::History])
        .await;
    let parts = parts.expect("read");
    assert_eq!(parts.note, Some(note));
    assert!(parts.record.contains("M-0002"));
    assert_eq!(parts.history.len(), 1);
    let named = reads.member_number("M-0002", None).await.expect("read");
    assert_eq!(named.number, MemberNumber::InUse);
    drop(reads);
    // One that is dropped leaves nothing, and uses no reference up.
    let mut dropped = tray(&store).await;
    new(&mut dropped, 3).await;
    drop(dropped);
    assert_eq!(queue(&store, 4..=4).await[0].key(), letter.key() + 1);
}

pub(super) async fn a_tray_that_was_overtaken_keeps_nothing(store: Store, _: &Path) {
    // Another file.
    let mut intake = tray(&store).await;
    new(&mut intake, 1).await;
    let earlier = queue(&store, 2..=2).await[0];
    let ended = intake.commit(None).await.expect("no failure");
    assert_eq!(ended, Ended::Overtaken);
    // A flag.
    let mut intake = tray(&store).await;
    new(&mut intake, 1).await;
    let mut work = store.work().await.expect("its turn");
    let (flag, set) = (MemberFlag::ALL[0], FlagChange::Set);
    let hanako = by("見本 花子", 2);
    let flagged = work.change_flag("M-0001", flag, set, &hanako);
    assert!(flagged.await.expect("set"));
    work.commit().await.expect("kept");
    let ended = intake.commit(None).await.expect("no failure");
    assert_eq!(ended, Ended::Overtaken);
    // A letter one of its rows was held against.
    let mut intake = tray(&store).await;
    let likeness = Likeness::of("k", &record(2));
    let known = intake.known("k", "mended", &likeness).await;
    assert!(matches!(known.expect("read"), Known::Like(like) if like[0].letter == earlier));
    new(&mut intake, 1).await;
    let mut work = store.work().await.expect("its turn");
    let row = work.letter(earlier).await.expect("read").expect("there");
    let change = LetterAction::Cancel.decide(&row.facts(), &hanako);
    let change = work.change_letter(&row, change.expect("allowed"), &hanako);
    change.await.expect("cancelled");
    work.commit().await.expect("kept");
    let ended = intake.commit(None).await.expect("no failure");
    assert_eq!(ended, Ended::Overtaken);
    assert_eq!(places(&store).await.len(), 1);
}

pub(super) async fn what_is_told_of_a_letter_is_kept_with_it(store: Store, _: &Path) {
    let told = vec![FieldProblem::of(
        "reason",
        "項目の注意です。",
        "確かめてください。",
    )];
    let mut small = Intake::begin(&store, &by("見本 太郎", 0))
        .await
        .expect("begins");
    let first = new(&mut small, 1).await;
    let second = new(&mut small, 2).await;
    small.keep_warnings(first, &told).await.expect("kept");
    small.keep_warnings(second, &[]).await.expect("nothing");
    small.commit(None).await.expect("kept");
    let mut intake = tray(&store).await;
    let third = new(&mut intake, 3).await;
    intake.keep_warnings(third, &told).await.expect("kept");
    intake.commit(None).await.expect("kept");
    let mut reads = store.reads().await.expect("reads");
    let all = [first, second, third];
    let found = reads.warnings_of(&all).await.expect("read");
    assert_eq!(
        found,
        BTreeMap::from([(first, told.clone()), (third, told)])
    );
    let warned = reads.warned(&all).await.expect("read");
    assert_eq!(warned.into_iter().collect::<Vec<_>>(), [first, third]);
}

pub(super) async fn a_large_tray_is_kept_in_parts_without_a_gap(store: Store, _: &Path) {
    let first = queue(&store, 1..=1).await[0];
    let mut intake = tray(&store).await;
    let told = [FieldProblem::of(
        "reason",
        "項目の注意です。",
        "確かめてください。",
    )];
    for number in 2..=1203 {
        let letter = new(&mut intake, number).await;
        intake.keep_warnings(letter, &told).await.expect("kept");
    }
    let ended = intake.commit(Some("hash")).await.expect("kept");
    assert_eq!(ended, Ended::Kept);
    let mut reads = store.reads().await.expect("reads");
    let letters = reads.letters(&LetterQuery::default()).await.expect("read");
    let keys: Vec<i64> = letters.iter().map(|letter| letter.id.key()).collect();
    let all: Vec<i64> = (first.key()..first.key() + 1203).collect();
    assert_eq!(keys, all);
    let ids: Vec<LetterId> = letters.iter().map(|letter| letter.id).collect();
    assert_eq!(reads.warned(&ids).await.expect("read").len(), 1202);
    drop(reads);
    assert_eq!(
        queue(&store, 1204..=1204).await[0].key(),
        first.key() + 1203
    );
}

pub(super) async fn a_letter_takes_the_place_of_another_on_a_tray(store: Store, _: &Path) {
    let earlier = queue(&store, 1..=1).await[0];
    let mut intake = tray(&store).await;
    let pulled = false;
    let replaces = Some(Replaced { earlier, pulled });
    let Queued::New(new) = add(&mut intake, 2, Delivery::Mail, replaces).await else {
        panic!("a new record");
    };
    // It stands there no more for the rows that follow.
    let likeness = Likeness::of("k", &record(1));
    let known = intake.known("k", "mended", &likeness).await;
    assert!(matches!(known.expect("read"), Known::Like(like) if like.is_empty()));
    assert_eq!(intake.commit(None).await.expect("kept"), Ended::Kept);
    let mut reads = store.reads().await.expect("reads");
    let row = reads.letter(earlier).await.expect("read").expect("there");
    assert_eq!(row.state, State::Cancelled);
    let parts = reads.parts_of(earlier, &[Part::InPlace]).await;
    let in_place = parts.expect("read").in_place;
    assert_eq!(in_place, Some((new, State::Queued.into())));
}

pub(super) async fn who_waits_is_told(store: Store, _: &Path) {
    let (told, heard) = mpsc::channel();
    let patient = store.clone();
    patient.wait_on(move |waited| drop(told.send(waited.clone())));
    let held = store.work().await.expect("its turn");
    let waiting = tokio::spawn(async move { patient.work().await });
    let waited = loop {
        match heard.try_recv() {
            Ok(waited) => break waited,
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    };
    assert!(!waiting.is_finished());
    if let Some(holder) = waited.holder {
        assert_eq!(holder.pid.unsigned_abs(), std::process::id());
        assert!(!holder.stopped && !holder.woken);
    }
    drop(held);
    let turn = waiting.await.expect("no panic");
    turn.expect("its turn").commit().await.expect("kept");
}
