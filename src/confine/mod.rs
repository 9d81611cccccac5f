//! What a child process of this program may do: how much it may use, which
//! files it may open, and which system calls it may make.
//!
//! A child that sets pages or reads a workbook works on bytes that came from
//! outside. It limits itself before it looks at them, because only the process
//! itself can do that without code the compiler does not check. The limits of
//! memory, time and files hold on every kernel. Landlock (no file but the
//! named ones, no network) and seccomp (no system call but the named ones)
//! hold where the kernel has them; `check` remarks on a kernel that has not.

mod files;
mod syscalls;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::process::{Resource, Rlimit, Signal, setrlimit};
use serde::{Deserialize, Serialize};

/// Files a child may have open at one time.
const OPEN_FILES: u64 = 64;

const MIB: u64 = 1024 * 1024;

/// Which of the kernel's means hold for a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confined {
    /// Landlock: the process opens no file but those it was allowed to read.
    pub files: bool,
    /// seccomp: the process makes no system call but those it needs.
    pub syscalls: bool,
}

/// A child process of this very program, with nothing of the environment.
///
/// It is started from the running program and not by the program's name: the
/// file of that name may have been replaced, by an update for instance.
pub fn child(program: &Path, task: &str) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut command = Command::new(program);
    // Ctrl-C at a terminal is for the parent, which finishes what it has in
    // hand; it must not reach the children.
    command.arg0("yobin").arg(task).env_clear().process_group(0);
    command
}

/// The running program, whatever stands at its path by now.
///
/// # Errors
/// When the system does not tell it.
pub fn running_program() -> io::Result<PathBuf> {
    let program = Path::new("/proc/self/exe");
    std::fs::read_link(program)?;
    Ok(program.to_owned())
}

/// Limits this process: `memory_mib` MiB of address space, `cpu_seconds` of
/// processor time if given, few open files, no core dump, and no life beyond
/// the parent's.
///
/// # Errors
/// A sentence with the limit that could not be set.
pub fn limit(memory_mib: u64, cpu_seconds: Option<u64>) -> Result<(), String> {
    let bytes = memory_mib.saturating_mul(MIB);
    set(Resource::As, bytes, "memory")?;
    set(Resource::Nofile, OPEN_FILES, "open files")?;
    // A core dump would put letters on disk in the clear.
    set(Resource::Core, 0, "core")?;
    if let Some(seconds) = cpu_seconds {
        set(Resource::Cpu, seconds, "processor time")?;
    }
    // A child that loops must not outlive a parent that was killed.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(|error| format!("death signal: {error}"))
}

/// Sets how much address space this process may use from now on: `used` bytes
/// and `more_mib` MiB. Never more than [`limit`] allowed.
pub fn allow_memory(used: u64, more_mib: u64) {
    let most = rustix::process::getrlimit(Resource::As).maximum;
    let wanted = used.saturating_add(more_mib.saturating_mul(MIB));
    let limit = Rlimit {
        current: Some(most.map_or(wanted, |most| wanted.min(most))),
        maximum: most,
    };
    // The limit that holds already stays if this one cannot be set.
    let _ = setrlimit(Resource::As, limit);
}

/// Bytes of address space this process uses. A confined one cannot tell.
pub fn used_address_space() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = told.split(' ').next()?.parse().ok()?;
    let page = u64::try_from(rustix::param::page_size()).ok()?;
    pages.checked_mul(page)
}

fn set(resource: Resource, most: u64, what: &str) -> Result<(), String> {
    // Whoever started the program may have set a narrower limit.
    let known = rustix::process::getrlimit(resource).maximum;
    let most = Some(known.map_or(most, |known| known.min(most)));
    let limit = Rlimit {
        current: most,
        maximum: most,
    };
    setrlimit(resource, limit).map_err(|error| format!("limit of {what}: {error}"))
}

/// Takes from this thread what it does not need: from here on it opens no
/// file but those in `readable`, and those for reading only; it makes no
/// connection and starts no program and no thread. What cannot be taken on
/// this kernel is left.
pub fn confine(readable: &[PathBuf]) -> Confined {
    Confined {
        files: files::restrict(readable),
        syscalls: syscalls::restrict(),
    }
}

/// What [`confine`] can do on this kernel; a thread tries it on itself.
pub fn possible() -> Confined {
    let tried = thread::spawn(|| confine(&[])).join();
    tried.unwrap_or(Confined {
        files: false,
        syscalls: false,
    })
}

impl Confined {
    /// Whether more would be possible on a kernel that can do `possible`.
    pub fn lacks_of(self, possible: Confined) -> bool {
        (possible.files && !self.files) || (possible.syscalls && !self.syscalls)
    }
}

/// Whether a child process once held less than [`possible`] of what confines
/// it.
static FELL_SHORT: AtomicBool = AtomicBool::new(false);

/// Takes note of what a child process says that holds for it, and logs where
/// the kernel could do more.
pub fn told_by_child(task: &str, holds: Confined) {
    static POSSIBLE: OnceLock<Confined> = OnceLock::new();
    let possible = *POSSIBLE.get_or_init(possible);
    if holds.lacks_of(possible) && !FELL_SHORT.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            task,
            ?holds,
            ?possible,
            "a child process is less confined than the kernel allows"
        );
    }
}

/// Whether a child process of this one held less than the kernel allows.
pub fn fell_short() -> bool {
    FELL_SHORT.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::net::UnixStream;

    use super::*;

    /// What a confined thread could do; nothing on a kernel without the means.
    fn confined<T: Send + 'static>(
        readable: Vec<PathBuf>,
        act: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let tried = thread::spawn(move || {
            let held = confine(&readable);
            (held.files && held.syscalls).then(act)
        });
        let done = tried.join().expect("the thread ends");
        if done.is_none() {
            eprintln!("not tried: this kernel has no Landlock or no seccomp");
        }
        done
    }

    #[test]
    fn a_confined_thread_reads_what_it_was_allowed_to_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let allowed = folder.path().join("allowed");
        fs::create_dir(&allowed).expect("made");
        fs::write(allowed.join("font"), "outline").expect("written");
        fs::write(folder.path().join("letter"), "見本 太郎").expect("written");
        let (inside, outside) = (allowed.join("font"), folder.path().join("letter"));
        let written = allowed.join("new");
        let Some((inside, others)) = confined(vec![allowed], move || {
            let others = [
                fs::read(outside).map(drop),
                fs::read("/etc/passwd").map(drop),
                fs::read_dir("/").map(drop),
                fs::write(&written, "x"),
                fs::remove_file(&inside),
                fs::rename(&inside, &written),
                std::os::unix::fs::symlink("/etc", &written),
            ];
            (fs::read(inside), others)
        }) else {
            return;
        };
        assert_eq!(inside.expect("it may be read"), b"outline");
        for (place, done) in others.into_iter().enumerate() {
            assert!(done.is_err(), "attempt {place} went through");
        }
    }

    #[test]
    fn a_confined_thread_speaks_to_nobody_and_starts_nothing() {
        let server = TcpListener::bind("127.0.0.1:0").expect("a server");
        let address = server.local_addr().expect("its address");
        let parent = rustix::process::getppid().expect("a parent");
        let Some(attempts) = confined(Vec::new(), move || {
            let of = io::Error::from;
            [
                TcpStream::connect(address).map(drop),
                UdpSocket::bind("127.0.0.1:0").map(drop),
                UnixStream::connect("/run/any.sock").map(drop),
                Command::new("/bin/true").status().map(drop),
                thread::Builder::new().spawn(|| ()).map(drop),
                rustix::process::kill_process(parent, Signal::CONT).map_err(of),
                rustix::process::setpriority_process(None, 1).map_err(of),
            ]
        }) else {
            return;
        };
        for (place, done) in attempts.into_iter().enumerate() {
            assert!(done.is_err(), "attempt {place} went through");
        }
    }

    #[test]
    fn a_child_falls_short_only_of_what_the_kernel_can_do() {
        let held = |files, syscalls| Confined { files, syscalls };
        assert!(held(false, true).lacks_of(held(true, true)));
        assert!(held(true, false).lacks_of(held(false, true)));
        assert!(!held(false, true).lacks_of(held(false, true)));
        assert!(!held(false, false).lacks_of(held(false, false)));
    }

    #[test]
    fn a_trial_of_the_means_confines_nobody_else() {
        let _ = possible();
        let server = TcpListener::bind("127.0.0.1:0").expect("a server");
        let address = server.local_addr().expect("its address");
        TcpStream::connect(address).expect("connected");
        fs::read("/proc/self/stat").expect("read");
    }
}
