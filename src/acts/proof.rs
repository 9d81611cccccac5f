//! Proof that what was issued is what is kept: `verify` and `reproduce`.

use bytes::Bytes;

use crate::archive::{ArchiveError, Condition, Holding};
use crate::domain::LetterId;
use crate::office::{self, Office, OfficeError, PrintError};
use crate::render::{Job, Output, TemplateSet};
use crate::store::{LetterRow, Part, StoreError, genesis};
use crate::wording::StaffMessage as _;

/// Entries read at a time, so that a register of years stays flat in memory.
const PAGE: i64 = 500;

/// What `verify` found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Register entries looked at.
    pub entries: u64,
    /// PDFs read and compared with their hash.
    pub pdfs: u64,
    /// What is wrong, a Japanese sentence each.
    pub problems: Vec<String>,
    /// Position and hash of the register's last entry.
    pub head: String,
}

/// Why a check cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// There is no such letter.
    #[error("{0}：この番号の書簡はありません。")]
    NoSuchLetter(LetterId),
    /// The letter was never set.
    #[error("{0}：まだ組版されていない書簡です。")]
    NotRendered(LetterId),
    /// Something needed to set it again is no longer the same.
    #[error("{0}")]
    Changed(String),
    /// The store failed.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// The archive failed.
    #[error("{}", .0.staff_message())]
    Archive(#[from] ArchiveError),
    /// Other bytes came out.
    #[error("{0}：もう一度組版しましたが、作成したときと同じ内容になりませんでした。")]
    Different(LetterId),
    /// The page did not come out.
    #[error("もう一度組版できませんでした。{0}")]
    Render(String),
    /// Something needed to set it does not open.
    #[error(transparent)]
    Office(#[from] OfficeError),
}

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

/// Checks the register's chain and every archived PDF.
///
/// # Errors
/// When store or archive cannot be read at all; damage is a finding.
pub async fn verify(office: &Office) -> Result<Findings, ProofError> {
    let mut conn = office.store.look().await?;
    let mut findings = Findings::default();
    let mut previous = genesis();
    let mut after = 0;
    loop {
        let entries = conn.register_entries(after, PAGE).await?;
        let Some(last) = entries.last() else { break };
        let next = last.seq;
        for entry in entries {
            findings.entries += 1;
            if entry.seq != after + 1 {
                findings.problems.push(format!(
                    "台帳の{}番から{}番までが失われています。",
                    after + 1,
                    entry.seq - 1
                ));
            }
            after = entry.seq;
            if entry.previous_sha256 != previous {
                findings.problems.push(format!(
                    "台帳の{}番({})で、前の記載とのつながりが切れています。",
                    entry.seq, entry.number
                ));
            }
            if entry.computed_sha256() != entry.entry_sha256 {
                findings.problems.push(format!(
                    "台帳の{}番({}、{})の内容が書き換えられています。",
                    entry.seq, entry.number, entry.letter
                ));
            }
            previous.clone_from(&entry.entry_sha256);
            let (Some(sha256), Some(data_sha256)) = (&entry.pdf_sha256, &entry.data_sha256) else {
                continue;
            };
            let data = conn.parts_of(entry.letter, &[Part::Data]).await?.data;
            if data.as_deref().map(crate::archive::sha256).as_ref() != Some(data_sha256) {
                findings.problems.push(format!(
                    "{}({})の組版データが失われたか、書き換えられています。",
                    entry.letter, entry.number
                ));
            }
            findings.pdfs += 1;
            let place = crate::archive::Archive::place(Holding::Pdf, sha256);
            match office.archive.check(Holding::Pdf, sha256).await? {
                Condition::Sound => {}
                Condition::Damaged => findings.problems.push(format!(
                    "{}({})のファイル archive/{place} の内容が変わっています。",
                    entry.letter, entry.number
                )),
                Condition::Missing => findings.problems.push(format!(
                    "{}({})のファイル archive/{place} がありません。",
                    entry.letter, entry.number
                )),
            }
        }
        after = next;
    }
    let beside = conn.beside_register().await?;
    for sha256 in beside.sets_in_use {
        if office.archive.check(Holding::Set, &sha256).await? != Condition::Sound {
            let place = crate::archive::Archive::place(Holding::Set, &sha256);
            findings.problems.push(format!(
                "書式の控え archive/{place} が失われたか、書き換えられています。"
            ));
        }
    }
    for letter in beside.unregistered {
        findings
            .problems
            .push(format!("{letter} について、台帳に正しい記載がありません。"));
    }
    findings.head = format!("{after}：{previous}");
    Ok(findings)
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
    let data = conn.parts_of(id, &[Part::Data]).await?.data;
    let data = data.ok_or(ProofError::NotRendered(id))?;
    let kept = kept(&letter)?;
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
