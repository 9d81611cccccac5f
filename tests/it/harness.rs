//! A fresh workspace and the real program.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;

/// The time tests run at unless they say otherwise: a Sunday noon in Japan.
pub const NOON: &str = "2026-11-22T12:00:00+09:00";

/// Prints the first print run again, as it is asked for by name.
pub const REPRINT: &[&str] = &[
    "print-file",
    "--reprint",
    "1",
    "--reason",
    "紙詰まり",
    "--as",
    "佐藤",
];

/// The noon after.
pub const NEXT_NOON: &str = "2026-11-23T12:00:00+09:00";

/// A workspace in a folder of its own, with settings that point at the
/// shipped templates, fonts and society.
pub struct Workspace {
    folder: TempDir,
    /// Whether `yobin init` is still to be run before the first command.
    unmade: AtomicBool,
}

/// What the program did.
#[derive(Debug)]
pub struct Done {
    /// Exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// The program's own folder in the source tree.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What a profile says that uses the kinds that ship switched off.
pub const KINDS_IN_USE: &str = "\n[kinds]\nenabled = [\"linkage-record-decision\"]\n";

/// What a notice says that names the fees samples charge.
pub const FEE_IN_NOTICE: &str = "
[[requests.paragraphs]]
id = \"fees\"
text = \"利用目的の通知の求め及び開示の請求には、1件につき500円の手数料をいただきます。（見本）\"
";

/// The notice that names the fees samples charge; `text` is one that names
/// none.
pub fn naming_fees(text: &str) -> String {
    let next = "\n[complaint]\n";
    assert!(text.contains(next));
    text.replacen(next, &format!("{FEE_IN_NOTICE}{next}"), 1)
}

/// The shipped society with the fees samples charge in the profile and in the
/// notice, and with every kind in use: the shipped one has set no fee, and a
/// fee that is not published is refused.
pub fn society() -> &'static Path {
    static SOCIETY: OnceLock<TempDir> = OnceLock::new();
    let folder = SOCIETY.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        for entry in fs::read_dir(root().join("society")).unwrap() {
            let path = entry.unwrap().path();
            let mut content = fs::read_to_string(&path).unwrap();
            if path.ends_with("profile.toml") {
                let fees = "[fees]\nnotification_of_purposes = 500\ndisclosure = 500";
                assert!(content.contains("[fees]"));
                content = content.replace("[fees]", fees);
                content.push_str(KINDS_IN_USE);
            }
            if path.ends_with("notice.toml") {
                content = naming_fees(&content);
            }
            fs::write(folder.path().join(path.file_name().unwrap()), content).unwrap();
        }
        folder
    });
    folder.path()
}

impl Workspace {
    /// A workspace where queued letters need no approval.
    pub fn new() -> Self {
        Self::with_settings("approval = \"none\"\n")
    }

    /// A workspace with further settings (TOML, top level first).
    pub fn with_settings(settings: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let unmade = AtomicBool::new(true);
        let workspace = Workspace { folder, unmade };
        workspace.settings(settings);
        workspace
    }

    /// A workspace with the society as it ships: its notice is word for word
    /// the published one, and its profile sets no fee.
    pub fn of_shipped_society() -> Self {
        let society = root().join("society");
        Self::with_settings(&format!("approval = \"none\"\nsociety = {society:?}\n"))
    }

    /// A workspace with further settings for which nobody ran `yobin init`.
    pub fn unmade(settings: &str) -> Self {
        let workspace = Self::with_settings(settings);
        workspace.stays_unmade();
        workspace
    }

    /// Nobody runs `yobin init` for it.
    pub fn stays_unmade(&self) {
        self.unmade.store(false, Ordering::Relaxed);
    }

    /// Replaces the settings; paths stay those of the source tree unless the
    /// settings name them.
    pub fn settings(&self, settings: &str) {
        let root = root();
        let mut text = String::new();
        for (name, path) in [
            ("templates", root.join("templates")),
            ("society", society().to_owned()),
            ("fonts", root.join("fonts")),
        ] {
            if !settings.contains(&format!("{name} =")) {
                text.push_str(&format!("{name} = {path:?}\n"));
            }
        }
        // Most tests are of letters alone.
        if !settings.contains("requests =") {
            text.push_str("requests = \"optional\"\n");
        }
        text.push_str(settings);
        fs::write(self.path("yobin.toml"), text).unwrap();
    }

    /// A path in the workspace's folder.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and returns its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// The program with these arguments, not yet started. It stands in the
    /// workspace's folder, at noon. Before the first one the workspace is
    /// made, as far as its settings allow.
    pub fn command(&self, args: &[&str]) -> Command {
        if self.unmade.swap(false, Ordering::Relaxed) {
            self.bare_command(&["init"]).output().unwrap();
        }
        self.bare_command(args)
    }

    fn bare_command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yobin"));
        command.current_dir(self.folder.path());
        command.env("USER", "tester").env_remove("LOGNAME");
        if !args.contains(&"--now") {
            command.args(["--now", NOON]);
        }
        command.args(args);
        command
    }

    /// Runs the program to its end.
    pub fn yobin(&self, args: &[&str]) -> Done {
        let output = self.command(args).output().unwrap();
        Done {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the program and demands success.
    pub fn ok(&self, args: &[&str]) -> String {
        let done = self.yobin(args);
        assert_eq!(done.code, Some(0), "{args:?}\n{}\n{}", done.out, done.err);
        done.out
    }

    /// Runs the program, demands exit code `code` and returns both outputs.
    pub fn exits(&self, code: i32, args: &[&str]) -> String {
        let done = self.yobin(args);
        let told = format!("{}{}", done.out, done.err);
        assert_eq!(done.code, Some(code), "{args:?}\n{told}");
        told
    }

    /// Every letter as `yobin list --json` shows it.
    pub fn letters(&self) -> Vec<serde_json::Value> {
        self.ok(&["list", "--json"])
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Queues `count` plain acknowledgement letters, `mailed` of them by mail.
    pub fn queue_plain(&self, count: usize, mailed: usize) {
        let lines: Vec<String> = (1..=count)
            .map(|n| plain_record(n, n <= mailed).to_string())
            .collect();
        let file = self.file("plain.jsonl", lines.join("\n"));
        self.ok(&["queue", file.to_str().unwrap()]);
    }

    /// Starts the service and stops it, as a power cut would, when it has said
    /// all these words; gives back what it said.
    pub fn serve_until(&self, now: &str, words: &[&str]) -> String {
        let mut command = self.command(&["serve", "--now", now]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let _running = Running::new(child);
        let mut told = String::new();
        for line in said.lines() {
            told.push_str(&line.unwrap());
            told.push('\n');
            if words.iter().all(|word| told.contains(word)) {
                return told;
            }
        }
        panic!("ended without {words:?}:\n{told}");
    }

    /// Starts the program and waits until a line that contains `word` comes
    /// from its standard error. Returns the child, still running.
    pub fn start_until(&self, args: &[&str], word: &str) -> Running {
        let mut child = self
            .command(args)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut seen = String::new();
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap() == 0 {
                panic!("{args:?} ended without {word:?}:\n{seen}");
            }
            seen.push_str(&line);
            if line.contains(word) {
                break;
            }
        }
        // Whatever it still says must not block it.
        std::thread::spawn(move || {
            let mut rest = Vec::new();
            let _ = lines.read_to_end(&mut rest);
        });
        Running(child)
    }

    /// Writes to the store as somebody would who has the file, heeding none of
    /// its rules; several statements part by `;`. Returns how many rows the
    /// last one changed.
    pub fn behind(&self, statements: &str) -> u64 {
        let options = SqliteConnectOptions::new()
            .filename(self.path("out/yobin.db"))
            .foreign_keys(false)
            .pragma("ignore_check_constraints", "ON");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut connection = options.connect().await.unwrap();
            let done = sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()))
                .execute(&mut connection)
                .await;
            connection.close().await.unwrap();
            done.unwrap().rows_affected()
        })
    }

    /// The one text a query finds in the store.
    pub fn look_up(&self, query: &str) -> String {
        let options = SqliteConnectOptions::new().filename(self.path("out/yobin.db"));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut connection = options.connect().await.unwrap();
            let query = sqlx::AssertSqlSafe(query.to_owned());
            let found = sqlx::query_scalar(query).fetch_one(&mut connection).await;
            connection.close().await.unwrap();
            found.unwrap()
        })
    }

    /// The part of a letter's Message-ID that is drawn at random; the file of
    /// its mail is called after it, too.
    pub fn message_token(&self, row: usize) -> String {
        self.look_up(&format!(
            "SELECT message_token FROM letter WHERE id = {row}"
        ))
    }

    /// The letters in a state, as `yobin list --json` shows them.
    pub fn letters_in(&self, state: &str) -> Vec<serde_json::Value> {
        let mut letters = self.letters();
        letters.retain(|letter| letter["state"] == state);
        letters
    }

    /// File names below `out/archive/pdf`, sorted, whatever is there.
    pub fn archived(&self) -> Vec<String> {
        let mut names: Vec<String> = files_below(&self.path("out/archive/pdf"))
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// The recipient of every mail in `out/mail`, sorted; one an `.eml`.
    pub fn recipients(&self) -> Vec<String> {
        let mut recipients: Vec<String> = files_below(&self.path("out/mail"))
            .iter()
            .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
            .map(|path| {
                let mail = fs::read_to_string(path).unwrap();
                let to = mail.lines().find_map(|line| line.strip_prefix("To: "));
                to.unwrap().to_owned()
            })
            .collect();
        recipients.sort();
        recipients
    }

    /// As another program that empties the folder of mails: each file with its
    /// content, so that it can be put back.
    pub fn take_mails(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let files = files_below(&self.path("out/mail"));
        let taken = files.into_iter().map(|path| {
            let bytes = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            (path, bytes)
        });
        taken.collect()
    }

    /// Demands what must be true after any night, however it was broken off:
    /// all letters at rest, numbers without a gap in the order of queueing,
    /// each PDF stored once, a whole register, and no mail twice. The letters
    /// are those of [`queue_plain`](Self::queue_plain).
    pub fn assert_nothing_lost_or_doubled(&self, count: usize) {
        let letters = self.letters();
        assert_eq!(letters.len(), count);
        for (place, letter) in letters.iter().enumerate() {
            let number = format!("群農健発第{}号", place + 1);
            assert_eq!(letter["number"], number, "{letter}");
            let state = letter["state"].as_str().unwrap();
            assert!(
                ["sent", "written", "filed", "unknown"].contains(&state),
                "{letter}"
            );
        }
        let hash = |letter: &serde_json::Value| letter["pdf_sha256"].as_str().unwrap().to_owned();
        let mut expected: Vec<String> = letters
            .iter()
            .map(|letter| format!("{}.pdf", hash(letter)))
            .collect();
        expected.sort();
        expected.dedup();
        assert_eq!(expected.len(), count, "two letters are one PDF");
        let archived = self.archived();
        let lacking: Vec<_> = expected.iter().filter(|f| !archived.contains(f)).collect();
        let unknown: Vec<_> = archived.iter().filter(|f| !expected.contains(f)).collect();
        assert!(lacking.is_empty(), "not archived: {lacking:?}");
        assert!(unknown.is_empty(), "no letter's file: {unknown:?}");
        let proof = self.ok(&["verify"]);
        let whole = format!("台帳 {count}件、PDF {count}件");
        assert!(proof.contains(&whole), "{proof}");
        let mails = self.recipients();
        let mut once = mails.clone();
        once.dedup();
        assert_eq!(mails, once, "somebody got a mail twice");
        for (place, letter) in letters.iter().enumerate() {
            let recipient = format!("mihon{}@example.jp", place + 1);
            match letter["state"].as_str().unwrap() {
                "sent" | "written" => {
                    assert!(mails.contains(&recipient), "{letter} was not mailed");
                }
                "filed" => assert!(!mails.contains(&recipient), "{letter} was mailed"),
                _ => {}
            }
        }
    }
}

/// A program that was started; it ends with the test.
pub struct Running(Child);

impl Running {
    /// Takes charge of a child.
    pub fn new(child: Child) -> Self {
        Running(child)
    }

    /// Its process id.
    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.0)
    }

    /// Ends it as a power cut would, and waits until it is gone.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Asks it to end (SIGTERM).
    pub fn terminate(&self) {
        kill_process(self.pid(), Signal::TERM).unwrap();
    }

    /// Waits for its end and returns its exit code.
    pub fn exit_code(mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }

    /// Its children: the render workers.
    pub fn workers(&self) -> Vec<Pid> {
        children_of(self.pid())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The processes that a process started, by what the kernel says of each. One
/// that ends meanwhile is passed over.
pub fn children_of(parent: Pid) -> Vec<Pid> {
    let mut children = Vec::new();
    for entry in fs::read_dir("/proc").unwrap() {
        let name = entry.unwrap().file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
            continue;
        };
        // "PID (NAME) STATE PARENT ...": the name may hold anything.
        let of = stat
            .rsplit_once(") ")
            .and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok())
            .and_then(Pid::from_raw);
        if of == Some(parent) {
            children.extend(Pid::from_raw(pid));
        }
    }
    children.sort_by_key(|pid| pid.as_raw_nonzero());
    children
}

/// Tells when files come into a folder.
pub struct Arrivals(OwnedFd);

impl Arrivals {
    /// Watches a folder from now on, making it if it is not there.
    pub fn watch(folder: &Path) -> Self {
        use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
        fs::create_dir_all(folder).unwrap();
        let watch = init(CreateFlags::CLOEXEC).unwrap();
        add_watch(&watch, folder, WatchFlags::CREATE | WatchFlags::MOVED_TO).unwrap();
        Arrivals(watch)
    }

    /// Waits until this many files have come.
    pub fn wait_for(&self, count: usize) {
        use rustix::fs::inotify::Reader;
        let mut buffer = [std::mem::MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(&self.0, &mut buffer);
        for _ in 0..count {
            reader.next().unwrap();
        }
    }
}

/// All files below a folder; none if it is not there.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// Copies a folder with all it holds.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in files_below(from) {
        let copy = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(&file, copy).unwrap();
    }
}

/// A valid record of an acknowledgement.
pub fn plain_record(n: usize, mailed: bool) -> serde_json::Value {
    let mut record = serde_json::json!({
        "kind": "acknowledgement",
        "outcome": "received",
        "addressee_name": format!("見本 太郎{n}"),
        "addressee_postal_code": "379-2147",
        "addressee_address": "群馬県前橋市亀里町1310番地",
        "delivery": if mailed { "mail" } else { "archive" },
        "receipt_number": format!("受第26-{n:05}号"),
        "request_date": "2026-11-18",
        "arrival_date": "2026-11-20",
        "requester_role": "principal",
        "rights": ["disclosure"],
        "requested_content": "健康診査の結果の開示",
        "expected_date": "2026-12-18",
    });
    if mailed {
        record["mail_address"] = format!("mihon{n}@example.jp").into();
    }
    record
}

/// A valid record of a letter by post to a member, which tells of so many
/// changes: many take several pages. The table takes twenty of them, and more
/// become longer ones.
pub fn post_record(n: usize, changes: usize) -> serde_json::Value {
    let times = changes.div_ceil(20).min(6);
    let changes: Vec<serde_json::Value> = (1..=changes.min(20))
        .map(|change| {
            serde_json::json!({
                "item": format!("見本のお知らせその{change}"),
                "before": "世帯の全員分をまとめて、被保険者あてに送付、統計の作成にも利用。".repeat(times),
                "after": "お申出をされた方の分を分けて、ご本人あてに送付、統計の作成にも利用。".repeat(times),
            })
        })
        .collect();
    serde_json::json!({
        "kind": "implied-consent-objection",
        "outcome": "reflected",
        "addressee_name": format!("見本 太郎{n}"),
        "addressee_postal_code": "379-2147",
        "addressee_address": format!("群馬県前橋市亀里町{n}番地"),
        "delivery": "post",
        "member_key": format!("M{n:07}"),
        "application_date": "2026-11-09",
        "items": ["医療費通知を、世帯の全員分をまとめて被保険者あてに送ること"],
        "reflect_from": "2026-12-25",
        "changes": changes,
    })
}

/// Whether a test that needs these outside programs can run here. Without one
/// it is skipped by name — unless everything must run, as under `tests/run`.
pub fn has(test: &str, programs: &[&str]) -> bool {
    let missing = programs.iter().find(|program| {
        let found = Command::new("sh")
            .args(["-c", "command -v \"$0\" >/dev/null", program])
            .status();
        !found.is_ok_and(|status| status.success())
    });
    missing.is_none_or(|program| lacks(test, program))
}

/// Whether a test that needs this file, which `tests/run` fetches, can run.
pub fn has_file(test: &str, path: &Path) -> bool {
    path.is_file() || lacks(test, &path.display().to_string())
}

/// Skips a test by name, always with `false`.
pub fn lacks(test: &str, what: &str) -> bool {
    if asked("YOBIN_TESTS_COMPLETE") {
        panic!("{test}: {what} is not installed");
    }
    // Past the capture of a passing test's output, so that it is seen.
    let line = format!("skipped: {test}: {what} is not installed\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    false
}

/// Whether an environment variable of the tests is set to 1.
pub fn asked(variable: &str) -> bool {
    switch(variable).is_some_and(|value| value == "1")
}

/// What an environment variable of the tests is set to.
#[expect(clippy::disallowed_methods, reason = "the tests' own switches")]
pub fn switch(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

/// What an outside program prints about a file; it must succeed.
pub fn tool(program: &str, args: &[&str], file: &Path) -> String {
    let output = Command::new(program).args(args).arg(file).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {}\n{err}",
        file.display()
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The text layer of a PDF, a string a page, without its white space.
pub fn text_layer(pdf: &Path) -> Vec<String> {
    let output = Command::new("pdftotext")
        .args(["-raw", "-enc", "UTF-8"])
        .arg(pdf)
        .arg("-")
        .output()
        .unwrap();
    assert!(output.status.success(), "pdftotext {}", pdf.display());
    let text = String::from_utf8(output.stdout).unwrap();
    let mut pages: Vec<String> = text.split('\u{C}').map(squeezed).collect();
    assert_eq!(
        pages.pop().as_deref(),
        Some(""),
        "a form feed ends each page"
    );
    pages
}

/// A text without its white space, which no text layer keeps.
pub fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The pages of a letter's text layer without the running head and foot,
/// those of an annex (別紙) among them.
pub fn letter_pages(pdf: &Path, number: &str) -> Vec<String> {
    let pages = text_layer(pdf);
    let sheets = sheets(&pages, number);
    let body = |(page, sheet): (&String, Sheet)| {
        let page = page.strip_suffix(&sheet.foot).unwrap_or(page);
        page.strip_prefix(&sheet.head).unwrap_or(page).to_owned()
    };
    pages.iter().zip(sheets).map(body).collect()
}

/// What a page must carry besides the letter's words.
pub struct Sheet {
    /// Empty on the first page, which shows the number in its own place.
    pub head: String,
    /// Empty where the letter is a single page.
    pub foot: String,
}

/// What each page of a letter with this number must carry. An annex counts
/// its own pages, and the letter counts without it.
pub fn sheets(pages: &[String], number: &str) -> Vec<Sheet> {
    let annexed = |page: &&String| page.starts_with(&format!("{number}別紙"));
    let annex = pages.iter().filter(annexed).count();
    let letter = pages.len() - annex;
    let of_letter = (1..=letter).map(|page| Sheet {
        head: if page == 1 {
            String::new()
        } else {
            number.to_owned()
        },
        foot: if letter == 1 {
            String::new()
        } else {
            format!("{page}／{letter}")
        },
    });
    let of_annex = (1..=annex).map(|page| Sheet {
        head: format!("{number}別紙"),
        foot: format!("別紙{page}／{annex}"),
    });
    of_letter.chain(of_annex).collect()
}

/// Whether a text without white space stands on the pages: in one piece, or,
/// for a cell of a table that is broken across pages, its beginning on one
/// and its rest on the pages right after.
pub fn shows(pages: &[String], text: &str) -> bool {
    pages.concat().contains(text)
        || (1..pages.len()).any(|page| continues(&pages[page - 1..], text))
}

fn continues(pages: &[String], text: &str) -> bool {
    let Some((page, further)) = pages.split_first() else {
        return text.is_empty();
    };
    let cuts = text
        .char_indices()
        .map(|(cut, _)| cut)
        .skip(1)
        .chain([text.len()]);
    let longest = cuts.take_while(|cut| page.contains(&text[..*cut])).last();
    longest.is_some_and(|cut| cut == text.len() || continues(further, &text[cut..]))
}

/// When something began, to see that it does not take for ever.
#[allow(clippy::disallowed_methods, reason = "no wall clock")]
pub fn stopwatch() -> Instant {
    Instant::now()
}

/// Waits until something is so that nobody announces, as a row of a database
/// another process writes.
pub fn wait_until(is_so: impl Fn() -> bool) {
    let begun = stopwatch();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(120), "it never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}
