//! The folders readers are served from: the site's own and its copy.
//!
//! A path means one of them however it is spelled: with `.` and `..`, through
//! a link, or by another name under which the same folder is mounted.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Component, Path, PathBuf};

use crate::config::Config;

/// Folder of the website within the workspace.
const SITE: &str = "public";

/// Links followed one after another before a path is taken to lead nowhere,
/// as the system does.
const LINKS: usize = 40;

/// Where the website stands.
pub fn site_folder(config: &Config) -> PathBuf {
    config.out.join(SITE)
}

/// How a path touches the folders readers are served from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Public {
    /// It is the site's own folder.
    Site(PathBuf),
    /// It is the folder of the copy.
    Copy(PathBuf),
    /// It lies in one of them, or one of them lies in it.
    Part(PathBuf),
}

/// How `path` touches the folders readers are served from; none when it has
/// nothing to do with them.
pub fn touches_public(config: &Config, path: &Path) -> Option<Public> {
    let place = resolved(path);
    let site = site_folder(config);
    let copy = config.publication.folder.clone();
    let words = config.publication.rsync.iter().skip(1);
    let sent = words
        .flat_map(|word| sent_to(word))
        // What holds the site's own folder is where it comes from.
        .filter(|folder| !lies_in(&resolved(&site), &resolved(folder)));
    let copies: Vec<PathBuf> = copy.into_iter().chain(sent).collect();
    let is = |folder: &PathBuf| same(&place, &resolved(folder));
    if is(&site) {
        return Some(Public::Site(site));
    }
    if let Some(copy) = copies.iter().find(|copy| is(copy)) {
        return Some(Public::Copy(copy.clone()));
    }
    let nested = |folder: &&PathBuf| {
        let folder = resolved(folder);
        lies_in(&place, &folder) || lies_in(&folder, &place)
    };
    let mut all = std::iter::once(&site).chain(&copies);
    all.find(nested).map(|folder| Public::Part(folder.clone()))
}

/// Folders of this machine that a word of the command may send the site to.
/// Where it stands among options is the command's own affair, and a word may
/// be a whole line for a shell.
fn sent_to(word: &str) -> impl Iterator<Item = PathBuf> {
    let inner = word.split(|c: char| c.is_whitespace() || "='\";".contains(c));
    let pieces = std::iter::once(word).chain(inner);
    let is_passing = word.starts_with("--temp-dir=");
    pieces
        .filter(move |_| !is_passing)
        .filter(|piece| !piece.is_empty() && !piece.contains("{site}"))
        .map(|piece| {
            let here = ["localhost:", "127.0.0.1:", "[::1]:"];
            let host = here.iter().find_map(|host| {
                let (_, path) = piece.split_once(host)?;
                Some(path)
            });
            PathBuf::from(host.unwrap_or(piece))
        })
        // A folder that is not there yet is made by the command.
        .filter(|path| path.is_dir() || (path.is_absolute() && !path.exists()))
}

/// Whether two resolved paths are one folder: by name, or, where it is there
/// under two names, by what the system calls it or the folder it will be in.
fn same(one: &Path, other: &Path) -> bool {
    let facts = |path: &Path| {
        let facts = fs::metadata(path).ok()?;
        Some((facts.dev(), facts.ino()))
    };
    match (facts(one), facts(other)) {
        _ if one == other => true,
        (Some(one), Some(other)) => one == other,
        (None, None) if one.file_name() == other.file_name() => {
            let above = one.parent().zip(other.parent());
            above.is_some_and(|(one, other)| same(one, other))
        }
        _ => false,
    }
}

fn lies_in(inner: &Path, outer: &Path) -> bool {
    inner.ancestors().skip(1).any(|above| same(above, outer))
}

/// The path without links, `.` and `..`, as far as it exists; what does not
/// exist yet is taken as it will be made.
fn resolved(path: &Path) -> PathBuf {
    let mut links = LINKS;
    follow(Path::new("/"), &absolute(path), &mut links)
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn follow(from: &Path, path: &Path, links: &mut usize) -> PathBuf {
    let mut place = from.to_owned();
    for part in path.components() {
        match part {
            Component::RootDir => place = PathBuf::from("/"),
            Component::ParentDir => {
                place.pop();
            }
            Component::Normal(name) => {
                let next = place.join(name);
                match fs::read_link(&next) {
                    Ok(target) if *links > 0 => {
                        *links -= 1;
                        place = follow(&place, &target, links);
                    }
                    _ => place = next,
                }
            }
            Component::CurDir | Component::Prefix(_) => {}
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_path_is_resolved_through_links_that_lead_nowhere_yet() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("is there");
        let at = |name: &str| root.join(name);
        symlink("not/yet", at("loose")).expect("made");
        symlink(&root, at("whole")).expect("made");
        symlink("ring", at("ring")).expect("made");
        for (path, place) in [
            ("loose/site", "not/yet/site"),
            ("whole/out/./public/", "out/public"),
            ("not/../whole/../out", "out"),
            ("plain", "plain"),
        ] {
            let expected = match path {
                "not/../whole/../out" => root.parent().expect("above").join("out"),
                _ => at(place),
            };
            assert_eq!(resolved(&at(path)), expected, "{path}");
        }
        // A ring ends.
        assert!(resolved(&at("ring")).starts_with(&root));
    }
}
