//! The child that reads a workbook, as its parent sees it.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStderr, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::inspect::{out_of_memory, too_slow};
use super::problem::FileProblem;
use super::source::Source;
use super::worksheet::damaged;
use crate::confine;

/// How often the pipe is looked at while nothing comes, and how long between.
/// A pause of the whole machine is one of these waits, however long it was.
const MOST_WAITS: u32 = 600;
const WAIT: Duration = Duration::from_secs(1);

/// As much of a child's last words as is looked at.
const LAST_WORDS: u64 = 64 * 1024;

/// The signals of a process that used up its processor time.
const OUT_OF_TIME: [i32; 2] = [9, 24];

/// The rows of a workbook as they come from the child.
pub(super) struct Rows {
    pipe: BufReader<Patient>,
    child: Option<Child>,
    last_words: Option<ChildStderr>,
}

/// A pipe from the child. It does not wait for ever.
struct Patient {
    pipe: File,
    gave_up: bool,
}

impl Rows {
    /// Starts a child that reads `source`: the sheet in this place, if one is
    /// named.
    pub(super) fn of(source: &Source, sheet: Option<usize>) -> Result<Self, FileProblem> {
        let program = confine::running_program()?;
        let mut command = confine::child(&program, "read-workbook");
        if let Some(sheet) = sheet {
            command.arg(sheet.to_string());
        }
        let mut child = command
            .stdin(source.file()?)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let missing = || io::Error::other("a pipe is missing");
        let pipe = child.stdout.take().ok_or_else(missing)?;
        let last_words = child.stderr.take();
        let mut rows = Rows::from_pipe(pipe.into());
        rows.child = Some(child);
        rows.last_words = last_words;
        Ok(rows)
    }

    /// The rows that come through a pipe.
    pub(super) fn from_pipe(pipe: OwnedFd) -> Self {
        let patient = Patient {
            pipe: File::from(pipe),
            gave_up: false,
        };
        Rows {
            pipe: BufReader::with_capacity(64 * 1024, patient),
            child: None,
            last_words: None,
        }
    }

    /// Why the child ended before it had told anything.
    pub(super) fn why_it_broke_off(mut self) -> FileProblem {
        if self.pipe.get_ref().gave_up {
            return too_slow();
        }
        let mut words = Vec::new();
        if let Some(pipe) = &mut self.last_words {
            let _ = pipe.take(LAST_WORDS).read_to_end(&mut words);
        }
        let words = String::from_utf8_lossy(&words);
        let status = self.child.as_mut().map(Child::wait);
        let signal = status.and_then(|status| status.ok()?.signal());
        if words.contains("memory allocation of") || words.contains("capacity overflow") {
            out_of_memory()
        } else if signal.is_some_and(|signal| OUT_OF_TIME.contains(&signal)) {
            too_slow()
        } else {
            damaged()
        }
    }
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.pipe.read(buffer)
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Read for Patient {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wait = Timespec::try_from(WAIT).map_err(io::Error::other)?;
        for _ in 0..MOST_WAITS {
            let mut watched = [PollFd::new(&self.pipe, PollFlags::IN)];
            match poll(&mut watched, Some(&wait)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return self.pipe.read(buffer),
                Err(error) => return Err(error.into()),
            }
        }
        self.gave_up = true;
        Err(io::ErrorKind::TimedOut.into())
    }
}
