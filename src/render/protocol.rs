//! The messages between parent and worker over the worker's standard input
//! and output: a length in four bytes, a JSON head, a length, a body.

use std::io::{self, Read};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::domain::in_one_line;

/// One page run to render.
#[derive(Debug, Clone)]
pub struct Job {
    /// Virtual path of the template, for instance `/letters/x/letter.typ`.
    pub template: String,
    /// Stable identity of the document; the same input with the same identity
    /// gives the same bytes.
    pub ident: String,
    /// What comes out.
    pub output: Output,
    /// The content of `/data.json`.
    pub data: Vec<u8>,
}

/// The form of the result.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// PDF/A-2a and PDF/UA-1.
    Pdf,
    /// The image of one page.
    Png {
        /// Which page, from 0.
        page: usize,
        /// Pixels per typographic point (1/72 inch).
        pixel_per_pt: f32,
    },
}

/// A finished page run.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The file; copies share it.
    pub bytes: Bytes,
    /// Number of pages of the whole document.
    pub pages: usize,
}

/// Head of a request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RequestHead {
    pub template: String,
    pub ident: String,
    pub output: Output,
}

/// Head of an answer; the body is the file, or why there is none.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AnswerHead {
    pub pages: usize,
    /// Where the fault lies, if no file came out.
    pub fault: Option<Fault>,
}

/// Where the fault lies when the engine gives no page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Fault {
    /// The template and the data do not go together.
    Template,
    /// These characters have no glyph in the font they would be shown in.
    Characters(String),
    /// A font is not the one that was checked.
    Fonts,
}

/// What a worker says instead of a page: a line for staff, short and clean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    pub fault: Fault,
    pub message: String,
}

impl Complaint {
    pub(super) fn of_template(message: &str) -> Self {
        Complaint {
            fault: Fault::Template,
            message: in_one_line(message, MESSAGE_MOST),
        }
    }
}

/// The most characters of a complaint.
pub(super) const MESSAGE_MOST: usize = 600;

/// Upper bound of a frame: more than any letter, less than a runaway.
pub(super) const MAX_FRAME: usize = 512 * 1024 * 1024;

/// Reads one frame; `None` at the end of the stream.
pub(super) fn read_frame(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > MAX_FRAME {
        return Err(io::Error::other("frame too long"));
    }
    let mut frame = vec![0; length];
    input.read_exact(&mut frame)?;
    Ok(Some(frame))
}

/// The bytes of a frame, its length first.
pub(super) fn frame(body: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(body.len()).map_err(|_| io::Error::other("frame too long"))?;
    let mut bytes = Vec::with_capacity(body.len() + 4);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(body);
    Ok(bytes)
}
