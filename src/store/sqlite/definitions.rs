//! The definitions of the file, held against those of a new store: a trigger
//! or a view somebody planted, a rule that is gone, a word that is another.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::StoreError;
use super::file::{MIGRATOR, has_table};
use super::migrate::migrate;

/// Parts named.
const NAMED: usize = 20;

/// Parts of the schema by kind and name, with their definitions.
type Parts = BTreeMap<(String, String), String>;

/// How closely the parts are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Whether tables are there, and how that is defined which acts by itself.
    /// An index changes nothing.
    ActsByItself,
    /// How everything is defined.
    All,
}

/// What stands in the schema and was not made by this program's migrations,
/// or stands there no longer, as `kind name`: a trigger somebody planted
/// changes rows behind the program's back. An index changes nothing.
///
/// # Errors
/// When the store cannot be read.
pub async fn foreign_parts(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let look = Look::ActsByItself;
    if !has_table(conn, "_sqlx_migrations").await? {
        // Nothing was made here yet, so there is nothing to be of another.
        return foreign(conn, &Parts::new(), look).await;
    }
    let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations")
        .fetch_all(&mut *conn)
        .await?;
    let known = |version: &i64| MIGRATOR.iter().any(|one| one.version == *version);
    if !applied.iter().all(known) {
        // A newer program's; the migrations tell that.
        return Ok(Vec::new());
    }
    // What cannot be made from these alone, the migrations tell themselves.
    let Ok(expected) = made_by(&applied).await else {
        return Ok(Vec::new());
    };
    foreign(conn, &expected, look).await
}

/// Tables, indexes, triggers and views that are not those of a new store of
/// this program, as `kind name`: other than there, missing, or foreign. Of a
/// table of words also one whose words are others.
///
/// # Errors
/// When the store cannot be read.
pub async fn foreign_definitions(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let fresh = empty().await?;
    migrate(&fresh).await?;
    let mut new = fresh.acquire().await?;
    let expected = parts(&mut new, Look::All).await?;
    let mut found = foreign(conn, &expected, Look::All).await?;
    for (kind, name) in expected.keys().filter(|(_, name)| has_words(name)) {
        let named = format!("{kind} {name}");
        if !found.contains(&named) && words(conn, name).await? != words(&mut new, name).await? {
            found.push(named);
        }
    }
    Ok(found)
}

/// The one comparison.
async fn foreign(
    conn: &mut SqliteConnection,
    expected: &Parts,
    look: Look,
) -> Result<Vec<String>, StoreError> {
    let found = parts(conn, look).await?;
    let differing = found
        .iter()
        .filter(|(part, sql)| expected.get(*part) != Some(*sql))
        .map(|(part, _)| part);
    let gone = expected.keys().filter(|part| !found.contains_key(*part));
    let named = differing.chain(gone);
    let named = named.map(|(kind, name)| format!("{kind} {name}"));
    Ok(named.take(NAMED).collect())
}

async fn parts(conn: &mut SqliteConnection, look: Look) -> Result<Parts, StoreError> {
    let rows: Vec<(String, String, String, String)> = sqlx::query_as(
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema
         WHERE name NOT LIKE 'sqlite#_%' ESCAPE '#' AND name NOT LIKE '#_sqlx#_%' ESCAPE '#'",
    )
    .fetch_all(conn)
    .await?;
    let looked_at = rows.into_iter().filter_map(|(kind, name, table, sql)| {
        let acts = ["trigger", "view"].contains(&kind.as_str());
        let defined = match look {
            Look::ActsByItself if kind == "index" => return None,
            Look::ActsByItself if !acts => String::new(),
            Look::ActsByItself | Look::All => format!("{table} {sql}"),
        };
        Some(((kind, name), defined))
    });
    Ok(looked_at.collect())
}

/// What these migrations make in an empty database.
async fn made_by(applied: &[i64]) -> Result<Parts, StoreError> {
    let migrations: Vec<_> = MIGRATOR
        .iter()
        .filter(|migration| applied.contains(&migration.version))
        .cloned()
        .collect();
    let migrator = Migrator {
        migrations: Cow::Owned(migrations),
        ..Migrator::DEFAULT
    };
    let empty = empty().await?;
    migrator.run(&empty).await?;
    let parts = parts(&mut *empty.acquire().await?, Look::ActsByItself).await;
    empty.close().await;
    parts
}

/// A database in memory with nothing in it.
async fn empty() -> Result<SqlitePool, StoreError> {
    let in_memory = SqliteConnectOptions::new().filename(":memory:");
    let pool = SqlitePoolOptions::new().max_connections(1);
    Ok(pool.connect_with(in_memory).await?)
}

fn has_words(table: &str) -> bool {
    table.ends_with("_word") || table == "attempt_outcome"
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
        for found in [
            foreign_definitions(&mut tx).await.expect("read"),
            foreign_parts(&mut tx).await.expect("read"),
        ] {
            assert_eq!(found, Vec::<String>::new());
        }
        for statement in [
            "DROP TRIGGER attempt_stays",
            "CREATE TRIGGER planted AFTER UPDATE ON letter BEGIN SELECT 1; END",
            "INSERT INTO right_word VALUES ('foreign')",
            "CREATE VIEW letters AS SELECT * FROM letter",
            "CREATE INDEX faster ON letter (kind)",
        ] {
            let done = sqlx::query(statement).execute(&mut *tx).await;
            done.expect("done");
        }
        let acts = ["trigger attempt_stays", "trigger planted", "view letters"];
        let mut found = foreign_parts(&mut tx).await.expect("read");
        found.sort();
        assert_eq!(found, acts);
        let mut found = foreign_definitions(&mut tx).await.expect("read");
        found.sort();
        let all = [&["index faster", "table right_word"], &acts[..]].concat();
        assert_eq!(found, all);
    }
}
