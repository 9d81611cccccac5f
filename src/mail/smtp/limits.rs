//! What a bad gateway cannot do: fill the memory, make its answers unreadable, or keep the night
//! waiting for every letter.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::time::Duration;

use tokio::time::Instant;

use super::UNANSWERED;
use super::test_gateway::{Conduct, Event, GOOD, Reply, TestGateway};
use crate::mail::address::MessageName;
use crate::mail::transport::{MailEnvelope, Stage};
use crate::mail::{EmailAddress, Field, Handover, Transport};

const HOST: &str = "127.0.0.1";
const MESSAGE: &[u8] = b"Subject: x\r\n\r\ntext\r\n";
const TLS: &str = "security = 'tls'";

fn envelope() -> MailEnvelope {
    MailEnvelope {
        name: MessageName::parse("L000123K").unwrap(),
        from: EmailAddress::parse(Field::From, "kojin-joho@kenpo.example.jp").unwrap(),
        to: EmailAddress::parse(Field::Recipient, "taro@member.example.jp").unwrap(),
    }
}

/// Hands over once to a gateway that behaves like `conduct`, in both ways to begin TLS.
async fn in_both_ways(conduct: Conduct) -> [Handover; 2] {
    let mut handovers = Vec::new();
    for (implicit, extra) in [(false, ""), (true, TLS)] {
        let mut gateway = TestGateway::start(implicit, HOST, &[conduct]).await;
        let transport = gateway.transport(extra);
        handovers.push(transport.hand_over_once(&envelope(), MESSAGE).await);
        // It is not listened to any longer, so a reply without end comes to one.
        drop(transport);
        gateway.wait_for(|event| *event == Event::Closed).await;
    }
    handovers.try_into().unwrap()
}

fn deferred_at(handover: &Handover) -> Option<(Stage, &str)> {
    match handover {
        Handover::Deferred { stage, reason } => Some((*stage, reason)),
        _ => None,
    }
}

#[tokio::test]
async fn a_reply_without_end_is_cut_off_wherever_it_comes() {
    let line = Reply::Endless(b"2");
    let lines = Reply::Endless(b"250-more\r\n");
    let blank = Reply::Endless(b"250- \r\n");
    for endless in [line, lines, blank] {
        for (conduct, stage) in [
            (
                Conduct {
                    greeting: endless,
                    ..GOOD
                },
                Stage::Connect,
            ),
            (
                Conduct {
                    hello: endless,
                    ..GOOD
                },
                Stage::Connect,
            ),
            (
                Conduct {
                    mail: endless,
                    ..GOOD
                },
                Stage::Sender,
            ),
            (
                Conduct {
                    rcpt: endless,
                    ..GOOD
                },
                Stage::Recipient,
            ),
            (
                Conduct {
                    data: endless,
                    ..GOOD
                },
                Stage::Data,
            ),
        ] {
            for handover in in_both_ways(conduct).await {
                let (at, reason) = deferred_at(&handover).unwrap();
                assert_eq!(at, stage, "{handover:?}");
                assert!(reason.contains("too long"), "{reason}");
            }
        }
        let conduct = Conduct {
            end: endless,
            ..GOOD
        };
        for handover in in_both_ways(conduct).await {
            let unknown = matches!(
                &handover,
                Handover::Unknown { stage: Stage::FinalReply, reason } if reason.contains("too long")
            );
            assert!(unknown, "{handover:?}");
        }
    }
}

#[tokio::test]
async fn a_login_answered_without_end_is_cut_off() {
    let conduct = Conduct {
        auth: Reply::Endless(b"334 "),
        ..GOOD
    };
    let gateway = TestGateway::start(false, HOST, &[conduct]).await;
    let password = gateway.path("password");
    let transport = gateway.transport(&format!(
        "username = 'yobin'\npassword_file = '{}'",
        password.display()
    ));
    let handover = transport.hand_over_once(&envelope(), MESSAGE).await;
    let (stage, _) = deferred_at(&handover).unwrap();
    assert_eq!(stage, Stage::Login, "{handover:?}");
}

#[tokio::test]
async fn long_replies_that_end_are_heard_to_their_end() {
    // Three hundred lines of forty bytes.
    let mut hello = "250-EXTENSION-WITH-A-NAME-OF-THIRTY-BYTE\r\n".repeat(300);
    hello.push_str("250 AUTH PLAIN\r\n");
    let conduct = Conduct {
        hello: Reply::Bytes(hello.leak().as_bytes()),
        ..GOOD
    };
    for handover in in_both_ways(conduct).await {
        assert!(
            matches!(handover, Handover::Accepted { .. }),
            "{handover:?}"
        );
    }
}

#[tokio::test]
async fn replies_in_other_encodings_are_understood_by_their_code() {
    // 受付ました in CP932, EUC-JP and ISO-2022-JP.
    let accepted: [&[u8]; 3] = [
        b"250 \x8e\xf3\x95\x74\x82\xa9\x82\xdc\x82\xb5\x82\xbd\r\n",
        b"250 \xbc\xf5\xc9\xd5\xa4\xde\xa4\xb7\xa4\xbf\r\n",
        b"250 2.0.0 \x1b$B<uIU$^$7$?\x1b(B\r\n",
    ];
    for end in accepted {
        let conduct = Conduct {
            end: Reply::Bytes(end),
            greeting: Reply::Bytes(b"220-\x83\x81\x81[\x83\x8b\r\n220 \xff\xfe\r\n"),
            hello: Reply::Bytes(b"250-\xff\r\n250-   \r\n250-\t\r\n250 SIZE 1\r\n"),
            data: Reply::Bytes(b"354 \xe9\x80\x81\xe3\x82\x8b\r\n"),
            ..GOOD
        };
        for handover in in_both_ways(conduct).await {
            let Handover::Accepted { response } = &handover else {
                panic!("{handover:?}");
            };
            assert!(response.starts_with("250 "), "{response}");
            assert!(response.is_ascii(), "{response}");
        }
    }
    let refused = Conduct {
        rcpt: Reply::Bytes(b"550 5.1.1 \x88\xb6\x90\xe6\x95\x73\x96\xbe\r\n"),
        ..GOOD
    };
    let gateway = TestGateway::start(false, HOST, &[refused]).await;
    let handover = gateway
        .transport("")
        .hand_over_once(&envelope(), MESSAGE)
        .await;
    assert_eq!(
        handover,
        Handover::Rejected {
            code: Some(550),
            stage: Stage::Recipient,
            reason: "550 5.1.1 ?????s??".to_owned(),
        }
    );
}

/// Hands over one after the other and returns which of them are of unknown outcome.
async fn one_by_one(transport: &Transport, count: usize) -> Vec<Handover> {
    let mut handovers = Vec::new();
    for _ in 0..count {
        handovers.push(transport.hand_over_once(&envelope(), MESSAGE).await);
    }
    handovers
}

fn is_unknown(handover: &Handover) -> bool {
    matches!(handover, Handover::Unknown { .. })
}

fn is_not_tried(handover: &Handover) -> bool {
    deferred_at(handover).is_some_and(|(stage, _)| stage == Stage::Turn)
}

#[tokio::test]
async fn three_final_dots_without_an_answer_end_it_for_every_connection() {
    let silent = Conduct {
        end: Reply::Silence,
        ..GOOD
    };
    let mut gateway = TestGateway::start(false, HOST, &[silent; 20]).await;
    let transport = gateway.transport("");
    let begun = Instant::now();
    let envelope = envelope();
    let (a, b, c, d, e, f, ()) = tokio::join!(
        transport.hand_over_once(&envelope, MESSAGE),
        transport.hand_over_once(&envelope, MESSAGE),
        transport.hand_over_once(&envelope, MESSAGE),
        transport.hand_over_once(&envelope, MESSAGE),
        transport.hand_over_once(&envelope, MESSAGE),
        transport.hand_over_once(&envelope, MESSAGE),
        async {
            // From here on nothing can happen but that time passes.
            for _ in 0..UNANSWERED {
                let is_message = |event: &Event| matches!(event, Event::Message(_));
                gateway.wait_for(is_message).await;
            }
            tokio::time::pause();
        },
    );
    let handovers = [a, b, c, d, e, f];
    let unknown = handovers.iter().filter(|one| is_unknown(one)).count();
    let not_tried = handovers.iter().filter(|one| is_not_tried(one)).count();
    assert_eq!((unknown, not_tried), (UNANSWERED, 3), "{handovers:?}");
    // All three waited at the same time.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(15 * 60), "{took:?}");
    assert!(transport.has_broken_off());
    let last = transport.hand_over_once(&envelope, MESSAGE).await;
    assert!(is_not_tried(&last) && last.concerns_every_letter());
    let further = gateway.so_far();
    assert!(
        !further
            .iter()
            .any(|event| matches!(event, Event::Message(_)))
    );
}

#[tokio::test]
async fn an_answer_whichever_begins_the_count_anew() {
    let lost = Conduct {
        end: Reply::Drop,
        ..GOOD
    };
    let later = Conduct {
        end: Reply::Say("451 later"),
        ..GOOD
    };
    let never = Conduct {
        end: Reply::Say("554 no"),
        ..GOOD
    };
    for answered in [GOOD, later, never] {
        // The connection with an answer is kept; its next message meets GOOD or the same again.
        let script = [lost, lost, answered];
        let gateway = TestGateway::start(false, HOST, &script).await;
        let transport = gateway.transport("");
        let handovers = one_by_one(&transport, 4).await;
        let unknown = handovers.iter().filter(|one| is_unknown(one)).count();
        assert_eq!(unknown, 2, "{handovers:?}");
        assert!(!transport.has_broken_off());
    }
}

#[tokio::test]
async fn what_fails_before_the_dot_neither_counts_nor_clears() {
    let lost = Conduct {
        end: Reply::Endless(b"2"),
        ..GOOD
    };
    let refused = Conduct {
        rcpt: Reply::Say("550 no"),
        ..GOOD
    };
    let dropped = Conduct {
        mail: Reply::Drop,
        ..GOOD
    };
    let script = [lost, dropped, lost, dropped, lost, refused];
    let gateway = TestGateway::start(false, HOST, &script).await;
    let transport = gateway.transport("");
    let handovers = one_by_one(&transport, 6).await;
    let unknown = handovers.iter().filter(|one| is_unknown(one)).count();
    assert_eq!(unknown, 3, "{handovers:?}");
    assert!(is_not_tried(&handovers[5]), "{handovers:?}");
}
