//! The wording: folders of minijinja templates, compiled once when the service starts.
//!
//! Each folder `<name>/` holds `subject.txt.j2` and `body.txt.j2`. Undefined names are errors, and
//! every template is rendered once with sample values when it is loaded, so a misspelt name stops
//! the service by day and not a letter by night. **The subject is given the society only**: a
//! template cannot put a person into it.

use std::io;
use std::path::Path;

use minijinja::{Environment, Value, context};

use crate::domain::is_invisible;
use crate::files::{Entry, Folder, Unreadable};
use crate::pages;

use super::address::one_line;
use super::error::{Field, MailError};
use super::message::SocietyContact;

const SUBJECT: &str = "subject.txt.j2";
const BODY: &str = "body.txt.j2";

/// The longest text a template may make, in KiB. A mail that hands over a
/// letter has one or two.
const MOST_KIB: usize = 64;

/// A text being made, which takes no more than it may have.
#[derive(Default)]
struct Bounded {
    text: Vec<u8>,
    is_full: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.text.len() + bytes.len() > MOST_KIB * 1024 {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the body may say.
pub(super) struct Wording<'a> {
    pub(super) addressee_name: &'a str,
    pub(super) honorific: &'a str,
    pub(super) society: &'a SocietyContact,
    pub(super) letter_id: &'a str,
    pub(super) document_number: Option<&'a str>,
    pub(super) attachment_name: &'a str,
}

/// Subject (one line) and body (lines ended by CRLF).
#[derive(Debug)]
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) body: String,
}

/// Every template under one folder, compiled.
#[derive(Debug)]
pub(super) struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    pub(super) fn open(folder: &Path) -> Result<Self, MailError> {
        let mut environment = pages::of_texts().map_err(|error| mistake("syntax", &error))?;
        let mut names = Vec::new();
        for (key, source) in sources(folder)? {
            if let Some(name) = key.strip_suffix(BODY) {
                names.push(name.trim_end_matches('/').to_owned());
            }
            environment
                .add_template_owned(key.clone(), source)
                .map_err(|error| mistake(&key, &error))?;
        }
        let templates = Self { environment };
        templates.rehearse(&names)?;
        Ok(templates)
    }

    /// Renders folder `name`.
    pub(super) fn render(&self, name: &str, wording: &Wording<'_>) -> Result<Text, MailError> {
        let society = society_value(wording.society);
        let subject = self.one(
            &format!("{name}/{SUBJECT}"),
            name,
            context! { society => &society },
        )?;
        let body = self.one(
            &format!("{name}/{BODY}"),
            name,
            context! {
                addressee_name => wording.addressee_name,
                honorific => wording.honorific,
                society,
                letter => context! { id => wording.letter_id, number => optional(wording.document_number) },
                attachment => context! { name => wording.attachment_name },
            },
        )?;
        let subject = one_line(Field::Subject, subject.trim())?.to_owned();
        let body: String = body.lines().flat_map(|line| [line, "\r\n"]).collect();
        let unfit = |c: char| (c.is_control() && !"\r\n\t".contains(c)) || is_invisible(c);
        if body.trim().is_empty() || body.contains(unfit) {
            return Err(MailError::BadLine { field: Field::Body });
        }
        Ok(Text { subject, body })
    }

    fn one(&self, key: &str, name: &str, values: Value) -> Result<String, MailError> {
        let template =
            self.environment
                .get_template(key)
                .map_err(|_| MailError::UnknownTemplate {
                    name: name.to_owned(),
                })?;
        let mut made = Bounded::default();
        match template.render_captured_to(values, &mut made) {
            Ok(_) => String::from_utf8(made.text).map_err(|_| MailError::Build("text")),
            Err(_) if made.is_full => Err(MailError::TooLong {
                name: key.to_owned(),
                most_kib: MOST_KIB,
            }),
            Err(error) => Err(mistake(key, &error)),
        }
    }

    /// Renders every template with and without the optional values.
    fn rehearse(&self, names: &[String]) -> Result<(), MailError> {
        for name in names {
            for optional in [None, Some("見本".to_owned())] {
                let society = SocietyContact {
                    name: "見本健康保険組合".to_owned(),
                    department: optional.clone(),
                    telephone: "00-0000-0000".to_owned(),
                    hours: optional.clone(),
                    postal_code: "000-0000".to_owned(),
                    address: "見本県見本市".to_owned(),
                };
                self.render(
                    name,
                    &Wording {
                        addressee_name: "見本 太郎",
                        honorific: "様",
                        society: &society,
                        letter_id: "L000000",
                        document_number: optional.as_deref(),
                        attachment_name: "L000000.pdf",
                    },
                )?;
            }
        }
        Ok(())
    }
}

/// Every template's source by its name, `<folder>/<file>`.
///
/// # Errors
/// [`MailError::TemplateFile`] when one cannot be read or is a link.
pub fn sources(folder: &Path) -> Result<Vec<(String, String)>, MailError> {
    let unreadable = |source: Unreadable| MailError::TemplateFile { source };
    let folder = Folder::open(folder).map_err(unreadable)?;
    let mut sources = Vec::new();
    for name in folder.names().map_err(unreadable)? {
        if folder.entry(&name).map_err(unreadable)? == Entry::File {
            continue;
        }
        let own = folder.folder(&name).map_err(unreadable)?;
        for file in [SUBJECT, BODY] {
            let source = own.text(file).map_err(unreadable)?;
            let source = source.trim_start_matches('\u{FEFF}').to_owned();
            sources.push((format!("{name}/{file}"), source));
        }
    }
    Ok(sources)
}

/// A template's source without the remarks `{# … #}`, which no reader of a
/// mail sees; its lines stay where they are.
pub fn without_remarks(source: &str) -> String {
    let mut rest = source;
    let mut left = String::new();
    while let Some((before, after)) = rest.split_once("{#") {
        left.push_str(before);
        let (remark, behind) = after.split_once("#}").unwrap_or((after, ""));
        left.extend(remark.chars().filter(|c| *c == '\n'));
        rest = behind;
    }
    left.push_str(rest);
    left
}

fn society_value(society: &SocietyContact) -> Value {
    context! {
        name => &society.name,
        department => optional(society.department.as_deref()),
        telephone => &society.telephone,
        hours => optional(society.hours.as_deref()),
        postal_code => &society.postal_code,
        address => &society.address,
    }
}

/// An absent value is `none`, which a template may test; only a misspelt name is undefined.
fn optional(text: Option<&str>) -> Value {
    text.map_or_else(|| Value::from(()), Value::from)
}

fn mistake(key: &str, error: &minijinja::Error) -> MailError {
    MailError::Template {
        name: key.to_owned(),
        line: error.line().unwrap_or(0),
        kind: error.kind(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    fn folder(subject: &str, body: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        std::fs::write(folder.path().join("a").join(SUBJECT), subject).unwrap();
        std::fs::write(folder.path().join("a").join(BODY), body).unwrap();
        folder
    }

    #[test]
    fn a_subject_cannot_name_a_person() {
        let folder = folder("{{ addressee_name }} 様", "本文");
        let error = Templates::open(folder.path()).unwrap_err();
        assert!(
            matches!(&error, MailError::Template { name, line: 1, .. } if name == "a/subject.txt.j2"),
            "{error}"
        );
        assert!(error.staff_message().contains("a/subject.txt.j2 の 1 行目"));
    }

    #[test]
    fn a_misspelt_name_stops_the_service_and_not_the_letter() {
        let folder = folder(
            "件名",
            "一行\n{% if letter.number %}{{ letter.nummer }}{% endif %}\n",
        );
        let error = Templates::open(folder.path()).unwrap_err();
        assert!(
            matches!(error, MailError::Template { line: 2, .. }),
            "{error}"
        );
    }

    #[test]
    fn a_text_longer_than_any_mail_is_refused_with_its_file() {
        let long = "本文です。\n".repeat(MOST_KIB * 1024 / 16);
        let looped = "{% for i in range(3000) %}本文が続きます。本文が続きます。{% endfor %}";
        let doubled = "{% set ns = namespace(x='本文') %}{% for i in range(18) %}\
                       {% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}";
        for body in [&format!("{long}{long}"), looped, doubled] {
            let folder = folder("件名", body);
            let told = Templates::open(folder.path()).unwrap_err().staff_message();
            assert!(told.contains("メールのひな形 a/body.txt.j2"), "{told}");
            assert!(told.contains("文が長すぎます"), "{told}");
        }
        let fits = folder("件名", &"本文です。\n".repeat(1000));
        Templates::open(fits.path()).unwrap();
    }

    #[test]
    fn a_subject_of_two_lines_is_refused() {
        let folder = folder("件名\nBcc: x@example.jp", "本文");
        let error = Templates::open(folder.path()).unwrap_err();
        assert!(
            matches!(
                error,
                MailError::BadLine {
                    field: Field::Subject
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn a_missing_file_names_itself() {
        let folder = folder("件名", "本文");
        std::fs::remove_file(folder.path().join("a").join(BODY)).unwrap();
        let error = Templates::open(folder.path()).unwrap_err();
        assert!(error.staff_message().contains("body.txt.j2"));
    }
}
