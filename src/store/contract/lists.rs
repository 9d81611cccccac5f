//! Promises of what lists are made of.

use std::path::Path;

use super::*;

pub(super) async fn a_letter_is_known_by_the_names_of_its_record(store: Store, _: &Path) {
    let letters = queue(&store, 1..=2).await;
    let mut reads = store.reads().await.expect("reads");
    let names = reads.names_of_letters(&letters[1..]).await.expect("read");
    let expected = LetterNames {
        is_known: true,
        ..LetterNames::default()
    };
    assert_eq!(names, BTreeMap::from([(letters[1], expected)]));
    let none = reads.names_of_requests(&[1]).await.expect("read");
    assert!(none.is_empty());
}
