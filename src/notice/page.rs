//! The notice as PDF.

use qrcode::QrCode;
use qrcode::render::svg;
use serde_json::{Value, json};

use super::Notice;
use crate::office::{Desk, OfficeError};
use crate::render::{Job, Output, Pool, RenderFailure, Rendered};

/// Why the page cannot be made, for staff.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The templates cannot be read.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// The address does not fit into a QR code.
    #[error("QRコードを作れません({0})。profile.toml の privacy_page を短くしてください。")]
    Qr(#[from] qrcode::types::QrError),
    /// The page did not come out.
    #[error("公表事項のPDFを作れません。{0}")]
    Render(String),
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
pub async fn build_pdf(desk: &Desk, notice: &Notice) -> Result<Rendered, PageError> {
    let set = desk.template_set()?;
    let pool = desk.pool(&set, Some(1))?;
    set_notice(&pool, notice, &desk.society.privacy_page).await
}

/// [`build_pdf`] in a pool that is there.
pub(super) async fn set_notice(
    pool: &Pool,
    notice: &Notice,
    privacy_page: &str,
) -> Result<Rendered, PageError> {
    let data = page_data(notice, privacy_page)?;
    set_page(
        pool,
        "/notice/notice.typ",
        format!("notice {}", notice.revision.date),
        &data,
    )
    .await
}

/// Sets one page of the notice's templates as PDF; `ident` is for the log.
pub(super) async fn set_page(
    pool: &Pool,
    template: &str,
    ident: String,
    data: &Value,
) -> Result<Rendered, PageError> {
    let job = Job {
        template: template.to_owned(),
        ident,
        output: Output::Pdf,
        data: data.to_string().into_bytes(),
    };
    pool.render(&job).await.map_err(|failure| match failure {
        RenderFailure::Template(message) => PageError::Render(message),
        other => PageError::Render(other.to_string()),
    })
}
