//! A letter set again from what was kept of it.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::failure::ProofError;
use crate::archive::Holding;
use crate::domain::LetterId;
use crate::office::{self, Office, PrintError};
use crate::record::record_sha256;
use crate::render::{Job, Output, TemplateSet};
use crate::store::{LetterRow, Part};
use crate::wording::verify::record_altered;

/// What `reproduce` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reproduction {
    /// The same bytes came out.
    Identical {
        /// Their number.
        bytes: usize,
    },
    /// Other bytes came out.
    Different {
        /// SHA-256 that was kept.
        kept: String,
        /// SHA-256 of what came out now.
        now: String,
    },
}

/// Sets a letter again from what was kept of it and compares the bytes with
/// those that went out.
///
/// # Errors
/// When something it was set from is gone or no longer the same.
pub async fn reproduce(office: &Office, id: LetterId) -> Result<Reproduction, ProofError> {
    let (kept, bytes) = set_again(office, id).await?;
    let now = crate::archive::sha256(&bytes);
    Ok(if now == kept {
        Reproduction::Identical { bytes: bytes.len() }
    } else {
        Reproduction::Different { kept, now }
    })
}

/// A letter's PDF, byte for byte, set again from what was kept of it: its
/// file in the archive may be damaged or gone.
///
/// # Errors
/// As [`reproduce`], and [`ProofError::Different`] when other bytes come out.
pub async fn restored(office: &Office, id: LetterId) -> Result<Bytes, ProofError> {
    let (kept, bytes) = set_again(office, id).await?;
    if crate::archive::sha256(&bytes) == kept {
        Ok(bytes)
    } else {
        Err(ProofError::Different(id))
    }
}

/// The SHA-256 that was kept of a letter's PDF, and the PDF as it comes out
/// now.
async fn set_again(office: &Office, id: LetterId) -> Result<(String, Bytes), ProofError> {
    let mut conn = office.store.look().await?;
    let letter = conn.letter(id).await?.ok_or(ProofError::NoSuchLetter(id))?;
    let parts = conn.parts_of(id, &[Part::Data, Part::Record]).await?;
    let data = parts.data.ok_or(ProofError::NotRendered(id))?;
    let kept = kept(&letter)?;
    let record: Map<String, Value> = serde_json::from_str(&parts.record).unwrap_or_default();
    if record_sha256(&letter.kind, &record) != letter.record_sha256 {
        return Err(ProofError::Changed(record_altered(id)));
    }
    if crate::archive::sha256(&data) != kept.data {
        return Err(ProofError::Changed(format!(
            "{id}：保存されている組版データが書き換えられています。"
        )));
    }
    let set = office.archive.get(Holding::Set, kept.set).await?;
    let set = TemplateSet::thaw(&set).map_err(ProofError::Changed)?;
    if set.sha256() != kept.set {
        return Err(ProofError::Changed(format!(
            "{id}：保存されている書式が書き換えられています。"
        )));
    }
    if office.desk.fonts()?.sha256() != kept.fonts {
        return Err(ProofError::Changed(format!(
            "{id}：作成したときとフォントが違います。当時の版のプログラムとフォントで実行してください。"
        )));
    }
    if crate::render::ENGINE != kept.engine {
        return Err(ProofError::Changed(format!(
            "{id}：作成したときの組版エンジン({})と違います。当時の版のプログラムで実行してください。",
            kept.engine
        )));
    }
    let job = Job {
        template: format!("/letters/{}/letter.typ", letter.kind),
        ident: id.to_string(),
        output: Output::Pdf,
        data,
    };
    match office::print_one_from(&office.desk, &set, &job).await {
        Ok(rendered) => Ok((kept.pdf.to_owned(), rendered.bytes)),
        Err(PrintError::Office(error)) => Err(error.into()),
        Err(PrintError::Page(problem)) => Err(ProofError::Render(problem)),
    }
}

struct Kept<'a> {
    data: &'a str,
    set: &'a str,
    fonts: &'a str,
    engine: &'a str,
    pdf: &'a str,
}

fn kept(letter: &LetterRow) -> Result<Kept<'_>, ProofError> {
    let missing = || ProofError::NotRendered(letter.id);
    Ok(Kept {
        data: letter.data_sha256.as_deref().ok_or_else(missing)?,
        set: letter.set_sha256.as_deref().ok_or_else(missing)?,
        fonts: letter.fonts_sha256.as_deref().ok_or_else(missing)?,
        engine: letter.engine.as_deref().ok_or_else(missing)?,
        pdf: letter.pdf_sha256.as_deref().ok_or_else(missing)?,
    })
}
