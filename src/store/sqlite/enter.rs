//! A file of letters that was held against the store is taken in, whole or not
//! at all, and nobody who writes waits for long.
//!
//! A small file is one short transaction. The letters of a large one are first
//! copied into a table nobody reads, a part at a time; then one small write says
//! that the file is taken in, and from there on they become letters, a part at
//! a time. Whoever opens the store goes on with that, so a process that died or
//! was stopped in between leaves all of them or none.

use std::path::Path;
use std::time::Duration;

use sqlx::Transaction;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Sqlite, SqliteConnection};
use tokio::time::Instant;

use super::enter_turn::{turn, turn_now};
use super::erase::{Gone, erase};
use super::file::BEGIN;
use super::incoming::{File, Tray};
use super::{Refused, Store, StoreError};
use super::{likeness, tray};
use crate::domain::LetterRefusal;

/// Letters written by one transaction. It takes some hundredths of a second,
/// most of it waiting for the disk.
pub(super) const PART: i64 = 500;

/// How long whoever opens the store waits to go on with a file: who only looks
/// is not kept from it by a process that was stopped.
const WHILE_OPENING: Duration = Duration::from_secs(2);

/// What came of taking a file in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It is kept.
    Kept,
    /// Nothing was kept: the store has changed since the rows were held
    /// against it. They have to be held against it anew.
    Overtaken,
}

/// Takes in the letters of a tray.
pub(super) async fn end_tray(
    conn: &mut SqliteConnection,
    file: &File,
    tray: &Tray,
    file_sha256: Option<&str>,
) -> Result<Ended, Refused<LetterRefusal>> {
    let letters: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM temp.tray_letter")
        .fetch_one(&mut *conn)
        .await
        .map_err(StoreError::from)?;
    let replacements = tray::replacements(conn).await?;
    // One that takes another's place has to be there when that is cancelled.
    if letters > PART && replacements.is_empty() {
        return Ok(in_parts(conn, file, tray, letters, file_sha256).await?);
    }
    let mut tx = begin(conn).await?;
    if is_overtaken(&mut tx, tray).await? {
        return Ok(Ended::Overtaken);
    }
    let key = enter_file(&mut tx, file, file_sha256).await?;
    let first = tray.last_letter + 1;
    let last = tray.last_letter + letters;
    make_letters(&mut tx, Source::Tray, key, (first, last)).await?;
    for (letter, replaced) in replacements {
        likeness::replace(&mut tx, &file.by, replaced, letter).await?;
    }
    tx.commit().await.map_err(StoreError::from)?;
    Ok(Ended::Kept)
}

async fn begin(conn: &mut SqliteConnection) -> Result<Transaction<'_, Sqlite>, StoreError> {
    Ok(conn.begin_with(BEGIN).await?)
}

/// Whether something of what the file was held against is another by now.
async fn is_overtaken(conn: &mut SqliteConnection, tray: &Tray) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT coalesce((SELECT seq FROM main.sqlite_sequence WHERE name = 'letter'), 0) <> ?
             OR (SELECT version FROM safeguard) <> ?
             OR EXISTS (SELECT 1 FROM entering_file)
             OR EXISTS (
                 SELECT 1 FROM temp.tray_seen AS seen
                 LEFT JOIN letter ON letter.id = seen.letter_id
                 WHERE letter.whereabouts IS NOT seen.whereabouts
                    OR letter.print_run IS NOT seen.print_run
                    OR letter.rounds IS NOT seen.rounds)",
    )
    .bind(tray.last_letter)
    .bind(tray.safeguards)
    .fetch_one(conn)
    .await?)
}

async fn enter_file(
    conn: &mut SqliteConnection,
    file: &File,
    file_sha256: Option<&str>,
) -> Result<i64, StoreError> {
    let entered = File::enter(conn, &file.by).await?;
    sqlx::query("UPDATE intake SET sha256 = ? WHERE id = ?")
        .bind(file_sha256.unwrap_or_default())
        .bind(entered.key)
        .execute(conn)
        .await?;
    Ok(entered.key)
}

/// Where letters that are made stand until then.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// In the tables of the connection that held them against the store.
    Tray,
    /// In the store's own.
    Entering,
}

impl Source {
    fn table(self) -> &'static str {
        match self {
            Source::Tray => "temp.tray_letter",
            Source::Entering => "main.entering",
        }
    }
}

/// Makes letters of those with keys from `first` to `last`, which came with
/// this file.
async fn make_letters(
    conn: &mut SqliteConnection,
    source: Source,
    file: i64,
    (first, last): (i64, i64),
) -> Result<(), StoreError> {
    let table = source.table();
    let rows = format!("{table} AS new WHERE new.id BETWEEN $2 AND $3");
    sqlx::query(AssertSqlSafe(format!(
        "INSERT INTO main.letter (
            id, kind, outcome, delivery, series, record_sha256,
            intake_id, intake_row, queued_by, queued_at, request_id, decides, dated_from,
            answers, message_token)
         SELECT new.id, kind, outcome, delivery, series, record_sha256,
            file.id, intake_row, file.queued_by, file.queued_at, request_id, decides, dated_from,
            answers, lower(hex(randomblob(16)))
         FROM intake AS file, {rows} AND file.id = $1 ORDER BY new.id;

         INSERT INTO main.letter_record (letter_id, record) SELECT new.id, record FROM {rows};

         INSERT INTO main.letter_likeness (likeness, letter_id)
         SELECT DISTINCT value, new.id
         FROM json_each(new.likeness), {rows} ORDER BY 1, 2;

         INSERT INTO main.restricted_note (letter_id, used, encrypted, sha256)
         SELECT new.id, note_used, note, note_sha256 FROM {rows} AND note IS NOT NULL;

         INSERT INTO main.letter_warning (letter_id, warnings)
         SELECT new.id, warnings FROM {rows} AND warnings IS NOT NULL;

         INSERT INTO main.member_number (written, member_key, look_alike_key, in_use)
         SELECT member_written, new.member_key, new.look_alike_key, 1
         FROM {rows} AND member_written IS NOT NULL
         ON CONFLICT (written) DO UPDATE SET in_use = 1 WHERE in_use = 0;

         INSERT INTO main.member_naming (member_key, letter_id)
         SELECT new.member_key, new.id FROM {rows} AND member_written IS NOT NULL;

         INSERT INTO main.request_audit (at, request_id, actor, act, letter_id)
         SELECT file.queued_at, request_id, file.queued_by, 'letter', new.id
         FROM intake AS file, {rows} AND file.id = $1 AND request_id IS NOT NULL
         ORDER BY new.id;

         INSERT INTO main.audit (at, letter_id, actor, from_state, to_state, record_sha256)
         SELECT file.queued_at, new.id, file.queued_by, '', 'queued', record_sha256
         FROM intake AS file, {rows} AND file.id = $1 ORDER BY new.id"
    )))
    .bind(file)
    .bind(first)
    .bind(last)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes in a large file. Where it is not taken in, its letters stand in the
/// table until [`Store::sweep_entering`].
async fn in_parts(
    conn: &mut SqliteConnection,
    file: &File,
    tray: &Tray,
    letters: i64,
    file_sha256: Option<&str>,
) -> Result<Ended, StoreError> {
    let _turn = turn(&tray.folder).await?;
    let end = tray.last_letter + letters;
    let mut tx = begin(conn).await?;
    // The table is one's own by the turn, unless a file that is taken in still
    // stands there.
    if is_overtaken(&mut tx, tray).await? {
        return Ok(Ended::Overtaken);
    }
    drop(tx);
    clear(conn).await?;
    let mut first = tray.last_letter + 1;
    while first <= end {
        let last = (first + PART - 1).min(end);
        let part = Part::begin(conn).await?;
        let part = part.copy((first, last)).await?;
        part.end().await?;
        first = last + 1;
    }
    let mut tx = begin(conn).await?;
    let copied: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM entering")
        .fetch_one(&mut *tx)
        .await?;
    if copied != letters || is_overtaken(&mut tx, tray).await? {
        return Ok(Ended::Overtaken);
    }
    let key = enter_file(&mut tx, file, file_sha256).await?;
    sqlx::query("INSERT INTO entering_file (id, intake_id, last) VALUES (1, ?, ?)")
        .bind(key)
        .bind(end)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    // It is taken in. What cannot be done of the rest now is done by whoever
    // opens the store next.
    if let Err(error) = rest(conn).await {
        tracing::warn!(%error, "a file is taken in; its letters are made when the store is opened next");
    }
    Ok(Ended::Kept)
}

/// What is copied of a letter.
const COLUMNS: &str = "id, intake_row, kind, outcome, delivery, series, record_sha256, \
     request_id, decides, dated_from, record, likeness, member_written, member_key, \
     look_alike_key, note_used, note, note_sha256, warnings, answers";

/// One of many short transactions.
struct Part<'c> {
    tx: Transaction<'c, Sqlite>,
    begun: Instant,
}

impl<'c> Part<'c> {
    async fn begin(conn: &'c mut SqliteConnection) -> Result<Self, StoreError> {
        let tx = begin(conn).await?;
        let begun = Instant::now();
        Ok(Part { tx, begun })
    }

    async fn copy(mut self, (first, last): (i64, i64)) -> Result<Self, StoreError> {
        sqlx::query(AssertSqlSafe(format!(
            "INSERT INTO main.entering ({COLUMNS})
             SELECT {COLUMNS} FROM temp.tray_letter WHERE id BETWEEN ? AND ? ORDER BY id"
        )))
        .bind(first)
        .bind(last)
        .execute(&mut *self.tx)
        .await?;
        Ok(self)
    }

    /// Others have as much time as this part took, at least.
    async fn end(self) -> Result<(), StoreError> {
        self.tx.commit().await?;
        tokio::time::sleep(self.begun.elapsed().max(Duration::from_millis(2))).await;
        Ok(())
    }
}

/// Deletes what a file that was not taken in has left.
async fn clear(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    loop {
        let mut part = Part::begin(conn).await?;
        let deleted = sqlx::query(
            "DELETE FROM main.entering
             WHERE NOT EXISTS (SELECT 1 FROM entering_file)
               AND id IN (SELECT id FROM main.entering ORDER BY id LIMIT ?)",
        )
        .bind(PART)
        .execute(&mut *part.tx)
        .await?;
        part.end().await?;
        if deleted.rows_affected() == 0 {
            return Ok(());
        }
    }
}

/// Makes letters of the file that is taken in, as far as that was not done.
async fn rest(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    loop {
        let mut part = Part::begin(conn).await?;
        let Some((file, last)) = entering(&mut part.tx).await? else {
            return Ok(());
        };
        let first: Option<i64> = sqlx::query_scalar("SELECT min(id) FROM main.entering")
            .fetch_one(&mut *part.tx)
            .await?;
        let to = match first {
            Some(first) => {
                let to = (first + PART - 1).min(last);
                make_letters(&mut part.tx, Source::Entering, file, (first, to)).await?;
                sqlx::query("DELETE FROM main.entering WHERE id BETWEEN ? AND ?")
                    .bind(first)
                    .bind(to)
                    .execute(&mut *part.tx)
                    .await?;
                to
            }
            None => last,
        };
        if to == last {
            sqlx::query("DELETE FROM main.entering_file")
                .execute(&mut *part.tx)
                .await?;
        }
        part.end().await?;
    }
}

/// The file that is taken in and whose letters are not all made yet, with the
/// key of its last one.
async fn entering(conn: &mut SqliteConnection) -> Result<Option<(i64, i64)>, StoreError> {
    Ok(
        sqlx::query_as("SELECT intake_id, last FROM main.entering_file")
            .fetch_optional(conn)
            .await?,
    )
}

/// Whether a file is taken in whose letters are not all made yet.
pub(in crate::store) async fn is_entering(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    Ok(entering(conn).await?.is_some())
}

impl Store {
    /// Makes the letters of a file that is taken in, where a process that did
    /// so has ended before its time.
    pub(in crate::store) async fn enter_rest(&self) -> Result<(), StoreError> {
        let mut conn = self.writing().await?;
        if !is_entering(&mut conn).await? {
            return Ok(());
        }
        drop(conn);
        let mut conn = self.options().clone().connect().await?;
        rest(&mut conn).await?;
        Ok(conn.close().await?)
    }
}

/// Deletes what a file that was not taken in has left, and lets nothing of it
/// be read from the store's files. Returns whether nothing is left: another
/// large file that is just being taken in deletes it, and erases nothing.
async fn sweep(
    conn: &mut SqliteConnection,
    options: &SqliteConnectOptions,
) -> Result<bool, StoreError> {
    let is_left: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM main.entering)
            AND NOT EXISTS (SELECT 1 FROM entering_file)",
    )
    .fetch_one(&mut *conn)
    .await?;
    if !is_left {
        return Ok(true);
    }
    let folder = options.get_filename().parent().unwrap_or(Path::new(""));
    let Some(_turn) = turn_now(folder)? else {
        return Ok(false);
    };
    let mut conn = options
        .clone()
        .busy_timeout(WHILE_OPENING)
        .connect()
        .await?;
    clear(&mut conn).await?;
    conn.close().await?;
    Ok(erase(options, Gone::Deleted).await)
}

impl Store {
    /// Deletes what a large file that was not taken in has left, and lets
    /// nothing of it be read from the store's files. Returns whether nothing
    /// is left.
    pub async fn sweep_entering(&self) -> bool {
        let swept = async {
            let mut conn = self.writing().await?;
            sweep(&mut conn, self.options()).await
        };
        swept.await.unwrap_or_else(|error: StoreError| {
            tracing::warn!(%error, "letters of a file that was not taken in are still in the store");
            false
        })
    }
}

/// The same while the store is opened: who cannot go on with it now leaves it
/// to the next, and looks at what there is. So it is with what a file that was
/// not taken in has left.
pub(super) async fn enter_rest_when_opened(
    conn: &mut SqliteConnection,
    options: &SqliteConnectOptions,
) -> Result<(), StoreError> {
    if !is_entering(conn).await? {
        if let Err(error) = sweep(conn, options).await {
            tracing::warn!(%error, "letters of a file that was not taken in are still in the store");
        }
        return Ok(());
    }
    let mut conn = options
        .clone()
        .busy_timeout(WHILE_OPENING)
        .connect()
        .await?;
    if let Err(error) = rest(&mut conn).await {
        tracing::warn!(%error, "letters of a file that is taken in are still to be made");
    }
    Ok(conn.close().await?)
}

#[cfg(test)]
mod tests;
