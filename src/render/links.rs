//! The links of a page: whoever follows one tells its address to the server it
//! leads to, and to everybody on the way.

use serde_json::Value;
use typst::layout::{Frame, FrameItem};
use typst::model::Destination;
use typst_layout::PagedDocument;

/// Where a link may lead.
const SCHEMES: [&str; 2] = ["https:", "mailto:"];

/// The least bytes of a value that is looked for in addresses: two kanji, and
/// no word that any address may have.
const LEAST: usize = 6;

/// What is wrong with a letter's links, in Japanese. Links of other pages
/// (`data` without a record) stand in the society's own files and are theirs.
pub(super) fn fault(document: &PagedDocument, data: &[u8]) -> Option<String> {
    let mut addresses = Vec::new();
    for page in document.pages() {
        collect(&page.frame, &mut addresses);
    }
    if addresses.is_empty() {
        return None;
    }
    let data: Value = serde_json::from_slice(data).ok()?;
    let mut values = Vec::new();
    texts(data.get("record")?, &mut values);
    addresses.iter().find_map(|address| {
        let lower = address.trim().to_ascii_lowercase();
        if !SCHEMES.iter().any(|scheme| lower.starts_with(scheme)) {
            return Some(format!(
                "書式のリンクの宛先が https: でも mailto: でもありません。書式のリンクを直してください。({address})"
            ));
        }
        let plain = decoded(address);
        let told = values.iter().any(|value| plain.contains(value.as_str()));
        told.then(|| {
            "書式のリンクの宛先に、記録の項目の値(氏名や番号など)が入っています。リンクを開くと相手に伝わるので、書式のリンクから記録の値を除いてください。".to_owned()
        })
    })
}

fn collect<'d>(frame: &'d Frame, addresses: &mut Vec<&'d str>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => collect(&group.frame, addresses),
            FrameItem::Link(Destination::Url(url), _) => addresses.push(url.as_str()),
            _ => {}
        }
    }
}

/// Every text of a record, without its white space.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let text = squeezed(text);
            if text.len() >= LEAST {
                found.push(text);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| texts(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| texts(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// An address with its `%E3…` and `+` read, without white space.
fn decoded(address: &str) -> String {
    let bytes = address.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = bytes
            .get(at + 1..at + 3)
            .filter(|_| bytes[at] == b'%')
            .and_then(|code| std::str::from_utf8(code).ok())
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        match code {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    squeezed(&String::from_utf8_lossy(&plain))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_the_server_reads_it() {
        let name = "見本太郎";
        for address in [
            "https://example.jp/?n=見本太郎",
            "https://example.jp/?n=%E8%A6%8B%E6%9C%AC+%E5%A4%AA%E9%83%8E",
            "mailto:mihon@example.jp?subject=%E8%A6%8B%E6%9C%AC%20%E5%A4%AA%E9%83%8E",
        ] {
            assert!(decoded(address).contains(name), "{address}");
        }
        assert_eq!(
            decoded("https://example.jp/%zz%"),
            "https://example.jp/%zz%"
        );
    }
}
