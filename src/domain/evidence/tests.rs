//! Changes behind the program, each made to a letter nobody touched.

use super::*;

const BOUND: &str = "L000001B";

fn hour(at: &str) -> String {
    format!("2026-11-24T{at:0>2}:00:00+09:00")
}

fn passage(from: &str, to: &str, actor: &str, at: &str) -> Passage {
    Passage {
        from: from.to_owned(),
        to: to.to_owned(),
        actor: actor.to_owned(),
        at: hour(at),
        left: None,
        note: None,
        record_sha256: from.is_empty().then(|| "r".to_owned()),
    }
}

/// A letter by mail that was approved and is about to be handed over.
fn released() -> Evidence {
    let night = NIGHT_ACTOR;
    let text = |text: &str| Some(text.to_owned());
    Evidence {
        reference: BOUND.to_owned(),
        row: RowSays {
            kind: "k".to_owned(),
            outcome: "o".to_owned(),
            delivery: "mail".to_owned(),
            state: "released".to_owned(),
            record_sha256: "r".to_owned(),
            queued_by: "見本 太郎".to_owned(),
            queued_at: hour("1"),
            approved_by: text("見本 花子"),
            approved_at: Some(hour("2")),
            approval_sha256: Some(approval_sha256(BOUND, "r", "見本 花子", &hour("2"))),
            number: text("第1号"),
            issue_date: text("2026-11-24"),
            batch_date: text("2026-11-24"),
            data_sha256: text("d"),
            pdf_sha256: text("p"),
            pdf_bytes: Some(7),
            register_seq: Some(1),
            rounds: 0,
            dispatched_how: None,
            approval_required: None,
        },
        record: None,
        entry: Some(EntrySays {
            seq: 1,
            number: "第1号".to_owned(),
            kind: "k".to_owned(),
            outcome: "o".to_owned(),
            issue_date: "2026-11-24".to_owned(),
            data_sha256: text("d"),
            pdf_sha256: text("p"),
            pdf_bytes: Some(7),
            entered_at: "4".to_owned(),
            previous_sha256: String::new(),
            entry_sha256: String::new(),
            is_whole: true,
        }),
        void: 0,
        history: vec![
            passage("", "queued", "見本 太郎", "1"),
            passage("queued", "approved", "見本 花子", "2"),
            passage("approved", "numbered", night, "3"),
            passage("numbered", "rendered", night, "4"),
            passage("rendered", "archived", night, "4"),
            passage("archived", "released", night, "4"),
        ],
        attempts: Vec::new(),
    }
}

#[test]
fn a_letter_nobody_touched_has_no_differences() {
    assert_eq!(released().differences(), []);
    // Held, resumed, tried again.
    let mut letter = released();
    for (from, to) in [
        ("released", "failed"),
        ("failed", "released"),
        ("released", "parked"),
        ("parked", "archived"),
        ("archived", "held"),
        ("held", "archived"),
        ("archived", "released"),
    ] {
        letter.history.push(passage(from, to, "見本 花子", "5"));
    }
    assert_eq!(letter.differences(), []);
    // Nothing more is asked of one that waits.
    letter.row.number = None;
    letter.row.register_seq = None;
    letter.row.state = "queued".to_owned();
    letter.row.approved_by = None;
    letter.row.approved_at = None;
    letter.row.approval_sha256 = None;
    letter.entry = None;
    letter.history.truncate(1);
    assert_eq!(letter.differences(), []);
}

#[test]
fn what_was_changed_behind_the_program_is_named() {
    type Change = fn(&mut Evidence);
    let changes: [(Change, Difference); 24] = [
        (|l| l.row.state = "gone".to_owned(), Difference::Unreadable),
        (|l| l.row.state = "archived".to_owned(), Difference::State),
        (|l| l.row.number = None, Difference::Number),
        (|l| l.row.kind = "other".to_owned(), Difference::Kind),
        (|l| l.row.outcome = "other".to_owned(), Difference::Outcome),
        (|l| l.row.issue_date = None, Difference::IssueDate),
        (|l| l.row.pdf_sha256 = Some("q".to_owned()), Difference::Pdf),
        (|l| l.row.pdf_bytes = Some(8), Difference::Pdf),
        (|l| l.row.data_sha256 = None, Difference::Data),
        (|l| l.row.register_seq = None, Difference::NoEntry),
        (|l| l.row.register_seq = Some(2), Difference::NoEntry),
        (|l| l.entry = None, Difference::NoEntry),
        (
            |l| {
                if let Some(entry) = &mut l.entry {
                    entry.is_whole = false;
                }
            },
            Difference::Entry,
        ),
        (|l| l.void = 1, Difference::Void),
        (|l| l.row.approved_by = None, Difference::NotApproved),
        (
            |l| l.row.approved_by = Some("見本 次郎".to_owned()),
            Difference::Approval,
        ),
        (
            |l| l.row.approved_by = Some("見本　太郎".to_owned()),
            Difference::ApprovedByQueuer,
        ),
        (
            |l| l.row.record_sha256 = "another".to_owned(),
            Difference::Approval,
        ),
        (|l| l.row.approval_sha256 = None, Difference::Approval),
        (
            |l| l.row.queued_by = "見本 次郎".to_owned(),
            Difference::Queuer,
        ),
        (|l| _ = l.history.remove(3), Difference::History),
        (|l| _ = l.history.remove(0), Difference::History),
        (
            |l| l.attempts = vec![Some("accepted".to_owned())],
            Difference::SentBefore,
        ),
        (|l| l.row.rounds = 1, Difference::Attempts),
    ];
    for (place, (change, difference)) in changes.into_iter().enumerate() {
        let mut letter = released();
        change(&mut letter);
        let found = letter.differences();
        assert!(found.contains(&difference), "{place}: {found:?}");
    }
}

#[test]
fn a_state_made_up_in_the_row_is_not_in_the_history() {
    // Approved by nobody, and numbered by the night as if it were.
    let mut letter = released();
    letter.row.approved_by = None;
    letter.row.approved_at = None;
    letter.row.approval_sha256 = None;
    letter.history.remove(1);
    let found = letter.differences();
    assert!(found.contains(&Difference::History), "{found:?}");
    assert!(found.contains(&Difference::NotApproved), "{found:?}");
    // Where none is required the night numbers what is queued.
    letter.history[1].from = "queued".to_owned();
    assert_eq!(letter.differences(), []);
    letter.row.approval_required = Some(0);
    assert_eq!(letter.differences(), []);
    letter.row.approval_required = Some(1);
    assert_eq!(letter.differences(), [Difference::NotApproved]);
    letter.row.approval_required = None;
    letter.history[1].actor = "見本 花子".to_owned();
    assert_eq!(letter.differences(), [Difference::NotApproved]);
}

#[test]
fn a_letter_that_was_sent_or_posted_is_known_by_its_history() {
    let mut letter = released();
    let sent = passage("released", "sent", NIGHT_ACTOR, "5");
    letter.history.push(sent);
    assert_eq!(letter.differences(), [Difference::State]);

    let mut letter = released();
    letter.row.state = "filed".to_owned();
    letter
        .history
        .push(passage("released", "filed", NIGHT_ACTOR, "5"));
    let mut posted = passage("filed", "filed", "見本 花子", "6");
    posted.note = Some("posted on 2026-11-25".to_owned());
    posted.left = Some(Some(Dispatch::Posted));
    letter.history.push(posted);
    assert_eq!(letter.differences(), [Difference::Left]);
    letter.row.dispatched_how = Some("posted".to_owned());
    assert_eq!(letter.differences(), []);
    let mut back = passage("filed", "filed", "見本 花子", "7");
    back.note = Some("taken back".to_owned());
    back.left = Some(None);
    letter.history.push(back);
    assert_eq!(letter.differences(), [Difference::Left]);
    letter.history.last_mut().expect("a line").at = hour("6");
    letter.row.dispatched_how = None;
    assert_eq!(letter.differences(), []);
    assert!(!letter.times_fall());
    // A clock that was set back keeps no letter from going.
    letter.history.last_mut().expect("a line").at = hour("3");
    assert!(letter.times_fall());
    assert_eq!(letter.differences(), []);
    letter.history.last_mut().expect("a line").at = "soon".to_owned();
    assert_eq!(letter.differences(), [Difference::Times]);
}

#[test]
fn a_cancelled_number_is_void() {
    let mut letter = released();
    letter.row.state = "cancelled".to_owned();
    letter
        .history
        .push(passage("released", "parked", NIGHT_ACTOR, "5"));
    letter
        .history
        .push(passage("parked", "cancelled", "見本 花子", "6"));
    assert_eq!(letter.differences(), [Difference::NotVoid]);
    letter.void = 1;
    assert_eq!(letter.differences(), []);
}

#[test]
fn a_mail_that_was_taken_is_in_the_history_wherever_the_letter_is_now() {
    let mut letter = released();
    letter.row.state = "parked".to_owned();
    letter.row.rounds = 1;
    letter.attempts = vec![Some("accepted".to_owned())];
    letter
        .history
        .push(passage("released", "parked", NIGHT_ACTOR, "5"));
    assert_eq!(letter.differences(), [Difference::SentBefore]);

    let mut letter = released();
    letter.row.state = "sent".to_owned();
    letter.row.rounds = 1;
    letter.attempts = vec![Some("accepted".to_owned())];
    letter
        .history
        .push(passage("released", "sent", NIGHT_ACTOR, "5"));
    assert_eq!(letter.differences(), []);
}
