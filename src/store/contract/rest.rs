//! Promises to staff, and of what is kept.

use std::path::Path;

use super::*;

async fn approve(store: &Store, id: LetterId, by: &By) -> Result<(), LetterRefusal> {
    let mut work = store.work().await.expect("its turn");
    let row = work.letter(id).await.expect("read").expect("there");
    let change = LetterAction::Approve.decide(&row.facts(), by)?;
    work.change_letter(&row, change, by).await.expect("changed");
    work.commit().await.expect("kept");
    Ok(())
}

pub(super) async fn of_two_acts_on_one_letter_one_happens(store: Store, path: &Path) {
    let letter = queue(&store, 1..=1).await[0];
    let other = Store::open(path).await.expect("opens");
    let (one, two) = (by("見本 花子", 1), by("見本 次郎", 1));
    let both = tokio::join!(approve(&store, letter, &one), approve(&other, letter, &two));
    assert_ne!(both.0.is_ok(), both.1.is_ok());
    // What was read before another act is no ground for one after it.
    let mut work = store.work().await.expect("its turn");
    let stale = work.letter(letter).await.expect("read").expect("there");
    let hold = LetterAction::Hold
        .decide(&stale.facts(), &one)
        .expect("may");
    work.change_letter(&stale, hold, &one).await.expect("held");
    let again = work.change_letter(&stale, hold, &one).await;
    again.expect_err("it is not as it was read");
    other.close().await;
}

pub(super) async fn work_that_is_dropped_changes_nothing(store: Store, _: &Path) {
    let mut work = store.work().await.expect("its turn");
    work.set_schedule_mark(NIGHT, None).await.expect("set");
    drop(work);
    let mut reads = store.reads().await.expect("reads");
    let workspace = reads.workspace().await.expect("read");
    assert_eq!(workspace.schedule_mark, None);
}

pub(super) async fn readings_are_of_one_moment(store: Store, _: &Path) {
    queue(&store, 1..=1).await;
    let mut snapshot = store.reads().await.expect("reads");
    let mut single = store.look().await.expect("reads");
    let all = LetterQuery::default();
    assert_eq!(snapshot.letters(&all).await.expect("read").len(), 1);
    queue(&store, 2..=2).await;
    assert_eq!(snapshot.letters(&all).await.expect("read").len(), 1);
    assert_eq!(single.letters(&all).await.expect("read").len(), 2);
}

pub(super) async fn revisions_follow_each_other(store: Store, _: &Path) {
    let drafter = by("見本 太郎", 0);
    let by = by("見本 花子", 1);
    let new = |label| NewRevision {
        label,
        effective: day("2026-12-01"),
        content: "{}",
        content_sha256: "hash",
    };
    let decision = NewDecision {
        based_on: 1,
        record: "{}",
        decided_on: day("2026-11-22"),
        consent_needed: false,
        consent_on: None,
    };
    let consent_on = None;
    let (first, second) = (new("第1版"), new("第2版"));
    let mut work = store.work().await.expect("its turn");
    for (number, change) in [
        (1, RevisionChange::Added(&first, None)),
        (2, RevisionChange::Added(&second, Some(&decision))),
    ] {
        let added = work.change_revision(number, &change, &drafter).await;
        added.expect("added");
    }
    for (number, change) in [
        (2, RevisionChange::Approved { consent_on }),
        (1, RevisionChange::Superseded),
        (2, RevisionChange::Published),
    ] {
        work.change_revision(number, &change, &by)
            .await
            .expect("may");
    }
    let withdrawn = work
        .change_revision(2, &RevisionChange::Withdrawn, &by)
        .await;
    withdrawn.expect_err("it is published");
    work.commit().await.expect("kept");
    let mut reads = store.reads().await.expect("reads");
    let rows = reads.notice_revisions().await.expect("read");
    let states: Vec<RevisionState> = rows.iter().map(|row| row.state).collect();
    assert_eq!(
        states,
        [RevisionState::Superseded, RevisionState::Published]
    );
    let acts: Vec<&str> = rows[1]
        .history
        .iter()
        .map(|line| line.act.as_str())
        .collect();
    assert_eq!(acts, ["drafted", "approved", "published"]);
}

pub(super) async fn flags_that_are_tried_out_are_not_kept(store: Store, _: &Path) {
    let by = by("見本 花子", 1);
    let set = |number: &'static str| (number, MemberFlag::Withheld, FlagChange::Set);
    let mut work = store.work().await.expect("its turn");
    let (number, flag, change) = set("M-0001");
    let changed = work.change_flag(number, flag, change, &by).await;
    assert!(changed.expect("set"));
    work.commit().await.expect("kept");
    // Nobody who writes is in the way, and nobody is kept from writing.
    let held = store.work().await.expect("its turn");
    let (mut tried, stands) = store.rehearsal().await.expect("begins");
    for (number, is_new) in [("M-0001", false), ("M-0002", true), ("M-0002", false)] {
        let (number, flag, change) = set(number);
        let changed = tried.change_flag(number, flag, change, &by).await;
        assert_eq!(changed.expect("tried"), is_new, "{number}");
    }
    let known = tried.member_number("M-0002", None).await.expect("read");
    assert_eq!(known.number, MemberNumber::OnlyFlagged);
    let clear = FlagChange::Cleared;
    let cleared = tried.change_flag("M-0001", flag, clear, &by).await;
    assert!(cleared.expect("tried"));
    drop((held, tried));
    let mut reads = store.reads().await.expect("reads");
    assert_eq!(reads.stands().await.expect("read"), stands);
    let known = reads.member_number("M-0002", None).await.expect("read");
    assert_eq!(known.number, MemberNumber::Unknown);
    drop(reads);
    let mut work = store.work().await.expect("its turn");
    let changed = work.change_flag("M-0001", flag, clear, &by).await;
    assert!(changed.expect("cleared"));
    assert_ne!(work.stands().await.expect("read"), stands);
}

pub(super) async fn a_clock_that_went_back_is_told_by_one_report(store: Store, _: &Path) {
    queue(&store, 1..=1).await;
    open_batch(&store).await;
    let mut reads = store.reads().await.expect("reads");
    let newest = reads.marks().await.expect("read").expect("there").newest;
    let at_night: Stamp = NIGHT.parse().expect("a stamp");
    assert_eq!(newest, Some(at_night));
    drop(reads);
    let date = day("2026-11-23");
    let back = |shown: &str| ClockBack {
        shown: shown.parse().expect("a stamp"),
        newest: at_night,
    };
    let first = back("2026-11-20T01:30:00+09:00");
    for told in [first, back("2026-11-21T01:30:00+09:00")] {
        let mut work = store.work().await.expect("its turn");
        work.note_clock_back(date, &told).await.expect("noted");
        work.commit().await.expect("kept");
    }
    let mut reads = store.reads().await.expect("reads");
    assert_eq!(reads.clocks_back(date).await.expect("read"), [first]);
    let other = reads.clocks_back(day("2026-11-24")).await.expect("read");
    assert_eq!(other, []);
}

pub(super) async fn the_workspace_remembers(store: Store, path: &Path) {
    let mut work = store.work().await.expect("its turn");
    work.set_schedule_mark(NIGHT, None).await.expect("set");
    work.commit().await.expect("kept");
    open_batch(&store).await;
    store.close().await;
    let looked_at = Store::open_to_read(path).await.expect("opens");
    let looked_at = looked_at.expect("it is there");
    let mut reads = looked_at.look().await.expect("reads");
    let workspace = reads.workspace().await.expect("read");
    assert_eq!(workspace.schedule_mark.as_deref(), Some(NIGHT));
    assert_eq!(workspace.unclosed, [day("2026-11-23")]);
    assert!(workspace.requests_required);
    let nowhere = Store::open_to_read(&path.with_extension("none")).await;
    assert!(nowhere.expect("looked").is_none());
}

pub(super) async fn the_workspace_knows_itself(store: Store, path: &Path) {
    let mut reads = store.look().await.expect("reads");
    assert!(!reads.is_marked().await.expect("read"));
    assert_eq!(reads.foreign_parts().await.expect("read"), [""; 0]);
    let new = reads.marks().await.expect("read").expect("made");
    assert_eq!((new.workspace.len(), new.letters), (32, 0));
    store.set_marked().await.expect("set");
    assert!(reads.is_marked().await.expect("read"));
    queue(&store, 1..=3).await;
    open_batch(&store).await;
    let marks = reads.marks().await.expect("read").expect("made");
    assert_eq!(marks.doubts(&new, None).len(), 3, "{marks:?}");
    assert_eq!(new.doubts(&marks, None), []);
    assert_eq!((marks.letters, marks.last("letters", 2026)), (3, 3));
    assert_eq!(reads.register_hash(1).await.expect("read"), None);
    drop(reads);
    store.close().await;
    // It is the same one when it is opened again, and there must be one.
    let again = Store::open_existing(path).await.expect("opens");
    let mut reads = again.look().await.expect("reads");
    assert_eq!(reads.marks().await.expect("read"), Some(marks));
    let nowhere = Store::open_existing(&path.with_extension("none")).await;
    assert!(matches!(nowhere, Err(StoreError::Missing)));
}

pub(super) async fn a_database_put_back_stops_its_letters_and_gives_nothing_twice(
    store: Store,
    _: &Path,
) {
    let letters = queue(&store, 1..=2).await;
    let mut marks = Marks {
        workspace: "a".repeat(32),
        letters: 9,
        ..Marks::default()
    };
    marks.numbers.push(LastNumber {
        series: "letters".to_owned(),
        period: 2026,
        last: 5,
    });
    let doubts = [Doubt::FewerActs];
    let acceptance = NewAcceptance {
        reason: "なぜか",
        doubts: &doubts,
        last: &marks,
        report: Some("3：hash"),
    };
    let mut work = store.work().await.expect("its turn");
    let accepted = work.accept(acceptance, &by("見本 花子", 1)).await;
    let accepted = accepted.expect("accepted");
    work.commit().await.expect("kept");
    assert_eq!(accepted.stopped, 2);
    let numbers = &accepted.skipped.numbers;
    assert_eq!((numbers[0].first, numbers[0].last), (1, 5));
    let held = Whereabouts::from(State::Held);
    assert_eq!(places(&store).await, [held, held]);
    let next = queue(&store, 3..=3).await;
    assert_eq!(next[0].key(), 10);
    open_batch(&store).await;
    let mut reads = store.reads().await.expect("reads");
    let row = reads.letter(next[0]).await.expect("read").expect("there");
    assert_eq!(row.number.as_deref(), Some("第6号"));
    let row = reads
        .letter(letters[0])
        .await
        .expect("read")
        .expect("there");
    assert_eq!(row.reason, Some(Reason::Restored { earlier: None }));
    assert_eq!(row.resume_state, Some(State::Queued));
    let kept = reads.acceptances().await.expect("read");
    assert_eq!(
        (&*kept[0].reason, &kept[0].doubts[..]),
        ("なぜか", &doubts[..])
    );
    assert_eq!(kept[0].skipped, accepted.skipped);
    let found = reads.marks().await.expect("read").expect("made");
    assert_eq!(found.workspace, marks.workspace);
    assert_eq!(found.letters, 10);
}

pub(super) async fn a_store_in_use_is_sound(store: Store, _: &Path) {
    queue(&store, 1..=3).await;
    open_batch(&store).await;
    let mut reads = store.reads().await.expect("reads");
    let found = reads.integrity().await.expect("checked");
    assert!(found.is_sound(), "{found:?}");
    assert_eq!(found.findings().count(), 0);
}
