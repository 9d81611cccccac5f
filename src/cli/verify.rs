//! `yobin verify`: archived PDFs against their hashes, the register against
//! its chain, the rows of the database against each other, the database
//! against itself and against what is known of it.

use std::process::ExitCode;

use super::{Context, FAILED};
use crate::acts::{proof, workspace};
use crate::wording::standing;

pub(super) async fn verify(context: &Context) -> anyhow::Result<ExitCode> {
    let office = super::look(context).await?;
    let damage = workspace::damage(&office).await?;
    let found = proof::verify(&office).await;
    // What is damaged may be the reason why nothing can be read.
    if found.is_err() && !damage.is_empty() {
        warn_staff!("{}", standing::damaged(&damage));
    }
    let findings = found?;
    say!(
        "台帳 {}件、PDF {}件を調べました。",
        findings.entries,
        findings.pdfs
    );
    say!("台帳の末尾  {}", findings.head);
    for remark in &findings.remarks {
        say!("注意：{remark}");
    }
    let count = findings.problems.len() + office.doubts.len();
    if count == 0 {
        say!("損傷はありません。");
        return Ok(ExitCode::SUCCESS);
    }
    say!("{count}件の問題があります。");
    for doubt in &office.doubts {
        say!("  {}", standing::doubt(doubt));
    }
    for problem in &findings.problems {
        say!("  {problem}");
    }
    say!("控えから戻すまで、作業フォルダーの中のファイルに手を加えないでください。");
    Ok(ExitCode::from(FAILED))
}
