//! Workbooks: packages of XML files, changed inside so that they stay packages.

use std::io::{Cursor, Read as _, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::driver::LONGEST;
use super::mutation::Mutation;

/// The package with one of its files changed, left out, doubled or exchanged
/// with another; `None` if it is none.
pub(super) fn changed(mutation: &mut Mutation<'_>, package: &[u8]) -> Option<Vec<u8>> {
    let mut files = unpacked(package)?;
    let at = mutation.below(files.len());
    match mutation.below(12) {
        0 => drop(files.remove(at)),
        1 => {
            let (_, content) = files[at].clone();
            let other = mutation.below(files.len());
            files[other].1 = content;
        }
        2 => {
            let (name, _) = files[at].clone();
            files[at].0 = format!("{name}.moved");
        }
        _ => {
            let contents: Vec<Vec<u8>> = files.iter().map(|(_, content)| content.clone()).collect();
            let content = files[at].1.clone();
            files[at].1 = match mutation.below(4) {
                0 => mutation.changed(content, &contents),
                _ => mutation.markup(content),
            };
        }
    }
    packed(&files)
}

fn unpacked(package: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ZipArchive::new(Cursor::new(package)).ok()?;
    let mut files = Vec::new();
    for at in 0..archive.len().min(40) {
        let file = archive.by_index(at).ok()?;
        let name = file.name().ok()?.into_owned();
        let mut content = Vec::new();
        file.take(LONGEST as u64).read_to_end(&mut content).ok()?;
        files.push((name, content));
    }
    (!files.is_empty()).then_some(files)
}

/// Files as a package. Not compressed: what is inside is what is tested.
pub(super) fn packed(files: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in files {
        writer.start_file(name.as_str(), options).ok()?;
        writer.write_all(content).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}
