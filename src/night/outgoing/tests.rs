//! How the gate, the pace and the queue treat what comes of hand-overs.

use super::*;

const WAITS: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(15)];

fn letter(number: i64) -> LetterId {
    LetterId::from_key(number)
}

fn outgoing(waits: &[Duration], minutes: u64) -> Outgoing {
    Outgoing::new(HandedTo::Gateway, waits, Duration::from_secs(60 * minutes))
}

fn later(stage: Stage) -> Handover {
    Handover::Deferred {
        stage,
        reason: "451 later".to_owned(),
    }
}

fn gone(stage: Stage) -> Handover {
    Handover::Deferred {
        stage,
        reason: "connection closed".to_owned(),
    }
}

fn refused(stage: Stage) -> Handover {
    Handover::Rejected {
        code: Some(550),
        stage,
        reason: "550 no".to_owned(),
    }
}

fn accepted() -> Handover {
    Handover::Accepted {
        response: "250 ok".to_owned(),
    }
}

fn weigh(outgoing: &Outgoing, number: i64, handover: &Handover) -> Fate {
    let fate = outgoing.weigh(letter(number), handover, false);
    match fate {
        Fate::Again(at) => outgoing.lay_aside(letter(number), at),
        Fate::Left => outgoing.leave(letter(number)),
        Fate::Fails | Fate::Gone => {}
    }
    outgoing.done(letter(number));
    fate
}

#[tokio::test(start_paused = true)]
async fn while_the_server_is_away_one_mail_probes_after_longer_and_longer_waits() {
    let outgoing = outgoing(&WAITS, 1);
    for number in 1..=10 {
        outgoing.lay_aside(letter(number), Instant::now());
    }
    assert!(matches!(outgoing.next(3), Next::Mails(mails) if mails.len() == 3));
    for number in 1..=3 {
        weigh(&outgoing, number, &gone(Stage::Connect));
    }
    assert!(outgoing.is_waiting());
    assert!(outgoing.at_the_door().is_none());
    let mut waited = Vec::new();
    let began = Instant::now();
    loop {
        match outgoing.next(16) {
            Next::At(until) => {
                waited.push((until - Instant::now()).as_secs());
                tokio::time::sleep_until(until).await;
            }
            Next::Probe(probe) => {
                assert!(outgoing.lets_through(probe));
                assert!(!outgoing.lets_through(letter(99)));
                // Nobody else goes meanwhile.
                assert_eq!(outgoing.next(16), Next::Nothing);
                weigh(&outgoing, probe.key(), &gone(Stage::Connect));
            }
            Next::Over => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(waited, [5, 15, 15, 15, 15]);
    assert!(began.elapsed() >= Duration::from_secs(60));
    let (left, why) = outgoing.waiting();
    assert_eq!(left.len(), 10);
    assert!(matches!(why, Some(MailHalt::Away { .. })));
}

#[tokio::test(start_paused = true)]
async fn when_the_server_is_back_everything_goes_on() {
    let outgoing = outgoing(&WAITS, 0);
    for number in 1..=6 {
        outgoing.lay_aside(letter(number), Instant::now());
    }
    outgoing.next(3);
    for number in 1..=3 {
        weigh(&outgoing, number, &later(Stage::Sender));
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    let Next::Probe(probe) = outgoing.next(16) else {
        panic!("no probe");
    };
    assert_eq!(weigh(&outgoing, probe.key(), &accepted()), Fate::Gone);
    assert!(!outgoing.is_waiting());
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(matches!(outgoing.next(16), Next::Mails(mails) if mails.len() == 5));
}

#[tokio::test(start_paused = true)]
async fn a_refused_sender_is_a_mails_own_until_it_is_everyones() {
    let outgoing = outgoing(&WAITS, 0);
    assert_eq!(weigh(&outgoing, 1, &refused(Stage::Sender)), Fate::Fails);
    weigh(&outgoing, 2, &accepted());
    assert_eq!(weigh(&outgoing, 3, &refused(Stage::Sender)), Fate::Fails);
    assert_eq!(weigh(&outgoing, 4, &refused(Stage::Sender)), Fate::Fails);
    assert!(!outgoing.is_waiting());
    let fate = weigh(&outgoing, 5, &refused(Stage::Sender));
    assert!(matches!(fate, Fate::Again(_)), "{fate:?}");
    assert!(outgoing.is_waiting());
    // The probe does not fail either.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let Next::Probe(probe) = outgoing.next(1) else {
        panic!("no probe");
    };
    let fate = weigh(&outgoing, probe.key(), &refused(Stage::Sender));
    assert!(matches!(fate, Fate::Again(_)), "{fate:?}");
}

#[tokio::test(start_paused = true)]
async fn a_mail_put_off_by_itself_holds_up_no_other_and_waits_for_the_next_run() {
    let outgoing = outgoing(&WAITS, 180);
    let now = Instant::now();
    for (wait, expected) in [(5, true), (15, true), (0, false)] {
        let fate = outgoing.weigh(letter(1), &later(Stage::Recipient), false);
        let again = Fate::Again(now + Duration::from_secs(wait));
        assert_eq!(fate, if expected { again } else { Fate::Left });
        assert!(!outgoing.is_waiting());
    }
    // A connection that breaks in the middle of a mail says nothing of others.
    let fate = outgoing.weigh(letter(2), &gone(Stage::Body), false);
    assert_eq!(fate, Fate::Again(now + WAITS[0]));
    assert_eq!(weigh(&outgoing, 3, &refused(Stage::Recipient)), Fate::Fails);
}

#[tokio::test(start_paused = true)]
async fn without_waits_nothing_is_tried_twice() {
    let outgoing = outgoing(&[], 180);
    assert_eq!(weigh(&outgoing, 1, &gone(Stage::Connect)), Fate::Left);
    assert_eq!(weigh(&outgoing, 2, &later(Stage::Recipient)), Fate::Left);
    assert_eq!(outgoing.waiting().0, BTreeSet::from([letter(1), letter(2)]));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_no_dot_ends_the_mail_of_the_run() {
    let outgoing = outgoing(&WAITS, 180);
    outgoing.lay_aside(letter(4), Instant::now());
    let lost = Handover::Unknown {
        stage: Stage::FinalReply,
        reason: "no reply".to_owned(),
    };
    outgoing.weigh(letter(3), &lost, true);
    assert_eq!(outgoing.next(16), Next::Over);
    let (left, why) = outgoing.waiting();
    assert_eq!((left.len(), why), (1, Some(MailHalt::Silent)));
}

#[test]
fn the_pace_falls_with_each_later_and_rises_again() {
    let mut pace = Pace::default();
    let now = Instant::now();
    assert_eq!((pace.turn(now), pace.turn(now)), (now, now));
    for _ in 0..9 {
        pace.slow(Stage::Recipient);
    }
    assert_eq!(pace.interval(), Duration::from_secs(1));
    for _ in 0..9 {
        pace.slow(Stage::Sender);
    }
    assert_eq!(pace.interval(), Duration::from_secs(5));
    // A recipient put off does not quicken it.
    pace.slow(Stage::Recipient);
    assert_eq!(pace.interval(), Duration::from_secs(5));
    let first = pace.turn(now);
    assert_eq!(pace.turn(now), first + Duration::from_secs(5));
    for _ in 0..60 {
        pace.quicken();
    }
    assert_eq!(pace.interval(), Duration::ZERO);
}

/// Sends off what there is until nothing more is tried, and tells how often
/// the mail server was spoken to and how many seconds went by.
async fn send_all(outgoing: &Outgoing, answer: impl Fn(i64) -> Handover) -> (usize, u64) {
    let (mut tries, began) = (0, Instant::now());
    loop {
        match outgoing.next(3) {
            Next::Mails(mails) => {
                for mail in mails {
                    // An answer takes its time.
                    tokio::time::sleep(Duration::from_secs(30)).await;
                    tries += 1;
                    weigh(outgoing, mail.key(), &answer(mail.key()));
                }
            }
            Next::Probe(mail) => {
                tokio::time::sleep(Duration::from_secs(30)).await;
                tries += 1;
                weigh(outgoing, mail.key(), &answer(mail.key()));
            }
            Next::At(until) => tokio::time::sleep_until(until).await,
            Next::Nothing | Next::Over => return (tries, began.elapsed().as_secs()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_falls_silent_wherever_is_waited_for_and_not_run_against() {
    for stage in [Stage::Recipient, Stage::Data, Stage::Body] {
        let outgoing = outgoing(&WAITS, 30);
        for number in 1..=1000 {
            outgoing.lay_aside(letter(number), Instant::now());
        }
        let (tries, seconds) = send_all(&outgoing, |_| gone(stage)).await;
        assert!(tries < 60, "{stage:?}: {tries} tries");
        assert!(seconds < 60 * 35, "{stage:?}: {seconds} s");
        let (waiting, why) = outgoing.waiting();
        assert_eq!(waiting.len(), 1000, "{stage:?}");
        assert!(
            matches!(why, Some(MailHalt::Away { .. })),
            "{stage:?}: {why:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_later_of_every_mail_is_not_asked_all_night() {
    for stage in [Stage::Recipient, Stage::Data, Stage::FinalReply] {
        let outgoing = outgoing(&WAITS, 30);
        for number in 1..=1000 {
            outgoing.lay_aside(letter(number), Instant::now());
        }
        let (_, seconds) = send_all(&outgoing, |_| later(stage)).await;
        assert!(seconds < 60 * 35, "{stage:?}: {seconds} s");
        let (waiting, why) = outgoing.waiting();
        assert_eq!(waiting.len(), 1000, "{stage:?}");
        assert!(
            matches!(why, Some(MailHalt::PutOff { .. })),
            "{stage:?}: {why:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn one_mail_the_server_cannot_bear_keeps_no_other_back() {
    for handover in [
        gone(Stage::Data),
        gone(Stage::Body),
        later(Stage::FinalReply),
    ] {
        let outgoing = outgoing(&WAITS, 30);
        for number in 1..=50 {
            outgoing.lay_aside(letter(number), Instant::now());
        }
        let bad = |number| match number {
            1 | 2 | 3 | 30 => handover.clone(),
            _ => accepted(),
        };
        let (tries, _) = send_all(&outgoing, bad).await;
        let (waiting, _) = outgoing.waiting();
        assert_eq!(waiting.len(), 4, "{handover:?}");
        assert!(tries <= 46 + 4 * 3, "{handover:?}: {tries} tries");
    }
}
