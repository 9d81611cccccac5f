//! Handing a message over, and what is known afterwards.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Semaphore, SemaphorePermit, watch};

use super::address::{EmailAddress, MessageName};
use super::error::MailError;
use super::file::Outbox;
use super::message::is_wire_safe;
use super::settings::{MailSettings, Sender, TransportKind};
use super::smtp::{CONNECTIONS, Connection, Gateway};
use crate::domain::HandedTo;

/// Who sends, who receives, and the message's opaque name. `Debug` shows no address.
#[derive(Debug, Clone)]
pub struct MailEnvelope {
    /// The opaque name, for logs and `.eml` file names.
    pub name: MessageName,
    /// Sender of the envelope; bounces return to it.
    pub from: EmailAddress,
    /// The only recipient.
    pub to: EmailAddress,
}

/// What is known after a hand-over. Texts are ASCII, at most a few hundred characters, and hold no
/// recipient address.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "what became of the letter must be recorded"]
pub enum Handover {
    /// The gateway took responsibility, or the file is on disk.
    Accepted {
        /// Its own words, often with a queue id.
        response: String,
    },
    /// Permanently refused, and certainly not delivered: a person must look.
    Rejected {
        /// The reply code, 500–599; `None` when this program refused (see [`Stage::Check`],
        /// [`Stage::Outbox`]).
        code: Option<u16>,
        /// Where it happened.
        stage: Stage,
        /// Why.
        reason: String,
    },
    /// Certainly not delivered; the same message may be handed over again later.
    Deferred {
        /// Where it happened.
        stage: Stage,
        /// Why.
        reason: String,
    },
    /// The message may or may not have been accepted (RFC 1047). It must never be sent again
    /// without a person deciding so.
    Unknown {
        /// Where it happened.
        stage: Stage,
        /// Why it cannot be known.
        reason: String,
    },
}

/// The step of the hand-over a result comes from, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Our own look at the bytes, before anything is opened.
    Check,
    /// Waiting for a connection: the gateway left so many messages without an answer that no more
    /// are handed to it.
    Turn,
    /// Finding, connecting, greeting, TLS.
    Connect,
    /// SMTP AUTH.
    Login,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA.
    Data,
    /// Sending the message, before the final dot.
    Body,
    /// From the final dot to its reply.
    FinalReply,
    /// Writing the `.eml` file.
    Outbox,
}

impl Handover {
    /// What the gateway said, with its code, or what was seen instead.
    pub fn words(&self) -> String {
        match self {
            Self::Rejected {
                code: Some(code),
                reason,
                ..
            } if !reason.starts_with(&code.to_string()) => format!("{code} {reason}"),
            Self::Accepted { response: words }
            | Self::Rejected { reason: words, .. }
            | Self::Deferred { reason: words, .. }
            | Self::Unknown { reason: words, .. } => words.clone(),
        }
    }

    /// Whether the gateway answered "later" (4xx), and did not just go away.
    pub fn is_later(&self) -> bool {
        match self {
            Self::Deferred { reason, .. } => {
                let code = reason.bytes().take_while(u8::is_ascii_digit).count();
                code == 3 && reason.starts_with('4')
            }
            Self::Accepted { .. } | Self::Rejected { .. } | Self::Unknown { .. } => false,
        }
    }

    /// Whether the gateway fell silent or went away after it had begun to take this letter: as a
    /// rule it is in trouble, now and then the letter is.
    pub fn is_unanswered(&self) -> bool {
        match self {
            Self::Deferred { stage, .. } => {
                !self.is_later() && matches!(stage, Stage::Recipient | Stage::Data | Stage::Body)
            }
            Self::Accepted { .. } | Self::Rejected { .. } | Self::Unknown { .. } => false,
        }
    }

    /// Whether the cause lies with the gateway, the login or the sender and not with this letter:
    /// the next letters may meet it too.
    pub fn concerns_every_letter(&self) -> bool {
        match self {
            Self::Accepted { .. } | Self::Unknown { .. } => false,
            Self::Rejected { stage, .. } | Self::Deferred { stage, .. } => match stage {
                Stage::Turn | Stage::Connect | Stage::Login | Stage::Sender => true,
                Stage::Outbox => matches!(self, Self::Deferred { .. }),
                Stage::Check | Stage::Recipient | Stage::Data | Stage::Body | Stage::FinalReply => {
                    false
                }
            },
        }
    }
}

/// Letters at the gateway at once: those a connection is in hand for. Each is marked only then, so
/// that no more than these are of unknown outcome when the program dies.
const GATEWAY_SLOTS: usize = CONNECTIONS;

/// Letters at the folder at once: enough to be written together.
const OUTBOX_SLOTS: usize = 64;

/// The transport: the society's gateway or a folder. Shared by reference; hand-overs may run
/// concurrently.
#[derive(Debug)]
pub struct Transport {
    way: Way,
    slots: Semaphore,
}

/// A delivery slot; see [`Transport::slot`].
#[derive(Debug)]
#[must_use = "the slot is given back when this is dropped"]
pub struct Slot<'a> {
    _permit: Option<SemaphorePermit<'a>>,
}

/// The way to hand one message over is open; see [`Transport::ready`].
#[must_use = "a connection that is not used is put back"]
pub struct Ready<'a>(Option<Connection<'a>>);

/// The gateway the settings name.
fn gateway(settings: &MailSettings, sender: &Sender) -> Result<Gateway, MailError> {
    let smtp = settings.smtp.as_ref().ok_or(MailError::SmtpMissing)?;
    Gateway::open(smtp, sender)
}

#[derive(Debug)]
enum Way {
    Gateway(Box<Gateway>),
    Outbox(Outbox),
}

impl Transport {
    /// Opens the transport the settings name. `outbox` is the folder for `.eml` files, used by
    /// `transport = "file"` only and made (mode 0700) when missing. Reads password and certificate
    /// files; connects nowhere: the first hand-over does. Blocking file access, meant for the start
    /// of the program.
    ///
    /// # Errors
    /// Any of the settings variants of [`MailError`], or [`MailError::Outbox`].
    pub fn open(settings: &MailSettings, outbox: &Path) -> Result<Self, MailError> {
        let sender = settings.sender()?;
        let (way, slots) = match settings.transport {
            TransportKind::File => (Way::Outbox(Outbox::open(outbox)?), OUTBOX_SLOTS),
            TransportKind::Smtp => {
                let gateway = gateway(settings, &sender)?;
                (Way::Gateway(Box::new(gateway)), GATEWAY_SLOTS)
            }
        };
        Ok(Transport {
            way,
            slots: Semaphore::new(slots),
        })
    }

    /// Whether the settings can be opened, as [`open`](Self::open) does, where no folder is to
    /// be made.
    ///
    /// # Errors
    /// Any of the settings variants of [`MailError`].
    pub fn check(settings: &MailSettings) -> Result<(), MailError> {
        let sender = settings.sender()?;
        if settings.transport == TransportKind::Smtp {
            gateway(settings, &sender)?;
        }
        Ok(())
    }

    /// The same, breaking off when it is asked to stop: what is before the final dot then is
    /// certainly not delivered, and a reply to the dot is awaited for some seconds more.
    pub fn until(mut self, stop: watch::Receiver<bool>) -> Self {
        if let Way::Gateway(gateway) = &mut self.way {
            gateway.set_stop(stop);
        }
        self
    }

    /// For how long a run tries again while nothing is taken. A folder that cannot be written
    /// needs a person, so it is not waited for.
    pub fn patience(&self) -> Duration {
        match &self.way {
            Way::Gateway(gateway) => gateway.patience(),
            Way::Outbox(_) => Duration::ZERO,
        }
    }

    /// To whom messages are handed over.
    pub fn hands_to(&self) -> HandedTo {
        match &self.way {
            Way::Gateway(_) => HandedTo::Gateway,
            Way::Outbox(_) => HandedTo::File,
        }
    }

    /// Waits for a delivery slot. A caller takes it before it records "about to hand over"
    /// and keeps it until the outcome is recorded: when the program dies, no more letters than
    /// there are slots are of unknown outcome, however many wait for a slow gateway.
    pub async fn slot(&self) -> Slot<'_> {
        Slot {
            // The semaphore is never closed, so this always is a permit.
            _permit: self.slots.acquire().await.ok(),
        }
    }

    /// Opens the way for one message: a connection to the gateway, greeted and logged in. Nothing
    /// of the message is said yet. It needs a tokio runtime with I/O and time.
    ///
    /// `message` must be ASCII with CRLF line ends and lines of at most 998 bytes, as
    /// [`Composer::compose`](super::Composer::compose) gives it; anything else is
    /// [`Handover::Rejected`] at [`Stage::Check`].
    ///
    /// # Errors
    /// What it means for the message that there is no way: nothing was handed over.
    pub async fn ready(
        &self,
        envelope: &MailEnvelope,
        message: &[u8],
    ) -> Result<Ready<'_>, Handover> {
        if !is_wire_safe(message) {
            let reason = "not ASCII, or lines too long or not ended by CRLF".to_owned();
            return Err(Handover::Rejected {
                code: None,
                stage: Stage::Check,
                reason,
            });
        }
        Ok(Ready(match &self.way {
            Way::Gateway(gateway) => Some(gateway.connection(envelope).await?),
            Way::Outbox(_) => None,
        }))
    }

    /// Gives a way back that is not used after all.
    pub async fn put_back(&self, ready: Ready<'_>) {
        if let (Way::Gateway(gateway), Some(connection)) = (&self.way, ready.0) {
            gateway.put_back(connection).await;
        }
    }

    /// Hands one message over, once.
    ///
    /// A caller takes a [`slot`](Self::slot) and a [`ready`](Self::ready) way, and records "about to
    /// hand over" durably *before* the call: when the process dies, or the future is dropped before
    /// it ends, the outcome is unknown.
    pub async fn hand_over(
        &self,
        ready: Ready<'_>,
        envelope: &MailEnvelope,
        message: impl Into<Bytes>,
    ) -> Handover {
        let message = message.into();
        match (&self.way, ready.0) {
            (Way::Gateway(gateway), Some(connection)) => {
                gateway.hand_over(connection, envelope, &message).await
            }
            (Way::Outbox(outbox), _) => outbox.hand_over(envelope, message).await,
            (Way::Gateway(_), None) => Handover::Deferred {
                stage: Stage::Turn,
                reason: "no connection".to_owned(),
            },
        }
    }

    /// Opens the way and hands one message over.
    #[cfg(test)]
    pub async fn hand_over_once(
        &self,
        envelope: &MailEnvelope,
        message: impl Into<Bytes>,
    ) -> Handover {
        let message = message.into();
        match self.ready(envelope, &message).await {
            Ok(ready) => self.hand_over(ready, envelope, message).await,
            Err(handover) => handover,
        }
    }

    /// Whether the gateway left so many messages in a row without an answer that nothing more is
    /// handed to it, as long as this transport is open.
    pub fn has_broken_off(&self) -> bool {
        match &self.way {
            Way::Gateway(gateway) => gateway.has_broken_off(),
            Way::Outbox(_) => false,
        }
    }

    /// Sends QUIT on every idle connection. Dropping the transport closes them without it.
    pub async fn close(&self) {
        match &self.way {
            Way::Gateway(gateway) => gateway.close().await,
            Way::Outbox(_) => {}
        }
    }
}
