//! The few things all parts of a workbook's markup are read with.

use quick_xml::Reader;
use quick_xml::events::BytesStart;

/// The package cannot be read, or has no such part.
pub(super) struct Broken;

impl From<quick_xml::Error> for Broken {
    fn from(_: quick_xml::Error) -> Self {
        Broken
    }
}

impl From<zip::result::ZipError> for Broken {
    fn from(_: zip::result::ZipError) -> Self {
        Broken
    }
}

pub(super) fn reader<R: std::io::BufRead>(input: R) -> Reader<R> {
    let mut reader = Reader::from_reader(input);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    reader
}

/// An attribute as it stands in the file.
pub(super) fn raw_attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let attributes = attributes.with_checks(false).flatten();
    let mut named = attributes.filter(|attribute| attribute.key.as_ref() == name);
    named.next().map(|attribute| attribute.value.into_owned())
}

/// An attribute with its entities resolved.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let raw = raw_attribute(element, name)?;
    let resolved = quick_xml::escape::unescape(&raw).ok()?;
    Some(resolved.into_owned())
}

/// A boolean of XML Schema.
pub(super) fn is_true(value: Option<String>) -> bool {
    value.is_some_and(|value| matches!(value.trim(), "1" | "true"))
}
