//! An edition as it stands on the site: its record, its PDF, and how it
//! compares with the one before.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::comparison::Comparison;
use super::super::page::{set_notice, set_page};
use super::super::{Edition, Notice};
use super::place::{Files, Newest};
use super::{SiteError, table, wording};
use crate::domain::Society;
use crate::hash::Sha256;
use crate::office::Premises;
use crate::render::{Pool, Rendered};
use crate::text::era;

/// File of an edition's record in its folder.
pub(super) const RECORD: &str = "edition.json";

/// What is kept of a published edition, for programs too.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub number: u32,
    pub label: String,
    pub effective: NaiveDate,
    /// The society as the edition names it.
    pub society: Publisher,
    pub pdf: Facts,
    /// Of the comparison with the edition before, if there is one.
    pub comparison: Option<Facts>,
    pub notice: Notice,
}

/// What the page of a notice says of the society beside the notice's words.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Publisher {
    pub name: String,
    pub representative_title: String,
    pub representative_name: Option<String>,
    pub privacy_page: String,
}

/// A PDF's facts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Facts {
    pub pages: usize,
    pub bytes: usize,
    pub sha256: String,
}

/// An edition with its files.
pub(super) struct Published<'a> {
    pub edition: &'a Edition,
    pub record: Record,
    pub pdf: Vec<u8>,
    /// None for the first edition.
    pub comparison: Option<Compared<'a>>,
}

/// An edition beside the one before.
pub(super) struct Compared<'a> {
    pub former: &'a Edition,
    pub changes: Vec<String>,
    pub rows: Vec<table::Row>,
    pub pdf: Vec<u8>,
}

impl Record {
    pub(super) fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn is_of(&self, edition: &Edition) -> bool {
        let same_notice =
            serde_json::to_value(&self.notice).ok() == serde_json::to_value(&edition.notice).ok();
        (self.number, &self.label, self.effective)
            == (edition.number, &edition.label, edition.effective)
            && same_notice
    }
}

impl Publisher {
    fn of(society: &Society) -> Self {
        Publisher {
            name: society.name.clone(),
            representative_title: society.representative_title.clone(),
            representative_name: society.representative_name.clone(),
            privacy_page: society.privacy_page.clone(),
        }
    }
}

impl Facts {
    pub(super) fn of(rendered: &Rendered) -> Self {
        Facts {
            pages: rendered.pages,
            bytes: rendered.bytes.len(),
            sha256: Sha256::of(&rendered.bytes).to_string(),
        }
    }

    /// A file that still has these facts.
    fn file(&self, path: &Path) -> Option<Vec<u8>> {
        let bytes = fs::read(path).ok()?;
        (Sha256::of(&bytes).to_string() == self.sha256).then_some(bytes)
    }
}

impl Published<'_> {
    /// Its folder below the site, with a slash at the end.
    pub(super) fn folder(&self) -> String {
        folder(self.edition)
    }

    /// The day it applies from, as printed. Of the first edition only its
    /// label tells the day: it was in force before this program kept editions.
    pub(super) fn since(&self) -> Option<String> {
        self.comparison.as_ref()?;
        Some(day(self.edition.effective))
    }
}

/// A day as printed.
fn day(date: NaiveDate) -> String {
    era::write(date).unwrap_or_else(|| date.to_string())
}

fn folder(edition: &Edition) -> String {
    format!("editions/{}/", edition.number)
}

/// The newest edition among a site's files, by the records in it. One that
/// cannot be read is no record.
pub(super) fn newest(files: &Files) -> Option<Newest> {
    let records = files
        .iter()
        .filter(|(path, _)| path.starts_with("editions") && path.ends_with(RECORD));
    records
        .filter_map(|(_, bytes)| serde_json::from_slice::<Newest>(bytes).ok())
        .max_by_key(|record| record.number)
}

/// All editions, oldest first: earlier ones as the site at `site` has them,
/// if there is one, the current one set anew.
pub(super) async fn all<'a>(
    desk: &Premises,
    editions: &'a [Edition],
    site: Option<&Path>,
) -> Result<Vec<Published<'a>>, SiteError> {
    let pool = desk.one_worker()?;
    let mut published: Vec<Published<'a>> = Vec::new();
    // A comparison is as it was only if the edition before is.
    let mut as_before = true;
    for (index, edition) in editions.iter().enumerate() {
        let former = published.last().map(|former| former.edition);
        as_before = as_before && index + 1 < editions.len();
        let kept = site
            .filter(|_| as_before)
            .and_then(|site| kept(edition, former, site));
        as_before = kept.is_some();
        published.push(match kept {
            Some(kept) => kept,
            None => made(desk, &pool, edition, former).await?,
        });
    }
    Ok(published)
}

/// An earlier edition as it stands on the site, if it does, whole.
fn kept<'a>(
    edition: &'a Edition,
    former: Option<&'a Edition>,
    site: &Path,
) -> Option<Published<'a>> {
    let folder = site.join(folder(edition));
    let record: Record = serde_json::from_slice(&fs::read(folder.join(RECORD)).ok()?).ok()?;
    if !record.is_of(edition) {
        return None;
    }
    let pdf = record.pdf.file(&folder.join("notice.pdf"))?;
    let comparison = match (former, &record.comparison) {
        (None, None) => None,
        (Some(former), Some(facts)) => {
            let (changes, rows) = compared(former, edition);
            Some(Compared {
                former,
                changes,
                rows,
                pdf: facts.file(&folder.join("comparison.pdf"))?,
            })
        }
        _ => return None,
    };
    Some(Published {
        edition,
        record,
        pdf,
        comparison,
    })
}

async fn made<'a>(
    desk: &Premises,
    pool: &Pool,
    edition: &'a Edition,
    former: Option<&'a Edition>,
) -> Result<Published<'a>, SiteError> {
    let society = Publisher::of(&desk.society);
    let pdf = set_notice(pool, desk, &edition.notice, &society.privacy_page).await?;
    let comparison = match former {
        None => None,
        Some(former) => Some(comparison(desk, pool, former, edition).await?),
    };
    let (comparison, facts) = comparison.unzip();
    let record = Record {
        number: edition.number,
        label: edition.label.clone(),
        effective: edition.effective,
        society,
        pdf: Facts::of(&pdf),
        comparison: facts,
        notice: edition.notice.clone(),
    };
    Ok(Published {
        edition,
        record,
        pdf: pdf.bytes.to_vec(),
        comparison,
    })
}

async fn comparison<'a>(
    desk: &Premises,
    pool: &Pool,
    former: &'a Edition,
    edition: &Edition,
) -> Result<(Compared<'a>, Facts), SiteError> {
    let (changes, rows) = compared(former, edition);
    let data = json!({
        "title": edition.notice.title,
        "old": former.label,
        "new": edition.label,
        "since": day(edition.effective),
        "date": edition.effective,
        "rows": rows,
    });
    let ident = format!("comparison {}", edition.effective);
    let pdf = set_page(pool, desk, "/notice/comparison.typ", ident, data).await?;
    let facts = Facts::of(&pdf);
    let compared = Compared {
        former,
        changes,
        rows,
        pdf: pdf.bytes.to_vec(),
    };
    Ok((compared, facts))
}

fn compared(former: &Edition, edition: &Edition) -> (Vec<String>, Vec<table::Row>) {
    let comparison = Comparison::of(&former.notice, &edition.notice);
    (
        wording::changes(&edition.notice, &comparison),
        table::rows(&former.notice, &edition.notice, &comparison),
    )
}
