//! A file of letters while it is held against the store: its letters stand in
//! tables of this one connection, and nobody who writes has to wait.
//!
//! What a row is depends on the rows before it, so whatever the store is asked
//! for a file answers with these letters as well. Each has the key already that
//! it will have; when the file is taken in ([`enter`](super::enter)) it is seen
//! whether they still are the next ones, and whether anything else of what the
//! rows were held against is another by then.

use std::path::PathBuf;

use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions as _, Row as _, SqliteConnection};

use super::digests::note_sha256;
use super::file::BEGIN;
use super::incoming::{File, Queued, Replaced, Tray};
use super::intake::NewLetter;
use super::likeness::{self, Earlier, OF_ONE_MATTER, OF_ONE_PERSON};
use super::member_number::MemberLookAlike;
use super::request_found::RequestFound;
use super::restricted::{StoredNote, size};
use super::safeguard::values;
use super::{Store, StoreError, as_json};
use crate::domain::{
    AskedRight, By, LetterId, Likeness, Right, State, Whereabouts, identity_key, look_alike_key,
};

/// The tables. Their names are no others' of the store.
const TABLES: &str = "
    PRAGMA temp.journal_mode = MEMORY;
    CREATE TEMP TABLE tray_letter (
        id              INTEGER PRIMARY KEY,
        intake_row      INTEGER NOT NULL,
        kind            TEXT    NOT NULL,
        outcome         TEXT    NOT NULL,
        delivery        TEXT    NOT NULL,
        series          TEXT    NOT NULL,
        record_sha256   TEXT    NOT NULL UNIQUE,
        request_id      INTEGER,
        decides         TEXT,
        dated_from      TEXT,
        record          TEXT    NOT NULL,
        likeness        TEXT    NOT NULL,
        member_written  TEXT,
        member_key      TEXT,
        look_alike_key  TEXT,
        note_used       INTEGER,
        note            BLOB,
        note_sha256     TEXT,
        warnings        TEXT,
        answers         TEXT,
        replaces        INTEGER,
        pulled          INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX temp.tray_by_request ON tray_letter (request_id) WHERE request_id IS NOT NULL;
    CREATE INDEX temp.tray_by_member ON tray_letter (member_key) WHERE member_key IS NOT NULL;
    CREATE INDEX temp.tray_by_look ON tray_letter (look_alike_key)
        WHERE look_alike_key IS NOT NULL;
    CREATE INDEX temp.tray_by_replaced ON tray_letter (replaces) WHERE replaces IS NOT NULL;
    CREATE TEMP TABLE tray_likeness (
        likeness   INTEGER NOT NULL,
        letter_id  INTEGER NOT NULL,
        PRIMARY KEY (likeness, letter_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TEMP TABLE tray_seen (
        letter_id    INTEGER PRIMARY KEY,
        whereabouts  TEXT    NOT NULL,
        print_run    INTEGER,
        rounds       INTEGER NOT NULL
    ) STRICT;";

impl Store {
    /// Begins to hold a file of letters against the store, on a connection of
    /// its own. What does not fit into memory lies beside the store's file
    /// without a name.
    pub(in crate::store) async fn tray(
        &self,
        by: &By,
    ) -> Result<(SqliteConnection, File), StoreError> {
        self.enter_rest().await?;
        let folder = self.folder();
        let mut conn = self.beside().connect().await?;
        enter_older(&mut conn).await?;
        sqlx::raw_sql(TABLES).execute(&mut conn).await?;
        // The letters first: what is read after is as new or newer.
        let (last_letter, safeguards, last_intake): (i64, i64, i64) = sqlx::query_as(
            "SELECT coalesce((SELECT seq FROM main.sqlite_sequence WHERE name = 'letter'), 0),
                    (SELECT version FROM safeguard),
                    coalesce((SELECT seq FROM main.sqlite_sequence WHERE name = 'intake'), 0)",
        )
        .fetch_one(&mut conn)
        .await?;
        let file = File {
            key: last_intake + 1,
            by: by.clone(),
            tray: Some(Tray {
                last_letter,
                safeguards,
                folder,
            }),
        };
        Ok((conn, file))
    }
}

impl Store {
    /// The folder of the store's file.
    fn folder(&self) -> PathBuf {
        self.options()
            .get_filename()
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(".".as_ref())
            .to_owned()
    }

    /// A connection whose passing tables lie beside the store's file.
    pub(super) fn beside(&self) -> SqliteConnectOptions {
        let quoted = self.folder().to_string_lossy().replace('\'', "''");
        self.options()
            .clone()
            .pragma("temp_store", "FILE")
            .pragma("temp_store_directory", format!("'{quoted}'"))
    }
}

/// Enters letters of an earlier program, where there are any.
async fn enter_older(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    use sqlx::Connection as _;
    let any: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM letter_without_likeness)")
        .fetch_one(&mut *conn)
        .await?;
    if any {
        let mut tx = conn.begin_with(BEGIN).await?;
        likeness::enter_older(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Adds a letter. The caller has looked that none has its record.
pub(super) async fn add(
    conn: &mut SqliteConnection,
    tray: &Tray,
    new: &NewLetter<'_>,
    member: Option<&str>,
) -> Result<LetterId, StoreError> {
    let key: i64 = sqlx::query_scalar(
        "INSERT INTO temp.tray_letter (
            id, intake_row, kind, outcome, delivery, series, record_sha256, request_id, decides,
            dated_from, record, likeness, member_written, member_key, look_alike_key,
            replaces, pulled, answers)
         SELECT coalesce(max(id), $1) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
            $14, $15, $16, $17, $18 FROM temp.tray_letter;

         INSERT INTO temp.tray_likeness (likeness, letter_id)
         SELECT DISTINCT value, (SELECT max(id) FROM temp.tray_letter) FROM json_each($12);

         SELECT max(id) FROM temp.tray_letter",
    )
    .bind(tray.last_letter)
    .bind(i64::try_from(new.row).unwrap_or(i64::MAX))
    .bind(new.kind)
    .bind(new.outcome)
    .bind(new.delivery.as_str())
    .bind(new.series)
    .bind(new.record_sha256)
    .bind(new.request.map(|request| request.id))
    .bind(new.request.and(new.decides).map(Right::as_str))
    .bind(new.dated_from.map(|day| day.to_string()))
    .bind(new.record)
    .bind(as_json(&likeness::keys(&new.likeness)))
    .bind(member)
    .bind(member.map(identity_key))
    .bind(member.map(look_alike_key))
    .bind(new.replaces.map(|replaced| replaced.earlier.key()))
    .bind(new.replaces.is_some_and(|replaced| replaced.pulled))
    .bind(new.answered())
    .fetch_one(conn)
    .await?;
    Ok(LetterId::from_key(key))
}

/// Keeps the note of a letter of the file.
pub(super) async fn keep_note(
    conn: &mut SqliteConnection,
    id: LetterId,
    note: &StoredNote,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE temp.tray_letter SET note_used = ?, note = ?, note_sha256 = ? WHERE id = ?",
    )
    .bind(size(note))
    .bind(&note.encrypted)
    .bind(note_sha256(id, size(note), &note.encrypted))
    .bind(id.key())
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps what staff are told of a letter of the file.
pub(super) async fn keep_warnings(
    conn: &mut SqliteConnection,
    id: LetterId,
    warnings: &str,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE temp.tray_letter SET warnings = ? WHERE id = ?")
        .bind(warnings)
        .bind(id.key())
        .execute(conn)
        .await?;
    Ok(())
}

/// The row of the file with the same record.
pub(super) async fn same(
    conn: &mut SqliteConnection,
    record_sha256: &str,
) -> Result<Option<Queued>, StoreError> {
    let row: Option<i64> =
        sqlx::query_scalar("SELECT intake_row FROM temp.tray_letter WHERE record_sha256 = ?")
            .bind(record_sha256)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|row| Queued::SameFile { row }))
}

/// Letters of the file that a record may be a mended version of, the newest
/// first.
pub(super) async fn like(
    conn: &mut SqliteConnection,
    kind: &str,
    likeness: &Likeness,
) -> Result<Vec<Earlier>, StoreError> {
    let rows = sqlx::query(
        "SELECT id, intake_row, CAST(record AS BLOB) AS record
         FROM temp.tray_letter
         WHERE id IN (
                SELECT letter_id FROM (
                    SELECT letter_id FROM temp.tray_likeness WHERE likeness = $2
                    ORDER BY letter_id DESC LIMIT $5)
                UNION ALL
                SELECT letter_id FROM (
                    SELECT letter_id FROM temp.tray_likeness WHERE likeness = $3
                    ORDER BY letter_id DESC LIMIT $6)
                UNION ALL
                SELECT letter_id FROM (
                    SELECT letter_id FROM temp.tray_likeness WHERE likeness = $4
                    ORDER BY letter_id DESC LIMIT $5))
           AND kind = $1
         ORDER BY id DESC",
    )
    .bind(kind)
    .bind(likeness.person)
    .bind(likeness.matter)
    .bind(likeness.record)
    .bind(OF_ONE_PERSON)
    .bind(OF_ONE_MATTER)
    .fetch_all(conn)
    .await?;
    rows.iter().map(earlier).collect()
}

fn earlier(row: &SqliteRow) -> Result<Earlier, StoreError> {
    Ok(Earlier {
        letter: row.try_get("id")?,
        at: Whereabouts::In(State::Queued),
        printed: None,
        message_id: None,
        rounds: 0,
        batch_date: None,
        row_here: Some(row.try_get("intake_row")?),
        values: values(row.try_get("record")?),
    })
}

/// Leaves those out whose place a letter of the file takes, and remembers
/// where the others are: were one of them elsewhere when the file is taken in,
/// its rows would have been held against something else.
pub(super) async fn weigh_earlier(
    conn: &mut SqliteConnection,
    mut earlier: Vec<Earlier>,
) -> Result<Vec<Earlier>, StoreError> {
    if earlier.is_empty() {
        return Ok(earlier);
    }
    let seen: Vec<(i64, &str, Option<u32>, i64)> = earlier
        .iter()
        .map(|one| {
            let printed = one.printed.as_ref().map(|run| run.number);
            (one.letter.key(), one.at.as_str(), printed, one.rounds)
        })
        .collect();
    let replaced: Vec<i64> = sqlx::query_scalar(
        "INSERT OR IGNORE INTO temp.tray_seen (letter_id, whereabouts, print_run, rounds)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1);

         SELECT replaces FROM temp.tray_letter
         WHERE replaces IN (SELECT value ->> 0 FROM json_each($1))",
    )
    .bind(as_json(&seen))
    .fetch_all(conn)
    .await?;
    earlier.retain(|one| !replaced.contains(&one.letter.key()));
    Ok(earlier)
}

/// A request as the letters of the file leave it: what they decide is decided.
pub(super) async fn with_decisions(
    conn: &mut SqliteConnection,
    mut found: RequestFound,
) -> Result<RequestFound, StoreError> {
    let RequestFound::Whole(request) = &mut found else {
        return Ok(found);
    };
    for asked in &mut request.rights {
        for letter in [&mut asked.letter, &mut asked.beside] {
            let Some((id, _)) = *letter else {
                continue;
            };
            let replaced: Option<i64> =
                sqlx::query_scalar("SELECT id FROM temp.tray_letter WHERE replaces = ?")
                    .bind(id.key())
                    .fetch_optional(&mut *conn)
                    .await?;
            if replaced.is_some() {
                *letter = None;
            }
        }
    }
    let decided: Vec<(LetterId, Right)> = sqlx::query_as(
        "SELECT id, decides FROM temp.tray_letter
         WHERE request_id = ? AND decides IS NOT NULL ORDER BY id",
    )
    .bind(request.row.id)
    .fetch_all(&mut *conn)
    .await?;
    let answered: Vec<(LetterId, String)> = sqlx::query_as(
        "SELECT id, answers FROM temp.tray_letter
         WHERE request_id = ? AND answers IS NOT NULL ORDER BY id",
    )
    .bind(request.row.id)
    .fetch_all(conn)
    .await?;
    for (letter, rights) in answered {
        for right in rights.split(' ').filter_map(Right::from_code) {
            let mut asked = request.rights.iter_mut();
            if let Some(open) = asked.find(|a| a.right == right && a.beside.is_none()) {
                open.beside = Some((letter, Whereabouts::In(State::Queued)));
            }
        }
    }
    for (letter, right) in decided {
        let letter = Some((letter, Whereabouts::In(State::Queued)));
        let rights = &mut request.rights;
        let is_open = |asked: &AskedRight| asked.right == right && asked.letter.is_none();
        if let Some(open) = rights.iter().position(is_open) {
            rights[open].letter = letter;
        } else if rights.iter().any(|asked| asked.right == right) {
            rights.push(AskedRight {
                right,
                letter,
                beside: None,
            });
        }
    }
    request.rights.sort_by_key(|asked| asked.right);
    Ok(found)
}

/// What the letters of the file say of a member's number: whether one names
/// it, and numbers of theirs that look like it, each with the first row that
/// names it.
pub(super) async fn numbers(
    conn: &mut SqliteConnection,
    written: &str,
) -> Result<(bool, Vec<(MemberLookAlike, i64)>), StoreError> {
    let rows: Vec<(String, bool, i64)> = sqlx::query_as(
        "SELECT min(member_written), member_key = ?1, min(intake_row)
         FROM temp.tray_letter WHERE look_alike_key = ?2
         GROUP BY member_key ORDER BY 1",
    )
    .bind(identity_key(written))
    .bind(look_alike_key(written))
    .fetch_all(conn)
    .await?;
    let is_named = rows.iter().any(|(_, is_same, _)| *is_same);
    let others = rows.into_iter().filter(|(_, is_same, _)| !is_same);
    let others = others.map(|(written, _, row)| {
        let is_flagged = false;
        (
            MemberLookAlike {
                written,
                is_flagged,
            },
            row,
        )
    });
    Ok((is_named, others.collect()))
}

/// The letters of the file that take another's place.
pub(super) async fn replacements(
    conn: &mut SqliteConnection,
) -> Result<Vec<(LetterId, Replaced)>, StoreError> {
    let rows: Vec<(LetterId, LetterId, bool)> = sqlx::query_as(
        "SELECT id, replaces, pulled FROM temp.tray_letter
         WHERE replaces IS NOT NULL ORDER BY id",
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|(id, earlier, pulled)| {
        let replaced = Replaced { earlier, pulled };
        (id, replaced)
    });
    Ok(rows.collect())
}
