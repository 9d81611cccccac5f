//! The pipe through which a worker answers.

use std::io;
use std::ops::Range;
use std::os::fd::OwnedFd;

use bytes::{Buf, Bytes};
use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use tokio::net::unix::pipe::Receiver;
use tokio::process::ChildStdout;

use super::protocol::{AnswerHead, Complaint, MAX_FRAME, Rendered};
use crate::confine::Confined;

/// Size asked for the pipe a worker answers through.
const PIPE_BYTES: usize = 1024 * 1024;

/// Bytes read from it at once: enough for some letters.
const READ_BYTES: usize = 256 * 1024;

/// A finished page, or why there is none.
pub(super) type Answer = Result<Rendered, Complaint>;

/// The reading end. It is polled only while there is nothing else to do: a
/// polled pipe wakes this process at every page.
pub(super) struct Answers {
    pipe: OwnedFd,
    incoming: Vec<u8>,
    /// Bytes of `incoming` that are answered.
    taken: usize,
    /// Whether the last read took all there was.
    drained: bool,
}

impl Answers {
    /// For a worker that has not answered yet.
    pub(super) fn new(stdout: ChildStdout) -> io::Result<Self> {
        let pipe = stdout.into_owned_fd()?;
        rustix::io::ioctl_fionbio(&pipe, true)?;
        // Holds the pages that are finished between two reads. A smaller
        // pipe works too.
        let _ = rustix::pipe::fcntl_setpipe_size(&pipe, PIPE_BYTES);
        Ok(Answers {
            pipe,
            incoming: Vec::with_capacity(READ_BYTES),
            taken: 0,
            drained: true,
        })
    }

    /// The next answer. Nothing is lost when the caller stops waiting.
    ///
    /// An error means that the worker is gone or out of step.
    pub(super) async fn next(&mut self) -> io::Result<Answer> {
        loop {
            if let Some((head, body)) = self.whole_answer()? {
                let head: AnswerHead = serde_json::from_slice(&self.incoming[head])?;
                // A copy of just its size: letters wait in this form for the
                // disk, the room they came through is used again.
                let bytes = Bytes::copy_from_slice(&self.incoming[body.clone()]);
                self.taken = body.end;
                return Ok(match head.fault {
                    None => Ok(Rendered {
                        bytes,
                        pages: head.pages,
                    }),
                    Some(fault) => Err(Complaint {
                        fault,
                        message: String::from_utf8_lossy(&bytes).into_owned(),
                    }),
                });
            }
            self.read().await?;
        }
    }

    /// Whether no answer is here, nor was in the pipe when it was last looked
    /// at.
    ///
    /// An error means that the worker is out of step.
    pub(super) fn is_empty(&self) -> io::Result<bool> {
        Ok(self.drained && self.whole_answer()?.is_none())
    }

    /// Where head and body of the next answer are, once both have come.
    fn whole_answer(&self) -> io::Result<Option<(Range<usize>, Range<usize>)>> {
        let Some(head) = self.whole_frame(self.taken)? else {
            return Ok(None);
        };
        let body = self.whole_frame(head.end)?;
        Ok(body.map(|body| (head, body)))
    }

    /// Where the content is of the frame that begins at `start`, once it has
    /// come.
    fn whole_frame(&self, start: usize) -> io::Result<Option<Range<usize>>> {
        let mut rest = self.incoming.get(start..).unwrap_or_default();
        let Ok(length) = rest.try_get_u32() else {
            return Ok(None);
        };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > MAX_FRAME {
            return Err(io::Error::other("frame too long"));
        }
        let content = start + 4..start + 4 + length;
        Ok((rest.len() >= length).then_some(content))
    }

    /// Waits for the worker to say that it is ready, and what confines it.
    pub(super) async fn ready(&mut self) -> io::Result<Confined> {
        loop {
            if let Some(word) = self.whole_frame(self.taken)? {
                self.taken = word.end;
                let said = self.incoming.get(word).unwrap_or_default();
                return Ok(serde_json::from_slice(said)?);
            }
            self.read().await?;
        }
    }

    /// Reads some of what the worker wrote; waits if there is nothing.
    async fn read(&mut self) -> io::Result<()> {
        self.incoming.drain(..std::mem::take(&mut self.taken));
        self.incoming.reserve(READ_BYTES);
        let room = self.incoming.capacity() - self.incoming.len();
        loop {
            let count = match rustix::io::read(&self.pipe, spare_capacity(&mut self.incoming)) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => count,
                Err(Errno::AGAIN) => {
                    let watched = Receiver::from_owned_fd(self.pipe.try_clone()?)?;
                    watched.readable().await?;
                    continue;
                }
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            };
            self.drained = count < room;
            return Ok(());
        }
    }
}
