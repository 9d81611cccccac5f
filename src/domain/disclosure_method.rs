//! Which method of disclosure was asked for, and which a decision speaks of.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::folded;
use super::values::text;

/// A method of disclosure somebody can ask for (art. 33(1), Rules art. 30).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisclosureMethod {
    /// A file.
    Electronic,
    /// A document.
    Paper,
    /// Another the society has determined.
    Other,
}

/// The texts in which a decision says how each item is disclosed, or all are.
pub(super) fn methods(record: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let items = record.get("disclosed_items").and_then(Value::as_array);
    let of_items: Vec<&str> = items
        .into_iter()
        .flatten()
        .filter_map(|item| item.get("method")?.as_str())
        .collect();
    let of_all = text(record, "disclosure_method").filter(|_| of_items.is_empty());
    of_items.into_iter().chain(of_all)
}

/// Words of a file.
const ELECTRONIC: [&str; 12] = [
    "電磁的",
    "電子",
    "pdf",
    "csv",
    "cd",
    "dvd",
    "usb",
    "メール",
    "ダウンロード",
    "オンライン",
    "ウェブ",
    "web",
];

/// Words of paper, whatever it was printed from.
const PRINTED: [&str; 3] = ["印刷", "プリント", "紙"];

/// Words of a copy, which is one on paper where nothing says otherwise.
const COPIED: [&str; 3] = ["写し", "コピー", "複写"];

/// Which method a text speaks of, if it says so.
pub(super) fn method_in(said: &str) -> Option<DisclosureMethod> {
    let said = folded(said).replace("個人データ", "").replace("別紙", "");
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let (electronic, document) = (has(&ELECTRONIC), said.contains("書面"));
    if has(&PRINTED) || document && !electronic {
        return Some(DisclosureMethod::Paper);
    }
    if electronic {
        return (!document).then_some(DisclosureMethod::Electronic);
    }
    if has(&COPIED) {
        return Some(DisclosureMethod::Paper);
    }
    has(&["データ", "ファイル"]).then_some(DisclosureMethod::Electronic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_says_of_the_method_is_read_whatever_its_width() {
        for (said, expected) in [
            ("写しの交付", Some(DisclosureMethod::Paper)),
            ("ＰＤＦの写しの提供", Some(DisclosureMethod::Electronic)),
            ("ＣＤ－Ｒに記録して交付", Some(DisclosureMethod::Electronic)),
            ("用紙に印刷して郵送", Some(DisclosureMethod::Paper)),
            ("窓口での閲覧", None),
            (
                "電磁的記録を紙に印刷して交付",
                Some(DisclosureMethod::Paper),
            ),
            ("保有個人データの写しの交付", Some(DisclosureMethod::Paper)),
            ("健診データの写し", Some(DisclosureMethod::Paper)),
            ("この通知書の別紙に記載することにより開示します。", None),
            ("書面の交付に代えて電磁的記録を提供", None),
        ] {
            assert_eq!(method_in(said), expected, "{said}");
        }
    }
}
