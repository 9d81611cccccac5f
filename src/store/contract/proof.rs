//! Promises of what can be proved of the store.

use std::path::Path;

use super::*;

/// Two letters, the first of them filed.
async fn filed(store: &Store) -> [LetterId; 2] {
    let letters = queue(store, 1..=2).await;
    open_batch(store).await;
    let writer = writer(store);
    let letter = &writer.claim("2026-11-23", 0, 1).await.expect("claimed")[0];
    let looked = letter.version;
    let steps = made_and_filed(looked);
    let steps = writer.steps(letter.id, State::Numbered, letter.attempt, steps);
    steps.await.expect("filed");
    [letters[0], letters[1]]
}

pub(super) async fn what_is_said_of_a_letter_agrees(store: Store, _: &Path) {
    let letters = filed(&store).await;
    let mut reads = store.reads().await.expect("reads");
    let said = reads.evidence(&letters).await.expect("read");
    assert_eq!(said.len(), 2);
    for (letter, evidence) in &said {
        let evidence = evidence.as_ref().expect("readable");
        assert_eq!(evidence.reference, letter.to_string());
        assert_eq!(evidence.differences(), []);
        assert!(evidence.record.is_some());
    }
    let first = said[&letters[0]].as_ref().expect("readable");
    assert_eq!(first.history.len(), 6);
    assert!(first.entry.as_ref().is_some_and(|entry| entry.is_whole));
    // Numbered without an approval, as none was required then.
    let second = said[&letters[1]].as_ref().expect("readable");
    assert_eq!(second.row.approval_required, Some(0));
    assert_eq!(second.differences(), []);
}

pub(super) async fn an_approval_is_bound_to_its_record(store: Store, _: &Path) {
    let letter = queue(&store, 1..=1).await[0];
    let by = by("見本 花子", 1);
    let mut work = store.work().await.expect("its turn");
    let row = work.letter(letter).await.expect("read").expect("there");
    let change = LetterAction::Approve.decide(&row.facts(), &by);
    let change = change.expect("may");
    work.change_letter(&row, change, &by).await.expect("done");
    let said = work.evidence(&[letter]).await.expect("read");
    work.commit().await.expect("kept");
    let evidence = said[&letter].as_ref().expect("readable");
    assert_eq!(evidence.differences(), []);
    let bound = by.approval_sha256(&letter.to_string(), "record 1");
    assert_eq!(evidence.row.approval_sha256, Some(bound));
}

pub(super) async fn nothing_disagrees_in_a_store_in_use(store: Store, _: &Path) {
    let letters = filed(&store).await;
    // No large file was left half way.
    assert!(store.sweep_entering().await);
    let mut reads = store.reads().await.expect("reads");
    let definitions = reads.foreign_definitions().await.expect("read");
    assert_eq!(definitions, Vec::<String>::new());
    assert_eq!(reads.disagreements().await.expect("read"), []);
    let damaged = reads.damaged_rows(9).await.expect("read");
    assert_eq!(damaged, Vec::<String>::new());
    assert_eq!(reads.changed_notes().await.expect("read"), []);
    assert_eq!(reads.request_evidence(0, 9).await.expect("read").len(), 0);
    assert_eq!(reads.letter_ids(0, 9).await.expect("read"), letters);
    assert_eq!(reads.letter_ids(1, 9).await.expect("read"), letters[1..]);
    let numbers = reads.numbers_given(0, 9).await.expect("read");
    let written: Vec<_> = numbers
        .iter()
        .map(|given| given.number.as_deref())
        .collect();
    assert_eq!(written, [Some("第1号"), Some("第2号")]);
    assert_eq!(numbers[1].serial, Some(2));
    assert_eq!(reads.numbered_unentered().await.expect("read"), 1);
    let found = ["pdf", "other"].map(str::to_owned);
    let unknown = reads.unknown_pdfs(&found).await.expect("read");
    assert_eq!(unknown, ["other"]);
}

pub(super) async fn a_note_is_the_one_that_was_kept(store: Store, _: &Path) {
    let letters = queue(&store, 1..=2).await;
    let note = |byte| StoredNote {
        encrypted: vec![byte; 33792],
        used: 33000,
    };
    let by = by("見本 花子", 1);
    let mut work = store.work().await.expect("its turn");
    for (letter, opened) in [
        (letters[0], None),
        (letters[1], None),
        (letters[1], Some(&by)),
    ] {
        let kept = work.keep_note(letter, &note(1), opened).await;
        kept.expect("kept");
    }
    assert_eq!(work.changed_notes().await.expect("read"), []);
    work.commit().await.expect("kept");
}
