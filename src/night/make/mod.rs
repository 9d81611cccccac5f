//! Making a letter: its data, its page, and the page in the archive.

mod data;
mod page;

pub(super) use page::{keep_page, page};
