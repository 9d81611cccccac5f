//! The register's chain, and the data and PDF of each entry.

use super::failure::ProofError;
use crate::archive::{Archive, ArchiveError, Condition, Holding};
use crate::office::Office;
use crate::store::{Part, Reads, RegisterEntry, genesis};
use crate::wording::verify as told;

/// Entries read at a time, so that a register of years stays flat in memory.
const PAGE: i64 = 500;

/// What was looked at and found.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Entries.
    pub entries: u64,
    /// PDFs read and compared with their hash.
    pub pdfs: u64,
    /// What is wrong.
    pub problems: Vec<String>,
    /// What somebody should know.
    pub remarks: Vec<String>,
    /// Position and hash of the last entry.
    pub head: String,
}

/// Walks the register from its first entry to its last.
pub(super) async fn walk(office: &Office, conn: &mut Reads) -> Result<Walked, ProofError> {
    let mut walked = Walked::default();
    let mut previous = genesis();
    let mut entered = String::new();
    let mut after = 0;
    loop {
        let entries = conn.register_entries(after, PAGE).await?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            walked.entries += 1;
            hold(&entry, after, &previous, &mut walked.problems);
            if entry.entered_at < entered {
                let remark = told::entered_before(entry.seq, &entry.number);
                walked.remarks.push(remark);
            }
            after = entry.seq;
            walked.keep(office, conn, &entry).await?;
            entered = entry.entered_at;
            previous = entry.entry_sha256;
        }
    }
    walked.head = format!("{after}：{previous}");
    Ok(walked)
}

/// Holds an entry against the one before it, whose place is `after`.
fn hold(entry: &RegisterEntry, after: i64, previous: &str, problems: &mut Vec<String>) {
    if entry.seq != after + 1 {
        problems.push(told::entries_lost(after + 1, entry.seq - 1));
    }
    if entry.previous_sha256 != previous {
        problems.push(told::chain_broken(entry.seq, &entry.number));
    }
    if entry.computed_sha256() != entry.entry_sha256 {
        problems.push(told::entry_altered(entry.seq, &entry.number, entry.letter));
    }
}

impl Walked {
    /// Holds the data and the PDF of an entry against their hashes.
    async fn keep(
        &mut self,
        office: &Office,
        conn: &mut Reads,
        entry: &RegisterEntry,
    ) -> Result<(), ProofError> {
        let (Some(sha256), Some(data_sha256)) = (&entry.pdf_sha256, &entry.data_sha256) else {
            return Ok(());
        };
        let data = conn.parts_of(entry.letter, &[Part::Data]).await?.data;
        if data.as_deref().map(crate::archive::sha256).as_ref() != Some(data_sha256) {
            self.problems
                .push(told::data_altered(entry.letter, &entry.number));
        }
        self.pdfs += 1;
        let place = Archive::place(Holding::Pdf, sha256);
        let about = (entry.letter, entry.number.as_str(), place.as_str());
        match office.archive.check(Holding::Pdf, sha256).await {
            Ok(Condition::Sound) => {}
            Ok(Condition::Damaged) => self.problems.push(told::pdf_altered(about)),
            Ok(Condition::Missing) => self.problems.push(told::pdf_missing(about)),
            Err(ArchiveError::Storage(error)) => {
                self.problems.push(told::pdf_unreadable(about, &error));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}
