//! Everything the program works with, opened and checked: settings, kinds,
//! law, society, characters, store, archive.

mod texts;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::archive::{Archive, ArchiveError};
use crate::catalogue::{Catalogue, CatalogueError, Form};
use crate::clock::Clock;
use crate::config::{self, Config, Requests, environment};
use crate::domain::{By, HandedTo, NamePolicy, SealMode, Society, StaffName, Stamp};
use crate::files;
use crate::law::{Law, LawError};
pub use crate::mail::file_name as mail_file_name;
use crate::mail::{MailError, MailSettings};
use crate::record;
use crate::render::{FontError, Fonts, Pool, SetError, TemplateSet};
use crate::restricted::{Recipient, RestrictedError};
use crate::store::{self, Store, StoreError};
use crate::text::characters::Characters;
use crate::text::characters::FontError as CharactersError;
use crate::text::own::Misprint;
use crate::text::substitution::{SubstitutionError, Substitutions};
use crate::wording::StaffMessage as _;
use texts::OwnTexts;

/// Font families letters are set in, in the order they are tried for a
/// character: the second only shows what the first lacks.
pub const LETTER_FONTS: [(&str, &str); 2] = [
    ("BIZ UDMincho", "BIZUDMincho-Regular.ttf"),
    ("IPAmjMincho", "ipamjm.ttf"),
];

/// The file of the society's folder that says what is printed in names
/// instead of which characters.
const SUBSTITUTIONS: &str = "substitutions.toml";

/// Families the shipped templates use besides those of names.
const OTHER_FONTS: [&str; 1] = ["BIZ UDGothic"];

/// The store's file, in the workspace.
pub const STORE: &str = "yobin.db";
/// The workspace's folder of mails that are files.
pub const MAILS: &str = "mail";

/// The society's own data, in its folder.
const PROFILE: &str = "profile.toml";

/// What is needed to understand a record and to draw a page; nothing of it
/// changes the workspace.
pub struct Desk {
    /// The settings.
    pub config: Config,
    /// The clock.
    pub clock: Clock,
    /// The kinds of letter.
    pub catalogue: Catalogue,
    /// The form of a request.
    pub requests: Form,
    /// The form of a roster of members.
    pub members: Form,
    /// The form of a list of members' flags.
    pub member_flags: Form,
    /// The grounds of the Act.
    pub law: Law,
    /// The society.
    pub society: Society,
    /// To whom restricted notes are encrypted; without one none are written.
    pub recipient: Option<Recipient>,
    /// Which characters the fonts show, and how names are shown.
    pub characters: Characters,
    /// The texts of the profile.
    profile: OwnTexts,
    /// The fonts, opened when the first page is set.
    fonts: OnceLock<Fonts>,
}

/// A desk with its workspace: the store and the archive in `out/`.
pub struct Office {
    /// The desk.
    pub desk: Desk,
    /// The store.
    pub store: Store,
    /// The archive.
    pub archive: Archive,
    /// Whether a letter's request must be registered: as the settings say,
    /// else as the workspace remembers.
    pub requests: Requests,
}

/// Why work cannot begin. The text is for staff, in Japanese.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// Kinds of letter that do not load.
    #[error("書簡の種類に誤りがあります。\n{}", lines(.0))]
    Catalogue(Vec<CatalogueError>),
    /// The form of a request does not load.
    #[error("請求の項目の定めに誤りがあります。\n  {0}")]
    Requests(CatalogueError),
    /// The form of a roster or of a list of flags does not load.
    #[error("名簿の項目の定めに誤りがあります。\n  {0}")]
    Members(CatalogueError),
    /// The law's data does not load.
    #[error("法令データに誤りがあります。\n  {0}")]
    Law(#[from] LawError),
    /// The society's profile does not load.
    #[error("組合の情報 {}：{problem}", path.display())]
    Society {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Characters of the society's own texts that no font shows: every letter
    /// would be wrong, so none is made.
    #[error("組合の文言に、印刷できない文字があります。直すまで、書簡を作れません。\n{}", listed(.0))]
    OwnTexts(Vec<Misprint>),
    /// The fonts do not load.
    #[error("{0}")]
    Characters(#[from] CharactersError),
    /// The map of characters to replace in names cannot be used.
    #[error("{0}")]
    Substitutions(#[from] SubstitutionError),
    /// The fonts cannot be opened.
    #[error("フォントを使えません。\n{0}")]
    Fonts(#[from] FontError),
    /// The program's own file, which is also its worker, is not known.
    #[error("組版の処理を始められません({0})。")]
    Program(std::io::Error),
    /// A family the templates use is missing.
    #[error("フォント「{family}」が {} にありません。fonts/README.md のとおりに入れてください。", folder.display())]
    FontFamily {
        /// The family.
        family: &'static str,
        /// The fonts' folder.
        folder: PathBuf,
    },
    /// The templates cannot be read.
    #[error("書式を読めません。\n  {0}")]
    Templates(#[from] SetError),
    /// The mail settings cannot be used.
    #[error("{}", .0.staff_message())]
    Mail(#[from] MailError),
    /// The mail settings cannot be read.
    #[error("設定の [mail] に誤りがあります。{0}")]
    MailSettings(String),
    /// The workspace's folder cannot be used.
    #[error("作業フォルダー {} を使えません({error})。設定の out と、書き込む権限を確かめてください。", path.display())]
    Workspace {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The store does not open.
    #[error("{}", .0.staff_message())]
    Store(#[from] StoreError),
    /// The archive does not open.
    #[error("{}", .0.staff_message())]
    Archive(#[from] ArchiveError),
}

fn listed(problems: &[Misprint]) -> String {
    let lines: Vec<String> = problems.iter().map(|one| format!("  {one}")).collect();
    lines.join("\n")
}

fn lines(problems: &[CatalogueError]) -> String {
    problems
        .iter()
        .map(|problem| format!("  {problem}"))
        .collect::<Vec<_>>()
        .join("\n")
}

impl Desk {
    /// Reads templates, law, society and fonts.
    ///
    /// # Errors
    /// The first part that does not load; `yobin check` shows all.
    pub fn open(config: Config, clock: Clock) -> Result<Self, OfficeError> {
        let catalogue = Catalogue::load(&config.templates).map_err(OfficeError::Catalogue)?;
        let requests = Form::of_requests(&config.templates).map_err(OfficeError::Requests)?;
        let members = Form::of_members(&config.templates).map_err(OfficeError::Members)?;
        let member_flags =
            Form::of_member_flags(&config.templates).map_err(OfficeError::Members)?;
        let law = Law::load(&config.templates)?;
        let (society, profile) = read_profile(&config.society)?;
        let recipient = recipient_of(&society).map_err(|problem| OfficeError::Society {
            path: config.society.join(PROFILE),
            problem,
        })?;
        let characters = open_characters(&config.fonts).map_err(|error| {
            // Whoever mends the fonts is told all there is to mend.
            match Fonts::open(&config.fonts) {
                Err(all) => OfficeError::Fonts(all),
                Ok(_) => OfficeError::Characters(error),
            }
        })?;
        let characters = with_policy(characters, &society, &config.society)?;
        Ok(Desk {
            config,
            clock,
            catalogue,
            requests,
            members,
            member_flags,
            law,
            society,
            recipient,
            characters,
            profile,
            fonts: OnceLock::new(),
        })
    }

    /// The desk as samples need it: see [`Society::for_samples`].
    #[must_use]
    pub fn for_samples(mut self) -> Self {
        self.society = self.society.for_samples();
        self
    }

    /// The fonts, checked to have every family the templates use: without
    /// one, each letter of the night would fail by itself.
    ///
    /// # Errors
    /// When the folder cannot be read or a family is missing.
    pub fn fonts(&self) -> Result<&Fonts, OfficeError> {
        if let Some(fonts) = self.fonts.get() {
            return Ok(fonts);
        }
        let fonts = Fonts::open(&self.config.fonts)?;
        self.check_families(&fonts)?;
        Ok(self.fonts.get_or_init(|| fonts))
    }

    /// Render workers for a template set, as many as the settings say or
    /// `workers`.
    ///
    /// # Errors
    /// When the fonts cannot be used or the program's own file is not known.
    pub fn pool(&self, set: &TemplateSet, workers: Option<usize>) -> Result<Pool, OfficeError> {
        Ok(Pool::new(
            environment::program().map_err(OfficeError::Program)?,
            self.fonts()?,
            set,
            workers.unwrap_or(self.config.workers),
            self.config.limits,
        ))
    }

    fn check_families(&self, fonts: &Fonts) -> Result<(), OfficeError> {
        let letter_fonts = LETTER_FONTS.iter().map(|(family, _)| *family);
        match letter_fonts
            .chain(OTHER_FONTS)
            .find(|family| !fonts.has_family(family))
        {
            None => Ok(()),
            Some(family) => Err(OfficeError::FontFamily {
                family,
                folder: self.config.fonts.clone(),
            }),
        }
    }

    /// Every character of the society's own texts on letters (profile, kinds,
    /// law) and in mails that no font shows.
    ///
    /// # Errors
    /// When the templates of mails cannot be read.
    fn misprints(&self) -> Result<Vec<Misprint>, OfficeError> {
        let mut all = self.own_texts();
        all.extend(texts::of_mails(&self.config.templates)?);
        Ok(texts::unshown(&all, &self.characters))
    }

    /// Refuses the work of making letters while a text of the society's own
    /// has a character that no font shows.
    ///
    /// # Errors
    /// [`OfficeError::OwnTexts`] with all of them, or when the templates of
    /// mails cannot be read.
    pub fn refuse_misprints(&self) -> Result<(), OfficeError> {
        let misprints = self.misprints()?;
        if misprints.is_empty() {
            Ok(())
        } else {
            Err(OfficeError::OwnTexts(misprints))
        }
    }

    fn own_texts(&self) -> Vec<OwnTexts> {
        let mut all = vec![self.profile.clone(), texts::of_law(&self.law)];
        all.extend(texts::of_kinds(&self.catalogue));
        all
    }

    /// The template set as it stands on disk now.
    ///
    /// # Errors
    /// When a text of the society's own cannot be printed, or a template or
    /// the seal's image cannot be read.
    pub fn template_set(&self) -> Result<TemplateSet, OfficeError> {
        self.refuse_misprints()?;
        let rare = texts::rare(&self.own_texts(), &self.characters);
        let society = record::society_data(&self.society, &rare);
        let mut extra = vec![("/society.json".to_owned(), society.to_string().into_bytes())];
        if let (SealMode::Image, Some(file)) = (self.society.seal_mode, &self.society.seal_image) {
            let image = files::read_below(&self.config.society, file).map_err(|error| {
                OfficeError::Society {
                    problem: format!("公印の画像(seal_image)：{}", error.problem()),
                    path: error.path,
                }
            })?;
            extra.push((record::seal_path(file), image));
        }
        Ok(TemplateSet::read(&self.config.templates, extra)?)
    }

    /// The mail settings, with the society's sender where the settings name
    /// none.
    ///
    /// # Errors
    /// When the `[mail]` table cannot be read.
    pub fn mail_settings(&self) -> Result<MailSettings, OfficeError> {
        let mut table = self.config.mail.clone();
        table
            .entry("from")
            .or_insert_with(|| toml::Value::String(self.society.mail.sender.clone()));
        let mut settings: MailSettings = table.try_into().map_err(|error: toml::de::Error| {
            OfficeError::MailSettings(config::in_japanese(&error))
        })?;
        if let Some(smtp) = &mut settings.smtp {
            for path in [&mut smtp.password_file, &mut smtp.ca_file] {
                *path = path.take().map(|path| self.config.base.join(path));
            }
        }
        Ok(settings)
    }
}

impl Office {
    /// Opens the desk and its workspace, making the folder if needed.
    ///
    /// # Errors
    /// The first part that does not open.
    pub async fn open(config: Config, clock: Clock) -> Result<Self, OfficeError> {
        Self::at(Desk::open(config, clock)?).await
    }

    /// Opens the workspace of a desk.
    ///
    /// # Errors
    /// The first part that does not open.
    pub async fn at(desk: Desk) -> Result<Self, OfficeError> {
        let out = &desk.config.out;
        fs::create_dir_all(out).map_err(|error| OfficeError::Workspace {
            path: out.clone(),
            error,
        })?;
        let store = Store::open(&database(out)).await?;
        settle_mails_of_before(&store, &out.join(MAILS)).await?;
        let archive = Archive::open(&out.join("archive"))?;
        let requests = match desk.config.requests {
            Some(requests) => requests,
            None => {
                let mut conn = store.reads().await?;
                remembered(conn.requests_required().await?)
            }
        };
        Ok(Office {
            desk,
            store,
            archive,
            requests,
        })
    }

    /// Closes the store, which merges its write-ahead log into the file.
    pub async fn close(&self) {
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

/// Where a mail is that is a file: `<name@domain>` stands in `name.eml`, from
/// the second round on in `name-2.eml` and so on.
fn mail_file(mails: &Path, message_id: &str, round: i64) -> PathBuf {
    mails.join(mail_file_name(message_id, round))
}

/// Mails that were handed over before it was kept to whom: one whose file
/// still stands in the folder of mails is only written, any other left the
/// house by the mail server or by the program that empties the folder.
async fn settle_mails_of_before(store: &Store, mails: &Path) -> Result<(), StoreError> {
    let mut conn = store.reads().await?;
    let letters = conn.mails_of_before().await?;
    drop(conn);
    if letters.is_empty() {
        return Ok(());
    }
    let (written, left): (Vec<_>, Vec<_>) = letters
        .into_iter()
        .partition(|(_, message_id)| mail_file(mails, message_id, 1).is_file());
    let mut tx = store.work().await?;
    for (letters, to) in [(written, HandedTo::File), (left, HandedTo::Gateway)] {
        let letters: Vec<_> = letters.into_iter().map(|(id, _)| id).collect();
        tx.settle_mails_of_before(&letters, to).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Whether letters of the workspace in this folder need a registered request,
/// and whether the settings say so. The workspace is only looked at.
///
/// # Errors
/// When its store cannot be read.
pub async fn peek_requests(config: &Config) -> Result<Requests, StoreError> {
    match config.requests {
        Some(requests) => Ok(requests),
        None => {
            let path = config.out.join(STORE);
            Ok(remembered(store::peek_requests_required(&path).await?))
        }
    }
}

fn remembered(required: bool) -> Requests {
    match required {
        true => Requests::Required,
        false => Requests::Optional,
    }
}

/// The database of a workspace's folder.
pub fn database(out: &Path) -> PathBuf {
    out.join(STORE)
}

/// Reads `profile.toml` of the society's folder.
///
/// # Errors
/// When it cannot be read or a value cannot be used.
pub fn read_society(folder: &Path) -> Result<Society, OfficeError> {
    read_profile(folder).map(|(society, _)| society)
}

/// Every character of the society's own texts that no font shows, as far as
/// they can be read: what cannot is another problem.
pub fn misprints(
    config: &Config,
    catalogue: Option<&Catalogue>,
    law: Option<&Law>,
    characters: &Characters,
) -> Vec<Misprint> {
    let profile = read_profile(&config.society).ok();
    let mut all: Vec<OwnTexts> = profile.into_iter().map(|(_, profile)| profile).collect();
    all.extend(catalogue.into_iter().flat_map(texts::of_kinds));
    all.extend(law.map(texts::of_law));
    all.extend(texts::of_mails(&config.templates).into_iter().flatten());
    texts::unshown(&all, characters)
}

fn read_profile(folder: &Path) -> Result<(Society, OwnTexts), OfficeError> {
    let path = folder.join(PROFILE);
    let fail = |problem: String| OfficeError::Society {
        path: path.clone(),
        problem,
    };
    let text = files::text_below(folder, PROFILE).map_err(|error| {
        fail(format!(
            "{}設定の society を確かめてください。",
            error.problem()
        ))
    })?;
    let society: Society =
        toml::from_str(&text).map_err(|error| fail(config::in_japanese(&error)))?;
    let table = toml::from_str(&text).map_err(|error| fail(config::in_japanese(&error)))?;
    let profile = texts::of_profile(path.display().to_string(), &table);
    if society.seal_mode == SealMode::Image && society.seal_image.is_none() {
        return Err(fail(
            "seal_mode が image なのに、seal_image がありません。".to_owned(),
        ));
    }
    recipient_of(&society).map_err(fail)?;
    if !(1..=365).contains(&society.requests.target_days) {
        return Err(fail(format!(
            "[requests] の target_days は1から365までの数にしてください(今は{})。",
            society.requests.target_days
        )));
    }
    Ok((society, profile))
}

fn recipient_of(society: &Society) -> Result<Option<Recipient>, String> {
    let recipient = society.restricted.as_ref().map(|to| to.recipient.parse());
    recipient.transpose().map_err(|error: RestrictedError| {
        format!("[restricted] recipient：{}", error.staff_message())
    })
}

/// Reads which characters the letter fonts show.
///
/// # Errors
/// When a font is missing or broken.
pub fn open_characters(fonts: &Path) -> Result<Characters, CharactersError> {
    let files: Vec<(&str, PathBuf)> = LETTER_FONTS
        .iter()
        .map(|(family, file)| (*family, fonts.join(file)))
        .collect();
    Characters::open(&files)
}

/// Adds what the society replaces in names, if its policy is to replace;
/// `folder` is the society's.
///
/// # Errors
/// When the map cannot be read or is not sound.
pub fn with_policy(
    characters: Characters,
    society: &Society,
    folder: &Path,
) -> Result<Characters, SubstitutionError> {
    match society.names.policy {
        NamePolicy::AsRegistered => Ok(characters),
        NamePolicy::Substitute => {
            let map = Substitutions::read(&folder.join(SUBSTITUTIONS), |text| {
                characters.check(text).err().unwrap_or_default()
            })?;
            Ok(characters.with_substitutions(map))
        }
    }
}
