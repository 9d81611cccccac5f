//! Opening the SQLite file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::StoreError;
use super::definitions::foreign_parts;
use super::enter::enter_rest_when_opened;
use super::erase::rewrite_once;
use super::file::{BEGIN, MIGRATOR, first_turn, has_table, is_empty, is_there, read_only, wary};
use super::holder::Waited;
use super::migrate::fill_in;
use super::patience::Patience;
use super::renew_keys::keys_are_current;
use crate::store::{Reads, Work};

/// The store: connections that write, of which one does so at a time, and a
/// few that read.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    reader: SqlitePool,
    options: SqliteConnectOptions,
    patience: Patience,
}

impl Store {
    /// Opens the file, making it if it is not there, and brings its schema and
    /// the keys of identifiers up to date.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be opened, is no database, or was
    /// made by a newer program.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, true).await
    }

    /// As [`open`](Self::open), where there is a file.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none.
    pub async fn open_existing(path: &Path) -> Result<Self, StoreError> {
        match is_there(path)? {
            true => Self::open_with(path, false).await,
            false => Err(StoreError::Missing),
        }
    }

    async fn open_with(path: &Path, make: bool) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(make)
            // WAL: reports read while the night writes.
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a commit that returned survives a power cut. With WAL the
            // default (NORMAL) may lose the last commits, and a lost "handed
            // over" would be a letter sent twice.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // Staff commands wait for a running transaction of the night
            // instead of failing.
            .busy_timeout(Duration::from_secs(30))
            // Names must not stay readable in freed pages. FAST would leave
            // those that are wholly free as they were.
            .pragma("secure_delete", "ON")
            // Bounds the file that holds commits not yet merged.
            .pragma("wal_autocheckpoint", "2000")
            .pragma("journal_size_limit", "67108864")
            // Temporary tables of sorts stay in memory, not in a shared
            // folder for temporary files.
            .pragma("temp_store", "MEMORY");
        let options = wary(options);
        let made_now = is_empty(path);
        // Whoever comes first makes the file, and the others wait for it.
        let mut turn = match made_now {
            true => first_turn(path).await,
            false => None,
        };
        // Nobody hangs up on a file, so connections need no test before use.
        let pool = || SqlitePoolOptions::new().test_before_acquire(false);
        let writer = pool()
            // One for the night's writer, one for everything else.
            .max_connections(2)
            // Whoever waits for one waits for the lock the other waits for.
            .acquire_timeout(Duration::from_secs(24 * 60 * 60))
            .connect_with(options.clone())
            .await?;
        let mut conn = writer.acquire().await?;
        let foreign = foreign_parts(&mut conn).await?;
        if !foreign.is_empty() {
            drop(conn);
            writer.close().await;
            return Err(StoreError::Foreign(foreign));
        }
        if turn.is_none() && !is_current(&mut conn).await? {
            turn = first_turn(path).await;
        }
        drop(conn);
        MIGRATOR.run(&writer).await?;
        let mut conn = writer.acquire().await?;
        enter_rest_when_opened(&mut conn, &options).await?;
        drop(conn);
        fill_in(&writer).await?;
        let mut conn = writer.acquire().await?;
        rewrite_once(&mut conn, &options, made_now).await?;
        drop(conn);
        drop(turn);
        let for_reading = options.clone().read_only(true).create_if_missing(false);
        let reader = pool().max_connections(3).connect_with(for_reading).await?;
        Ok(Store {
            writer,
            reader,
            options,
            patience: Patience::default(),
        })
    }

    /// Opens a file for looking at what every version of the program keeps: it
    /// is not made where there is none, its schema stays as it is, and nothing
    /// can be written.
    ///
    /// # Errors
    /// [`StoreError`] when the file cannot be opened or is no database.
    pub async fn open_to_read(path: &Path) -> Result<Option<Self>, StoreError> {
        if !is_there(path)? {
            return Ok(None);
        }
        let options = read_only(path);
        let reader = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await?;
        Ok(Some(Store {
            writer: reader.clone(),
            reader,
            options,
            patience: Patience::default(),
        }))
    }

    /// Begins a transaction that writes. It takes the write lock at once
    /// (`BEGIN IMMEDIATE`), so it cannot fail half-way for want of it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another process holds the lock for 30 s.
    pub(in crate::store) async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        let turn = || {
            let writer = self.writer.clone();
            async move { Ok(writer.begin_with(BEGIN).await?) }
        };
        self.patience()
            .wait(self.options.get_filename(), turn)
            .await
    }

    /// From now on whoever writes through this store, or a clone of it, waits
    /// for as long as it takes. `say` is called while they do, first after some
    /// seconds.
    pub fn wait_on(&self, say: impl Fn(&Waited) + Send + Sync + 'static) {
        self.patience.never_ends(Arc::new(say));
    }

    pub(super) fn patience(&self) -> &Patience {
        &self.patience
    }

    /// Begins a change. It waits for its turn to write.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another process writes for 30 s.
    pub async fn work(&self) -> Result<Work, StoreError> {
        Ok(Work::new(self.write().await?))
    }

    /// The store as it stands at the first reading.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub async fn reads(&self) -> Result<Reads, StoreError> {
        Ok(Reads::snapshot(self.reader.begin().await?))
    }

    /// For readings that need not belong together: each is of its own moment.
    /// It costs no transaction, and a long series of them keeps no log from
    /// being emptied.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub async fn look(&self) -> Result<Reads, StoreError> {
        Ok(Reads::single(self.read().await?))
    }

    /// A connection for many transactions that write, each begun with
    /// [`BEGIN`].
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub(super) async fn writing(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        Ok(self.writer.acquire().await?)
    }

    /// How its connections are opened.
    pub(super) fn options(&self) -> &SqliteConnectOptions {
        &self.options
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub(in crate::store) async fn read(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        Ok(self.reader.acquire().await?)
    }

    /// Closes all connections; merges the write-ahead log into the file.
    pub async fn close(self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// Whether the schema and the keys are those of this program.
async fn is_current(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    if !has_table(conn, "_sqlx_migrations").await? {
        return Ok(false);
    }
    let applied: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE success")
        .fetch_one(&mut *conn)
        .await?;
    let known = i64::try_from(MIGRATOR.iter().count()).unwrap_or(i64::MAX);
    Ok(applied >= known && keys_are_current(conn).await?)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use sqlx::migrate::Migrator;

    use super::*;
    use crate::store::sqlite::erase::Gone;

    /// A store as the program before letters by post left it, with a letter.
    async fn older(path: &Path) {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true);
        let pool = SqlitePool::connect_with(options).await.expect("opens");
        let before = |version: i64| version < 5;
        let migrator = Migrator {
            migrations: Cow::Owned(
                MIGRATOR
                    .iter()
                    .filter(|migration| before(migration.version))
                    .cloned()
                    .collect(),
            ),
            ..Migrator::DEFAULT
        };
        migrator.run(&pool).await.expect("an older store");
        for statement in [
            "INSERT INTO intake (sha256, queued_by, queued_at) VALUES ('', 's', 't')",
            "INSERT INTO letter (kind, outcome, delivery, series, record_sha256, intake_id,
                                 intake_row, queued_by, queued_at)
             VALUES ('k', 'o', 'mail', 'letters', 'h', 1, 2, 's', 't')",
            "INSERT INTO letter_record (letter_id, record) VALUES (1, '{}')",
        ] {
            sqlx::query(statement).execute(&pool).await.expect("done");
        }
        let post = "UPDATE letter SET delivery = 'post'";
        sqlx::query(post).execute(&pool).await.expect_err("unknown");
        pool.close().await;
    }

    /// Whether a word stands anywhere in the store's files.
    fn is_readable(path: &Path, word: &str) -> bool {
        let beside = |ending: &str| std::fs::read(format!("{}{ending}", path.display()));
        ["", "-wal"]
            .into_iter()
            .filter_map(|ending| beside(ending).ok())
            .any(|bytes| {
                bytes
                    .windows(word.len())
                    .any(|window| window == word.as_bytes())
            })
    }

    #[tokio::test]
    async fn what_an_older_store_deleted_cannot_be_read_from_it_any_longer() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("it's yobin.db");
        older(&path).await;
        let options = SqliteConnectOptions::new().filename(&path);
        let pool = SqlitePool::connect_with(options).await.expect("opens");
        for statement in [
            "CREATE TABLE passing (id INTEGER PRIMARY KEY, word TEXT)",
            "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 2000)
             INSERT INTO passing SELECT id, 'HIDDEN-VILLAGE ' || id || hex(zeroblob(id % 300)) FROM n",
            "DELETE FROM passing WHERE id % 3 > 0",
            "DELETE FROM passing WHERE id % 7 > 0",
            "DELETE FROM passing",
            "DROP TABLE passing",
        ] {
            sqlx::query(statement).execute(&pool).await.expect("done");
        }
        pool.close().await;
        assert!(is_readable(&path, "HIDDEN-VILLAGE"), "nothing to show");

        let store = Store::open(&path).await.expect("opens");
        assert!(!is_readable(&path, "HIDDEN-VILLAGE"));
        // It stays so while another is at work beside it.
        let other = Store::open(&path).await.expect("opens");
        let mut tx = other.write().await.expect("writes");
        sqlx::query("INSERT INTO roster VALUES (1, 1, 'k', 'k', 'HIDDEN-VILLAGE')")
            .execute(&mut *tx)
            .await
            .expect("kept");
        tx.commit().await.expect("kept");
        assert!(is_readable(&path, "HIDDEN-VILLAGE"));
        let mut tx = store.write().await.expect("writes");
        sqlx::query("DELETE FROM roster")
            .execute(&mut *tx)
            .await
            .expect("deleted");
        tx.commit().await.expect("kept");
        assert!(store.erase(Gone::Deleted).await);
        assert!(!is_readable(&path, "HIDDEN-VILLAGE"));
        let names = std::fs::read_dir(folder.path()).expect("a folder");
        assert!(names.count() <= 3, "something is left beside the store");
        other.close().await;
        store.close().await;
        // Older letters are as they were.
        let store = Store::open(&path).await.expect("opens");
        let mut conn = store.read().await.expect("reads");
        let letters: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM letter")
            .fetch_one(&mut *conn)
            .await
            .expect("counted");
        assert_eq!(letters, 1);
    }

    #[tokio::test]
    async fn a_log_somebody_reads_is_not_called_empty() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("yobin.db");
        let store = Store::open(&path).await.expect("opens");
        let other = Store::open(&path).await.expect("opens");
        let mut reading = other.read().await.expect("reads");
        for statement in ["BEGIN", "SELECT COUNT(*) FROM roster"] {
            sqlx::query(statement)
                .execute(&mut *reading)
                .await
                .expect("done");
        }
        let mut tx = store.write().await.expect("writes");
        sqlx::query("INSERT INTO roster VALUES (1, 1, 'k', 'k', 'r')")
            .execute(&mut *tx)
            .await
            .expect("kept");
        tx.commit().await.expect("kept");
        assert!(!store.erase(Gone::Undone).await);
        sqlx::query("COMMIT")
            .execute(&mut *reading)
            .await
            .expect("done");
        assert!(store.erase(Gone::Undone).await);
    }

    #[tokio::test]
    async fn an_older_store_learns_of_letters_by_post_and_keeps_its_letters() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("yobin.db");
        older(&path).await;
        // The second time nothing is left to do.
        for _ in 0..2 {
            let store = Store::open(&path).await.expect("opens");
            let mut tx = store.write().await.expect("writes");
            sqlx::query("UPDATE letter SET delivery = 'post' WHERE id = 1 AND kind = 'k'")
                .execute(&mut *tx)
                .await
                .expect("a known way");
            sqlx::query("UPDATE letter SET delivery = 'pigeon'")
                .execute(&mut *tx)
                .await
                .expect_err("no way at all");
            tx.commit().await.expect("kept");
            let mut conn = store.read().await.expect("reads");
            let (delivery, record): (String, String) = sqlx::query_as(
                "SELECT delivery, record FROM letter JOIN letter_record ON letter_id = letter.id",
            )
            .fetch_one(&mut *conn)
            .await
            .expect("the letter");
            assert_eq!((delivery.as_str(), record.as_str()), ("post", "{}"));
            let sound: String = sqlx::query_scalar("PRAGMA integrity_check")
                .fetch_one(&mut *conn)
                .await
                .expect("checked");
            assert_eq!(sound, "ok");
            drop(conn);
            store.close().await;
        }
    }
}
