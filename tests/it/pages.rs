//! What the pages say is so: links lead somewhere, files they name are there,
//! and the pages of commands, settings and dependencies are the program's.
//!
//! A changed command makes the page of commands differ. It is renewed by
//!
//!     YOBIN_BLESS=1 cargo test --test it pages

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{Workspace, asked, copy_folder, files_below, root, society};

/// A page of Markdown: its lines without what stands in blocks of code.
struct Page {
    path: PathBuf,
    lines: Vec<(usize, String)>,
}

impl Page {
    fn read(path: PathBuf) -> Self {
        let text = fs::read_to_string(&path).unwrap();
        let mut fenced = false;
        let mut lines = Vec::new();
        for (place, line) in text.lines().enumerate() {
            let fence = line.trim_start().starts_with("```");
            if fence {
                fenced = !fenced;
            }
            if !fenced && !fence && !line.starts_with("    ") {
                lines.push((place + 1, line.to_owned()));
            }
        }
        Page { path, lines }
    }

    /// The anchors of its headings, as they are made on the web: small
    /// letters, hyphens for spaces, no punctuation, numbered when doubled.
    fn anchors(&self) -> BTreeSet<String> {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let mut anchors = BTreeSet::new();
        for (_, line) in &self.lines {
            let title = line.trim_start_matches('#');
            let Some(title) = title.strip_prefix(' ').filter(|_| line.starts_with('#')) else {
                continue;
            };
            let kept = |c: &char| c.is_alphanumeric() || ['-', '_', ' '].contains(c);
            let anchor: String = title.trim().to_lowercase().chars().filter(kept).collect();
            let anchor = anchor.replace(' ', "-");
            let before = seen.entry(anchor.clone()).or_default();
            anchors.insert(match *before {
                0 => anchor,
                again => format!("{anchor}-{again}"),
            });
            *before += 1;
        }
        anchors
    }

    /// Where its links and images lead, with the line each stands on.
    fn links(&self) -> Vec<(usize, String)> {
        let mut links = Vec::new();
        for (place, line) in &self.lines {
            // `[name]: where` stands for the links that give the name.
            let named = line
                .strip_prefix('[')
                .and_then(|line| line.split_once("]: "));
            links.extend(named.map(|(_, target)| (*place, target.to_owned())));
            // What stands in backticks is no link.
            let text: String = line.split('`').step_by(2).collect();
            for (start, opened) in text.match_indices("](") {
                let rest = &text[start + opened.len()..];
                if let Some((target, _)) = rest.split_once(')') {
                    links.push((*place, target.to_owned()));
                }
            }
        }
        links
    }

    /// What stands in backticks.
    fn quoted(&self) -> Vec<(usize, &str)> {
        let mut all = Vec::new();
        for (place, text) in &self.lines {
            let parts = text.split('`').skip(1).step_by(2);
            all.extend(parts.map(|quoted| (*place, quoted)));
        }
        all
    }
}

/// All pages of the project.
fn pages() -> Vec<Page> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(root()).unwrap() {
        paths.push(entry.unwrap().path());
    }
    for folder in ["docs", "fonts", "templates", "society", "tests/data"] {
        paths.extend(files_below(&root().join(folder)));
    }
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    paths.sort();
    let pages: Vec<Page> = paths.into_iter().map(Page::read).collect();
    assert!(pages.len() > 10, "only {} pages found", pages.len());
    pages
}

fn short(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().display().to_string()
}

#[test]
fn every_link_and_anchor_leads_somewhere() {
    let pages = pages();
    let anchors: BTreeMap<PathBuf, BTreeSet<String>> = pages
        .iter()
        .map(|page| (page.path.clone(), page.anchors()))
        .collect();
    let mut wrong = Vec::new();
    let mut followed = 0;
    for page in &pages {
        for (line, target) in page.links() {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            followed += 1;
            let (file, anchor) = match target.split_once('#') {
                Some((file, anchor)) => (file, Some(anchor)),
                None => (target.as_str(), None),
            };
            let path = match file {
                "" => page.path.clone(),
                file => page.path.parent().unwrap().join(file),
            };
            let known = path.canonicalize().ok();
            let there = match (&known, anchor) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(path), Some(anchor)) => anchors
                    .get(path)
                    .is_some_and(|anchors| anchors.contains(anchor)),
            };
            if !there {
                wrong.push(format!("{}:{line}: {target}", short(&page.path)));
            }
        }
    }
    assert!(followed > 50, "only {followed} links found");
    assert!(wrong.is_empty(), "these lead nowhere: {wrong:#?}");
}

/// Files a page's example makes.
const EXAMPLES: [&str; 1] = ["templates/letters/desk-change"];

#[test]
fn every_file_a_page_names_is_there() {
    let mut gone = Vec::new();
    let mut looked = 0;
    for page in pages() {
        let name = short(&page.path);
        if name == "CHANGELOG.md" {
            continue;
        }
        for (line, quoted) in page.quoted() {
            let ours = [
                "src/",
                "tests/",
                "templates/",
                "society/",
                "benches/",
                "fonts/",
            ]
            .iter()
            .any(|folder| quoted.starts_with(folder));
            // Placeholders and example files are not meant as they stand.
            let example = quoted.contains(['<', '*', '…', '{', ' '])
                || EXAMPLES.iter().any(|example| quoted.starts_with(example))
                || quoted.starts_with("society/substitutions.toml");
            if !ours || example {
                continue;
            }
            looked += 1;
            if !root().join(quoted).exists() {
                gone.push(format!("{name}:{line}: {quoted}"));
            }
        }
    }
    assert!(looked > 50, "only {looked} files named");
    assert!(gone.is_empty(), "these are not there: {gone:#?}");
}

/// A command's help.
pub fn help(workspace: &Workspace, words: &[&str]) -> String {
    let mut command = workspace.command(&[words, &["--help"]].concat());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{words:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands below one, from the list in its help.
pub fn commands_below(help: &str) -> Vec<String> {
    help.lines()
        .skip_while(|line| *line != "コマンド：")
        .skip(1)
        .take_while(|line| !line.is_empty())
        // A description that goes on in the next line stands further right.
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// The second half of docs/commands.md: the help of every command.
fn told_by_the_program() -> String {
    let workspace = Workspace::new();
    let mut page = String::new();
    let mut ahead: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(words) = ahead.pop() {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let help = help(&workspace, &words);
        let title = [&["yobin"], words.as_slice()].concat().join(" ");
        let help: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
        page.push_str(&format!(
            "\n### {title}\n\n```text\n{}\n```\n",
            help.join("\n")
        ));
        let below = commands_below(&help.join("\n"));
        for name in below.iter().rev() {
            let words = words.iter().copied().chain([name.as_str()]);
            ahead.push(words.map(str::to_owned).collect());
        }
    }
    page
}

#[test]
fn the_page_of_commands_is_what_the_program_says() {
    const MARK: &str = "## Every command\n";
    let path = root().join("docs/commands.md");
    let page = fs::read_to_string(&path).unwrap();
    let (head, kept) = page.split_once(MARK).expect("the heading of the list");
    let told = told_by_the_program();
    assert!(told.matches("\n### ").count() > 30, "{told}");
    if asked("YOBIN_BLESS") {
        fs::write(&path, format!("{head}{MARK}{told}")).unwrap();
        return;
    }
    let differs = kept.lines().zip(told.lines()).find(|(old, new)| old != new);
    assert!(
        kept == told,
        "docs/commands.md is not what the program says{}. Renew it: \
         YOBIN_BLESS=1 cargo test --test it pages",
        differs.map_or(String::new(), |(old, new)| format!(
            " ({old:?}, now {new:?})"
        ))
    );
}

/// The rows of a page's tables whose first cell is in backticks, below a
/// heading or in the whole page: every name in the first cell, and the rest.
fn rows(page: &str, heading: Option<&str>) -> Vec<(Vec<String>, String)> {
    let part = match heading {
        None => page,
        Some(heading) => {
            let (_, part) = page.split_once(&format!("\n## {heading}\n")).unwrap();
            part.split_once("\n## ").map_or(part, |(part, _)| part)
        }
    };
    part.lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .map(|row| {
            let (names, rest) = row.split_once(" | ").unwrap();
            let names = format!("`{names}");
            let names = names.split('`').skip(1).step_by(2).map(str::to_owned);
            (names.collect(), rest.to_owned())
        })
        .collect()
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let page = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    for (table, heading) in [
        ("dependencies", "In the program"),
        ("dev-dependencies", "For tests only"),
    ] {
        let used: BTreeSet<String> = manifest[table]
            .as_table()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        let mut told = BTreeSet::new();
        for (names, reason) in rows(&page, Some(heading)) {
            assert!(reason.len() > 10, "{names:?} has no reason");
            for name in names {
                assert!(told.insert(name.clone()), "{name} is told twice");
            }
        }
        assert_eq!(used, told, "{table} of Cargo.toml and docs/dependencies.md");
    }
}

/// The keys the program knows in a table, from how it refuses another.
fn known_keys(workspace: &Workspace) -> BTreeSet<String> {
    let told = workspace.exits(1, &["check"]);
    let (_, keys) = told
        .split_once("使える項目：")
        .unwrap_or_else(|| panic!("no list of keys: {told}"));
    let keys = keys.lines().next().unwrap();
    // Two are told as "one or the other".
    let keys = keys.split(", ").flat_map(|keys| keys.split(" or "));
    keys.map(|key| key.trim().to_owned()).collect()
}

/// The keys of all tables as the page writes them, `render.workers`; tables
/// inside a table are no keys.
fn keys_of(tables: &[&str], known: impl Fn(&str) -> BTreeSet<String>) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for table in tables {
        for key in known(table) {
            let path = match *table {
                "" => key,
                table => format!("{table}.{key}"),
            };
            if !tables.iter().any(|table| {
                *table == path
                    || table
                        .strip_prefix(&path)
                        .is_some_and(|rest| rest.starts_with('.'))
            }) {
                keys.insert(path);
            }
        }
    }
    keys
}

fn told_keys(heading: &str) -> BTreeSet<String> {
    let page = fs::read_to_string(root().join("docs/settings.md")).unwrap();
    let rows = rows(&page, Some(heading));
    rows.into_iter().flat_map(|(names, _)| names).collect()
}

#[test]
fn every_setting_is_told() {
    let tables = [
        "",
        "render",
        "delivery",
        "print",
        "publication",
        "mail",
        "mail.smtp",
    ];
    let keys = keys_of(&tables, |table| {
        let workspace = Workspace::new();
        let head = if table.is_empty() {
            String::new()
        } else {
            format!("[{table}]\n")
        };
        workspace.settings(&format!("{head}no_such_key = 1\n"));
        known_keys(&workspace)
    });
    assert_eq!(keys, told_keys("yobin.toml"));
}

#[test]
fn every_key_of_the_profile_is_told() {
    let tables = [
        "",
        "envelope",
        "contact",
        "complaint",
        "names",
        "mail",
        "numbering.letters",
        "fees",
        "identity_papers",
        "refusals",
        "requests",
        "kinds",
        "members",
        "restricted",
        "publication_facts",
    ];
    let keys = keys_of(&tables, |table| {
        let workspace = Workspace::with_settings("society = \"society\"\n");
        copy_folder(society(), &workspace.path("society"));
        let path = workspace.path("society/profile.toml");
        let profile = fs::read_to_string(&path).unwrap();
        let changed = if table.is_empty() {
            format!("no_such_key = 1\n{profile}")
        } else if profile.contains(&format!("\n[{table}]\n")) {
            let head = format!("\n[{table}]\n");
            profile.replacen(&head, &format!("{head}no_such_key = 1\n"), 1)
        } else {
            format!("{profile}\n[{table}]\nno_such_key = 1\n")
        };
        fs::write(&path, changed).unwrap();
        known_keys(&workspace)
    });
    let keys: BTreeSet<String> = keys
        .into_iter()
        .map(|key| key.replace("numbering.letters", "numbering.<series>"))
        .collect();
    assert_eq!(keys, told_keys("society/profile.toml"));
}
