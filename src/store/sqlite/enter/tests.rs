//! What a large file's letters are copied by.

use super::*;
use crate::domain::{By, StaffName, Stamp};

/// A large file's letter has all that a small one's has: every column of the
/// tray is copied, but for what only one that replaces another has.
#[tokio::test]
async fn every_column_of_the_tray_is_copied() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("yobin.db"))
        .await
        .expect("opens");
    let at: Stamp = "2026-11-22T12:00:00+09:00".parse().expect("a time");
    let who = StaffName::recorded("見本 太郎");
    let (mut conn, _) = store.tray(&By::staff(who, at)).await.expect("a tray");
    let copied: Vec<&str> = COLUMNS.split(", ").collect();
    for (table, schema, further) in [
        ("tray_letter", "temp", &["replaces", "pulled"][..]),
        ("entering", "main", &[]),
    ] {
        let columns: Vec<String> =
            sqlx::query_scalar("SELECT name FROM pragma_table_info(?, ?) ORDER BY cid")
                .bind(table)
                .bind(schema)
                .fetch_all(&mut conn)
                .await
                .expect("listed");
        assert_eq!(columns, [&copied, further].concat(), "{table}");
    }
}
