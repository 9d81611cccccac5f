//! The steps of one letter happen together or not at all, each once.

use sqlx::Row;

use super::*;
use crate::domain::{HandedTo, Reason};
use crate::store::Store;
use crate::store::sqlite::claim::claim;
use crate::store::sqlite::register::{genesis, register_entries};

const AT: &str = "2026-11-23T01:00:00+09:00";

/// A store with one letter in a state.
async fn store(folder: &tempfile::TempDir, state: State) -> (Store, LetterId) {
    let (store, letters) = store_of(folder, &[state]).await;
    (store, letters[0])
}

/// A store with a letter in each of these states.
async fn store_of(folder: &tempfile::TempDir, states: &[State]) -> (Store, Vec<LetterId>) {
    let store = Store::open(&folder.path().join("yobin.db"))
        .await
        .expect("opens");
    let mut tx = store.write().await.expect("writes");
    sqlx::query("INSERT INTO intake (sha256, queued_by, queued_at) VALUES ('', 's', 't')")
        .execute(&mut *tx)
        .await
        .expect("an intake");
    let mut letters = Vec::new();
    for (row, state) in states.iter().enumerate() {
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO letter (kind, outcome, state, attempt, delivery, series, record_sha256,
                                 intake_id, intake_row, queued_by, queued_at, number, issue_date)
             VALUES ('k', 'o', ?1, 3, 'mail', 'letters', 'h' || ?2, 1, ?2, 's', 't', 'n' || ?2, 'd')
             RETURNING id",
        )
        .bind(state.as_str())
        .bind(i64::try_from(row).expect("few"))
        .fetch_one(&mut *tx)
        .await
        .expect("a letter");
        letters.push(LetterId::from_key(id));
    }
    tx.commit().await.expect("kept");
    (store, letters)
}

/// Whether the steps of the letter's third attempt happened.
async fn happens(store: &Store, letter: LetterId, from: State, steps: Vec<Step>) -> bool {
    let request = LetterSteps {
        letter,
        from,
        attempt: 3,
        steps,
    };
    let mut tx = store.write().await.expect("writes");
    let results = apply(&mut tx, &[request], AT).await.expect("applied");
    tx.commit().await.expect("kept");
    results[0].is_ok()
}

/// State, where it can resume, reason, whether a hand-over is marked, and
/// its changes of state.
async fn seen(store: &Store) -> (String, Option<String>, Option<String>, bool, Vec<String>) {
    let mut conn = store.read().await.expect("reads");
    let row = sqlx::query("SELECT * FROM letter")
        .fetch_one(&mut *conn)
        .await
        .expect("the letter");
    let handover: Option<String> = row.get("handover_at");
    let message: Option<String> = row.get("message_id");
    assert_eq!(handover.is_some(), message.is_some());
    let changes = sqlx::query_scalar("SELECT to_state FROM audit ORDER BY id")
        .fetch_all(&mut *conn)
        .await
        .expect("the audit");
    (
        row.get("state"),
        row.get("resume_state"),
        row.get("reason"),
        handover.is_some(),
        changes,
    )
}

fn rendered() -> Step {
    rendered_from("{}")
}

fn rendered_from(data: &str) -> Step {
    Step::Rendered(Box::new(RenderedFacts {
        data: data.as_bytes().to_vec(),
        data_sha256: "data".to_owned(),
        set_sha256: "set".to_owned(),
        fonts_sha256: "fonts".to_owned(),
        engine: "engine".to_owned(),
        pdf_sha256: "pdf".to_owned(),
        pdf_bytes: 1000,
        pages: 1,
    }))
}

fn begins() -> Step {
    Step::HandoverBegins {
        message_id: "<m@example.jp>".to_owned(),
        to: HandedTo::Gateway,
        looked: 1,
    }
}

fn sent() -> Step {
    Step::Sent {
        by: HandedTo::Gateway,
        words: "250 ok".to_owned(),
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn steps_happen_together_or_not_at_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, letter) = store(&folder, State::Numbered).await;
    let none = ("numbered".to_owned(), None, None, false, Vec::new());
    // The last step does not follow; another state; nothing at all before.
    let stray = vec![rendered(), Step::Archived, sent()];
    assert!(!happens(&store, letter, State::Numbered, stray).await);
    assert!(!happens(&store, letter, State::Rendered, vec![Step::Archived]).await);
    assert_eq!(seen(&store).await, none);
    let mut conn = store.read().await.expect("reads");
    let left: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM letter_data) + (SELECT count(*) FROM register)",
    )
    .fetch_one(&mut *conn)
    .await
    .expect("counted");
    assert_eq!(left, 0);

    let steps = vec![rendered(), Step::Archived];
    assert!(happens(&store, letter, State::Numbered, steps).await);
    let changes = vec!["rendered".to_owned(), "archived".to_owned()];
    assert_eq!(
        seen(&store).await,
        ("archived".to_owned(), None, None, false, changes)
    );
    let entered: (i64, String, i64) = sqlx::query_as(
        "SELECT register_seq, register.pdf_sha256, length(letter_data.data)
         FROM letter
         JOIN register ON seq = register_seq
         JOIN letter_data ON letter_data.letter_id = letter.id",
    )
    .fetch_one(&mut *conn)
    .await
    .expect("the entry");
    assert_eq!(entered, (1, "pdf".to_owned(), 2));
}

/// What the letters of a group write goes to the store together.
#[tokio::test]
#[allow(clippy::too_many_lines, reason = "many cases of one rule")]
async fn letters_of_one_group_keep_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let states = [
        State::Numbered,
        State::Archived,
        State::Held,
        State::Numbered,
    ];
    let (store, letters) = store_of(&folder, &states).await;
    let request = |n: usize, from, steps| LetterSteps {
        letter: letters[n],
        from,
        attempt: 3,
        steps,
    };
    let archived = |data| vec![rendered_from(data), Step::Archived];
    let requests = [
        request(3, State::Numbered, archived(r#"{"氏名":"見本 花子"}"#)),
        request(1, State::Archived, vec![Step::Released, begins()]),
        request(
            2,
            State::Numbered,
            archived("taken out of the night's hands"),
        ),
        request(0, State::Numbered, archived(r#"{"氏名":"見本 太郎"}"#)),
    ];
    let mut tx = store.write().await.expect("writes");
    let results = apply(&mut tx, &requests, AT).await.expect("applied");
    tx.commit().await.expect("kept");
    let happened: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(happened, [true, true, false, true]);

    let mut conn = store.read().await.expect("reads");
    type Row = (String, Option<String>, Option<Vec<u8>>, Option<i64>);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT state, message_id, data, register_seq
         FROM letter LEFT JOIN letter_data ON letter_id = id ORDER BY id",
    )
    .fetch_all(&mut *conn)
    .await
    .expect("the letters");
    let row = |state: State, message: Option<&str>, data: Option<&str>, seq| {
        let data = data.map(|data| data.as_bytes().to_vec());
        (state.as_str().to_owned(), message.and_then(text), data, seq)
    };
    let expected = [
        row(
            State::Archived,
            None,
            Some(r#"{"氏名":"見本 太郎"}"#),
            Some(1),
        ),
        row(State::Released, Some("<m@example.jp>"), None, None),
        row(State::Held, None, None, None),
        row(
            State::Archived,
            None,
            Some(r#"{"氏名":"見本 花子"}"#),
            Some(2),
        ),
    ];
    assert_eq!(rows, expected);
    let entries = register_entries(&mut conn, 0, 9)
        .await
        .expect("the register");
    let mut previous = genesis();
    for (entry, (place, number)) in entries.iter().zip([(0, "n0"), (3, "n3")]) {
        assert_eq!(
            (entry.letter, entry.number.as_str()),
            (letters[place], number)
        );
        assert_eq!(entry.previous_sha256, previous);
        assert_eq!(entry.entry_sha256, entry.computed_sha256());
        previous.clone_from(&entry.entry_sha256);
    }
    assert_eq!(entries.len(), 2);
    let audit: Vec<(i64, String, String)> =
        sqlx::query_as("SELECT letter_id, to_state, actor || at FROM audit ORDER BY id")
            .fetch_all(&mut *conn)
            .await
            .expect("the audit");
    let noted = |n: usize, to: State| {
        let by = format!("{NIGHT}{AT}");
        (letters[n].key(), to.as_str().to_owned(), by)
    };
    let expected = [
        noted(3, State::Rendered),
        noted(3, State::Archived),
        noted(1, State::Released),
        noted(0, State::Rendered),
        noted(0, State::Archived),
    ];
    assert_eq!(audit, expected);
}

#[tokio::test]
async fn a_hand_over_is_marked_once_and_unmarked_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, letter) = store(&folder, State::Archived).await;
    let steps = vec![Step::Released, begins()];
    assert!(happens(&store, letter, State::Archived, steps).await);
    let changes = vec!["released".to_owned()];
    let marked = ("released".to_owned(), None, None, true, changes.clone());
    assert_eq!(seen(&store).await, marked);
    assert!(!happens(&store, letter, State::Released, vec![begins()]).await);
    assert_eq!(seen(&store).await, marked);
    for expected in [true, false] {
        let words = "451 later".to_owned();
        let steps = vec![Step::HandoverUndone { words }];
        let done = happens(&store, letter, State::Released, steps).await;
        assert_eq!(done, expected);
        let unmarked = ("released".to_owned(), None, None, false, changes.clone());
        assert_eq!(seen(&store).await, unmarked);
    }
}

#[tokio::test]
async fn a_stopped_letter_says_why_and_where_it_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, letter) = store(&folder, State::Archived).await;
    let steps = vec![
        Step::Released,
        begins(),
        Step::Failed {
            reason: Reason::MailIsDown,
        },
    ];
    assert!(happens(&store, letter, State::Archived, steps).await);
    let changes = vec!["released".to_owned(), "failed".to_owned()];
    let failed = (
        "failed".to_owned(),
        text("released"),
        text("\"mail_is_down\""),
        false,
        changes,
    );
    assert_eq!(seen(&store).await, failed);
}

#[tokio::test]
async fn a_letter_claimed_again_is_left_alone_by_the_earlier_attempt() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, letter) = store(&folder, State::Archived).await;
    let mut tx = store.write().await.expect("writes");
    let claimed = claim(&mut tx, "2026-12-31", 0, 9).await.expect("claimed");
    assert!(claimed.is_empty(), "it is in no batch");
    sqlx::query("UPDATE letter SET attempt = attempt + 1")
        .execute(&mut *tx)
        .await
        .expect("as another claim does");
    tx.commit().await.expect("kept");
    assert!(!happens(&store, letter, State::Archived, vec![Step::Released]).await);
}

#[tokio::test]
async fn a_letter_leaves_only_by_what_is_registered_at_that_moment() {
    for (state, leaving) in [
        (State::Released, begins()),
        (State::Released, Step::Filed { looked: 1 }),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, letter) = store(&folder, state).await;
        let request = || LetterSteps {
            letter,
            from: state,
            attempt: 3,
            steps: vec![leaving.clone()],
        };
        let mut tx = store.write().await.expect("writes");
        sqlx::query(
            "INSERT INTO member_flag (member_key, flag, after_letter, set_by, set_at)
             VALUES ('m', 'protected', 1, 's', 't')",
        )
        .execute(&mut *tx)
        .await
        .expect("a flag");
        let results = apply(&mut tx, &[request()], AT).await.expect("applied");
        assert!(matches!(results[0], Err(StepError::LookAgain(id)) if id == letter));
        // Setting it again and clearing it are changes as well.
        for change in [
            "UPDATE member_flag SET after_letter = 1",
            "DELETE FROM member_flag",
        ] {
            let version = "SELECT version FROM safeguard";
            let before: i64 = sqlx::query_scalar(version)
                .fetch_one(&mut *tx)
                .await
                .expect("a version");
            sqlx::query(change).execute(&mut *tx).await.expect("done");
            let after: i64 = sqlx::query_scalar(version)
                .fetch_one(&mut *tx)
                .await
                .expect("a version");
            assert!(after > before, "{change}");
        }
        // A letter staff took is gone, whatever was registered since.
        sqlx::query("UPDATE letter SET attempt = 4")
            .execute(&mut *tx)
            .await
            .expect("taken");
        let results = apply(&mut tx, &[request()], AT).await.expect("applied");
        assert!(results[0].is_err());
        tx.commit().await.expect("kept");
        let state = seen(&store).await.0;
        assert_eq!(state, "released");
    }
}

/// The attempts of the letters: round, outcome, words and when they ended.
async fn attempts(store: &Store) -> Vec<(i64, Option<String>, Option<String>, Option<String>)> {
    let mut conn = store.read().await.expect("reads");
    sqlx::query_as("SELECT round, outcome, words, ended_at FROM attempt ORDER BY letter_id, round")
        .fetch_all(&mut *conn)
        .await
        .expect("the attempts")
}

#[tokio::test]
async fn an_attempt_begins_with_the_mark_and_ends_with_its_outcome() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, letter) = store(&folder, State::Released).await;
    let rejected = || Step::HandoverRejected {
        words: "550 no".to_owned(),
    };
    let failed = || Step::Failed {
        reason: Reason::RecordUnreadable,
    };
    let ended = |round, outcome, words| (round, text(outcome), text(words), text(AT));
    // Nothing began, so nothing ends; and only what happens is kept.
    assert!(!happens(&store, letter, State::Archived, vec![begins()]).await);
    assert!(attempts(&store).await.is_empty());
    for (round, end, outcome, words) in [
        (
            1,
            Step::HandoverUndone {
                words: "451 later".to_owned(),
            },
            "deferred",
            "451 later",
        ),
        (2, rejected(), "rejected", "550 no"),
        (3, sent(), "accepted", "250 ok"),
    ] {
        assert!(happens(&store, letter, State::Released, vec![begins()]).await);
        let open = attempts(&store).await.pop();
        assert_eq!(open, Some((round, None, None, None)));
        assert!(happens(&store, letter, State::Released, vec![end]).await);
        let done = attempts(&store).await.pop();
        assert_eq!(done, Some(ended(round, outcome, words)));
    }
    let mut tx = store.write().await.expect("writes");
    sqlx::query("UPDATE letter SET state = 'released', handover_at = NULL")
        .execute(&mut *tx)
        .await
        .expect("as if it were to be sent again");
    tx.commit().await.expect("kept");
    // A letter that fails before it is handed over ends no attempt.
    assert!(happens(&store, letter, State::Released, vec![failed()]).await);
    assert_eq!(attempts(&store).await.len(), 3);
    let rounds: i64 = sqlx::query_scalar("SELECT rounds FROM letter")
        .fetch_one(&mut *store.read().await.expect("reads"))
        .await
        .expect("the rounds");
    assert_eq!(rounds, 3);
}
