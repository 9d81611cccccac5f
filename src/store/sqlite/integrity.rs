//! Whether the file holds together: SQLite's own look at its pages, indexes
//! and references.

use sqlx::{Row as _, SqliteConnection};

use super::StoreError;

/// Findings told at most, of each look.
const MOST: usize = 20;

/// What SQLite finds wrong with the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Integrity {
    /// Damaged pages, indexes and rows, in SQLite's words; they quote no
    /// row's data.
    pub damage: Vec<String>,
    /// Rows that refer to others which are not there, as `table row → table`.
    pub dangling: Vec<String>,
    /// Rows with a word the program does not know, in the same way.
    pub unknown_words: Vec<String>,
}

impl Integrity {
    /// Whether nothing was found.
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty() && self.dangling.is_empty() && self.unknown_words.is_empty()
    }

    /// All that was found, damage first.
    pub fn findings(&self) -> impl Iterator<Item = &str> {
        let all = self.damage.iter().chain(&self.dangling);
        all.chain(&self.unknown_words).map(String::as_str)
    }
}

/// What SQLite finds wrong with the file: `integrity_check` and
/// `foreign_key_check`. A file so damaged that SQLite breaks off is a finding.
///
/// # Errors
/// When the file cannot be read for another reason.
pub async fn integrity(conn: &mut SqliteConnection) -> Result<Integrity, StoreError> {
    let mut found = Integrity::default();
    let checked = sqlx::query_scalar("PRAGMA integrity_check(20)")
        .fetch_all(&mut *conn)
        .await;
    found.damage = told(checked)?;
    found.damage.retain(|line: &String| line != "ok");
    found.damage.truncate(MOST);
    let checked = sqlx::query("PRAGMA foreign_key_check")
        .fetch_all(conn)
        .await;
    let rows = checked.map(|rows| {
        let line = |row: &sqlx::sqlite::SqliteRow| {
            let child: String = row.try_get(0).unwrap_or_default();
            let key: Option<i64> = row.try_get(1).unwrap_or_default();
            let parent: String = row.try_get(2).unwrap_or_default();
            let key = key.map(|key| format!(" {key}")).unwrap_or_default();
            format!("{child}{key} → {parent}")
        };
        rows.iter().take(MOST).map(line).collect()
    });
    let lines = told(rows)?;
    let is_word = |line: &String| line.ends_with("_word");
    (found.unknown_words, found.dangling) = lines.into_iter().partition(is_word);
    Ok(found)
}

/// What a look found; one that SQLite broke off because the file is damaged
/// found that.
fn told(looked: Result<Vec<String>, sqlx::Error>) -> Result<Vec<String>, StoreError> {
    match looked {
        Ok(lines) => Ok(lines),
        Err(sqlx::Error::Database(error)) if is_damage(error.code().as_deref()) => {
            Ok(vec![error.message().to_owned()])
        }
        Err(error) => Err(error.into()),
    }
}

/// SQLITE_CORRUPT and SQLITE_NOTADB, with their extended codes.
fn is_damage(code: Option<&str>) -> bool {
    let code: Option<i64> = code.and_then(|code| code.parse().ok());
    code.is_some_and(|code| matches!(code & 0xff, 11 | 26))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn a_sound_file_has_no_findings_and_damage_is_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("yobin.db");
        let store = Store::open(&path).await.expect("opens");
        let mut conn = store.read().await.expect("reads");
        let found = integrity(&mut conn).await.expect("checked");
        assert!(found.is_sound(), "{found:?}");
        drop(conn);

        let mut conn = store.writing().await.expect("a connection");
        for statement in [
            "PRAGMA foreign_keys = OFF",
            "INSERT INTO letter_record (letter_id, record) VALUES (7, '{}')",
        ] {
            let done = sqlx::query(statement).execute(&mut *conn).await;
            done.expect("done");
        }
        let found = integrity(&mut conn).await.expect("checked");
        assert_eq!(found.damage, Vec::<String>::new());
        assert_eq!(found.dangling, ["letter_record 7 → letter"]);
        drop(conn);
        store.close().await;

        // The last page is no page any longer.
        let mut bytes = std::fs::read(&path).expect("the file");
        let from = bytes.len() - 4096;
        bytes[from..].fill(0x55);
        std::fs::write(&path, bytes).expect("damaged");
        let store = Store::open_to_read(&path).await.expect("opens");
        let mut conn = store.expect("there").read().await.expect("reads");
        let found = integrity(&mut conn).await.expect("checked");
        assert!(!found.damage.is_empty());
        assert!(found.findings().count() > 1);
    }
}
