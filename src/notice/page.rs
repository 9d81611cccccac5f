//! The notice as PDF.

use qrcode::QrCode;
use qrcode::render::svg;
use serde_json::{Value, json};

use super::Notice;
use super::printable::unprintable;
use crate::office::{self, OfficeError, Premises};
use crate::render::{Pool, Rendered};
use crate::text::own::Misprint;

/// Why the page cannot be made, for staff.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The templates cannot be read.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The address does not fit into a QR code.
    #[error("QRコードを作れません({0})。profile.toml の privacy_page を短くしてください。")]
    Qr(#[from] qrcode::types::QrError),
    /// Characters the fonts cannot show.
    #[error("公表事項に、印刷できない文字があります。\n{}", listed(.0))]
    Characters(Vec<Misprint>),
    /// The page did not come out.
    #[error("公表事項のPDFを作れません。{0}")]
    Render(String),
}

fn listed(problems: &[Misprint]) -> String {
    let lines: Vec<String> = problems.iter().map(|one| format!("  {one}")).collect();
    lines.join("\n")
}

/// What the notice's template sees.
///
/// # Errors
/// When the address of the privacy page does not fit into a QR code.
pub fn page_data(notice: &Notice, privacy_page: &str) -> Result<Value, PageError> {
    let qr = QrCode::with_error_correction_level(privacy_page, qrcode::EcLevel::M)?;
    let svg = qr
        .render::<svg::Color<'_>>()
        .quiet_zone(true)
        .module_dimensions(4, 4)
        .build();
    Ok(json!({
        "notice": notice,
        "qr_svg": svg,
        "date": notice.revision.date,
    }))
}

/// Sets a notice as PDF.
///
/// # Errors
/// See [`PageError`].
pub async fn build_pdf(desk: &Premises, notice: &Notice) -> Result<Rendered, PageError> {
    let pool = desk.one_worker()?;
    set_notice(&pool, desk, notice, &desk.society.privacy_page).await
}

/// [`build_pdf`] in a pool that is there.
pub(super) async fn set_notice(
    pool: &Pool,
    desk: &Premises,
    notice: &Notice,
    privacy_page: &str,
) -> Result<Rendered, PageError> {
    let problems = unprintable("notice.toml", notice, &desk.characters);
    if !problems.is_empty() {
        return Err(PageError::Characters(problems));
    }
    let data = page_data(notice, privacy_page)?;
    let ident = format!("notice {}", notice.revision.date);
    set_page(pool, desk, "/notice/notice.typ", ident, data).await
}

/// Sets one page of the notice's templates as PDF; `ident` is for the log.
pub(super) async fn set_page(
    pool: &Pool,
    desk: &Premises,
    template: &str,
    ident: String,
    data: Value,
) -> Result<Rendered, PageError> {
    let job = office::page_job(desk, template, ident, data);
    let rendered = pool.render(&job).await;
    rendered.map_err(|failure| PageError::Render(failure.staff_message()))
}
