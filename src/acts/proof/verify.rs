//! `verify`: the file itself, the register, and every row that another proves.

use super::chain;
use super::failure::ProofError;
use super::letters;
use super::requests;
use crate::archive::{Archive, ArchiveError, Condition, Holding};
use crate::office::Office;
use crate::store::{Reads, StoreError};
use crate::wording::{StaffMessage as _, verify as told};

/// Unreadable rows named at most.
const NAMED: usize = 100;

/// What `verify` found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Register entries looked at.
    pub entries: u64,
    /// PDFs read and compared with their hash.
    pub pdfs: u64,
    /// What is wrong, a Japanese sentence each.
    pub problems: Vec<String>,
    /// What is not wrong and somebody should know.
    pub remarks: Vec<String>,
    /// Position and hash of the register's last entry.
    pub head: String,
}

/// Checks the database file itself, the register's chain, every archived PDF,
/// and every row of the store against what else is said of it.
///
/// # Errors
/// When store or archive cannot be read at all; damage is a finding.
pub async fn verify(office: &Office) -> Result<Findings, ProofError> {
    let mut conn = office.store.look().await?;
    let mut findings = Findings::default();
    let integrity = conn.integrity().await?;
    let file = integrity.damage.iter().map(|line| told::file_damaged(line));
    findings.problems.extend(file);
    let dangling = integrity.dangling.iter().chain(&integrity.unknown_words);
    findings
        .problems
        .extend(dangling.map(|line| told::dangling(line)));

    // A part that damage stops tells so, and the others go on.
    match chain::walk(office, &mut conn).await {
        Ok(walked) => {
            findings.entries = walked.entries;
            findings.pdfs = walked.pdfs;
            findings.head = walked.head;
            findings.problems.extend(walked.problems);
            findings.remarks.extend(walked.remarks);
        }
        Err(ProofError::Store(error)) => findings.stopped(&error),
        Err(error) => return Err(error),
    }
    findings.take(beside(office, &mut conn).await)?;
    let held = letters::differing(&mut conn).await.map(|held| {
        if !held.falling.is_empty() {
            findings.remarks.push(told::times_fall(&held.falling));
        }
        held.problems
    });
    findings.take(held)?;
    findings.take(letters::misnumbered(office, &mut conn).await)?;
    findings.take(requests::differing(office, &mut conn).await)?;
    findings.take(rows(&mut conn).await)?;
    match orphans(office, &mut conn).await {
        Ok(Some((told, true))) => findings.remarks.push(told),
        Ok(Some((told, false))) => findings.problems.push(told),
        Ok(None) => {}
        Err(ProofError::Store(error)) => findings.stopped(&error),
        Err(error) => return Err(error),
    }
    Ok(findings)
}

impl Findings {
    fn take(&mut self, found: Result<Vec<String>, ProofError>) -> Result<(), ProofError> {
        match found {
            Ok(problems) => self.problems.extend(problems),
            Err(ProofError::Store(error)) => self.stopped(&error),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Damage stopped a part of the check.
    fn stopped(&mut self, error: &StoreError) {
        self.problems.push(error.staff_message());
    }
}

/// The template sets letters were set from, and entries that are not there.
async fn beside(office: &Office, conn: &mut Reads) -> Result<Vec<String>, ProofError> {
    let mut problems = Vec::new();
    let beside = conn.beside_register().await?;
    for sha256 in beside.sets_in_use {
        let place = Archive::place(Holding::Set, &sha256);
        match office.archive.check(Holding::Set, &sha256).await {
            Ok(Condition::Sound) => {}
            Ok(Condition::Damaged | Condition::Missing) | Err(ArchiveError::Storage(_)) => {
                problems.push(told::set_lost(&place));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let unregistered = beside.unregistered.into_iter();
    problems.extend(unregistered.map(told::not_in_register));
    Ok(problems)
}

/// What rows say of each other, definitions, and values nobody can read.
async fn rows(conn: &mut Reads) -> Result<Vec<String>, ProofError> {
    let foreign = conn.foreign_definitions().await?;
    let mut problems: Vec<String> = foreign.iter().map(|name| told::foreign(name)).collect();
    let damaged = conn.damaged_rows(NAMED).await?;
    problems.extend(damaged.iter().map(|what| told::unreadable(what)));
    let disagreements = conn.disagreements().await?;
    problems.extend(disagreements.iter().map(told::disagreement));
    let notes = conn.changed_notes().await?;
    problems.extend(notes.into_iter().map(told::note_altered));
    Ok(problems)
}

/// PDFs of the archive that nothing in the store names, and whether letters
/// explain them that have a number and no entry yet: the program may have
/// ended after a page was kept and before it was entered.
async fn orphans(office: &Office, conn: &mut Reads) -> Result<Option<(String, bool)>, ProofError> {
    let kept = office.archive.pdfs()?;
    let unknown = conn.unknown_pdfs(&kept).await?;
    if unknown.is_empty() {
        return Ok(None);
    }
    let explained = conn.numbered_unentered().await?;
    let explained = usize::try_from(explained).unwrap_or_default() >= unknown.len();
    let places: Vec<String> = unknown
        .iter()
        .map(|sha256| Archive::place(Holding::Pdf, sha256))
        .collect();
    if !explained && !conn.acceptances().await?.is_empty() {
        return Ok(Some((told::orphans_of_before(&places), true)));
    }
    Ok(Some((told::orphans(&places, explained), explained)))
}
