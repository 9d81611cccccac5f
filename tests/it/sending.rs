//! The command that sends copies of the website: whatever it does, the night
//! goes on and says so.

use std::fs;
use std::path::Path;

use crate::harness::Workspace;
use crate::notice_revisions::{DAY, at, drafted};

/// A workspace whose revision is published with this command.
fn sending(command: &str, more: &str) -> Workspace {
    let workspace = drafted();
    workspace.ok(&["notice", "approve", "2", "--as", "鈴木"]);
    workspace.file("send.sh", command);
    workspace.settings(&format!(
        "approval = \"none\"\n[publication]\nrsync = [\"sh\", \"send.sh\", \"{{site}}\"]\n{more}\n"
    ));
    workspace
}

const NIGHT: &str = "2026-12-01T01:30:00+09:00";

fn is_alive(file: &Path) -> bool {
    let pid = fs::read_to_string(file).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    // One that nobody has fetched yet is dead as well.
    status.is_ok_and(|status| !status.contains(") Z "))
}

#[test]
fn a_command_that_hangs_is_ended_with_all_it_started_and_the_night_goes_on() {
    let commands = [
        "exec sleep 97531",
        // Its own children, deaf to a polite end, hold its output open.
        "trap '' TERM\nsh -c 'trap \"\" TERM; echo $$ > child; exec sleep 97531' &\nwait",
        // It never stops talking.
        "echo $$ > child\nwhile :; do echo 話し続けます >&2; done",
        "echo $$ > child\necho 最後 >&2\nexec sleep 97531 < /dev/null",
    ];
    for command in commands {
        let workspace = sending(command, "wait_seconds = 1");
        workspace.queue_plain(2, 1);
        let told = workspace.exits(2, &at(NIGHT, &["run"]));
        for word in [
            "公表事項の公表",
            "「sh」が1秒たっても終わらない",
            "打ち切りました",
        ] {
            assert!(told.contains(word), "{command}: {word} is not in\n{told}");
        }
        // The report says it, and the letters are none the worse.
        let report = workspace.path("out/reports/2026-12-01.txt");
        let report = fs::read_to_string(report).unwrap();
        for word in [
            "公表事項の公表が済んでいません",
            "打ち切りました",
            "yobin notice publish",
        ] {
            assert!(
                report.contains(word),
                "{command}: {word} is not in\n{report}"
            );
        }
        assert_eq!(workspace.letters_in("written").len(), 1);
        let child = workspace.path("child");
        assert!(!child.exists() || !is_alive(&child), "{command}");
        // Made good once the command does its work.
        workspace.file("send.sh", "exit 0");
        workspace.ok(&at("2026-12-02T01:30:00+09:00", &["run"]));
        workspace.ok(&at(
            "2026-12-02T01:30:00+09:00",
            &["notice", "publish", "--as", "佐藤"],
        ));
    }
}

#[test]
fn a_command_gets_no_more_of_the_environment_than_the_settings_name() {
    let print = "env | cut -d= -f1 | sort > names\necho \"$SECRET_FOR_TEST\" > secret";
    for (more, secret) in [
        ("", ""),
        ("environment = [\"SECRET_FOR_TEST\"]", "見本の値"),
        ("environment = [\"NOT_SET_FOR_TEST\"]", ""),
    ] {
        let workspace = sending(print, more);
        let mut command = workspace.command(&at(DAY, &["notice", "publish", "--as", "佐藤"]));
        command
            .env("SECRET_FOR_TEST", "見本の値")
            .env("YOBIN_LOG", "warn");
        command
            .env("LANG", "ja_JP.UTF-8")
            .env("HOME", workspace.path("."));
        assert!(command.output().unwrap().status.success());
        let names = fs::read_to_string(workspace.path("names")).unwrap();
        let names: Vec<&str> = names.lines().collect();
        // The shell makes some itself.
        let own = ["PWD", "OLDPWD", "SHLVL", "_"];
        let mut given: Vec<&str> = names.into_iter().filter(|n| !own.contains(n)).collect();
        given.retain(|name| *name != "SECRET_FOR_TEST");
        assert_eq!(given, ["HOME", "LANG", "PATH"], "{more}");
        let found = fs::read_to_string(workspace.path("secret")).unwrap();
        assert_eq!(found.trim(), secret, "{more}");
    }
}

#[test]
fn what_a_command_says_is_one_clean_line_however_much_it_says() {
    for (command, word, not) in [
        ("printf 'x\\033[2Jy\\n' >&2; exit 3", "x", "\u{1b}"),
        ("printf 'a\\rb\\n\\n' >&2; exit 3", "a", "\r"),
        (
            "head -c 30000000 /dev/zero | tr '\\0' 'z' >&2; exit 3",
            "zzz",
            "\u{1b}",
        ),
        (
            "printf '\\202\\240\\n' >&2; exit 3",
            "送れませんでした",
            "\u{82}",
        ),
        ("exit 3", "exit status: 3", "\u{1b}"),
        (
            "cat /dev/zero | head -c 9000000; exit 4",
            "exit status: 4",
            "\0",
        ),
    ] {
        let workspace = sending(command, "");
        let told = workspace.exits(1, &at(DAY, &["notice", "publish", "--as", "佐藤"]));
        assert!(
            told.contains("「sh」で送れませんでした"),
            "{command}\n{told}"
        );
        assert!(told.contains(word), "{command}\n{told}");
        assert!(!told.contains(not), "{command}\n{told}");
        assert!(told.len() < 4000, "{command}: {} bytes", told.len());
    }
}

#[test]
fn what_a_command_leaves_running_holds_nobody() {
    // It goes well, and something of it keeps its output open.
    let workspace = sending("sleep 97531 &\necho $! > child\nexit 0", "");
    let told = workspace.ok(&at(DAY, &["notice", "publish", "--as", "佐藤"]));
    assert!(told.contains("公表"), "{told}");
    let pid = fs::read_to_string(workspace.path("child")).unwrap();
    let pid = rustix::process::Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let workspace = Workspace::new();
    for (setting, word) in [
        (
            "wait_seconds = 0",
            "publication.wait_seconds は1から3600まで",
        ),
        ("wait_seconds = 3601", "publication.wait_seconds"),
        (
            "environment = [\"A=b\"]",
            "publication.environment の「A=b」",
        ),
        ("environment = [\"\"]", "publication.environment"),
    ] {
        workspace.settings(&format!("[publication]\n{setting}\n"));
        let told = workspace.exits(1, &["list"]);
        assert!(told.contains(word), "{setting}\n{told}");
    }
}
