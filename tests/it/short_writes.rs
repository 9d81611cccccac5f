//! Nobody waits for a file that is taken in, however large it is and whatever
//! becomes of the program that takes it in; and the night waits for everybody.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::runtime::Runtime;

use crate::harness::{Running, Workspace, plain_record};

/// Another program at the store, which holds the lock for writing or not.
struct Other {
    runtime: Runtime,
    connection: SqliteConnection,
}

impl Other {
    fn at(workspace: &Workspace) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let options = SqliteConnectOptions::new()
            .filename(workspace.path("out/yobin.db"))
            .busy_timeout(std::time::Duration::from_secs(60));
        let connection = runtime.block_on(options.connect()).unwrap();
        Other {
            runtime,
            connection,
        }
    }

    fn does(&mut self, statement: &'static str) {
        self.runtime
            .block_on(sqlx::query(statement).execute(&mut self.connection))
            .unwrap();
    }

    fn lock(&mut self) {
        self.does("BEGIN IMMEDIATE");
    }

    fn unlock(&mut self) {
        self.does("COMMIT");
    }

    fn counts(&mut self, of: &'static str) -> i64 {
        let count = sqlx::query_scalar(of).fetch_one(&mut self.connection);
        self.runtime.block_on(count).unwrap()
    }
}

const ENTERING: &str = "SELECT COUNT(*) FROM entering";
const TAKEN_IN: &str = "SELECT COUNT(*) FROM entering_file";
const LETTERS: &str = "SELECT COUNT(*) FROM letter";

/// A workspace with its database and nothing in it.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.ok(&["list"]);
    workspace
}

fn many(workspace: &Workspace, count: usize) -> PathBuf {
    let lines: Vec<String> = (1..=count)
        .map(|n| plain_record(n, false).to_string())
        .collect();
    workspace.file("many.jsonl", lines.join("\n"))
}

fn queue(workspace: &Workspace, file: &Path) -> Running {
    let child = workspace
        .command(&["queue", file.to_str().unwrap()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Running::new(child)
}

#[test]
fn a_file_is_held_against_the_store_while_another_writes() {
    let workspace = workspace();
    let mut other = Other::at(&workspace);
    other.lock();
    let file = many(&workspace, 700);
    // It would wait for half a minute and fail.
    let told = workspace.ok(&["queue", file.to_str().unwrap(), "--dry-run"]);
    assert!(told.contains("700件"), "{told}");
    let mut lines = fs::read_to_string(&file).unwrap();
    lines.push_str("\n{\"kind\": \"acknowledgement\"}");
    fs::write(&file, lines).unwrap();
    workspace.exits(1, &["queue", file.to_str().unwrap()]);
    other.unlock();
    assert_eq!(workspace.letters().len(), 0);
}

/// Lets a large file be taken in, holding the lock whenever it is not its
/// turn, until `stop` says so; then it is killed where it stands.
fn killed_when(workspace: &Workspace, file: &Path, stop: impl Fn(&mut Other) -> bool) -> i64 {
    let mut other = Other::at(workspace);
    other.lock();
    let queue = queue(workspace, file);
    loop {
        other.unlock();
        other.lock();
        if stop(&mut other) {
            break;
        }
    }
    queue.kill();
    let letters = other.counts(LETTERS);
    other.unlock();
    letters
}

#[test]
fn a_large_file_that_was_not_taken_in_leaves_nothing() {
    const COUNT: usize = 2600;
    let workspace = workspace();
    let file = many(&workspace, COUNT);
    let copied = |other: &mut Other| other.counts(ENTERING) > 0;
    for _ in 0..2 {
        assert_eq!(killed_when(&workspace, &file, copied), 0);
        assert_eq!(workspace.letters().len(), 0);
        // Whoever opened the store next let no name stay in its files.
        assert_nothing_left(&workspace);
    }
    // Another file comes first; what was left is nobody's.
    let first = plain_record(COUNT + 1, false).to_string();
    let first = workspace.file("first.jsonl", first);
    workspace.ok(&["queue", first.to_str().unwrap()]);
    workspace.ok(&["queue", file.to_str().unwrap()]);
    assert_whole(&workspace, COUNT + 1);
    let again = workspace.ok(&["queue", file.to_str().unwrap()]);
    assert!(again.contains(&format!("{COUNT}件")), "{again}");
    assert_whole(&workspace, COUNT + 1);
}

#[test]
fn a_large_file_that_was_taken_in_becomes_all_its_letters() {
    const COUNT: usize = 2600;
    let workspace = workspace();
    let file = many(&workspace, COUNT);
    let taken_in = |other: &mut Other| other.counts(TAKEN_IN) > 0;
    let letters = killed_when(&workspace, &file, taken_in);
    assert!(letters < i64::try_from(COUNT).unwrap(), "it was over");
    // Whoever comes next sees all of them.
    assert_whole(&workspace, COUNT);
    assert_eq!(
        workspace.look_up("SELECT hex(COUNT(*)) FROM entering"),
        "30"
    );
    workspace.ok(&["queue", file.to_str().unwrap()]);
    assert_whole(&workspace, COUNT);
}

/// An act on many letters, and another who writes whenever it is not its turn.
/// It is killed, if so asked, where `stop` says so.
fn act_beside(
    workspace: &Workspace,
    args: &[&str],
    mut stop: impl FnMut(&mut Other) -> bool,
    kill: bool,
) -> Option<i32> {
    let mut other = Other::at(workspace);
    other.lock();
    let act = Running::new(workspace.command(args).spawn().unwrap());
    loop {
        other.unlock();
        other.lock();
        if stop(&mut other) {
            break;
        }
    }
    if kill {
        act.kill();
        other.unlock();
        return None;
    }
    other.unlock();
    act.exit_code()
}

const APPROVED: &str = "SELECT COUNT(*) FROM letter WHERE state = 'approved'";

/// A workspace with so many letters that wait for approval, and the arguments
/// that approve those from one to the last.
fn awaiting_approval(count: usize) -> (Workspace, impl Fn(usize) -> Vec<String>) {
    let workspace = workspace();
    workspace.settings("approval = \"required\"\n");
    workspace.queue_plain(count, 0);
    let ids: Vec<String> = workspace
        .letters()
        .iter()
        .map(|letter| letter["id"].as_str().unwrap().to_owned())
        .collect();
    let args = move |from: usize| {
        let left = (ids.len() - from).to_string();
        let (first, last) = (&ids[from], ids.last().unwrap());
        [
            "approve",
            first,
            "--through",
            last,
            "--count",
            &left,
            "--as",
            "鈴木",
        ]
        .map(str::to_owned)
        .to_vec()
    };
    (workspace, args)
}

fn texts(args: &[String]) -> Vec<&str> {
    args.iter().map(String::as_str).collect()
}

#[test]
fn an_approval_of_many_lets_others_write_and_can_be_gone_on_with_after_a_kill() {
    const COUNT: usize = 1700;
    let (workspace, args) = awaiting_approval(COUNT);
    let begun = |other: &mut Other| other.counts(APPROVED) > 0;
    act_beside(&workspace, &texts(&args(0)), begun, true);
    let done = workspace.letters_in("approved").len();
    assert!(done > 0 && done < COUNT, "{done}");
    workspace.ok(&["verify"]);
    // As many as before are there no more, and that is told.
    let told = workspace.exits(1, &texts(&args(0)));
    assert!(told.contains(&format!("{}件で", COUNT - done)), "{told}");
    workspace.ok(&texts(&args(done)));
    assert_eq!(workspace.letters_in("approved").len(), COUNT);
    workspace.ok(&["verify"]);
}

#[test]
fn a_letter_somebody_holds_while_many_are_approved_stays_held() {
    const COUNT: usize = 1700;
    let (workspace, args) = awaiting_approval(COUNT);
    let last = workspace.letters()[COUNT - 1]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut held = false;
    let code = act_beside(
        &workspace,
        &texts(&args(0)),
        |other| {
            if !held && other.counts(APPROVED) > 0 {
                // Between two parts a colleague comes in.
                other.unlock();
                workspace.ok(&["hold", &last, "--as", "佐藤"]);
                other.lock();
                held = true;
            }
            held
        },
        false,
    );
    assert_eq!(code, Some(2));
    assert_eq!(workspace.letters_in("approved").len(), COUNT - 1);
    assert_eq!(workspace.letters_in("held").len(), 1);
    workspace.ok(&["verify"]);
}

#[test]
fn many_are_approved_all_or_none_if_one_is_refused() {
    const COUNT: usize = 700;
    let (workspace, args) = awaiting_approval(COUNT);
    let mut own = args(0);
    own.truncate(6);
    own.extend(["--as".to_owned(), "tester".to_owned()]);
    let told = workspace.exits(1, &texts(&own));
    assert!(told.contains("受け付けた人は承認できません"), "{told}");
    assert_eq!(workspace.letters_in("approved").len(), 0);
}

/// A list of flags of so many members; the last row may be a bad one.
fn flags(workspace: &Workspace, count: usize, last: &str) -> PathBuf {
    let mut lines = vec!["加入者管理番号,区分,操作".to_owned()];
    lines.extend((1..=count).map(|n| format!("M-{n:06},送付停止,登録")));
    lines.push(last.to_owned());
    workspace.file("flags.csv", lines.join("\n"))
}

const FLAGS: &str = "SELECT COUNT(*) FROM member_flag";
const FLAG_ACTS: &str = "SELECT COUNT(*) || '' FROM member_flag_audit";

#[test]
fn a_list_of_flags_is_held_against_the_store_while_another_writes() {
    let workspace = workspace();
    let mut other = Other::at(&workspace);
    other.lock();
    // Each of these would wait for half a minute, and fail by that.
    for (last, word) in [
        ("M-0001,送付停止,多分", "操作"),
        ("M-000001,支援,登録", "区分"),
        (",送付停止,登録", "加入者管理番号"),
    ] {
        let file = flags(&workspace, 40, last);
        let told = workspace.exits(
            1,
            &["members", "flags", file.to_str().unwrap(), "--as", "佐藤"],
        );
        assert!(told.contains(word), "{word}: {told}");
    }
    other.unlock();
    assert_eq!(workspace.look_up(FLAG_ACTS), "0");
}

#[test]
fn a_large_list_of_flags_lets_others_write_and_can_be_gone_on_with_after_a_kill() {
    const COUNT: usize = 1700;
    let workspace = workspace();
    let file = flags(&workspace, COUNT, "");
    let args = ["members", "flags", file.to_str().unwrap(), "--as", "佐藤"];
    let begun = |other: &mut Other| other.counts(FLAGS) > 0;
    act_beside(&workspace, &args, begun, true);
    let done: usize = workspace.look_up(FLAG_ACTS).parse().unwrap();
    assert!(done > 0 && done < COUNT, "{done}");
    workspace.ok(&["verify"]);
    // The same file does the rest, and nothing twice.
    let told = workspace.ok(&args);
    for count in [done, COUNT - done] {
        assert!(told.contains(&format!("{count}件")), "{count}: {told}");
    }
    assert_eq!(workspace.look_up(FLAG_ACTS), COUNT.to_string());
    workspace.ok(&["verify"]);
}

fn assert_nothing_left(workspace: &Workspace) {
    assert_eq!(
        workspace.look_up("SELECT '' || COUNT(*) FROM entering"),
        "0"
    );
    for name in ["out/yobin.db", "out/yobin.db-wal"] {
        let bytes = fs::read(workspace.path(name)).unwrap_or_default();
        let word = b"\"addressee_name\"";
        let found = bytes.windows(word.len()).any(|part| part == word);
        assert!(!found, "a record can be read from {name}");
    }
}

#[test]
fn a_large_file_that_fails_half_way_leaves_no_name_in_the_store() {
    let workspace = workspace();
    let file = many(&workspace, 2600);
    let mut other = Other::at(&workspace);
    other.lock();
    let queue = queue(&workspace, &file);
    loop {
        other.unlock();
        other.lock();
        if other.counts(ENTERING) > 0 {
            break;
        }
    }
    // A later part finds its place taken.
    other.does("UPDATE entering SET id = 2600 WHERE id = 1");
    other.unlock();
    assert_eq!(queue.exit_code(), Some(1));
    assert_nothing_left(&workspace);
    workspace.ok(&["queue", file.to_str().unwrap()]);
    assert_whole(&workspace, 2600);
}

#[test]
fn the_lock_of_large_files_follows_no_link() {
    let workspace = workspace();
    let file = many(&workspace, 700);
    let (lock, elsewhere) = (
        workspace.path("out/intake.lock"),
        workspace.path("elsewhere"),
    );
    drop(fs::remove_file(&lock));
    std::os::unix::fs::symlink(&elsewhere, &lock).unwrap();
    workspace.exits(1, &["queue", file.to_str().unwrap()]);
    assert!(!elsewhere.exists(), "a file was made elsewhere");
    fs::remove_file(&lock).unwrap();
    workspace.ok(&["queue", file.to_str().unwrap()]);
    assert_whole(&workspace, 700);
}

/// All letters are there, and their references have no gap.
fn assert_whole(workspace: &Workspace, count: usize) {
    assert_eq!(workspace.letters().len(), count);
    let last = workspace.look_up("SELECT '' || max(id) FROM letter");
    assert_eq!(last, count.to_string());
    let audited = "SELECT '' || COUNT(DISTINCT letter_id) FROM audit WHERE to_state = 'queued'";
    assert_eq!(workspace.look_up(audited), count.to_string());
}

#[test]
fn the_night_waits_for_whoever_holds_the_store_and_says_so() {
    let workspace = workspace();
    workspace.queue_plain(3, 3);
    let mut other = Other::at(&workspace);
    other.lock();
    let mut child = workspace
        .command(&["run"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let night = Running::new(child);
    let told = lines
        .find(|line| line.as_ref().unwrap().contains("待っています"))
        .unwrap()
        .unwrap();
    assert!(told.contains("記録は失われません"), "{told}");
    // It is this very process.
    if fs::read_to_string("/proc/locks").is_ok_and(|locks| locks.contains("POSIX")) {
        let own = format!("プロセス {}", std::process::id());
        assert!(told.contains(&own), "{told}");
    }
    other.unlock();
    lines.for_each(drop);
    assert_eq!(night.exit_code(), Some(0));
    assert_eq!(workspace.letters_in("written").len(), 3);
}

#[test]
fn a_killed_queue_leaves_no_file_with_names_beside_its_source() {
    let workspace = workspace();
    let folder = workspace.path("desk");
    fs::create_dir(&folder).unwrap();
    // As a program on a file system without unnamed files left it.
    fs::write(folder.join(".part-aB3dE6"), "見本 太郎").unwrap();
    fs::write(folder.join(".part-時間割"), "no file of ours").unwrap();
    let mut bad = plain_record(2, false);
    bad["addressee_postal_code"] = json!("見本");
    let lines = [plain_record(1, false), bad].map(|record| record.to_string());
    let file = folder.join("two.jsonl");
    fs::write(&file, lines.join("\n")).unwrap();
    let mut other = Other::at(&workspace);
    other.lock();
    let queue = Running::new(
        workspace
            .command(&["queue", file.to_str().unwrap(), "--accept-valid"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    // The bad row is safe before the good one waits for its turn.
    let mended = folder.join("two-要修正.jsonl");
    while !mended.exists() {
        std::thread::yield_now();
    }
    queue.kill();
    other.unlock();
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, [".part-時間割", "two-要修正.jsonl", "two.jsonl"]);
    assert_eq!(workspace.letters().len(), 0);
    // The good one is queued when it is tried again.
    workspace.yobin(&["queue", file.to_str().unwrap(), "--accept-valid"]);
    assert_eq!(workspace.letters().len(), 1);
}

/// The same letter, written otherwise: each of these is none of a second one.
#[test]
fn nearly_the_same_record_is_no_second_letter() {
    let workspace = workspace();
    let first: Value = plain_record(1, true);
    let write = |name: &str, record: &Value| workspace.file(name, record.to_string());
    let file = write("first.jsonl", &first);
    workspace.ok(&["queue", file.to_str().unwrap()]);
    workspace.ok(&["run"]);
    let text = |field: &str| first[field].as_str().unwrap().to_owned();
    let otherwise = [
        (
            "addressee_postal_code",
            text("addressee_postal_code").replace('-', ""),
        ),
        ("mail_address", text("mail_address").to_uppercase()),
        (
            "addressee_name",
            text("addressee_name").replace(' ', "\u{3000}"),
        ),
        (
            "receipt_number",
            text("receipt_number").replace('-', "\u{2212}"),
        ),
        ("receipt_number", text("receipt_number").to_lowercase()),
    ];
    for (field, value) in otherwise {
        let mut again = first.clone();
        again[field] = value.clone().into();
        if again == first {
            continue;
        }
        let file = write("again.jsonl", &again);
        let told = workspace.yobin(&["queue", file.to_str().unwrap()]);
        assert_eq!(
            workspace.letters().len(),
            1,
            "{field} {value}: {}",
            told.out
        );
    }
}
