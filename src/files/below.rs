//! Reading what stands below a folder the settings name, and nothing else.
//!
//! The folder itself may be a link, because the settings name it. Below it no
//! link is followed: a link in a template's folder would put any file the
//! program can read into a letter. Only regular files are read, for a pipe or
//! a device never ends, and only up to a size. Every step goes from an open
//! folder to the next, so a name that is exchanged in between cannot lead elsewhere.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, open, openat, statat};
use rustix::io::Errno;

/// The largest file that is read, in MiB, unless the caller says otherwise.
const MOST_MIB: u64 = 16;

const MIB: u64 = 1024 * 1024;

/// The most names of a folder: more than any office's templates or fonts.
const MOST_NAMES: usize = 2000;

/// A folder that was opened.
#[derive(Debug)]
pub struct Folder {
    opened: OwnedFd,
    path: PathBuf,
}

/// What a name in a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// A folder.
    Folder,
    /// A regular file.
    File,
}

/// A file or folder that is not read. The text is for staff, in Japanese.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}", path.display(), self.problem())]
pub struct Unreadable {
    /// The file or folder.
    pub path: PathBuf,
    /// Why.
    pub why: Why,
}

/// Why a file or folder is not read.
#[derive(Debug)]
pub enum Why {
    /// It is a link, wherever that leads.
    Link,
    /// It is a pipe, a socket or a device.
    Special,
    /// It is a file where a folder is needed, or the other way round.
    WrongKind,
    /// It is larger than this many MiB.
    TooLarge(u64),
    /// It is a folder with more names than this.
    TooMany(usize),
    /// The name leads out of the folder.
    Outside,
    /// It is no text in UTF-8.
    NotText,
    /// What the system says.
    Io(io::Error),
}

impl Unreadable {
    /// What is wrong and what to do, without the path.
    pub fn problem(&self) -> String {
        match &self.why {
            Why::Link => "リンク(シンボリックリンク)です。リンクの先は読みません。リンクを消し、必要なファイルそのものをここに置いてください。".to_owned(),
            Why::Special => "ふつうのファイルではありません(パイプや装置など)。取り除いてください。".to_owned(),
            Why::WrongKind => "ファイルとフォルダーを取り違えています。取り除いて、正しいものを置いてください。".to_owned(),
            Why::TooLarge(most) => format!("大きすぎます({most} MiBまで)。小さくするか、取り除いてください。"),
            Why::TooMany(most) => format!("フォルダーの中のファイルが多すぎます({most}個まで)。ほかの目的のファイルを取り除いてください。"),
            Why::Outside => "フォルダーの外は読みません。フォルダーの中のファイルの名前を書いてください。".to_owned(),
            Why::NotText => "文字コード(UTF-8)が正しくありません。UTF-8で保存し直してください。".to_owned(),
            Why::Io(error) => format!("読めません({error})。"),
        }
    }

    /// Whether nothing has the name.
    pub fn is_absent(&self) -> bool {
        matches!(&self.why, Why::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl From<Unreadable> for io::Error {
    fn from(error: Unreadable) -> Self {
        match error.why {
            Why::Io(error) => error,
            _ => io::Error::other(error.problem()),
        }
    }
}

impl Folder {
    /// Opens a folder the settings name; this one may be a link.
    ///
    /// # Errors
    /// [`Unreadable`] when it is no folder or cannot be opened.
    pub fn open(path: &Path) -> Result<Self, Unreadable> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        match open(path, flags, Mode::empty()) {
            Ok(opened) => Ok(Folder {
                opened,
                path: path.to_owned(),
            }),
            Err(errno) => Err(system(path.to_owned(), errno)),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of this name in it.
    ///
    /// # Errors
    /// [`Unreadable`] when it is a link, no folder, or cannot be opened.
    pub fn folder(&self, name: &str) -> Result<Folder, Unreadable> {
        let path = self.path.join(name);
        if self.entry(name)? != Entry::Folder {
            let why = Why::WrongKind;
            return Err(Unreadable { path, why });
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match openat(&self.opened, name, flags, Mode::empty()) {
            Ok(opened) => Ok(Folder { opened, path }),
            Err(errno) => Err(system(path, errno)),
        }
    }

    /// The names in it, sorted. What begins with a dot belongs to editors and
    /// other programs and is left out.
    ///
    /// # Errors
    /// [`Unreadable`] when the folder cannot be read or a name is no text.
    pub fn names(&self) -> Result<Vec<String>, Unreadable> {
        let failed = |errno| system(self.path.clone(), errno);
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.opened).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_bytes();
            if name.starts_with(b".") {
                continue;
            }
            let Ok(name) = str::from_utf8(name) else {
                return Err(Unreadable {
                    path: self.path.join(String::from_utf8_lossy(name).as_ref()),
                    why: Why::NotText,
                });
            };
            if names.len() == MOST_NAMES {
                return Err(Unreadable {
                    path: self.path.clone(),
                    why: Why::TooMany(MOST_NAMES),
                });
            }
            names.push(name.to_owned());
        }
        names.sort();
        Ok(names)
    }

    /// The names in it with what they are, sorted.
    ///
    /// # Errors
    /// As [`names`](Self::names), and of the first name that is neither folder
    /// nor regular file.
    pub fn entries(&self) -> Result<Vec<(String, Entry)>, Unreadable> {
        let names = self.names()?.into_iter();
        names
            .map(|name| {
                let entry = self.entry(&name)?;
                Ok((name, entry))
            })
            .collect()
    }

    /// Reads a file of it, up to 16 MiB.
    ///
    /// # Errors
    /// [`Unreadable`] when it is a link, no regular file, or too large.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Unreadable> {
        self.read_up_to(name, MOST_MIB)
    }

    /// Reads a file of it, up to `most_mib` MiB.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_up_to(&self, name: &str, most_mib: u64) -> Result<Vec<u8>, Unreadable> {
        let path = self.path.join(name);
        let refused = |why| Unreadable {
            path: path.clone(),
            why,
        };
        let file = self.file(name)?;
        let most = most_mib.saturating_mul(MIB);
        let length = file.metadata().map_err(|error| refused(Why::Io(error)))?;
        if length.len() > most {
            return Err(refused(Why::TooLarge(most_mib)));
        }
        // It may grow while it is read.
        let mut bytes = Vec::with_capacity(usize::try_from(length.len()).unwrap_or_default());
        file.take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| refused(Why::Io(error)))?;
        if bytes.len() as u64 > most {
            return Err(refused(Why::TooLarge(most_mib)));
        }
        Ok(bytes)
    }

    /// Reads a text in UTF-8 of it, up to 16 MiB.
    ///
    /// # Errors
    /// As [`read`](Self::read), and when it is no such text.
    pub fn text(&self, name: &str) -> Result<String, Unreadable> {
        String::from_utf8(self.read(name)?).map_err(|_| Unreadable {
            path: self.path.join(name),
            why: Why::NotText,
        })
    }

    /// Opens a regular file of it to be read.
    ///
    /// # Errors
    /// [`Unreadable`] when it is a link or no regular file.
    pub fn file(&self, name: &str) -> Result<File, Unreadable> {
        let path = self.path.join(name);
        let refused = |why| Unreadable {
            path: path.clone(),
            why,
        };
        if self.entry(name)? != Entry::File {
            return Err(refused(Why::WrongKind));
        }
        // A pipe put there in the meantime must not block the program.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = openat(&self.opened, name, flags, Mode::empty())
            .map_err(|errno| system(path.clone(), errno))?;
        let file = File::from(opened);
        let is_file = file.metadata().map(|found| found.is_file());
        match is_file.map_err(|error| refused(Why::Io(error)))? {
            true => Ok(file),
            false => Err(refused(Why::Special)),
        }
    }

    /// What a name in it is.
    ///
    /// # Errors
    /// [`Unreadable`] when it is neither folder nor regular file, or not there.
    pub fn entry(&self, name: &str) -> Result<Entry, Unreadable> {
        let path = self.path.join(name);
        let found = match statat(&self.opened, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => found,
            Err(errno) => return Err(system(path, errno)),
        };
        let why = match FileType::from_raw_mode(found.st_mode) {
            FileType::Directory => return Ok(Entry::Folder),
            FileType::RegularFile => return Ok(Entry::File),
            FileType::Symlink => Why::Link,
            _ => Why::Special,
        };
        Err(Unreadable { path, why })
    }
}

/// Opens the folder of the last name of `relative` and gives that name.
fn parent(root: &Path, relative: &Path) -> Result<(Folder, String), Unreadable> {
    let outside = || Unreadable {
        path: root.join(relative),
        why: Why::Outside,
    };
    let mut names = Vec::new();
    for part in relative.components() {
        match part {
            Component::Normal(name) => names.push(name.to_str().ok_or_else(outside)?),
            _ => return Err(outside()),
        }
    }
    let last = names.pop().ok_or_else(outside)?;
    let mut folder = Folder::open(root)?;
    for name in names {
        folder = folder.folder(name)?;
    }
    Ok((folder, last.to_owned()))
}

/// Reads a file below `root`, up to 16 MiB.
///
/// # Errors
/// [`Unreadable`] when a part of `relative` is a link or leads out of `root`,
/// or the file is no regular one or too large.
pub fn read_below(root: &Path, relative: impl AsRef<Path>) -> Result<Vec<u8>, Unreadable> {
    let (folder, name) = parent(root, relative.as_ref())?;
    folder.read(&name)
}

/// Reads a text in UTF-8 below `root`, up to 16 MiB.
///
/// # Errors
/// As [`read_below`], and when it is no such text.
pub fn text_below(root: &Path, relative: impl AsRef<Path>) -> Result<String, Unreadable> {
    let (folder, name) = parent(root, relative.as_ref())?;
    folder.text(&name)
}

/// Reads a text in UTF-8 by its path, up to 16 MiB; the way to its folder may
/// lead over links, the file itself may be none.
///
/// # Errors
/// As [`text_below`].
pub fn text_at(path: &Path) -> Result<String, Unreadable> {
    let (folder, name) = split(path)?;
    text_below(folder, name)
}

/// Opens a regular file by its path, as [`text_at`] does.
///
/// # Errors
/// As [`open_below`].
pub fn open_at(path: &Path) -> Result<File, Unreadable> {
    let (folder, name) = split(path)?;
    open_below(folder, name)
}

fn split(path: &Path) -> Result<(&Path, &Path), Unreadable> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match path.file_name() {
        Some(name) => Ok((folder, Path::new(name))),
        None => Err(Unreadable {
            path: path.to_owned(),
            why: Why::WrongKind,
        }),
    }
}

/// Opens a regular file below `root` to be read.
///
/// # Errors
/// As [`read_below`].
pub fn open_below(root: &Path, relative: impl AsRef<Path>) -> Result<File, Unreadable> {
    let (folder, name) = parent(root, relative.as_ref())?;
    folder.file(&name)
}

fn system(path: PathBuf, errno: Errno) -> Unreadable {
    let why = match errno {
        // The name became a link after it was looked at.
        Errno::LOOP => Why::Link,
        other => Why::Io(other.into()),
    };
    Unreadable { path, why }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    fn why(result: Result<Vec<u8>, Unreadable>) -> Why {
        result.expect_err("refused").why
    }

    #[test]
    fn only_regular_files_below_the_folder_are_read() {
        let outer = tempfile::tempdir().expect("a folder");
        let root = outer.path().join("root");
        fs::create_dir_all(root.join("a/b")).expect("made");
        fs::write(outer.path().join("secret"), "secret").expect("written");
        fs::write(root.join("a/b/text"), "text").expect("written");
        symlink(outer.path().join("secret"), root.join("a/link")).expect("linked");
        symlink(root.join("a"), root.join("around")).expect("linked");
        symlink("link", root.join("a/link-to-link")).expect("linked");
        let read = |name: &str| read_below(&root, name);
        assert_eq!(read("a/b/text").expect("read"), b"text");
        assert!(matches!(why(read("a/link")), Why::Link));
        assert!(matches!(why(read("a/link-to-link")), Why::Link));
        assert!(matches!(why(read("around/b/text")), Why::Link));
        for outside in ["../secret", "/etc/hostname", "a/../../secret", ".", ""] {
            assert!(matches!(why(read(outside)), Why::Outside), "{outside}");
        }
        assert!(matches!(why(read("a/b")), Why::WrongKind));
        assert!(read("a/absent").expect_err("refused").is_absent());
    }

    #[test]
    fn the_folder_the_settings_name_may_be_a_link() {
        let outer = tempfile::tempdir().expect("a folder");
        fs::create_dir(outer.path().join("real")).expect("made");
        fs::write(outer.path().join("real/text"), "text").expect("written");
        symlink("real", outer.path().join("named")).expect("linked");
        let read = read_below(&outer.path().join("named"), "text");
        assert_eq!(read.expect("read"), b"text");
    }

    #[test]
    fn a_file_over_the_limit_and_a_pipe_are_not_read() {
        let root = tempfile::tempdir().expect("a folder");
        let file = File::create(root.path().join("large")).expect("made");
        file.set_len(MOST_MIB * MIB).expect("lengthened");
        assert!(read_below(root.path(), "large").is_ok());
        file.set_len(MOST_MIB * MIB + 1).expect("lengthened");
        assert!(matches!(
            why(read_below(root.path(), "large")),
            Why::TooLarge(16)
        ));
        let pipe = root.path().join("pipe");
        let mode = Mode::RUSR | Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, FileType::Fifo, mode, 0).expect("made");
        assert!(matches!(why(read_below(root.path(), "pipe")), Why::Special));
        let entries = Folder::open(root.path()).expect("opened").entries();
        assert_eq!(entries.expect_err("refused").path, pipe);
    }

    #[test]
    fn what_editors_leave_is_passed_over() {
        let root = tempfile::tempdir().expect("a folder");
        symlink("someone@somewhere.1234", root.path().join(".#letter.typ")).expect("linked");
        fs::write(root.path().join(".letter.typ.swp"), "").expect("written");
        fs::write(root.path().join("letter.typ"), "").expect("written");
        let entries = Folder::open(root.path()).expect("opened").entries();
        let expected = [("letter.typ".to_owned(), Entry::File)];
        assert_eq!(entries.expect("read"), expected);
    }
}
