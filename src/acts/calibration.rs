//! Sheets that fit the letters to the society's window envelope.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::domain::Society;
use crate::office::{self, Premises, PrintError};
use crate::render::{Job, Output, Rendered};
use crate::text::barcode;

/// Whom the sample address names.
const SAMPLE_NAME: &str = "見本 太郎";

/// Prints the sheets for the society of the premises, dated today.
///
/// # Errors
/// [`PrintError`].
pub async fn sheets(desk: &Premises) -> Result<Rendered, PrintError> {
    let job = Job {
        template: "/calibration/calibrate.typ".to_owned(),
        ident: "calibration".to_owned(),
        output: Output::Pdf,
        data: sample(&desk.society, desk.clock.today())
            .to_string()
            .into_bytes(),
    };
    office::print_one(desk, &job).await
}

/// What a letter's address block needs, with the society's own address.
fn sample(society: &Society, date: NaiveDate) -> Value {
    let address = society.address.first().map_or("", String::as_str);
    let building = society.address.get(1).map(String::as_str);
    let mut record = json!({
        "addressee_name": SAMPLE_NAME,
        "addressee_postal_code": society.postal_code,
        "addressee_address": address,
    });
    if let Some(building) = building {
        record["addressee_building"] = building.into();
    }
    json!({
        "letter": {
            "issue_date": date.format("%Y-%m-%d").to_string(),
            "barcode": barcode::bars(&society.postal_code, address, building),
        },
        "record": record,
    })
}
