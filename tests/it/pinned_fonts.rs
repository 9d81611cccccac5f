//! Letters are set in the fonts this program knows, byte for byte, or not at
//! all: a font with other outlines could print an 8 for a 3.

use std::fs;
use std::os::unix::fs::symlink;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::harness::{Workspace, copy_folder, root};

/// A workspace with fonts of its own and a letter that waits.
fn with_fonts() -> Workspace {
    let workspace = Workspace::new();
    copy_folder(&root().join("fonts"), &workspace.path("fonts"));
    workspace.settings("approval = \"none\"\nfonts = \"fonts\"\n");
    workspace.queue_plain(1, 0);
    workspace
}

/// What `check` and `run` must say of a change, and that nothing was made.
fn assert_refused(workspace: &Workspace, words: &[&str]) {
    for command in ["check", "run"] {
        let told = workspace.exits(1, &[command]);
        for word in words {
            assert!(told.contains(word), "{command}: no {word} in: {told}");
        }
    }
    assert!(workspace.archived().is_empty());
}

/// Where a glyph's outline is in a TrueType file.
fn outline(font: &[u8], c: char) -> std::ops::Range<usize> {
    let face = ttf_parser::Face::parse(font, 0).unwrap();
    let glyph = usize::from(face.glyph_index(c).unwrap().0);
    let table = |tag: &[u8; 4]| {
        let raw = face.raw_face();
        let content = raw.table(ttf_parser::Tag::from_bytes(tag)).unwrap();
        (content.as_ptr() as usize - font.as_ptr() as usize, content)
    };
    let (start, _) = table(b"glyf");
    let (_, places) = table(b"loca");
    let at = |index: usize| {
        let bytes = places[4 * index..4 * index + 4].try_into().unwrap();
        start + u32::from_be_bytes(bytes) as usize
    };
    at(glyph)..at(glyph + 1)
}

#[test]
fn an_eight_in_the_place_of_a_three_is_noticed() {
    let workspace = with_fonts();
    let file = workspace.path("fonts/BIZUDMincho-Regular.ttf");
    let shipped = fs::read(&file).unwrap();
    let mut forged = shipped.clone();
    let (three, eight) = (outline(&shipped, '3'), outline(&shipped, '8'));
    // Enough of it: the file is still a font.
    let length = three.len().min(eight.len());
    let eight = shipped[eight.start..eight.start + length].to_vec();
    forged[three.start..three.start + length].copy_from_slice(&eight);
    assert_ne!(forged, shipped);
    fs::write(&file, forged).unwrap();
    let words = ["BIZUDMincho-Regular.ttf", "中身が", "fonts/README.md"];
    assert_refused(&workspace, &words);
    // With the font back, the letter goes its way.
    fs::write(&file, shipped).unwrap();
    workspace.ok(&["run"]);
    assert_eq!(workspace.letters_in("filed").len(), 1);
}

#[test]
fn a_font_replaced_between_approval_and_night_is_noticed() {
    for (name, longer) in [
        ("BIZUDMincho-Regular.ttf", 1),
        ("BIZUDGothic-Bold.ttf", 4096),
        ("ipamjm.ttf", 0),
    ] {
        let workspace = with_fonts();
        workspace.settings("approval = \"required\"\nfonts = \"fonts\"\n");
        workspace.ok(&["approve", "L000001B", "--as", "鈴木"]);
        let file = workspace.path("fonts").join(name);
        let approved = fs::read(&file).unwrap();
        let mut other = approved.clone();
        match longer {
            // A bit in the middle of it.
            0 => other[approved.len() / 2] ^= 1,
            more => other.extend(vec![0; more]),
        }
        fs::write(&file, other).unwrap();
        assert_refused(&workspace, &[name, "中身が"]);
        assert_eq!(workspace.letters_in("approved").len(), 1, "{name}");
        fs::write(&file, approved).unwrap();
        workspace.ok(&["run"]);
        let made = &workspace.letters_in("filed")[0];
        // What it was made with stands in its row.
        assert_eq!(made["fonts_sha256"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn every_change_of_the_fonts_is_named_with_its_file() {
    let fonts = root().join("fonts");
    let bold = fs::read(fonts.join("BIZUDGothic-Bold.ttf")).unwrap();
    // A newer font, a font of nobody's, one cut short, one longer by a byte.
    let mincho = fs::read(fonts.join("BIZUDMincho-Regular.ttf")).unwrap();
    for (name, content) in [
        ("BIZUDGothic-Regular.ttf", bold.clone()),
        ("ipamjm.ttf", mincho.clone()),
        ("BIZUDGothic-Bold.ttf", bold[..bold.len() / 2].to_vec()),
        ("BIZUDGothic-Bold.ttf", [bold.as_slice(), b"\0"].concat()),
        ("BIZUDMincho-Regular.ttf", Vec::new()),
    ] {
        let workspace = with_fonts();
        fs::write(workspace.path("fonts").join(name), content).unwrap();
        assert_refused(&workspace, &[name, "中身が"]);
    }
    for extra in ["another.ttf", "Another.OTF", "collection.ttc"] {
        let workspace = with_fonts();
        fs::write(workspace.path("fonts").join(extra), &mincho).unwrap();
        assert_refused(&workspace, &[extra, "知らないフォント", "取り除いて"]);
    }
}

#[test]
fn several_changes_are_told_at_once() {
    let workspace = with_fonts();
    fs::remove_file(workspace.path("fonts/ipamjm.ttf")).unwrap();
    fs::write(workspace.path("fonts/BIZUDGothic-Bold.ttf"), "x").unwrap();
    fs::write(workspace.path("fonts/mine.ttf"), "x").unwrap();
    let words = [
        "ipamjm.ttf がありません",
        "BIZUDGothic-Bold.ttf",
        "mine.ttf",
    ];
    assert_refused(&workspace, &words);
}

#[test]
fn a_link_or_a_pipe_for_a_font_is_refused_at_once() {
    let name = "BIZUDGothic-Bold.ttf";
    let workspace = with_fonts();
    let file = workspace.path("fonts").join(name);
    fs::remove_file(&file).unwrap();
    symlink(root().join("fonts").join(name), &file).unwrap();
    assert_refused(&workspace, &[name, "リンク"]);
    for name in [name, "ipamjm.ttf"] {
        let workspace = with_fonts();
        let file = workspace.path("fonts").join(name);
        fs::remove_file(&file).unwrap();
        mknodat(CWD, &file, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        assert_refused(&workspace, &[name, "ふつうのファイルではありません"]);
    }
}

/// What stands beside the fonts and is none does no harm; the folder itself
/// may be a link, for the settings name it.
#[test]
fn what_is_no_font_may_stand_beside_them() {
    let workspace = with_fonts();
    for (name, content) in [("notes.txt", "x"), (".DS_Store", "x"), ("COPYING", "x")] {
        fs::write(workspace.path("fonts").join(name), content).unwrap();
    }
    symlink("fonts", workspace.path("linked")).unwrap();
    workspace.settings("approval = \"none\"\nfonts = \"linked\"\n");
    workspace.ok(&["run"]);
    assert_eq!(workspace.letters_in("filed").len(), 1);
}
