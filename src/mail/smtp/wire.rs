//! What comes from the gateway, made harmless before anybody interprets it.
//!
//! `lettre` reads a line to its end before it looks at its length, understands UTF-8 only, and
//! trusts a line of the reply to EHLO to hold a word. A peer that sends a line without end would
//! fill the memory, and one that answers in the encoding of its own country would make each answer
//! a broken one. So a reply is bounded here, and what is no printable ASCII becomes `?`: replies
//! are understood by their code, and RFC 5321 §4.2 gives them no other characters.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use lettre::transport::smtp::response::Response;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, BufReader, ReadBuf,
};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// Bytes a gateway may send between two of our commands. The longest replies, those to EHLO, are
/// a tenth of it; RFC 5321 §4.5.3.1.5 gives a line 512.
pub(super) const REPLY: usize = 16 * 1024;

/// The code and the character after it, before a line's text.
const CODE: usize = 4;

/// A connection as it is before TLS.
pub(super) type Clear = BufReader<TcpStream>;

/// The inside of an established TLS connection. There is no way to make one of a connection in
/// clear.
#[derive(Debug)]
pub(super) struct Wire {
    inner: BufReader<TlsStream<Clear>>,
    /// The line that is being read or handed on.
    line: Vec<u8>,
    /// How much of the line was handed on.
    given: usize,
    /// Whether the line has come to its end.
    whole: bool,
    /// Bytes the gateway may still send.
    left: usize,
}

impl Wire {
    /// `greeted` if the greeting was heard before TLS began: whoever is given this connection
    /// waits for one all the same.
    pub(super) fn new(tls: TlsStream<Clear>, greeted: bool) -> Self {
        Wire {
            inner: BufReader::new(tls),
            line: if greeted {
                b"220 TLS\r\n".to_vec()
            } else {
                Vec::new()
            },
            given: 0,
            whole: greeted,
            left: REPLY,
        }
    }

    /// Reads until the line is whole or nothing more comes.
    fn poll_line(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.whole {
            let waiting = ready!(Pin::new(&mut self.inner).poll_fill_buf(cx))?;
            let end = waiting.iter().position(|b| *b == b'\n');
            let taken = end.map_or(waiting.len(), |at| at + 1);
            self.left = self.left.checked_sub(taken).ok_or_else(too_long)?;
            self.line.extend_from_slice(&waiting[..taken]);
            self.whole = end.is_some() || taken == 0;
            Pin::new(&mut self.inner).consume(taken);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.inner.get_ref().get_ref().0.get_ref().peer_addr()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.whole {
            ready!(self.poll_line(cx))?;
            tidy(&mut self.line);
        }
        let rest = &self.line[self.given..];
        let taken = rest.len().min(out.remaining());
        out.put_slice(&rest[..taken]);
        self.given += taken;
        if self.given == self.line.len() {
            self.line.clear();
            self.given = 0;
            self.whole = false;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.left = REPLY;
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// Reads one reply in clear, and nothing beyond it.
pub(super) async fn reply(stream: &mut Clear) -> io::Result<Response> {
    let mut text = Vec::new();
    let mut bounded = stream.take(REPLY as u64);
    loop {
        let mut line = Vec::new();
        bounded.read_until(b'\n', &mut line).await?;
        if !line.ends_with(b"\n") {
            return Err(match bounded.limit() {
                0 => too_long(),
                _ => io::Error::new(io::ErrorKind::UnexpectedEof, "incomplete reply"),
            });
        }
        tidy(&mut line);
        let goes_on = line.get(CODE - 1) == Some(&b'-');
        text.append(&mut line);
        if !goes_on {
            break;
        }
    }
    String::from_utf8_lossy(&text)
        .parse()
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not a reply"))
}

/// Makes a line printable ASCII. A line whose text is blank loses it.
fn tidy(line: &mut Vec<u8>) {
    let end = line.len() - line_end(line).len();
    for byte in &mut line[..end] {
        if !byte.is_ascii_graphic() && *byte != b' ' {
            *byte = if *byte == b'\t' { b' ' } else { b'?' };
        }
    }
    if end > CODE && line[CODE..end].iter().all(|byte| *byte == b' ') {
        line.drain(CODE..end);
    }
}

fn line_end(line: &[u8]) -> &'static [u8] {
    [&b"\r\n"[..], b"\n"]
        .into_iter()
        .find(|end| line.ends_with(end))
        .unwrap_or_default()
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "reply too long")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_becomes_printable_ascii_and_keeps_its_end() {
        let lines: [(&[u8], &[u8]); 8] = [
            (b"250 ok\r\n", b"250 ok\r\n"),
            (b"250 \x8e\xf3\x95t\r\n", b"250 ???t\r\n"),
            ("550 宛先".as_bytes(), b"550 ??????"),
            (b"250-a\tb\x1b[2J\0\r\n", b"250-a b?[2J?\r\n"),
            (b"250- \t \r\n", b"250-\r\n"),
            (b"250 \r\n", b"250 \r\n"),
            (b"250 a\rb\n", b"250 a?b\n"),
            (b"", b""),
        ];
        for (given, expected) in lines {
            let mut line = given.to_vec();
            tidy(&mut line);
            assert_eq!(line, expected);
        }
    }
}
