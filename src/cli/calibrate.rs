//! `yobin calibrate`: sheets that fit the letters to the society's window
//! envelope.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::Setting;
use super::notice_site::refuse_public_file;
use crate::domain::Society;
use crate::files;
use crate::office::{self, Desk, PrintError};
use crate::render::{Job, Output};
use crate::text::barcode;

/// Whom the sample address names.
const SAMPLE_NAME: &str = "見本 太郎";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// 書き出すPDFファイル
    #[arg(short, long, value_name = "FILE.pdf")]
    output: PathBuf,
}

pub(super) async fn calibrate(setting: &Setting, args: Args) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(setting.config()?, setting.clock)?;
    refuse_public_file(&desk.config, &args.output)?;
    let job = Job {
        template: "/calibration/calibrate.typ".to_owned(),
        ident: "calibration".to_owned(),
        output: Output::Pdf,
        data: sample(&desk.society, setting.clock.today())
            .to_string()
            .into_bytes(),
    };
    let sheets = match office::print_one(&desk, &job).await {
        Ok(sheets) => sheets,
        Err(PrintError::Office(error)) => return Err(error.into()),
        Err(PrintError::Page(problem)) => bail!("調整用紙を作れません。\n{problem}"),
    };
    files::write_out(&args.output, &sheets.bytes)?;
    say!(
        "調整用紙を書き出しました。{}({}ページ)",
        args.output.display(),
        sheets.pages
    );
    say!("拡大・縮小をせずに刷り、紙に書いてある手順で封筒と合わせてください。");
    Ok(ExitCode::SUCCESS)
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
