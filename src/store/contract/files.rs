//! Promises to those who take files in.

use std::path::Path;

use super::*;

/// A request for what is held of a member.
fn asked(number: &str) -> Request {
    let values = json!({
        "receipt_number": number, "rights": ["disclosure"], "request_date": "2026-11-20",
        "arrival_date": "2026-11-21", "principal_name": "見本 花子",
        "principal_category": "insured", "requester_role": "principal",
        "requester_name": "見本 花子",
    });
    Request::registered(values.as_object().expect("an object"))
}

pub(super) async fn register(intake: &mut Intake, row: u64, number: &str) -> Added {
    let request = asked(number);
    let new = NewRequest {
        row,
        request: &request,
        target_date: Some(day("2026-12-05")),
        record: "{}",
        record_sha256: number,
    };
    intake.add_request(&new).await.expect("added")
}

pub(super) async fn a_file_is_queued_whole_or_not_at_all(store: Store, _: &Path) {
    let mut intake = Intake::begin(&store, &by("見本 太郎", 0))
        .await
        .expect("begins");
    add(&mut intake, 1, Delivery::Mail, None).await;
    add(&mut intake, 2, Delivery::Mail, None).await;
    drop(intake);
    assert!(places(&store).await.is_empty());
    assert_eq!(queue(&store, 1..=2).await.len(), 2);
    assert_eq!(places(&store).await, [Whereabouts::In(State::Queued); 2]);
}

pub(super) async fn the_same_record_is_one_letter(store: Store, _: &Path) {
    let letter = queue(&store, 1..=1).await[0];
    let mut intake = Intake::begin(&store, &by("見本 花子", 1))
        .await
        .expect("begins");
    let state = State::Queued;
    let before = Queued::Before { letter, state };
    assert_eq!(add(&mut intake, 1, Delivery::Mail, None).await, before);
    let likeness = Likeness::of("k", &record(1));
    let known = intake
        .known("k", "record 1", &likeness)
        .await
        .expect("read");
    assert!(matches!(known, Known::Same(found) if found == before));
    let Queued::New(_) = add(&mut intake, 2, Delivery::Mail, None).await else {
        panic!("a new record");
    };
    let twin = add(&mut intake, 2, Delivery::Mail, None).await;
    assert_eq!(twin, Queued::SameFile { row: 2 });
    intake.commit(None).await.expect("kept");
    assert_eq!(places(&store).await.len(), 2);
}

pub(super) async fn a_letter_takes_the_place_of_another(store: Store, _: &Path) {
    let earlier = queue(&store, 1..=1).await[0];
    let mut intake = Intake::begin(&store, &by("見本 太郎", 1))
        .await
        .expect("begins");
    let pulled = false;
    let replaces = Some(Replaced { earlier, pulled });
    let Queued::New(new) = add(&mut intake, 2, Delivery::Mail, replaces).await else {
        panic!("a new record");
    };
    let note = StoredNote {
        encrypted: vec![7; 33_792],
        used: 32_768,
    };
    intake.keep_note(new, &note, None).await.expect("kept");
    intake.commit(None).await.expect("kept");
    let mut reads = store.look().await.expect("reads");
    let row = reads.letter(earlier).await.expect("read").expect("there");
    assert_eq!(row.state, State::Cancelled);
    let parts = reads
        .parts_of(earlier, &[Part::InPlace, Part::Record])
        .await;
    let parts = parts.expect("read");
    assert_eq!(parts.in_place, Some((new, State::Queued.into())));
    assert!(parts.record.contains("M-0001"));
    let parts = reads.parts_of(new, &[Part::Note]).await.expect("read");
    assert_eq!(parts.note, Some(note));
}

pub(super) async fn the_person_in_charge_looked_at_a_letter(store: Store, _: &Path) {
    let letter = queue(&store, 1..=1).await[0];
    let mut work = store.work().await.expect("its turn");
    let by = by("見本 花子", 1);
    work.seen_in_charge(letter, "age1example", &by)
        .await
        .expect("entered");
    work.commit().await.expect("kept");
    let mut reads = store.look().await.expect("reads");
    let parts = reads.parts_of(letter, &[Part::History]).await;
    let last = parts.expect("read").history.pop().expect("a row");
    let key = last.note.as_deref().and_then(crate::store::seen_with);
    assert_eq!(
        (key, last.actor.as_str()),
        (Some("age1example"), "見本 花子")
    );
}

pub(super) async fn the_end_of_a_counterpart_stands_in_the_history(store: Store, _: &Path) {
    let mut intake = Intake::begin(&store, &by("見本 太郎", 0))
        .await
        .expect("begins");
    register(&mut intake, 1, "受第26-001号").await;
    intake.commit(None).await.expect("kept");
    let mut work = store.work().await.expect("its turn");
    let found = work
        .request("受第26-001号", For::People)
        .await
        .expect("read");
    let row = found.meant_by("受第26-001号").expect("there").row;
    let before = work.watched().await.expect("read").version;
    let ended = crate::domain::COUNTERPART_ENDED;
    work.note_counterpart_end(&row, ended, Some("ran_out"), &by("見本 花子", 1))
        .await
        .expect("entered");
    assert!(work.watched().await.expect("read").version > before);
    let found = work
        .request("受第26-001号", For::People)
        .await
        .expect("read");
    let found = found.meant_by("受第26-001号").expect("there");
    assert!(found.counterpart_ended);
    let last = found.history.last().expect("a row");
    assert_eq!(
        (last.act.as_str(), last.note.as_deref()),
        (ended, Some("ran_out"))
    );
    let before = work.watched().await.expect("read").version;
    work.commit().await.expect("kept");
    // The newest act decides.
    let mut intake = Intake::begin(&store, &by("見本 花子", 2))
        .await
        .expect("begins");
    intake.counterpart_again(&row).await.expect("entered");
    intake.commit(None).await.expect("kept");
    let mut reads = store.look().await.expect("reads");
    assert!(reads.watched().await.expect("read").version > before);
    let found = reads.request("受第26-001号", For::People).await;
    let found = found.expect("read").meant_by("受第26-001号");
    assert!(!found.expect("there").counterpart_ended);
}

pub(super) async fn a_note_that_stayed_shut_leaves_a_trace(store: Store, _: &Path) {
    let letter = queue(&store, 1..=1).await[0];
    let mut work = store.work().await.expect("its turn");
    let by = by("見本 花子", 1);
    work.note_stayed_shut(letter, &by).await.expect("entered");
    work.commit().await.expect("kept");
    let mut reads = store.look().await.expect("reads");
    let parts = reads.parts_of(letter, &[Part::History]).await;
    let last = parts.expect("read").history.pop().expect("a row");
    assert_eq!(last.note.as_deref(), Some(crate::store::NOTE_STAYED_SHUT));
    assert_eq!(
        (last.from_state.as_str(), last.to_state.as_str()),
        ("queued", "queued")
    );
    assert_eq!(last.actor, "見本 花子");
}

pub(super) async fn a_request_is_registered_once_and_closed_once(store: Store, _: &Path) {
    let by = by("見本 太郎", 0);
    let mut intake = Intake::begin(&store, &by).await.expect("begins");
    assert_eq!(register(&mut intake, 1, "R-001").await, Added::New);
    let twin = register(&mut intake, 2, "R-001").await;
    assert_eq!(twin, Added::SameFile { row: 1 });
    let known = intake.receipt_number("R-001", Some("another")).await;
    let holder = Some(NumberHolder::SameFile { row: 1 });
    assert_eq!(known.expect("read").holder, holder);
    let alike = intake.receipt_number("R-01", None).await.expect("read");
    assert_eq!(alike.look_alike.expect("one").written, "R-001");
    let answered = intake.answered_by_new("R-001", None).await.expect("read");
    assert_eq!(answered.len(), 1);
    intake.commit(None).await.expect("kept");

    let mut work = store.work().await.expect("its turn");
    let open = work.requests(RequestQuery::Open).await.expect("read");
    let (row, rights) = &open[0];
    assert_eq!((open.len(), rights.len()), (1, 1));
    let reason = CloseReason::Withdrawn;
    work.close_request(row, reason, &by).await.expect("closed");
    work.close_request(row, reason, &by)
        .await
        .expect_err("twice");
    work.commit().await.expect("kept");
    let mut reads = store.reads().await.expect("reads");
    let found = reads.request("R-001", For::People).await.expect("read");
    let found = found.meant_by("R-001").expect("one");
    assert_eq!(found.row.close_reason, Some(reason));
    let acts: Vec<&str> = found.history.iter().map(|line| line.act.as_str()).collect();
    assert_eq!(acts, ["added", "closed"]);
    let doubts = reads.number_doubts().await.expect("read");
    assert!(doubts.shared_receipt_numbers.is_empty());
    let mut intake = Intake::begin(&store, &by).await.expect("begins");
    let known = intake.receipt_number("R-001", Some("another")).await;
    let closed = Some(reason);
    let holder = Some(NumberHolder::Before { closed });
    assert_eq!(known.expect("read").holder, holder);
    drop(intake);

    let mut work = store.work().await.expect("its turn");
    let again = ReopenReason::WrongReason;
    let row = &found.row;
    work.reopen_request(row, again, &by).await.expect("opened");
    work.reopen_request(row, again, &by)
        .await
        .expect_err("twice");
    work.commit().await.expect("kept");
    let found = reads_again(&store, "R-001").await;
    assert_eq!(found.row.close_reason, None);
    let acts: Vec<&str> = found.history.iter().map(|line| line.act.as_str()).collect();
    assert_eq!(acts, ["added", "closed", "reopened"]);
}

async fn reads_again(store: &Store, number: &str) -> WholeRequest {
    let mut reads = store.reads().await.expect("reads");
    let found = reads.request(number, For::People).await.expect("read");
    found.meant_by(number).expect("one")
}

pub(super) async fn what_is_staged_is_forgotten(store: Store, _: &Path) {
    let mut intake = Intake::begin(&store, &by("見本 太郎", 0))
        .await
        .expect("begins");
    let first = intake.stage_member(2, "M-007", "{}").await.expect("staged");
    let Staged::Kept(_) = first else {
        panic!("the first");
    };
    let twin = intake.stage_member(3, "M-007", "{}").await.expect("staged");
    assert_eq!(twin, Staged::Twin { row: 2 });
    let alike = StagedQuery::LooksLike("M-07");
    let found = intake.staged_members("e", alike).await.expect("read");
    assert_eq!(found[0].row, 2);
    intake.commit(None).await.expect("kept");
    let mut reads = store.reads().await.expect("reads");
    let all = StagedQuery::Page { after: 0, limit: 9 };
    let left = reads.staged_members("e", all).await.expect("read");
    assert!(left.is_empty());
    drop(reads);
    assert!(store.erase(Gone::Deleted).await);
}
