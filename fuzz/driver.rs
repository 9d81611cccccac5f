//! The loop: an input, the reader, what it promises.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::mutation::Mutation;

/// The longest input.
pub(super) const LONGEST: usize = 64 * 1024;

/// Processor time a reader may take for the shortest input, and for each
/// further KiB. In an unoptimised build, on a machine that does other things.
const AT_ONCE: Duration = Duration::from_millis(1500);
const EACH_KIB: Duration = Duration::from_millis(60);

/// A reader under test.
pub(crate) struct Fuzz<'a> {
    /// Its name, that of its folder below `fuzz/corpus/`.
    pub(crate) name: &'a str,
    /// Inputs in `cargo test`.
    pub(crate) inputs: usize,
    /// Words of its language.
    pub(crate) words: &'a [&'a str],
    /// Inputs to begin with.
    pub(crate) seeds: Vec<Vec<u8>>,
    /// Whether an input is a package of files, which are changed one by one.
    pub(crate) package: bool,
}

impl Fuzz<'_> {
    /// Gives the reader one input after another. `read` says what the reader
    /// made of it: the same for the same bytes, and something else where
    /// something else happened.
    pub(crate) fn run(mut self, read: impl Fn(&[u8]) -> String) {
        assert!(!self.seeds.is_empty(), "{} has no corpus", self.name);
        let length = Length::asked(self.inputs);
        let mut mutation = Mutation::new(length.seed ^ hash(self.name), self.words, self.package);
        let mut known = BTreeSet::new();
        let mut failures = BTreeSet::new();
        let seeds = self.seeds.clone();
        let mut done = 0;
        let started = wall();
        while length.goes_on(done, wall().saturating_sub(started)) {
            let input = match seeds.get(done) {
                Some(seed) => seed.clone(),
                None => mutation.input(&self.seeds),
            };
            done += 1;
            match held(&read, &input) {
                Ok(said) => {
                    if known.insert(hash(without_values(&said))) && done > seeds.len() {
                        self.seeds.push(input);
                    }
                }
                Err(broken) => {
                    let place = self.keep(&input);
                    if failures.insert(broken.clone()) {
                        eprintln!("{}: {broken}: {}", self.name, place.display());
                    }
                }
            }
        }
        println!(
            "{}: {done} inputs, {} different answers, {} failures",
            self.name,
            known.len(),
            failures.len()
        );
        assert!(failures.is_empty(), "{}: {failures:#?}", self.name);
    }

    /// Keeps an input that broke a promise, so that it can be tried again.
    fn keep(&self, input: &[u8]) -> PathBuf {
        let folder = root().join("target/fuzz").join(self.name);
        let path = folder.join(format!("{:016x}", hash(input)));
        fs::create_dir_all(&folder).unwrap();
        fs::write(&path, input).unwrap();
        path
    }
}

/// What the reader made of the input, or which promise it broke.
fn held(read: &impl Fn(&[u8]) -> String, input: &[u8]) -> Result<String, String> {
    let before = processor();
    let once = caught(read, input)?;
    let took = processor().saturating_sub(before);
    let kib = u32::try_from(input.len() / 1024).unwrap_or(u32::MAX);
    if took > AT_ONCE + EACH_KIB * kib {
        return Err(format!("took {took:?} for {} bytes", input.len()));
    }
    let again = caught(read, input)?;
    if again != once {
        return Err(format!("is read once as\n{once}\nand again as\n{again}"));
    }
    Ok(once)
}

fn caught(read: &impl Fn(&[u8]) -> String, input: &[u8]) -> Result<String, String> {
    panic::catch_unwind(AssertUnwindSafe(|| read(input))).map_err(|panic| {
        let words = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        format!("panics: {}", words.unwrap_or_default())
    })
}

/// How long a run is.
struct Length {
    seed: u64,
    inputs: usize,
    seconds: Option<Duration>,
}

impl Length {
    /// `YOBIN_FUZZ_SECONDS` for each reader and `YOBIN_FUZZ_SEED`; without
    /// them so many inputs, the same each time.
    #[allow(clippy::disallowed_methods, reason = "a test's own length")]
    fn asked(inputs: usize) -> Self {
        let number = |name| std::env::var(name).ok()?.parse().ok();
        Length {
            seed: number("YOBIN_FUZZ_SEED").unwrap_or(2026),
            inputs,
            seconds: number("YOBIN_FUZZ_SECONDS").map(Duration::from_secs),
        }
    }

    fn goes_on(&self, done: usize, so_far: Duration) -> bool {
        match self.seconds {
            Some(seconds) => so_far < seconds,
            None => done < self.inputs,
        }
    }
}

fn processor() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

fn wall() -> Duration {
    let time = clock_gettime(ClockId::Monotonic);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

fn hash(value: impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// What was said without what it was said of: two answers that differ in a
/// number or a quoted value are one.
fn without_values(said: &str) -> String {
    let mut left = String::new();
    let mut quoted = false;
    for c in said.chars().take(4000) {
        match c {
            '「' => quoted = true,
            '」' => quoted = false,
            c if quoted || c.is_numeric() || !(c.is_alphabetic() || c == '：') => {}
            c => left.push(c),
        }
    }
    left
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files of `fuzz/corpus/<name>/` and those that match `shipped`, a folder
/// of the source tree and an ending.
pub(crate) fn seeds(name: &str, shipped: &[(&str, &str)]) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    below(&root().join("fuzz/corpus").join(name), "", &mut paths);
    for (folder, ending) in shipped {
        below(&root().join(folder), ending, &mut paths);
    }
    paths.sort();
    let read = paths.into_iter().map(|path| fs::read(path).unwrap());
    read.filter(|seed| seed.len() <= LONGEST).collect()
}

fn below(folder: &Path, ending: &str, paths: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, ending, paths);
        } else if path.to_string_lossy().ends_with(ending) {
            paths.push(path);
        }
    }
}
