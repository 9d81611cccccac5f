//! What must hold for a folder of finished messages.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use super::*;
use crate::mail::address::MessageName;
use crate::mail::{EmailAddress, Field};
use bytes::Bytes;

fn envelope(name: &str) -> MailEnvelope {
    MailEnvelope {
        name: MessageName::parse(name).unwrap(),
        from: EmailAddress::parse(Field::From, "kojin-joho@kenpo.example.jp").unwrap(),
        to: EmailAddress::parse(Field::Recipient, "taro@member.example.jp").unwrap(),
    }
}

fn names(path: &Path) -> Vec<String> {
    path.read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[tokio::test]
async fn a_message_becomes_one_file_only_its_owner_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/mail");
    let outbox = Outbox::open(&path).unwrap();
    let handover = outbox
        .hand_over(&envelope("L000123K"), Bytes::from_static(b"one\r\n"))
        .await;
    assert!(
        matches!(handover, Handover::Accepted { .. }),
        "{handover:?}"
    );
    assert_eq!(names(&path), ["L000123K.eml"]);
    let file = path.join("L000123K.eml");
    assert_eq!(std::fs::read(&file).unwrap(), b"one\r\n");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn a_repeated_run_changes_nothing_and_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap();
    let _ = outbox
        .hand_over(&envelope("L1"), Bytes::from_static(b"one\r\n"))
        .await;
    let before = folder
        .path()
        .join("L1.eml")
        .metadata()
        .unwrap()
        .modified()
        .unwrap();
    let again = outbox
        .hand_over(&envelope("L1"), Bytes::from_static(b"one\r\n"))
        .await;
    assert_eq!(
        again,
        Handover::Accepted {
            response: "already written".to_owned()
        }
    );
    assert_eq!(
        folder
            .path()
            .join("L1.eml")
            .metadata()
            .unwrap()
            .modified()
            .unwrap(),
        before
    );
    assert_eq!(names(folder.path()), ["L1.eml"]);
}

#[tokio::test]
async fn another_message_under_a_taken_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap();
    let _ = outbox
        .hand_over(&envelope("L1"), Bytes::from_static(b"one\r\n"))
        .await;
    let other = outbox
        .hand_over(&envelope("L1"), Bytes::from_static(b"two\r\n"))
        .await;
    assert!(
        matches!(
            other,
            Handover::Rejected {
                code: None,
                stage: Stage::Outbox,
                ..
            }
        ),
        "{other:?}"
    );
    assert!(!other.concerns_every_letter());
    assert_eq!(
        std::fs::read(folder.path().join("L1.eml")).unwrap(),
        b"one\r\n"
    );
    assert_eq!(names(folder.path()), ["L1.eml"]);
}

#[tokio::test]
async fn a_folder_that_has_gone_defers_every_letter() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path()).unwrap();
    folder.close().unwrap();
    let handover = outbox
        .hand_over(&envelope("L1"), Bytes::from_static(b"one\r\n"))
        .await;
    assert!(
        matches!(
            handover,
            Handover::Deferred {
                stage: Stage::Outbox,
                ..
            }
        ),
        "{handover:?}"
    );
    assert!(handover.concerns_every_letter());
}

#[tokio::test]
async fn half_written_files_of_a_killed_process_are_removed_and_others_left() {
    let folder = tempfile::tempdir().unwrap();
    for name in [".part-abc", ".other.part", "L1.eml"] {
        std::fs::write(folder.path().join(name), "x").unwrap();
    }
    Outbox::open(folder.path()).unwrap();
    let mut left = names(folder.path());
    left.sort();
    assert_eq!(left, [".other.part", "L1.eml"]);
}

#[tokio::test]
async fn many_messages_at_once_are_all_written() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Arc::new(Outbox::open(folder.path()).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..200 {
        let outbox = Arc::clone(&outbox);
        // Ten names are used twice with the same content.
        let name = format!("L{}", n % 190);
        tasks.spawn(async move {
            outbox
                .hand_over(&envelope(&name), name.clone().into())
                .await
        });
    }
    for handover in tasks.join_all().await {
        assert!(
            matches!(handover, Handover::Accepted { .. }),
            "{handover:?}"
        );
    }
    assert_eq!(names(folder.path()).len(), 190);
}
