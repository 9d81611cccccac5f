//! Why a form cannot be used.

/// Why the forms cannot be used. The text is for staff, in Japanese.
#[derive(Debug, thiserror::Error)]
#[error("記入用紙のファイル {file}：{problem}")]
pub struct PapersError {
    /// The file, below the templates.
    file: String,
    /// What is wrong with it.
    problem: String,
}

impl PapersError {
    pub(super) fn new(file: impl Into<String>, problem: impl Into<String>) -> Self {
        PapersError {
            file: file.into(),
            problem: problem.into(),
        }
    }
}
