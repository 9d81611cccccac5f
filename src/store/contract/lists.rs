//! Promises of what lists are made of.

use std::collections::BTreeSet;
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
    // They belong to no request.
    assert!(reads.days_named("date").await.expect("read").is_empty());
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
        keeps_counterpart: false,
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
    assert_eq!(listed[0].record["desk"], "窓口");
    assert!(listed[0].former.is_empty() && listed[0].ended.is_none());
    let number = reads.member_number("M-9", None).await.expect("read").number;
    assert!(matches!(number, MemberNumber::InUse));
}

pub(super) async fn a_counterpart_stays_known_until_the_end_is_confirmed(store: Store, _: &Path) {
    let by = by("見本 太郎", 0);
    let mut record = json!({
        "receipt_number": "R-001", "rights": ["correction"], "request_date": "2026-11-16",
        "arrival_date": "2026-11-17", "requester_role": "appointed_agent",
        "requester_name": "相手 一郎", "requester_address": "高崎市見本町1番地",
        "principal_name": "例示 花子", "principal_category": "insured",
        "protected_counterpart": "yes",
    });
    let request = Request::registered(record.as_object().expect("an object"));
    let mut intake = Intake::begin(&store, &by).await.expect("begins");
    let new = NewRequest {
        row: 1,
        request: &request,
        target_date: Some(day("2026-12-05")),
        record: &record.to_string(),
        record_sha256: "before",
    };
    let added = intake.add_request(&new).await;
    assert_eq!(added.expect("added"), Added::New);
    intake.commit(None).await.expect("kept");
    record["requester_name"] = json!("例示 次郎");
    let request = Request::registered(record.as_object().expect("an object"));
    let amendment = Amendment {
        reason: AmendReason::Mistyped,
        before: "before".to_owned(),
        after: "after".to_owned(),
        fields: vec!["requester_name".to_owned()],
    };
    let mut intake = Intake::begin(&store, &by).await.expect("begins");
    let found = intake.request("R-001", For::People).await.expect("read");
    let row = found.meant_by("R-001").expect("there").row;
    let new = AmendedRequest {
        request: &request,
        target_date: day("2026-12-05"),
        record: &record.to_string(),
        amendment: &amendment,
        renews_safeguards: true,
        keeps_counterpart: true,
    };
    assert!(intake.amend_request(&row, &new).await.expect("amended"));
    intake.commit(None).await.expect("kept");
    let mut work = store.work().await.expect("its turn");
    let known = work.watched().await.expect("read").safeguards;
    assert_eq!(known.counterparts.len(), 2);
    let listed = work.counterparts().await.expect("read").remove(0);
    assert_eq!(listed.record["requester_name"], "例示 次郎");
    assert_eq!(listed.former[0]["requester_name"], "相手 一郎");
    let ended = crate::domain::COUNTERPART_ENDED;
    work.note_counterpart_end(&row, ended, Some("ran_out"), &by)
        .await
        .expect("entered");
    assert!(work.watched().await.expect("read").safeguards.is_empty());
    let listed = work.counterparts().await.expect("read").remove(0);
    assert_eq!(listed.former[0]["requester_name"], "相手 一郎");
    assert_eq!(listed.ended.expect("ended").0, "見本 太郎");
    work.commit().await.expect("kept");
    let mut intake = Intake::begin(&store, &by).await.expect("begins");
    intake.counterpart_again(&row).await.expect("entered");
    let known = intake.watched().await.expect("read").safeguards;
    // Whoever queued a letter until now was told of none of them.
    let known = known.of(&BTreeSet::new(), intake.file.key);
    assert_eq!(known.counterparts.len(), 2);
    let listed = intake.counterparts().await.expect("read").remove(0);
    assert!(listed.ended.is_none());
    assert_eq!(listed.former[0]["requester_name"], "相手 一郎");
    intake.commit(None).await.expect("kept");
    let mut reads = store.reads().await.expect("reads");
    let said = reads.request_evidence(0, 9).await.expect("read");
    assert_eq!(said[0].1.as_ref().expect("readable").former_counterparts, 1);
}
