//! What the settings say about reaching the gateway, checked before the night.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

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

/// How long a gateway that takes nothing is tried again in one run.
pub(super) fn patience(settings: &SmtpSettings) -> Result<Duration, MailError> {
    if settings.patience_minutes <= 24 * 60 {
        Ok(Duration::from_secs(60 * settings.patience_minutes))
    } else {
        Err(MailError::BadForm {
            field: Field::Patience,
        })
    }
}

/// How TLS is begun: the trusted roots, and the host the certificate must name.
#[derive(Clone)]
pub(super) struct Tls {
    pub(super) connector: TlsConnector,
    pub(super) name: ServerName<'static>,
}

/// TLS 1.2 or newer, the public roots and those of `ca_file`.
pub(super) fn tls(settings: &SmtpSettings) -> Result<Tls, MailError> {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(path) = &settings.ca_file {
        let unusable = |source| MailError::RootCertificate {
            path: path.clone(),
            source,
        };
        let pem = std::fs::read(path).map_err(|source| unusable(Some(source)))?;
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<_, _>>()
            .map_err(|_| unusable(None))?;
        // Text without any certificate parses as an empty list.
        if certificates.is_empty() {
            return Err(unusable(None));
        }
        for certificate in certificates {
            roots.add(certificate).map_err(|_| unusable(None))?;
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(MailError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(settings.host.clone());
    Ok(Tls {
        connector: TlsConnector::from(Arc::new(config)),
        name: name.map_err(|_| MailError::BadForm { field: Field::Host })?,
    })
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
