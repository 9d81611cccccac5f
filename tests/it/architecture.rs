//! The shape of the program: modules use only what stands before them, each
//! foreign crate stays in one folder, and nothing kept in the project speaks
//! of the place it was made in.

use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{files_below, root};

/// A source file without its comments and its tests.
struct Source {
    path: PathBuf,
    /// The module at the top of the tree it belongs to.
    module: String,
    /// Line number and text of each line of code.
    lines: Vec<(usize, String)>,
}

impl Source {
    fn read(path: &Path) -> Self {
        let below = path.strip_prefix(root().join("src")).unwrap();
        let first = below.components().next().unwrap().as_os_str();
        let module = Path::new(first).file_stem().unwrap().to_str().unwrap();
        let text = fs::read_to_string(path).unwrap();
        let mut lines = Vec::new();
        let mut all = text.lines().enumerate();
        while let Some((place, line)) = all.next() {
            if line.trim() == "#[cfg(test)]" {
                match all.next() {
                    // Tests stand last in a file.
                    Some((_, tests)) if tests.ends_with('{') => break,
                    // A file of tests, an import only they need.
                    _ => continue,
                }
            }
            if !line.trim_start().starts_with("//") {
                lines.push((place + 1, line.to_owned()));
            }
        }
        Source {
            path: below.to_owned(),
            module: module.to_owned(),
            lines,
        }
    }

    /// All code in one text, for what runs over several lines.
    fn code(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|(_, line)| line.as_str()).collect();
        lines.join("\n")
    }

    /// The top modules this file names: `crate::x`, `crate::{x::…, y}` and
    /// `super::…` as far as it leaves the file's own top module.
    fn names(&self) -> Vec<String> {
        let code = self.code();
        let mut names = Vec::new();
        for (place, start) in code.match_indices("crate::") {
            let after = &code[place + start.len()..];
            match after.strip_prefix('{') {
                Some(group) => names.extend(group_heads(group)),
                None => names.push(first_word(after)),
            }
        }
        // From src/x/y/z.rs the top of the tree is three steps up, from
        // src/x/y.rs and src/x/y/mod.rs two, from src/x.rs and src/x/mod.rs one.
        let depth = self.path.components().count()
            - usize::from(self.path.file_name().is_some_and(|name| name == "mod.rs"));
        let up = "super::".repeat(depth);
        for (place, _) in code.match_indices(&up) {
            names.push(first_word(&code[place + up.len()..]));
        }
        names
    }
}

fn first_word(text: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.chars().take_while(|c| is_word(*c)).collect()
}

/// The first word of every part of `a::b, c::{d, e}, f};`.
fn group_heads(group: &str) -> Vec<String> {
    let mut heads = vec![first_word(group.trim_start())];
    let mut depth = 0;
    for (place, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(first_word(group[place + 1..].trim_start())),
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

/// The program's sources without files that hold only tests.
fn sources() -> Vec<Source> {
    let files = files_below(&root().join("src"));
    let rust = files
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    let sources: Vec<Source> = rust
        .filter(|path| !is_test(path))
        .map(|path| Source::read(path))
        .collect();
    assert!(sources.len() > 50, "the sources are not where they were");
    sources
}

/// `mod x;` under `#[cfg(test)]` in a file before it makes `x.rs` a test.
fn is_test(path: &Path) -> bool {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let folder = path.parent().unwrap();
    let declared = format!("#[cfg(test)]\nmod {name};");
    [folder.join("mod.rs"), folder.with_extension("rs")]
        .iter()
        .filter_map(|parent| fs::read_to_string(parent).ok())
        .any(|text| text.contains(&declared))
}

/// The modules in the order the crate's documentation gives.
fn order() -> Vec<String> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let docs: Vec<&str> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("//!"))
        .collect();
    let docs = docs.join(" ");
    let (_, list) = docs
        .split_once("uses only modules named before it in this list")
        .expect("the list in src/lib.rs");
    let (_, names) = list.split_once(':').expect("the names after a colon");
    names
        .split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_list_of_modules_is_complete() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let mut declared: Vec<&str> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    declared.sort_unstable();
    let mut listed = order();
    listed.sort();
    assert_eq!(declared, listed);
}

#[test]
fn a_module_uses_only_modules_before_it() {
    let order = order();
    let place = |module: &str| order.iter().position(|known| known == module);
    let mut wrong = Vec::new();
    let mut uses = 0;
    for source in sources() {
        let Some(own) = place(&source.module) else {
            // lib.rs and main.rs stand above all modules.
            assert!(["lib", "main"].contains(&source.module.as_str()));
            continue;
        };
        for name in source.names() {
            uses += 1;
            match place(&name) {
                Some(other) if other <= own => {}
                Some(_) => wrong.push(format!("{} uses {name}", source.path.display())),
                None => wrong.push(format!("{} names {name}?", source.path.display())),
            }
        }
    }
    assert!(uses > 100, "only {uses} uses found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_foreign_crate_stays_in_its_folder() {
    let homes: &[(&str, &[&str])] = &[
        ("typst", &["render"]),
        ("sqlx", &["store"]),
        ("lettre", &["mail"]),
        ("tokio_rustls", &["mail"]),
        ("webpki_roots", &["mail"]),
        ("age", &["restricted"]),
        ("cron", &["schedule"]),
        ("calamine", &["intake"]),
        ("quick_xml", &["intake"]),
        ("rust_xlsxwriter", &["intake"]),
        ("zip", &["intake"]),
        ("csv", &["intake", "print"]),
        ("hayro_write", &["print"]),
        ("pdf_writer", &["print"]),
        ("icu_calendar", &["text"]),
        ("jsonschema", &["catalogue", "intake"]),
        ("minijinja", &["mail", "night", "notice", "pages", "samples"]),
        ("clap", &["cli"]),
        ("indicatif", &["cli"]),
        ("anyhow", &["cli"]),
    ];
    let sources = sources();
    let mut wrong = Vec::new();
    for &(name, homes) in homes {
        let mut at_home = false;
        for source in &sources {
            let home = homes.contains(&source.module.as_str());
            for (line, code) in &source.lines {
                if names_crate(code, name) {
                    at_home |= home;
                    if !home {
                        wrong.push(format!("{}:{line}: {}", source.path.display(), code.trim()));
                    }
                }
            }
        }
        assert!(
            at_home,
            "{name} is not found in {homes:?}: is this test blind?"
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether a line of code names the crate or one of its family
/// (`typst_pdf` belongs to `typst`).
fn names_crate(code: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(place, _)| {
        let before = code[..place].chars().next_back();
        let begins = before.is_none_or(|c| !is_word(c) && c != ':' && c != '"');
        let after = &code[place + name.len()..];
        let family = after
            .starts_with('_')
            .then(|| after.trim_start_matches(is_word));
        begins && family.unwrap_or(after).starts_with("::")
    })
}

#[test]
fn every_file_says_first_what_it_is_for() {
    for path in files_below(&root().join("src")) {
        if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("//! "), "{}", path.display());
        }
    }
}

/// Every text the project keeps, without what is built or made.
fn texts() -> Vec<PathBuf> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(root()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if ["target", "out", ".git", "fonts"].contains(&name) {
            continue;
        }
        if path.is_dir() {
            texts.extend(files_below(&path));
        } else {
            texts.push(path);
        }
    }
    texts
}

#[test]
fn nothing_kept_speaks_of_the_place_it_was_made_in() {
    // Written in two parts, so that this file does not find itself.
    let words: Vec<String> = [
        ("/wo", "rk/"),
        ("../sha", "red"),
        ("shared/des", "ign"),
        ("domain", ".md"),
        ("design", ".md"),
        ("/tm", "p/"),
        ("/ro", "ot/"),
    ]
    .map(|(head, tail)| format!("{head}{tail}"))
    .into();
    let mut found = Vec::new();
    let mut read = 0;
    for path in texts() {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        read += 1;
        for (place, line) in text.lines().enumerate() {
            for word in &words {
                if line.contains(word) {
                    found.push(format!("{}:{}: {word}", path.display(), place + 1));
                }
            }
        }
    }
    assert!(read > 100, "only {read} files read");
    assert!(found.is_empty(), "{found:#?}");
}
