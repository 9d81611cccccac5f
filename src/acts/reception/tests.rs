//! A file is read before anybody has to wait for it, and held against the
//! store as that is when it is written.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::letters::Letters;
use super::reading::{self, ReadFile};
use super::*;
use crate::clock::{Clock, jst};
use crate::config::{Config, RequestPolicy};
use crate::domain::{MemberFlag, StaffName};
use crate::record::Record;
use crate::store::{FlagChange, LetterQuery};

/// An office in a folder of its own.
struct Place {
    folder: TempDir,
    office: Office,
}

impl Place {
    async fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let settings: String = ["templates", "society", "fonts"]
            .map(|name| format!("{name} = {:?}\n", root.join(name)))
            .concat();
        let path = folder.path().join("yobin.toml");
        fs::write(&path, format!("{settings}requests = \"optional\"\n")).expect("written");
        let config = Config::read(Some(&path)).expect("settings");
        crate::office::init(&config).await.expect("made");
        let noon = "2026-11-24T12:00:00+09:00";
        let noon = chrono::DateTime::parse_from_rfc3339(noon).expect("a time");
        let clock = Clock::starting_at(noon.with_timezone(&jst()));
        let office = Office::open(config, clock).await.expect("an office");
        Place { folder, office }
    }

    fn file(&self, records: &[Value]) -> PathBuf {
        let lines: Vec<String> = records.iter().map(Value::to_string).collect();
        let path = self.folder.path().join("records.jsonl");
        fs::write(&path, lines.join("\n")).expect("written");
        path
    }

    fn read(&self, records: &[Value], mode: Mode) -> ReadFile<Record> {
        let path = self.file(records);
        reading::letters(&self.office, &path, None, mode).expect("read")
    }

    async fn take(&self, file: ReadFile<Record>) -> (Received, Vec<String>) {
        let by = self.office.by(StaffName::new("見本 花子").expect("a name"));
        let letters = Letters {
            office: &self.office,
            desk: &self.office.desk,
            who: &by.who,
            requests: RequestPolicy::Optional,
            watch: cautions::Watch::default(),
            published: published_fee::PublishedFees::File(Vec::new()),
            distinct: &Distinct::default(),
            waiting: Waiting::Kept,
        };
        let mut told = Vec::new();
        let mut say = |problem: &RowProblem| told.push(problem.to_string());
        let received = taking::take(&self.office, file, &by, &letters, &mut say).await;
        (received.expect("taken"), told)
    }

    /// Letters in the store.
    async fn letters(&self) -> usize {
        let mut conn = self.office.store.reads().await.expect("reads");
        let all = conn.letters(&LetterQuery::default()).await;
        all.expect("letters").len()
    }
}

fn record(n: usize) -> Value {
    json!({
        "kind": "implied-consent-objection",
        "outcome": "reflected",
        "addressee_name": format!("見本 太郎{n}"),
        "addressee_postal_code": "379-2147",
        "addressee_address": format!("群馬県前橋市亀里町{n}番地"),
        "address_verified_on": "2026-11-01",
        "delivery": "post",
        "member_key": format!("M-{n}"),
        "application_date": "2026-11-09",
        "items": ["医療費通知を送ること"],
        "reflect_from": "2026-12-25",
        "changes": [{
            "item": "医療費通知",
            "before": "世帯の全員分をまとめて送付",
            "after": "ご本人あてに送付",
        }],
    })
}

#[tokio::test]
async fn nobody_who_writes_waits_while_a_file_is_read_and_checked() {
    let place = Place::open().await;
    // The lock is somebody else's all the time the file is read.
    let other = place.office.store.work().await.expect("the lock");
    let records: Vec<Value> = (1..=300).map(record).collect();
    let file = place.read(&records, Mode::AllOrNothing);
    other.commit().await.expect("written");
    // It is not read again either.
    fs::remove_file(place.folder.path().join("records.jsonl")).expect("gone");
    let (received, told) = place.take(file).await;
    assert!(told.is_empty(), "{told:?}");
    assert_eq!((received.new, received.bad), (300, 0));
    assert_eq!(place.letters().await, 300);
}

#[tokio::test]
async fn a_dry_run_reads_beside_a_writer_and_leaves_nothing() {
    let place = Place::open().await;
    let records = [record(1), record(2), record(1)];
    let other = place.office.store.work().await.expect("the lock");
    let file = place.read(&records, Mode::DryRun);
    drop(other);
    let (received, told) = place.take(file).await;
    // What an earlier row of the file would have become is seen.
    assert_eq!((received.new, received.bad), (2, 1));
    assert!(told[0].contains("1行目と同じ内容です。"), "{told:?}");
    assert!(!received.kept && !received.left_in_log);
    assert_eq!(place.letters().await, 0);
    let out = place.office.out();
    let names = fs::read_dir(out).expect("a folder").flatten();
    let names: Vec<_> = names.map(|entry| entry.file_name()).collect();
    let of_store = |name: &&std::ffi::OsString| {
        let name = name.to_string_lossy();
        !name.starts_with("yobin.db") && name != "archive"
    };
    assert_eq!(names.iter().find(of_store), None, "{names:?}");
}

#[tokio::test]
async fn what_changed_between_reading_and_writing_is_seen() {
    let place = Place::open().await;
    let first = place.read(&[record(1)], Mode::AllOrNothing);
    let second = place.read(&[record(1)], Mode::AllOrNothing);
    let mut mended = record(1);
    mended["reflect_from"] = json!("2026-12-26");
    let third = place.read(&[mended], Mode::AllOrNothing);
    let fourth = place.read(&[record(2)], Mode::AllOrNothing);

    let (received, _) = place.take(first).await;
    assert_eq!((received.new, received.before), (1, 0));
    // Read before the first was written, and the same record.
    let (received, _) = place.take(second).await;
    assert_eq!((received.new, received.before), (0, 1));
    // Another try at it.
    let (received, told) = place.take(third).await;
    assert_eq!((received.new, received.bad), (0, 1));
    assert!(told[0].contains("まだ送られずに残っています"), "{told:?}");
    // A flag that was set meanwhile.
    let mut tx = place.office.store.work().await.expect("the lock");
    let (flag, set) = (MemberFlag::ALL[0], FlagChange::Set);
    let name = StaffName::new("見本 花子").expect("a name");
    let by = place.office.by(name);
    tx.change_flag("M-2", flag, set, &by)
        .await
        .expect("flagged");
    tx.commit().await.expect("written");
    let (received, _) = place.take(fourth).await;
    assert_eq!(received.new, 1);
    let cautions = &received.cautions.named;
    assert!(
        cautions[0].problem.contains("この加入者には"),
        "{cautions:?}"
    );
}

#[tokio::test]
async fn a_file_of_flags_is_read_before_anybody_waits_as_well() {
    let place = Place::open().await;
    let path = place.file(&[json!({"member_key": "M-1", "flag": "withheld"})]);
    let office = &place.office;
    let form = &office.desk.member_flags;
    let other = office.store.work().await.expect("the lock");
    let rows = read_form(office, &path, form, &|_, _| Vec::new()).expect("read");
    other.commit().await.expect("written");
    let good = |row: Result<Read<()>, ReceptionError>| matches!(row, Ok(Read::Good(..)));
    assert_eq!(rows.map(good).collect::<Vec<_>>(), [true]);
}
