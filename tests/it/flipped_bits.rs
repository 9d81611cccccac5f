//! A single bit that flips in the database file is found by the check, if
//! it changes anything that a command shows.

use std::fs;

use crate::harness::{Workspace, switch};
use crate::held_against::{lived_in, put_back};

/// Flips tried; a long run by hand tries more (`YOBIN_FLIPS`).
const FLIPS: u64 = 24;

/// The same numbers each time, from one seed.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        // Steele and Vigna's SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }
}

/// Everything the commands show of a workspace that is only looked at.
fn shown(workspace: &Workspace) -> Vec<String> {
    let mut commands: Vec<Vec<String>> = vec![
        vec!["list".into()],
        vec!["list".into(), "--json".into()],
        vec!["request".into(), "list".into()],
        vec!["report".into(), "2026-11-22".into(), "--json".into()],
    ];
    for letter in ["L000001B", "L000004E", "L000005F", "L000007H"] {
        commands.push(vec!["show".into(), letter.into()]);
    }
    for n in 1..=3 {
        let number = format!("受第26-{n:05}号");
        commands.push(vec!["request".into(), "show".into(), number]);
    }
    commands
        .iter()
        .map(|command| {
            let args: Vec<&str> = command.iter().map(String::as_str).collect();
            let done = workspace.yobin(&args);
            format!("{args:?} {:?}\n{}{}", done.code, done.out, done.err)
        })
        .collect()
}

#[test]
fn no_flipped_bit_that_changes_what_is_shown_passes_the_check() {
    let workspace = lived_in();
    workspace.ok(&["verify"]);
    let kept = fs::read(workspace.path("out/yobin.db")).unwrap();
    let before = shown(&workspace);
    put_back(&workspace, &kept);
    assert_eq!(shown(&workspace), before, "looking changes what is shown");
    let flips = switch("YOBIN_FLIPS").and_then(|flips| flips.parse().ok());
    let flips = flips.unwrap_or(FLIPS);
    let mut numbers = Numbers(20_261_124);
    let (mut found, mut silent) = (0, 0);
    for _ in 0..flips {
        // Much of a small file is empty room, where nothing can be changed.
        let mut byte = numbers.below(kept.len());
        while kept[byte] == 0 {
            byte = numbers.below(kept.len());
        }
        let bit = numbers.below(8);
        let mut damaged = kept.clone();
        damaged[byte] ^= 1 << bit;
        put_back(&workspace, &damaged);
        if workspace.yobin(&["verify"]).code != Some(0) {
            found += 1;
            continue;
        }
        silent += 1;
        put_back(&workspace, &damaged);
        assert_eq!(shown(&workspace), before, "byte {byte}, bit {bit}");
    }
    assert!(found > 0, "no flip was found, {silent} passed");
    println!("{flips} flips: {found} found, {silent} without effect");
}
