//! Writing a file whole or not at all.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Puts `bytes` at `path` in one step: they are written beside it, made
/// durable, and then take its name.
///
/// # Errors
/// What the file system says; an earlier file at `path` is then untouched.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}
