//! Every place a dialogue can break, and what must be concluded from it.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::future::Future;

use super::test_gateway::{Conduct, Event, GOOD, InBody, Reply, TestGateway};
use crate::mail::address::MessageName;
use crate::mail::transport::{MailEnvelope, Stage};
use crate::mail::{EmailAddress, Field, Handover, MailError, MailSettings, Transport};

const HOST: &str = "127.0.0.1";
const MESSAGE: &[u8] = b"Subject: x\r\n\r\n.a line that begins with a dot\r\n..two\r\nend\r\n";
/// More than the buffers of a loopback connection hold.
const LARGE: usize = 16 * 1024 * 1024;

fn envelope() -> MailEnvelope {
    MailEnvelope {
        name: MessageName::parse("L000123K").unwrap(),
        from: EmailAddress::parse(Field::From, "kojin-joho@kenpo.example.jp").unwrap(),
        to: EmailAddress::parse(Field::Recipient, "taro@member.example.jp").unwrap(),
    }
}

async fn starttls(script: &[Conduct]) -> (TestGateway, Transport) {
    let gateway = TestGateway::start(false, HOST, script).await;
    let transport = gateway.transport("");
    (gateway, transport)
}

/// Hands over once to a gateway that behaves like `conduct`, and checks that the next message gets
/// through.
async fn after(conduct: Conduct) -> (Handover, Vec<Event>) {
    let (mut gateway, transport) = starttls(&[conduct]).await;
    let first = transport.hand_over_once(&envelope(), MESSAGE).await;
    let events = gateway.so_far();
    let second = transport.hand_over_once(&envelope(), MESSAGE).await;
    assert!(
        matches!(second, Handover::Accepted { .. }),
        "the next message after {first:?}: {second:?}"
    );
    (first, events)
}

/// Lets every time-out pass at once, but only when nothing else can happen any more.
async fn when_time_passes<T>(work: impl Future<Output = T>) -> T {
    tokio::time::pause();
    work.await
}

fn messages(events: &[Event]) -> usize {
    events
        .iter()
        .filter(|event| matches!(event, Event::Message(_)))
        .count()
}

fn connections(events: &[Event]) -> usize {
    events
        .iter()
        .filter(|event| **event == Event::Connected)
        .count()
}

#[tokio::test]
async fn a_message_arrives_as_it_was_and_the_reply_is_kept_masked() {
    let (mut gateway, transport) = starttls(&[]).await;
    let handover = transport.hand_over_once(&envelope(), MESSAGE).await;
    assert_eq!(
        handover,
        Handover::Accepted {
            response: "250 2.0.0 queued as 4Bx7 for <***>".to_owned()
        }
    );
    let arrived = gateway
        .wait_for(|event| matches!(event, Event::Message(_)))
        .await;
    // The dialogue adds an empty line before the dot.
    assert_eq!(arrived, Event::Message([MESSAGE, b"\r\n"].concat()));
}

#[tokio::test]
async fn one_message_has_one_recipient_and_nothing_personal_is_said_in_clear() {
    let (mut gateway, transport) = starttls(&[]).await;
    let _ = transport.hand_over_once(&envelope(), MESSAGE).await;
    let events = gateway.so_far();
    let clear = events.iter().filter_map(|e| {
        if let Event::InClear(c) = e {
            Some(c.as_str())
        } else {
            None
        }
    });
    assert_eq!(
        clear.collect::<Vec<_>>(),
        ["EHLO kenpo.example.jp", "STARTTLS"]
    );
    let commands = events.iter().filter_map(|e| {
        if let Event::InTls(c) = e {
            Some(c.as_str())
        } else {
            None
        }
    });
    assert_eq!(
        commands.collect::<Vec<_>>(),
        [
            "EHLO kenpo.example.jp",
            "MAIL FROM:<kojin-joho@kenpo.example.jp>",
            "RCPT TO:<taro@member.example.jp>",
            "DATA"
        ]
    );
}

#[tokio::test]
async fn tls_from_the_first_byte_works_too() {
    let gateway = TestGateway::start(true, HOST, &[]).await;
    let handover = gateway
        .transport("security = 'tls'")
        .hand_over_once(&envelope(), MESSAGE)
        .await;
    assert!(
        matches!(handover, Handover::Accepted { .. }),
        "{handover:?}"
    );
}

#[tokio::test]
async fn a_refused_recipient_is_rejected_without_naming_him_and_the_connection_is_kept() {
    let refuse = Conduct {
        rcpt: Reply::Say("550 5.1.1 <Taro@member.example.jp>: user taro unknown"),
        ..GOOD
    };
    let (mut gateway, transport) = starttls(&[refuse]).await;
    let reason = "550 5.1.1 <***>: user *** unknown".to_owned();
    for _ in 0..2 {
        let handover = transport.hand_over_once(&envelope(), MESSAGE).await;
        let expected = Handover::Rejected {
            code: Some(550),
            stage: Stage::Recipient,
            reason: reason.clone(),
        };
        assert_eq!(handover, expected);
        assert!(!handover.concerns_every_letter());
    }
    let events = gateway.so_far();
    assert_eq!(connections(&events), 1);
    assert!(events.contains(&Event::InTls("RSET".to_owned())));
}

#[tokio::test]
#[allow(clippy::too_many_lines, reason = "many cases of one rule")]
async fn refusals_before_the_message_are_deferred_or_rejected_by_their_code() {
    let permanent = Reply::Say("554 no");
    let passing = Reply::Say("450 later");
    for (conduct, stage) in [
        (
            Conduct {
                mail: permanent,
                ..GOOD
            },
            Stage::Sender,
        ),
        (
            Conduct {
                rcpt: permanent,
                ..GOOD
            },
            Stage::Recipient,
        ),
        (
            Conduct {
                data: permanent,
                ..GOOD
            },
            Stage::Data,
        ),
        (
            Conduct {
                end: permanent,
                ..GOOD
            },
            Stage::FinalReply,
        ),
    ] {
        let (_gateway, transport) = starttls(&[conduct]).await;
        let handover = transport.hand_over_once(&envelope(), MESSAGE).await;
        assert_eq!(
            handover,
            Handover::Rejected {
                code: Some(554),
                stage,
                reason: "554 no".to_owned()
            }
        );
    }
    for (conduct, stage) in [
        (
            Conduct {
                mail: passing,
                ..GOOD
            },
            Stage::Sender,
        ),
        (
            Conduct {
                rcpt: passing,
                ..GOOD
            },
            Stage::Recipient,
        ),
        (
            Conduct {
                data: passing,
                ..GOOD
            },
            Stage::Data,
        ),
        (
            Conduct {
                end: passing,
                ..GOOD
            },
            Stage::FinalReply,
        ),
    ] {
        let (_gateway, transport) = starttls(&[conduct]).await;
        let handover = transport.hand_over_once(&envelope(), MESSAGE).await;
        assert_eq!(
            handover,
            Handover::Deferred {
                stage,
                reason: "450 later".to_owned()
            }
        );
    }
}

#[tokio::test]
async fn a_connection_lost_before_the_message_is_deferred_and_the_next_message_reconnects() {
    for (conduct, stage) in [
        (
            Conduct {
                greeting: Reply::Drop,
                ..GOOD
            },
            Stage::Connect,
        ),
        (
            Conduct {
                greeting: Reply::SayAndDrop("220 test"),
                ..GOOD
            },
            Stage::Connect,
        ),
        (
            Conduct {
                greeting: Reply::SayAndDrop("421 busy"),
                ..GOOD
            },
            Stage::Connect,
        ),
        (
            Conduct {
                mail: Reply::Drop,
                ..GOOD
            },
            Stage::Sender,
        ),
        (
            Conduct {
                rcpt: Reply::Drop,
                ..GOOD
            },
            Stage::Recipient,
        ),
        (
            Conduct {
                rcpt: Reply::SayAndDrop("421 shutting down"),
                ..GOOD
            },
            Stage::Recipient,
        ),
        (
            Conduct {
                data: Reply::Drop,
                ..GOOD
            },
            Stage::Data,
        ),
    ] {
        let (handover, events) = after(conduct).await;
        assert!(
            matches!(&handover, Handover::Deferred { stage: at, .. } if *at == stage),
            "{stage:?}: {handover:?}"
        );
        assert_eq!(messages(&events), 0);
    }
}

#[tokio::test]
async fn a_connection_lost_in_the_message_is_deferred() {
    let (_gateway, transport) = starttls(&[Conduct {
        body: InBody::Drop,
        ..GOOD
    }])
    .await;
    let large = b"0123456789abcd\r\n".repeat(LARGE / 16);
    let handover = transport.hand_over_once(&envelope(), large).await;
    assert!(
        matches!(
            handover,
            Handover::Deferred {
                stage: Stage::Body,
                ..
            }
        ),
        "{handover:?}"
    );
    let next = transport.hand_over_once(&envelope(), MESSAGE).await;
    assert!(matches!(next, Handover::Accepted { .. }), "{next:?}");
}

#[tokio::test]
async fn a_gateway_that_stops_reading_in_the_message_is_deferred() {
    let (mut gateway, transport) = starttls(&[Conduct {
        body: InBody::StopReading,
        ..GOOD
    }])
    .await;
    let large = b"0123456789abcd\r\n".repeat(LARGE / 16);
    let task = tokio::spawn(async move { transport.hand_over_once(&envelope(), large).await });
    gateway.wait_for(|event| *event == Event::BodyBegun).await;
    let handover = when_time_passes(task).await.unwrap();
    assert!(
        matches!(
            handover,
            Handover::Deferred {
                stage: Stage::Body,
                ..
            }
        ),
        "{handover:?}"
    );
}

#[tokio::test]
async fn a_connection_lost_after_the_final_dot_is_unknown_and_nothing_is_sent_twice() {
    for end in [
        Reply::Drop,
        Reply::SayAndDrop("250-half a reply"),
        Reply::SayAndDrop("nonsense"),
    ] {
        let (handover, events) = after(Conduct { end, ..GOOD }).await;
        assert!(
            matches!(
                handover,
                Handover::Unknown {
                    stage: Stage::FinalReply,
                    ..
                }
            ),
            "{handover:?}"
        );
        assert_eq!(messages(&events), 1);
        assert_eq!(connections(&events), 1);
    }
}

#[tokio::test]
async fn no_reply_to_the_final_dot_is_unknown_after_ten_minutes() {
    let (mut gateway, transport) = starttls(&[Conduct {
        end: Reply::Silence,
        ..GOOD
    }])
    .await;
    let task = tokio::spawn(async move { transport.hand_over_once(&envelope(), MESSAGE).await });
    gateway
        .wait_for(|event| matches!(event, Event::Message(_)))
        .await;
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    let handover = task.await.unwrap();
    assert!(
        matches!(
            handover,
            Handover::Unknown {
                stage: Stage::FinalReply,
                ..
            }
        ),
        "{handover:?}"
    );
    assert!(
        before.elapsed().as_secs() >= 595,
        "gave up after {:?}",
        before.elapsed()
    );
}

#[tokio::test]
async fn no_reply_to_a_command_is_deferred() {
    let (mut gateway, transport) = starttls(&[Conduct {
        rcpt: Reply::Silence,
        ..GOOD
    }])
    .await;
    let task = tokio::spawn(async move { transport.hand_over_once(&envelope(), MESSAGE).await });
    gateway
        .wait_for(|event| matches!(event, Event::InTls(command) if command.starts_with("RCPT")))
        .await;
    let handover = when_time_passes(task).await.unwrap();
    assert!(
        matches!(
            handover,
            Handover::Deferred {
                stage: Stage::Recipient,
                ..
            }
        ),
        "{handover:?}"
    );
}

#[tokio::test]
async fn a_silent_gateway_is_deferred() {
    let (mut gateway, transport) = starttls(&[Conduct {
        greeting: Reply::Silence,
        ..GOOD
    }])
    .await;
    let task = tokio::spawn(async move { transport.hand_over_once(&envelope(), MESSAGE).await });
    gateway.wait_for(|event| *event == Event::Connected).await;
    let handover = when_time_passes(task).await.unwrap();
    assert!(
        matches!(
            handover,
            Handover::Deferred {
                stage: Stage::Connect,
                ..
            }
        ),
        "{handover:?}"
    );
    assert!(handover.concerns_every_letter());
}

#[tokio::test]
async fn without_starttls_nothing_is_said_in_clear() {
    let mut gateway = TestGateway::start(
        false,
        HOST,
        &[Conduct {
            starttls: false,
            ..GOOD
        }],
    )
    .await;
    let password = gateway.path("password");
    let transport = gateway.transport(&format!(
        "username = 'yobin'\npassword_file = '{}'",
        password.display()
    ));
    let handover = transport.hand_over_once(&envelope(), MESSAGE).await;
    assert!(
        matches!(
            handover,
            Handover::Deferred {
                stage: Stage::Connect,
                ..
            }
        ),
        "{handover:?}"
    );
    assert!(handover.concerns_every_letter());
    let said = gateway.until_closed().await;
    assert_eq!(
        said,
        [
            Event::Connected,
            Event::InClear("EHLO kenpo.example.jp".to_owned()),
            Event::Closed
        ],
        "no login, sender or recipient"
    );
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_gets_nothing() {
    for (implicit, extra) in [(false, ""), (true, "security = 'tls'")] {
        let mut gateway = TestGateway::start(implicit, HOST, &[]).await;
        let mut settings = gateway.settings(extra);
        settings.smtp.as_mut().unwrap().ca_file = None;
        let transport = Transport::open(&settings, &gateway.path("")).unwrap();
        let handover = transport.hand_over_once(&envelope(), MESSAGE).await;
        assert!(
            matches!(&handover, Handover::Deferred { stage: Stage::Connect, reason } if reason.contains("certificate")),
            "{handover:?}"
        );
        assert!(
            !gateway
                .until_closed()
                .await
                .iter()
                .any(|event| matches!(event, Event::InTls(_)))
        );
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_gets_nothing() {
    let mut gateway = TestGateway::start(false, "mx.example.net", &[]).await;
    let handover = gateway
        .transport("")
        .hand_over_once(&envelope(), MESSAGE)
        .await;
    assert!(
        matches!(
            handover,
            Handover::Deferred {
                stage: Stage::Connect,
                ..
            }
        ),
        "{handover:?}"
    );
    assert!(
        !gateway
            .until_closed()
            .await
            .iter()
            .any(|event| matches!(event, Event::InTls(_)))
    );
}

#[tokio::test]
async fn replies_forged_in_clear_before_tls_are_never_believed() {
    let forged = "250 test\r\n250 ok\r\n250 ok\r\n354 go\r\n250 accepted\r\n";
    let refuse = Conduct {
        forged,
        rcpt: Reply::Say("550 no"),
        ..GOOD
    };
    let (mut gateway, transport) = starttls(&[refuse]).await;
    let handover = transport.hand_over_once(&envelope(), MESSAGE).await;
    assert!(
        matches!(
            handover,
            Handover::Deferred {
                stage: Stage::Connect,
                ..
            }
        ),
        "{handover:?}"
    );
    assert!(
        !gateway
            .until_closed()
            .await
            .iter()
            .any(|event| matches!(event, Event::InTls(_)))
    );
}

#[tokio::test]
async fn an_answer_out_of_step_breaks_the_connection_off() {
    let (handover, events) = after(Conduct {
        data: Reply::Say("250 what now"),
        ..GOOD
    })
    .await;
    assert!(
        matches!(
            handover,
            Handover::Deferred {
                stage: Stage::Data,
                ..
            }
        ),
        "{handover:?}"
    );
    assert_eq!(messages(&events), 0);
    let (handover, _) = after(Conduct {
        end: Reply::Say("354 go"),
        ..GOOD
    })
    .await;
    assert!(matches!(handover, Handover::Unknown { .. }), "{handover:?}");
}

#[tokio::test]
async fn a_refused_login_concerns_every_letter_and_keeps_the_password() {
    let refuse = Conduct {
        auth: Reply::Say("535 5.7.8 no such account"),
        ..GOOD
    };
    let mut gateway = TestGateway::start(false, HOST, &[refuse]).await;
    let password = gateway.path("password");
    let transport = gateway.transport(&format!(
        "username = 'yobin'\npassword_file = '{}'",
        password.display()
    ));
    let handover = transport.hand_over_once(&envelope(), MESSAGE).await;
    let reason = "535 5.7.8 no such account".to_owned();
    assert_eq!(
        handover,
        Handover::Rejected {
            code: Some(535),
            stage: Stage::Login,
            reason
        }
    );
    assert!(handover.concerns_every_letter());
    assert!(!format!("{transport:?}").contains("hunter2"));
    let next = transport.hand_over_once(&envelope(), MESSAGE).await;
    assert!(matches!(next, Handover::Accepted { .. }), "{next:?}");
    // base64 of "\0yobin\0hunter2"
    gateway
        .wait_for(|event| *event == Event::InTls("AUTH PLAIN AHlvYmluAGh1bnRlcjI=".to_owned()))
        .await;
}

#[tokio::test]
async fn a_kept_connection_the_gateway_closed_is_replaced() {
    let closing = Conduct {
        end: Reply::SayAndDrop("250 ok"),
        ..GOOD
    };
    let (mut gateway, transport) = starttls(&[closing]).await;
    let _ = transport.hand_over_once(&envelope(), MESSAGE).await;
    gateway.until_closed().await;
    let next = transport.hand_over_once(&envelope(), MESSAGE).await;
    assert!(matches!(next, Handover::Accepted { .. }), "{next:?}");
    assert_eq!(connections(&gateway.so_far()), 1);
}

#[tokio::test]
async fn a_connection_serves_a_hundred_messages_and_takes_its_leave() {
    let (mut gateway, transport) = starttls(&[]).await;
    for _ in 0..101 {
        assert!(matches!(
            transport.hand_over_once(&envelope(), MESSAGE).await,
            Handover::Accepted { .. }
        ));
    }
    let events = gateway.until_closed().await;
    assert_eq!((connections(&events), messages(&events)), (1, 100));
    assert!(events.contains(&Event::InTls("QUIT".to_owned())));
    transport.close().await;
    assert!(
        gateway
            .until_closed()
            .await
            .contains(&Event::InTls("QUIT".to_owned()))
    );
}

#[tokio::test]
async fn many_messages_at_once_share_three_connections() {
    let (mut gateway, transport) = starttls(&[]).await;
    let transport = std::sync::Arc::new(transport);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let transport = std::sync::Arc::clone(&transport);
        tasks.spawn(async move { transport.hand_over_once(&envelope(), MESSAGE).await });
    }
    for handover in tasks.join_all().await {
        assert!(
            matches!(handover, Handover::Accepted { .. }),
            "{handover:?}"
        );
    }
    let events = gateway.so_far();
    assert_eq!(messages(&events), 30);
    assert!(connections(&events) <= 3);
}

#[tokio::test]
async fn bytes_that_could_end_the_message_early_are_not_sent() {
    let (mut gateway, transport) = starttls(&[]).await;
    let long = [b"a".repeat(999).as_slice(), b"\r\n"].concat();
    for message in [
        &b"a\n.\r\nMAIL FROM:<x@y>\r\n"[..],
        b"a\r.\r\n",
        b"no end",
        b"",
        b"\xE8\r\n",
        b"nul\0\r\n",
        b"a\r\r\n",
        &long,
    ] {
        let handover = transport
            .hand_over_once(&envelope(), message.to_vec())
            .await;
        assert!(
            matches!(
                handover,
                Handover::Rejected {
                    code: None,
                    stage: Stage::Check,
                    ..
                }
            ),
            "{handover:?}"
        );
    }
    assert!(gateway.so_far().is_empty());
}

#[tokio::test]
async fn an_unreachable_gateway_is_deferred() {
    let gateway = TestGateway::start(false, HOST, &[]).await;
    let mut settings = gateway.settings("");
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    settings.smtp.as_mut().unwrap().port = Some(free);
    let handover = Transport::open(&settings, &gateway.path(""))
        .unwrap()
        .hand_over_once(&envelope(), MESSAGE)
        .await;
    assert!(
        matches!(
            handover,
            Handover::Deferred {
                stage: Stage::Connect,
                ..
            }
        ),
        "{handover:?}"
    );
}

#[test]
fn settings_that_cannot_work_are_refused_before_the_night() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name).display().to_string()
    };
    let open = |smtp: &str| {
        let settings: MailSettings =
            toml::from_str(&format!("transport='smtp'\nfrom='a@example.jp'\n{smtp}")).unwrap();
        Transport::open(&settings, folder.path()).unwrap_err()
    };
    assert!(matches!(open(""), MailError::SmtpMissing));
    assert!(matches!(
        open("[smtp]\nhost='mx\\r\\nRSET'"),
        MailError::BadForm { field: Field::Host }
    ));
    assert!(matches!(
        open("[smtp]\nhost='m'\nhelo='a b'"),
        MailError::BadForm { field: Field::Helo }
    ));
    assert!(matches!(
        open("[smtp]\nhost='m'\nport=0"),
        MailError::BadForm { field: Field::Port }
    ));
    assert!(matches!(
        open("[smtp]\nhost='m'\ntimeout_seconds=0"),
        MailError::BadForm {
            field: Field::Timeout
        }
    ));
    assert!(matches!(
        open("[smtp]\nhost='m'\nusername='u'"),
        MailError::HalfCredentials
    ));
    let two = file("two", "a\nb\n");
    let error = open(&format!(
        "[smtp]\nhost='m'\nusername='u'\npassword_file='{two}'"
    ));
    assert!(matches!(error, MailError::Password { source: None, .. }));
    let garbage = file("ca", "not a certificate");
    let error = open(&format!("[smtp]\nhost='m'\nca_file='{garbage}'"));
    assert!(matches!(
        error,
        MailError::RootCertificate { source: None, .. }
    ));
    assert!(error.staff_message().contains("PEM"));
}
