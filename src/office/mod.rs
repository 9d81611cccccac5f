//! Everything the program works with, opened and checked: settings, kinds,
//! law, society, characters, store, archive.

mod error;
mod fonts;
mod init;
mod marks;
mod papers;
mod premises;
mod print_one;
mod profile;
mod still_ahead;
mod tenor;
mod texts;

use std::path::{Path, PathBuf};

use crate::archive::Archive;
use crate::clock::Clock;
use crate::config::{Config, RequestPolicy};
use crate::domain::{By, Doubt, StaffName, Stamp};
use crate::files;
pub use crate::mail::file_name as mail_file_name;
pub use crate::render::run_worker as render_worker;
use crate::store::{Store, StoreError};

pub use error::OfficeError;
pub use fonts::{LETTER_FONTS, open_characters};
pub use init::{Init, init};
pub use marks::{
    DEMO_MARK, REGISTER_LINE, Standing, WORKSPACE_LINE, keep_anew, marks_of, reported_numbers,
    standing,
};
pub use papers::{Paper, PapersError, paper_job, paper_sheet, papers};
pub use premises::{Premises, misprints};
pub use print_one::{PrintError, page_job, print_one, print_one_from};
pub use profile::{read_society, with_policy};
pub use still_ahead::Page;

/// The store's file, in the workspace.
pub const STORE: &str = "yobin.db";
/// The workspace's folder of mails that are files.
pub const MAILS: &str = "mail";

/// The premises with their workspace: the store and the archive in `out/`.
pub struct Office {
    /// The premises.
    pub desk: Premises,
    /// The store.
    pub store: Store,
    /// The archive.
    pub archive: Archive,
    /// Whether a letter's request must be registered: as the settings say,
    /// else as the workspace remembers.
    pub requests: RequestPolicy,
    /// In what the database is not the one the workspace had last; whoever
    /// finds something here only looks.
    pub doubts: Vec<Doubt>,
}

impl Office {
    /// Opens the premises and their workspace.
    ///
    /// # Errors
    /// The first part that does not open; [`OfficeError::NoWorkspace`] where
    /// there is none, [`OfficeError::Doubted`] where its database is not the
    /// one it had last.
    pub async fn open(config: Config, clock: Clock) -> Result<Self, OfficeError> {
        Self::at(Premises::open(config, clock)?).await
    }

    /// Opens the workspace of the premises.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn at(desk: Premises) -> Result<Self, OfficeError> {
        let store = open_store(&desk.config).await?;
        let standing = standing(&desk.config, &store).await?;
        if !standing.doubts.is_empty() {
            store.close().await;
            return Err(OfficeError::Doubted(standing.doubts));
        }
        Self::begin(desk, store, &standing).await
    }

    /// Opens the premises and their workspace for a night. Where there is no
    /// workspace, settings a night cannot be worked with are told first; where
    /// there is one, the night tells of them, and does what it can without.
    ///
    /// # Errors
    /// As [`open`](Self::open), and of such settings.
    pub async fn for_nights(config: Config, clock: Clock) -> Result<Self, OfficeError> {
        let desk = Premises::open(config, clock)?;
        if !database(&desk.config.out).exists() {
            desk.demand_night()?;
        }
        Self::at(desk).await
    }

    /// Opens the premises and their workspace for whoever only looks. A database
    /// that is not the one the workspace had last is shown as it is: then
    /// [`doubts`](Self::doubts) says so.
    ///
    /// # Errors
    /// The first part that does not open.
    pub async fn look(config: Config, clock: Clock) -> Result<Self, OfficeError> {
        let desk = Premises::open(config, clock)?;
        let store = match open_store(&desk.config).await {
            Err(OfficeError::Store(StoreError::Foreign(parts))) => {
                let path = database(&desk.config.out);
                let store = Store::open_to_read(&path).await?;
                let store = store.ok_or(StoreError::Missing)?;
                let doubts = vec![Doubt::Foreign(parts)];
                return Self::with(desk, store, doubts).await;
            }
            opened => opened?,
        };
        let standing = standing(&desk.config, &store).await?;
        match standing.doubts.is_empty() {
            true => Self::begin(desk, store, &standing).await,
            false => Self::with(desk, store, standing.doubts).await,
        }
    }

    /// A workspace that is what it was.
    async fn begin(desk: Premises, store: Store, standing: &Standing) -> Result<Self, OfficeError> {
        if standing.unmarked
            && let Err(error) = init::mark_first(&desk.config, &store).await
        {
            // The work goes on without; the check-up tells what to do.
            tracing::warn!("{error}");
        }
        // Tables of records that a killed command left.
        files::sweep_left(&desk.config.out);
        let mails = desk.config.out.join(MAILS);
        let is_file = |message_id: &str| mail_file(&mails, message_id, 1).is_file();
        store.settle_mails_of_before(is_file).await?;
        Self::with(desk, store, Vec::new()).await
    }

    async fn with(desk: Premises, store: Store, doubts: Vec<Doubt>) -> Result<Self, OfficeError> {
        let archive = Archive::open(&desk.config.out.join("archive"))?;
        let requests = match desk.config.requests {
            Some(requests) => requests,
            None => {
                let mut conn = store.reads().await?;
                remembered(conn.workspace().await?.requests_required)
            }
        };
        Ok(Office {
            desk,
            store,
            archive,
            requests,
            doubts,
        })
    }

    /// Keeps outside the workspace how far it has come.
    ///
    /// # Errors
    /// [`OfficeError::Marks`] when the file cannot be written.
    pub async fn keep_marks(&self) -> Result<(), OfficeError> {
        marks::keep(&self.desk.config, &self.store).await
    }

    /// Keeps outside the workspace how far it has come, and closes the store,
    /// which merges its write-ahead log into the file. What was done stands,
    /// also when the marks cannot be written.
    pub async fn close(&self) {
        if self.doubts.is_empty()
            && let Err(error) = self.keep_marks().await
        {
            tracing::warn!("{error}");
        }
        self.store.clone().close().await;
    }

    /// A member of staff who acts now.
    pub fn by(&self, name: StaffName) -> By {
        By::staff(name, Stamp::at(self.desk.clock.now()))
    }

    /// Whether the mail with this Message-ID stands in its file of this round.
    pub fn is_in_file(&self, message_id: &str, round: i64) -> bool {
        self.mail_file(message_id, round).is_file()
    }

    /// Where the mail with this Message-ID is when it is a file of this round.
    pub fn mail_file(&self, message_id: &str, round: i64) -> PathBuf {
        mail_file(&self.out().join(MAILS), message_id, round)
    }

    /// The workspace's folder.
    pub fn out(&self) -> &Path {
        &self.desk.config.out
    }
}

/// Opens the store of the workspace the settings name.
///
/// # Errors
/// [`OfficeError::NoWorkspace`] where there is none.
pub async fn open_store(config: &Config) -> Result<Store, OfficeError> {
    match Store::open_existing(&database(&config.out)).await {
        Err(StoreError::Missing) => Err(OfficeError::NoWorkspace {
            out: config.out.clone(),
            marks: Some(marks_of(config)).filter(|marks| marks.exists()),
        }),
        opened => Ok(opened?),
    }
}

/// Where a mail is that is a file: `<name@domain>` stands in `name.eml`, from
/// the second round on in `name-2.eml` and so on.
fn mail_file(mails: &Path, message_id: &str, round: i64) -> PathBuf {
    mails.join(mail_file_name(message_id, round))
}

/// Whether letters of the workspace in this folder need a registered request,
/// and whether the settings say so. The workspace is only looked at.
///
/// # Errors
/// When its store cannot be read.
pub async fn peek_requests(config: &Config) -> Result<RequestPolicy, StoreError> {
    match config.requests {
        Some(requests) => Ok(requests),
        None => {
            let store = Store::open_to_read(&database(&config.out)).await?;
            let Some(store) = store else {
                return Ok(RequestPolicy::Required);
            };
            let workspace = store.look().await?.workspace().await;
            store.close().await;
            Ok(remembered(workspace?.requests_required))
        }
    }
}

fn remembered(required: bool) -> RequestPolicy {
    match required {
        true => RequestPolicy::Required,
        false => RequestPolicy::Optional,
    }
}

/// The database of a workspace's folder.
pub fn database(out: &Path) -> PathBuf {
    out.join(STORE)
}
