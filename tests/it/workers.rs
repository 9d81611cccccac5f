//! What letters owe one another when they share a worker: nothing.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use yobin::render::{Fonts, Job, Limits, Output, Pool, RenderFailure, Rendered, TemplateSet};

use crate::harness::root;

/// A template that says what its data tell it to do.
const TEMPLATE: &str = r#"
#let data = json("/data.json")
#set document(title: "試験", date: datetime(year: 2026, month: 11, day: 1))
#set text(font: "BIZ UDMincho", lang: "ja")
#if data.conduct == "dies" { let c = [x]; for n in range(100000) { c = box(c) }; c }
#if data.conduct == "loops" { for a in range(100000) { for b in range(100000) { } } }
#if data.conduct == "shouts" { assert(false, message: data.words) }
#data.words
"#;

/// Runs jobs of one worker at the same time; results in their order.
fn results(
    limits: Limits,
    jobs: Vec<(&'static str, String)>,
) -> Vec<Result<Rendered, RenderFailure>> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("page.typ"), TEMPLATE).unwrap();
    let set = TemplateSet::read(folder.path(), Vec::new()).unwrap();
    let fonts = Fonts::open(&root().join("fonts")).unwrap();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let program = Path::new(env!("CARGO_BIN_EXE_yobin")).to_owned();
        let pool = Arc::new(Pool::new(program, &fonts, &set, 1, limits));
        let mut tasks = JoinSet::new();
        for (place, (conduct, words)) in jobs.into_iter().enumerate() {
            let job = Job {
                template: "/page.typ".to_owned(),
                ident: place.to_string(),
                output: Output::Pdf,
                data: json!({ "conduct": conduct, "words": words })
                    .to_string()
                    .into_bytes(),
            };
            let pool = Arc::clone(&pool);
            tasks.spawn(async move { (place, pool.render(&job).await) });
        }
        let mut results = tasks.join_all().await;
        results.sort_by_key(|(place, _)| *place);
        results.into_iter().map(|(_, result)| result).collect()
    })
}

fn limits() -> Limits {
    Limits {
        wall: Duration::from_secs(6),
        memory_mib: 512,
        recycle_after: 1000,
    }
}

fn plain(words: &str) -> (&'static str, String) {
    ("behaves", words.to_owned())
}

#[test]
fn a_letter_behind_one_that_kills_the_worker_is_set_by_the_next_worker() {
    let bad = |conduct| (conduct, String::new());
    let jobs = vec![
        // So many that finished pages lie in the pipe when the worker dies.
        plain("一"),
        plain("五"),
        plain("六"),
        plain("七"),
        bad("dies"),
        plain("二"),
        bad("dies"),
        bad("loops"),
        plain("三"),
        plain("四"),
    ];
    let told: Vec<String> = results(limits(), jobs)
        .into_iter()
        .map(|result| match result {
            Ok(rendered) => format!("{} page", rendered.pages),
            Err(failure) => failure.to_string(),
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 page",
            "1 page",
            "1 page",
            "1 page",
            "the run recursed too deeply",
            "1 page",
            "the run recursed too deeply",
            "the run exceeded 6 s",
            "1 page",
            "1 page",
        ]
    );
}

/// Neither pipe holds so much: whoever waited to be rid of his words before
/// he listened would wait for ever.
#[test]
fn letters_larger_than_a_pipe_do_not_block_one_another() {
    let jobs = (0..6).map(|n| ("shouts", n.to_string().repeat(3_000_000)));
    for (n, result) in results(limits(), jobs.collect()).into_iter().enumerate() {
        let Err(RenderFailure::Template(message)) = result else {
            panic!("{result:?}");
        };
        assert!(message.contains(&n.to_string().repeat(3_000_000)));
    }
}

#[test]
fn letters_are_the_same_whichever_worker_sets_them() {
    let jobs = || ["一", "二", "三", "四", "五"].map(plain).to_vec();
    let bytes = |recycle_after| -> Vec<_> {
        let limits = Limits {
            recycle_after,
            ..limits()
        };
        let results = results(limits, jobs());
        results.into_iter().map(|r| r.unwrap().bytes).collect()
    };
    let together = bytes(1000);
    assert_eq!(bytes(1), together);
    assert_eq!(bytes(2), together);
    assert_ne!(together[0], together[1]);
}
