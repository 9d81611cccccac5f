//! Whether only this program made what acts by itself in the file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sqlx::SqliteConnection;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::StoreError;
use super::file::{MIGRATOR, has_table};

/// Parts named.
const NAMED: usize = 20;

/// Parts of the schema by kind and name; of those that act by themselves, how
/// they are defined.
type Parts = BTreeMap<(String, String), Option<String>>;

/// What stands in the schema and was not made by this program's migrations,
/// or stands there no longer, as `kind name`: a trigger somebody planted
/// changes rows behind the program's back. An index changes nothing.
///
/// # Errors
/// When the store cannot be read.
pub async fn foreign_parts(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let migrator = &MIGRATOR;
    if !has_table(conn, "_sqlx_migrations").await? {
        // Nothing was made here yet, so there is nothing to be of another.
        let found = parts(conn).await?;
        return Ok(named(found.keys()));
    }
    let applied: Vec<i64> = sqlx::query_scalar("SELECT version FROM _sqlx_migrations")
        .fetch_all(&mut *conn)
        .await?;
    let known = |version: &i64| migrator.iter().any(|one| one.version == *version);
    if !applied.iter().all(known) {
        // A newer program's; the migrations tell that.
        return Ok(Vec::new());
    }
    // What cannot be made from these alone, the migrations tell themselves.
    let Ok(expected) = made_by(migrator, &applied).await else {
        return Ok(Vec::new());
    };
    let found = parts(conn).await?;
    let differing = found
        .iter()
        .filter(|(part, sql)| expected.get(*part) != Some(*sql))
        .map(|(part, _)| part);
    let gone = expected.keys().filter(|part| !found.contains_key(*part));
    Ok(named(differing.chain(gone)))
}

fn named<'a>(parts: impl Iterator<Item = &'a (String, String)>) -> Vec<String> {
    let named = parts.map(|(kind, name)| format!("{kind} {name}"));
    named.take(NAMED).collect()
}

/// What these migrations make in an empty database.
async fn made_by(migrator: &Migrator, applied: &[i64]) -> Result<Parts, StoreError> {
    let migrations: Vec<_> = migrator
        .iter()
        .filter(|migration| applied.contains(&migration.version))
        .cloned()
        .collect();
    let migrator = Migrator {
        migrations: Cow::Owned(migrations),
        ..Migrator::DEFAULT
    };
    let in_memory = SqliteConnectOptions::new().filename(":memory:");
    let pool = SqlitePoolOptions::new().max_connections(1);
    let empty = pool.connect_with(in_memory).await?;
    migrator.run(&empty).await?;
    let parts = parts(&mut *empty.acquire().await?).await;
    empty.close().await;
    parts
}

async fn parts(conn: &mut SqliteConnection) -> Result<Parts, StoreError> {
    let rows: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "SELECT type, name, CASE WHEN type IN ('trigger', 'view') THEN sql END
         FROM sqlite_schema WHERE type <> 'index' AND name NOT LIKE 'sqlite#_%' ESCAPE '#'",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(kind, name, sql)| ((kind, name), sql))
        .collect())
}
