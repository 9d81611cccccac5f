//! Every row twice: an index over all columns of a table holds each row a
//! second time, in other pages, and `PRAGMA integrity_check` compares the two.
//! A bit that flips in one of them is found, whatever it changes, and no
//! statement that writes has to think of it.
//!
//! Tables whose rows are proved otherwise have none: the register is a chain
//! of hashes, records and data have hashes beside them, words are those of a
//! new store.

use sqlx::{AssertSqlSafe, SqliteConnection, SqlitePool};

use super::StoreError;
use super::file::BEGIN;

/// Tables that have no such index.
const PROVED_OTHERWISE: [&str; 9] = [
    "_sqlx_migrations",
    "attempt_outcome",
    "letter_data",
    "letter_likeness",
    "letter_record",
    "register",
    "request_record",
    "restricted_note",
    "roster",
];

/// Columns left out of it: a hash beside them proves them.
const HASHED: [(&str, &str); 1] = [("notice_revision", "content")];

/// How the index of a table is called.
fn name(table: &str) -> String {
    format!("{table}_whole")
}

/// Makes the indexes that are not there yet, or are not over all columns any
/// more because a table has got another.
pub(super) async fn keep_rows_twice(writer: &SqlitePool) -> Result<(), StoreError> {
    let wanting = wanting(&mut *writer.acquire().await?).await?;
    if wanting.is_empty() {
        return Ok(());
    }
    let mut tx = writer.begin_with(BEGIN).await?;
    // Another process may have just done it.
    for (table, columns) in self::wanting(&mut tx).await? {
        let name = name(&table);
        let columns = columns.join(", ");
        sqlx::query(AssertSqlSafe(format!(
            "DROP INDEX IF EXISTS {name}; CREATE INDEX {name} ON {table} ({columns})"
        )))
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Tables whose index is not there or not over all columns, with those that
/// belong into it.
async fn wanting(conn: &mut SqliteConnection) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    let tables: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT name,
                (SELECT json_group_array(name ORDER BY cid) FROM pragma_table_info(stored.name)),
                (SELECT json_group_array(name ORDER BY seqno)
                 FROM pragma_index_info(stored.name || '_whole'))
         FROM sqlite_schema AS stored
         WHERE type = 'table' AND name NOT LIKE 'sqlite#_%' ESCAPE '#'
           AND name NOT LIKE '%#_word' ESCAPE '#'
         ORDER BY name",
    )
    .fetch_all(conn)
    .await?;
    let mut wanting = Vec::new();
    for (table, columns, there) in tables {
        if PROVED_OTHERWISE.contains(&table.as_str()) {
            continue;
        }
        let listed = |json: &str| -> Result<Vec<String>, StoreError> {
            serde_json::from_str(json)
                .map_err(|_| StoreError::Corrupt(format!("columns of {table}")))
        };
        let mut columns = listed(&columns)?;
        columns.retain(|column| !HASHED.contains(&(table.as_str(), column.as_str())));
        if columns != listed(&there)? {
            wanting.push((table, columns));
        }
    }
    Ok(wanting)
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::SqliteConnectOptions;

    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn a_table_gets_its_index_and_another_when_it_has_another_column() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("yobin.db");
        let store = Store::open(&path).await.expect("opens");
        let over = async |table: &str| -> i64 {
            let mut conn = store.read().await.expect("reads");
            sqlx::query_scalar("SELECT count(*) FROM pragma_index_info(?)")
                .bind(format!("{table}_whole"))
                .fetch_one(&mut *conn)
                .await
                .expect("counted")
        };
        assert_eq!(over("audit").await, 8);
        assert!(over("letter").await > 40);
        assert_eq!(over("register").await, 0);
        let mut tx = store.write().await.expect("writes");
        for statement in [
            "ALTER TABLE audit ADD COLUMN further TEXT",
            "CREATE TABLE new_one (id INTEGER PRIMARY KEY, word TEXT)",
        ] {
            let done = sqlx::query(statement).execute(&mut *tx).await;
            done.expect("done");
        }
        tx.commit().await.expect("kept");
        let options = SqliteConnectOptions::new().filename(&path);
        let pool = SqlitePool::connect_with(options).await.expect("opens");
        keep_rows_twice(&pool).await.expect("made");
        assert_eq!(over("audit").await, 9);
        assert_eq!(over("new_one").await, 2);
        pool.close().await;
    }
}
