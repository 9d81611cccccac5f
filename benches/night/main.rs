//! How fast a whole night is beside the bare renderer.
//!
//! `cargo bench --bench night` prints one JSON line. Both rates come from the
//! same run with the same workers and the same letters. The whole night
//! (claim, render, archive with fsync, register, `.eml` file) is stopped
//! after each tenth, and the renderer alone sets some of the letters while it
//! stands still: a machine whose speed drifts favours neither. Each size runs
//! in a process of its own, because peak memory is a process's.
//!
//! Fields: `letters` and `workers` of the run; `render_only_per_s` and
//! `night_per_s`, letters a second; `ratio`, the second over the first;
//! `render_p50_ms` and `render_p99_ms`, one letter on one worker with all
//! workers busy and none waiting behind it; `peak_rss_mib`, resident memory
//! of the process tree at its highest; `kib_per_letter`, store, archive and
//! mails on disk;
//! `peak_rss_growth`, peak memory over that of a night of a tenth of the size;
//! `tail_ratio`, the rate of the last tenth over that of the first;
//! `tail_ratio_to_bare`, the same with each tenth's rate taken over the bare
//! renderer's beside it, so that a machine whose speed drifts does not count.
//!
//! A file system that has just removed many files may be slower to make new
//! ones, which counts against the night: let the machine rest before a run
//! that matters, and quote every run, not the best. 20,000 letters need about
//! 3 GB of disk until the end.
//!
//! `-- --letters N` chooses another size (default 20000), `-- --workers N`
//! the workers (default 2).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and fails by panicking"
)]

mod processes;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use processes::{MemoryWatch, family, working};
use yobin::acts::reception::{self, Distinct, Mode, Waiting};
use yobin::clock::Clock;
use yobin::config::Config;
use yobin::domain::{StaffName, Whereabouts};
use yobin::night::{self, Probe, Progress, RunOptions};
use yobin::office::{self, Office};
use yobin::record::{LetterHead, letter_data};
use yobin::render::{Job, Output, Pool};

/// The night is looked at, and the renderer alone tried, in so many parts.
const PARTS: usize = 10;

/// While the night stands still, the renderer alone sets one letter for so
/// many that the night has done since.
const NIGHT_TO_BARE: usize = 2;

/// One letter is timed for so many that the renderer alone has set.
const BARE_TO_TIMED: usize = 4;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    match args.get(1).map(String::as_str) {
        // The pool starts this very executable as its worker.
        Some("render-worker" | "read-workbook") => yobin::cli::main(),
        Some("case") => {
            let folder = Path::new(&args[4]);
            println!("{}", case(number(&args[2]), number(&args[3]), folder));
            ExitCode::SUCCESS
        }
        _ => {
            let letters = option(&args, "--letters").unwrap_or(20_000);
            let workers = option(&args, "--workers").unwrap_or(2);
            // Both workspaces stay until the end: removing the first's files
            // would make the file system slower for the second.
            //
            // They lie beside the build, on the disk the project is on; a
            // folder in memory would make fsync free.
            let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
            let folders = tempfile::tempdir_in(target).unwrap();
            let small = child(letters / 10, workers, &folders.path().join("small"));
            let mut line = child(letters, workers, &folders.path().join("whole"));
            let peak = |value: &Value| value["peak_rss_mib"].as_f64().unwrap();
            line["peak_rss_growth"] = rounded(peak(&line) / peak(&small), 3);
            println!("{line}");
            ExitCode::SUCCESS
        }
    }
}

fn option(args: &[String], name: &str) -> Option<usize> {
    let place = args.iter().position(|arg| arg == name)?;
    Some(number(&args[place + 1]))
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

fn child(letters: usize, workers: usize, folder: &Path) -> Value {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["case", &letters.to_string(), &workers.to_string()])
        .arg(folder)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).expect("the case prints JSON")
}

fn case(letters: usize, workers: usize, folder: &Path) -> Value {
    // As the program itself is driven.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(yobin::cli::DISK_THREADS)
        .build()
        .unwrap();
    fs::create_dir(folder).unwrap();
    let office = Arc::new(runtime.block_on(office(folder, letters)));
    let memory = MemoryWatch::start();
    let bare = Arc::new(Mutex::new(Bare::default()));
    let night = runtime.block_on(whole_night(&office, letters, workers, &memory, &bare));
    let peak = memory.stop();

    let Bare {
        letters: rendered,
        elapsed,
        mut times,
        rates,
    } = std::mem::take(&mut *bare.lock().unwrap());
    let render_only = rendered as f64 / elapsed.as_secs_f64();
    times.sort();
    let quantile = |q: f64| {
        let place = (times.len() as f64 * q) as usize;
        times[place.min(times.len() - 1)].as_secs_f64() * 1e3
    };
    let per_night = letters as f64 / night.elapsed.as_secs_f64();
    let tenth = letters / PARTS;
    let rate = |from: Duration, to: Duration| tenth as f64 / (to - from).as_secs_f64();
    let head = rate(Duration::ZERO, night.settled[tenth - 1]);
    let tail = rate(
        night.settled[letters - tenth - 1],
        night.settled[letters - 1],
    );
    json!({
        "letters": letters,
        "workers": workers,
        "render_only_per_s": rounded(render_only, 1),
        "night_per_s": rounded(per_night, 1),
        "ratio": rounded(per_night / render_only, 3),
        "render_p50_ms": rounded(quantile(0.5), 2),
        "render_p99_ms": rounded(quantile(0.99), 2),
        "peak_rss_mib": rounded(peak as f64 / 1024.0, 1),
        "kib_per_letter": rounded(kib_below(folder) / letters as f64, 1),
        "tail_ratio": rounded(tail / head, 3),
        "tail_ratio_to_bare": rounded(tail / rates[rates.len() - 1] / (head / rates[0]), 3),
    })
}

fn rounded(value: f64, digits: i32) -> Value {
    let factor = 10_f64.powi(digits);
    json!((value * factor).round() / factor)
}

/// A workspace with `letters` queued letters, all to be mailed.
async fn office(folder: &Path, letters: usize) -> Office {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let settings = folder.join("yobin.toml");
    let text = format!(
        "templates = {:?}\nsociety = {:?}\nfonts = {:?}\nout = {:?}\napproval = \"none\"\n",
        root.join("templates"),
        root.join("society"),
        root.join("fonts"),
        folder.join("out"),
    );
    fs::write(&settings, text).unwrap();
    let config = Config::read(Some(&settings)).unwrap();
    office::init(&config).await.unwrap();
    let office = Office::open(config, Clock::system()).await.unwrap();
    let records: Vec<String> = (1..=letters).map(|n| record(n).to_string()).collect();
    let file = folder.join("records.jsonl");
    fs::write(&file, records.join("\n")).unwrap();
    let by = office.by(StaffName::new("bench").unwrap());
    let received = reception::receive(
        &office,
        &by,
        &file,
        None,
        (Mode::AllOrNothing, Waiting::Kept),
        &Distinct::default(),
        &mut |problem| panic!("{problem}"),
    )
    .await
    .unwrap();
    assert_eq!(received.new, letters as u64);
    fs::remove_file(file).unwrap();
    // What is queued by day is on the disk by night; the night's first waits
    // for the disk must not pay for it.
    rustix::fs::sync();
    office
}

fn record(n: usize) -> Value {
    json!({
        "kind": "acknowledgement",
        "outcome": "received",
        "addressee_name": format!("見本 太郎{n}"),
        "addressee_postal_code": "379-2147",
        "addressee_address": format!("群馬県前橋市亀里町1310番地 見本{n}号室"),
        "delivery": "mail",
        "mail_address": format!("mihon{n}@example.jp"),
        "receipt_number": format!("受第26-{n:05}号"),
        "request_date": "2026-11-01",
        "arrival_date": "2026-11-04",
        "requester_role": "principal",
        "rights": ["disclosure"],
        "requested_content": format!("令和5年度から令和7年度までの特定健康診査の結果の開示 その{n}"),
        "expected_date": "2026-12-03",
    })
}

/// What the renderer alone did.
#[derive(Default)]
struct Bare {
    letters: usize,
    /// Of all letters together.
    elapsed: Duration,
    /// Of single letters.
    times: Vec<Duration>,
    /// Letters a second, each time it was tried.
    rates: Vec<f64>,
}

/// The night's letters from `from` on through a pool like the night's and
/// nothing else.
async fn bare(office: &Arc<Office>, from: usize, letters: usize, workers: usize) -> Bare {
    let desk = &office.desk;
    let set = desk.template_set().unwrap();
    let pool = Arc::new(desk.pool(&set, Some(workers)).unwrap());
    let kind = desk.catalogue.get("acknowledgement").unwrap();
    let outcome = kind.outcome("received").unwrap();
    let job = |n: usize| {
        let head = LetterHead {
            id: format!("L{n:06}"),
            number: Some(format!("群農健発第{n}号")),
            issue_date: desk.clock.today(),
        };
        let record = record(n);
        let values = record.as_object().unwrap();
        let data = letter_data(kind, outcome, values, &head, &desk.law, &desk.characters);
        Job {
            template: "/letters/acknowledgement/letter.typ".to_owned(),
            ident: head.id,
            output: Output::Pdf,
            data: data.to_string().into_bytes(),
        }
    };
    // Workers load templates and fonts with their first letter; a night pays
    // for that once, so it is left out here.
    lap(&pool, (0..workers * 8).map(job).collect(), pool.capacity()).await;
    let jobs: Vec<Job> = (from..from + letters).map(job).collect();
    // The rate with the workers' pipes full, as the night keeps them; one
    // letter's time with none behind it.
    let begin = Instant::now();
    let (jobs, _) = lap(&pool, jobs, pool.capacity()).await;
    let elapsed = begin.elapsed();
    let some = jobs.into_iter().take(letters / BARE_TO_TIMED).collect();
    let (_, times) = lap(&pool, some, workers).await;
    Bare {
        letters,
        elapsed,
        times,
        rates: vec![letters as f64 / elapsed.as_secs_f64()],
    }
}

/// Sets letters, so many at a time; gives them back with the time each took.
async fn lap(pool: &Arc<Pool>, jobs: Vec<Job>, at_a_time: usize) -> (Vec<Job>, Vec<Duration>) {
    let jobs = Arc::new(jobs);
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..at_a_time {
        let (pool, jobs, next) = (Arc::clone(pool), Arc::clone(&jobs), Arc::clone(&next));
        tasks.spawn(async move {
            let mut times = Vec::new();
            while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                let begin = Instant::now();
                pool.render(job).await.unwrap();
                times.push(begin.elapsed());
            }
            times
        });
    }
    let times = tasks.join_all().await.concat();
    (Arc::into_inner(jobs).unwrap(), times)
}

struct WholeNight {
    elapsed: Duration,
    /// When each letter came to rest, since the run began.
    settled: Vec<Duration>,
}

/// The time of the night, which stands still while the renderer alone works.
struct NightTime {
    begin: Instant,
    stood_still: Duration,
    settled: Vec<Duration>,
}

impl NightTime {
    fn elapsed(&self) -> Duration {
        self.begin.elapsed() - self.stood_still
    }
}

async fn whole_night(
    office: &Arc<Office>,
    letters: usize,
    workers: usize,
    memory: &MemoryWatch,
    alone: &Arc<Mutex<Bare>>,
) -> WholeNight {
    let time = Arc::new(Mutex::new(NightTime {
        begin: Instant::now(),
        stood_still: Duration::ZERO,
        settled: Vec::with_capacity(letters),
    }));
    let (_keep, stop) = watch::channel(false);
    let part = letters / PARTS;
    let told = {
        let (time, alone, office) = (Arc::clone(&time), Arc::clone(alone), Arc::clone(office));
        let looking = Arc::clone(&memory.looking);
        move || {
            let mut time = time.lock().unwrap();
            let now = time.elapsed();
            time.settled.push(now);
            let done = time.settled.len();
            if !done.is_multiple_of(part) || done == letters {
                return;
            }
            // This is called on the only thread of the night's runtime, so
            // nothing of the night moves until it returns, but what the
            // workers and the disk have in hand. The workers' letters are the
            // night's and finished in its time; the disk has one group.
            while working() {
                std::thread::sleep(Duration::from_millis(1));
            }
            let now = time.elapsed();
            looking.store(false, Ordering::Relaxed);
            let own = family().len();
            let office = Arc::clone(&office);
            let from = done - part;
            let slice = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(bare(&office, from, part / NIGHT_TO_BARE, workers))
            });
            let slice = slice.join().unwrap();
            while family().len() > own {
                std::thread::sleep(Duration::from_millis(2));
            }
            let mut alone = alone.lock().unwrap();
            alone.letters += slice.letters;
            alone.elapsed += slice.elapsed;
            alone.times.extend(slice.times);
            alone.rates.extend(slice.rates);
            looking.store(true, Ordering::Relaxed);
            time.stood_still = time.begin.elapsed() - now;
        }
    };
    let options = RunOptions {
        date: office.desk.clock.today(),
        workers: Some(workers),
        stop,
        progress: Arc::new(move |progress| match progress {
            Progress::Begin(_) | Progress::MailWaits | Progress::Waits(_) => {}
            Progress::One => told(),
        }),
        probe: Probe::default(),
    };
    let summary = night::run_alone(office, options).await.unwrap();
    assert_eq!(summary.tally.count(Whereabouts::Written), letters as u64);
    let time = time.lock().unwrap();
    WholeNight {
        elapsed: time.elapsed(),
        settled: time.settled.clone(),
    }
}

fn kib_below(folder: &Path) -> f64 {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                bytes += entry.metadata().unwrap().len();
            }
        }
    }
    bytes as f64 / 1024.0
}
