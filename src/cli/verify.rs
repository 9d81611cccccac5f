//! `yobin verify`: archived PDFs against their hashes, the register against
//! its chain, and the rows of the database against each other.

use std::process::ExitCode;

use super::{Context, FAILED};
use crate::acts::proof;
use crate::office::Office;

pub(super) async fn verify(context: &Context) -> anyhow::Result<ExitCode> {
    let office = Office::open(context.config()?, context.clock).await?;
    let findings = proof::verify(&office).await?;
    say!(
        "台帳 {}件、PDF {}件を調べました。",
        findings.entries,
        findings.pdfs
    );
    say!("台帳の末尾  {}", findings.head);
    for remark in &findings.remarks {
        say!("注意：{remark}");
    }
    if findings.problems.is_empty() {
        say!("損傷はありません。");
        return Ok(ExitCode::SUCCESS);
    }
    say!("{}件の問題があります。", findings.problems.len());
    for problem in &findings.problems {
        say!("  {problem}");
    }
    say!("控えから戻すまで、作業フォルダーの中のファイルに手を加えないでください。");
    Ok(ExitCode::from(FAILED))
}
