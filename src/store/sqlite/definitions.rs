//! The definitions of the file, held against those of a new store: a trigger
//! or a view somebody planted, a rule that is gone, a word that is another.

use std::collections::BTreeMap;

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::StoreError;
use super::connect::migrate;

/// Tables, indexes, triggers and views that are not those of a new store of
/// this program, by their names: other than there, missing, or foreign. Of a
/// table of words also one whose words are others.
///
/// # Errors
/// When the store cannot be read.
pub async fn foreign_definitions(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let fresh = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(SqliteConnectOptions::new().in_memory(true))
        .await?;
    migrate(&fresh).await?;
    let mut new = fresh.acquire().await?;
    let (here, expected) = (definitions(conn).await?, definitions(&mut new).await?);
    let mut foreign: Vec<String> = expected
        .iter()
        .filter(|(name, sql)| here.get(*name) != Some(*sql))
        .map(|(name, _)| name.clone())
        .collect();
    let planted = here.keys().filter(|name| !expected.contains_key(*name));
    foreign.extend(planted.cloned());
    for table in expected.keys().filter(|name| has_words(name)) {
        if !foreign.contains(table) && words(conn, table).await? != words(&mut new, table).await? {
            foreign.push(table.clone());
        }
    }
    Ok(foreign)
}

fn has_words(table: &str) -> bool {
    table.ends_with("_word") || table == "attempt_outcome"
}

/// Definitions by name.
async fn definitions(conn: &mut SqliteConnection) -> Result<BTreeMap<String, String>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT name, type || ' ' || tbl_name || ' ' || coalesce(sql, '') FROM sqlite_schema
         WHERE name NOT LIKE 'sqlite#_%' ESCAPE '#' AND name NOT LIKE '#_sqlx#_%' ESCAPE '#'",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().collect())
}

/// The words of such a table.
async fn words(conn: &mut SqliteConnection, table: &str) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT word FROM {table} ORDER BY 1"
    )))
    .fetch_all(conn)
    .await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn what_is_planted_or_gone_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("yobin.db");
        let store = Store::open(&path).await.expect("opens");
        let mut tx = store.write().await.expect("writes");
        let found = foreign_definitions(&mut tx).await.expect("read");
        assert_eq!(found, Vec::<String>::new());
        for statement in [
            "DROP TRIGGER attempt_stays",
            "CREATE TRIGGER planted AFTER UPDATE ON letter BEGIN SELECT 1; END",
            "INSERT INTO right_word VALUES ('foreign')",
            "CREATE VIEW letters AS SELECT * FROM letter",
        ] {
            let done = sqlx::query(statement).execute(&mut *tx).await;
            done.expect("done");
        }
        let mut found = foreign_definitions(&mut tx).await.expect("read");
        found.sort();
        assert_eq!(found, ["attempt_stays", "letters", "planted", "right_word"]);
    }
}
