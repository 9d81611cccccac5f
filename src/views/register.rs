//! The register of issued documents (文書件名簿) of a fiscal year, for an
//! auditor: what was issued to whom and how, and every number that is void.
//! Of a letter's record it has the addressee alone.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Did, did, kind_name};
use crate::domain::{LetterId, State, fiscal_year};
use crate::office::Office;
use crate::store::{
    AuditRow, LetterQuery, LetterRow, Part, Reads, RegisterEntry, StoreError, Which,
};
use crate::text::era;
use crate::wording;

/// Entries read at a time.
const PAGE: i64 = 500;

/// A line of the register.
#[derive(Debug, Clone, serde::Serialize)]
pub struct RegisterLine {
    /// Its place in the register, from 1.
    pub place: i64,
    /// The document number.
    pub number: String,
    /// The date printed on the letter.
    pub date: String,
    /// Whether the number is void.
    pub is_void: bool,
    /// Why it is, and who made it so.
    pub why_void: Option<String>,
    /// The letter.
    pub letter: String,
    /// The Japanese name of its kind.
    pub kind: String,
    /// Its subject (件名); its outcome where the kind is known no more.
    pub subject: String,
    /// Whom it went to.
    pub addressee: String,
    /// How it goes.
    pub way: String,
    /// Where it is, in the word of staff.
    pub state: String,
    /// When it left the house, where staff recorded it.
    pub left_on: Option<NaiveDate>,
    /// Who queued it.
    pub queued_by: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When it was entered.
    pub entered_at: String,
    /// SHA-256 of its PDF in the archive.
    pub pdf_sha256: Option<String>,
    /// Hash of the entry, which the next one holds.
    pub entry_sha256: String,
}

/// The register of a year.
#[derive(Debug)]
pub struct YearRegister {
    /// The year it begins in.
    pub year: i32,
    /// Its lines, in the order in which they were entered.
    pub lines: Vec<RegisterLine>,
    /// Numbers nobody got, because a database that was put back went on past
    /// them, each as staff read it.
    pub skipped: Vec<String>,
}

/// The fiscal year that was typed: R8, 令和8年度, 2026.
pub fn fiscal_year_named(text: &str) -> Option<i32> {
    let typed = text.trim();
    let typed = typed.strip_suffix("年度").unwrap_or(typed);
    let typed = typed.strip_suffix('年').unwrap_or(typed);
    // The first year of an era begins within a fiscal year.
    let days = ["4.1", "5.1", "12.31"];
    let mut days = days.iter().map(|day| era::parse(&format!("{typed}.{day}")));
    days.find_map(Result::ok).map(fiscal_year)
}

impl YearRegister {
    /// Reads it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn of(office: &Office, year: i32) -> Result<Self, StoreError> {
        let mut conn = office.store.reads().await?;
        let mut lines = Vec::new();
        let mut after = 0;
        loop {
            let page = conn.register_entries(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            let of_year = |entry: &RegisterEntry| {
                let date = entry.issue_date.parse::<NaiveDate>();
                date.is_ok_and(|date| fiscal_year(date) == year)
            };
            let page: Vec<RegisterEntry> = page.into_iter().filter(of_year).collect();
            lines.extend(lines_of(office, &mut conn, page).await?);
        }
        let acceptances = conn.acceptances().await?;
        let skipped = acceptances
            .iter()
            .filter(|one| fiscal_year(one.at.date()) == year)
            .flat_map(|one| wording::standing::skipped(&one.skipped));
        Ok(YearRegister {
            year,
            lines,
            skipped: skipped.collect(),
        })
    }

    /// How many of its numbers are void.
    pub fn void(&self) -> usize {
        self.lines.iter().filter(|line| line.is_void).count()
    }
}

async fn lines_of(
    office: &Office,
    conn: &mut Reads,
    entries: Vec<RegisterEntry>,
) -> Result<Vec<RegisterLine>, StoreError> {
    let ids: Vec<LetterId> = entries.iter().map(|entry| entry.letter).collect();
    let query = LetterQuery::of(Which::Named(&ids));
    let letters = conn.letters(&query).await?.into_iter();
    let letters: BTreeMap<LetterId, LetterRow> = letters.map(|row| (row.id, row)).collect();
    let mut names = conn.names_of_letters(&ids).await?;
    let mut lines = Vec::with_capacity(entries.len());
    for entry in entries {
        let is_void = entry.event == "void";
        let why_void = match is_void {
            true => {
                let history = conn.parts_of(entry.letter, &[Part::History]).await?.history;
                Some(why_void(&history))
            }
            false => None,
        };
        let names = names.remove(&entry.letter).unwrap_or_default();
        let letter = letters.get(&entry.letter);
        lines.push(line(office, entry, letter, names.addressee_name, why_void));
    }
    Ok(lines)
}

/// Why the number of a withdrawn letter is void, from its history.
fn why_void(history: &[AuditRow]) -> String {
    let withdrawn = |line: &&AuditRow| line.to_state == State::Cancelled.as_str();
    let Some(line) = history.iter().rev().find(withdrawn) else {
        return "欠番".to_owned();
    };
    let why = match did(line.note.as_deref()) {
        Did::Replaced { by, .. } => format!("書簡 {by} に差し替え"),
        Did::Pulled => "取消し(紙を抜き、又はファイルを消した)".to_owned(),
        _ => "取消し".to_owned(),
    };
    let (at, who) = (wording::time(line.at), wording::actor(&line.actor));
    format!("{why}　{at} {who}")
}

fn line(
    office: &Office,
    entry: RegisterEntry,
    letter: Option<&LetterRow>,
    addressee: Option<String>,
    why_void: Option<String>,
) -> RegisterLine {
    let catalogue = &office.desk.catalogue;
    let outcome = catalogue
        .get(&entry.kind)
        .and_then(|kind| kind.outcome(&entry.outcome));
    let subject = outcome.map(|outcome| outcome.subject.clone());
    let text = |of: fn(&LetterRow) -> String| letter.map(of).unwrap_or_default();
    RegisterLine {
        place: entry.seq,
        kind: kind_name(catalogue, &entry.kind).to_owned(),
        subject: subject.unwrap_or(entry.outcome),
        number: entry.number,
        date: entry.issue_date,
        is_void: why_void.is_some(),
        why_void,
        letter: entry.letter.to_string(),
        addressee: addressee.unwrap_or_default(),
        way: text(|letter| letter.delivery.label().to_owned()),
        state: text(|letter| letter.at.label().to_owned()),
        left_on: letter.and_then(|letter| Some(letter.dispatched.as_ref()?.on)),
        queued_by: text(|letter| letter.queued_by.clone()),
        approved_by: letter.and_then(|letter| letter.approved_by.clone()),
        entered_at: entry.entered_at,
        pdf_sha256: entry.pdf_sha256,
        entry_sha256: entry.entry_sha256,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fiscal_year_is_named_by_its_era_or_its_year() {
        for (typed, year) in [
            ("R8", 2026),
            ("令和8年度", 2026),
            ("Ｒ８", 2026),
            ("2026", 2026),
            ("2026年度", 2026),
            ("令和元", 2019),
            ("H30", 2018),
        ] {
            assert_eq!(fiscal_year_named(typed), Some(year), "{typed}");
        }
        for typed in ["", "8", "去年", "R0"] {
            assert_eq!(fiscal_year_named(typed), None, "{typed}");
        }
    }
}
