//! What letters owe one another when they share a worker: nothing.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use yobin::render::{Fonts, Job, Limits, Output, Pool, RenderFailure, Rendered, TemplateSet};

use crate::harness::{copy_folder, root};

/// A template that says what its data tell it to do.
const TEMPLATE: &str = r#"
#let data = json("/data.json")
#set document(title: "試験", date: datetime(year: 2026, month: 11, day: 1))
#set text(font: "BIZ UDMincho", lang: "ja")
#if data.conduct == "dies" { let c = [x]; for n in range(100000) { c = box(c) }; c }
#if data.conduct == "loops" { for a in range(100000) { for b in range(100000) { } } }
#if data.conduct == "shouts" { assert(false, message: data.words) }
#if data.conduct == "panics" { panic(data.words * 4) }
#if data.conduct == "shows" { image(bytes(data.words), format: (encoding: "luma8", width: 2000, height: 1000), alt: "点") }
#if data.conduct != "shows" {
  data.words
}
"#;

/// Runs jobs of one worker at the same time; results in their order.
fn results(
    limits: Limits,
    jobs: Vec<(&'static str, String)>,
) -> Vec<Result<Rendered, RenderFailure>> {
    let fonts = Fonts::open(&root().join("fonts")).unwrap();
    set_with(&fonts, limits, jobs)
}

fn set_with(
    fonts: &Fonts,
    limits: Limits,
    jobs: Vec<(&'static str, String)>,
) -> Vec<Result<Rendered, RenderFailure>> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("page.typ"), TEMPLATE).unwrap();
    let set = TemplateSet::read(folder.path(), Vec::new()).unwrap();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let program = Path::new(env!("CARGO_BIN_EXE_yobin")).to_owned();
        let pool = Arc::new(Pool::new(program, fonts, &set, 1, limits));
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
    // What repeats would be packed to nothing.
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b' ' + (seed >> 24) as u8 % 95)
    };
    let jobs = (0..4).map(|_| ("shows", (0..2_000_000).map(|_| noise()).collect()));
    for result in results(limits(), jobs.collect()) {
        let bytes = result.unwrap().bytes.len();
        assert!(bytes > 1_500_000, "{bytes}");
    }
}

/// What a template makes the engine say is cut where it arises: nobody pays
/// for its length, and it is one line that steers nothing.
#[test]
fn what_a_template_shouts_is_a_short_clean_line() {
    let endless = "長い".repeat(1_000_000);
    let jobs = vec![
        ("shouts", endless.clone()),
        ("panics", endless),
        (
            "shouts",
            "\u{1b}[2J\u{1b}]0;x\u{7}消えました\r\n【完了】100件の処理がすべて終わりました。"
                .to_owned(),
        ),
        ("shouts", "逆\u{202E}向き\u{2066}と\u{9b}31m".to_owned()),
        ("panics", "改\n行\u{2028}と\u{85}次".to_owned()),
        ("shouts", "宛名が窓に入りません。".to_owned()),
    ];
    let messages: Vec<String> = results(limits(), jobs)
        .into_iter()
        .map(|result| match result {
            Err(RenderFailure::Template(message)) => message,
            other => panic!("{other:?}"),
        })
        .collect();
    for message in &messages {
        assert!(message.chars().count() <= 700, "{}", message.len());
        let steers = |c: char| c.is_control() || ('\u{2028}'..='\u{202E}').contains(&c);
        assert!(!message.contains(steers), "{message}");
        assert!(!message.contains('\u{2066}'), "{message}");
    }
    assert!(messages[0].starts_with("長い長い") && messages[0].ends_with('…'));
    assert!(messages[2].contains("［U+001B］[2J") && messages[2].contains("消えました 【完了】"));
    assert_eq!(messages[5], "宛名が窓に入りません。");
}

/// The fonts were held against their content when the run began; whoever
/// exchanges one since gets no page out of it.
#[test]
fn a_font_exchanged_after_the_check_sets_no_page() {
    let folder = tempfile::tempdir().unwrap();
    copy_folder(&root().join("fonts"), folder.path());
    let fonts = Fonts::open(folder.path()).unwrap();
    let file = folder.path().join("BIZUDMincho-Regular.ttf");
    let mut content = fs::read(&file).unwrap();
    let last = content.len() - 1;
    content[last] ^= 1;
    fs::write(&file, content).unwrap();
    let failed = set_with(&fonts, limits(), vec![plain("一")]).remove(0);
    match failed {
        Err(RenderFailure::Fonts(problem)) => {
            assert!(problem.contains("BIZUDMincho-Regular.ttf"), "{problem}");
        }
        other => panic!("{other:?}"),
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
