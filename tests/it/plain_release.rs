//! The program users get knows none of the options tests drive it with.
//!
//! The test looks at a build of the program as a release is compiled: without
//! debug assertions and without the feature `test-hooks`. `tests/plain` makes
//! it; the variable `YOBIN_PLAIN` says where it is. `tests/run` does both.

use std::fs;
use std::process::Command;

use crate::harness::{Workspace, lacks, root, switch};

#[test]
fn a_plain_release_knows_no_option_of_tests() {
    let Some(program) = switch("YOBIN_PLAIN") else {
        let _ = lacks(
            "a_plain_release_knows_no_option_of_tests",
            "YOBIN_PLAIN (tests/plain)",
        );
        return;
    };
    let workspace = Workspace::new();
    let run = |args: &[&str]| {
        let mut command = Command::new(&program);
        command
            .current_dir(workspace.path(""))
            .env("USER", "tester");
        let output = command.args(args).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), told)
    };
    let now = "2026-11-22T12:00:00+09:00";
    for (args, option) in [
        (&["--now", now, "list"][..], "--now"),
        (&["list", "--now", now], "--now"),
        (&["run", "--stop-at", "claimed"], "--stop-at"),
        (&["run", "--stop-at=numbering:2"], "--stop-at"),
        (
            &["notice", "site", "-o", "x", "--stop-at", "written"],
            "--stop-at",
        ),
        (
            &["notice", "publish", "--stop-at", "exchanged"],
            "--stop-at",
        ),
        (&["print-file", "--stop-at", "filled"], "--stop-at"),
        (&["print-file", "--wait-at", "filled"], "--wait-at"),
    ] {
        let (code, told) = run(args);
        assert_eq!(code, Some(2), "{args:?}: {told}");
        let unknown = format!("「{option}」という指定はありません");
        assert!(told.contains(&unknown), "{args:?}: {told}");
    }
    assert!(!workspace.path("out").exists());
    // It is the program all the same.
    assert_eq!(run(&["init"]).0, Some(0));
    assert_eq!(run(&["list"]).0, Some(0));
}

#[test]
fn hidden_options_stand_in_one_file() {
    let hooks = root().join("src/cli/hooks.rs");
    let mut found = Vec::new();
    for path in crate::harness::files_below(&root().join("src/cli")) {
        let text = fs::read_to_string(&path).unwrap();
        let places = text.lines().filter(|line| line.contains("hide = true"));
        for line in places.filter(|_| path != hooks) {
            found.push((path.clone(), line.trim().to_owned()));
        }
    }
    // The render worker and the reader of workbooks are commands of the
    // program's own, no options.
    let own = || {
        let place = root().join("src/cli/mod.rs");
        (place, "#[command(hide = true)]".to_owned())
    };
    assert_eq!(found, [own(), own()]);
    let commands = fs::read_to_string(root().join("src/cli/mod.rs")).unwrap();
    let below = commands.split("#[command(hide = true)]").skip(1);
    let names: Vec<&str> = below
        .filter_map(|text| text.trim().lines().next())
        .collect();
    assert_eq!(names, ["RenderWorker {", "ReadWorkbook {"]);
    let text = fs::read_to_string(hooks).unwrap();
    let compiled = text.split("mod compiled").nth(1).unwrap();
    assert!(compiled.contains("hide = true"));
    let plain = text.split("mod compiled").nth(2).unwrap();
    assert!(!plain.contains("#[arg"), "{plain}");
}
