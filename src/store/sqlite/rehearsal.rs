//! Trying out what a file of flags would do, without the lock for writing: the
//! tables it changes are copied into passing ones of one connection, which
//! stand before the store's own of the same names, so the very statements that
//! will write read and write the copies.

use sqlx::{AssertSqlSafe, ConnectOptions as _, SqliteConnection};

use super::{Store, StoreError};
use crate::store::Work;

/// The tables, and whether their rows are needed.
const TABLES: [(&str, bool); 3] = [
    ("member_flag", true),
    ("member_number", true),
    ("member_flag_audit", false),
];

/// What flags were held against: another letter, flag or request makes it
/// another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stands {
    last_letter: i64,
    safeguards: i64,
}

/// How the store stands.
///
/// # Errors
/// When the store cannot be read.
pub async fn stands(conn: &mut SqliteConnection) -> Result<Stands, StoreError> {
    let (last_letter, safeguards) = sqlx::query_as(
        "SELECT coalesce((SELECT seq FROM main.sqlite_sequence WHERE name = 'letter'), 0),
                (SELECT version FROM main.safeguard)",
    )
    .fetch_one(conn)
    .await?;
    Ok(Stands {
        last_letter,
        safeguards,
    })
}

impl Store {
    /// A place where flags can be changed to see what comes of it, and how the
    /// store stood before. Nothing of it is kept; what does not fit into memory
    /// lies beside the store's file without a name.
    ///
    /// # Errors
    /// When the store cannot be read, or the disk is full.
    pub async fn rehearsal(&self) -> Result<(Work, Stands), StoreError> {
        let mut conn = self.beside().foreign_keys(false).connect().await?;
        // First: what is copied after is as new or newer.
        let stands = stands(&mut conn).await?;
        for (table, with_rows) in TABLES {
            copy(&mut conn, table, with_rows).await?;
        }
        Ok((Work::aside(conn), stands))
    }
}

async fn copy(conn: &mut SqliteConnection, table: &str, with_rows: bool) -> Result<(), StoreError> {
    let made: Vec<String> = sqlx::query_scalar(
        "SELECT sql FROM main.sqlite_schema
         WHERE tbl_name = ?1 AND type IN ('table', 'index') AND sql IS NOT NULL
           AND name <> ?1 || '_whole'
         ORDER BY type = 'index'",
    )
    .bind(table)
    .fetch_all(&mut *conn)
    .await?;
    for (place, sql) in made.iter().enumerate() {
        let aside = sql
            .replacen("CREATE TABLE ", "CREATE TEMP TABLE ", 1)
            .replacen("INDEX ", "INDEX temp.", usize::from(place > 0));
        sqlx::query(AssertSqlSafe(aside))
            .execute(&mut *conn)
            .await?;
        if place == 0 && with_rows {
            let rows = format!("INSERT INTO temp.{table} SELECT * FROM main.{table}");
            sqlx::query(AssertSqlSafe(rows)).execute(&mut *conn).await?;
        }
    }
    Ok(())
}
