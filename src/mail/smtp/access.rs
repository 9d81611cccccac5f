//! What the settings say about reaching the gateway, checked before the night.

use std::net::IpAddr;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

use crate::mail::error::{Field, MailError};
use crate::mail::settings::{Security, Sender, SmtpSettings};

pub(super) fn host(settings: &SmtpSettings) -> Result<String, MailError> {
    if is_host(&settings.host) {
        Ok(settings.host.clone())
    } else {
        Err(MailError::BadForm { field: Field::Host })
    }
}

pub(super) fn port(settings: &SmtpSettings) -> Result<u16, MailError> {
    match (settings.port, settings.security) {
        (Some(0), _) => Err(MailError::BadForm { field: Field::Port }),
        (Some(port), _) => Ok(port),
        (None, Security::StartTls) => Ok(587),
        (None, Security::Tls) => Ok(465),
    }
}

/// The name for EHLO. Not asked of the operating system: that would make the dialogue depend on the
/// machine.
pub(super) fn hello(settings: &SmtpSettings, sender: &Sender) -> Result<ClientId, MailError> {
    let helo = settings.helo.as_deref().unwrap_or(sender.from.domain());
    match helo.parse() {
        Ok(IpAddr::V4(ip)) => Ok(ClientId::Ipv4(ip)),
        Ok(IpAddr::V6(ip)) => Ok(ClientId::Ipv6(ip)),
        Err(_) if is_host(helo) => Ok(ClientId::Domain(helo.to_owned())),
        Err(_) => Err(MailError::BadForm { field: Field::Helo }),
    }
}

pub(super) fn step(settings: &SmtpSettings) -> Result<Duration, MailError> {
    if (1..=600).contains(&settings.timeout_seconds) {
        Ok(Duration::from_secs(settings.timeout_seconds))
    } else {
        Err(MailError::BadForm {
            field: Field::Timeout,
        })
    }
}

pub(super) fn tls(settings: &SmtpSettings) -> Result<TlsParameters, MailError> {
    let mut parameters = TlsParameters::builder(settings.host.clone());
    if let Some(path) = &settings.ca_file {
        let unusable = |source| MailError::RootCertificate {
            path: path.clone(),
            source,
        };
        let pem = std::fs::read(path).map_err(|source| unusable(Some(source)))?;
        // Text without any certificate parses as an empty list.
        if !pem
            .windows(27)
            .any(|part| part == b"-----BEGIN CERTIFICATE-----")
        {
            return Err(unusable(None));
        }
        parameters = parameters
            .add_root_certificate(Certificate::from_pem(&pem).map_err(|_| unusable(None))?);
    }
    parameters.build().map_err(MailError::Tls)
}

pub(super) fn credentials(settings: &SmtpSettings) -> Result<Option<Credentials>, MailError> {
    let (username, path) = match (&settings.username, &settings.password_file) {
        (None, None) => return Ok(None),
        (Some(username), Some(path)) => (username, path),
        _ => return Err(MailError::HalfCredentials),
    };
    let unusable = |source| MailError::Password {
        path: path.clone(),
        source,
    };
    let text = std::fs::read_to_string(path).map_err(|source| unusable(Some(source)))?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() || password.contains(['\r', '\n', '\0']) {
        return Err(unusable(None));
    }
    Ok(Some(Credentials::new(
        username.clone(),
        password.to_owned(),
    )))
}

/// A host name or an IP address, which is all that may stand in EHLO and in the TLS handshake.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    text.parse::<IpAddr>().is_ok() || (text.len() <= 253 && text.split('.').all(label))
}
