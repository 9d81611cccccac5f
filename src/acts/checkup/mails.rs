//! The mails' settings and templates. Nothing is sent and nobody connected to.

use super::problem::{Problem, Problems};
use crate::mail::{Composer, Transport};
use crate::office::Premises;

/// Opens all that a mail is made and sent with.
pub(super) fn check(desk: &Premises, problems: &mut Problems) {
    let Some(settings) = problems.keep(desk.mail_settings()) else {
        return;
    };
    let sender = settings.sender().map_err(|error| error.staff_message());
    let Some(sender) = problems.keep(sender) else {
        return;
    };
    let templates = desk.config.templates.join("mail");
    let composer = Composer::open(&templates, sender).map_err(|error| error.staff_message());
    problems.keep(composer);
    for kind in desk.catalogue.iter() {
        if !templates.join(&kind.mail).is_dir() {
            problems.add(Problem::NoMailTemplate {
                kind: kind.name.clone(),
                template: kind.mail.clone(),
            });
        }
    }
    // Opening reads the password and certificate files; it connects nowhere.
    let opened = Transport::check(&settings);
    problems.keep(opened.map_err(|error| error.staff_message()));
}
