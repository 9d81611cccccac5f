//! What an attempt can come to has one word in program and store.

use super::*;
use crate::store::Store;

#[tokio::test]
async fn the_store_knows_the_words_of_the_domain_and_no_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("yobin.db"))
        .await
        .expect("opens");
    let mut conn = store.read().await.expect("reads");
    let words: Vec<String> = sqlx::query_scalar("SELECT word FROM attempt_outcome ORDER BY word")
        .fetch_all(&mut *conn)
        .await
        .expect("the words");
    let mut known = AttemptOutcome::ALL.map(AttemptOutcome::as_str);
    known.sort_unstable();
    assert_eq!(words, known);
    for word in known {
        assert_eq!(word.parse().map(AttemptOutcome::as_str), Ok(word));
    }
}

#[test]
fn the_words_of_a_server_are_one_line_that_the_store_takes() {
    assert_eq!(kept_words(""), None);
    let words = kept_words("250 ok\r\n354 \u{1b}[2J").expect("words");
    assert_eq!(words, "250 ok 354 ［U+001B］[2J");
    for endless in ["あ", "\u{1b}", "a\n"] {
        let words = kept_words(&endless.repeat(10_000)).expect("words");
        // The table takes 400 characters.
        assert!(words.chars().count() <= 400);
    }
}
