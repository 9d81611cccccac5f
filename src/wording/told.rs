//! A reason and what to do about it.

use crate::domain::in_one_line;

/// Reason and next step, both in Japanese.
pub type Told = (String, String);

/// The most characters of a reason or a next step.
const TOLD_MOST: usize = 800;

/// Whatever a reason quotes, it is one line that staff can read.
pub fn told(reason: impl AsRef<str>, next_step: impl AsRef<str>) -> Told {
    let line = |text: &str| in_one_line(text, TOLD_MOST);
    (line(reason.as_ref()), line(next_step.as_ref()))
}
