//! A fresh workspace and the real program.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The time tests run at unless they say otherwise: a Sunday noon in Japan.
pub const NOON: &str = "2026-11-22T12:00:00+09:00";

/// A workspace in a folder of its own, with settings that point at the
/// shipped templates, fonts and society.
pub struct Workspace {
    folder: TempDir,
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

impl Workspace {
    /// A workspace where queued letters need no approval.
    pub fn new() -> Self {
        Self::with_settings("approval = \"none\"\n")
    }

    /// A workspace with further settings (TOML, top level first).
    pub fn with_settings(settings: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let workspace = Workspace { folder };
        workspace.settings(settings);
        workspace
    }

    /// Replaces the settings; paths stay those of the source tree unless the
    /// settings name them.
    pub fn settings(&self, settings: &str) {
        let root = root();
        let mut text = String::new();
        for name in ["templates", "society", "fonts"] {
            if !settings.contains(&format!("{name} =")) {
                text.push_str(&format!("{name} = {:?}\n", root.join(name)));
            }
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
    /// workspace's folder, at noon.
    pub fn command(&self, args: &[&str]) -> Command {
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

    /// Starts the program and waits until a line that contains `word` comes
    /// from its standard error. Returns the child, still running.
    pub fn start_until(&self, args: &[&str], word: &str) -> Child {
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
        child
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
