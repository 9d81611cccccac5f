//! An act is decided and done in one transaction: what another does meanwhile
//! comes before it and is seen, or waits.

use std::fs;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::letters::{Acted, Selection};
use super::{letters, requests};
use crate::acts::reception::{self, Distinct, Mode, Waiting};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::{
    By, CloseReason, LetterAction, LetterId, LetterRefusal, RequestRefusal, StaffName, State,
};
use crate::office::Office;
use crate::store::{LetterQuery, Refused, RequestQuery};

async fn office(folder: &TempDir) -> Office {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut settings = "requests = \"optional\"\n".to_owned();
    for name in ["templates", "society", "fonts"] {
        settings.push_str(&format!("{name} = {:?}\n", root.join(name)));
    }
    let file = folder.path().join("yobin.toml");
    fs::write(&file, settings).expect("written");
    let config = Config::read(Some(&file)).expect("settings");
    crate::office::init(&config).await.expect("made");
    let noon = "2026-11-22T12:00:00+09:00".parse().expect("a time");
    let office = Office::open(config, Clock::starting_at(noon)).await;
    office.expect("an office")
}

fn staff(office: &Office, name: &str) -> By {
    office.by(StaffName::new(name).expect("a name"))
}

fn file(office: &Office, records: &[Value]) -> std::path::PathBuf {
    let file = office.desk.config.base.join("records.jsonl");
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    fs::write(&file, lines.join("\n")).expect("written");
    file
}

/// An office with letters that 見本 太郎 queued.
async fn queued(folder: &TempDir, count: usize) -> (Office, Vec<LetterId>) {
    let office = office(folder).await;
    let record = |n| {
        json!({
            "kind": "acknowledgement", "outcome": "received",
            "addressee_name": format!("見本 花子{n}"),
            "addressee_postal_code": "379-2147",
            "addressee_address": "群馬県前橋市亀里町1310番地",
            "delivery": "archive", "receipt_number": format!("受第26-{n:05}号"),
            "request_date": "2026-11-18", "arrival_date": "2026-11-20",
            "requester_role": "principal", "rights": ["disclosure"],
            "requested_content": "健康診査の結果の開示", "expected_date": "2026-12-18",
        })
    };
    let records: Vec<Value> = (0..count).map(record).collect();
    let path = file(&office, &records);
    let received = reception::receive(
        &office,
        &staff(&office, "見本 太郎"),
        &path,
        None,
        (Mode::AllOrNothing, Waiting::Kept),
        &Distinct::default(),
        &mut |problem| panic!("{problem}"),
    )
    .await
    .expect("received");
    assert_eq!(received.new, count as u64);
    let mut conn = office.store.reads().await.expect("reads");
    let letters = conn.letters(&LetterQuery::default()).await;
    let ids = letters.expect("letters").iter().map(|row| row.id).collect();
    drop(conn);
    (office, ids)
}

async fn states(office: &Office) -> Vec<State> {
    let mut conn = office.store.reads().await.expect("reads");
    let letters = conn.letters(&LetterQuery::default()).await;
    letters
        .expect("letters")
        .iter()
        .map(|row| row.state)
        .collect()
}

async fn done(
    office: &Office,
    action: LetterAction,
    letters: &[LetterId],
) -> Result<Acted, Refused<LetterRefusal>> {
    let by = staff(office, "見本 次郎");
    letters::act(
        office,
        &by,
        action,
        &Selection::These(letters.to_vec()),
        None,
    )
    .await
}

#[tokio::test]
async fn a_letter_resumed_while_a_range_is_approved_does_not_slip_through_its_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let (office, ids) = queued(&folder, 3).await;
    done(&office, LetterAction::Hold, &ids[1..2])
        .await
        .expect("held");

    // Two wait when the approver counts; a third comes back at that moment.
    let mut tx = office.store.work().await.expect("writes");
    let row = tx.letter(ids[1]).await.expect("reads");
    let row = row.expect("the letter");
    let by = staff(&office, "見本 次郎");
    let facts = row.facts();
    let change = LetterAction::Resume
        .decide(&facts, &by)
        .expect("can resume");
    tx.change_letter(&row, change, &by).await.expect("resumed");
    let approver = staff(&office, "見本 三郎");
    let range = |count| Selection::Range {
        first: ids[0],
        last: ids[2],
        count,
    };
    let two = range(2);
    let mut approving = pin!(letters::act(
        &office,
        &approver,
        LetterAction::Approve,
        &two,
        None
    ));
    let meanwhile = tokio::time::timeout(Duration::from_millis(200), approving.as_mut()).await;
    assert!(meanwhile.is_err(), "approved beside a change");
    tx.commit().await.expect("kept");

    let refused = approving.await.expect_err("another count");
    let Refused::Rule { why, .. } = refused else {
        panic!("{refused}");
    };
    assert_eq!(
        why,
        LetterRefusal::CountDiffers {
            first: ids[0],
            last: ids[2],
            found: 3,
            count: 2,
        }
    );
    assert_eq!(states(&office).await, [State::Queued; 3]);
    // As many as are there now may not be those that were seen.
    let acted = letters::act(&office, &approver, LetterAction::Approve, &range(3), None).await;
    let Refused::Rule { why, .. } = acted.expect_err("one came back") else {
        panic!("the store failed");
    };
    let back = vec![ids[1]];
    let (first, last) = (ids[0], ids[2]);
    assert_eq!(why, LetterRefusal::CameBack { first, last, back });
    let one = Selection::These(vec![ids[1]]);
    for (which, count) in [(one, 1), (range(2), 2)] {
        let acted = letters::act(&office, &approver, LetterAction::Approve, &which, None).await;
        assert_eq!(acted.expect("approved").letters.len(), count);
    }
    assert_eq!(states(&office).await, [State::Approved; 3]);
}

#[tokio::test]
async fn an_act_refused_for_one_letter_happens_to_none_and_says_of_how_many() {
    let folder = tempfile::tempdir().expect("a folder");
    let (office, ids) = queued(&folder, 3).await;
    done(&office, LetterAction::Cancel, &ids[2..])
        .await
        .expect("cancelled");
    let refused = done(&office, LetterAction::Approve, &ids).await;
    match refused.expect_err("one is cancelled") {
        Refused::Rule {
            why: LetterRefusal::WrongState { id, .. },
            of: 3,
        } => assert_eq!(id, ids[2]),
        other => panic!("{other}"),
    }
    let queued = State::Queued;
    assert_eq!(states(&office).await, [queued, queued, State::Cancelled]);
}

#[tokio::test]
async fn the_same_person_approves_nothing_of_a_range_they_queued() {
    let folder = tempfile::tempdir().expect("a folder");
    let (office, ids) = queued(&folder, 2).await;
    let range = Selection::Range {
        first: ids[0],
        last: ids[1],
        count: 2,
    };
    let by = staff(&office, "見本太郎");
    let refused = letters::act(&office, &by, LetterAction::Approve, &range, None).await;
    match refused.expect_err("their own") {
        Refused::Rule { why, .. } => assert_eq!(why, LetterRefusal::OwnLetter(ids[0])),
        Refused::Store(error) => panic!("{error}"),
    }
    assert_eq!(states(&office).await, [State::Queued; 2]);
}

#[tokio::test]
async fn requests_are_closed_all_or_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let office = office(&folder).await;
    let request = json!({
        "receipt_number": "受第26-001号", "rights": ["disclosure"],
        "request_date": "2026-11-02", "arrival_date": "2026-11-04",
        "requester_role": "principal", "requester_name": "見本 太郎",
        "requester_address": "群馬県前橋市亀里町1310番地",
        "principal_name": "見本 太郎", "principal_category": "insured",
    });
    let path = file(&office, &[request]);
    let by = staff(&office, "見本 次郎");
    reception::receive_requests(
        &office,
        &staff(&office, "見本 太郎"),
        &path,
        Mode::AllOrNothing,
        &Distinct::default(),
        &mut |problem| panic!("{problem}"),
    )
    .await
    .expect("received");
    let both = ["受第26-001号", "受第26-999号"].map(str::to_owned);
    let refused = requests::close(&office, &by, &both, CloseReason::Withdrawn, None).await;
    match refused.expect_err("the second is unknown") {
        Refused::Rule { why, .. } => {
            assert_eq!(why, RequestRefusal::NoSuchRequest(both[1].clone()));
        }
        Refused::Store(error) => panic!("{error}"),
    }
    let open = async || {
        let mut conn = office.store.reads().await.expect("reads");
        let open = conn.requests(RequestQuery::Open).await;
        open.expect("reads").len()
    };
    assert_eq!(open().await, 1);
    requests::close(&office, &by, &both[..1], CloseReason::Withdrawn, None)
        .await
        .expect("closed");
    assert_eq!(open().await, 0);
}
