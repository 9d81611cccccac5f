//! Composing: one letter's PDF and the society's neutral wording become the bytes of one message.
//!
//! The result is plain ASCII with CRLF line ends (texts and PDF in base64), so it passes any
//! gateway unchanged, and depends on the input alone: date, Message-ID and, through it, the
//! multipart boundary come from the caller.

use std::path::Path;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::PAD;
use chrono::{DateTime, FixedOffset};
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as AttachedFile, Body, Mailbox, MultiPart, SinglePart};

use crate::hash::Sha256;

use super::address::{AttachmentName, EmailAddress, MessageId, MessageName, one_line};
use super::error::{Field, MailError};
use super::settings::Sender;
use super::template::{Templates, Wording};
use super::transport::MailEnvelope;

/// Longest line of a message in bytes without its CRLF (RFC 5322 §2.1.1).
const LINE_MAX: usize = 998;
/// Length of a full line of base64 in bytes without its CRLF.
const BASE64_LINE: usize = 76;
/// First second of the year 10000: the Date header has four digits for the year.
const DATE_END: i64 = 253_402_300_800;

/// What the society says about itself in a message; each value is one line.
#[derive(Debug, Clone)]
pub struct SocietyContact {
    /// Full name, 「○○健康保険組合」.
    pub name: String,
    /// Department, when one is to be named; a neutral one (it must not tell what the letter is
    /// about).
    pub department: Option<String>,
    /// Telephone for questions and misdelivered mail.
    pub telephone: String,
    /// Hours the telephone is answered.
    pub hours: Option<String>,
    /// Postal code without 「〒」.
    pub postal_code: String,
    /// Postal address.
    pub address: String,
}

/// The one PDF.
#[derive(Debug, Clone)]
pub struct Attachment<'a> {
    /// The file name the recipient sees.
    pub name: AttachmentName,
    /// The file.
    pub pdf: &'a [u8],
}

/// Everything one message is made of.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// Template folder, such as `document-notice`.
    pub template: &'a str,
    /// Opaque name of the message; goes to logs and `.eml` file names.
    pub name: MessageName,
    /// The only recipient.
    pub to: EmailAddress,
    /// One for every letter, the same however often it is handed over, and stored before that.
    pub message_id: MessageId,
    /// The Date header, 1970–9999; shown in UTC.
    pub date: DateTime<FixedOffset>,
    /// The greeting's name, as on the letter. Appears in the body only.
    pub addressee_name: &'a str,
    /// 「様」, 「御中」.
    pub honorific: &'a str,
    /// The society.
    pub society: &'a SocietyContact,
    /// The letter's id, printed as the number to quote on the telephone.
    pub letter_id: &'a str,
    /// The document number; leave it out where numbers tell the kind of document.
    pub document_number: Option<&'a str>,
    /// The letter.
    pub attachment: Attachment<'a>,
}

/// A finished message.
#[derive(Debug, Clone)]
pub struct Composed {
    /// Who sends, who receives, and the opaque name.
    pub envelope: MailEnvelope,
    /// Headers and body as they travel: ASCII, CRLF, no line above 998 bytes.
    pub bytes: Vec<u8>,
}

/// Composes messages of one sender from one folder of templates. Cheap to share between tasks.
#[derive(Debug)]
pub struct Composer {
    sender: Sender,
    templates: Templates,
}

impl Composer {
    /// Compiles and rehearses every template in `folder` (`templates/mail`).
    ///
    /// # Errors
    /// [`MailError::TemplateFile`] when one cannot be read, [`MailError::Template`] or
    /// [`MailError::BadLine`] when one is wrong.
    pub fn open(folder: &Path, sender: Sender) -> Result<Self, MailError> {
        Ok(Self {
            sender,
            templates: Templates::open(folder)?,
        })
    }

    /// Composes one message. The same draft always gives the same bytes.
    ///
    /// # Errors
    /// [`MailError::BadLine`] for a text that is empty or holds a line break or control character,
    /// [`MailError::NotPdf`], [`MailError::BadDate`], [`MailError::UnknownTemplate`];
    /// [`MailError::Build`] would be a bug.
    pub fn compose(&self, draft: &Draft<'_>) -> Result<Composed, MailError> {
        draft.check()?;
        let text = self.templates.render(
            draft.template,
            &Wording {
                addressee_name: draft.addressee_name,
                honorific: draft.honorific,
                society: draft.society,
                letter_id: draft.letter_id,
                document_number: draft.document_number,
                attachment_name: draft.attachment.name.as_str(),
            },
        )?;
        let body = base64(text.body.as_bytes());
        let pdf = base64(draft.attachment.pdf);
        let pdf_type =
            ContentType::parse("application/pdf").map_err(|_| MailError::Build("content type"))?;
        let parts = MultiPart::mixed()
            .boundary(boundary(&draft.message_id))
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .body(body),
            )
            .singlepart(
                AttachedFile::new(draft.attachment.name.as_str().to_owned()).body(pdf, pdf_type),
            );
        let mut message = Message::builder()
            .from(Mailbox::new(
                self.sender.name.clone(),
                self.sender.from.to_lettre(),
            ))
            // The address alone: a display name would put the person into a header every relay
            // logs.
            .to(Mailbox::new(None, draft.to.to_lettre()))
            .subject(text.subject)
            .date(SystemTime::from(draft.date))
            .message_id(Some(draft.message_id.as_str().to_owned()))
            // RFC 3834: keeps holiday replies and the like from answering.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(reply_to) = &self.sender.reply_to {
            message = message.reply_to(Mailbox::new(None, reply_to.to_lettre()));
        }
        let bytes = message
            .multipart(parts)
            .map_err(|_| MailError::Build("headers"))?
            .formatted();
        if !is_wire_safe(&bytes) {
            return Err(MailError::Build("line form"));
        }
        let envelope = MailEnvelope {
            name: draft.name.clone(),
            from: self.sender.from.clone(),
            to: draft.to.clone(),
        };
        Ok(Composed { envelope, bytes })
    }
}

impl Draft<'_> {
    fn check(&self) -> Result<(), MailError> {
        one_line(Field::AddresseeName, self.addressee_name)?;
        one_line(Field::Honorific, self.honorific)?;
        one_line(Field::LetterId, self.letter_id)?;
        if let Some(number) = self.document_number {
            one_line(Field::DocumentNumber, number)?;
        }
        let society = self.society;
        let required = [
            &society.name,
            &society.telephone,
            &society.postal_code,
            &society.address,
        ];
        for line in required
            .into_iter()
            .chain(&society.department)
            .chain(&society.hours)
        {
            one_line(Field::Society, line)?;
        }
        if !self.attachment.pdf.starts_with(b"%PDF-") {
            return Err(MailError::NotPdf);
        }
        // The header writer would panic before 1970 and write five digits after 9999.
        if !(0..DATE_END).contains(&self.date.timestamp()) {
            return Err(MailError::BadDate);
        }
        Ok(())
    }
}

/// Whether bytes may travel as they are: ASCII, lines of at most 998 bytes, each ended by CRLF, and
/// no CR or LF elsewhere. A bare LF before a dot could end the message early at some gateways and
/// smuggle in a second one.
pub(super) fn is_wire_safe(bytes: &[u8]) -> bool {
    // Whole-slice tests first: they run many bytes at a time, and a message is
    // mostly base64.
    if bytes.is_empty() || !bytes.is_ascii() || memchr::memchr(0, bytes).is_some() {
        return false;
    }
    let count = |end| memchr::memchr_iter(end, bytes).count();
    let ends = (count(b'\r'), count(b'\n'));
    // Most lines are as long as the one before, so each is looked for there
    // first; that may skip ends, and then the counts differ.
    [true, false].into_iter().any(|guess| {
        let lines = lines_of(bytes, guess);
        lines.is_some_and(|lines| ends == (lines, lines))
    })
}

/// Number of lines, if each ends in CRLF and is short enough.
fn lines_of(bytes: &[u8], guess: bool) -> Option<usize> {
    let mut rest = bytes;
    let mut length = 0;
    let mut lines = 0;
    while !rest.is_empty() {
        if !guess || rest.get(length..length + 2) != Some(b"\r\n") {
            length = memchr::memchr(b'\n', rest)?.checked_sub(1)?;
            if length > LINE_MAX || rest[length] != b'\r' {
                return None;
            }
        }
        rest = &rest[length + 2..];
        lines += 1;
    }
    Some(lines)
}

/// Base64 in lines (RFC 2045 §6.8). The mail library encodes each line alone,
/// which for a PDF takes several times as long as all at once.
fn base64(bytes: &[u8]) -> Body {
    let text = encoder().encode(bytes);
    let mut lines = Vec::with_capacity(text.len() + text.len() / BASE64_LINE * 2);
    for (place, line) in text.as_bytes().chunks(BASE64_LINE).enumerate() {
        if place > 0 {
            lines.extend_from_slice(b"\r\n");
        }
        lines.extend_from_slice(line);
    }
    Body::dangerous_pre_encoded(lines, ContentTransferEncoding::Base64)
}

/// The crate has a faster encoder for the common processors only.
#[cfg(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon")
))]
fn encoder() -> impl Engine {
    base64::engine::Simd::standard(PAD)
}

#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon")
)))]
fn encoder() -> impl Engine {
    base64::engine::GeneralPurpose::new(&base64::alphabet::STANDARD, PAD)
}

/// Derived from the Message-ID and not drawn at random; `=_` occurs in no base64 text.
fn boundary(message_id: &MessageId) -> String {
    format!(
        "=_{}",
        hex::encode(&Sha256::of(message_id.as_str().as_bytes()).as_bytes()[..16])
    )
}

#[cfg(test)]
mod tests;
