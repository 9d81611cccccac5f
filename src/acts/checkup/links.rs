//! Links on the pages the society sends out or publishes lead to https pages
//! or to mail addresses, and nowhere else: another one could run a program or
//! open a file where it is clicked.

use std::fs;
use std::path::{Path, PathBuf};

use super::problem::{Problem, Problems};
use crate::config::Config;

/// Where a link may lead.
const ALLOWED: [&str; 2] = ["https", "mailto"];

/// The largest text that is looked through.
const MOST: u64 = 4 * 1024 * 1024;

/// Texts that become pages.
const PAGES: [&str; 4] = ["typ", "j2", "html", "txt"];

/// Looks through templates, profile and notice.
pub(super) fn check(config: &Config, problems: &mut Problems) {
    let mut files = Vec::new();
    gather(&config.templates, &mut files);
    for path in files {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        if PAGES.contains(&&*ending)
            && let Some(text) = text_of(&path)
        {
            tell(&path, &of_page(&text), problems);
        }
    }
    for name in ["profile.toml", "notice.toml"] {
        let path = config.society.join(name);
        let table = text_of(&path).and_then(|text| text.parse::<toml::Table>().ok());
        if let Some(table) = table {
            let mut found = Vec::new();
            of_values(&toml::Value::Table(table), &mut found);
            tell(&path, &found, problems);
        }
    }
}

fn tell(path: &Path, found: &[String], problems: &mut Problems) {
    for link in found {
        problems.add(Problem::part(format!(
            "{}：リンク「{link}」は使えません。リンクにできるのは https:// で始まるページと、mailto: のメールアドレスだけです。直すか、取り除いてください。",
            path.display()
        )));
    }
}

/// Links of a template that lead where none may.
fn of_page(text: &str) -> Vec<String> {
    // What is compared is ASCII; other characters keep their places.
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for attribute in ["href", "src", "action"] {
        for (place, _) in lower.match_indices(attribute) {
            let rest = text[place + attribute.len()..].trim_start();
            if let Some(rest) = rest.strip_prefix('=') {
                let rest = rest.trim_start();
                let target = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
                found.extend(forbidden(target));
            }
        }
    }
    for (place, function) in lower.match_indices("link(") {
        let rest = text[place + function.len()..].trim_start();
        // Without quotation marks it gets a name.
        found.extend(rest.strip_prefix('"').and_then(forbidden));
    }
    found
}

/// Links among the values of the society's files: printed pages make links of
/// some of them.
fn of_values(value: &toml::Value, found: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => {
            let lower = text.trim_start().to_ascii_lowercase();
            let runs = ["javascript:", "vbscript:", "data:", "file:"];
            let leads = lower
                .split_once("://")
                .is_some_and(|(scheme, _)| !scheme.is_empty() && scheme.chars().all(is_of_scheme));
            if leads || runs.iter().any(|scheme| lower.starts_with(scheme)) {
                found.extend(forbidden(text));
            }
        }
        toml::Value::Array(values) => values.iter().for_each(|value| of_values(value, found)),
        toml::Value::Table(table) => table.values().for_each(|value| of_values(value, found)),
        _ => {}
    }
}

/// The link, shortened, if it names a way that none may lead.
fn forbidden(target: &str) -> Option<String> {
    // Browsers pass over blanks and control characters in a scheme.
    let seen: String = target
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take(60)
        .collect();
    let (scheme, _) = seen.split_once(':')?;
    let is_scheme =
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(is_of_scheme);
    let allowed = ALLOWED.contains(&&*scheme.to_ascii_lowercase());
    let end = seen.find(['"', '\'', '>', '<']).unwrap_or(seen.len());
    (is_scheme && !allowed).then(|| seen[..end].to_owned())
}

fn is_of_scheme(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+-.".contains(c)
}

fn text_of(path: &Path) -> Option<String> {
    let about = fs::symlink_metadata(path).ok()?;
    if !about.is_file() || about.len() > MOST {
        return None;
    }
    fs::read_to_string(path).ok()
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => gather(&entry.path(), files),
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_of_another_scheme_is_found_however_it_is_written() {
        for (text, link) in [
            (r#"<a href="javascript:alert(1)">"#, "javascript:alert(1)"),
            (r#"<a HREF = "JavaScript:x">"#, "JavaScript:x"),
            ("<a href='java\nscript:x'>", "javascript:x"),
            ("<img src=data:text/html,x>", "data:text/html,x"),
            (r#"#link("file:///etc/passwd")[x]"#, "file:///etc/passwd"),
            (r#"<a href="http://example.jp/">"#, "http://example.jp/"),
        ] {
            let found = of_page(text);
            assert_eq!(found, [link], "{text}");
        }
        for text in [
            r#"<a href="https://example.jp/">"#,
            r##"<a href="#main"> <a href="{{ to_top }}index.html"> <a href="editions/1/index.html">"##,
            r#"#link("mailto:mihon@example.jp") #link(label(x: 1))"#,
            "この欄は href を持ちません。",
        ] {
            assert_eq!(of_page(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_value_of_the_profile_is_a_link_only_where_it_looks_like_one() {
        let found = |text: &str| {
            let mut found = Vec::new();
            of_values(&toml::Value::String(text.to_owned()), &mut found);
            found
        };
        for text in [
            "http://example.jp",
            "javascript:x",
            "  data:x",
            "ftp://example.jp/x",
        ] {
            assert_eq!(found(text).len(), 1, "{text}");
        }
        for text in [
            "https://example.jp",
            "TEL:027-000-0000",
            "午前9:00から",
            "詳しくは http://example.jp を",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
