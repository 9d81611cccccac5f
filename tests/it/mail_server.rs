//! A mail gateway on the loopback interface for the real program: it speaks TLS
//! with a certificate of its own and misbehaves where a test asks for it.

use std::fs;
use std::net::TcpListener as StdListener;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Where in the dialogue something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    Greeting,
    /// EHLO in clear, before STARTTLS.
    ClearHello,
    /// EHLO inside TLS.
    Hello,
    Mail,
    Rcpt,
    Data,
    /// The final dot.
    Dot,
}

/// What it does there instead of what it should.
#[derive(Debug, Clone, Copy)]
pub enum Does {
    /// Says these bytes.
    Says(&'static [u8]),
    /// Says this piece again and again, up to [`OFFERED`] bytes.
    Endless(&'static [u8]),
    /// Closes the connection.
    Drops,
    /// Says nothing, and keeps the connection.
    Silent,
}

/// Bytes offered by a reply without end.
pub const OFFERED: usize = 128 * 1024 * 1024;

/// What the gateway saw, and how it behaves.
#[derive(Default)]
struct Shared {
    conduct: Vec<(At, Does)>,
    /// How often the conduct still holds; none means that it always does.
    times: Option<usize>,
    /// In what part of the steps, in a hundred, something goes wrong at
    /// random, and the state of chance.
    faults: Option<(u64, u64)>,
    /// So many senders in a time of this length are taken, the others told to
    /// come later.
    pace: Option<(usize, Duration)>,
    /// When senders were taken.
    senders: Vec<Instant>,
    /// Connections that were opened.
    connections: usize,
    /// Messages that were taken, by their recipients; their senders know it or
    /// not.
    kept: Vec<String>,
    /// Recipients of messages whose final dot has arrived, in their order.
    arrived: Vec<String>,
    /// Message-IDs of the same messages, in the same order.
    message_ids: Vec<String>,
    /// RCPT commands, in their order.
    asked: Vec<String>,
    /// Bytes that were taken of replies without end, a number each.
    taken: Vec<usize>,
}

/// A running gateway; it ends with the test's process.
pub struct MailServer {
    port: u16,
    implicit: bool,
    folder: TempDir,
    shared: Arc<Mutex<Shared>>,
    /// A message has arrived.
    came: Arc<Condvar>,
}

impl MailServer {
    /// Starts a gateway with nothing to complain about; `implicit` if TLS
    /// begins with the first byte.
    pub fn start(implicit: bool) -> Self {
        let (ca_pem, config) = certificates();
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("ca.pem"), ca_pem).unwrap();
        let listener = StdListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Mutex::new(Shared::default()));
        let came = Arc::new(Condvar::new());
        let (seen, tell) = (Arc::clone(&shared), Arc::clone(&came));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let acceptor = TlsAcceptor::from(Arc::new(config));
                let listener = TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    seen.lock().unwrap().connections += 1;
                    let session = Session(Arc::clone(&seen), Arc::clone(&tell));
                    let acceptor = acceptor.clone();
                    tokio::spawn(async move {
                        let _ = session.run(stream, acceptor, implicit).await;
                    });
                }
            });
        });
        MailServer {
            port,
            implicit,
            folder,
            shared,
            came,
        }
    }

    /// The settings that reach and trust it: the table `[mail]`, to stand last.
    pub fn settings(&self) -> String {
        let ca: PathBuf = self.folder.path().join("ca.pem");
        let security = if self.implicit { "tls" } else { "starttls" };
        format!(
            "[mail]\ntransport = \"smtp\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {}\n\
             security = \"{security}\"\nca_file = {ca:?}\ntimeout_seconds = 20\n\
             patience_minutes = 0\n",
            self.port
        )
    }

    /// From now on it behaves like this; in all other places as it should.
    pub fn behave(&self, conduct: &[(At, Does)]) {
        let mut shared = self.shared.lock().unwrap();
        shared.conduct = conduct.to_vec();
        shared.times = None;
        shared.faults = None;
        shared.pace = None;
    }

    /// The same, the first so many times only.
    pub fn behave_for(&self, times: usize, at: At, does: Does) {
        self.behave(&[(at, does)]);
        self.shared.lock().unwrap().times = Some(times);
    }

    /// In so many of a hundred steps, something goes wrong.
    pub fn behave_at_random(&self, percent: u64, seed: u64) {
        self.behave(&[]);
        self.shared.lock().unwrap().faults = Some((percent, seed));
    }

    /// It takes so many senders in a time of this length.
    pub fn take_only(&self, senders: usize, time: Duration) {
        self.behave(&[]);
        self.shared.lock().unwrap().pace = Some((senders, time));
    }

    /// How often somebody connected to it.
    pub fn connections(&self) -> usize {
        self.shared.lock().unwrap().connections
    }

    /// Recipients of the messages it took, whether or not it could say so,
    /// sorted.
    pub fn kept(&self) -> Vec<String> {
        let mut kept = self.shared.lock().unwrap().kept.clone();
        kept.sort();
        kept
    }

    /// The same, and at the dot only for the first messages.
    pub fn behave_for_dots(&self, dots: usize, does: Does) {
        self.behave_for(dots, At::Dot, does);
    }

    /// Recipients of the messages that arrived whole, sorted.
    pub fn arrived(&self) -> Vec<String> {
        let mut arrived = self.shared.lock().unwrap().arrived.clone();
        arrived.sort();
        arrived
    }

    /// Waits until so many messages arrived whole; false if that takes longer
    /// than two minutes.
    pub fn wait_for(&self, messages: usize) -> bool {
        let shared = self.shared.lock().unwrap();
        let fewer = |shared: &mut Shared| shared.arrived.len() < messages;
        let patience = Duration::from_secs(120);
        let (shared, waited) = self
            .came
            .wait_timeout_while(shared, patience, fewer)
            .unwrap();
        drop(shared);
        !waited.timed_out()
    }

    /// Message-IDs of the messages that arrived whole, in their order.
    pub fn message_ids(&self) -> Vec<String> {
        self.shared.lock().unwrap().message_ids.clone()
    }

    /// How often a recipient was named to it.
    pub fn asked(&self) -> usize {
        self.shared.lock().unwrap().asked.len()
    }

    /// What was taken of each reply without end since it was last asked.
    pub fn taken(&self) -> Vec<usize> {
        std::mem::take(&mut self.shared.lock().unwrap().taken)
    }
}

struct Session(Arc<Mutex<Shared>>, Arc<Condvar>);

/// The connection is over.
struct Over;

impl From<std::io::Error> for Over {
    fn from(_: std::io::Error) -> Self {
        Over
    }
}

impl Session {
    async fn run(
        &self,
        mut stream: TcpStream,
        acceptor: TlsAcceptor,
        implicit: bool,
    ) -> Result<(), Over> {
        if !implicit {
            stream = self.clear(stream).await?;
        }
        let mut tls = BufReader::new(acceptor.accept(stream).await?);
        if implicit {
            self.act(&mut tls, At::Greeting, b"220 test\r\n").await?;
        }
        loop {
            let command = line(&mut tls).await?;
            let verb = command.split([' ', ':']).next().unwrap_or_default();
            let (at, good): (At, &[u8]) = match verb {
                "EHLO" => (At::Hello, b"250-test\r\n250 SIZE\r\n"),
                "MAIL" => (At::Mail, b"250 ok\r\n"),
                "RCPT" => {
                    self.0.lock().unwrap().asked.push(command.clone());
                    (At::Rcpt, b"250 ok\r\n")
                }
                "DATA" => (At::Data, b"354 go\r\n"),
                "QUIT" => return Err(Over),
                _ => {
                    tls.write_all(b"250 ok\r\n").await?;
                    tls.flush().await?;
                    continue;
                }
            };
            self.act(&mut tls, at, good).await?;
            if at == At::Data {
                self.message(&mut tls).await?;
            }
        }
    }

    /// Up to STARTTLS.
    async fn clear(&self, stream: TcpStream) -> Result<TcpStream, Over> {
        let mut stream = BufReader::new(stream);
        self.act(&mut stream, At::Greeting, b"220 test\r\n").await?;
        loop {
            if line(&mut stream).await? == "STARTTLS" {
                stream.write_all(b"220 ready\r\n").await?;
                return Ok(stream.into_inner());
            }
            let good = b"250-test\r\n250 STARTTLS\r\n";
            self.act(&mut stream, At::ClearHello, good).await?;
        }
    }

    async fn message<S>(&self, stream: &mut BufReader<S>) -> Result<(), Over>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let (mut to, mut message_id) = (String::new(), String::new());
        loop {
            let line = line(stream).await?;
            if let Some(address) = line.strip_prefix("To: ") {
                to = address.to_owned();
            }
            if let Some(id) = line.strip_prefix("Message-ID: ") {
                message_id = id.to_owned();
            }
            if line == "." {
                break;
            }
        }
        let does = {
            let mut shared = self.0.lock().unwrap();
            shared.arrived.push(to.clone());
            shared.message_ids.push(message_id);
            shared.draw(At::Dot);
            let does = shared.spend(At::Dot);
            // It takes a message unless it says that it does not.
            let refuses = match does {
                Some(Does::Says(words)) => !words.starts_with(b"2"),
                _ => false,
            };
            if !refuses {
                shared.kept.push(to);
            }
            does
        };
        self.1.notify_all();
        self.answer(stream, does, b"250 2.0.0 queued\r\n").await
    }

    async fn act<S>(&self, stream: &mut S, at: At, good: &[u8]) -> Result<(), Over>
    where
        S: AsyncWrite + Unpin,
    {
        let does = {
            let mut shared = self.0.lock().unwrap();
            shared.draw(at);
            shared.spend(at)
        };
        self.answer(stream, does, good).await
    }

    async fn answer<S>(&self, stream: &mut S, does: Option<Does>, good: &[u8]) -> Result<(), Over>
    where
        S: AsyncWrite + Unpin,
    {
        match does {
            None => stream.write_all(good).await?,
            Some(Does::Says(bytes)) => {
                stream.write_all(bytes).await?;
                // Of half a reply the rest never comes.
                if !bytes.ends_with(b"\n") {
                    stream.flush().await?;
                    return Err(Over);
                }
            }
            Some(Does::Drops) => return Err(Over),
            Some(Does::Silent) => std::future::pending().await,
            Some(Does::Endless(piece)) => {
                let block = piece.repeat(16 * 1024 / piece.len());
                let mut taken = 0;
                while taken < OFFERED && stream.write_all(&block).await.is_ok() {
                    taken += block.len();
                }
                self.0.lock().unwrap().taken.push(taken);
                return Err(Over);
            }
        }
        Ok(stream.flush().await?)
    }
}

impl Shared {
    /// What it does there, if something else than it should.
    fn does(&self, at: At) -> Option<Does> {
        if self.times == Some(0) {
            return None;
        }
        let conduct = self.conduct.iter().find(|(place, _)| *place == at);
        conduct.map(|(_, does)| *does)
    }

    /// The same, counted as having happened.
    fn spend(&mut self, at: At) -> Option<Does> {
        let does = self.does(at)?;
        if let Some(left) = &mut self.times {
            *left -= 1;
        }
        Some(does)
    }

    /// Lets chance and pace decide what it does there next.
    fn draw(&mut self, at: At) {
        if let (At::Mail, Some((most, time))) = (at, self.pace) {
            let now = crate::harness::stopwatch();
            self.senders.retain(|then| now.duration_since(*then) < time);
            self.conduct.clear();
            if self.senders.len() >= most {
                self.conduct = vec![(at, Does::Says(b"451 4.7.1 too many, later\r\n"))];
            } else {
                self.senders.push(now);
            }
        }
        if let Some((percent, state)) = &mut self.faults {
            let mut chance = || {
                *state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                *state >> 33
            };
            let (hit, which) = (chance() % 100, chance());
            let faults: &[Does] = match at {
                At::Greeting | At::ClearHello | At::Hello => &[
                    Does::Drops,
                    Does::Says(b"421 4.3.2 closing\r\n"),
                    Does::Says(b"554 5.3.2 no\r\n"),
                    Does::Says(b"250-half"),
                ],
                At::Mail | At::Rcpt | At::Data => &[
                    Does::Drops,
                    Does::Says(b"421 4.3.2 closing\r\n"),
                    Does::Says(b"450 4.2.0 busy\r\n"),
                    Does::Says(b"451-4.3.0 later\r\n451 4.3.0 please\r\n"),
                    Does::Says(b"452 4.2.2 full\r\n"),
                    Does::Says(b"299 out of step\r\n"),
                ],
                At::Dot => &[
                    Does::Drops,
                    Does::Says(b"451 4.3.0 later\r\n"),
                    Does::Says(b"452 4.2.2 full\r\n"),
                    Does::Says(b"250-2.0.0 half a rep"),
                ],
            };
            self.conduct.clear();
            if hit < *percent {
                self.conduct = vec![(at, faults[(which % faults.len() as u64) as usize])];
            }
        }
    }
}

async fn line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Result<String, Over> {
    let mut line = Vec::new();
    if stream.read_until(b'\n', &mut line).await? == 0 {
        return Err(Over);
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

/// A new authority (PEM) and a server set up with a certificate of it.
fn certificates() -> (String, ServerConfig) {
    let mut authority = CertificateParams::new(vec![]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let ca_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])
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
