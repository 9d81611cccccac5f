//! What staff read when print files cannot be made.

use std::io;
use std::path::Path;

/// The files cannot be written.
pub fn unwritten(path: &Path, error: &io::Error) -> String {
    format!(
        "印刷用のファイルを {} に書けません({error})。空きと権限を確かめて、yobin print-file を実行してください。",
        path.display()
    )
}
