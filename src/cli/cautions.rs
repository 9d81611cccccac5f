//! What is registered now against letters, told to whoever decides about
//! them: references and the words of the register, no names.

use std::collections::BTreeMap;

use crate::domain::{Against, LetterId};
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
