//! Promises of what lists are made of.

use std::path::Path;

use super::*;

pub(super) async fn a_letter_is_known_by_the_names_of_its_record(store: Store, _: &Path) {
    let letters = queue(&store, 1..=2).await;
    let mut reads = store.reads().await.expect("reads");
    let names = reads.names_of_letters(&letters[1..]).await.expect("read");
    let expected = LetterNames {
        is_known: true,
        ..LetterNames::default()
    };
    assert_eq!(names, BTreeMap::from([(letters[1], expected)]));
    let none = reads.names_of_requests(&[1]).await.expect("read");
    assert!(none.is_empty());
}

pub(super) async fn flags_and_who_looked_at_them_are_listed(store: Store, _: &Path) {
    let by = by("見本 花子", 1);
    let mut work = store.work().await.expect("its turn");
    let flag = MemberFlag::Protected;
    let set = work.change_flag("Ｍ-1", flag, FlagChange::Set, &by).await;
    assert!(set.expect("set"));
    work.note_list_reading(false, &by).await.expect("noted");
    work.note_list_reading(true, &by).await.expect("noted");
    work.commit().await.expect("kept");
    let mut reads = store.reads().await.expect("reads");
    let flags = reads.member_flags().await.expect("read");
    assert_eq!((flags.len(), flags[0].flag), (1, flag));
    assert_eq!(
        (flags[0].written.as_str(), flags[0].set_by.as_str()),
        ("Ｍ-1", "見本 花子")
    );
    let opened = |readings: Vec<ListReading>| -> Vec<bool> {
        readings.into_iter().map(|reading| reading.opened).collect()
    };
    assert_eq!(
        opened(reads.list_readings(9).await.expect("read")),
        [true, false]
    );
    assert_eq!(opened(reads.list_readings(1).await.expect("read")), [true]);
    assert!(reads.counterparts().await.expect("read").is_empty());
}

pub(super) async fn an_amended_request_says_what_it_was_before(store: Store, _: &Path) {
    let by = by("見本 太郎", 0);
    let mut intake = Intake::begin(&store, &by).await.expect("begins");
    let added = super::files::register(&mut intake, 1, "R-001").await;
    assert_eq!(added, Added::New);
    intake.commit(None).await.expect("kept");
    let mut reads = store.reads().await.expect("reads");
    let open = reads.requests(RequestQuery::Open).await.expect("read");
    let said = reads.request_evidence(0, 9).await.expect("read");
    let before = said[0].1.as_ref().expect("readable").record_sha256.clone();
    drop(reads);
    let row = &open[0].0;
    let record = json!({
        "receipt_number": "R-001", "rights": ["correction"], "request_date": "2026-11-16",
        "arrival_date": "2026-11-17", "requester_role": "principal",
        "principal_category": "insured", "desk": "窓口", "member_key": "M-9",
        "protected_counterpart": "yes",
    });
    let record = record.as_object().expect("an object");
    let request = Request::registered(record);
    let text = serde_json::Value::Object(record.clone()).to_string();
    let amendment = Amendment {
        reason: AmendReason::Verified,
        before: before.clone(),
        after: "after".to_owned(),
        fields: vec!["desk".to_owned()],
    };
    let new = AmendedRequest {
        request: &request,
        target_date: day("2026-12-17"),
        record: &text,
        amendment: &amendment,
        renews_safeguards: true,
    };
    let version = |watched: Watched| watched.version;
    let mut intake = Intake::begin(&store, &by).await.expect("begins");
    let was = version(intake.watched().await.expect("read"));
    assert!(intake.amend_request(row, &new).await.expect("amended"));
    assert!(version(intake.watched().await.expect("read")) > was);
    // What was read before is no ground for another change.
    let stale = intake.amend_request(row, &new).await;
    stale.expect_err("it is not as it was read");
    drop(intake);
    let mut intake = Intake::begin(&store, &by).await.expect("begins");
    assert!(intake.amend_request(row, &new).await.expect("amended"));
    intake.commit(None).await.expect("kept");
    let mut reads = store.reads().await.expect("reads");
    let said = reads.request_evidence(0, 9).await.expect("read");
    let said = said[0].1.as_ref().expect("readable");
    assert_eq!(said.rights, ["correction"]);
    let (act, _, _, note) = said.history.last().expect("a line");
    assert_eq!(act, "amended");
    assert_eq!(note.as_deref().and_then(Amendment::read), Some(amendment));
    let listed = reads.counterparts().await.expect("read");
    assert_eq!(listed[0].1["desk"], "窓口");
    let number = reads.member_number("M-9", None).await.expect("read").number;
    assert!(matches!(number, MemberNumber::InUse));
}
