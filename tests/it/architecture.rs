//! The shape of the program: a room uses what the table in `src/lib.rs` says
//! and no more, each foreign crate stays in one folder, and nothing kept in the project speaks
//! of the place it was made in.

use std::collections::{BTreeMap, BTreeSet};
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

/// The table in the crate's documentation: each room with the rooms it may
/// use, in the order of the table.
fn may_use() -> Vec<(String, Vec<String>)> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rows = lib.lines().filter_map(|line| line.strip_prefix("//! | `"));
    rows.map(|row| {
        let (room, rest) = row.split_once('`').unwrap();
        let named = rest.split('`').skip(1).step_by(2).map(str::to_owned);
        (room.to_owned(), named.collect())
    })
    .collect()
}

#[test]
fn the_table_of_rooms_is_complete() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let mut declared: Vec<&str> = lib
        .lines()
        .map(|line| line.strip_prefix("pub ").unwrap_or(line))
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    declared.sort_unstable();
    let mut listed: Vec<String> = may_use().into_iter().map(|(room, _)| room).collect();
    listed.sort();
    assert_eq!(declared, listed);
}

#[test]
fn the_table_of_rooms_has_no_way_round() {
    let table = may_use();
    for (place, (room, named)) in table.iter().enumerate() {
        for other in named {
            let before = table[..place].iter().any(|(known, _)| known == other);
            assert!(
                before,
                "{room} may use {other}, which does not stand before it"
            );
        }
    }
}

#[test]
fn a_room_uses_what_the_table_says_and_no_more() {
    let table = may_use();
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for source in sources() {
        let Some((room, allowed)) = table.iter().find(|(room, _)| *room == source.module) else {
            // lib.rs and main.rs stand above all rooms.
            assert!(["lib", "main"].contains(&source.module.as_str()));
            continue;
        };
        for name in source.names() {
            if name == *room {
                continue;
            }
            if !allowed.contains(&name) {
                wrong.push(format!("{} uses {name}", source.path.display()));
            }
            used.entry(room).or_default().insert(name);
        }
    }
    for (room, allowed) in &table {
        let used = used.get(room.as_str());
        for other in allowed {
            if !used.is_some_and(|used| used.contains(other)) {
                wrong.push(format!(
                    "{room} does not use {other}: take it off the table"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A face shows what acts and views give it: it reads no database and no
/// archive and sets no page.
#[test]
fn the_faces_stand_on_acts_and_views() {
    let behind = ["store", "archive", "render"];
    let table = may_use();
    let (_, named) = table.iter().find(|(room, _)| room == "cli").unwrap();
    assert!(named.iter().any(|room| room == "acts"), "{named:?}");
    let wrong: Vec<&String> = named
        .iter()
        .filter(|room| behind.contains(&room.as_str()))
        .collect();
    assert!(wrong.is_empty(), "cli may use {wrong:?}");
    // Nor through the office, which holds them open.
    for source in sources().iter().filter(|source| source.module == "cli") {
        for (line, code) in &source.lines {
            for field in [".store", ".archive"] {
                let reaches = code.match_indices(field).any(|(place, _)| {
                    let after = code[place + field.len()..].chars().next();
                    after.is_none_or(|c| !is_word(c) && c != '(')
                });
                assert!(!reaches, "{}:{line}: {code}", source.path.display());
            }
        }
    }
}

#[test]
fn only_acts_the_night_and_the_store_commit() {
    let rooms = ["store", "acts", "night"];
    let mut wrong = Vec::new();
    let mut at_home = 0;
    for source in sources() {
        if source.code().contains(".commit()") {
            if rooms.contains(&source.module.as_str()) {
                at_home += 1;
            } else {
                wrong.push(source.path.display().to_string());
            }
        }
    }
    assert!(at_home > 10, "only {at_home} files commit");
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// The names a file imports from sqlx.
fn imported_from_sqlx(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (place, _) in code.match_indices("use sqlx::") {
        let end = code[place..]
            .find(';')
            .map_or(code.len(), |end| place + end);
        let words = code[place + "use sqlx::".len()..end].split(|c: char| !c.is_alphanumeric());
        let types = words.filter(|word| word.starts_with(char::is_uppercase));
        names.extend(types.map(str::to_owned));
    }
    names
}

/// Everything of a public item that those who use it see: of a function its
/// head, of a field its line.
fn public_heads(code: &str) -> Vec<String> {
    let mut heads = Vec::new();
    for (place, _) in code.match_indices("pub ") {
        let rest = &code[place..];
        let end = rest.find(['{', ';', '=']).unwrap_or(rest.len());
        let head = &rest[..end];
        let is_function = head.contains("fn ");
        let head = if is_function || !head.contains(':') {
            head
        } else {
            rest.lines().next().unwrap_or_default()
        };
        heads.push(head.to_owned());
    }
    heads
}

#[test]
fn no_type_of_the_database_leaves_the_store() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in sources() {
        let face = ["mod.rs", "reads.rs", "work.rs", "error.rs", "intake.rs"];
        let name = source.path.strip_prefix("store").ok();
        if !name.is_some_and(|name| face.iter().any(|known| Path::new(known) == name)) {
            continue;
        }
        let code = source.code();
        let foreign = imported_from_sqlx(&code);
        for head in public_heads(&code) {
            seen += 1;
            let mut words = head.split(|c: char| !c.is_alphanumeric() && c != '_');
            if words.any(|word| foreign.contains(word) || word == "sqlx") {
                wrong.push(format!("{}: {head}", source.path.display()));
            }
        }
    }
    assert!(seen > 5, "only {seen} public items found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every function one can call on the store, what is read or changed through
/// it, its writer and a file that is taken in.
fn names_of_the_face() -> Vec<String> {
    let store = root().join("src/store");
    let mut names = Vec::new();
    let own = ["reads.rs", "work.rs", "intake.rs"];
    for file in own {
        let source = Source::read(&store.join(file));
        let code = source.code();
        let lists = code.lines().filter(|line| line.ends_with(';'));
        let listed = lists.filter(|line| line.contains(") ->"));
        let listed = listed.filter(|line| !line.contains("fn "));
        names.extend(listed.map(|line| first_word(line.trim_start())));
    }
    let types = [
        "impl Store {",
        "impl Writer {",
        "impl Reads {",
        "impl Work {",
        "impl Intake {",
    ];
    for source in sources() {
        if source.module != "store" {
            continue;
        }
        let mut on_the_face = false;
        for (_, line) in &source.lines {
            match line.as_str() {
                line if types.contains(&line) => on_the_face = true,
                "}" => on_the_face = false,
                _ => {}
            }
            let head = line.trim_start();
            let name = ["pub fn ", "pub async fn "]
                .iter()
                .find_map(|head_of| head.strip_prefix(head_of));
            if let Some(name) = name.filter(|name| on_the_face && !name.starts_with('$')) {
                names.push(first_word(name));
            }
        }
    }
    names
}

/// What the store promises is held by a suite that goes through its face
/// alone, so that another database can be held to it.
#[test]
fn each_function_of_the_face_is_held_by_the_contract() {
    let contract: String = files_below(&root().join("src/store/contract"))
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    assert!(
        !contract.contains("sqlx"),
        "the contract knows the database"
    );
    let untouched: Vec<String> = names_of_the_face()
        .into_iter()
        .filter(|name| !contract.contains(&format!("{name}(")))
        .collect();
    assert!(untouched.is_empty(), "{untouched:?}");
}

#[test]
fn the_face_of_the_store_stays_small() {
    let names = names_of_the_face();
    let functions = names.len();
    assert!(functions > 20, "only {functions} found");
}

/// Files that hold more than one idea's worth of lines, each with its reason.
const LONG: &[(&str, &str)] = &[];

#[test]
fn no_file_is_long() {
    let mut found = Vec::new();
    for source in sources() {
        let text = fs::read_to_string(root().join("src").join(&source.path)).unwrap();
        let lines = match text.find("\n#[cfg(test)]\nmod tests {") {
            Some(tests) => text[..tests].lines().count(),
            None => text.lines().count(),
        };
        let path = source.path.display().to_string();
        let excepted = LONG.iter().any(|(known, _)| *known == path);
        if (lines > 450) != excepted {
            found.push(format!("{path}: {lines} lines"));
        }
    }
    let is_there = |path: &str| root().join("src").join(path).is_file();
    let gone = LONG.iter().filter(|(path, _)| !is_there(path));
    found.extend(gone.map(|(path, _)| format!("{path}: not there any more")));
    assert!(found.is_empty(), "{found:#?}");
}

/// The modules of a room as paths below `src`, with the modules of the same
/// room each names. Files that hold a room's or a folder's face are left out:
/// what stands below a face may use it.
fn inner_uses() -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let sources = sources();
    let path_of = |source: &Source| -> Vec<String> {
        let path = source.path.with_extension("");
        let parts = path.iter().map(|part| part.to_str().unwrap().to_owned());
        parts.filter(|part| part != "mod").collect()
    };
    let is_face = |source: &Source| {
        let folder = root().join("src").join(source.path.with_extension(""));
        source.path.ends_with("mod.rs") || folder.is_dir()
    };
    let known: BTreeSet<Vec<String>> = sources
        .iter()
        .filter(|source| !is_face(source))
        .map(path_of)
        .collect();
    let longest = |mut path: Vec<String>| {
        while !path.is_empty() && !known.contains(&path) {
            path.pop();
        }
        path
    };
    let mut uses = BTreeMap::new();
    for source in sources.iter().filter(|source| !is_face(source)) {
        let own = path_of(source);
        let code = source.code();
        let mut named = BTreeSet::new();
        for (place, _) in code.match_indices("crate::") {
            for path in use_paths(&code[place + "crate::".len()..]) {
                named.insert(longest(path));
            }
        }
        for (place, _) in code.match_indices("super::") {
            if code[..place].ends_with("super::") {
                continue;
            }
            let mut rest = &code[place..];
            let mut base = own.clone();
            while let Some(after) = rest.strip_prefix("super::") {
                base.pop();
                rest = after;
            }
            for path in use_paths(rest) {
                named.insert(longest([base.clone(), path].concat()));
            }
        }
        named.retain(|path| path.first() == own.first() && *path != own);
        uses.insert(own, named);
    }
    uses
}

/// The paths of a use tree that begins here: `a::{b, c::d}` names `a::b` and
/// `a::c::d`.
fn use_paths(text: &str) -> Vec<Vec<String>> {
    if let Some(group) = text.strip_prefix('{') {
        let mut paths = Vec::new();
        let (mut depth, mut begin) = (0, 0);
        for (place, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    paths.extend(use_paths(group[begin..place].trim_start()));
                    begin = place + 1;
                    if c == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
        return paths;
    }
    let head = first_word(text);
    if head.is_empty() {
        return Vec::new();
    }
    match text[head.len()..].strip_prefix("::") {
        Some(rest) => {
            let tails = use_paths(rest);
            let tails = if tails.is_empty() {
                vec![Vec::new()]
            } else {
                tails
            };
            let with = |tail: Vec<String>| [vec![head.clone()], tail].concat();
            tails.into_iter().map(with).collect()
        }
        None => vec![vec![head]],
    }
}

#[test]
fn no_circle_inside_a_room() {
    let mut uses = inner_uses();
    assert!(uses.len() > 100, "only {} files", uses.len());
    // What uses nothing that is left stands in no circle.
    loop {
        let left: BTreeSet<Vec<String>> = uses.keys().cloned().collect();
        let before = uses.len();
        uses.retain(|_, named| named.iter().any(|path| left.contains(path)));
        if uses.len() == before {
            break;
        }
    }
    // Nor does what nothing that is left uses.
    loop {
        let used: BTreeSet<Vec<String>> = uses.values().flatten().cloned().collect();
        let before = uses.len();
        uses.retain(|path, _| used.contains(path));
        if uses.len() == before {
            break;
        }
    }
    let found: Vec<String> = uses.keys().map(|path| path.join("/")).collect();
    assert_eq!(found, CIRCLES);
}

/// Files that stand in a circle; this list only gets shorter.
const CIRCLES: &[&str] = &[];

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
        ("minijinja", &["acts", "mail", "notice", "pages", "views"]),
        ("sha2", &["hash"]),
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

/// The texts between quotation marks in a piece of code, as the program has
/// them: a line that is continued with a backslash goes on without its blanks.
fn literals(code: &str) -> Vec<String> {
    let mut literals = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
        } else if let Some(text) = rest.strip_prefix('"') {
            let (literal, after) = quoted(text);
            literals.push(literal);
            rest = after;
        } else if let Some((literal, after)) = raw(rest) {
            literals.push(literal.to_owned());
            rest = after;
        } else if first == '\'' {
            rest = after_quote(&rest[1..]);
        } else if is_word(first) {
            // The letters of a word are no prefix of a raw text.
            rest = rest.trim_start_matches(is_word);
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    literals
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A text up to its quotation mark, and what follows.
fn quoted(text: &str) -> (String, &str) {
    let mut literal = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '"' => break,
            '\\' if rest.starts_with('\n') => rest = rest.trim_start(),
            '\\' => {
                let escaped = rest.chars().next().map_or(0, char::len_utf8);
                literal.push_str(&rest[..escaped]);
                rest = &rest[escaped..];
            }
            c => literal.push(c),
        }
    }
    (literal, rest)
}

/// `r"…"` and `r#"…"#`, and what follows.
fn raw(code: &str) -> Option<(&str, &str)> {
    let code = code.strip_prefix('b').unwrap_or(code).strip_prefix('r')?;
    let text = code.trim_start_matches('#');
    let end = format!("\"{}", &code[..code.len() - text.len()]);
    text.strip_prefix('"')?.split_once(end.as_str())
}

/// What follows a single quotation mark: of a character, its second one; of
/// a lifetime, its name.
fn after_quote(code: &str) -> &str {
    let mut parts = code.chars();
    match (parts.next(), parts.next()) {
        (Some('\\'), Some(_)) => code[2..].split_once('\'').map_or("", |(_, after)| after),
        (Some(c), Some('\'')) => &code[c.len_utf8() + 1..],
        _ => code,
    }
}

/// Whether a text tells somebody what to type: the program's name before a
/// command, or an option, in a sentence.
fn names_a_command(text: &str) -> bool {
    let option = |(place, dashes): (usize, &str)| {
        let after = text[place + dashes.len()..].chars().next();
        after.is_some_and(|c| c.is_ascii_lowercase())
    };
    text.contains("yobin ")
        || text.contains(" --")
        || (!text.is_ascii() && text.match_indices("--").any(option))
}

#[test]
fn the_texts_of_a_piece_of_code_are_found_whole() {
    let code = "let a = \"one \\\"two\\\" \\\n    three\"; // \"no\"\n\
                let b = ('\"', '\\'', \"four\"); fn f<'a>(x: &'a str) {}\n\
                let c = (r\"five\", br#\"six \"seven\"\"#, var\"eight\n  nine\"); /* \"no\" */";
    let texts = [
        "one \"two\" three",
        "four",
        "five",
        "six \"seven\"",
        "eight\n  nine",
    ];
    assert_eq!(literals(code), texts);
    for text in ["yobin verify で", "verify --all", "先に、--as を付けて"] {
        assert!(names_a_command(text), "{text}");
    }
    for text in ["yobin.toml", "--memory-mib", "前に——後", "|---|"] {
        assert!(!names_a_command(text), "{text}");
    }
}

/// A next step becomes the name of a command only where it is shown, so that
/// a face without commands can say it in its own way, and nothing the store
/// keeps grows old with a command.
#[test]
fn only_the_faces_and_wording_name_a_command() {
    let mut found: Vec<String> = Vec::new();
    let mut at_home = 0;
    for source in sources() {
        let texts = literals(&source.code());
        let texts = texts.iter().filter(|text| names_a_command(text));
        if ["cli", "wording"].contains(&source.module.as_str()) {
            at_home += texts.count();
            continue;
        }
        let path = source.path.display().to_string();
        found.extend(texts.map(|text| format!("{path}: {text}")));
    }
    assert!(at_home > 100, "only {at_home} texts name a command");
    assert!(found.is_empty(), "{found:#?}");
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
