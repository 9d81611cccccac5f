//! The web pages and the feed, from the templates in `templates/notice/`.

use std::path::Path;

use minijinja::Environment;
use serde_json::{Value, json};

use super::super::{PageError, page_data};
use super::SiteError;
use super::edition::{Facts, Published};
use super::papers::Blank;
use crate::files;
use crate::office::Premises;
use crate::pages;

const NOTICE: &str = "notice.html.j2";
const COMPARISON: &str = "comparison.html.j2";
const EDITIONS: &str = "editions.html.j2";
const FORMS: &str = "forms.html.j2";
const FEED: &str = "feed.xml.j2";

/// The templates; by its ending each says what is escaped.
const ALL: [&str; 7] = [
    "layout.html.j2",
    NOTICE,
    COMPARISON,
    EDITIONS,
    FORMS,
    FEED,
    "site.css",
];

/// The compiled templates.
pub(super) struct Templates(Environment<'static>);

impl Templates {
    /// Reads them below the templates' folder.
    pub(super) fn read(templates: &Path) -> Result<Self, SiteError> {
        let mut environment = pages::of_web();
        for name in ALL {
            let source =
                files::text_below(templates, format!("notice/{name}")).map_err(|error| {
                    SiteError::Unreadable {
                        path: error.path.clone(),
                        error: error.into(),
                    }
                })?;
            environment.add_template_owned(name, source)?;
        }
        Ok(Templates(environment))
    }

    fn fill(&self, name: &str, data: &Value) -> Result<Vec<u8>, SiteError> {
        let page = self.0.get_template(name)?;
        Ok(page.render(minijinja::value::Serde(data))?.into_bytes())
    }
}

/// The page of an edition. `to_top` leads from it to the top of the site;
/// `with_forms` when it names the page of the forms.
pub(super) fn notice(
    templates: &Templates,
    desk: &Premises,
    published: &[Published<'_>],
    index: usize,
    to_top: &str,
    with_forms: bool,
) -> Result<Vec<u8>, SiteError> {
    let own = &published[index];
    let society = &own.record.society;
    let mut data = common(desk, published, to_top);
    data["edition"] = edition(own, published.get(index + 1));
    data["publisher"] = json!(society);
    data["notice"] = json!(own.edition.notice);
    data["qr"] = json!(qr(own)?);
    data["has_forms"] = json!(with_forms);
    templates.fill(NOTICE, &data)
}

/// The comparison of an edition with the one before; none for the first.
pub(super) fn comparison(
    templates: &Templates,
    desk: &Premises,
    published: &[Published<'_>],
    index: usize,
    to_top: &str,
) -> Result<Option<Vec<u8>>, SiteError> {
    let own = &published[index];
    let Some(compared) = &own.comparison else {
        return Ok(None);
    };
    let mut data = common(desk, published, to_top);
    data["edition"] = edition(own, published.get(index + 1));
    data["notice"] = json!({ "title": own.edition.notice.title });
    data["former"] = json!(compared.former.label);
    data["rows"] = json!(compared.rows);
    templates.fill(COMPARISON, &data).map(Some)
}

/// The list of editions, the current one first.
pub(super) fn editions(
    templates: &Templates,
    desk: &Premises,
    published: &[Published<'_>],
) -> Result<Vec<u8>, SiteError> {
    let mut data = common(desk, published, "../");
    data["editions"] = listed(published);
    templates.fill(EDITIONS, &data)
}

/// The page of the forms to fill in.
pub(super) fn forms(
    templates: &Templates,
    desk: &Premises,
    published: &[Published<'_>],
    blanks: &[Blank],
) -> Result<Vec<u8>, SiteError> {
    let mut data = common(desk, published, "../");
    let listed = blanks.iter().map(|blank| {
        json!({
            "code": blank.paper.code,
            "name": blank.paper.name,
            "use": blank.paper.occasion,
            "pdf": facts(&blank.facts),
            "workbook": { "kilobytes": blank.workbook.len().div_ceil(1024) },
        })
    });
    data["forms"] = listed.collect();
    templates.fill(FORMS, &data)
}

/// The feed (Atom, RFC 4287).
pub(super) fn feed(
    templates: &Templates,
    desk: &Premises,
    published: &[Published<'_>],
) -> Result<Vec<u8>, SiteError> {
    let mut data = common(desk, published, "");
    data["editions"] = listed(published);
    templates.fill(FEED, &data)
}

/// What every page needs.
fn common(desk: &Premises, published: &[Published<'_>], to_top: &str) -> Value {
    let current = published.last();
    json!({
        "to_top": to_top,
        "society": { "name": desk.society.name, "website": desk.society.website },
        "title": current.map(|current| &current.edition.notice.title),
        "has_comparison": current.is_some_and(|current| current.comparison.is_some()),
    })
}

fn listed(published: &[Published<'_>]) -> Value {
    let with_next = published.iter().enumerate().rev();
    with_next
        .map(|(index, own)| edition(own, published.get(index + 1)))
        .collect()
}

fn edition(own: &Published<'_>, next: Option<&Published<'_>>) -> Value {
    json!({
        "number": own.edition.number,
        "label": own.edition.label,
        "title": own.edition.notice.title,
        "effective": own.edition.effective,
        "since": own.since(),
        // The day the next edition took its place.
        "until": next.and_then(Published::since),
        "current": next.is_none(),
        "changes": own.comparison.as_ref().map(|compared| &compared.changes),
        "pdf": facts(&own.record.pdf),
        "comparison_pdf": own.record.comparison.as_ref().map(facts),
    })
}

fn facts(facts: &Facts) -> Value {
    json!({
        "pages": facts.pages,
        "kilobytes": facts.bytes.div_ceil(1024),
        "sha256": facts.sha256,
    })
}

/// What follows `<svg` in the image of the QR code, so that the template can
/// put its own attributes before.
fn qr(own: &Published<'_>) -> Result<String, PageError> {
    let data = page_data(&own.edition.notice, &own.record.society.privacy_page)?;
    let svg = data["qr_svg"].as_str().unwrap_or_default();
    Ok(svg
        .split_once("<svg")
        .map_or("", |(_, rest)| rest)
        .to_owned())
}
