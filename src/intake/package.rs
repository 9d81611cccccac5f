//! The parts of a workbook's package.
//!
//! `calamine` reads values and styles and says nothing of what is hidden,
//! which formula was never computed, or which errors a newer Excel has. So
//! the sheet's own part is read beside it; this finds the part by the same
//! relationships, in the same order, as `calamine` does.

use std::collections::HashMap;
use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::markup::Markup;
use super::source::Source;
use super::xml::{Broken, attribute, is_true, raw_attribute, reader};

/// The table of strings, in the folder of the workbook's part.
const STRINGS: &str = "sharedStrings.xml";

/// A package whose workbook part was read.
pub(super) struct Package {
    zip: ZipArchive<BufReader<Source>>,
    /// The folder of the workbook's part.
    folder: String,
    /// The names parts really have, by the form they are asked for.
    names: HashMap<String, String>,
    /// Name and part of each sheet.
    sheets: Vec<(String, String)>,
    /// Whether the workbook says that its formulas are still to be computed:
    /// its writer computed none.
    to_compute: bool,
}

type Part<'a> = BufReader<ZipFile<'a, BufReader<Source>>>;

/// A part that is read for its values.
pub(super) struct ReadPart {
    /// As it is called in the package.
    pub(super) name: String,
    /// The sheet it belongs to, if it belongs to one.
    pub(super) sheet: Option<String>,
    /// Whether it is the table of strings.
    pub(super) is_strings: bool,
}

impl Package {
    /// Opens a package and finds its sheets.
    pub(super) fn open(source: &Source) -> Result<Self, Broken> {
        let zip = ZipArchive::new(BufReader::new(source.again()))?;
        let mut names = HashMap::new();
        for name in zip.file_names() {
            let name = name?;
            names.insert(asked_for(&name), name.into_owned());
        }
        let mut package = Package {
            zip,
            folder: String::new(),
            names,
            sheets: Vec::new(),
            to_compute: false,
        };
        package.find_sheets()?;
        Ok(package)
    }

    /// The markup of a sheet's cells.
    pub(super) fn sheet(&mut self, name: &str) -> Result<Markup<Part<'_>>, Broken> {
        let named = |(sheet, _): &&(String, String)| sheet == name;
        let (_, part) = self.sheets.iter().find(named).ok_or(Broken)?;
        let part = part.clone();
        let to_compute = self.to_compute;
        Markup::new(self.part(&part)?, to_compute)
    }

    /// The parts that are read beyond those that say which there are.
    pub(super) fn parts_read(&self) -> Vec<ReadPart> {
        let real = |name: &str| {
            let real = self.names.get(&asked_for(name));
            real.map_or(name, String::as_str).to_owned()
        };
        let tables = [STRINGS, "styles.xml", "theme/theme1.xml"].map(|table| ReadPart {
            name: real(&format!("{}{table}", self.folder)),
            sheet: None,
            is_strings: table == STRINGS,
        });
        let sheets = self.sheets.iter().map(|(sheet, part)| ReadPart {
            name: real(part),
            sheet: Some(sheet.clone()),
            is_strings: false,
        });
        tables.into_iter().chain(sheets).collect()
    }

    /// The table of strings.
    pub(super) fn strings(&mut self) -> Result<Reader<Part<'_>>, Broken> {
        self.part(&format!("{}{STRINGS}", self.folder))
    }

    fn part(&mut self, name: &str) -> Result<Reader<Part<'_>>, Broken> {
        let real = self.names.get(&asked_for(name));
        let file = self.zip.by_name(real.map_or(name, String::as_str))?;
        Ok(reader(BufReader::new(file)))
    }

    fn find_sheets(&mut self) -> Result<(), Broken> {
        let mut document = None;
        each_element(self.part("_rels/.rels")?, |element| {
            let kind = attribute(element, "Type").unwrap_or_default();
            if element.local_name().as_ref() == "Relationship"
                && kind.ends_with("/relationships/officeDocument")
            {
                document = attribute(element, "Target");
            }
        })?;
        let document = document.ok_or(Broken)?;
        let document = document.strip_prefix('/').unwrap_or(&document);
        let (folder, file) = match document.rfind('/') {
            Some(end) => document.split_at(end + 1),
            None => ("", document),
        };
        let mut targets = HashMap::new();
        let relationships = format!("{folder}_rels/{file}.rels");
        each_element(self.part(&relationships)?, |element| {
            if element.local_name().as_ref() == "Relationship"
                && let Some(id) = raw_attribute(element, "Id")
            {
                targets.insert(id, raw_attribute(element, "Target").unwrap_or_default());
            }
        })?;
        let mut sheets = Vec::new();
        let mut to_compute = false;
        each_element(self.part(document)?, |element| {
            match element.local_name().as_ref() {
                "sheet" => {
                    let name = attribute(element, "name").unwrap_or_default();
                    let id = relationship_id(element).unwrap_or_default();
                    if let Some(target) = targets.get(&id) {
                        let part = match target.strip_prefix('/') {
                            Some(absolute) => absolute.to_owned(),
                            None => format!("{folder}{target}"),
                        };
                        sheets.push((name, part));
                    }
                }
                "calcPr" => to_compute = is_true(raw_attribute(element, "fullCalcOnLoad")),
                _ => {}
            }
        })?;
        self.folder = folder.to_owned();
        self.sheets = sheets;
        self.to_compute = to_compute;
        Ok(())
    }
}

/// Names of parts are compared without letter case; some writers put
/// backslashes between their folders.
fn asked_for(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

fn each_element<R: Read>(
    mut part: Reader<BufReader<R>>,
    mut take: impl FnMut(&BytesStart<'_>),
) -> Result<(), Broken> {
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match part.read_event_into(&mut buffer)? {
            Event::Start(element) => take(&element),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// `r:id`, whatever the prefix is called.
fn relationship_id(element: &BytesStart<'_>) -> Option<String> {
    let mut attributes = element.attributes();
    let attributes = attributes.with_checks(false).flatten();
    attributes
        .filter(|attribute| attribute.key.local_name().as_ref() == "id")
        .last()
        .map(|attribute| attribute.value.into_owned())
}
