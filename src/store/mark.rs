//! Until when the schedule has been looked at, kept across restarts.

use sqlx::SqliteConnection;

use super::StoreError;

/// The time up to which every scheduled night has been seen to.
///
/// # Errors
/// When the store cannot be read.
pub async fn schedule_mark(conn: &mut SqliteConnection) -> Result<Option<String>, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT seen_at FROM schedule_mark WHERE id = 1")
            .fetch_optional(conn)
            .await?,
    )
}

/// Sets that time.
///
/// # Errors
/// When the store cannot be written.
pub async fn set_schedule_mark(
    conn: &mut SqliteConnection,
    seen_at: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO schedule_mark (id, seen_at) VALUES (1, ?)
         ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at",
    )
    .bind(seen_at)
    .execute(conn)
    .await?;
    Ok(())
}
