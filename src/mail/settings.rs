//! The `[mail]` section of the settings, as typed, and the parts of it that composition needs, as
//! checked.

use std::path::PathBuf;

use serde::Deserialize;

use super::address::{EmailAddress, one_line};
use super::error::{Field, MailError};

/// Seconds a step of the SMTP dialogue may take when the settings say nothing.
const TIMEOUT_SECONDS: u64 = 30;

/// Minutes for which a gateway is tried again in one run when the settings say nothing: a night
/// that begins after midnight is over before staff come.
const PATIENCE_MINUTES: u64 = 180;

/// `[mail]` as typed. [`MailSettings::sender`] and [`Transport::open`](super::Transport::open)
/// check it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// Where messages go; `file` unless told otherwise, so that a forgotten setting sends nothing.
    #[serde(default)]
    pub transport: TransportKind,
    /// Sender address of header and envelope; bounces come back to it.
    pub from: String,
    /// Sender name beside the address.
    pub from_name: Option<String>,
    /// Where an answer goes, when the society reads answers at all.
    pub reply_to: Option<String>,
    /// The gateway; needed when `transport = "smtp"`, checked only then.
    pub smtp: Option<SmtpSettings>,
}

/// Where messages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TransportKind {
    /// One `.eml` file a message, in a folder.
    #[default]
    File,
    /// The society's mail gateway.
    Smtp,
}

/// `[mail.smtp]` as typed. There is no way to ask for a connection without TLS.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// Host name or address; the certificate must be valid for it.
    pub host: String,
    /// TCP port, 1–65535; 587 with `starttls`, 465 with `tls` when left out.
    pub port: Option<u16>,
    /// How TLS begins.
    #[serde(default)]
    pub security: Security,
    /// Account for SMTP AUTH (PLAIN or LOGIN, inside TLS); together with `password_file`.
    pub username: Option<String>,
    /// File holding the password on one line. The password itself never stands in the settings.
    pub password_file: Option<PathBuf>,
    /// PEM file with root certificates trusted besides the public ones, for a society's own
    /// gateway.
    pub ca_file: Option<PathBuf>,
    /// Seconds each step of the dialogue may take, 1–600. The reply to the finished message is
    /// awaited for ten minutes whatever stands here (RFC 5321 §4.5.3.2.6): giving up early is what
    /// makes outcomes unknown.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u64,
    /// Minutes for which a gateway that takes nothing is tried again and again in one run, 0–1440;
    /// with 0 only after each of the listed waits.
    #[serde(default = "patience_minutes")]
    pub patience_minutes: u64,
    /// Name given in EHLO; the domain of `from` when left out.
    pub helo: Option<String>,
}

/// How TLS begins. Both require it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Greeting in clear, then STARTTLS before anything else (RFC 3207).
    #[default]
    StartTls,
    /// TLS from the first byte (RFC 8314); to be preferred where the gateway offers it.
    Tls,
}

/// The sender, checked.
#[derive(Debug, Clone)]
pub struct Sender {
    pub(super) from: EmailAddress,
    pub(super) name: Option<String>,
    pub(super) reply_to: Option<EmailAddress>,
}

impl MailSettings {
    /// The checked sender.
    ///
    /// # Errors
    /// [`MailError::BadAddress`] for `from` or `reply_to`, [`MailError::BadLine`] for `from_name`.
    pub fn sender(&self) -> Result<Sender, MailError> {
        Ok(Sender {
            from: EmailAddress::parse(Field::From, &self.from)?,
            name: self
                .from_name
                .as_deref()
                .map(|name| one_line(Field::FromName, name))
                .transpose()?
                .map(str::to_owned),
            reply_to: self
                .reply_to
                .as_deref()
                .map(|text| EmailAddress::parse(Field::ReplyTo, text))
                .transpose()?,
        })
    }
}

fn timeout_seconds() -> u64 {
    TIMEOUT_SECONDS
}

fn patience_minutes() -> u64 {
    PATIENCE_MINUTES
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn a_forgotten_transport_writes_files() {
        let settings: MailSettings =
            toml::from_str("from = 'kojin-joho@kenpo.example.jp'").unwrap();
        assert_eq!(settings.transport, TransportKind::File);
        assert!(settings.sender().is_ok());
    }

    #[test]
    fn plain_smtp_cannot_be_asked_for() {
        for security in ["none", "plain", "opportunistic"] {
            let text =
                format!("from='a@example.jp'\n[smtp]\nhost='mx.example.jp'\nsecurity='{security}'");
            assert!(toml::from_str::<MailSettings>(&text).is_err());
        }
    }

    #[test]
    fn a_password_or_a_misspelt_key_in_the_settings_is_refused() {
        for line in ["password='secret'", "tls_verify=false", "timeout=3"] {
            let text = format!("from='a@example.jp'\n[smtp]\nhost='mx.example.jp'\n{line}");
            assert!(toml::from_str::<MailSettings>(&text).is_err(), "{line}");
        }
    }

    #[test]
    fn a_sender_that_could_add_a_header_is_refused() {
        let base: MailSettings = toml::from_str("from = 'a@example.jp'").unwrap();
        let name = MailSettings {
            from_name: Some("組合\r\nBcc: x@example.jp".into()),
            ..base.clone()
        };
        assert!(matches!(
            name.sender(),
            Err(MailError::BadLine {
                field: Field::FromName
            })
        ));
        let from = MailSettings {
            from: "a@example.jp\nX: y".into(),
            ..base.clone()
        };
        let error = from.sender().unwrap_err();
        assert!(matches!(
            error,
            MailError::BadAddress { field: Field::From }
        ));
        assert!(error.staff_message().contains("mail.from"));
        let reply = MailSettings {
            reply_to: Some("x".into()),
            ..base
        };
        assert!(matches!(
            reply.sender(),
            Err(MailError::BadAddress {
                field: Field::ReplyTo
            })
        ));
    }
}
