//! Items that wait on disk and can be read by this process alone.
//!
//! A file that is taken in may be larger than memory, and its rows hold notes
//! nobody may read, so what has been read of it is written to a file without a
//! name, encrypted with a key that is never kept. When the process ends,
//! however it ends, nothing of it can be read any more.

use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::iter;
use std::marker::PhantomData;
use std::path::Path;

use age::stream::{StreamReader, StreamWriter};
use age::x25519::Identity;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::StreamDeserializer;
use serde_json::de::IoRead;
use tempfile::SpooledTempFile;

/// Bytes that are kept in memory before anything is written to disk.
const IN_MEMORY: usize = 1024 * 1024;

/// Items being written.
pub struct Spill<T> {
    out: StreamWriter<BufWriter<SpooledTempFile>>,
    key: Identity,
    items: PhantomData<fn(T)>,
}

impl<T: Serialize + DeserializeOwned> Spill<T> {
    /// None yet. What does not fit into memory is written to a file without a
    /// name in `folder`.
    ///
    /// # Errors
    /// When nothing can be encrypted, which has no cause in the items.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let key = Identity::generate();
        let recipient = key.to_public();
        let recipients = iter::once(&recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).map_err(io::Error::other)?;
        let file = SpooledTempFile::new_in(IN_MEMORY, folder);
        Ok(Spill {
            out: encryptor.wrap_output(BufWriter::new(file))?,
            key,
            items: PhantomData,
        })
    }

    /// Adds an item.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn push(&mut self, item: &T) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, item)?;
        self.out.write_all(b"\n")
    }

    /// All items, in the order they were added.
    ///
    /// # Errors
    /// When the file cannot be written or read.
    pub fn read(self) -> io::Result<Spilled<T>> {
        let out = self.out.finish()?;
        let mut file = out.into_inner().map_err(|error| error.into_error())?;
        file.rewind()?;
        let decryptor =
            age::Decryptor::new_buffered(BufReader::new(file)).map_err(io::Error::other)?;
        let plain = decryptor
            .decrypt(iter::once(&self.key as &dyn age::Identity))
            .map_err(io::Error::other)?;
        let items = serde_json::Deserializer::from_reader(BufReader::new(plain));
        Ok(Spilled(items.into_iter()))
    }
}

type Plain = BufReader<StreamReader<BufReader<SpooledTempFile>>>;

/// Items that were written, as they are read again.
pub struct Spilled<T>(StreamDeserializer<'static, IoRead<Plain>, T>);

impl<T: DeserializeOwned> Iterator for Spilled<T> {
    type Item = io::Result<T>;

    fn next(&mut self) -> Option<io::Result<T>> {
        self.0.next().map(|item| item.map_err(io::Error::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_spilled_comes_back_and_cannot_be_read_from_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut spill = Spill::new(folder.path()).expect("begun");
        let item = |n: usize| format!("隠れ里 {n} {}", "x".repeat(100));
        for n in 0..20_000 {
            spill.push(&item(n)).expect("written");
        }
        let file = spill.out.finish().expect("finished");
        let file = file.into_inner().expect("written");
        assert!(file.is_rolled(), "nothing stands on disk");
        let names = std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(names, 0, "the file has a name");

        let mut spill = Spill::new(folder.path()).expect("begun");
        for n in 0..20_000 {
            spill.push(&item(n)).expect("written");
        }
        let back = spill.read().expect("read");
        let mut count = 0;
        for (n, found) in back.enumerate() {
            assert_eq!(found.expect("an item"), item(n));
            count += 1;
        }
        assert_eq!(count, 20_000);
    }
}
