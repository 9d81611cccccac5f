//! What cannot be printed is found when it is written, not on the day it is
//! published.

use serde::Serialize;

use super::Notice;
use crate::text::characters::Characters;
use crate::text::own::{Misprint, misprints as misprints_in};

/// Every character of the notice in the society's folder that the fonts cannot
/// show.
pub fn misprints(notice: &Notice, characters: &Characters) -> Vec<Misprint> {
    unprintable("society/notice.toml", notice, characters)
}

/// Every character in the texts of `content`, which staff know as `file`, that
/// the fonts cannot show.
pub fn unprintable(file: &str, content: &impl Serialize, characters: &Characters) -> Vec<Misprint> {
    // A content that is no JSON is refused where it is kept.
    let value = serde_json::to_value(content).unwrap_or_default();
    misprints_in(file, &value, true, characters)
}
