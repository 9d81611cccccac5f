//! Night mail by e-mail: one letter, one message, one recipient, one PDF.
//!
//! The module composes a neutral cover message round a finished PDF and hands it either to the
//! society's mail gateway (SMTP, TLS only) or to a folder of `.eml` files, and says *exactly* what
//! is known afterwards ([`Handover`]): accepted, rejected, certainly not delivered, or unknown.
//!
//! What it refuses to do:
//!
//! - **Send in clear.** There is no plain transport and no falling back to one; a gateway without
//!   STARTTLS, or with a certificate nobody vouches for, gets nothing, not even the sender's
//!   address.
//! - **Send again by itself.** It never retries a message. After the final dot a lost reply is
//!   [`Handover::Unknown`] (RFC 1047) and only a person may decide.
//! - **Say what the letter is about.** Subject, file name and headers carry no name and no kind of
//!   document; the body carries the greeting line and nothing else about the person. Whether a
//!   document may travel by mail at all is decided by the caller.
//! - **Know the time.** The date is a parameter, so the same input gives the same bytes.
//! - **Tell tales.** Addresses never reach a log line or a stored reply: [`EmailAddress`] cannot be
//!   displayed, its `Debug` is masked, and the gateway's own words are masked before they are kept.
//!
//! `lettre` is used only here. Its `tracing` feature must stay off: it logs the whole dialogue,
//! password included.

#![forbid(unsafe_code)]

mod address;
mod error;
mod file;
mod mask;
mod message;
mod settings;
mod smtp;
mod template;
mod transport;

pub use address::{AttachmentName, EmailAddress, MessageId};
pub use error::{Field, MailError};
pub use file::file_name;
pub use message::{Attachment, Composed, Composer, Draft, SocietyContact};
pub use settings::MailSettings;
pub use template::{sources, without_remarks};
pub use transport::{Handover, Slot, Stage, Transport};

#[path = "../../fuzz/mail_templates.rs"]
#[cfg(test)]
mod fuzz_templates;
