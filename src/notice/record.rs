//! The decision record (決定記録): what changes, the answers, who, when, and
//! what follows, on one page for the file.

use serde_json::{Value, json};

use super::comparison::{Comparison, Difference};
use super::{RevisionError, edition_of};
use crate::domain::Stamp;
use crate::office::{self, Premises};
use crate::render::Rendered;
use crate::store::NoticeRow;
use crate::text::era;

/// Sets the decision record of `row`, which was compared with `former`.
///
/// # Errors
/// [`RevisionError`] when it has none, or the page does not come out.
pub async fn record_pdf(
    desk: &Premises,
    former: &NoticeRow,
    row: &NoticeRow,
) -> Result<Rendered, RevisionError> {
    let data = record_data(former, row)?;
    let ident = format!("notice decision {}", row.number);
    let job = office::page_job(desk, "/notice/decision-record.typ", ident, data);
    let printed = office::print_one(desk, &job).await;
    printed.map_err(|error| RevisionError::Record(error.to_string()))
}

/// What the template sees.
fn record_data(former: &NoticeRow, row: &NoticeRow) -> Result<Value, RevisionError> {
    let record = row.decision.as_deref().ok_or(RevisionError::NoRecord)?;
    let record: Value =
        serde_json::from_str(record).map_err(|_| RevisionError::Damaged(row.number))?;
    let comparison = Comparison::of(&edition_of(former)?.notice, &edition_of(row)?.notice);
    let day = |date| era::write(date).unwrap_or_else(|| date.to_string());
    let stamp_day = |stamp: Option<Stamp>| stamp.map(|stamp| day(stamp.date()));
    Ok(json!({
        "date": row.effective,
        "number": row.number,
        "label": row.label,
        "former_number": former.number,
        "former_label": former.label,
        "effective": day(row.effective),
        "state": row.state.label(),
        "content_sha256": row.content_sha256,
        "record": record,
        "others": others(&comparison),
        "reach": reach(&record),
        "consent_needed": row.consent_needed,
        "consent_on": row.consent_on.map(day),
        "drafted_by": row.drafted_by,
        "drafted_on": stamp_day(Some(row.drafted_at)),
        "approved_by": row.approved_by,
        "approved_on": stamp_day(row.approved_at),
        "published_by": row.published_by,
        "published_on": stamp_day(row.published_at),
    }))
}

fn reach(record: &Value) -> &'static str {
    use super::Reach;
    let kept = record.pointer("/decision/reach").and_then(Value::as_str);
    match kept {
        Some("wording") => Reach::Wording,
        Some("new_information") => Reach::NewInformation,
        Some("related") => Reach::Related,
        Some("exception") => Reach::Exception,
        // The strictest, if it cannot be told.
        _ => Reach::Consent,
    }
    .label()
}

/// The changes no question is about, as lines: they widen no use.
fn others(comparison: &Comparison) -> Vec<String> {
    let narrows = |difference| matches!(difference, Difference::Removed | Difference::Moved);
    let mut lines = Vec::new();
    for category in &comparison.categories {
        let name = category.new_name.as_ref().or(category.old_name.as_ref());
        let name = name.map_or("", String::as_str);
        if let Some(difference) = category.difference.filter(|d| narrows(*d)) {
            lines.push(format!("類型「{name}」の{}", difference.label()));
            if difference == Difference::Removed {
                continue;
            }
        }
        for purpose in category.purposes.iter().filter(|p| narrows(p.difference)) {
            let text = purpose.old.as_deref().unwrap_or_default();
            let label = purpose.difference.label();
            lines.push(format!("「{name}」の「{text}」の{label}"));
        }
    }
    let asked = super::questions::rows(comparison);
    let beside = comparison.sentences.iter().filter(|sentence| {
        let key = format!("purposes.{}", sentence.id);
        let is_asked = sentence.section == super::Section::Purposes;
        !(is_asked && asked.iter().any(|row| row.key == key))
    });
    for sentence in beside {
        let label = sentence.difference.label();
        let section = sentence.section.label();
        let text = sentence.new.as_ref().or(sentence.old.as_ref());
        let text = begun(text.map_or("", String::as_str));
        lines.push(format!("{section}「{text}」の{label}"));
    }
    lines
}

/// Enough of a sentence to know it by.
fn begun(text: &str) -> String {
    const ENOUGH: usize = 16;
    let mut begun: String = text.chars().take(ENOUGH).collect();
    if text.chars().nth(ENOUGH).is_some() {
        begun.push('…');
    }
    begun
}
