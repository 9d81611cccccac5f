//! Dates and characters as staff read them.

use chrono::NaiveDate;

pub use crate::text::unshowable::code_points;

/// A date by its era, 令和8年11月22日; as `1872-12-31` where it has no such
/// form.
pub fn day(date: NaiveDate) -> String {
    crate::text::era::write(date).unwrap_or_else(|| date.to_string())
}
