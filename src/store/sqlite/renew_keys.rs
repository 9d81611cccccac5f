//! Keys of identifiers made anew when what a key is has become another.
//!
//! The store keeps keys so that it can look for them; how a key is made
//! belongs to the program. A file whose keys are of another version is
//! brought up to date when it is opened, in one transaction. Two rows that
//! turn out to have one key both stay: requests and notifications as twins,
//! flags as one that keeps back whatever either did.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, SqliteConnection, SqlitePool};

use super::file::{BEGIN, has_table};
use super::member_number::look_alike_flags;
use super::request::shared_receipt_numbers;
use super::roster::double_notifications;
use super::{StoreError, as_json, likeness};
use crate::domain::{FOLD_VERSION, folded, identity_key, look_alike_key};

/// Rows read at a time.
const PAGE: i64 = 5_000;

/// The number of a member in a record; none where the record is damaged.
const MEMBER_KEY: &str =
    "CAST(CASE WHEN json_valid(record) THEN record ->> 'member_key' END AS TEXT)";

/// Brings every stored key to [`FOLD_VERSION`].
pub(super) async fn renew_keys(writer: &SqlitePool) -> Result<(), StoreError> {
    if version(&mut *writer.acquire().await?).await? == Some(FOLD_VERSION) {
        return Ok(());
    }
    let mut tx = writer.begin_with(BEGIN).await?;
    match version(&mut tx).await? {
        // Another process has just done it.
        Some(FOLD_VERSION) => return Ok(()),
        Some(newer) if newer > FOLD_VERSION => return Err(StoreError::NewerKeys),
        Some(_) | None => {}
    }
    let members = Members::read(&mut tx).await?;
    members.renew_flags(&mut tx).await?;
    renew_notifications(&mut tx).await?;
    members.write(&mut tx).await?;
    renew_requests(&mut tx).await?;
    likeness::forget_all(&mut tx).await?;
    sqlx::query(
        "INSERT INTO fold_mark (id, version) VALUES (1, ?)
         ON CONFLICT (id) DO UPDATE SET version = excluded.version",
    )
    .bind(FOLD_VERSION)
    .execute(&mut *tx)
    .await?;
    let requests = shared_receipt_numbers(&mut tx).await?.len();
    let flags = look_alike_flags(&mut tx).await?.len();
    let letters = double_notifications(&mut tx).await?.len();
    tx.commit().await?;
    if requests + flags + letters > 0 {
        tracing::warn!(
            requests,
            flags,
            letters,
            "some numbers are one number or look alike; the check of the settings names them"
        );
    }
    Ok(())
}

/// Whether the keys are those this program makes, so that what is read by them
/// is right; a store that was not opened since may lack them, or the tables.
///
/// # Errors
/// [`StoreError::NewerKeys`] when a newer program made them.
pub(super) async fn keys_are_current(conn: &mut SqliteConnection) -> Result<bool, StoreError> {
    for table in ["fold_mark", "member_naming"] {
        if !has_table(conn, table).await? {
            return Ok(false);
        }
    }
    match version(conn).await? {
        Some(newer) if newer > FOLD_VERSION => Err(StoreError::NewerKeys),
        version => Ok(version == Some(FOLD_VERSION)),
    }
}

async fn version(conn: &mut SqliteConnection) -> Result<Option<i64>, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT version FROM fold_mark WHERE id = 1")
            .fetch_optional(conn)
            .await?,
    )
}

/// A member's number as the store had it.
struct Known {
    /// The key it had; what letters and flags met by until now.
    old_key: String,
    /// Whether a letter, a request or a notification names it.
    in_use: bool,
    /// The last letter that names it, if one does.
    last_letter: i64,
}

/// Every number of a member, as written, by its new key.
#[derive(Default)]
struct Members {
    of_key: BTreeMap<String, BTreeMap<String, Known>>,
    /// By which letter or request a key is named.
    namings: Vec<(String, Option<i64>, Option<i64>)>,
}

impl Members {
    async fn read(conn: &mut SqliteConnection) -> Result<Self, StoreError> {
        let mut members = Members::default();
        let known: Vec<(String, String, bool)> =
            sqlx::query_as("SELECT written, member_key, in_use FROM member_number")
                .fetch_all(&mut *conn)
                .await?;
        for (written, old_key, in_use) in known {
            let known = Known {
                old_key,
                in_use,
                last_letter: 0,
            };
            members.add(written, known);
        }
        members.add_letters(conn).await?;
        let of_requests: Vec<(i64, String)> = sqlx::query_as(AssertSqlSafe(format!(
            "SELECT request_id, {MEMBER_KEY} FROM request_record WHERE {MEMBER_KEY} IS NOT NULL"
        )))
        .fetch_all(&mut *conn)
        .await?;
        for (request, written) in of_requests {
            let key = identity_key(&written);
            members.namings.push((key, None, Some(request)));
            members.add_written(written, 0);
        }
        members.add_bare(conn).await?;
        Ok(members)
    }

    async fn add_letters(&mut self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let page: Vec<(i64, Option<String>)> = sqlx::query_as(AssertSqlSafe(format!(
                "SELECT letter_id, {MEMBER_KEY} FROM letter_record
                 WHERE letter_id > ? ORDER BY letter_id LIMIT ?"
            )))
            .bind(after)
            .bind(PAGE)
            .fetch_all(&mut *conn)
            .await?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            after = *last;
            for (letter, written) in page {
                if let Some(written) = written {
                    let key = identity_key(&written);
                    self.namings.push((key, Some(letter), None));
                    self.add_written(written, letter);
                }
            }
        }
    }

    /// Numbers of which the store has the key alone: nobody kept how they
    /// were written.
    async fn add_bare(&mut self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let bare: Vec<(String, bool, i64)> = sqlx::query_as(
            "SELECT member_key, 1, letter_id FROM notification
             UNION ALL SELECT recipient_key, 1, letter_id FROM notification
             UNION ALL SELECT member_key, 0, 0 FROM member_flag",
        )
        .fetch_all(conn)
        .await?;
        for (key, in_use, last_letter) in bare {
            let known = Known {
                old_key: key.clone(),
                in_use,
                last_letter,
            };
            self.add(key, known);
        }
        Ok(())
    }

    /// Before there were versions, a number's key was that of a heading.
    fn add_written(&mut self, written: String, last_letter: i64) {
        let known = Known {
            old_key: folded(&written),
            in_use: true,
            last_letter,
        };
        self.add(written, known);
    }

    fn add(&mut self, written: String, known: Known) {
        let of_key = self.of_key.entry(identity_key(&written)).or_default();
        match of_key.get_mut(&written) {
            Some(before) => {
                before.in_use |= known.in_use;
                before.last_letter = before.last_letter.max(known.last_letter);
            }
            None => {
                of_key.insert(written, known);
            }
        }
    }

    async fn write(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM member_number")
            .execute(&mut *conn)
            .await?;
        for (key, of_key) in &self.of_key {
            // A key alone stays out where somebody's own writing says more.
            let is_bare = |written: &str, known: &Known| *written == known.old_key;
            let has_writing = of_key
                .iter()
                .any(|(written, known)| !is_bare(written, known));
            let in_use = of_key.values().any(|known| known.in_use);
            for (written, known) in of_key {
                if has_writing && is_bare(written, known) {
                    continue;
                }
                sqlx::query(
                    "INSERT INTO member_number (written, member_key, look_alike_key, in_use)
                     VALUES (?, ?, ?, ?)",
                )
                .bind(written)
                .bind(key)
                .bind(look_alike_key(written))
                .bind(in_use)
                .execute(&mut *conn)
                .await?;
            }
        }
        self.write_namings(conn).await
    }

    /// Which letters and requests name whom; the notifications have their new
    /// keys already.
    async fn write_namings(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM member_naming")
            .execute(&mut *conn)
            .await?;
        for page in self.namings.chunks(10_000) {
            sqlx::query(
                "INSERT INTO member_naming (member_key, letter_id, request_id)
                 SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
            )
            .bind(as_json(&page))
            .execute(&mut *conn)
            .await?;
        }
        sqlx::query(
            "INSERT INTO member_naming (member_key, letter_id)
             SELECT member_key, letter_id FROM notification
             UNION SELECT recipient_key, letter_id FROM notification",
        )
        .execute(conn)
        .await?;
        Ok(())
    }

    /// Flags by their new keys. One keeps back what any of those did that are
    /// one now, and besides the letters that were queued under a writing the
    /// flag was not found by: whoever queued them could not know of it.
    async fn renew_flags(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let rows: Vec<(String, String, i64, String, String)> = sqlx::query_as(
            "SELECT member_key, flag, after_letter, set_by, set_at FROM member_flag
             ORDER BY after_letter",
        )
        .fetch_all(&mut *conn)
        .await?;
        let mut flags: BTreeMap<(String, String), Flag> = BTreeMap::new();
        for (old_key, name, after_letter, set_by, set_at) in rows {
            let flag = flags.entry((identity_key(&old_key), name)).or_default();
            // The later one stands.
            flag.after_letter = after_letter;
            flag.set_by = set_by;
            flag.set_at = set_at;
            flag.old_keys.insert(old_key);
        }
        sqlx::query("DELETE FROM member_flag")
            .execute(&mut *conn)
            .await?;
        for ((key, name), flag) in flags {
            let of_key = self.of_key.get(&key).into_iter().flat_map(BTreeMap::values);
            let unseen = of_key.filter(|known| !flag.old_keys.contains(&known.old_key));
            let last = unseen.map(|known| known.last_letter).max();
            sqlx::query(
                "INSERT INTO member_flag (member_key, flag, after_letter, set_by, set_at)
                 VALUES (?, ?, ?, ?, ?)",
            )
            .bind(key)
            .bind(name)
            .bind(flag.after_letter.max(last.unwrap_or_default()))
            .bind(flag.set_by)
            .bind(flag.set_at)
            .execute(&mut *conn)
            .await?;
        }
        Ok(())
    }
}

/// Flags that are one by their new key.
#[derive(Default)]
struct Flag {
    old_keys: BTreeSet<String>,
    after_letter: i64,
    set_by: String,
    set_at: String,
}

/// Two notifications of one member about one edition stay both; that whose
/// letter stands comes before a cancelled one, for it is the one that says
/// that the member was told.
async fn renew_notifications(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
        "SELECT edition, member_key, recipient_key, letter_id
         FROM notification JOIN letter ON letter.id = letter_id
         ORDER BY letter.state = 'cancelled', letter_id",
    )
    .fetch_all(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM notification")
        .execute(&mut *conn)
        .await?;
    let mut told: BTreeMap<(String, String), i64> = BTreeMap::new();
    for (edition, member, recipient, letter) in rows {
        let key = identity_key(&member);
        let twins = told.entry((edition.clone(), key.clone())).or_default();
        sqlx::query(
            "INSERT INTO notification (edition, member_key, twin, recipient_key, letter_id)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(edition)
        .bind(key)
        .bind(*twins)
        .bind(identity_key(&recipient))
        .bind(letter)
        .execute(&mut *conn)
        .await?;
        *twins += 1;
    }
    Ok(())
}

/// Requests by their new keys. Of those that share a number the first has
/// place 0; one that was registered by mistake is in nobody's way.
async fn renew_requests(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    // Apart from one another while the keys change.
    sqlx::query("UPDATE request SET twin = id")
        .execute(&mut *conn)
        .await?;
    let rows: Vec<(i64, String)> = sqlx::query_as("SELECT id, receipt_number FROM request")
        .fetch_all(&mut *conn)
        .await?;
    for (id, number) in rows {
        sqlx::query("UPDATE request SET receipt_key = ?, look_alike_key = ? WHERE id = ?")
            .bind(identity_key(&number))
            .bind(look_alike_key(&number))
            .bind(id)
            .execute(&mut *conn)
            .await?;
    }
    sqlx::query(
        "UPDATE request SET twin = 0
         WHERE NOT EXISTS (
             SELECT 1 FROM request AS first
             WHERE first.receipt_key = request.receipt_key AND first.id < request.id
               AND (first.close_reason IS NULL OR first.close_reason <> 'mistaken'))",
    )
    .execute(conn)
    .await?;
    Ok(())
}
