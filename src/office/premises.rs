//! What is needed to understand a record and to draw a page.

use std::sync::OnceLock;

use super::OfficeError;
use super::fonts::{LETTER_FONTS, OTHER_FONTS, open_characters};
use super::profile::{PROFILE, read_profile, recipient_of, with_policy};
use super::texts::{self, OwnTexts};
use crate::catalogue::{Catalogue, Form};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::confine;
use crate::domain::{SealMode, Society};
use crate::files;
use crate::law::Law;
use crate::mail::{Composer, MailSettings, Transport};
use crate::record;
use crate::render::{Fonts, Pool, TemplateSet};
use crate::restricted::Recipient;
use crate::text::characters::Characters;
use crate::text::own::Misprint;
use crate::text::postal::{PostalCodes, PostalError};

/// What is needed to understand a record and to draw a page; nothing of it
/// changes the workspace.
pub struct Premises {
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
    /// Whether letters are made of samples, whose days to come stay as they
    /// were written.
    pub is_for_samples: bool,
    /// The texts of the profile.
    profile: OwnTexts,
    /// The fonts, opened when the first page is set.
    fonts: OnceLock<Fonts>,
    /// The list of postal codes, read when the first address is looked at.
    postal_codes: OnceLock<PostalCodes>,
}

impl Premises {
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
        Ok(Premises {
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
            is_for_samples: false,
            profile,
            fonts: OnceLock::new(),
            postal_codes: OnceLock::new(),
        })
    }

    /// The premises as samples need them: see [`Society::for_samples`].
    #[must_use]
    pub fn for_samples(mut self) -> Self {
        self.society = self.society.for_samples();
        self.is_for_samples = true;
        self
    }

    /// The list of postal codes.
    ///
    /// # Errors
    /// When it does not load.
    pub fn postal_codes(&self) -> Result<&PostalCodes, PostalError> {
        if let Some(codes) = self.postal_codes.get() {
            return Ok(codes);
        }
        let codes = PostalCodes::load(&self.config.templates)?;
        Ok(self.postal_codes.get_or_init(|| codes))
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
            confine::running_program().map_err(OfficeError::Program)?,
            self.fonts()?,
            set,
            workers.unwrap_or(self.config.workers),
            self.config.limits,
        ))
    }

    /// One render worker with the templates as they stand on disk now, for
    /// pages that come one after the other.
    ///
    /// # Errors
    /// When a template or the fonts cannot be used.
    pub fn one_worker(&self) -> Result<Pool, OfficeError> {
        self.pool(&self.template_set()?, Some(1))
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

impl Premises {
    /// Refuses settings no night can be worked with; the workspace is not
    /// looked at.
    ///
    /// # Errors
    /// The first part that does not open.
    pub fn demand_night(&self) -> Result<(), OfficeError> {
        self.template_set()?;
        self.fonts()?;
        let settings = self.mail_settings()?;
        let sender = settings.sender()?;
        Composer::open(&self.config.templates.join("mail"), sender)?;
        Ok(Transport::check(&settings)?)
    }
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
