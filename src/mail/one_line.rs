//! A connection that gives its reader at most one line at a time.
//!
//! Before STARTTLS the dialogue is in clear, and somebody on the path may append forged replies to
//! the server's "ready" line. `lettre` reads into a buffer that it keeps when TLS begins, so those
//! forgeries would later be taken for the gateway's answers: a refused message would count as
//! accepted. With this wrapper nothing beyond the awaited line is ever in that buffer; whatever
//! follows reaches the TLS handshake, which fails.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, BufReader, ReadBuf};
use tokio::net::TcpStream;

/// See the module. Inside TLS it merely cuts reads at bytes that look like a line end, which
/// changes nothing.
#[derive(Debug)]
pub(super) struct OneLine(BufReader<TcpStream>);

impl OneLine {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self(BufReader::new(stream))
    }
}

impl AsyncTokioStream for OneLine {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().peer_addr()
    }
}

impl AsyncRead for OneLine {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let waiting = ready!(Pin::new(&mut self.0).poll_fill_buf(cx))?;
        let line = waiting
            .iter()
            .position(|b| *b == b'\n')
            .map_or(waiting.len(), |at| at + 1);
        let taken = line.min(out.remaining());
        out.put_slice(&waiting[..taken]);
        Pin::new(&mut self.0).consume(taken);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for OneLine {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
