//! Who else can read or change what only the program's own user may.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use super::problem::{Problem, Problems};
use crate::config::Config;
use crate::notice::site;
use crate::office;

/// Files named of many with the same fault.
const NAMED: usize = 3;

/// The largest file that is looked at for a private key.
const KEY_MOST: u64 = 16 * 1024;

/// What an age private key begins with.
const PRIVATE_KEY: &str = "AGE-SECRET-KEY-";

/// Permission bits of the group and of all others.
const OTHERS: u32 = 0o077;
/// The bit that lets everybody write.
const ALL_WRITE: u32 = 0o002;

/// Looks at the modes and owners of the workspace, of secrets, and of what the
/// program goes by.
pub(super) fn check(config: &Config, problems: &mut Problems) {
    check_workspace(config, problems);
    check_secrets(config, problems);
    let mut changeable = Vec::new();
    let settings = config.settings.clone();
    let mut seen = vec![settings];
    for folder in [&config.society, &config.templates, &config.fonts] {
        seen.push(folder.clone());
        seen.extend(below(folder, &|_| false).into_iter().map(|(path, _)| path));
    }
    for path in seen {
        let lets_all_write =
            |about: Metadata| !about.is_symlink() && about.permissions().mode() & ALL_WRITE != 0;
        if fs::symlink_metadata(&path).is_ok_and(lets_all_write) {
            changeable.push(path);
        }
    }
    tell(
        problems,
        &changeable,
        "は、計算機のだれでも書き換えられます",
        "書簡の内容や送り先を変えられてしまいます。chmod -R o-w で、書き換えられる人を限ってください。",
    );
}

/// What a check tells of who runs it; nothing is broken by it.
pub(super) fn remark() -> Option<String> {
    rustix::process::geteuid().is_root().then(|| {
        "root で動かしています。作ったファイルが root のものになり、夜便の利用者が読めなくなることがあります。夜便の利用者で動かしてください(運用の手引の1)。".to_owned()
    })
}

fn check_workspace(config: &Config, problems: &mut Problems) {
    let Ok(out) = fs::metadata(&config.out) else {
        return;
    };
    // The website is for everybody; a demo's workspace is no real one.
    let passed_over =
        |path: &Path| path == site::site_folder(config) || path.join(office::DEMO_MARK).exists();
    let mut open = Vec::new();
    let mut of_others = Vec::new();
    let mut look = |path: PathBuf, about: &Metadata| {
        if about.is_symlink() {
            return;
        }
        if about.uid() != out.uid() {
            of_others.push(path.clone());
        }
        if about.permissions().mode() & OTHERS != 0 {
            open.push(path);
        }
    };
    look(config.out.clone(), &out);
    for (path, about) in below(&config.out, &passed_over) {
        look(path, &about);
    }
    let marks = office::marks_of(config);
    if let Ok(about) = fs::symlink_metadata(&marks) {
        look(marks, &about);
    }
    tell(
        problems,
        &open,
        "は、夜便の利用者のほかも読めるか、書き換えられます",
        "氏名や住所などが入っています。chmod -R go= で、夜便の利用者だけのものにしてください(公表用の public は除きます)。",
    );
    tell(
        problems,
        &of_others,
        "の持ち主が、作業フォルダーの持ち主と違います",
        "夜便が読み書きできないことがあります。chown -R で、作業フォルダーの持ち主にそろえてください。",
    );
}

/// The password of the mail server, and private keys beside the settings.
fn check_secrets(config: &Config, problems: &mut Problems) {
    let smtp = config.mail.get("smtp");
    let password = smtp.and_then(|smtp| smtp.get("password_file")?.as_str());
    let mut secrets: Vec<PathBuf> = password
        .map(|file| config.base.join(file))
        .into_iter()
        .collect();
    let beside = match config.base.as_os_str().is_empty() {
        true => Path::new("."),
        false => config.base.as_path(),
    };
    let entries = fs::read_dir(beside).into_iter().flatten().flatten();
    secrets.extend(
        entries
            .map(|entry| entry.path())
            .filter(|path| holds_key(path)),
    );
    let open = |path: &PathBuf| {
        fs::metadata(path).is_ok_and(|about| about.permissions().mode() & OTHERS != 0)
    };
    secrets.retain(open);
    tell(
        problems,
        &secrets,
        "は、夜便の利用者のほかも読めます",
        "パスワードか秘密の鍵が入っています。chmod 600 で、持ち主だけのものにし、読まれた恐れがあれば取り替えてください。",
    );
}

fn holds_key(path: &Path) -> bool {
    let small = |about: Metadata| about.is_file() && about.len() <= KEY_MOST;
    fs::symlink_metadata(path).is_ok_and(small)
        && fs::read_to_string(path).is_ok_and(|text| text.contains(PRIVATE_KEY))
}

/// Tells of files with the same fault at once.
fn tell(problems: &mut Problems, files: &[PathBuf], fault: &str, remedy: &str) {
    if files.is_empty() {
        return;
    }
    let named: Vec<String> = files
        .iter()
        .take(NAMED)
        .map(|path| path.display().to_string())
        .collect();
    let more = match files.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("(ほか{more}件)"),
    };
    problems.add(Problem::part(format!(
        "{}{more}{fault}。{remedy}",
        named.join("、")
    )));
}

/// All that lies below a folder, without what `passed_over` says. No link is
/// followed, and what cannot be read is told of where it is needed.
fn below(folder: &Path, passed_over: &dyn Fn(&Path) -> bool) -> Vec<(PathBuf, Metadata)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(about) = entry.metadata() else {
                continue;
            };
            if passed_over(&path) {
                continue;
            }
            if about.is_dir() {
                folders.push(path.clone());
            }
            found.push((path, about));
        }
    }
    found
}
