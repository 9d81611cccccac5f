//! The notice's content, from `society/notice.toml`.
//!
//! Everything that may be revised has an id that stays when its wording
//! changes, so that a reworded purpose is a change and not a removal and an
//! addition.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::config::{in_file, in_japanese};
use crate::files;

/// The file of the society's folder.
const NOTICE: &str = "notice.toml";

/// The whole notice.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Title of the document.
    pub title: String,
    /// Which revision this is.
    pub revision: Revision,
    /// 1. Purposes of use (arts. 21, 32(1)(ii)).
    pub purposes: Purposes,
    /// 2. Security measures (Cabinet Order art. 10(i)).
    pub security: Security,
    /// 3. How requests are made (art. 32(1)(iii)).
    pub requests: Requests,
    /// 4. Where complaints go (Cabinet Order art. 10(ii)).
    pub complaint: Complaint,
}

/// A revision of the notice.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// As printed, for instance (令和7年7月更新版).
    pub label: String,
    /// Date of the revision, for the document's properties.
    pub date: NaiveDate,
}

/// The purposes of use.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Purposes {
    /// Heading of the section.
    pub heading: String,
    /// The promise that stands before the table.
    pub preface: String,
    /// Heads of the table's columns.
    pub columns: Columns,
    /// The table's parts.
    pub groups: Vec<Group>,
    /// Remarks under the table.
    #[serde(default)]
    pub notes: Vec<Item>,
    /// When purposes are not notified (art. 21(4)).
    pub exceptions: Exceptions,
}

/// Heads of the table's columns.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// Head of the categories.
    pub category: String,
    /// Head of the purposes.
    pub purposes: String,
}

/// A part of the table.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Stable id.
    pub id: String,
    /// Its categories, in the order of the page.
    pub categories: Vec<Category>,
}

/// A category of personal information (個人情報の類型).
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is used for.
    pub purposes: Vec<Purpose>,
}

/// One purpose of use (利用目的).
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Id, stable within its category.
    pub id: String,
    /// Its wording.
    pub text: String,
}

/// A sentence with a stable id.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Stable id.
    pub id: String,
    /// Number as printed, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Heading, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// Its wording.
    pub text: String,
}

/// The exceptions of art. 21(4).
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    /// The sentence before them.
    pub lead: String,
    /// The exceptions.
    pub items: Vec<Item>,
}

/// The security measures.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Security {
    /// Heading of the section.
    pub heading: String,
    /// The groups of measures.
    pub measures: Vec<Item>,
}

/// How requests are made.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Requests {
    /// Heading of the section.
    pub heading: String,
    /// Its paragraphs.
    pub paragraphs: Vec<Item>,
}

/// Where complaints go.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Complaint {
    /// Heading of the section.
    pub heading: String,
    /// Its lines.
    pub lines: Vec<Item>,
}

/// Why the notice does not load, for staff.
#[derive(Debug, thiserror::Error)]
#[error("公表事項 {}", in_file(path, problem))]
pub struct NoticeError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong and what to do.
    pub problem: String,
}

impl Notice {
    /// Reads `notice.toml` of the society's folder.
    ///
    /// # Errors
    /// When it cannot be read, or an id stands twice where it must not.
    pub fn read(society: &Path) -> Result<Self, NoticeError> {
        let path = society.join(NOTICE);
        let text = files::text_below(society, NOTICE).map_err(|error| NoticeError {
            path: path.clone(),
            problem: error.problem(),
        })?;
        Notice::parse(&text).map_err(|problem| NoticeError { path, problem })
    }

    /// Reads a file like `notice.toml`.
    ///
    /// # Errors
    /// As [`Notice::read`].
    pub fn from_file(path: &Path) -> Result<Self, NoticeError> {
        let fail = |problem: String| NoticeError {
            path: path.to_owned(),
            problem,
        };
        let text =
            fs::read_to_string(path).map_err(|error| fail(format!("読めません({error})。")))?;
        Notice::parse(&text).map_err(fail)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let notice: Notice = toml::from_str(text).map_err(|error| in_japanese(&error))?;
        notice.check_ids()?;
        Ok(notice)
    }

    /// All categories in the order of the page.
    pub fn categories(&self) -> impl Iterator<Item = &Category> {
        self.purposes
            .groups
            .iter()
            .flat_map(|group| &group.categories)
    }

    /// Whether both say the same to the last word, label and date.
    pub fn is_same(&self, other: &Notice) -> bool {
        let value = |notice: &Notice| serde_json::to_value(notice).ok();
        value(self) == value(other)
    }

    fn check_ids(&self) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        for category in self.categories() {
            if !seen.insert(category.id.as_str()) {
                return Err(format!(
                    "類型の id「{}」が2度使われています。別の id にしてください。",
                    category.id
                ));
            }
            let mut purposes = BTreeSet::new();
            for purpose in &category.purposes {
                if !purposes.insert(purpose.id.as_str()) {
                    return Err(format!(
                        "類型「{}」の中で、利用目的の id「{}」が2度使われています。別の id にしてください。",
                        category.name, purpose.id
                    ));
                }
            }
            if category.purposes.is_empty() {
                return Err(format!("類型「{}」に利用目的がありません。", category.name));
            }
        }
        Ok(())
    }
}
