//! The letters an open request waits for.

use crate::domain::{AskedRight, LetterId};

/// The letters that decide what was not answered yet.
pub fn waiting_of(rights: &[AskedRight]) -> impl Iterator<Item = LetterId> {
    let open = rights.iter().filter(|asked| !asked.is_answered());
    open.filter_map(|asked| Some(asked.letter?.0))
}
