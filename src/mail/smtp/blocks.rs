//! The message as it is written, block by block, so that it is known when the
//! final dot may have left.

use tokio::sync::watch;

/// Bytes of message written at once; each block may take as long as one step.
const BLOCK: usize = 64 * 1024;

/// How far writing the message has come.
#[derive(Clone, Copy)]
pub(super) enum Written {
    /// The final dot cannot have left.
    Part,
    /// The final dot may have left.
    All,
}

/// The message in blocks. Being asked for one more than there are means that all are written.
pub(super) struct Blocks<'a> {
    rest: std::slice::Chunks<'a, u8>,
    report: watch::Sender<Written>,
}

impl<'a> Iterator for Blocks<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let block = self.rest.next();
        self.report.send_replace(if block.is_some() {
            Written::Part
        } else {
            Written::All
        });
        block
    }
}

impl<'a> Blocks<'a> {
    /// A message, and where its progress is reported.
    pub(super) fn of(message: &'a [u8], report: watch::Sender<Written>) -> Self {
        Blocks {
            rest: message.chunks(BLOCK),
            report,
        }
    }
}
