//! What is registered now against letters, told to whoever decides about
//! them: references and the words of the register, no names.

use std::collections::BTreeMap;

use crate::domain::{Against, LetterId};
use crate::views::KeptWarning;
use crate::wording::caution::sentences;

/// Tells whoever approved letters what is registered against them: every
/// letter is named, the same things of many together.
pub(super) fn tell_approver(found: &BTreeMap<LetterId, Against>) {
    let mut together: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, against) in found {
        for sentence in sentences(against) {
            together.entry(sentence).or_default().push(id.to_string());
        }
    }
    for (sentence, letters) in together {
        let count = match letters.len() {
            1 => String::new(),
            count => format!("({count}件)"),
        };
        say!("注意：{}{count} は、{sentence}", letters.join("、"));
    }
    if !found.is_empty() {
        say!(
            "送ってよいか、送付先が正しいかを yobin show 番号 で確かめてください。送らないときは、夜間処理の前に yobin cancel 番号 で取り消してください。"
        );
    }
}

/// Letters named of one warning.
const NAMED: usize = 30;

/// Tells whoever approved letters what staff were told when they were queued:
/// the same warning of many letters once, with their number.
pub(super) fn tell_kept(found: &BTreeMap<LetterId, Vec<KeptWarning>>) {
    if found.is_empty() {
        return;
    }
    let mut together: BTreeMap<&KeptWarning, Vec<String>> = BTreeMap::new();
    for (id, warnings) in found {
        for warning in warnings {
            together.entry(warning).or_default().push(id.to_string());
        }
    }
    say!("受け付けたときに、次のことが知らされています。");
    for (warning, letters) in together {
        let more = match letters.len().checked_sub(NAMED) {
            None | Some(0) => String::new(),
            Some(more) => format!("、ほか{more}件"),
        };
        let named: Vec<&str> = letters.iter().take(NAMED).map(String::as_str).collect();
        say!(
            "  {}({}件)：{}{more}",
            kept(warning),
            letters.len(),
            named.join("、")
        );
    }
    say!(
        "書簡は yobin show 番号 で確かめられます。送らないときは、夜間処理の前に yobin cancel 番号 で取り消してください。"
    );
}

/// A kept warning in a line.
pub(super) fn kept(warning: &KeptWarning) -> String {
    let KeptWarning {
        field,
        problem,
        remedy,
    } = warning;
    match field {
        Some(field) => format!("「{field}」：{problem}{remedy}"),
        None => format!("{problem}{remedy}"),
    }
}
