//! The society's mail gateway: the dialogue step by step, so that it is known where it failed.
//!
//! `lettre`'s ready-made transport reports one error for the whole dialogue; whether the final dot
//! may have left cannot be told from it. Here MAIL, RCPT and DATA are sent singly, and the message
//! is given to `lettre` as an iterator of blocks: `lettre` asks for the block after the last one
//! only when all blocks are written and flushed, and writes the final dot next. So *that request*
//! divides "certainly not delivered" from "unknown". Everything after it without a reply counts as
//! unknown, also the rare case of a dot that never left this machine.
//!
//! Reply codes are checked, not only their first digit: an answer out of step (250 to DATA) breaks
//! the connection off instead of shifting every later answer by one.

mod access;
mod blocks;
mod clear;
mod reply;
mod stop;
mod wire;

use std::future::Future;
use std::io;
use std::mem;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::Error as LettreError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio::time::{sleep, timeout};

use self::access::Tls;
use self::blocks::{Blocks, Written};
use self::reply::{deferred, is_orderly, refusal, words};
use self::wire::Wire;
use super::address::EmailAddress;
use super::error::MailError;
use super::mask::masked;
use super::settings::{Security, Sender, SmtpSettings};
use super::transport::{Handover, MailEnvelope, Stage};

/// Connections open at once. Large hosted gateways allow three from one account.
pub(super) const CONNECTIONS: usize = 3;
/// Final dots in a row that may stay without an answer before nothing more is handed over. It is
/// the number of connections, so that each of them counts as one that may yet be lost: no more
/// letters than these are of unknown outcome then.
const UNANSWERED: usize = CONNECTIONS;
/// Messages on one connection before a new one is opened; many gateways cut off at a hundred.
const MESSAGES_PER_CONNECTION: u32 = 100;
/// Patience for the reply to the final dot (RFC 5321 §4.5.3.2.6: ten minutes).
const FINAL_REPLY: Duration = Duration::from_secs(600);
/// Patience for that reply once the program is asked to stop.
const STOPPING_REPLY: Duration = Duration::from_secs(5);
/// Connecting takes name, TCP, TLS, greeting and EHLO: as much time as this many steps.
const CONNECT_STEPS: u32 = 5;

/// The gateway and the connections kept to it.
pub(super) struct Gateway {
    host: String,
    port: u16,
    security: Security,
    tls: Tls,
    hello: ClientId,
    credentials: Option<Credentials>,
    step: Duration,
    patience: Duration,
    stop: watch::Receiver<bool>,
    idle: Mutex<Vec<Line>>,
    /// A permit a connection. A message whose final dot stays without an answer keeps its permit,
    /// so that fewer are tried at once; after the third nothing more is sent.
    room: Semaphore,
    /// Final dots in a row, over all connections, that got no answer.
    unanswered: Mutex<usize>,
}

/// An open connection in hand for one message, with its permit.
pub(super) struct Connection<'a> {
    line: Line,
    permit: SemaphorePermit<'a>,
}

/// One open connection.
struct Line {
    connection: AsyncSmtpConnection,
    messages: u32,
}

/// What a step that did not succeed means.
struct Failure {
    handover: Handover,
    /// The gateway answered in order, so the connection may serve the next message.
    line_good: bool,
}

impl Gateway {
    pub(super) fn open(settings: &SmtpSettings, sender: &Sender) -> Result<Self, MailError> {
        Ok(Self {
            host: access::host(settings)?,
            port: access::port(settings)?,
            security: settings.security,
            tls: access::tls(settings)?,
            hello: access::hello(settings, sender)?,
            credentials: access::credentials(settings)?,
            step: access::step(settings)?,
            patience: access::patience(settings)?,
            stop: watch::channel(false).1,
            idle: Mutex::default(),
            room: Semaphore::new(CONNECTIONS),
            unanswered: Mutex::new(0),
        })
    }

    /// From now on it breaks off when this becomes true.
    pub(super) fn set_stop(&mut self, stop: watch::Receiver<bool>) {
        self.stop = stop;
    }

    /// For how long a run tries again while nothing is taken.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// A connection on which the next message can be handed over.
    pub(super) async fn connection(
        &self,
        envelope: &MailEnvelope,
    ) -> Result<Connection<'_>, Handover> {
        let turn = async {
            self.room.acquire().await.map_err(|_| {
                deferred(
                    Stage::Turn,
                    "several messages in a row got no answer; nothing more is handed over",
                )
            })
        };
        let permit = self.unless_stopped(Stage::Turn, turn).await?;
        let line = self.unless_stopped(Stage::Connect, self.line(envelope));
        let line = line.await?;
        Ok(Connection { line, permit })
    }

    /// Keeps a connection that was not used.
    pub(super) async fn put_back(&self, connection: Connection<'_>) {
        self.keep(connection.line).await;
    }

    pub(super) async fn hand_over(
        &self,
        connection: Connection<'_>,
        envelope: &MailEnvelope,
        message: &[u8],
    ) -> Handover {
        let Connection { mut line, permit } = connection;
        let (handover, line_good) = match self.converse(&mut line, envelope, message).await {
            Ok(response) => (
                Handover::Accepted {
                    response: words(&response, &envelope.to),
                },
                true,
            ),
            Err(failure) => (failure.handover, failure.line_good),
        };
        if line_good {
            self.keep(line).await;
        }
        self.count(permit, &handover);
        handover
    }

    /// Whether so many messages in a row got no answer that nothing more is handed over.
    pub(super) fn has_broken_off(&self) -> bool {
        self.room.is_closed()
    }

    /// Counts final dots without an answer; one with an answer, whichever, shows that the gateway
    /// lives, and the count begins anew.
    fn count(&self, permit: SemaphorePermit<'_>, handover: &Handover) {
        let mut unanswered = self
            .unanswered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match handover {
            Handover::Unknown { .. } => {
                permit.forget();
                *unanswered += 1;
                if *unanswered >= UNANSWERED {
                    tracing::warn!("several messages in a row got no answer; no more mail tonight");
                    self.room.close();
                }
            }
            Handover::Accepted { .. }
            | Handover::Rejected {
                stage: Stage::FinalReply,
                ..
            }
            | Handover::Deferred {
                stage: Stage::FinalReply,
                ..
            } => self.room.add_permits(mem::take(&mut *unanswered)),
            Handover::Rejected { .. } | Handover::Deferred { .. } => {}
        }
    }

    pub(super) async fn close(&self) {
        while let Some(line) = self.take() {
            self.quit(line).await;
        }
    }

    /// A kept connection that still answers, or a new one. RSET both proves that it lives and
    /// clears whatever a refused message left behind.
    async fn line(&self, envelope: &MailEnvelope) -> Result<Line, Handover> {
        while let Some(mut line) = self.take() {
            match timeout(self.step, line.connection.command(Rset)).await {
                Ok(Ok(response)) if response.has_code(250) => return Ok(line),
                _ => {
                    tracing::debug!(letter = %envelope.name, "kept mail connection has gone; opening another")
                }
            }
        }
        let connect = self.connect(&envelope.to);
        let connection = within(self.step * CONNECT_STEPS, Stage::Connect, connect).await?;
        let mut line = Line {
            connection,
            messages: 0,
        };
        self.log_in(&mut line, &envelope.to).await?;
        Ok(line)
    }

    /// A connection on which TLS is established, or nothing.
    async fn connect(&self, to: &EmailAddress) -> Result<AsyncSmtpConnection, Handover> {
        let broken = |error: io::Error| deferred(Stage::Connect, &error.to_string());
        let stream = TcpStream::connect((self.host.as_str(), self.port))
            .await
            .map_err(broken)?;
        // Block and final dot are separate small writes; Nagle would hold the dot back.
        stream.set_nodelay(true).map_err(broken)?;
        let mut stream = BufReader::new(stream);
        let greeted = match self.security {
            Security::Tls => false,
            Security::StartTls => {
                clear::ask_for_tls(&mut stream, &self.hello, to).await?;
                true
            }
        };
        let Tls { connector, name } = &self.tls;
        let tls = connector
            .connect(name.clone(), stream)
            .await
            .map_err(broken)?;
        let wire = Box::new(Wire::new(tls, greeted));
        AsyncSmtpConnection::connect_with_transport(wire, &self.hello)
            .await
            .map_err(|error| refusal(Stage::Connect, &error, to))
    }

    async fn log_in(&self, line: &mut Line, to: &EmailAddress) -> Result<(), Handover> {
        let Some(credentials) = &self.credentials else {
            return Ok(());
        };
        let login = async {
            let login = line.connection.auth(DEFAULT_MECHANISMS, credentials).await;
            login.map_err(|error| refusal(Stage::Login, &error, to))
        };
        let response = within(self.step, Stage::Login, login).await?;
        // 235 is the only success (RFC 4954 §6).
        if response.has_code(235) {
            Ok(())
        } else {
            Err(deferred(Stage::Login, &words(&response, to)))
        }
    }

    async fn converse(
        &self,
        line: &mut Line,
        envelope: &MailEnvelope,
        message: &[u8],
    ) -> Result<Response, Failure> {
        let to = &envelope.to;
        line.messages += 1;
        let connection = &mut line.connection;
        let mail = Mail::new(Some(envelope.from.to_lettre()), vec![]);
        self.step(Stage::Sender, to, &[250], connection.command(mail))
            .await?;
        let rcpt = Rcpt::new(to.to_lettre(), vec![]);
        self.step(Stage::Recipient, to, &[250, 251], connection.command(rcpt))
            .await?;
        self.step(Stage::Data, to, &[354], connection.command(Data))
            .await?;
        self.send(connection, to, message).await
    }

    /// One command before the message: whatever goes wrong, nothing has been delivered.
    async fn step<F>(
        &self,
        stage: Stage,
        to: &EmailAddress,
        expected: &[u16],
        command: F,
    ) -> Result<(), Failure>
    where
        F: Future<Output = Result<Response, LettreError>>,
    {
        let broken = |handover| Failure {
            handover,
            line_good: false,
        };
        let command = async { Ok(timeout(self.step, command).await) };
        let replied = self.unless_stopped(stage, command).await.map_err(broken)?;
        match replied {
            Err(_) => Err(broken(deferred(stage, "no reply in time"))),
            Ok(Err(error)) => Err(Failure {
                line_good: is_orderly(&error),
                handover: refusal(stage, &error, to),
            }),
            Ok(Ok(response)) if expected.iter().any(|code| response.has_code(*code)) => Ok(()),
            Ok(Ok(response)) => Err(broken(deferred(
                stage,
                &format!("reply out of step: {}", words(&response, to)),
            ))),
        }
    }

    /// The message and its final dot.
    async fn send(
        &self,
        connection: &mut AsyncSmtpConnection,
        to: &EmailAddress,
        message: &[u8],
    ) -> Result<Response, Failure> {
        let (report, mut progress) = watch::channel(Written::Part);
        let sending = connection.message_iter(Blocks::of(message, report));
        tokio::pin!(sending);
        let mut stopping = false;
        let ended = loop {
            let patience = match (*progress.borrow_and_update(), stopping) {
                (Written::Part, true) => Duration::ZERO,
                (Written::Part, false) => self.step,
                (Written::All, true) => STOPPING_REPLY,
                (Written::All, false) => FINAL_REPLY.max(self.step),
            };
            tokio::select! {
                biased;
                ended = &mut sending => break Some(ended),
                // A block was written: the time limit begins anew. After the last one the sender is gone and
                // this is silent.
                Ok(()) = progress.changed() => {}
                () = stop::asked(&self.stop), if !stopping => stopping = true,
                () = sleep(patience) => break None,
            }
        };
        let dot_may_have_left = matches!(*progress.borrow(), Written::All);
        let broken = |handover| Failure {
            handover,
            line_good: false,
        };
        let unknown = |reason: &str| Handover::Unknown {
            stage: Stage::FinalReply,
            reason: masked(reason, to),
        };
        match (ended, dot_may_have_left) {
            (Some(Ok(response)), true) if response.has_code(250) => Ok(response),
            (Some(Ok(response)), _) => Err(broken(unknown(&format!(
                "reply out of step: {}",
                words(&response, to)
            )))),
            // A reply with a code decides the matter whenever it came.
            (Some(Err(error)), true) if error.status().is_some() => Err(Failure {
                line_good: is_orderly(&error),
                handover: refusal(Stage::FinalReply, &error, to),
            }),
            (Some(Err(error)), true) => Err(broken(unknown(&error.to_string()))),
            (None, true) => Err(broken(unknown("no reply to the final dot in time"))),
            (Some(Err(error)), false) => Err(broken(refusal(Stage::Body, &error, to))),
            (None, false) if stopping => Err(broken(deferred(Stage::Body, stop::ASKED))),
            (None, false) => Err(broken(deferred(Stage::Body, "the gateway stopped reading"))),
        }
    }

    fn take(&self) -> Option<Line> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    async fn keep(&self, line: Line) {
        if line.messages < MESSAGES_PER_CONNECTION {
            self.idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line);
        } else {
            self.quit(line).await;
        }
    }

    /// Courtesy; the outcome of every message on the line is known already.
    async fn quit(&self, mut line: Line) {
        let _ = timeout(self.step, line.connection.command(Quit)).await;
    }
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// Runs connection work with a limit of time.
async fn within<T, F>(limit: Duration, stage: Stage, work: F) -> Result<T, Handover>
where
    F: Future<Output = Result<T, Handover>>,
{
    timeout(limit, work)
        .await
        .unwrap_or_else(|_| Err(deferred(stage, "no answer in time")))
}

#[path = "../../fuzz/smtp_replies.rs"]
#[cfg(test)]
mod fuzz_replies;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod test_gateway;
#[cfg(test)]
mod tests;
