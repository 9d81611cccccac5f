//! A mail gateway on the loopback interface that behaves as badly as a test asks, and reports what
//! it saw.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::VecDeque;
use std::future::pending;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::mail::{MailSettings, Transport};

/// What the gateway does when its turn comes.
#[derive(Clone, Copy)]
pub(super) enum Reply {
    Say(&'static str),
    /// Says these bytes and nothing more: not even the end of the line.
    Bytes(&'static [u8]),
    /// Says the same piece again and again, as long as somebody takes it.
    Endless(&'static [u8]),
    SayAndDrop(&'static str),
    Drop,
    /// Never answers, and keeps the connection open.
    Silence,
}

/// What it does with the message.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum InBody {
    Read,
    Drop,
    StopReading,
}

/// One connection's script.
#[derive(Clone, Copy)]
pub(super) struct Conduct {
    pub(super) greeting: Reply,
    pub(super) starttls: bool,
    /// To EHLO inside TLS.
    pub(super) hello: Reply,
    /// Appended in clear to the reply to STARTTLS, as somebody on the path might.
    pub(super) forged: &'static str,
    pub(super) auth: Reply,
    pub(super) mail: Reply,
    pub(super) rcpt: Reply,
    pub(super) data: Reply,
    pub(super) body: InBody,
    pub(super) end: Reply,
}

/// A gateway with nothing to complain about.
pub(super) const GOOD: Conduct = Conduct {
    greeting: Reply::Say("220 test"),
    starttls: true,
    hello: Reply::Say("250-test\r\n250 AUTH PLAIN"),
    forged: "",
    auth: Reply::Say("235 welcome"),
    mail: Reply::Say("250 ok"),
    rcpt: Reply::Say("250 ok"),
    data: Reply::Say("354 go"),
    body: InBody::Read,
    end: Reply::Say("250 2.0.0 queued as 4Bx7 for <taro@member.example.jp>"),
};

/// What the gateway saw, in order.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event {
    Connected,
    InClear(String),
    InTls(String),
    BodyBegun,
    /// The final dot arrived; the message as sent, dots unstuffed.
    Message(Vec<u8>),
    Closed,
}

pub(super) struct TestGateway {
    pub(super) port: u16,
    pub(super) events: UnboundedReceiver<Event>,
    folder: tempfile::TempDir,
}

impl TestGateway {
    /// Serves one `Conduct` a connection, then `GOOD`. `name` is what its certificate vouches for.
    pub(super) async fn start(implicit_tls: bool, name: &str, script: &[Conduct]) -> Self {
        let (ca_pem, config) = certificates(name);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), ca_pem).unwrap();
        std::fs::write(folder.path().join("password"), "hunter2\n").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, events) = unbounded_channel();
        let script = Arc::new(Mutex::new(script.iter().copied().collect::<VecDeque<_>>()));
        tokio::spawn(async move {
            let acceptor = TlsAcceptor::from(Arc::new(config));
            while let Ok((stream, _)) = listener.accept().await {
                let _ = sender.send(Event::Connected);
                let conduct = script.lock().unwrap().pop_front().unwrap_or(GOOD);
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    let session = Session {
                        conduct,
                        events: sender.clone(),
                    };
                    let _ = session.run(stream, acceptor, implicit_tls).await;
                    let _ = sender.send(Event::Closed);
                });
            }
        });
        Self {
            port,
            events,
            folder,
        }
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Settings that reach and trust this gateway; `extra` lines are added to `[smtp]`.
    pub(super) fn settings(&self, extra: &str) -> MailSettings {
        let (port, ca) = (self.port, self.path("ca.pem"));
        let text = format!(
            "transport = 'smtp'\nfrom = 'kojin-joho@kenpo.example.jp'\n[smtp]\nhost = '127.0.0.1'\nport = {port}\n\
             ca_file = '{}'\n{extra}",
            ca.display()
        );
        toml::from_str(&text).unwrap()
    }

    pub(super) fn transport(&self, extra: &str) -> Transport {
        Transport::open(&self.settings(extra), self.folder.path()).unwrap()
    }

    /// Waits for an event, passing over others.
    pub(super) async fn wait_for(&mut self, wanted: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = self.events.recv().await.unwrap();
            if wanted(&event) {
                return event;
            }
        }
    }

    /// Everything up to the end of the first connection to close.
    pub(super) async fn until_closed(&mut self) -> Vec<Event> {
        let mut seen = Vec::new();
        loop {
            let event = self.events.recv().await.unwrap();
            let last = event == Event::Closed;
            seen.push(event);
            if last {
                return seen;
            }
        }
    }

    /// What has been reported so far.
    pub(super) fn so_far(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }
}

struct Session {
    conduct: Conduct,
    events: UnboundedSender<Event>,
}

/// The connection is over.
struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

impl Session {
    async fn run(
        &self,
        mut stream: TcpStream,
        acceptor: TlsAcceptor,
        implicit_tls: bool,
    ) -> Result<(), Over> {
        if !implicit_tls {
            stream = self.clear(stream).await?;
        }
        let mut tls = BufReader::new(acceptor.accept(stream).await?);
        if implicit_tls {
            act(&mut tls, self.conduct.greeting).await?;
        }
        self.dialogue(&mut tls).await
    }

    /// Up to STARTTLS.
    async fn clear(&self, stream: TcpStream) -> Result<TcpStream, Over> {
        let mut stream = BufReader::new(stream);
        act(&mut stream, self.conduct.greeting).await?;
        loop {
            let command = line(&mut stream).await?;
            let _ = self.events.send(Event::InClear(command.clone()));
            match command.as_str() {
                "STARTTLS" => {
                    let reply = format!("220 ready\r\n{}", self.conduct.forged);
                    stream.write_all(reply.as_bytes()).await?;
                    return Ok(stream.into_inner());
                }
                "QUIT" => act(&mut stream, Reply::SayAndDrop("221 bye")).await?,
                _ if self.conduct.starttls => {
                    act(&mut stream, Reply::Say("250-test\r\n250 STARTTLS")).await?
                }
                _ => act(&mut stream, Reply::Say("250-test\r\n250 AUTH PLAIN")).await?,
            }
        }
    }

    async fn dialogue<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufReader<S>,
    ) -> Result<(), Over> {
        loop {
            let command = line(stream).await?;
            let _ = self.events.send(Event::InTls(command.clone()));
            let verb = command.split([' ', ':']).next().unwrap_or_default();
            match verb {
                "EHLO" => act(stream, self.conduct.hello).await?,
                "AUTH" => act(stream, self.conduct.auth).await?,
                "MAIL" => act(stream, self.conduct.mail).await?,
                "RCPT" => act(stream, self.conduct.rcpt).await?,
                "RSET" => act(stream, Reply::Say("250 reset")).await?,
                "QUIT" => act(stream, Reply::SayAndDrop("221 bye")).await?,
                "DATA" => {
                    act(stream, self.conduct.data).await?;
                    let go_ahead = match self.conduct.data {
                        Reply::Say(text) => text.starts_with("354"),
                        Reply::Bytes(bytes) => bytes.starts_with(b"354"),
                        _ => false,
                    };
                    if go_ahead {
                        self.message(stream).await?;
                    }
                }
                _ => act(stream, Reply::Say("500 what?")).await?,
            }
        }
    }

    async fn message<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufReader<S>,
    ) -> Result<(), Over> {
        let mut message = Vec::new();
        if self.conduct.body != InBody::Read {
            stream.read_u8().await?;
            let _ = self.events.send(Event::BodyBegun);
            if self.conduct.body == InBody::Drop {
                return Err(Over);
            }
            pending::<()>().await;
        }
        loop {
            let from = message.len();
            if stream.read_until(b'\n', &mut message).await? == 0 {
                return Err(Over);
            }
            if &message[from..] == b".\r\n" {
                message.truncate(from);
                break;
            }
            if message[from] == b'.' {
                message.remove(from);
            }
        }
        let _ = self.events.send(Event::Message(message));
        act(stream, self.conduct.end).await
    }
}

async fn act<S: AsyncWrite + Unpin>(stream: &mut S, reply: Reply) -> Result<(), Over> {
    match reply {
        Reply::Say(text) | Reply::SayAndDrop(text) => {
            stream.write_all(format!("{text}\r\n").as_bytes()).await?;
            stream.flush().await?;
            if matches!(reply, Reply::SayAndDrop(_)) {
                Err(Over)
            } else {
                Ok(())
            }
        }
        Reply::Bytes(bytes) => {
            stream.write_all(bytes).await?;
            Ok(stream.flush().await?)
        }
        Reply::Endless(piece) => loop {
            stream.write_all(&piece.repeat(1024)).await?;
            stream.flush().await?;
        },
        Reply::Drop => Err(Over),
        Reply::Silence => pending().await,
    }
}

async fn line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Result<String, Over> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Err(Over);
    }
    Ok(line.trim_end().to_owned())
}

/// A new authority (PEM) and a server set up with a certificate of it for `name`.
fn certificates(name: &str) -> (String, ServerConfig) {
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let ca_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (ca_pem, config)
}
