//! Whoever follows the manual or a remedy gets what they say: every command
//! they name is there with its options, every whole command line is understood,
//! and worked examples print what stands below them.

use std::collections::BTreeMap;
use std::fs;

use crate::harness::{NOON, Workspace, files_below, root};
use crate::pages::{commands_below, help};

/// The commands of the program: the words that lead to each, with its options.
struct Known(BTreeMap<Vec<String>, Vec<String>>);

impl Known {
    fn read(workspace: &Workspace) -> Self {
        let mut all = BTreeMap::new();
        let mut ahead = vec![Vec::new()];
        while let Some(words) = ahead.pop() {
            let plain: Vec<&str> = words.iter().map(String::as_str).collect();
            let help = help(workspace, &plain);
            let options = help.lines().skip_while(|line| *line != "オプション：");
            let options = options.take_while(|line| !line.is_empty());
            let words_of = |line: &str| -> Vec<String> {
                let words = line.split_whitespace().take(2);
                let words = words.map(|word| word.trim_end_matches(','));
                let options = words.filter(|word| word.starts_with('-'));
                options.map(str::to_owned).collect()
            };
            let options = options.flat_map(words_of).collect();
            for below in commands_below(&help) {
                ahead.push(words.iter().cloned().chain([below]).collect());
            }
            all.insert(words, options);
        }
        Known(all)
    }

    /// The command a line begins with, and the words after its name.
    fn command<'a>(&self, words: &'a [String]) -> (Vec<String>, &'a [String]) {
        let mut path = Vec::new();
        let mut rest = words;
        while let [first, after @ ..] = rest {
            path.push(first.clone());
            if !self.0.contains_key(&path) {
                path.pop();
                break;
            }
            rest = after;
        }
        (path, rest)
    }

    /// What is wrong with a line that names a command.
    fn wrong(&self, words: &[String]) -> Option<String> {
        let (path, rest) = self.command(words);
        let options = &self.0[&path];
        if path.is_empty() && !rest.first().is_none_or(|word| word.starts_with('-')) {
            return Some(format!("no command {rest:?}"));
        }
        let below = self
            .0
            .keys()
            .any(|known| known.len() > path.len() && known.starts_with(&path));
        let is_name = |word: &String| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        if below && rest.first().is_some_and(is_name) && !rest[0].starts_with('-') {
            return Some(format!("no command {path:?} {:?}", rest[0]));
        }
        let named = rest
            .iter()
            .filter(|word| word.starts_with('-') && word.len() > 1);
        let named = named.map(|word| word.split('=').next().unwrap_or_default().to_owned());
        named
            .filter(|word| !options.contains(word))
            .map(|word| format!("{path:?} has no {word}"))
            .next()
    }
}

/// The words of a line, as a shell splits them, without a remark or where its
/// output goes.
fn words(line: &str) -> Vec<String> {
    let line = line.split(" #").next().unwrap_or_default();
    let line = line.split(" > ").next().unwrap_or_default();
    let mut words = Vec::new();
    for (place, part) in line.split('"').enumerate() {
        match place % 2 {
            1 => words.push(part.to_owned()),
            _ => words.extend(part.split_whitespace().map(str::to_owned)),
        }
    }
    words
}

/// Command lines of a page: in blocks, and in backticks. They begin with the
/// program's name, which is left off.
fn lines_of(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in page.lines() {
        let block = line.trim_start();
        let block = block.strip_prefix("$ ").unwrap_or(block);
        if line.starts_with("    ")
            && let Some(line) = block.strip_prefix("yobin ")
        {
            found.push(line.to_owned());
            continue;
        }
        let quoted = line.split('`').skip(1).step_by(2);
        found.extend(quoted.filter_map(|quoted| Some(quoted.strip_prefix("yobin ")?.to_owned())));
    }
    found
}

fn pages() -> Vec<(String, String)> {
    let mut paths = vec![root().join("README.md"), root().join("CONTRIBUTING.md")];
    paths.extend(files_below(&root().join("docs")));
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    let read = |path: std::path::PathBuf| {
        (
            path.display().to_string(),
            fs::read_to_string(&path).unwrap(),
        )
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn every_command_a_page_names_is_there_with_its_options() {
    let workspace = Workspace::new();
    let known = Known::read(&workspace);
    let (mut looked, mut wrong) = (0, Vec::new());
    for (page, text) in pages() {
        for line in lines_of(&text) {
            looked += 1;
            if let Some(why) = known.wrong(&words(&line)) {
                wrong.push(format!("{page}: yobin {line}: {why}"));
            }
        }
    }
    assert!(looked > 150, "only {looked} found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A remedy that names what is not there helps nobody.
#[test]
fn every_command_a_sentence_of_the_program_names_is_there_with_its_options() {
    let workspace = Workspace::new();
    let known = Known::read(&workspace);
    let (mut looked, mut wrong) = (0, Vec::new());
    let mut files = files_below(&root().join("src"));
    files.extend(files_below(&root().join("templates")));
    for path in files {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let texts = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in texts {
            for after in line.split("yobin ").skip(1) {
                let plain = |c: char| c.is_ascii_alphanumeric() || "-_ ".contains(c);
                let end = after.find(|c: char| !plain(c)).unwrap_or(after.len());
                let said = &after[..end];
                if !said.starts_with(|c: char| c.is_ascii_lowercase()) {
                    continue;
                }
                looked += 1;
                // A value may follow an option.
                let words: Vec<String> = said.split_whitespace().map(str::to_owned).collect();
                if let Some(why) = known.wrong(&words) {
                    wrong.push(format!("{}: yobin {said}: {why}", path.display()));
                }
            }
        }
    }
    assert!(looked > 100, "only {looked} found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Something to write where the manual says what belongs there.
fn filled(word: &str, path: &[String]) -> String {
    let notice = path.first().is_some_and(|first| first == "notice");
    let amend = path.last().is_some_and(|last| last == "amend");
    let reopen = path.last().is_some_and(|last| last == "reopen");
    match word {
        "番号" if notice => "2",
        "番号" | "番号…" | "LETTER" => "L000001B",
        "日付" | "投函した日" | "手渡した日" | "初めの日付" | "終わりの日付" => {
            "2026-11-22"
        }
        "名前" => "佐藤",
        "ファイル" | "…" => "記録.csv",
        "種類" => "acknowledgement",
        "理由" if reopen => "対応の継続",
        "理由" if amend => "入力の誤り",
        "理由" => "取下げ",
        "受付番号" => "受第26-001号",
        "通数" | "印刷の番号" => "1",
        "/media/usb/yobin-key.txt" => "鍵.txt",
        other => other,
    }
    .to_owned()
}

/// Lines that are not run, and why.
const NOT_RUN: [(&str, &str); 1] = [(
    "notice draft 改定案.toml --as 佐藤",
    "asks ten questions on a terminal",
)];

#[test]
fn every_whole_command_line_of_the_manual_is_understood() {
    let workspace = Workspace::new();
    let known = Known::read(&workspace);
    let mut run = 0;
    for page in ["README.md", "docs/operations.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        for line in lines_of(&text) {
            let words = words(&line);
            let (path, rest) = known.command(&words);
            // A command that is only named, with or without an option.
            if rest.iter().all(|word| word.starts_with('-')) {
                continue;
            }
            if NOT_RUN.iter().any(|(not, _)| *not == line) {
                continue;
            }
            let given = path
                .iter()
                .cloned()
                .chain(rest.iter().map(|word| filled(word, &path)));
            let given: Vec<String> = given.collect();
            let given: Vec<&str> = given.iter().map(String::as_str).collect();
            let done = workspace.yobin(&given);
            run += 1;
            let usage = done.err.contains("--help で見られます");
            assert!(
                !usage && done.code.is_some(),
                "{page}: yobin {line}\n{}",
                done.err
            );
        }
    }
    assert!(run > 55, "only {run} were run");
}

/// What a page prints below a command, up to a blank line or the next command.
fn printed_below(page: &str, command: &str) -> Vec<String> {
    let asked = format!("$ {command}");
    let mut lines = page.lines().skip_while(|line| line.trim() != asked);
    assert!(lines.next().is_some(), "the page has no {asked}");
    let block = lines.take_while(|line| line.starts_with("    ") && !line.contains("$ "));
    block.map(|line| line.trim().to_owned()).collect()
}

/// Whether a line is the one the page shows; `…` and what differs from house to
/// house (hashes, sizes) stand for anything.
fn is_shown(shown: &str, line: &str) -> bool {
    let pattern = regex::escape(shown)
        .replace('…', ".*")
        .replace("\\.\\.\\.", ".*");
    let pattern = regex::Regex::new("[0-9a-f]{64}")
        .unwrap()
        .replace_all(&pattern, "[0-9a-f]{64}");
    let pattern = regex::Regex::new(r"\d+バイト")
        .unwrap()
        .replace_all(&pattern, r"\d+バイト")
        .into_owned();
    regex::Regex::new(&format!("^{pattern}$"))
        .unwrap()
        .is_match(line.trim())
}

/// Runs an example of a page and holds its output against what is printed
/// there, line after line.
fn example(workspace: &Workspace, page: &str, command: &str, code: i32) {
    let words = words(command.strip_prefix("yobin ").unwrap());
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let told = workspace.exits(code, &words);
    let mut lines = told.lines();
    let printed = printed_below(page, command);
    for shown in printed.iter().filter(|shown| *shown != "…") {
        let found = lines.any(|line| is_shown(shown, line));
        assert!(found, "{command} prints no {shown:?} there:\n{told}");
    }
}

fn letter(n: usize) -> serde_json::Value {
    let mut record = crate::harness::plain_record(n, false);
    record["receipt_number"] = format!("受第26-{n:03}号").into();
    record
}

#[test]
fn the_day_of_the_readme_prints_what_the_readme_shows() {
    let page = fs::read_to_string(root().join("README.md")).unwrap();
    let workspace = Workspace::with_settings("requests = \"required\"\n");
    let headers =
        "受付番号,請求の種類,請求日,到達日,請求者の区分,請求者氏名,請求者住所,本人氏名,本人の区分";
    let row = |n: usize| {
        format!(
            "受第26-{n:03}号,開示,2026-11-18,2026-11-20,本人,見本 太郎{n},群馬県前橋市亀里町1310番地,見本 太郎{n},被保険者"
        )
    };
    workspace.file("請求.csv", format!("{headers}\n{}\n{}\n", row(1), row(2)));
    example(&workspace, &page, "yobin request add 請求.csv --as 佐藤", 0);
    let headers = "結果区分,氏名,郵便番号,住所,送付方法,受付番号,請求日,到達日,請求者の区分,請求の種類,請求の内容,回答予定日";
    let row = |n: usize, code: &str| {
        format!(
            "受付,見本 太郎{n},{code},群馬県前橋市亀里町1310番地,保管のみ,受第26-{n:03}号,2026-11-18,2026-11-20,本人,開示,特定健診の結果,2026-12-18"
        )
    };
    let rows = [row(1, "379-2147"), row(2, "379-2147"), row(3, "379-214")].join("\n");
    workspace.file("requests.csv", format!("{headers}\n{rows}\n"));
    let queue = "yobin queue requests.csv --kind acknowledgement --as 佐藤";
    example(&workspace, &page, queue, 1);
    let rows = [row(1, "379-2147"), row(2, "379-2147")].join("\n");
    workspace.file("requests.csv", format!("{headers}\n{rows}\n"));
    workspace.ok(&[
        "queue",
        "requests.csv",
        "--kind",
        "acknowledgement",
        "--as",
        "佐藤",
    ]);
    example(&workspace, &page, "yobin approve L000001B --as 佐藤", 1);
    example(
        &workspace,
        &page,
        "yobin approve L000001B L000002C --as 鈴木",
        0,
    );
}

#[test]
fn worked_examples_of_the_manual_print_what_it_shows() {
    let page = fs::read_to_string(root().join("docs/operations.md")).unwrap();
    let workspace = Workspace::new();
    let records: Vec<String> = (1..=3).map(|n| letter(n).to_string()).collect();
    workspace.file("letters.jsonl", records.join("\n"));
    workspace.ok(&["queue", "letters.jsonl", "--as", "佐藤"]);
    workspace.ok(&["run"]);
    example(&workspace, &page, "yobin verify", 0);
    example(&workspace, &page, "yobin reproduce L000001B", 0);
    example(&workspace, &page, "yobin calibrate -o 窓あわせ.pdf", 0);
    let society = workspace.path("society");
    fs::create_dir(&society).unwrap();
    fs::copy(
        root().join("society/notice.toml"),
        society.join("notice.toml"),
    )
    .unwrap();
    let import = "yobin notice import society/notice.toml --as 佐藤";
    example(&workspace, &page, import, 0);
    // The key is made where the test may write.
    let keygen = "yobin restricted keygen -o /media/usb/yobin-key.txt";
    let told = workspace.ok(&["restricted", "keygen", "-o", "yobin-key.txt"]);
    for shown in printed_below(&page, keygen)
        .iter()
        .filter(|shown| *shown != "…")
    {
        let shown = shown.replace("/media/usb/", "");
        assert!(
            told.lines().any(|line| is_shown(&shown, line)),
            "{shown}\n{told}"
        );
    }
}

#[test]
fn check_prints_what_the_manual_shows() {
    let page = fs::read_to_string(root().join("docs/operations.md")).unwrap();
    let workspace = Workspace::with_settings("requests = \"required\"\n");
    let told = workspace.ok(&["check", "--now", NOON]);
    let shown = page
        .lines()
        .skip_while(|line| !line.trim().starts_with("問題はありません。"))
        .take_while(|line| line.starts_with("    "))
        .map(|line| line.trim().to_owned());
    let shown: Vec<String> = shown.filter(|line| line != "…").collect();
    assert!(shown.len() >= 3, "{shown:?}");
    for shown in shown {
        assert!(
            told.lines().any(|line| is_shown(&shown, line)),
            "{shown}\n{told}"
        );
    }
}
