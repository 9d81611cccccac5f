//! A worker that is ended at its start, stopped for a while, or whose program
//! was replaced costs no letter and no night.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use yobin::render::{Fonts, Job, Limits, Output, Pool, RenderFailure, Rendered, TemplateSet};

use crate::harness::{Running, Workspace, root};

/// A pool of one worker whose program is a script that is run before it.
struct Trial {
    folder: TempDir,
    runtime: Runtime,
    pool: Pool,
}

impl Trial {
    /// `before` may use `$F`, a folder, and `$N`, how many starts there were.
    fn new(before: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (path, program) = (folder.path().display(), env!("CARGO_BIN_EXE_yobin"));
        let script = format!(
            "#!/bin/sh\nF={path}\necho $$ >> $F/pids\n\
             N=0; while read -r line; do N=$((N + 1)); done < $F/pids\n\
             {before}\nexec {program} \"$@\"\n"
        );
        let starter = folder.path().join("starter.sh");
        fs::write(&starter, script).unwrap();
        fs::set_permissions(&starter, fs::Permissions::from_mode(0o700)).unwrap();
        let templates = folder.path().join("templates");
        fs::create_dir(&templates).unwrap();
        let page = "#set document(date: datetime(year: 2026, month: 11, day: 1), title: \"試験\")\n\
                    #set text(font: \"BIZ UDMincho\", lang: \"ja\")\n\
                    #if json(\"/data.json\") == \"loops\" { for a in range(100000) { for b in range(100000) { } } }\n本文";
        fs::write(templates.join("page.typ"), page).unwrap();
        let set = TemplateSet::read(&templates, Vec::new()).unwrap();
        let fonts = Fonts::open(&root().join("fonts")).unwrap();
        let runtime = Runtime::new().unwrap();
        let limits = Limits {
            wall: Duration::from_secs(1),
            memory_mib: 512,
            recycle_after: 1000,
        };
        let pool = runtime.block_on(async { Pool::new(starter, &fonts, &set, 1, limits) });
        Trial {
            folder,
            runtime,
            pool,
        }
    }

    fn job(conduct: &str) -> Job {
        Job {
            template: "/page.typ".to_owned(),
            ident: "x".to_owned(),
            output: Output::Pdf,
            data: json!(conduct).to_string().into_bytes(),
        }
    }

    fn render(&self, conduct: &str) -> Result<Rendered, RenderFailure> {
        self.runtime.block_on(self.pool.render(&Self::job(conduct)))
    }

    fn pids(&self) -> Vec<Pid> {
        let pids = fs::read_to_string(self.folder.path().join("pids")).unwrap();
        let pids = pids.lines().map(|line| line.parse().unwrap());
        pids.map(|pid| Pid::from_raw(pid).unwrap()).collect()
    }
}

#[test]
fn a_worker_ended_at_its_start_is_started_again() {
    for signal in ["KILL", "TERM", "INT"] {
        let trial = Trial::new(&format!("[ $N -gt 4 ] || kill -{signal} $$"));
        assert_eq!(trial.render("plain").unwrap().pages, 1, "{signal}");
        assert_eq!(trial.pids().len(), 5, "{signal}");
    }
}

#[test]
fn a_worker_that_ends_by_itself_is_not_started_over_and_over() {
    for end in [
        "exit 1",
        "echo 'no fonts' >&2; exit 3",
        "kill -ABRT $$",
        "exec /nowhere",
    ] {
        let trial = Trial::new(end);
        let failed = trial.render("plain").unwrap_err();
        assert!(matches!(failed, RenderFailure::Pool(_)), "{end}: {failed}");
        assert_eq!(trial.pids().len(), 1, "{end}");
    }
}

#[test]
fn a_worker_stopped_longer_than_a_page_may_take_goes_on_with_the_page() {
    let trial = Trial::new("");
    trial.render("plain").unwrap();
    let worker = *trial.pids().last().unwrap();
    let job = Trial::job("plain");
    trial.runtime.block_on(async {
        for _ in 0..2 {
            kill_process(worker, Signal::STOP).unwrap();
            let mut page = Box::pin(trial.pool.render(&job));
            let early = timeout(Duration::from_secs(4), &mut page).await;
            assert!(
                early.is_err(),
                "{:?}",
                early.unwrap().map(|page| page.pages)
            );
            kill_process(worker, Signal::CONT).unwrap();
            assert_eq!(page.await.unwrap().pages, 1);
        }
    });
    assert_eq!(trial.pids().len(), 1);
    // One that works for as long is too slow, and one that is never woken is
    // given up.
    let failed = trial.render("loops").unwrap_err();
    assert!(matches!(failed, RenderFailure::TimedOut(_)), "{failed}");
    trial.render("plain").unwrap();
    kill_process(*trial.pids().last().unwrap(), Signal::STOP).unwrap();
    // The page is not at fault, so it is not called too slow.
    let failed = trial.render("plain").unwrap_err();
    assert!(matches!(failed, RenderFailure::WorkerDied(_)), "{failed}");
    trial.render("plain").unwrap();
}

#[test]
fn a_program_that_is_replaced_while_it_works_starts_its_workers_still() {
    for replace in ["rm P", "mv Q P", "rm P; cp Q P"] {
        let workspace = Workspace::with_settings(
            "approval = \"none\"\n[render]\nworkers = 1\nrecycle_after = 1\n",
        );
        workspace.queue_plain(6, 0);
        let own = workspace.path("yobin-now");
        fs::copy(env!("CARGO_BIN_EXE_yobin"), &own).unwrap();
        let next = workspace.file("yobin-next", "#!/bin/sh\nexit 9\n");
        fs::set_permissions(&next, fs::Permissions::from_mode(0o700)).unwrap();
        let mut serve = Command::new(&own);
        serve
            .args(["--now", "2026-11-22T01:29:58+09:00", "serve"])
            .current_dir(workspace.path(""))
            .env("USER", "tester")
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let settings = fs::read_to_string(workspace.path("yobin.toml")).unwrap();
        workspace.file(
            "yobin.toml",
            format!("schedule = \"0 30 1 * * *\"\n{settings}"),
        );
        let mut child = serve.spawn().unwrap();
        let said = child.stdout.take().unwrap();
        let service = Running::new(child);
        let mut lines = std::io::BufRead::lines(std::io::BufReader::new(said));
        let mut until = |word: &str| {
            let line = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains(word)));
            assert!(line.is_some(), "{replace}: no {word}");
        };
        until("次の夜間処理");
        let script = replace.replace('P', "yobin-now").replace('Q', "yobin-next");
        let replaced = Command::new("sh")
            .args(["-c", &script])
            .current_dir(workspace.path(""))
            .status();
        assert!(replaced.unwrap().success());
        until("の夜間処理が終わりました");
        service.terminate();
        assert_eq!(service.exit_code(), Some(0));
        assert_eq!(workspace.letters_in("filed").len(), 6, "{replace}");
    }
}

/// What a process is held to, as the kernel tells it.
fn held(pid: Pid) -> (String, String) {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero())).unwrap();
    let value = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key));
        line.unwrap_or_default().trim().to_owned()
    };
    (value("NoNewPrivs:"), value("Seccomp:"))
}

#[test]
fn a_worker_is_held_to_what_it_needs() {
    let workspace = Workspace::with_settings("approval = \"none\"\n[render]\nworkers = 2\n");
    workspace.queue_plain(4, 0);
    let night = workspace.start_until(&["run", "--stop-at", "rendered"], "stopped at");
    let workers = night.workers();
    assert!(!workers.is_empty());
    let told = workspace.ok(&["check"]);
    for worker in workers {
        let id = worker.as_raw_nonzero();
        let limits = fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
        let open = limits
            .lines()
            .find(|line| line.starts_with("Max open files"));
        assert!(open.unwrap().contains(" 64 "), "{open:?}");
        let program: PathBuf = fs::read_link(format!("/proc/{id}/exe")).unwrap();
        assert_eq!(
            program,
            fs::canonicalize(env!("CARGO_BIN_EXE_yobin")).unwrap()
        );
        if told.contains("切り離せません") {
            eprintln!("a_worker_is_held_to_what_it_needs: this kernel lacks the means");
        } else {
            assert_eq!(held(worker), ("1".to_owned(), "2".to_owned()));
        }
    }
    // The program itself keeps what it needs.
    assert_eq!(held(night.pid()).1, "0");
}

#[test]
fn a_child_says_first_what_confines_it() {
    let workspace = Workspace::new();
    let nothing = fs::File::open("/dev/null").unwrap();
    let mut command = workspace.command(&["read-workbook"]);
    let done = command.stdin(nothing).output().unwrap();
    let length = done.stdout.first_chunk::<4>().copied();
    let length = u32::from_be_bytes(length.expect("a message"));
    let message = &done.stdout[4..4 + usize::try_from(length).unwrap()];
    let said: serde_json::Value = serde_json::from_slice(message).unwrap();
    // What this kernel has not, check remarks.
    let missing = workspace.yobin(&["check"]).out;
    for (means, name) in [("files", "Landlock"), ("syscalls", "seccomp")] {
        let holds = said["Confined"][means].as_bool().expect("it is said");
        assert_eq!(holds, !missing.contains(name), "{means}: {missing}");
    }
    assert!(!missing.contains("できるはずですが"), "{missing}");
}
