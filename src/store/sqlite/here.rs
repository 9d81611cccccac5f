//! The store as a file that is taken in sees it: with what its rows before have
//! become, whether those stand in the store's tables already or on a tray.

use serde::Deserialize;
use sqlx::SqliteConnection;

use super::enter::{Ended, end_tray};
use super::incoming::{File, Queued};
use super::intake::{self, NewLetter};
use super::likeness::{self, Known};
use super::member_number::{self, MemberLookAlike, MemberNumber, MemberNumbers};
use super::request_found::{self, For, RequestFound};
use super::restricted::{self, StoredNote};
use super::{Refused, StoreError, tray};
use crate::domain::{LetterId, LetterRefusal, Likeness, identity_key};

/// What of a letter's record says whom it is about.
#[derive(Deserialize)]
struct Numbered {
    member_key: Option<String>,
}

/// Ends it: what was staged is forgotten, and the hash of the file is kept.
pub(in crate::store) async fn end_file(
    conn: &mut SqliteConnection,
    file: &File,
    file_sha256: Option<&str>,
) -> Result<Ended, Refused<LetterRefusal>> {
    if let Some(tray) = &file.tray {
        return end_tray(conn, file, tray, file_sha256).await;
    }
    intake::end_file(conn, file, file_sha256).await?;
    Ok(Ended::Kept)
}

/// Queues one record, unless the same record is there already. A letter it
/// replaces is cancelled as by staff.
///
/// # Errors
/// [`LetterRefusal`] when the letter it replaces may not be cancelled. The
/// caller then leaves the file out.
pub async fn add_letter(
    conn: &mut SqliteConnection,
    file: &File,
    new: &NewLetter<'_>,
) -> Result<Queued, Refused<LetterRefusal>> {
    let Some(tray) = &file.tray else {
        return intake::add_letter(conn, file, new).await;
    };
    if !new.looked_up
        && let Known::Same(twin) =
            known(conn, file, new.kind, new.record_sha256, &new.likeness).await?
    {
        return Ok(twin);
    }
    let numbered = serde_json::from_str::<Numbered>(new.record).ok();
    let member = numbered.and_then(|numbered| numbered.member_key);
    let letter = tray::add(conn, tray, new, member.as_deref()).await?;
    Ok(Queued::New(letter))
}

/// Looks for the same record, and for letters it may be a mended version of.
///
/// # Errors
/// When the store cannot be read.
pub async fn known(
    conn: &mut SqliteConnection,
    file: &File,
    kind: &str,
    record_sha256: &str,
    likeness: &Likeness,
) -> Result<Known, StoreError> {
    if file.tray.is_some()
        && let Some(same) = tray::same(conn, record_sha256).await?
    {
        return Ok(Known::Same(same));
    }
    let known = likeness::known(conn, file, kind, record_sha256, likeness).await?;
    let earlier = match known {
        Known::Like(earlier) if file.tray.is_some() => earlier,
        known => return Ok(known),
    };
    let mut like = tray::like(conn, kind, likeness).await?;
    like.extend(tray::weigh_earlier(conn, earlier).await?);
    Ok(Known::Like(like))
}

/// What is known of a member's number, and which others look like it.
///
/// # Errors
/// When the store cannot be read.
pub async fn number_here(
    conn: &mut SqliteConnection,
    file: &File,
    written: &str,
) -> Result<MemberNumbers, StoreError> {
    if file.tray.is_none() {
        return member_number::member_number(conn, written, Some(file.key)).await;
    }
    let mut known = member_number::member_number(conn, written, None).await?;
    let (is_named, others) = tray::numbers(conn, written).await?;
    if is_named {
        known.number = MemberNumber::InUse;
    } else if known.number == MemberNumber::Unknown
        && let Some((other, row)) = others.first()
    {
        known.number = MemberNumber::LooksLike {
            known: other.written.clone(),
            row_here: Some(*row),
        };
    }
    for (other, _) in others {
        let is_same =
            |known: &MemberLookAlike| identity_key(&known.written) == identity_key(&other.written);
        if !known.look_alikes.iter().any(is_same) {
            known.look_alikes.push(other);
        }
    }
    known
        .look_alikes
        .sort_by(|one, other| one.written.cmp(&other.written));
    Ok(known)
}

/// The request with this receipt number; what letters of the file decide is
/// decided.
///
/// # Errors
/// When the store cannot be read.
pub async fn request_here(
    conn: &mut SqliteConnection,
    file: &File,
    receipt_number: &str,
    of: For,
) -> Result<RequestFound, StoreError> {
    let found = request_found::request(conn, receipt_number, of).await?;
    match file.tray {
        Some(_) => tray::with_decisions(conn, found).await,
        None => Ok(found),
    }
}

/// Keeps the note of a letter of the file.
///
/// # Errors
/// When the store cannot be written.
pub async fn keep_note_here(
    conn: &mut SqliteConnection,
    file: &File,
    id: LetterId,
    note: &StoredNote,
) -> Result<(), StoreError> {
    match file.tray {
        Some(_) => tray::keep_note(conn, id, note).await,
        None => restricted::keep_note(conn, id, note, None).await,
    }
}
