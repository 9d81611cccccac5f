//! What is wrong with one field of a record.

use serde::{Deserialize, Serialize};

/// A problem of a record, told to staff in Japanese.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Schema name of the field, if the problem has one.
    pub field: Option<String>,
    /// What is wrong, a sentence ending in 。
    pub problem: String,
    /// What to do, a sentence ending in 。
    pub remedy: String,
}

impl FieldProblem {
    /// A problem of the field `field`.
    pub fn of(field: &str, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        FieldProblem {
            field: Some(field.to_owned()),
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }
}
